"""The DNS half of MTA-STS. The policy file is a web page of another host and is not fetched."""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import MtaSts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MtaSts,
    About(
        id="mail-mta-sts",
        title="MTA-STS asks senders to use TLS",
        severity=Severity.LOW,
        why="Without MTA-STS an attacker on the way can talk mail servers out of encryption.",
        fix="Publish `_mta-sts` TXT `v=STSv1; id=20260101T000000` and the policy at "
        "https://mta-sts.DOMAIN/.well-known/mta-sts.txt.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.14",),
            "url": ("https://www.rfc-editor.org/rfc/rfc8461",),
        },
    ),
)
def mail_mta_sts(seen: MtaSts, _context: Context) -> Verdict:
    """RFC 8461, 3.1: exactly one record, with an id."""
    if not seen.records:
        return Verdict.failed("there is no MTA-STS record")
    if len(seen.records) > 1:
        return Verdict.failed(
            "there are {count} MTA-STS records; one is allowed",
            count=len(seen.records),
            seen=seen.records[0],
        )
    if not re.search(r";\s*id\s*=\s*[A-Za-z0-9]{1,32}\s*(?:;|$)", seen.records[0]):
        return Verdict.failed("the MTA-STS record has no id", seen=seen.records[0])
    return Verdict.passed("MTA-STS is announced", seen=seen.records[0])
