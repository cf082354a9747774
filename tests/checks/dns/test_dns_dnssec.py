"""`dns-dnssec` verifies signatures at the moment of the snapshot."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns import dnssec, rrset
from dns import name as dns_name
from tests.endpoints import DAY, DOMAIN, REFUSED, SILENT, dns
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_dnssec import dns_dnssec

NAME = dns_name.from_text("dvc.lab.example")
KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
SOA = "ns.lab.example. h.lab.example. {serial} 3600 900 604800 300"


def zone(
    *,
    ds: bool,
    ad: bool = False,
    bogus: bool = False,
    serial: int = 1,
    other: bool = False,
    signed: bool = True,
) -> str:
    """A zone signed by dnspython; its SOA is altered after signing when `serial` is not 1."""
    key = dnssec.make_dnskey(KEY.public_key(), "ECDSAP256SHA256", flags=257)
    keys = rrset.from_rdata(NAME, 300, key)
    soa = rrset.from_text(NAME, 300, "IN", "SOA", SOA.format(serial=1))

    def signature(what: rrset.RRset) -> str:
        begin, end = AT - 10 * DAY, AT + 20 * DAY
        return dnssec.sign(what, KEY, NAME, key, inception=begin, expiration=end).to_text()

    parent = dnssec.make_dnskey(OTHER.public_key(), "ECDSAP256SHA256", flags=257) if other else key
    records = {("", "DNSKEY"): [key.to_text()], ("", "SOA"): [SOA.format(serial=serial)]}
    if ds:
        records["", "DS"] = [dnssec.make_ds(NAME, parent, "SHA256").to_text()]
    soa_more = {"signatures": [signature(soa)] if signed else [], "ad": ad}
    if bogus:
        soa_more |= {"bogus": True, "status": "servfail"}
    extra = {
        ("", "SOA"): soa_more,
        ("", "DNSKEY"): {"signatures": [signature(keys)] if signed else []},
    }
    return dns(records, extra=extra)


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", zone(ds=True), Outcome.PASS, "vouches"),
    case("good: the resolver validates", zone(ds=True, ad=True), Outcome.PASS, "validates it"),
    case(
        "good: a trust anchor of the resolver",
        zone(ds=False, ad=True),
        Outcome.PASS,
        "trust anchor",
    ),
    case("bad: an island", zone(ds=False), Outcome.FAIL, "no chain of trust"),
    case("bad: signatures ended", zone(ds=True), Outcome.FAIL, "do not hold", at=AT + 40 * DAY),
    case("bad: signatures not begun", zone(ds=True), Outcome.FAIL, at=AT - 40 * DAY),
    case("bad: an altered record", zone(ds=True, serial=2), Outcome.FAIL, "do not hold"),
    case("bad: a DS of another key", zone(ds=True, other=True), Outcome.FAIL, "no DS"),
    case("bad: a key without signatures", zone(ds=True, signed=False), Outcome.FAIL, "not signed"),
    case("bad: forged to the resolver", zone(ds=True, bogus=True), Outcome.FAIL, "forged"),
    case("absent: not signed", dns(), Outcome.FAIL, "is not signed"),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"answers": 1}', Outcome.UNKNOWN),
    case(
        "unreadable: no such domain",
        dns(fails={("", "SOA"): "nxdomain"}),
        Outcome.UNKNOWN,
        "does not exist",
    ),
    case("unreadable: the resolver fails", dns(fails={("", "DNSKEY"): "timeout"}), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_dnssec, case)
