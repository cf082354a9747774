"""`web-connection-limit` by nginx, by Apache's modules, or by the packet filter."""

import pytest
from tests.checks.webserver.dumps import answers, apache, nginx
from tests.checks.webserver.guards import CONNLIMIT, CT_COUNT, common, filtered, guards
from tests.support import DENIED, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_connection_limit import web_connection_limit

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
PLAIN = answers(nginx("d root /srv"))
CASES = [
    Case(
        "good: nginx, for all sites",
        filtered(answers(nginx("", "d limit_conn perip 50"))),
        PASS,
        says="limit_conn perip 50",
    ),
    Case("good: nginx, requests", filtered(answers(nginx("d limit_req zone=r burst=20"))), PASS),
    Case(
        "good: nginx, every place by itself",
        filtered(
            answers(
                nginx(
                    "b location /\nd limit_conn perip 50\ne\nb location /api\nd limit_req zone=r\ne"
                )
            )
        ),
        PASS,
    ),
    Case(
        "good: nginx, the place without only sends on",
        filtered(
            answers(
                nginx("b location /\nd limit_conn perip 50\ne\nb location /old\nd return 301\ne")
            )
        ),
        PASS,
    ),
    Case(
        "good: Apache, mod_qos",
        filtered(answers(apache=apache("", "d qs_srvmaxconnperip 50")), guards(modules="qos")),
        PASS,
        says="50",
    ),
    Case(
        "good: Apache, mod_evasive with its defaults",
        filtered(answers(apache=apache("")), guards(modules="evasive")),
        PASS,
        says="mod_evasive",
    ),
    Case("good: iptables", filtered(PLAIN, iptables=CONNLIMIT.format(443, "REJECT")), PASS),
    Case(
        "good: nftables",
        filtered(PLAIN, nft=CT_COUNT % ('{"set": [80, 443]}', '{"drop": null}')),
        PASS,
        says="ct count",
    ),
    Case("good: another machine bounds", filtered(PLAIN), NONE, parameters={"elsewhere": ["web1"]}),
    Case("bad: nginx", filtered(PLAIN), FAIL, says="nothing on this host"),
    Case(
        "bad: nginx, a dry run",
        filtered(answers(nginx("d limit_conn perip 50\nd limit_conn_dry_run on"))),
        FAIL,
    ),
    Case(
        "bad: nginx, at the login alone",
        filtered(answers(nginx("b location /login\nd limit_req zone=r\ne"))),
        FAIL,
        says="not at /",
    ),
    Case("bad: Apache", filtered(answers(apache=apache(""))), FAIL),
    Case(
        "bad: iptables, another port",
        filtered(PLAIN, iptables=CONNLIMIT.format(22, "REJECT")),
        FAIL,
    ),
    Case(
        "bad: iptables, counted alone",
        filtered(PLAIN, iptables=CONNLIMIT.format(443, "LOG")),
        FAIL,
    ),
    Case(
        "bad: nftables, another port",
        filtered(PLAIN, nft=CT_COUNT % ("22", '{"drop": null}')),
        FAIL,
    ),
    Case(
        "bad: nftables, counted alone",
        filtered(PLAIN, nft=CT_COUNT % ("443", '{"accept": null}')),
        FAIL,
    ),
    Case("absent: it only sends on", filtered(answers(nginx("d return 301"))), NONE),
    Case("unreadable: the packet filter", filtered(PLAIN, iptables=DENIED), UNKNOWN),
    Case("unreadable: nftables", filtered(PLAIN, nft="{"), UNKNOWN),
    Case("unreadable: iptables", filtered(PLAIN, iptables="--connlimit-above 'x"), UNKNOWN),
    *common(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_connection_limit, case)
