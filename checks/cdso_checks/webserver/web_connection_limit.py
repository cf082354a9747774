"""Bounds on the connections of one source, by the web server or by the host's packet filter."""

from cdso_audit.checking import About, check
from cdso_audit.facts.web_guards import WebGuard
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebGuard,
    About(
        id="web-connection-limit",
        title="The web server bounds the connections of one source",
        severity=Severity.MEDIUM,
        why="One machine that holds a few hundred slow connections keeps everybody else out.",
        fix="nginx: `limit_conn_zone $binary_remote_addr zone=perip:10m;` under http, then "
        "`limit_conn perip 50;`; Apache: libapache2-mod-qos with `QS_SrvMaxConnPerIP 50`; or "
        "`iptables -A INPUT -p tcp --syn --dport 443 -m connlimit --connlimit-above 100 "
        "-j REJECT`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.6", "A.8.20"), "cis-v8": ("13.10",)},
        pitfalls="A bound on requests (limit_req, mod_evasive) counts as well; one in dry run does "
        "not. Behind a reverse proxy every connection comes from one address, and the bound "
        "belongs there: name this host in the parameter `elsewhere`. Whether the number fits is "
        "not judged.",
    ),
    elsewhere=(),
)
def web_connection_limit(guard: WebGuard, context: Context) -> Verdict:
    """Every place of the site, or the packet filter before all of them."""
    if guard.is_only_redirect:
        return Verdict.not_applicable("this site only sends visitors on")
    if context.asset.id in context.names("elsewhere"):
        return Verdict.not_applicable("the owner says that another machine bounds for this one")
    seen = "\n".join(guard.limits)
    if guard.limits and not guard.unbounded:
        return Verdict.passed(
            "connections are bounded by: {names}", names=", ".join(guard.limits)[:300], seen=seen
        )
    if guard.filter_is_unknown:
        return Verdict.unknown("the packet filter, which may bound them, was not to be read")
    if guard.limits:
        return Verdict.failed(
            "bounded in part of the site, and not at {places}",
            places=", ".join(guard.unbounded)[:300],
            seen=seen,
        )
    return Verdict.failed("nothing on this host bounds the connections of one source")
