"""The DNS collector on a real name server (Knot), and on resolvers that fail."""

import contextlib
import itertools
import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from tests.servers import asked, free_port, needs, now

from cdso_audit.address import resolver_parts
from cdso_audit.collect.dns import QUESTIONS, collect, resolver_of
from cdso_audit.errors import InvalidValueError
from cdso_audit.facts.dns import (
    DNS_DOMAIN,
    CaaRecords,
    DkimKey,
    DmarcRecord,
    DnsSecurity,
    MailExchangers,
    MtaSts,
    NameServers,
    SpfRecord,
)
from cdso_audit.facts.reading import Fact, Observation, snapshot
from cdso_audit.model import DomainAsset, Gap, GapReason, System

KINDS: list[type[Fact]] = [
    *(CaaRecords, DkimKey, DmarcRecord, DnsSecurity, MailExchangers, MtaSts, NameServers),
    SpfRecord,
]
SOA = "@ 300 IN SOA ns.lab.example. hostmaster.lab.example. 1 3600 900 604800 300\n"
PARENT = f"""{SOA}@ 300 IN NS ns.lab.example.
@ 300 IN NS ns2.lab.example.
ns 300 IN A 127.0.0.1
ns2 300 IN A 127.0.0.1
@ 300 IN CAA 0 issue "ca.lab.example"
plain 300 IN A 127.0.0.1
plain 300 IN MX 10 alias
plain 300 IN MX 20 gone
plain 300 IN TXT "v=spf1 include:a.lab.example include:b.lab.example ?all"
a 300 IN TXT "v=spf1 a:x1.lab.example a:x2.lab.example a:x3.lab.example -all"
b 300 IN TXT "v=spf1 exists:%{{i}}.lab.example mx:ns.lab.example -all"
alias 300 IN CNAME plain.lab.example.
"""
GOOD = f"""{SOA}@ 300 IN NS ns.lab.example.
@ 300 IN NS ns2.lab.example.
@ 300 IN A 127.0.0.1
@ 300 IN MX 10 mail
mail 300 IN A 127.0.0.1
@ 300 IN TXT "v=spf1 mx ip4:127.0.0.1 -all"
@ 300 IN TXT "\\027[31m<script>alert(1)</script>"
_dmarc 300 IN TXT "v=DMARC1; p=reject; rua=mailto:a@good.lab.example"
_mta-sts 300 IN TXT "v=STSv1; id=20260101000000"
s1._domainkey 300 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
CONFIG = """server:
    listen: 127.0.0.1@{port}
    rundir: {here}
log:
  - target: stderr
    any: error
database:
    storage: {here}
policy:
  - id: lab
    manual: on
    single-type-signing: on
template:
  - id: default
    storage: {here}
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: lab.example
    file: parent.zone
  - domain: good.lab.example
    file: good.zone
    dnssec-signing: on
    dnssec-policy: lab
  - domain: island.lab.example
    file: good.zone
    dnssec-signing: on
    dnssec-policy: lab
"""


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Knot with a parent zone, a signed child with DS, and a signed child without."""
    program, keymgr = needs("knotd", "knot"), needs("keymgr", "knot")
    here = tmp_path_factory.mktemp("knot")
    port = free_port()
    config = here / "knot.conf"
    config.write_text(CONFIG.format(port=port, here=here))
    for zone in ("good.lab.example", "island.lab.example"):
        subprocess.run(
            [keymgr, "-c", config, zone, "generate", "algorithm=13", "ksk=yes", "zsk=yes"],
            check=True,
            capture_output=True,
        )
    ds = subprocess.run(
        [keymgr, "-c", config, "good.lab.example", "ds"], check=True, capture_output=True, text=True
    ).stdout
    lines = [each.replace(". DS", ". 300 IN DS", 1) for each in ds.splitlines()]
    delegations = "".join(f"{zone} 300 IN NS ns.lab.example.\n" for zone in ("good", "island"))
    (here / "parent.zone").write_text(PARENT + delegations + "\n".join(lines) + "\n")
    (here / "good.zone").write_text(GOOD)
    process = subprocess.Popen([program, "-c", config], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            threading.Event().wait(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def domain(name: str, resolver: str, **more: Any) -> DomainAsset:
    return DomainAsset(id="web1", domain=name, resolver=resolver, **more)


def facts(seen: Observation, asset: DomainAsset) -> tuple[dict[type[Fact], Any], tuple[Gap, ...]]:
    found = snapshot(asset, System(id="dvc", assets=(asset,)), [seen], KINDS, at=now())
    return {type(each): each for each in found.facts}, found.gaps


@pytest.mark.daemon
class TestKnot:
    def test_a_good_domain(self, knot: str) -> None:
        asset = domain("good.lab.example", knot, dkim_selectors=("s1",))
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        found, gaps = facts(seen, asset)

        assert not gaps
        assert found[NameServers].names == ("ns.lab.example", "ns2.lab.example")
        assert (found[SpfRecord].count, found[SpfRecord].lookups, found[SpfRecord].all) == (
            1,
            1,
            "-",
        )
        assert (found[DmarcRecord].policy, found[DmarcRecord].reports) == ("reject", True)
        assert found[CaaRecords].at_name == "lab.example"
        assert (found[DkimKey].key_kind, found[DkimKey].problem) == ("ed25519", "")
        assert len(found[MtaSts].records) == 1
        assert [each.name for each in found[MailExchangers].hosts] == ["mail.good.lab.example"]
        assert b"\x1b" not in seen.output

    def test_dnssec_with_a_chain(self, knot: str) -> None:
        asset = domain("good.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        security = facts(seen, asset)[0][DnsSecurity]

        assert security.signed
        assert security.problem == ""
        assert not security.authenticated  # an authoritative server never says so

    def test_an_island(self, knot: str) -> None:
        asset = domain("island.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        security = facts(seen, asset)[0][DnsSecurity]

        assert (security.signed, security.delegated, security.problem) == (True, False, "")

    def test_the_same_evidence_is_judged_by_the_moment_of_the_snapshot(self, knot: str) -> None:
        asset = domain("good.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        later = now().replace(year=now().year + 2)
        system = System(id="dvc", assets=(asset,))
        (security,) = snapshot(asset, system, [seen], [DnsSecurity], at=later).facts

        assert isinstance(security, DnsSecurity)
        assert security.problem

    def test_a_name_inside_a_zone(self, knot: str) -> None:
        """Two includes, five terms in them: seven look-ups, of which void are x1, x2, x3 and mx."""
        asset = domain("plain.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        found, gaps = facts(seen, asset)

        assert found[NameServers].zone == "lab.example"
        assert not found[DnsSecurity].signed
        spf = found[SpfRecord]
        assert (spf.lookups, spf.void, spf.all, spf.problems) == (7, 4, "?", ())
        assert found[DmarcRecord].count == 0
        assert [
            (each.name, each.addresses, each.is_alias) for each in found[MailExchangers].hosts
        ] == [
            ("alias.lab.example", ("127.0.0.1",), True),
            ("gone.lab.example", (), False),
        ]
        assert [each.fact for each in gaps] == ["dkim-key"]

    def test_an_alias(self, knot: str) -> None:
        asset = domain("alias.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)

        assert facts(seen, asset)[0][SpfRecord].all == "?"

    def test_a_domain_that_does_not_exist(self, knot: str) -> None:
        asset = domain("nothing.lab.example", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        found, gaps = facts(seen, asset)

        assert found == {}
        assert {each.reason for each in gaps} == {GapReason.UNREACHABLE}
        assert "does not exist" in gaps[0].detail

    def test_a_foreign_zone_is_refused(self, knot: str) -> None:
        asset = domain("agency.gov.vn", knot)
        seen, _ = asked(collect, DNS_DOMAIN, asset)

        assert seen.gap is GapReason.REFUSED


@contextlib.contextmanager
def resolver(answer: Callable[[dns.message.Message], bytes | None]) -> Iterator[str]:
    """A resolver on UDP that says what a test wants."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    data, client = server.recvfrom(4096)
                    said = answer(dns.message.from_wire(data))
                    if said is not None:
                        server.sendto(said, client)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def coded(code: dns.rcode.Rcode) -> Callable[[dns.message.Message], bytes]:
    def answer(query: dns.message.Message) -> bytes:
        reply = dns.message.make_response(query)
        reply.set_rcode(code)
        return reply.to_wire()

    return answer


def test_silence_is_a_timeout() -> None:
    with resolver(lambda _: None) as where:
        seen, seconds = asked(collect, DNS_DOMAIN, domain("a.example", where), deadline=3)

    assert seen.gap is GapReason.TIMEOUT
    assert seconds < 5


def test_a_failing_resolver_is_a_gap_of_every_fact() -> None:
    with resolver(coded(dns.rcode.SERVFAIL)) as where:
        asset = domain("a.example", where)
        seen, _ = asked(collect, DNS_DOMAIN, asset)
        found, gaps = facts(seen, asset)

    assert found == {}
    assert len(gaps) == len(KINDS)


def test_a_forged_zone_is_told_from_a_broken_resolver() -> None:
    """SERVFAIL with validation, an answer without: the resolver holds the zone to be forged."""

    def answer(query: dns.message.Message) -> bytes:
        reply = dns.message.make_response(query)
        if not query.flags & dns.flags.CD:
            reply.set_rcode(dns.rcode.SERVFAIL)
        return reply.to_wire()

    with resolver(answer) as where:
        asset = domain("a.example", where)
        seen, _ = asked(collect, DNS_DOMAIN, asset)

    assert facts(seen, asset)[0][DnsSecurity].bogus


def test_garbage_is_no_answer() -> None:
    with resolver(lambda query: query.to_wire()[:2] + b"\x81\x80" + b"\xff" * 40) as where:
        seen, seconds = asked(collect, DNS_DOMAIN, domain("a.example", where), deadline=3)

    assert seen.gap in (GapReason.UNPARSABLE, GapReason.TIMEOUT)
    assert seconds < 5


def test_includes_without_end_stop() -> None:
    """Every name includes ten others; the questions stay bounded."""
    numbers = itertools.count()

    def answer(query: dns.message.Message) -> bytes:
        name = query.question[0].name
        reply = dns.message.make_response(query)
        if query.question[0].rdtype == 16:
            words = " ".join(f"include:n{next(numbers)}.example" for _ in range(10))
            reply.answer.append(dns.rrset.from_text(name, 1, "IN", "TXT", f'"v=spf1 {words}"'))
        return reply.to_wire()

    with resolver(answer) as where:
        asset = domain("a.example", where)
        seen, _ = asked(collect, DNS_DOMAIN, asset)

    assert len(json.loads(seen.output)["answers"]) <= QUESTIONS
    assert SpfRecord not in facts(seen, asset)[0] or facts(seen, asset)[0][SpfRecord].problems


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("198.18.77.5", ("198.18.77.5", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("[::1]:53", ("::1", 53)),
        ("2001:db8::1", ("2001:db8::1", 53)),
    ],
)
def test_a_resolver_may_carry_a_port(text: str, where: tuple[str, int]) -> None:
    assert resolver_of(text) == where


@pytest.mark.parametrize(
    "text", ["ns.example", "127.0.0.1:0", "127.0.0.1:99999", "", "::1%lo", "1.2"]
)
def test_no_resolver(text: str) -> None:
    with pytest.raises(InvalidValueError):
        resolver_parts(text)
