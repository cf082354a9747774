"""
The published address for reports of incidents and holes, in the form that tools and finders know.

Only a file that is there is judged: an address on a page does as well, and people read pages.
"""

from datetime import UTC, datetime

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpContact
from cdso_audit.model import Context, Severity, Verdict

#: How a contact may be written (RFC 9116, 2.5.3): a page under https, an address, a number.
FORMS = ("mailto:", "https://", "tel:")


def moment(text: str) -> datetime | None:
    """An instant of RFC 3339, or None."""
    try:
        found = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


@check(
    HttpContact,
    About(
        id="http-security-contact",
        title="The published address for incidents is whole and in date",
        severity=Severity.MEDIUM,
        why="Who finds personal data on the street of the Internet gives up, or goes to the press, "
        "when the address of last year answers no more.",
        fix="Renew /.well-known/security.txt: `Contact: mailto:ungcuu@example.gov.vn`, "
        "`Expires: 2027-06-30T00:00:00Z` (at most a year ahead), served over HTTPS; put its "
        "renewal into the calendar.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.5.5", "A.5.24", "A.6.8"),
            "cis-v8": ("17.2",),
            "url": ("https://www.rfc-editor.org/rfc/rfc9116",),
        },
        pitfalls="A site without the file is not judged: a page may hold the address. Whether "
        "somebody answers there is not tried. A site that answers every path with a page shows "
        "no such file.",
    ),
)
def http_security_contact(found: HttpContact, context: Context) -> Verdict:
    """Contacts in a form that works, one date, not over, over HTTPS."""
    seen = "\n".join((found.url, *found.contacts, *found.expires))
    if not found.contacts:
        return Verdict.failed("security.txt names no contact", seen=seen)
    broken = [each for each in found.contacts if not each.lower().startswith(FORMS)]
    if len(broken) == len(found.contacts):
        return Verdict.failed(
            "no contact is in a form that works: {contacts}",
            contacts=", ".join(broken),
            seen=seen,
            expected=", ".join(FORMS),
        )
    until = [moment(each) for each in found.expires]
    if len(until) != 1 or until[0] is None:
        return Verdict.failed("security.txt does not say until when it holds", seen=seen)
    day = f"{until[0]:%Y-%m-%d}"
    if until[0] <= context.at:
        return Verdict.failed("security.txt is out of date since {day}", day=day, seen=seen)
    if not found.url.lower().startswith("https://"):
        return Verdict.failed("security.txt is served without TLS", seen=seen)
    return Verdict.passed(
        "{contacts}, until {day}", contacts=", ".join(found.contacts), day=day, seen=seen
    )
