"""Whether both sides of a link mean the same time."""

from cdso_audit.checking import About, check
from cdso_audit.facts.links import LinkClock
from cdso_audit.model import Context, Severity, Verdict


@check(
    LinkClock,
    About(
        id="link-clock",
        title="Both sides of the link agree on the time",
        severity=Severity.MEDIUM,
        why="Signed messages and tokens with the wrong time are refused, and logs of both sides "
        "cannot be put together.",
        fix="Look at the own clock first (`chronyc tracking`), then tell the operator of the "
        "platform by how much its answers are off.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.17",), "cis-v8": ("8.4",)},
        pitfalls="By the `Date` of the answers, which tells whole seconds and may be that of a "
        "proxy, against the clock of the machine that scans.",
    ),
    max_seconds=5,
)
def link_clock(clock: LinkClock, context: Context) -> Verdict:
    """The middle offset is at most `max_seconds`, either way."""
    limit = context.number("max_seconds")
    words = {"seen": f"{clock.offset_s:+g} s", "expected": f"<= {limit} s"}
    if abs(clock.offset_s) > limit:
        return Verdict.failed(
            "the other side's clock is {offset} s off ours",
            offset=f"{clock.offset_s:+.1f}",
            **words,
        )
    return Verdict.passed(
        "the clocks differ by {offset} s, by {count} answers",
        offset=f"{clock.offset_s:+.1f}",
        count=clock.answers,
        **words,
    )
