"""
A clock that follows a source, as its daemon says.

A daemon that runs but has found no source is a failure, and so are two daemons that pull at the
same clock.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.clock import ClockSynchronisation
from cdso_audit.model import Context, Severity, Verdict


@check(
    ClockSynchronisation,
    About(
        id="time-synchronised",
        title="The clock follows a time source that answers",
        severity=Severity.MEDIUM,
        why="Logs of several hosts can be put in order only when their clocks agree.",
        fix="Name the agency's time server in /etc/chrony/sources.d/agency.sources "
        "(`server <time server> iburst`), `chronyc reload sources`, then look at "
        "`chronyc tracking`.",
        since="0.1.0",
        references={
            "ssg": ("service_chronyd_or_ntpd_enabled",),
            "cis-debian12": ("2.3.1.1",),
            "iso27001-2022": ("A.8.17",),
            "cis-v8": ("8.4",),
        },
        pitfalls="An enabled daemon has synchronised nothing yet, so the daemon itself is asked.",
    ),
    max_offset_ms=1000,
)
def time_synchronised(clock: ClockSynchronisation, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """One daemon, synchronised, its source reachable, the offset small."""
    limit = context.number("max_offset_ms")
    daemons = ", ".join(clock.daemons)
    if not clock.daemons:
        if clock.container:
            return Verdict.unknown(
                "this is a container ({container}) without a time daemon: the machine below sets "
                "its clock, so scan that machine",
                container=clock.container,
            )
        return Verdict.failed("no time daemon runs", expected="chrony")
    if len(clock.daemons) > 1:
        return Verdict.failed(
            "several time daemons set the same clock: {daemons}", daemons=daemons, seen=daemons
        )
    if not clock.told_by:
        return Verdict.unknown(
            "{daemons} runs but does not say whether it is synchronised: {complaint}",
            daemons=daemons,
            complaint=clock.complaint or "-",
        )
    seen = (
        f"{clock.told_by}: source {clock.source or '-'}, "
        f"offset {'-' if clock.offset_ms is None else format(clock.offset_ms, '.3f')} ms"
    )
    if not clock.synchronised:
        return Verdict.failed("{daemons} runs but is not synchronised", daemons=daemons, seen=seen)
    if not clock.reachable:
        return Verdict.failed(
            "{daemons} follows no source that answers now ({source})",
            daemons=daemons,
            source=clock.source or "-",
            seen=seen,
        )
    if clock.offset_ms is None:
        return Verdict.unknown(
            "{daemons} is synchronised but does not say how far the clock is off",
            daemons=daemons,
            seen=seen,
        )
    offset = f"{abs(clock.offset_ms):.3f}"
    if abs(clock.offset_ms) > limit:
        return Verdict.failed(
            "the clock is {offset} ms off, at most {limit} ms are allowed",
            offset=offset,
            limit=limit,
            seen=seen,
        )
    return Verdict.passed(
        "{daemons} follows {source}, {offset} ms off",
        daemons=daemons,
        source=clock.source or "-",
        offset=offset,
        seen=seen,
        expected=f"<= {limit} ms",
    )
