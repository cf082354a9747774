"""
More than one living wire between a server and the network.

A bond whose second member died months ago looks healthy from outside; the kernel knows.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.server_links import ServerLinks
from cdso_audit.model import Context, Severity, Verdict


@check(
    ServerLinks,
    About(
        id="server-link-redundancy",
        title="The server hangs on the network by at least two living wires",
        severity=Severity.LOW,
        why="One cable that somebody pulls by mistake takes every service of the server with it.",
        fix="Bond two ports, best to two switches: `nmcli con add type bond ifname bond0 "
        "bond.options mode=802.3ad,miimon=100`, then add both ports; replace the wire that is "
        "dead.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.14",)},
        pitfalls="Only hardware is judged: the wires of a virtual machine are those of its host, "
        "which should be in the inventory too. Two default routes over two wires may stand in for "
        "each other or not: the answer is unknown, as with a switch made of software. Whether the "
        "wires lead to two switches is not seen.",
    ),
    min_wires=2,
)
def server_link_redundancy(links: ServerLinks, context: Context) -> Verdict:
    """The uplinks of the default routes; members count while they live."""
    least = context.number("min_wires")
    seen = "\n".join(
        f"{each.name} ({each.way}{' ' + each.mode if each.mode else ''}): "
        + ", ".join(f"{one.name} {'up' if one.lives else 'down'}" for one in each.members)
        for each in links.uplinks
    )
    joined = [each for each in links.uplinks if each.way in ("bond", "team")]
    if joined and len(joined) == len(links.uplinks):
        for each in joined:
            living = [one.name for one in each.members if one.lives]
            if len(living) < least:
                return Verdict.failed(
                    "{name} has {living} living wires of {count}",
                    name=each.name,
                    living=len(living),
                    count=len(each.members),
                    seen=seen,
                    expected=f">= {least}",
                )
        return Verdict.passed(
            "{names}: each has at least {least} living wires",
            names=", ".join(each.name for each in joined),
            least=least,
            seen=seen,
        )
    if links.switch or len(links.uplinks) > 1 or any(e.way == "unknown" for e in links.uplinks):
        return Verdict.unknown(
            "several wires, and nothing here tells whether they stand in for each other", seen=seen
        )
    return Verdict.failed(
        "everything goes over one wire, {name}", name=links.uplinks[0].name, seen=seen
    )
