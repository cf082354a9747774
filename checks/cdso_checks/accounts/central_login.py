"""
People log in by an account of a directory, so that one place grants and takes away.

Three things must be there together: nsswitch finds the accounts, PAM asks the directory, and the
daemon that talks to it runs. The owner's list tells of hosts whose passwords a vault keeps (PAM).
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.central_login import CentralLogin
from cdso_audit.model import VIETNAM, Context, Severity, Verdict

SHOWN = 6


@check(
    CentralLogin,
    About(
        id="central-login",
        title="People log in by a central directory, or a vault keeps the host's passwords",
        severity=Severity.MEDIUM,
        why="A password that was set host by host is the same on many, and stays when its owner "
        "has left.",
        fix="Join the host: `realm join example.vn` (sssd for Active Directory or FreeIPA), or "
        "enrol it in the vault of privileged accounts and list it in lists/enrolments.csv "
        "(platform gateway).",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16", "A.8.5"), "cis-v8": ("5.6", "6.7")},
        pitfalls="The package of sssd writes `sss` into nsswitch.conf and PAM by itself; without a "
        "domain its daemon does not run, and that is not joined. Whether the directory answers "
        "today is not asked.",
        or_lists=("enrolments",),
    ),
    platforms=("login", "gateway"),
    demanded=True,
    max_days=90,
)
def central_login(logins: CentralLogin, context: Context) -> Verdict:  # noqa: PLR0911 - one a way
    """A directory works, or a platform saw the host; else by `demanded`, and who has a password."""
    seen = "; ".join(
        f"{each.name}: nsswitch {_word(each.named)}, PAM {_word(each.asked)}, "
        f"daemon {_word(each.alive)}"
        for each in logins.directories
    )
    working = [each.name for each in logins.directories if each.works]
    if working:
        return Verdict.passed("accounts come from {name}", name=", ".join(working), seen=seen)
    platform = _enrolled(context)
    if platform:
        return Verdict.passed("a central platform knows this host ({platform})", platform=platform)
    demanded = bool(context.number("demanded"))
    if logins.directories and demanded:
        return Verdict.failed(
            "set up in part only: {names}",
            names=", ".join(each.name for each in logins.directories),
            seen=seen,
            expected="nsswitch +, PAM +, daemon +",
        )
    if demanded and context.lists.stands("enrolments", context.at):
        return Verdict.failed(
            "no directory is set up, and no central platform of the list knows this host"
        )
    if demanded:
        return Verdict.unknown(
            "no directory is set up; whether a vault keeps the passwords, the list would tell"
        )
    if logins.opens is None:
        return Verdict.unknown("nobody could look which accounts have a password")
    if not logins.opens:
        return Verdict.passed("no account of this host has a password that could be used twice")
    return Verdict.unknown(
        "{count} accounts have a password of this host alone ({names}); whether it is used "
        "elsewhere too is not seen from here",
        count=len(logins.opens),
        names=", ".join(logins.opens[:SHOWN]),
        seen=", ".join(logins.opens),
    )


def _word(holds: bool) -> str:
    return "+" if holds else "-"


def _enrolled(context: Context) -> str:
    """The platform by which the owner's list knows the host, if it was seen lately."""
    if not context.lists.stands("enrolments", context.at):
        return ""
    today = context.at.astimezone(VIETNAM).date()
    oldest = today - timedelta(days=context.number("max_days"))
    return next(
        (
            row.platform
            for row in context.lists.enrolments
            if row.asset == context.asset.id
            and row.platform in context.names("platforms")
            and row.seen >= oldest
        ),
        "",
    )
