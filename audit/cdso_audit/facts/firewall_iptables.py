"""`iptables-save` and `ip6tables-save` (nft and legacy alike) → chains that can be walked."""

import shlex
from collections.abc import Iterator, Sequence

from cdso_audit.facts.firewall_packet import (
    LAST_PORT,
    Chain,
    Fate,
    Match,
    Rule,
    RuleTable,
    Truth,
    truth,
)
from cdso_audit.facts.reading import UnreadableError

#: Chains that a packet for this host passes. `nat` redirects and never filters.
HOOKS = {"PREROUTING": "prerouting", "INPUT": "input"}
TABLES = ("raw", "mangle", "filter", "security")
_FINAL = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return"}
#: Targets after which the packet goes on.
_SILENT = frozenset(
    (
        "LOG",
        "NFLOG",
        "ULOG",
        "MARK",
        "CONNMARK",
        "SET",
        "CT",
        "NOTRACK",
        "TCPMSS",
        "DSCP",
        "TOS",
        "CHECKSUM",
        "TRACE",
        "AUDIT",
        "TTL",
        "HL",
        "SECMARK",
        "CONNSECMARK",
        "CLASSIFY",
        "LED",
    )
)
#: Options that hold no condition, with the number of their values.
_IDLE = {
    "--comment": 1,
    "--limit": 1,
    "--limit-burst": 1,
    "--hashlimit-upto": 1,
    "--hashlimit": 1,
    "--hashlimit-burst": 1,
    "--hashlimit-mode": 1,
    "--hashlimit-name": 1,
    "--hashlimit-srcmask": 1,
    "--hashlimit-dstmask": 1,
    "--hashlimit-htable-size": 1,
    "--hashlimit-htable-max": 1,
    "--hashlimit-htable-expire": 1,
    "--hashlimit-htable-gcinterval": 1,
    "--name": 1,
    "--mask": 1,
    "--seconds": 1,
    "--hitcount": 1,
    "--rsource": 0,
    "--rdest": 0,
    "--rttl": 0,
    "--reap": 0,
    "--set": 0,
    "--connlimit-mask": 1,
    "--connlimit-saddr": 0,
    "--connlimit-daddr": 0,
    "--validmark": 0,
    "--limit-iface-in": 0,
}
#: Conditions on what the sender alone decides. ufw's own IPv6 rules have `--rt-type` and `--hl-eq`.
_SENDERS_CHOICE = frozenset(
    (
        *("--sport", "--sports", "--rt-type", "--rt-segsleft", "--rt-len"),
        *("--hl-eq", "--hl-lt", "--hl-gt", "--ttl-eq", "--ttl-lt", "--ttl-gt"),
        *("--length", "--dscp", "--dscp-class", "--tos", "--mss", "--tcp-option", "--header"),
    )
)


def iptables_tables(text: str, family: int) -> list[RuleTable]:
    """The tables of one `save`. Raises UnreadableError on what is none."""
    tables: list[RuleTable] = []
    skipped = False
    for line in text.splitlines():
        if line.startswith("*"):
            skipped = line[1:].strip() not in TABLES
            if not skipped:
                tables.append(RuleTable(line[1:].strip()))
        elif not line.strip() or line.startswith("#") or line == "COMMIT" or skipped:
            continue
        elif not tables:
            raise UnreadableError(f"not an iptables-save line: {line[:80]!r}")
        elif line.startswith(":"):
            name, policy, *_ = line[1:].split()
            tables[-1].chains[name] = Chain(
                name=name,
                families=(family,),
                hook=HOOKS.get(name, "") if policy != "-" else "",
                policy=Fate.DROP if policy == "DROP" else Fate.ACCEPT,
            )
        elif line.startswith("-A "):
            _add(tables[-1], line)
        elif line.startswith("["):
            _add(tables[-1], line.partition("] ")[2])
    return tables


def _add(table: RuleTable, line: str) -> None:
    try:
        words = shlex.split(line)
    except ValueError as problem:
        raise UnreadableError(f"not an iptables-save line: {line[:80]!r}") from problem
    if len(words) < 2 or words[1] not in table.chains:  # noqa: PLR2004 - "-A CHAIN"
        raise UnreadableError(f"a rule of no chain: {line[:80]!r}")
    rule = _rule(table, words[2:])
    if rule is not None:
        table.chains[words[1]].rules.append(rule)


def _rule(table: RuleTable, words: Sequence[str]) -> Rule | None:
    matches: list[Match] = []
    module = ""
    at = 0
    while at < len(words):
        inverted = words[at] == "!"
        at += inverted
        option = words[at]
        values = list(_values(words[at + 1 :]))
        if option in ("-j", "-g"):
            return _target(table, matches, words[at + 1], goto=option == "-g")
        if option == "-m":
            module = words[at + 1]
            at += 2
            continue
        found = _match(table, module, option, values)
        if found is not None:
            matches.append(_not(found) if inverted else found)
        at += 1 + len(values)
    return None


def _values(words: Sequence[str]) -> Iterator[str]:
    """The words up to the next option."""
    for word in words:
        if word == "!" or (word.startswith("-") and len(word) > 1 and not word[1:].isdigit()):
            return
        yield word


def _target(table: RuleTable, matches: list[Match], name: str, *, goto: bool) -> Rule | None:
    if name in _FINAL:
        return Rule(tuple(matches), _FINAL[name])
    if name in table.chains:
        return Rule(tuple(matches), "goto" if goto else "jump", name)
    return None if name in _SILENT else Rule(tuple(matches), "unknown")


def _not(match: Match) -> Match:
    return lambda packet: match(packet).inverted()


def _always(answer: Truth) -> Match:
    return lambda _: answer


def _match(  # noqa: C901, PLR0911, PLR0912 - one branch an option
    table: RuleTable, module: str, option: str, values: Sequence[str]
) -> Match | None:
    """The condition that an option sets, or None when it sets none."""
    value = values[0] if values else ""
    if option in _IDLE:
        return None
    if option in ("-p", "--protocol"):
        numbers = {"tcp": "6", "udp": "17"}
        return lambda packet: truth(
            value in ("all", "0", packet.protocol, numbers[packet.protocol])
        )
    if option in ("-i", "--in-interface"):
        if value.endswith("+"):
            return lambda packet: truth(packet.interface.startswith(value[:-1]))
        return lambda packet: truth(packet.interface == value)
    if option in ("-s", "--source"):
        return _always(truth(value.endswith("/0")))
    if option in ("-d", "--destination"):
        return _always(_destination(value))
    if option in ("--dport", "--dports", "--ports"):
        return _ports(table, value)
    if option in _SENDERS_CHOICE:
        return _always(Truth.CHOSEN)
    if option in ("--ctstate", "--state"):
        return _always(truth("NEW" in value.split(",")))
    if option == "--ctstatus":
        return _always(truth("NONE" in value.split(",")))
    if option == "--tcp-flags":
        return _flags(values)
    if option == "--syn":
        return lambda packet: truth(packet.protocol == "tcp")
    if option == "--dst-type":
        return _always(truth("LOCAL" in value.split(",") or "UNICAST" in value.split(",")))
    if option == "--src-type":
        return _always(truth("UNICAST" in value.split(",")))
    if option == "--pkt-type":
        return _always(truth(value in ("unicast", "host")))
    if option == "--mark":
        return _always(truth(_number(value.partition("/")[0]) == 0))
    if option in ("--update", "--rcheck", "--remove"):
        return _always(Truth.NO)
    if option in ("--icmp-type", "--icmpv6-type"):
        return _always(Truth.NO)
    if option in ("--hashlimit-above", "--connlimit-above"):
        return _always(Truth.NO)
    if option == "--connlimit-upto":
        return _always(Truth.YES)
    if option == "--match-set":
        # A stranger is in no set of sources; what a set of destinations holds is not printed here.
        by_source = len(values) > 1 and set(values[1].split(",")) == {"src"}
        return _always(Truth.NO if by_source else Truth.MAYBE)
    if option == "--src-range" and module == "iprange":
        return _always(Truth.NO)
    return _always(Truth.MAYBE)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return -1


def _destination(value: str) -> Truth:
    if value.endswith("/0"):
        return Truth.YES
    first = value.partition(".")[0]
    if first.isdigit() and (int(first) >= 224 or first == "127"):  # noqa: PLR2004 - RFC 1112
        return Truth.NO
    return Truth.NO if value.lower().startswith(("ff", "fe80:")) else Truth.MAYBE


def _ports(table: RuleTable, value: str) -> Match:
    ranges = []
    for part in value.split(","):
        low, colon, high = part.partition(":")
        ranges.append((int(low or 0), int(high or LAST_PORT) if colon else int(low)))
    for low_port, high_port in ranges:
        table.tells_apart(low_port, high_port)
    return lambda packet: truth(any(low <= packet.port <= high for low, high in ranges))


def _flags(values: Sequence[str]) -> Match:
    """A first TCP segment carries SYN and nothing else."""
    mask, wanted = (set(each.split(",")) - {"NONE"} for each in values[:2])
    if "ALL" in mask:
        mask = {"SYN", "ACK", "FIN", "RST", "URG", "PSH"}
    if "ALL" in wanted:
        wanted = {"SYN", "ACK", "FIN", "RST", "URG", "PSH"}
    return lambda packet: truth(packet.protocol == "tcp" and wanted == ({"SYN"} & mask))
