"""What guards sites of a web server, as the probes tell, for the tests of both checks."""

from collections.abc import Mapping

from tests.checks.webserver.dumps import COMMON, answers
from tests.support import MISSING_TOOL, Answer, Case

from cdso_audit.facts.firewall import IPTABLES, IPTABLES_LEGACY, NFT
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.web_guards import WEB_GUARDS


def guards(*files: str, modules: str = "") -> str:
    """The answer of `web-guards`."""
    return "\n".join(["== modules", *modules.split(), "== rules", *files, "== end"]) + "\n"


#: The files of libnginx-mod-http-modsecurity as Debian ships them, the engine as given.
def shipped(engine: str, include: str = "") -> tuple[str, ...]:
    more = (f"include {include}",) if include else ()
    return (
        *("file /etc/nginx/modsecurity.conf", f"engine {engine}", "rules 9"),
        *(
            "file /etc/nginx/modsecurity_includes.conf",
            "include modsecurity.conf",
            *more,
            "rules 0",
        ),
    )


def filtered(
    given: Mapping[Probe, str | Answer],
    told: str | Answer = "",
    iptables: str | Answer = MISSING_TOOL,
    nft: str | Answer = MISSING_TOOL,
) -> dict[Probe, str | Answer]:
    """A web server, what guards it, and a packet filter."""
    return {
        **given,
        WEB_GUARDS: told or guards(),
        IPTABLES: iptables,
        IPTABLES_LEGACY: MISSING_TOOL,
        NFT: nft,
    }


def common() -> list[Case]:
    """The cases of every check of web servers."""
    return [
        Case(
            each.name, filtered(each.answers), each.outcome, outcomes=each.outcomes, says=each.says
        )
        for each in COMMON
    ]


NO_SERVER = filtered(answers())
CONNLIMIT = (
    "*filter\n:INPUT ACCEPT [0:0]\n"
    "-A INPUT -p tcp -m tcp --dport {} --tcp-flags FIN,SYN,RST,ACK SYN -m "
    "connlimit --connlimit-above 100 --connlimit-mask 32 --connlimit-saddr -j {}\n"
    "COMMIT\n"
)
CT_COUNT = (
    '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"rule": {"family": '
    '"inet", "table": "filter", "chain": "input", "handle": 4, "expr": '
    '[{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", '
    '"field": "dport"}}, "right": %s}}, {"set": {"op": "add", "elem": '
    '{"payload": {"protocol": "ip", "field": "saddr"}}, "stmt": [{"ct '
    'count": {"val": 100, "inv": true}}], "set": "@perip"}}, %s]}}]}'
)
