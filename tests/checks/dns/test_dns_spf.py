"""`dns-spf` counts as RFC 7208 counts."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_spf import dns_spf

MX = {("", "MX"): ["10 mail.dvc.lab.example."]}
TEN = " ".join(f"a:h{n}.example" for n in range(10))
HOSTS = {
    (f"h{n}.example.", kind): ["198.18.77.1"] if kind == "A" else []
    for n in range(10)
    for kind in ("A", "AAAA")
}
VOID = {(f"{name}.example.", kind): [] for name in "xyz" for kind in ("A", "AAAA")}


def spf(text: str, more: dict[tuple[str, str], list[str]] | None = None) -> str:
    return dns({("", "TXT"): [f'"{text}"']} | (more or {}))


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", spf("v=spf1 mx ip4:198.18.77.10 -all", MX), Outcome.PASS, "1 look-ups"),
    case("good: soft", spf("v=spf1 ~all"), Outcome.PASS),
    case(
        "good: two strings in one record",
        dns({("", "TXT"): ['"v=spf1 ip4:198.18" ".77.10 -all"']}),
        Outcome.PASS,
    ),
    case(
        "good: other TXT records beside it",
        dns({("", "TXT"): ['"v=spf1 -all"', '"v=spf10 x"', '"site=1"']}),
        Outcome.PASS,
    ),
    case("good: ten look-ups", spf("v=spf1 " + TEN + " -all", HOSTS), Outcome.PASS, "10 look-ups"),
    case(
        "good: an MX with many hosts costs one",
        spf("v=spf1 mx -all", {("", "MX"): [f"{n} m{n}." for n in range(9)]}),
        Outcome.PASS,
        "1 look-ups",
    ),
    case(
        "good: redirect",
        spf("v=spf1 redirect=_spf.lab.example", {("_spf.lab.example.", "TXT"): ['"v=spf1 -all"']}),
        Outcome.PASS,
        "1 look-ups",
    ),
    case("good: a macro is not followed", spf("v=spf1 exists:%{i}.lab.example -all"), Outcome.PASS),
    case("good: two void look-ups", spf("v=spf1 a:x.example a:y.example -all", VOID), Outcome.PASS),
    case(
        "good: what stands after all",
        spf("v=spf1 -all include:x.example"),
        Outcome.PASS,
        "0 look-ups",
    ),
    case(
        "bad: two records",
        dns({("", "TXT"): ['"v=spf1 -all"', '"v=spf1 mx -all"']}),
        Outcome.FAIL,
        "2 SPF",
    ),
    case("bad: eleven look-ups", spf("v=spf1 " + TEN + " mx -all", HOSTS | MX), Outcome.FAIL, "11"),
    case(
        "bad: three void look-ups",
        spf("v=spf1 a:x.example a:y.example a:z.example -all", VOID),
        Outcome.FAIL,
        "3 look-ups",
    ),
    case("bad: everybody", spf("v=spf1 +all"), Outcome.FAIL, "+all"),
    case("bad: neutral", spf("v=spf1 mx ?all", MX), Outcome.FAIL),
    case("bad: no end", spf("v=spf1 mx", MX), Outcome.FAIL),
    case(
        "bad: the include's own all means nothing",
        spf("v=spf1 include:_spf.lab.example", {("_spf.lab.example.", "TXT"): ['"v=spf1 -all"']}),
        Outcome.FAIL,
    ),
    case(
        "bad: an include without a record",
        spf("v=spf1 include:x.example -all", {("x.example.", "TXT"): []}),
        Outcome.FAIL,
        "0 SPF records",
    ),
    case(
        "bad: an include of itself",
        spf("v=spf1 include:dvc.lab.example -all"),
        Outcome.FAIL,
        "no end",
    ),
    case("bad: a slip of the pen", spf("v=spf1 ipv4:198.18.77.10 -all"), Outcome.FAIL, "unknown"),
    case("absent: none", dns(), Outcome.FAIL, "no SPF"),
    case(
        "absent: no mail",
        dns(),
        Outcome.NOT_APPLICABLE,
        asset=DOMAIN.model_copy(update={"mail": False}),
    ),
    case(
        "absent: a null MX",
        dns({("", "MX"): ["0 ."]}),
        Outcome.NOT_APPLICABLE,
        asset=DOMAIN.model_copy(update={"mail": False}),
    ),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"answers": 1}', Outcome.UNKNOWN),
    case(
        "unreadable: no such domain",
        dns(fails={("", "SOA"): "nxdomain"}),
        Outcome.UNKNOWN,
        "does not exist",
    ),
    case(
        "unreadable: the resolver fails",
        dns(fails={("", "TXT"): "servfail"}),
        Outcome.UNKNOWN,
        "servfail",
    ),
    case(
        "unreadable: an include times out",
        dns(
            {("", "TXT"): ['"v=spf1 include:x.example -all"']},
            fails={("x.example.", "TXT"): "timeout"},
        ),
        Outcome.UNKNOWN,
        "x.example",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_spf, case)
