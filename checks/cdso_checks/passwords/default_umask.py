"""Who may read the files that people make."""

from cdso_audit.checking import About, check
from cdso_audit.facts.shell import Umask
from cdso_audit.model import Context, Severity, Verdict


@check(
    Umask,
    About(
        id="default-umask",
        title="New files are closed to others",
        severity=Severity.LOW,
        why="Drafts, exports and dumps lie open to every account of the host.",
        fix="Set `UMASK 027` in /etc/login.defs, put `session optional pam_umask.so` into "
        "/etc/pam.d/common-session, and take other umask lines out of /etc/profile and its "
        "drop-ins.",
        since="0.1.0",
        references={
            "ssg": ("accounts_umask_etc_login_defs", "accounts_umask_etc_profile"),
            "cis-debian12": ("5.4.3.3",),
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
        pitfalls="UMASK in login.defs does nothing without pam_umask; a start file that comes "
        "later "
        "wins; services of systemd have their own. From Debian 13 on, somebody whose group is "
        "theirs alone is shown 0007 for a UMASK of 027: nobody else is in that group, so it is "
        "judged as 027.",
    ),
    mask="027",
)
def default_umask(umask: Umask, context: Context) -> Verdict:
    """Every bit of the parameter is masked."""
    wanted = int(context.text("mask"), 8)
    expected = f"{wanted:03o}"
    shown = f"{umask.mask:03o}"
    if wanted & ~umask.mask:
        return Verdict.failed("the umask is {mask}", mask=shown, seen=umask.line, expected=expected)
    return Verdict.passed("the umask is {mask}", mask=shown, seen=umask.line, expected=expected)
