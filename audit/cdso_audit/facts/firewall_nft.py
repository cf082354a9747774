"""
`nft -j list ruleset` → chains that can be walked.

What iptables-nft stored as `xt` has no meaning in this JSON; those tables are read from
`iptables-save` instead, or answer maybe.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cdso_audit.facts.firewall_packet import (
    LAST_PORT,
    Chain,
    Fate,
    Match,
    Packet,
    Rule,
    RuleTable,
    Truth,
    every,
    some,
    truth,
)
from cdso_audit.facts.reading import UnreadableError

FAMILIES = {"ip": (4,), "ip6": (6,), "inet": (4, 6), "netdev": (4, 6)}
#: Hooks that a packet for this host passes, before a process sees it.
HOOKS = ("ingress", "prerouting", "input")
#: Statements that let the packet go on.
SILENT = frozenset(
    ("counter", "log", "comment", "mangle", "notrack", "ct helper", "ct timeout", "quota", "last")
)
_FINAL = {"accept": "accept", "drop": "drop", "reject": "drop", "return": "return"}


def nft_tables(document: Any) -> list[RuleTable]:
    """The tables that see inbound IP packets. Raises UnreadableError."""
    try:
        entries = [each for each in document["nftables"] if isinstance(each, dict)]
    except (KeyError, TypeError) as problem:
        raise UnreadableError("nft printed no rule set") from problem
    if not any("metainfo" in each for each in entries):
        raise UnreadableError("nft printed no rule set")
    tables: dict[tuple[str, str], RuleTable] = {}
    sets: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        (kind, body), *_ = entry.items()
        if kind == "metainfo" or body.get("family") not in FAMILIES:
            continue
        key = (body["family"], body["name"] if kind == "table" else body.get("table", ""))
        table = tables.setdefault(key, RuleTable(f"{key[0]} {key[1]}"))
        if kind == "chain":
            table.chains[body["name"]] = _chain(body)
        elif kind in ("set", "map"):
            sets.setdefault(key, {})[body["name"]] = body.get("elem", [])
    marking = frozenset(_marks(entries))
    for entry in entries:
        if "rule" in entry and entry["rule"].get("family") in FAMILIES:
            rule = entry["rule"]
            key = (rule["family"], rule["table"])
            reading = _Reading(tables[key], sets.get(key, {}), marking)
            chain = tables[key].chains[rule["chain"]]
            chain.rules.extend(reading.rules(rule["expr"]))
    return list(tables.values())


def _marks(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Which marks some rule sets (`meta`, `ct`): of those a packet may carry any by then."""
    for entry in entries:
        for statement in entry.get("rule", {}).get("expr", ()):
            key = statement["mangle"].get("key", {}) if "mangle" in statement else {}
            yield from (kind for kind in ("meta", "ct") if key.get(kind, {}).get("key") == "mark")


def opaque_tables(document: Any) -> set[str]:
    """Tables with rules that this JSON does not spell out (`xt`)."""
    return {
        f"{entry['rule']['family']} {entry['rule']['table']}"
        for entry in document["nftables"]
        if "rule" in entry and any("xt" in each for each in entry["rule"].get("expr", ()))
    }


def _chain(body: Mapping[str, Any]) -> Chain:
    hook = str(body.get("hook", ""))
    counts = hook in HOOKS and body.get("type") == "filter"
    device = body.get("dev", ())
    return Chain(
        name=body["name"],
        families=FAMILIES[body["family"]],
        hook=hook if counts else "",
        policy=Fate.DROP if body.get("policy") == "drop" else Fate.ACCEPT,
        devices=(device,) if isinstance(device, str) else tuple(device),
    )


class _Reading:
    """One table's rules; notes in the table which ports they tell apart."""

    def __init__(
        self, table: RuleTable, sets: Mapping[str, Any], marking: frozenset[str] = frozenset()
    ) -> None:
        self.table = table
        self.sets = sets
        self.marking = marking

    def rules(  # noqa: C901 - one branch a statement
        self, statements: Iterable[Mapping[str, Any]]
    ) -> list[Rule]:
        matches: list[Match] = []
        rules: list[Rule] = []
        for statement in statements:
            (word, body), *_ = statement.items()
            if word == "match":
                matches.append(self.match(body))
            elif word == "limit":
                matches.append(_always(Truth.NO if body.get("inv") else Truth.YES))
            elif word in _FINAL:
                rules.append(Rule(tuple(matches), _FINAL[word]))
            elif word in ("jump", "goto"):
                rules.append(Rule(tuple(matches), word, body["target"]))
            elif word == "vmap":
                rules.extend(self.vmap(tuple(matches), body))
            elif word == "set":
                continue  # adds the sender to a set, and goes on
            elif word == "xt":
                if body.get("type") == "match" and body.get("name") == "comment":
                    continue
                if body.get("type") == "match":
                    matches.append(_always(Truth.MAYBE))
                else:
                    rules.append(Rule(tuple(matches), "unknown"))
            elif word not in SILENT:
                rules.append(Rule(tuple(matches), "unknown"))
        return rules

    def vmap(self, matches: tuple[Match, ...], body: Mapping[str, Any]) -> list[Rule]:
        """A verdict map is a list of rules, of which at most one holds."""
        data = body["data"]
        if isinstance(data, str):
            pairs = self.sets.get(data.lstrip("@"), [])
        else:
            pairs = data.get("set", [])
        rules = []
        for key, verdict in pairs:
            (word, target), *_ = verdict.items()
            match = self.compared("==", body["key"], key)
            if word in _FINAL:
                rules.append(Rule((*matches, match), _FINAL[word]))
            elif word in ("jump", "goto"):
                rules.append(Rule((*matches, match), word, target["target"]))
        return rules

    def match(self, body: Mapping[str, Any]) -> Match:
        return self.compared(body["op"], body["left"], body["right"])

    def compared(self, op: str, left: Any, right: Any) -> Match:
        """`left op right`; a concatenation holds when each of its parts does."""
        if op in ("<", ">", "<=", ">="):
            if not isinstance(right, int):
                return _always(Truth.MAYBE)
            low, high = {
                "<": (0, right - 1),
                "<=": (0, right),
                ">": (right + 1, LAST_PORT),
                ">=": (right, LAST_PORT),
            }[op]
            right, op = {"range": [low, high]}, "=="
        if op not in ("==", "!=", "in"):
            return _always(Truth.MAYBE)
        if isinstance(left, dict) and self.marking & _asked_marks(left):
            return _always(Truth.MAYBE)
        values = self.values(right)
        singles = [self.single(left, value, op) for value in values]

        def holds(packet: Packet) -> Truth:
            found = some(single(packet) for single in singles)
            if op != "!=":
                return found
            return every((found.inverted(), *(part(packet) for part in _implied(left))))

        return holds

    def values(self, right: Any) -> list[Any]:
        """The alternatives on the right side."""
        if isinstance(right, str) and right.startswith("@"):
            if right[1:] not in self.sets:
                return [_Unknown()]
            right = {"set": self.sets[right[1:]]}
        if isinstance(right, dict) and "set" in right:
            members = right["set"]
            members = members if isinstance(members, list) else [members]
            return [_bare(each) for each in members]
        if isinstance(right, list):
            return right
        return [_bare(right)]

    def single(  # noqa: PLR0911 - one branch a kind of expression
        self, left: Any, value: Any, op: str
    ) -> Match:
        if isinstance(value, _Unknown):
            return _always(Truth.MAYBE)
        if isinstance(left, dict) and "concat" in left:
            parts = value.get("concat") if isinstance(value, dict) else None
            if not isinstance(parts, list) or len(parts) != len(left["concat"]):
                return _always(Truth.MAYBE)
            matches = [
                self.single(one, _bare(part), op)
                for one, part in zip(left["concat"], parts, strict=True)
            ]
            return lambda packet: every(match(packet) for match in matches)
        if not isinstance(left, dict):
            return _always(Truth.MAYBE)
        (kind, body), *_ = left.items()
        if kind == "payload":
            return self.payload(body, value)
        if kind == "meta":
            return _meta(str(body.get("key", "")), value)
        if kind == "ct":
            return _conntrack(str(body.get("key", "")), value)
        if kind == "&":
            return _masked(body, value)
        if kind == "fib":
            return _fib(body, value)
        return _always(Truth.MAYBE)

    def payload(self, body: Mapping[str, Any], value: Any) -> Match:
        protocol, name = str(body.get("protocol", "")), str(body.get("field", ""))
        if name == "dport" and protocol in ("tcp", "udp", "th"):
            return self.port(protocol, value)
        if name == "sport" and protocol in ("tcp", "udp", "th"):
            return lambda packet: Truth.CHOSEN if protocol in ("th", packet.protocol) else Truth.NO
        if protocol in ("ip", "ip6"):
            return _address(4 if protocol == "ip" else 6, name, value)
        if protocol in ("icmp", "icmpv6", "sctp", "dccp", "udplite", "esp", "ah", "igmp"):
            return _always(Truth.NO)
        if protocol == "tcp":
            return lambda packet: Truth.MAYBE if packet.protocol == "tcp" else Truth.NO
        return _always(Truth.MAYBE)

    def port(self, protocol: str, value: Any) -> Match:
        if isinstance(value, dict) and "range" in value:
            low, high = value["range"]
        else:
            low = high = value
        if not (isinstance(low, int) and isinstance(high, int)):
            return _always(Truth.MAYBE)
        self.table.tells_apart(low, high)
        return lambda packet: truth(
            protocol in ("th", packet.protocol) and low <= packet.port <= high
        )


class _Unknown:
    """A value that the rule set does not spell out."""


def _bare(value: Any) -> Any:
    """A set's element without its timeout, counter and comment."""
    if isinstance(value, dict) and "elem" in value:
        return value["elem"]["val"]
    return value


def _always(answer: Truth) -> Match:
    return lambda _: answer


def _implied(left: Any) -> list[Match]:  # noqa: PLR0911 - one branch a kind
    """What naming a header implies: `udp dport != 53` is still about UDP alone."""
    if not isinstance(left, dict):
        return []
    (kind, body), *_ = left.items()
    if kind == "concat":
        return [match for part in body for match in _implied(part)]
    if kind == "&":
        return _implied(body[0])
    if kind != "payload":
        return []
    protocol = str(body.get("protocol", ""))
    if protocol in ("ip", "ip6"):
        return [lambda packet: truth(packet.family == (4 if protocol == "ip" else 6))]
    if protocol == "th":
        return []
    return [lambda packet: truth(packet.protocol == protocol)]


def _asked_marks(left: Mapping[str, Any]) -> set[str]:
    """Which mark an expression asks for, by itself or behind a mask."""
    parts = left["&"][:1] if isinstance(left.get("&"), list) else [left]
    return {
        kind
        for part in parts
        if isinstance(part, dict)
        for kind in ("meta", "ct")
        if isinstance(part.get(kind), dict) and part[kind].get("key") == "mark"
    }


def _meta(key: str, value: Any) -> Match:  # noqa: PLR0911 - one branch a key
    if key in ("iifname", "iif"):
        return _interface(value)
    if key in ("l4proto", "protocol", "nfproto"):
        return _protocol(key, value)
    if key == "pkttype":
        return _always(truth(value in ("host", "unicast")))
    if key == "mark":
        return _always(truth(value == 0))
    if key in ("oif", "oifname"):
        return _always(Truth.NO)
    if key in ("iiftype", "iifgroup", "iifkind"):
        return _always(Truth.NO if value == "loopback" else Truth.MAYBE)
    if key in ("secpath", "ipsec"):
        return _always(Truth.NO if value in (1, True, "exists") else Truth.YES)
    return _always(Truth.MAYBE)


def _interface(value: Any) -> Match:
    if not isinstance(value, str):
        return _always(Truth.MAYBE)
    if value.endswith("*"):
        return lambda packet: truth(packet.interface.startswith(value[:-1]))
    return lambda packet: truth(packet.interface == value)


def _protocol(key: str, value: Any) -> Match:
    if key == "nfproto":
        return lambda packet: truth({"ipv4": 4, "ipv6": 6}.get(str(value)) == packet.family)
    if key == "protocol":
        return lambda packet: truth({"ip": 4, "ip6": 6}.get(str(value)) == packet.family)
    return lambda packet: truth(value in (packet.protocol, {"tcp": 6, "udp": 17}[packet.protocol]))


def _conntrack(key: str, value: Any) -> Match:
    if key == "state":
        return _always(truth(value in ("new", 8)))
    if key == "status":
        return _always(Truth.NO)
    if key == "mark":
        return _always(truth(value == 0))
    return _always(Truth.MAYBE)


def _masked(body: Any, value: Any) -> Match:
    """`mark & mask` of an unmarked packet, and the flags of a first TCP segment (only SYN)."""
    left = body[0] if isinstance(body, list) and body else {}
    if isinstance(left, dict) and "meta" in left and left["meta"].get("key") == "mark":
        return _always(truth(value == 0))
    if isinstance(left, dict) and left.get("payload", {}).get("field") == "flags":
        mask = body[1] if isinstance(body[1], list) else [body[1]]
        flags = value.get("|", [value]) if isinstance(value, dict) else [value]
        wanted = set(flags) - {0}
        shown = {"syn"} & set(mask)
        return lambda packet: truth(packet.protocol == "tcp" and wanted == shown)
    return _always(Truth.MAYBE)


def _fib(body: Mapping[str, Any], value: Any) -> Match:
    if body.get("result") != "type":
        # `fib saddr . iif oif missing`: a stranger's packet came the way that leads back to him.
        return _always(truth(value is True))
    if "daddr" in body.get("flags", ()):
        return _always(truth(value == "local"))
    return _always(truth(value == "unicast"))


def _address(family: int, name: str, value: Any) -> Match:
    """A stranger's address is in no prefix but the whole; his packet is for one of ours."""
    if name in ("protocol", "nexthdr"):
        return lambda packet: every(
            (truth(packet.family == family), _protocol("l4proto", value)(packet))
        )
    if name == "saddr":
        whole = isinstance(value, dict) and value.get("prefix", {}).get("len") == 0
        return lambda packet: truth(packet.family == family and whole)
    if name == "daddr":
        return lambda packet: (
            (Truth.NO if _is_group(value) else Truth.MAYBE) if packet.family == family else Truth.NO
        )
    return lambda packet: Truth.MAYBE if packet.family == family else Truth.NO


def _is_group(value: Any) -> bool:
    """Multicast, link-local and broadcast: no stranger's packet for this host goes there."""
    address = value.get("prefix", {}).get("addr", "") if isinstance(value, dict) else str(value)
    first = address.split(".")[0]
    return (
        address.lower().startswith(("ff", "fe80:"))
        or (first.isdigit() and 224 <= int(first) <= 255)  # noqa: PLR2004 - RFC 1112
        or address.startswith("127.")
        or address == "::1"
    )
