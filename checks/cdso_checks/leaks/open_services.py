"""
Databases, caches, container engines and consoles that answer strangers.

Being reachable is judged by admin-port-exposure and open-ports-declared. Here a service counts that
answered a question without a name or a password, whether its port is declared or not.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.services_open import OpenServices
from cdso_audit.model import Context, Severity, Verdict


@check(
    OpenServices,
    About(
        id="open-services",
        title="No database, cache or console answers without a password",
        severity=Severity.CRITICAL,
        why="Whoever reaches the port reads and deletes all the data, or runs programs on the "
        "host; machines look for such ports day and night.",
        fix="Bind the service to the loopback or the network of the application, switch its logins "
        "on (`requirepass`, `security.authorization: enabled`, `xpack.security.enabled: true`), "
        "and close the port in the firewall.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.5.17", "A.8.5", "A.8.20"),
            "cis-v8": ("4.8", "13.4"),
            "url": ("https://cwe.mitre.org/data/definitions/306.html",),
        },
        pitfalls="Only usual ports are asked, from where the scanner stands; another port or "
        "another network may show more. No password is ever tried, so a weak one is not found.",
    ),
    allowed=(),
)
def open_services(seen: OpenServices, context: Context) -> Verdict:
    """None answered, but those of `allowed` (`NAME` or `NAME PORT`), and the host is there."""
    allowed = context.names("allowed")
    names = {each: f"{each.service} {each.port}" for each in seen.answers}
    found = [
        name
        for each, name in names.items()
        if each.state == "open" and name not in allowed and each.service not in allowed
    ]
    shown = "\n".join(
        f"{names[each]}: {each.state}"
        for each in seen.answers
        if each.state not in ("closed", "silent")
    )
    if found:
        return Verdict.failed(
            "{services} answer without a password", services=", ".join(found), seen=shown
        )
    if not seen.alive:
        return Verdict.unknown(
            "nothing answered on {count} ports: the host is off, or filters everything for the "
            "scanner",
            count=len(seen.answers),
        )
    return Verdict.passed(
        "none of {count} usual ports of databases and consoles answers without a password",
        count=len(seen.answers),
        seen=shown,
    )
