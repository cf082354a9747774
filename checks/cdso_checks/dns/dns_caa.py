"""CAA of the domain, or of the nearest domain above it that has any."""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import CaaRecords
from cdso_audit.model import Context, Severity, Verdict


@check(
    CaaRecords,
    About(
        id="dns-caa",
        title="CAA says who may issue certificates",
        severity=Severity.LOW,
        why="Without CAA any authority in the world may issue a certificate for the domain "
        "by mistake or by fraud.",
        fix='Publish `example.vn. CAA 0 issue "letsencrypt.org"` with the name of your authority.',
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://www.rfc-editor.org/rfc/rfc8659",),
        },
    ),
)
def dns_caa(seen: CaaRecords, _context: Context) -> Verdict:
    """At least one issue or issuewild property must limit who issues."""
    shown = "\n".join(seen.records)
    issuers = (*seen.values("issue"), *seen.values("issuewild"))
    if issuers:
        return Verdict.passed(
            "{name} allows {issuers}",
            name=seen.at_name,
            issuers=", ".join(issuers)[:300],
            seen=shown,
        )
    if seen.records:
        return Verdict.failed("CAA records limit no issuer", seen=shown)
    return Verdict.failed("there is no CAA record, here or above")
