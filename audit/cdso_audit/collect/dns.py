"""
DNS questions to one resolver, one after another.

Which name does not exist, which has no such record, and which the resolver could not find out are
three different answers. An answer that fails is asked again with validation off, to tell a forged
zone from a broken resolver.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset

from cdso_audit.address import DNS_PORT, resolver_parts
from cdso_audit.collect.connecting import Deadline, plain, reason_of
from cdso_audit.facts.dns import evidence, joined, mail_hosts, questions
from cdso_audit.facts.dns_spf import MAX_LOOKUPS, asked_of, is_spf, parse_spf
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, DomainAsset, GapReason, System

#: Seconds for one question, and how often it is asked.
PATIENCE, TRIES = 4.0, 2
#: Questions for one domain; SPF's limit of look-ups leaves far fewer to an honest one.
QUESTIONS = 90
#: Records of one answer that are kept, and characters of one record.
RECORDS, RECORD = 60, 4000

#: Mail hosts of one domain that are looked up; RFC 5321 5.1 has senders try at least two.
MAIL_HOSTS = 10

_SIGNED = ("SOA", "DNSKEY", "DS")


@dataclass(slots=True)
class _Asker:
    """One resolver with the answers that it gave."""

    address: str
    port: int
    end: Deadline
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def ask(self, name: str, kind: str) -> dict[str, Any]:
        """The answer to one question, asked once however often it is needed."""
        known = self.answers.get((name, kind))
        if known is None and len(self.answers) >= QUESTIONS:
            return _answer(name, kind, "not-asked")
        if known is None:
            known = self.answers[name, kind] = self._asked(name, kind)
        return known

    def _asked(self, name: str, kind: str) -> dict[str, Any]:
        found = self._once(name, kind, checking_disabled=False)
        if found["status"] == "servfail":
            without = self._once(name, kind, checking_disabled=True)
            if without["status"] in ("ok", "none", "nxdomain"):
                return without | {"bogus": True, "status": "servfail", "ad": False}
        return found

    def _once(self, name: str, kind: str, *, checking_disabled: bool) -> dict[str, Any]:
        try:
            query = dns.message.make_query(name, kind, want_dnssec=kind in _SIGNED)
        except dns.exception.DNSException as problem:
            return _answer(name, kind, "unparsable", detail=plain(problem))
        query.flags |= dns.flags.AD
        if checking_disabled:
            query.flags |= dns.flags.CD
        answer = _answer(name, kind, "timeout")
        for _ in range(TRIES):
            try:
                seconds = min(PATIENCE, self.end.left)
                reply, _ = dns.query.udp_with_fallback(
                    query, self.address, timeout=seconds, port=self.port, ignore_unexpected=True
                )
            except (dns.exception.Timeout, TimeoutError):
                continue
            except OSError as problem:
                why, detail = reason_of(problem)
                status = "refused" if why is GapReason.REFUSED else "unreachable"
                answer = _answer(name, kind, status, detail=detail)
            except (dns.exception.DNSException, ValueError) as problem:
                answer = _answer(name, kind, "unparsable", detail=plain(problem))
            else:
                return _of(reply, name, kind)
        return answer


def _answer(name: str, kind: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "status": status,
        "records": [],
        "signatures": [],
        "owner": "",
        "authority": "",
        "ttl": 0,
        "ad": False,
        "bogus": False,
        "detail": "",
    } | more


def _of(reply: dns.message.Message, name: str, kind: str) -> dict[str, Any]:
    """What one message says. Aliases (CNAME) were followed by the resolver; the last name holds."""
    code = reply.rcode()
    wanted = dns.rdatatype.from_text(kind)
    owner = dns.name.from_text(name)
    for _ in range(10):
        alias = reply.get_rrset(reply.answer, owner, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if alias is None or kind == "CNAME":
            break
        owner = alias[0].target
    found = reply.get_rrset(reply.answer, owner, dns.rdataclass.IN, wanted)
    signatures = reply.get_rrset(
        reply.answer, owner, dns.rdataclass.IN, dns.rdatatype.RRSIG, wanted
    )
    authority = next(
        (str(each.name) for each in reply.authority if each.rdtype == dns.rdatatype.SOA), ""
    )
    if code == dns.rcode.NXDOMAIN:
        status = "nxdomain"
    elif code != dns.rcode.NOERROR:
        status = dns.rcode.to_text(code).lower()
    else:
        status = "ok" if found else "none"
    return _answer(
        name,
        kind,
        status,
        records=_texts(found),
        signatures=_texts(signatures),
        owner=str(owner).rstrip(".").lower(),
        authority=authority.rstrip(".").lower(),
        ttl=int(found.ttl) if found is not None else 0,
        ad=bool(reply.flags & dns.flags.AD),
    )


def _texts(found: dns.rrset.RRset | None) -> list[str]:
    """Records in presentation form. A record that was cut is left out: half of one would lie."""
    texts = sorted(each.to_text() for each in found) if found is not None else []
    return [each for each in texts if len(each) <= RECORD][:RECORDS]


def resolver_of(text: str | None) -> tuple[str, int]:
    """
    Address and port of the resolver: `198.18.77.5`, `127.0.0.1:5353`, `[::1]:53`, `2001:db8::1`;
    the system's first when nothing is said. Raises ValueError.
    """
    if text is None:
        try:
            known = dns.resolver.Resolver().nameservers
        except dns.exception.DNSException as problem:
            raise ValueError("this machine has no resolver; name one in the inventory") from problem
        if not known:
            raise ValueError("this machine has no resolver; name one in the inventory")
        return str(known[0]), DNS_PORT
    return resolver_parts(text)


def collect(
    probe: Probe,
    asset: Asset,
    system: System,  # noqa: ARG001 - every collector is called alike
    *,
    at: Callable[[], datetime],
    deadline: float,
) -> Observation:
    """Ask for one domain. Whatever fails is an observation with a gap."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, DomainAsset):
        return gap(GapReason.BUG, f"a {asset.type} is no domain")
    try:
        address, port = resolver_of(asset.resolver)
        domain = dns.name.from_text(asset.domain).canonicalize().to_text(omit_final_dot=True)
        asker = _Asker(address, port, Deadline.after(deadline))
        first = asker.ask(domain, "SOA")
        if first["status"] in ("timeout", "refused", "unreachable", "unparsable", "formerr"):
            reason = {
                "timeout": GapReason.TIMEOUT,
                "refused": GapReason.REFUSED,
                "unreachable": GapReason.UNREACHABLE,
            }.get(first["status"], GapReason.UNPARSABLE)
            where = f"the resolver {address} port {port}: {first['status']} {first['detail']}"
            return gap(reason, where.strip())
        apex = domain if first["records"] else first["authority"] or domain
        if first["status"] != "nxdomain":
            for name, kind in questions(domain, apex, asset.dkim_selectors):
                asker.ask(name, kind)
            _ask_mail_hosts(asker, domain)
            _follow_spf(asker, domain, set(), 0)
    except (ValueError, dns.exception.DNSException) as problem:
        return gap(GapReason.UNPARSABLE, plain(problem) or type(problem).__name__)
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))
    found = evidence(list(asker.answers.values()), domain, apex, f"{address} port {port}")
    output = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    if len(output) > probe.cap:
        return gap(GapReason.TOO_LARGE, f"more than {probe.cap} bytes")
    return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=output)


def _ask_mail_hosts(asker: _Asker, domain: str) -> None:
    """Ask for the addresses of those who take the mail."""
    for _, name in mail_hosts(tuple(asker.ask(domain, "MX")["records"]))[:MAIL_HOSTS]:
        for kind in ("A", "AAAA") if name else ():
            asker.ask(name, kind)


def _follow_spf(asker: _Asker, domain: str, seen: set[str], depth: int) -> None:
    """Ask for what the SPF record names, and for what its includes name."""
    if domain in seen or depth > MAX_LOOKUPS:
        return
    seen.add(domain)
    texts = [joined(each) for each in asker.ask(domain, "TXT")["records"]]
    records = [each for each in texts if is_spf(each)]
    if len(records) != 1:
        return
    for term in parse_spf(records[0], domain).terms:
        for name, kind in asked_of(term):
            asker.ask(name, kind)
        if term.kind in ("include", "redirect") and term.name:
            _follow_spf(asker, term.name, seen, depth + 1)
