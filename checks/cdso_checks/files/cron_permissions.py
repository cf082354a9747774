"""Who may change what cron runs as root."""

from cdso_audit.checking import About, check
from cdso_audit.facts.files import CronFiles, FileState
from cdso_audit.model import Context, Severity, Verdict

#: Folders that a set-group-id `crontab` or `at` writes into: Debian has 1730 root:crontab there.
SPOOL = "/var/spool/cron"


def is_right(file: FileState) -> bool:
    """Owned by root (or the daemon for at's spool), and no right to write for others."""
    if file.path.startswith(SPOOL):
        return file.owner in ("root", "daemon", "crontab") and not file.mode & 0o002
    return file.uid == 0 and not file.mode & 0o022


@check(
    CronFiles,
    About(
        id="cron-permissions",
        title="Only root changes what cron runs for the system",
        severity=Severity.MEDIUM,
        why="A job of cron that somebody else may write runs his commands as root within the hour.",
        fix="Run `chown -R root:root /etc/crontab /etc/cron.*; chmod -R go-w /etc/crontab "
        "/etc/cron.*`.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_crontab", "file_permissions_cron_d"),
            "cis-debian12": ("2.4.1.2", "2.4.1.3", "2.4.1.4", "2.4.1.5", "2.4.1.6", "2.4.1.7"),
            "iso27001-2022": ("A.8.3", "A.8.18"),
        },
        pitfalls="Some benchmarks also hide the tables from reading; that is a parameter here.",
    ),
    readable="yes",
)
def cron_permissions(cron: CronFiles, context: Context) -> Verdict:
    """Owner root, not writable by group or others; `readable=no` also forbids others to read."""
    hide = context.text("readable") == "no"
    wrong = [each for each in cron.files if not is_right(each) or (hide and each.mode & 0o007)]
    if wrong:
        return Verdict.failed(
            "{count} files or folders of cron may be changed or read by others, "
            "the first is {path}",
            count=len(wrong),
            path=wrong[0].path,
            seen="\n".join(str(each) for each in wrong),
            expected="owned by root, not writable by group or others",
        )
    return Verdict.passed(
        "all {count} files and folders of cron belong to root alone",
        count=len(cron.files),
        seen="\n".join(str(each) for each in cron.files),
    )
