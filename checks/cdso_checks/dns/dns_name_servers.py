"""How many name servers the zone names. RFC 1034 and RFC 2182 ask for two at least."""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import NameServers
from cdso_audit.model import Context, Severity, Verdict


@check(
    NameServers,
    About(
        id="dns-name-servers",
        title="At least two name servers answer for the zone",
        severity=Severity.MEDIUM,
        why="With one name server, one fault takes every service of the domain away.",
        fix="Add a second name server in another network, and list it as NS in the zone and"
        " at the registrar.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.14",),
            "url": ("https://www.rfc-editor.org/rfc/rfc2182",),
        },
    ),
    min_servers=2,
)
def dns_name_servers(seen: NameServers, context: Context) -> Verdict:
    """Count the names."""
    shown = ", ".join(seen.names)
    least = context.number("min_servers")
    if len(seen.names) < least:
        return Verdict.failed(
            "the zone {zone} has {count} name servers",
            zone=seen.zone,
            count=len(seen.names),
            seen=shown,
            expected=f">= {least}",
        )
    return Verdict.passed(
        "the zone {zone} has {count} name servers",
        zone=seen.zone,
        count=len(seen.names),
        seen=shown,
        expected=f">= {least}",
    )
