"""
Who takes the domain's mail: MX records by RFC 5321 5.1, RFC 2181 10.3 and RFC 7505.

That a record is there proves no mail server behind it; that its names resolve is what a sender
needs first.
"""

import ipaddress

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import MailExchangers
from cdso_audit.model import Context, Severity, Verdict


def is_address(name: str) -> bool:
    """Whether somebody wrote an address where a name belongs."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@check(
    MailExchangers,
    About(
        id="dns-mx",
        title="The domain's MX records name hosts that exist",
        severity=Severity.MEDIUM,
        why="Mail to the agency is lost or goes to a wrong host when the records name none that "
        "exists.",
        fix="Publish MX records with names that have an address of their own, or say `mail: false` "
        "in the inventory and publish the null MX `0 .`.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.5.14", "A.8.14"),
            "url": (
                "https://www.rfc-editor.org/rfc/rfc5321#section-5.1",
                "https://www.rfc-editor.org/rfc/rfc7505",
            ),
        },
        pitfalls="Nobody connects to the mail server, so a pass says that senders find it, not "
        "that it takes mail. Without any MX senders go to the address of the domain itself.",
    ),
)
def dns_mx(mail: MailExchangers, context: Context) -> Verdict:  # noqa: ARG001, PLR0911 - one a way to fail
    """The first thing wrong decides."""
    shown = "\n".join(
        f"{each.preference} {each.name} {', '.join(each.addresses) or '-'}" for each in mail.hosts
    )
    if not (mail.hosts or mail.refuses):
        return Verdict.failed("the domain has no MX record")
    if mail.refuses:
        if mail.hosts:
            return Verdict.failed("a null MX stands beside other MX records", seen=shown)
        return Verdict.failed(
            "the domain refuses all mail (null MX), and the inventory says that it has mail",
            seen="0 .",
        )
    addresses = [each.name for each in mail.hosts if is_address(each.name)]
    if addresses:
        return Verdict.failed(
            "an MX record names an address, not a host: {name}", name=addresses[0], seen=shown
        )
    lost = [each.name for each in mail.hosts if not each.addresses]
    if lost:
        return Verdict.failed(
            "hosts of MX records have no address: {names}", names=", ".join(lost), seen=shown
        )
    aliases = [each.name for each in mail.hosts if each.is_alias]
    if aliases:
        return Verdict.failed(
            "hosts of MX records are aliases (CNAME): {names}",
            names=", ".join(aliases),
            seen=shown,
        )
    return Verdict.passed("{count} hosts take the domain's mail", count=len(mail.hosts), seen=shown)
