"""
SPF by RFC 7208: exactly one record, at most ten look-ups and two void ones, and an end that
refuses.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import SpfRecord
from cdso_audit.facts.dns_spf import MAX_LOOKUPS, MAX_VOID
from cdso_audit.model import Context, Severity, Verdict


@check(
    SpfRecord,
    About(
        id="dns-spf",
        title="SPF says which servers send the domain's mail",
        severity=Severity.MEDIUM,
        why="Without SPF anybody can send mail in the name of the agency.",
        fix="Publish one TXT record at the domain, such as `v=spf1 mx ip4:203.0.113.5 "
        "-all`, with at most ten look-ups.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.14",),
            "cis-v8": ("9.5",),
            "url": ("https://www.rfc-editor.org/rfc/rfc7208",),
        },
        pitfalls="An `mx` costs one look-up, however many hosts it names; a void look-up counts "
        "once; the `all` of an include means nothing for the domain.",
    ),
    allowed_all=("-", "~"),
)
def dns_spf(seen: SpfRecord, context: Context) -> Verdict:  # noqa: PLR0911 - one a way to fail
    """The first thing wrong decides."""
    if seen.count != 1:
        if not seen.count:
            return Verdict.failed("the domain has no SPF record")
        return Verdict.failed(
            "the domain has {count} SPF records; one is allowed", count=seen.count, seen=seen.text
        )
    if seen.problems:
        return Verdict.failed(
            "the SPF record is broken: {problem}", problem=seen.problems[0], seen=seen.text
        )
    if seen.lookups > MAX_LOOKUPS:
        return Verdict.failed(
            "SPF needs {lookups} look-ups; ten are allowed", lookups=seen.lookups, seen=seen.text
        )
    if seen.void > MAX_VOID:
        return Verdict.failed(
            "{void} look-ups of SPF find nothing; two are allowed", void=seen.void, seen=seen.text
        )
    if seen.all not in context.names("allowed_all"):
        return Verdict.failed(
            "SPF does not end with a refusal ({end})",
            end=f"{seen.all}all" if seen.all else "-",
            seen=seen.text,
            expected=" | ".join(f"{each}all" for each in context.names("allowed_all")),
        )
    return Verdict.passed(
        "SPF ends with {end} and needs {lookups} look-ups",
        end=f"{seen.all}all",
        lookups=seen.lookups,
        seen=seen.text,
    )
