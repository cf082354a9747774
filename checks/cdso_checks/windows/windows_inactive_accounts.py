"""Accounts that nobody has used for long."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUser,
    About(
        id="windows-inactive-accounts",
        title="Accounts that nobody uses are disabled",
        severity=Severity.HIGH,
        why="An account that nobody uses is one whose theft nobody sees.",
        fix="Find out whose it is, then run `Disable-LocalUser -Name NAME` (in "
        "a domain `Disable-ADAccount NAME`).",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.18",), "cis-v8": ("5.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_days=45,
    lag_days=14,
)
def windows_inactive_accounts(seen: WindowsUser, context: Context) -> Verdict:
    """
    Days since the last logon, or since the password was set where nobody ever logged on.

    On a domain controller the time of the last logon lags by up to `lag_days`.
    """
    if not seen.enabled:
        return Verdict.not_applicable("the account is disabled")
    if seen.rid == 500:  # noqa: PLR2004 - kept for emergencies; a check of its own judges it
        return Verdict.not_applicable("the built-in administrator is judged by another check")
    last = seen.last_logon or seen.password_set
    if last is None:
        return Verdict.failed("the account can log on and never did", seen="LastLogon = never")
    most = context.number("max_days") + (context.number("lag_days") if seen.domain else 0)
    days = (context.at - last).days
    words = {"seen": f"LastLogon = {last:%Y-%m-%d}", "expected": f"<= {most} d"}
    if days <= most:
        return Verdict.passed("used within the last {days} days", days=max(days, 1), **words)
    return Verdict.failed("unused for {days} days, and still open", days=days, **words)
