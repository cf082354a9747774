"""
A domain's DNS and mail records as one resolver gives them.

The evidence is a list of questions with their answers. "Does not exist" and "exists without such a
record" are answers; a failure of the resolver is a gap. Signatures are verified here, at the moment
of the snapshot, so an old bundle is judged as it was then.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from cdso_audit.facts.dns_spf import counted, is_spf, parse_spf
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import AssetKind, DomainAsset, Frozen, GapReason, KnownBy

DNS_DOMAIN = Probe(
    id="dns-domain",
    via="dns",
    run="DNS questions to the resolver: SOA, NS, A, AAAA, MX and the addresses of its hosts, TXT, "
    "CAA, DNSKEY, DS; SPF with all it includes, DMARC, MTA-STS, and DKIM at the selectors of the "
    "inventory",
    why="name servers, DNSSEC, CAA and the mail records of the domain",
    deadline=90,
)


# ---------------------------------------------------------------------------------------------
# The evidence
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `status` is `ok`, `none` (no such record), `nxdomain`, or the failure's name."""

    status: str
    records: tuple[str, ...]
    signatures: tuple[str, ...] = ()
    owner: str = ""
    authority: str = ""
    ttl: int = 0
    authenticated: bool = False
    bogus: bool = False
    """It failed with validation, and succeeded without."""

    @property
    def is_known(self) -> bool:
        return self.status in ("ok", "none", "nxdomain")


_FAILURES = {
    "timeout": GapReason.TIMEOUT,
    "refused": GapReason.REFUSED,
    "formerr": GapReason.UNPARSABLE,
    "unparsable": GapReason.UNPARSABLE,
}


@dataclass(frozen=True, slots=True)
class Replies:
    """All answers of one domain."""

    domain: str
    apex: str
    replies: Mapping[tuple[str, str], Reply]

    def get(self, name: str, kind: str) -> Reply:
        """One answer, whatever it is; raises UnreadableError when it was never asked for."""
        found = self.replies.get((name, kind))
        if found is None:
            raise UnreadableError(f"{kind} of {name} was not asked for")
        return found

    def records(self, name: str, kind: str) -> tuple[str, ...]:
        """The records, none when there are none; raises UnavailableError when nobody knows."""
        found = self.get(name, kind)
        if not found.is_known:
            raise UnavailableError(
                _FAILURES.get(found.status, GapReason.UNREACHABLE),
                f"the resolver answered {found.status} for {kind} of {name}",
            )
        return found.records

    def texts(self, name: str) -> tuple[str, ...]:
        """TXT records with their strings joined, as SPF, DKIM and DMARC read them."""
        return tuple(joined(each) for each in self.records(name, "TXT"))


def joined(text: str) -> str:
    """A TXT record's strings joined, from its presentation form."""
    try:
        found = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, text)
    except dns.exception.DNSException as problem:
        raise UnreadableError(f"not a TXT record: {text[:60]!r}") from problem
    strings = getattr(found, "strings", ())
    return b"".join(strings).decode("utf-8", "replace")


def _replies(outputs: Outputs) -> Replies:
    found = outputs.json(DNS_DOMAIN)
    try:
        made = {
            (str(each["name"]), str(each["type"])): Reply(
                status=str(each["status"]),
                records=tuple(str(one) for one in each["records"]),
                signatures=tuple(str(one) for one in each["signatures"]),
                owner=str(each["owner"]),
                authority=str(each["authority"]),
                ttl=int(each["ttl"]),
                authenticated=bool(each["ad"]),
                bogus=bool(each["bogus"]),
            )
            for each in found["answers"]
        }
        replies = Replies(str(found["domain"]), str(found["apex"]), made)
    except (KeyError, TypeError, ValueError) as problem:
        raise UnreadableError(
            f"the evidence of the DNS probe has another form: {problem}"
        ) from problem
    soa = replies.get(replies.domain, "SOA")
    if soa.status == "nxdomain":
        raise UnavailableError(
            GapReason.UNREACHABLE, f"the resolver says that {replies.domain} does not exist"
        )
    return replies


def _parents(domain: str) -> list[str]:
    """The domain and those above it, down to two labels (one, if it has no more)."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


# ---------------------------------------------------------------------------------------------
# Zone
# ---------------------------------------------------------------------------------------------


class NameServers(Fact):
    """Who answers for the zone that the domain stands in."""

    kind: Literal["dns-name-servers"] = "dns-name-servers"
    known_by: KnownBy = KnownBy.NETWORK
    zone: str
    names: tuple[str, ...]


class CaaRecords(Fact):
    """CAA of the domain, or of the nearest domain above that has any (RFC 8659). None: empty."""

    kind: Literal["dns-caa-records"] = "dns-caa-records"
    known_by: KnownBy = KnownBy.NETWORK
    at_name: str = ""
    records: tuple[str, ...] = ()

    def values(self, tag: str) -> tuple[str, ...]:
        """The values of one property tag."""
        found = []
        for each in self.records:
            _, _, rest = each.partition(" ")
            name, _, value = rest.partition(" ")
            if name.lower() == tag:
                found.append(value.strip('"'))
        return tuple(found)


class DnsSecurity(Fact):
    """DNSSEC of the zone: keys, the parent's DS, and whether the signatures hold at that moment."""

    kind: Literal["dns-security"] = "dns-security"
    known_by: KnownBy = KnownBy.NETWORK
    zone: str
    signed: bool
    delegated: bool
    """The parent zone has a DS for it."""
    matches: bool
    """A DS fits one of the keys, and that key signed the keys."""
    problem: str = ""
    """Why the signatures do not hold; empty when they do."""
    authenticated: bool
    """The resolver itself validated it (AD)."""
    bogus: bool
    """The resolver refuses the answer as forged, and gives it when told not to validate."""


@reader(NameServers, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_name_servers(outputs: Outputs) -> Iterator[NameServers | Missing]:
    found = _replies(outputs)
    names = tuple(sorted({each.rstrip(".").lower() for each in found.records(found.apex, "NS")}))
    yield NameServers(subject=found.domain, zone=found.apex, names=names)


@reader(CaaRecords, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_caa(outputs: Outputs) -> Iterator[CaaRecords | Missing]:
    found = _replies(outputs)
    for name in _parents(found.domain):
        records = found.records(name, "CAA")
        if records:
            yield CaaRecords(subject=found.domain, at_name=name, records=records)
            return
    yield CaaRecords(subject=found.domain)


@reader(DnsSecurity, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_dns_security(outputs: Outputs) -> Iterator[DnsSecurity | Missing]:
    """A zone's DNSSEC. The chain above the parent is the resolver's word (AD), not recomputed."""
    found = _replies(outputs)
    zone = found.apex
    soa = found.get(zone, "SOA")
    if not soa.bogus:
        found.records(zone, "SOA")
        found.records(zone, "DNSKEY")
    keys = found.get(zone, "DNSKEY")
    ds = found.get(zone, "DS")
    if not (ds.is_known or ds.bogus):
        found.records(zone, "DS")
    matches, problem = (False, "")
    if keys.records:
        matches, problem = _verified(zone, keys, soa, ds, outputs.at)
    yield DnsSecurity(
        subject=found.domain,
        zone=zone,
        signed=bool(keys.records),
        delegated=bool(ds.records),
        matches=matches,
        problem=problem,
        authenticated=soa.authenticated,
        bogus=soa.bogus or keys.bogus,
    )


def _rrset(name: dns.name.Name, kind: str, texts: tuple[str, ...], ttl: int) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(name, ttl, "IN", kind, texts)


def _verified(zone: str, keys: Reply, soa: Reply, ds: Reply, at: datetime) -> tuple[bool, str]:
    """Whether a DS fits a key that signed the keys; and why signatures do not hold, if so."""
    import dns.dnssec  # noqa: PLC0415 - slow to import

    name = dns.name.from_text(zone)
    now = at.timestamp()
    matches = False
    unsigned = next(
        (kind for kind, each in (("DNSKEY", keys), ("SOA", soa)) if not each.signatures), ""
    )
    if unsigned:
        return matches, f"{unsigned} is not signed"
    try:
        key_set = _rrset(name, "DNSKEY", keys.records, keys.ttl)
        if ds.records:
            wanted = {str(each).lower() for each in _rrset(name, "DS", ds.records, ds.ttl)}
            fitting = []
            for key in key_set:
                for digest in ("SHA1", "SHA256", "SHA384"):
                    policy = dns.dnssec.allow_all_policy
                    made = dns.dnssec.make_ds(name, key, digest, policy=policy)
                    if str(made).lower() in wanted:
                        fitting.append(key)
            if fitting:
                matches = True
                anchors = dns.rrset.from_rdata_list(name, keys.ttl, fitting)
                signatures = _rrset(name, "RRSIG", keys.signatures, keys.ttl)
                dns.dnssec.validate(key_set, signatures, {name: anchors}, now=now)
        for kind, reply in (("DNSKEY", keys), ("SOA", soa)):
            signed = _rrset(name, kind, reply.records, reply.ttl)
            signatures = _rrset(name, "RRSIG", reply.signatures, reply.ttl)
            dns.dnssec.validate(signed, signatures, {name: key_set}, now=now)
    except (dns.exception.DNSException, ValueError) as problem:
        return matches, str(problem) or type(problem).__name__
    return matches, ""


# ---------------------------------------------------------------------------------------------
# Mail
# ---------------------------------------------------------------------------------------------


class SpfRecord(Fact):
    """The domain's SPF. `count` tells how many records there are; one is right."""

    kind: Literal["spf-record"] = "spf-record"
    known_by: KnownBy = KnownBy.NETWORK
    count: int
    text: str = ""
    lookups: int = 0
    void: int = 0
    all: str = ""
    """The sign of `all`: `-`, `~`, `?` or `+`; empty when there is none."""
    problems: tuple[str, ...] = ()


class DmarcRecord(Fact):
    """The DMARC policy that holds for the domain: its own, or that of the domain above."""

    kind: Literal["dmarc-record"] = "dmarc-record"
    known_by: KnownBy = KnownBy.NETWORK
    at_name: str = ""
    count: int
    text: str = ""
    policy: str = ""
    """What holds for this domain: `p`, or `sp` of a domain above."""
    percent: int = 100
    reports: bool = False


class DkimKey(Fact):
    """The key at one selector. `found` is false when the selector has no DKIM record."""

    kind: Literal["dkim-key"] = "dkim-key"
    known_by: KnownBy = KnownBy.NETWORK
    found: bool
    revoked: bool = False
    testing: bool = False
    key_kind: str = ""
    key_bits: int = 0
    problem: str = ""


class MtaSts(Fact):
    """MTA-STS and TLS reports of the domain's mail."""

    kind: Literal["mta-sts"] = "mta-sts"
    known_by: KnownBy = KnownBy.NETWORK
    records: tuple[str, ...]
    reports: tuple[str, ...]


class MailHost(Frozen):
    """One MX record. `is_alias`: the name is a CNAME, which RFC 2181 10.3 forbids."""

    preference: int
    name: str
    addresses: tuple[str, ...]
    is_alias: bool = False


class MailExchangers(Fact):
    """Who takes the domain's mail. `refuses`: a null MX (RFC 7505) stands among the records."""

    kind: Literal["mail-exchangers"] = "mail-exchangers"
    known_by: KnownBy = KnownBy.NETWORK
    hosts: tuple[MailHost, ...]
    refuses: bool = False


_NO_MAIL = "the inventory says that the domain has no mail, and it has no MX record"


def _without_mail(outputs: Outputs, found: Replies) -> bool:
    """The owner's word, and nothing in DNS against it."""
    asset = outputs.asset
    if not isinstance(asset, DomainAsset) or asset.mail:
        return False
    return all(each.split()[-1] == "." for each in found.records(found.domain, "MX"))


@reader(SpfRecord, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_spf(outputs: Outputs) -> Iterator[SpfRecord | Missing | Absent]:
    """The record and what it costs to evaluate; an include that nobody could look up is a gap."""
    found = _replies(outputs)
    if _without_mail(outputs, found):
        yield Absent(_NO_MAIL)
        return
    records = [each for each in found.texts(found.domain) if is_spf(each)]
    if len(records) != 1:
        yield SpfRecord(subject=found.domain, count=len(records), text=" | ".join(records)[:1000])
        return

    def answers(name: str, kind: str) -> tuple[str, ...] | None:
        reply = found.replies.get((name, kind))
        if reply is None or not reply.is_known:
            return None
        return tuple(joined(each) for each in reply.records) if kind == "TXT" else reply.records

    total = counted(parse_spf(records[0], found.domain), answers)
    if total.unseen and "the includes have no end" not in total.problems:
        names = ", ".join(total.unseen[:5])
        yield Missing(
            found.domain, GapReason.UNREACHABLE, f"no answer for {names} in the SPF record"
        )
        return
    yield SpfRecord(
        subject=found.domain,
        count=1,
        text=records[0][:1000],
        lookups=total.lookups,
        void=total.void,
        all=total.all,
        problems=tuple(dict.fromkeys(total.problems))[:10],
    )


def mail_hosts(records: tuple[str, ...]) -> list[tuple[int, str]]:
    """Preference and name of MX records; the name is empty in a null MX. Raises UnreadableError."""
    found = []
    for each in records:
        preference, _, name = each.partition(" ")
        if not (preference.isdigit() and name):
            raise UnreadableError(f"not an MX record: {each[:60]!r}")
        found.append((int(preference), name.strip().rstrip(".").lower()))
    return sorted(found)


@reader(MailExchangers, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_mail_exchangers(outputs: Outputs) -> Iterator[MailExchangers | Missing | Absent]:
    """The MX records with what their names resolve to."""
    found = _replies(outputs)
    if _without_mail(outputs, found):
        yield Absent(_NO_MAIL)
        return
    records = mail_hosts(found.records(found.domain, "MX"))
    hosts = []
    for preference, name in records:
        if not name:
            continue
        addresses = (*found.records(name, "A"), *found.records(name, "AAAA"))
        aliases = {found.get(name, kind).owner for kind in ("A", "AAAA")} - {"", name}
        hosts.append(
            MailHost(preference=preference, name=name, addresses=addresses, is_alias=bool(aliases))
        )
    yield MailExchangers(
        subject=found.domain, hosts=tuple(hosts), refuses=any(not name for _, name in records)
    )


def tags(text: str) -> dict[str, str]:
    """`k=v; k=v` as DKIM, DMARC and MTA-STS write it; the first of a repeated tag holds."""
    found: dict[str, str] = {}
    for each in text.split(";"):
        name, mark, value = each.partition("=")
        if mark:
            found.setdefault(name.strip().lower(), value.strip())
    return found


@reader(DmarcRecord, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_dmarc(outputs: Outputs) -> Iterator[DmarcRecord | Missing | Absent]:
    """The nearest record on the way up. A subdomain follows `sp` where there is one."""
    found = _replies(outputs)
    if _without_mail(outputs, found):
        yield Absent(_NO_MAIL)
        return
    for name in _parents(found.domain):
        texts = [
            each
            for each in found.texts(f"_dmarc.{name}")
            if re.match(r"v\s*=\s*DMARC1\s*(;|\Z)", each, re.IGNORECASE)
        ]
        if not texts:
            continue
        words = tags(texts[0])
        policy = words.get("p", "")
        if name != found.domain:
            policy = words.get("sp", policy)
        percent = words.get("pct", "100")
        yield DmarcRecord(
            subject=found.domain,
            at_name=name,
            count=len(texts),
            text=texts[0][:1000],
            policy=policy.lower(),
            percent=int(percent) if percent.isdigit() and len(percent) <= 3 else 100,  # noqa: PLR2004
            reports=bool(words.get("rua")),
        )
        return
    yield DmarcRecord(subject=found.domain, count=0)


@reader(DkimKey, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_dkim(outputs: Outputs) -> Iterator[DkimKey | Missing | Absent]:
    """One fact a selector. Selectors cannot be guessed: without any, nothing is known."""
    found = _replies(outputs)
    if _without_mail(outputs, found):
        yield Absent(_NO_MAIL)
        return
    selectors = outputs.asset.dkim_selectors if isinstance(outputs.asset, DomainAsset) else ()
    if not selectors:
        yield Missing(
            found.domain,
            GapReason.UNREACHABLE,
            "DKIM selectors cannot be guessed: name them as dkim_selectors in the inventory",
        )
    for selector in selectors:
        try:
            texts = found.texts(f"{selector.lower()}._domainkey.{found.domain}")
        except UnavailableError as problem:
            yield Missing(selector, problem.reason, problem.detail)
            continue
        keys = [each for each in texts if "p" in tags(each)]
        if not keys:
            yield DkimKey(subject=selector, found=False)
            continue
        yield _dkim_key(selector, tags(keys[0]))


def _dkim_key(selector: str, words: Mapping[str, str]) -> DkimKey:
    text = re.sub(r"\s", "", words["p"])
    kind = words.get("k", "rsa").lower()
    testing = "y" in words.get("t", "").lower().split(":")
    if not text:
        return DkimKey(subject=selector, found=True, revoked=True, testing=testing, key_kind=kind)
    bits, problem = 0, ""
    try:
        der = base64.b64decode(text, validate=True)
        if kind == "ed25519":
            ed25519.Ed25519PublicKey.from_public_bytes(der)
            bits = 256
        else:
            key = load_der_public_key(der)
            bits = key.key_size if isinstance(key, rsa.RSAPublicKey) else 0
    except (binascii.Error, ValueError) as wrong:
        problem = f"the key cannot be read: {wrong}"[:200]
    return DkimKey(
        subject=selector,
        found=True,
        testing=testing,
        key_kind=kind,
        key_bits=bits,
        problem=problem,
    )


@reader(MtaSts, DNS_DOMAIN, on=AssetKind.DNS_MAIL)
def read_mta_sts(outputs: Outputs) -> Iterator[MtaSts | Missing | Absent]:
    found = _replies(outputs)
    if _without_mail(outputs, found):
        yield Absent(_NO_MAIL)
        return
    yield MtaSts(
        subject=found.domain,
        records=tuple(
            each for each in found.texts(f"_mta-sts.{found.domain}") if _starts(each, "STSv1")
        ),
        reports=tuple(
            each for each in found.texts(f"_smtp._tls.{found.domain}") if _starts(each, "TLSRPTv1")
        ),
    )


def _starts(text: str, version: str) -> bool:
    return tags(text).get("v", "").lower() == version.lower()


def questions(domain: str, apex: str, selectors: tuple[str, ...]) -> list[tuple[str, str]]:
    """Everything that the readers above look for, apart from what an SPF record names."""
    asked: list[tuple[str, str]] = [
        *((apex, kind) for kind in ("SOA", "NS", "DNSKEY", "DS")),
        *((domain, kind) for kind in ("A", "AAAA", "MX", "TXT")),
        *((name, "CAA") for name in _parents(domain)),
        *((f"_dmarc.{name}", "TXT") for name in _parents(domain)),
        (f"_mta-sts.{domain}", "TXT"),
        (f"_smtp._tls.{domain}", "TXT"),
        *((f"{each.lower()}._domainkey.{domain}", "TXT") for each in selectors),
    ]
    return list(dict.fromkeys(asked))


def evidence(
    answers: list[dict[str, Any]], domain: str, apex: str, resolver: str
) -> dict[str, Any]:
    """The evidence as the collector writes it and the readers read it."""
    return {"domain": domain, "apex": apex, "resolver": resolver, "answers": answers}
