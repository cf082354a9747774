"""Links that answer, and how often they fail."""

from cdso_audit.checking import About, check
from cdso_audit.facts.links import LinkTraffic
from cdso_audit.model import Context, Severity, Verdict


@check(
    LinkTraffic,
    About(
        id="link-answers",
        title="The link answers, and hardly ever fails",
        severity=Severity.HIGH,
        why="When the link to a shared platform is down, every service that needs it stands still.",
        fix="Follow the way from the application's host (`curl -v URL`, `mtr -T -P PORT HOST`), "
        "then call the operator of the platform with the times of the failures.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.14", "A.8.21"), "nist-csf-2": ("DE.CM-01",)},
        pitfalls="Seen from the machine that scans, by a few requests without the agency's "
        "certificate: an answer such as 403 is an answer. Only silence and 5xx are failures.",
    ),
    max_error_percent=10,
)
def link_answers(link: LinkTraffic, context: Context) -> Verdict:
    """No more than `max_error_percent` of the requests fail, and at least one is answered."""
    count = len(link.attempts)
    worst = next(
        (each.detail or f"HTTP {each.status}" for each in link.attempts if each.is_error), ""
    )
    statuses = sorted({each.status for each in link.attempts if each.status is not None})
    seen = ", ".join(str(each) for each in statuses)
    if link.errors == count:
        return Verdict.failed(
            "none of {count} requests was answered: {problem}",
            count=count,
            problem=worst,
            seen=seen,
        )
    limit = context.number("max_error_percent")
    if 100 * link.errors > limit * count:
        return Verdict.failed(
            "{errors} of {count} requests failed, the first: {problem}",
            errors=link.errors,
            count=count,
            problem=worst,
            seen=seen,
            expected=f"<= {limit} %",
        )
    return Verdict.passed(
        "{answered} of {count} requests were answered",
        answered=count - link.errors,
        count=count,
        seen=seen,
    )
