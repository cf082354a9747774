"""How long a link takes to answer."""

from cdso_audit.checking import About, check
from cdso_audit.facts.links import LinkTraffic
from cdso_audit.model import Context, Severity, Verdict


@check(
    LinkTraffic,
    About(
        id="link-latency",
        title="The link answers within a second",
        severity=Severity.LOW,
        why="A slow link makes applications give up and citizens wait at the counter.",
        fix="Compare the time to connect, to shake hands and to the first byte: the first is the "
        "line, the last the service. Take it up with whoever runs the slow part.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.6",), "nist-csf-2": ("DE.CM-01",)},
        pitfalls="The middle of a few new connections, without the agency's certificate; an "
        "application that keeps its connections open sees less.",
    ),
    max_median_ms=1000,
)
def link_latency(link: LinkTraffic, context: Context) -> Verdict:
    """The median from the first packet to the first byte is at most `max_median_ms`."""
    middle = link.median_ms
    if middle is None:
        return Verdict.unknown("no request got as far as an answer")
    first = [each for each in link.attempts if each.total_ms is not None]
    seen = "; ".join(
        f"{each.connect_ms:g} + {each.tls_ms or 0:g} + {each.first_byte_ms:g} ms" for each in first
    )
    limit = context.number("max_median_ms")
    if middle > limit:
        return Verdict.failed(
            "the middle of {count} answers took {middle} ms",
            count=len(first),
            middle=middle,
            seen=seen,
            expected=f"<= {limit} ms",
        )
    return Verdict.passed(
        "the middle of {count} answers took {middle} ms", count=len(first), middle=middle, seen=seen
    )
