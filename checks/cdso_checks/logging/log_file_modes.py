"""Who may read and write the files below /var/log."""

import re
import stat

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LogFile, LogFiles
from cdso_audit.model import Context, Severity, Verdict

#: Logs that tell about people and attacks; others (dpkg.log, wtmp) may be read by all.
SENSITIVE = re.compile(
    r"^(auth\.log|secure|syslog|messages|audit\.log|kern\.log|user\.log|daemon\.log|cron(\.log)?"
    r"|mail(log|\.log)|sudo\.log|debug)([-.].*)?$"
)
#: Groups that may write: they are no people.
WRITERS = ("root", "adm", "utmp", "syslog", "systemd-journal", "systemd-network")
SHOWN = 5


@check(
    LogFiles,
    About(
        id="log-file-modes",
        title="Log files are closed to those who have no business with them",
        severity=Severity.MEDIUM,
        why="Who can write a log can hide in it, and who can read it learns names and mistakes.",
        fix="Close the named files, for example `chmod o-rwx /var/log/auth.log`, and set "
        "`$FileCreateMode 0640` in /etc/rsyslog.conf.",
        since="0.1.0",
        references={
            "ssg": ("permissions_local_var_log",),
            "cis-debian12": ("6.1.4.1",),
            "iso27001-2022": ("A.8.15",),
        },
    ),
)
def log_file_modes(logs: LogFiles, context: Context) -> Verdict:  # noqa: ARG001
    """Nobody else writes; nobody else reads what is sensitive."""
    wide = [each for each in logs.files if _is_wide(each)]
    seen = "\n".join(f"{each.mode:o} {each.owner} {each.group} {each.path}" for each in wide[:50])
    if wide:
        return Verdict.failed(
            "{count} log files are too open: {files}",
            count=len(wide),
            files=", ".join(f"{each.path} ({each.mode:04o})" for each in wide[:SHOWN]),
            seen=seen,
            expected="0640",
        )
    return Verdict.passed("none of {count} log files is too open", count=len(logs.files))


def _is_wide(file: LogFile) -> bool:
    name = file.path.rpartition("/")[2]
    return bool(
        file.mode & stat.S_IWOTH
        or (file.mode & stat.S_IROTH and SENSITIVE.match(name))
        or (file.mode & stat.S_IWGRP and file.group not in (*WRITERS, file.owner))
    )
