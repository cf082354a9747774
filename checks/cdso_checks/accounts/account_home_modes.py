"""Home directories that others may change or read."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import HomeDirectories
from cdso_audit.model import Context, Severity, Verdict


@check(
    HomeDirectories,
    About(
        id="account-home-modes",
        title="Home directories are closed to others",
        severity=Severity.MEDIUM,
        why="Homes hold keys, histories and documents; whoever writes into one logs in as its "
        "owner.",
        fix="Run `chmod 0750 HOME; chown NAME HOME`, and set `HOME_MODE 0750` in /etc/login.defs.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_home_directories",),
            "cis-debian12": ("7.2.9",),
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
        pitfalls="Homes of services (/, /usr/sbin) are left out.",
    ),
    max_mode="0750",
)
def account_home_modes(held: HomeDirectories, context: Context) -> Verdict:
    """Each home belongs to its account and has no bit more than the limit."""
    most = int(context.text("max_mode"), 8)
    open_ = [
        f"{each.path} {each.mode:04o} {each.account}"
        for each in held.homes
        if each.mode & 0o777 & ~most or each.owner not in (each.uid, 0)
    ]
    expected = f"<= {most:04o}"
    if open_:
        return Verdict.failed(
            "{open} of {all} homes are open to others or belong to somebody else",
            open=len(open_),
            all=len(held.homes),
            seen="\n".join(open_),
            expected=expected,
        )
    return Verdict.passed("all {all} homes are closed", all=len(held.homes), expected=expected)
