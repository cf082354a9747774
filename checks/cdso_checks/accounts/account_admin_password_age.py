"""
How old the passwords of administrators are.

Administrators are those who can become root. Locked accounts and those with keys only have no
password that could be too old.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import EPOCH
from cdso_audit.facts.accounts_admins import Administrators
from cdso_audit.model import Context, Severity, Verdict


@check(
    Administrators,
    About(
        id="account-admin-password-age",
        title="Administrators change their passwords in time",
        severity=Severity.MEDIUM,
        why="A password that leaked unnoticed keeps working until it is changed.",
        fix="Let each named person run `passwd`, and set `chage -M 60 NAME` so that it recurs.",
        since="0.1.0",
        references={
            "ssg": ("accounts_password_set_max_life_existing",),
            "cis-debian12": ("5.4.1.1",),
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
        },
        pitfalls="/etc/login.defs holds for new accounts only, so the account's own date is read. "
        "Passwords of a directory are kept there and reported as unknown.",
    ),
    max_days=60,  # TCVN 14423:2026: at least every two months
)
def account_admin_password_age(held: Administrators, context: Context) -> Verdict:
    """Every unlocked password of an administrator was changed within the limit."""
    most = context.number("max_days")
    today = (context.at.date() - EPOCH).days
    old, known, elsewhere = [], [], []
    for admin in held.admins:
        password = admin.password
        if password is None:
            elsewhere.append(admin.name)
        elif password.opens and not password.is_expired_account(context.at):
            changed = password.changed_on()
            age = today - password.changed if password.changed else None
            known.append(f"{admin.name} {changed or 'never'}")
            if password.scheme == "empty" or age is None or age > most:
                # 0 means that a change is due at the next login; until then the old one works.
                old.append(admin.name)
    seen, expected = "\n".join(known), f"<= {most} days"
    if old:
        return Verdict.failed(
            "older than {days} days: {names}",
            days=most,
            names=", ".join(old),
            seen=seen,
            expected=expected,
        )
    if elsewhere:
        return Verdict.unknown(
            "passwords of these administrators are kept in a directory: {names}",
            names=", ".join(elsewhere),
            seen=seen,
        )
    if not known:
        return Verdict.not_applicable("no administrator has a password that opens the account")
    return Verdict.passed(
        "{count} passwords of administrators, none older than {days} days",
        count=len(known),
        days=most,
        seen=seen,
        expected=expected,
    )
