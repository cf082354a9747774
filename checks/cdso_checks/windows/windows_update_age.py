"""When Windows was last updated."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsUpdates
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUpdates,
    About(
        id="windows-update-age",
        title="Windows was updated lately",
        severity=Severity.HIGH,
        why="Microsoft closes holes each month; whoever reads about them attacks those who wait.",
        fix="Install the updates of this month (`sconfig`, 6, or WSUS), then restart.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_days=40,
)
def windows_update_age(seen: WindowsUpdates, context: Context) -> Verdict:
    """Days since the newest installed update. It tells when, not that nothing is lacking."""
    days = (context.at - seen.newest).days
    words = {
        "seen": f"{seen.newest_id} {seen.newest:%Y-%m-%d}",
        "expected": f"<= {context.number('max_days')} d",
    }
    if days <= context.number("max_days"):
        return Verdict.passed(
            "the newest update was installed {days} days ago", days=max(days, 0), **words
        )
    return Verdict.failed("no update was installed for {days} days", days=days, **words)
