"""Updates that wait."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsPendingUpdates
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPendingUpdates,
    About(
        id="windows-updates-pending",
        title="No important update waits",
        severity=Severity.HIGH,
        why="A known hole with a ready update is the first that is tried.",
        fix="Install the updates that are named (`sconfig`, 6, or WSUS), then restart.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_search_days=7,
)
def windows_updates_pending(seen: WindowsPendingUpdates, context: Context) -> Verdict:
    """Windows' own list, which is worth nothing when the last search is old."""
    most = context.number("max_search_days")
    if seen.severe:
        return Verdict.failed(
            "{count} important updates wait", count=len(seen.severe), seen="; ".join(seen.severe)
        )
    if seen.searched_at is None or (context.at - seen.searched_at).days > most:
        return Verdict.unknown(
            "Windows has not searched for updates for more than {days} days",
            days=most,
            seen=str(seen.searched_at or ""),
        )
    return Verdict.passed("no important update waits", seen=f"{len(seen.titles)}")
