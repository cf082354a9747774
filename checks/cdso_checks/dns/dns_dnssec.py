"""
A signed zone whose parent vouches for it, with signatures that hold at the moment of the
snapshot. The chain above the parent is the resolver's word.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import DnsSecurity
from cdso_audit.model import Context, Severity, Verdict


@check(
    DnsSecurity,
    About(
        id="dns-dnssec",
        title="DNSSEC protects the domain's records",
        severity=Severity.MEDIUM,
        why="Without DNSSEC an attacker on the way can lead users and mail to a server of his own.",
        fix="Sign the zone (`dnssec-policy default;` in BIND, `dnssec-signing: on` in Knot)"
        " and give the DS record to the registrar.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20",),
            "url": ("https://www.rfc-editor.org/rfc/rfc4033",),
        },
        pitfalls="A resolver that does not validate sets no AD flag for anybody; the signatures "
        "are therefore verified here.",
    ),
)
def dns_dnssec(seen: DnsSecurity, _context: Context) -> Verdict:  # noqa: PLR0911 - one a way to fail
    """From the worst to the best."""
    if seen.bogus:
        return Verdict.failed("the resolver rejects the zone {zone} as forged", zone=seen.zone)
    if not seen.signed:
        return Verdict.failed("the zone {zone} is not signed", zone=seen.zone)
    if seen.problem:
        return Verdict.failed(
            "the signatures of {zone} do not hold: {problem}", zone=seen.zone, problem=seen.problem
        )
    if not seen.delegated:
        if seen.authenticated:
            return Verdict.passed("the resolver has a trust anchor for {zone}", zone=seen.zone)
        return Verdict.failed(
            "the zone {zone} is signed, but its parent has no DS: no chain of trust", zone=seen.zone
        )
    if not seen.matches:
        return Verdict.failed("no DS in the parent fits a key of {zone}", zone=seen.zone)
    if seen.authenticated:
        return Verdict.passed("{zone} is signed, and the resolver validates it", zone=seen.zone)
    return Verdict.passed(
        "{zone} is signed and its parent vouches for it; this resolver does not validate",
        zone=seen.zone,
    )
