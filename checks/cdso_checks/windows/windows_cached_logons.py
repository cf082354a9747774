"""How many logons of the domain are kept."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import WINLOGON, WindowsLogon
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLogon,
    About(
        id="windows-cached-logons",
        title="Few logons of the domain are kept on the server",
        severity=Severity.LOW,
        why="What is kept of a logon can be taken and its password guessed elsewhere.",
        fix="Set “Interactive logon: Number of previous logons to cache” to 4 in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_count=4,
)
def windows_cached_logons(seen: WindowsLogon, context: Context) -> Verdict:
    """CachedLogonsCount, a number written as text; without a value Windows keeps ten."""
    most = context.number("max_count")
    count = seen.number(WINLOGON, "CachedLogonsCount", 10)
    words = {"seen": seen.line(WINLOGON, "CachedLogonsCount"), "expected": f"<= {most}"}
    if count <= most:
        return Verdict.passed("{count} logons are kept", count=count, **words)
    return Verdict.failed(
        "{count} logons are kept, more than {most}", count=count, most=most, **words
    )
