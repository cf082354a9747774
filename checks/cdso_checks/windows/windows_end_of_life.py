"""When the support of this Windows ends."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.system import WindowsSystem
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsSystem,
    About(
        id="windows-end-of-life",
        title="Windows still gets security updates",
        severity=Severity.CRITICAL,
        why="Holes that are found after the end stay open for ever.",
        fix="Move to a version of Windows Server in support; paid updates (ESU) "
        "must be shown by an attestation.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("2.2",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    ends=(
        "7601=2020-01-14",
        "9200=2023-10-10",
        "9600=2023-10-10",
        "14393=2027-01-12",
        "17763=2029-01-09",
        "20348=2031-10-14",
        "25398=2025-10-24",
        "26100=2034-10-10",
    ),
)
def windows_end_of_life(seen: WindowsSystem, context: Context) -> Verdict:
    """
    Build number → last day of extended support, from Microsoft's lifecycle pages; a build that is
    not in the table is unknown, never supported.
    """
    if not seen.is_server:
        return Verdict.unknown(
            "{caption} is no server; its support ends by edition", caption=seen.caption
        )
    ends = dict(each.split("=") for each in context.names("ends"))
    last = ends.get(str(seen.build))
    words = {"seen": f"{seen.caption} ({seen.build}.{seen.revision})"}
    if last is None:
        return Verdict.unknown(
            "nobody here knows when build {build} ends", build=seen.build, **words
        )
    if context.at.date().isoformat() > last:
        return Verdict.failed(
            "updates of {caption} ended on {day}", caption=seen.caption, day=last, **words
        )
    return Verdict.passed(
        "updates of {caption} go on until {day}", caption=seen.caption, day=last, **words
    )
