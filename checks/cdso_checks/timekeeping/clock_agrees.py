"""The host's clock beside the scanner's, at the moment of the question."""

from cdso_audit.checking import About, check
from cdso_audit.facts.clock import ClockOffset
from cdso_audit.model import Context, Severity, Verdict


@check(
    ClockOffset,
    About(
        id="clock-agrees",
        title="The host's clock agrees with the scanner's",
        severity=Severity.LOW,
        why="A clock that is wrong makes logs, certificates and one-time passwords wrong.",
        fix="Set the clock by its time source: `chronyc makestep`; if other hosts agree with each "
        "other, correct the scanner's clock instead.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.17",)},
        pitfalls="The answer takes its way through SSH, so differences of a few seconds say "
        "nothing; whole minutes do.",
    ),
    max_seconds=120,
)
def clock_agrees(clock: ClockOffset, context: Context) -> Verdict:
    """The difference is within what a slow connection explains."""
    off = round((clock.target - clock.scanner).total_seconds())
    limit = context.number("max_seconds")
    seen = f"{clock.target:%Y-%m-%dT%H:%M:%SZ}"
    if abs(off) > limit:
        return Verdict.failed(
            "the host's clock is {off} s away from the scanner's ({target})",
            off=off,
            target=seen,
            seen=seen,
            expected=f"<= {limit} s",
        )
    return Verdict.passed("the host's clock is {off} s away from the scanner's", off=off, seen=seen)
