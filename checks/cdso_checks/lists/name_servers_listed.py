"""Name servers that the host asks, compared with those that the owner trusts."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import NameServers
from cdso_audit.model import Context, Severity, Verdict


@check(
    NameServers,
    About(
        id="name-servers-listed",
        title="The host asks trusted name servers only",
        severity=Severity.MEDIUM,
        why="Whoever answers for names decides where every connection leads.",
        fix="Name the trusted servers in /etc/resolv.conf (or in systemd-resolved, NetworkManager, "
        "netplan, the DHCP server), or add the server to lists/resolvers.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.9", "9.2")},
        pitfalls="Behind a stub on the loopback (systemd-resolved, dnsmasq) its own servers are "
        "compared. A host that resolves for itself from the root asks no server.",
        lists=("resolvers",),
    ),
    must_filter=False,
)
def name_servers_listed(asked: NameServers, context: Context) -> Verdict:
    """Every server has a row; with `must_filter` one that blocks bad names."""
    rows = {row.resolver: row for row in context.lists.resolvers}
    seen = ", ".join(asked.servers)
    expected = ", ".join(rows)
    strange = [each for each in asked.servers if each not in rows]
    if strange:
        return Verdict.failed(
            "name servers that are not listed: {names}",
            names=", ".join(strange),
            seen=seen,
            expected=expected,
        )
    if not asked.servers:
        return Verdict.unknown(
            "the host asks only itself ({stub}); whom that asks could not be seen",
            stub=asked.stub or "-",
        )
    loose = [each for each in asked.servers if not rows[each].filters]
    if context.parameters["must_filter"] and loose:
        return Verdict.failed(
            "by the list these name servers do not block bad names: {names}",
            names=", ".join(loose),
            seen=seen,
        )
    return Verdict.passed(
        "all {count} name servers are listed", count=len(asked.servers), seen=seen
    )
