"""
The DMARC policy that holds for the domain, its own or that of the domain above it. The standard
names no strength, so `p=none` passes as weak unless the rulebook asks for more.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import DmarcRecord
from cdso_audit.model import Context, Severity, Verdict


@check(
    DmarcRecord,
    About(
        id="dns-dmarc",
        title="DMARC tells receivers what to do with forged mail",
        severity=Severity.MEDIUM,
        why="SPF and DKIM alone do not protect the address that people see; DMARC does.",
        fix="Publish `_dmarc` TXT `v=DMARC1; p=none; rua=mailto:dmarc@example.vn`, read the"
        " reports, then go to `p=quarantine` and `p=reject`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.14",),
            "cis-v8": ("9.5",),
            "url": ("https://www.rfc-editor.org/rfc/rfc7489",),
        },
        pitfalls="A subdomain without a record of its own follows `sp` of the domain above.",
    ),
    accept_none=True,
)
def dns_dmarc(seen: DmarcRecord, context: Context) -> Verdict:  # noqa: PLR0911 - one a way to fail
    """Read the policy that holds for this domain."""
    if not seen.count:
        return Verdict.failed("the domain has no DMARC record")
    if seen.count > 1:
        return Verdict.failed(
            "{name} has {count} DMARC records; one is allowed",
            name=seen.at_name,
            count=seen.count,
            seen=seen.text,
        )
    if seen.policy in ("quarantine", "reject"):
        if not seen.percent:
            return Verdict.failed("the DMARC policy holds for 0 % of the mail", seen=seen.text)
        return Verdict.passed(
            "DMARC says {policy} for {percent} % of forged mail",
            policy=seen.policy,
            percent=seen.percent,
            seen=seen.text,
        )
    if seen.policy != "none":
        return Verdict.failed(
            "the DMARC record has no valid policy: {policy}",
            policy=seen.policy or "-",
            seen=seen.text,
        )
    if context.parameters["accept_none"]:
        return Verdict.passed(
            "DMARC is published but weak: p=none lets forged mail through", seen=seen.text
        )
    return Verdict.failed("DMARC lets forged mail through (p=none)", seen=seen.text)
