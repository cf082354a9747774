"""The configured time sources, compared with those that the owner declares."""

from cdso_audit.checking import About, check
from cdso_audit.facts.clock import TimeSources
from cdso_audit.model import Context, Severity, Verdict


@check(
    TimeSources,
    About(
        id="time-sources-declared",
        title="The clock follows only time sources that the owner declares",
        severity=Severity.LOW,
        why="Whoever answers for the time decides when certificates and log entries are valid.",
        fix="List the approved servers under `declared: {time_sources: […]}` in agency.yaml and "
        "keep only those in /etc/chrony/sources.d/agency.sources.",
        since="0.1.0",
        references={
            "cis-debian12": ("2.3.2.1", "2.3.3.1"),
            "iso27001-2022": ("A.8.17",),
        },
    ),
)
def time_sources_declared(time: TimeSources, context: Context) -> Verdict:
    """Every configured source is declared, and there is one."""
    declared = context.system.declared.time_sources
    seen = ", ".join(time.sources)
    if declared is None:
        return Verdict.unknown(
            "agency.yaml declares no time sources to compare with; configured are: {seen_sources}",
            seen_sources=seen or "-",
            seen=seen,
        )
    if not time.daemons:
        if time.container:
            return Verdict.unknown(
                "this is a container ({container}) without a time daemon: the machine below sets "
                "its clock, so scan that machine",
                container=time.container,
            )
        return Verdict.failed("no time daemon runs", expected=", ".join(declared))
    if not time.sources:
        return Verdict.failed("no time source is configured", expected=", ".join(declared))
    allowed = {name.lower().rstrip(".") for name in declared}
    strange = [name for name in time.sources if name.lower().rstrip(".") not in allowed]
    if strange:
        return Verdict.failed(
            "time sources that are not declared: {strange}",
            strange=", ".join(strange),
            seen=seen,
            expected=", ".join(declared),
        )
    return Verdict.passed(
        "all {count} time sources are declared",
        count=len(time.sources),
        seen=seen,
        expected=", ".join(declared),
    )
