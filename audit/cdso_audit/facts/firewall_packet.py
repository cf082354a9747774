"""
What a rule set does to a stranger's packet, worked out by walking the rules.

The question is never "is there a rule" but "what becomes of a new connection from an address that
no rule names". Every match answers yes, no, maybe (we cannot tell) or chosen (the sender decides,
as with a source port). Destination ports are tried one for each stretch that the rules tell apart,
so the answer is the exact list of open ports.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

#: The highest port number (RFC 9293 and RFC 768: 16 bits).
LAST_PORT = 65535
#: Jumps deeper than this are no rule set that a kernel accepts (NFT_JUMP_STACK_SIZE is 16).
DEEPEST = 32


class Truth(Enum):
    """Whether a match holds for the packet."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    CHOSEN = "chosen"

    def inverted(self) -> "Truth":
        """The truth of the opposite."""
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(self, self)


def truth(holds: bool) -> Truth:
    """Yes or no."""
    return Truth.YES if holds else Truth.NO


def every(truths: Iterable[Truth]) -> Truth:
    """All of them hold. A single no decides; doubt outweighs the sender's choice."""
    seen = set(truths)
    for each in (Truth.NO, Truth.MAYBE, Truth.CHOSEN):
        if each in seen:
            return each
    return Truth.YES


def some(truths: Iterable[Truth]) -> Truth:
    """One of them holds."""
    return every(each.inverted() for each in truths).inverted()


class Fate(Enum):
    """What becomes of a packet in a chain."""

    ACCEPT = "accept"
    DROP = "drop"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a new connection, from an address that no rule names."""

    family: int
    protocol: str
    port: int
    interface: str


Match = Callable[[Packet], Truth]


@dataclass(frozen=True, slots=True)
class Rule:
    """All matches hold → accept, drop, return, jump, goto, unknown, or no action at all."""

    matches: tuple[Match, ...]
    action: str = ""
    target: str = ""


@dataclass(slots=True)
class Chain:
    """A chain; a base chain has a hook, and a policy for what falls out of its end."""

    name: str
    families: tuple[int, ...]
    rules: list[Rule] = field(default_factory=list)
    hook: str = ""
    policy: Fate = Fate.ACCEPT
    devices: tuple[str, ...] = ()


@dataclass(slots=True)
class RuleTable:
    """The chains of one table, and the ports between which its rules tell apart."""

    name: str
    chains: dict[str, Chain] = field(default_factory=dict)
    edges: set[int] = field(default_factory=set)

    def tells_apart(self, low: int, high: int) -> None:
        """Remember that the ports from `low` to `high` are treated by themselves."""
        self.edges.update((low, high + 1))


#: Possible fates, each with whether it is certain.
Fates = frozenset[tuple[Fate, bool]]


def _unsure(fates: Fates) -> Fates:
    return frozenset((fate, False) for fate, _ in fates)


def fates(chains: Mapping[str, Chain], name: str, packet: Packet, depth: int = 0) -> Fates:
    """Every fate that the packet may have in this chain."""
    chain = chains.get(name)
    if chain is None or depth > DEEPEST:
        return frozenset((fate, False) for fate in Fate)
    possible: set[tuple[Fate, bool]] = set()
    certain = True
    for rule in chain.rules:
        holds = every(match(packet) for match in rule.matches)
        if holds is Truth.NO or not rule.action:
            continue
        outcome = _action(chains, rule, packet, depth)
        if not certain or holds is Truth.MAYBE:
            outcome = _unsure(outcome)
        goes_on = rule.action != "goto" and any(fate is Fate.RETURN for fate, _ in outcome)
        if rule.action == "return":
            goes_on = False
        if rule.action in ("jump", "unknown"):
            sure_to_go_on = (Fate.RETURN, True) in outcome and len(outcome) == 1
            outcome = frozenset(each for each in outcome if each[0] is not Fate.RETURN)
        else:
            sure_to_go_on = False
        possible |= outcome
        if holds is Truth.YES and not goes_on:
            return frozenset(possible)
        if holds is Truth.MAYBE or (holds is Truth.YES and not sure_to_go_on):
            certain = False
    possible.add((Fate.RETURN, certain))
    return frozenset(possible)


def _action(chains: Mapping[str, Chain], rule: Rule, packet: Packet, depth: int) -> Fates:
    match rule.action:
        case "accept":
            return frozenset([(Fate.ACCEPT, True)])
        case "drop":
            return frozenset([(Fate.DROP, True)])
        case "return":
            return frozenset([(Fate.RETURN, True)])
        case "jump" | "goto":
            return fates(chains, rule.target, packet, depth + 1)
        case _:
            return frozenset((fate, False) for fate in Fate)


def passes(tables: Iterable[RuleTable], packet: Packet) -> Truth:
    """Whether the packet gets through every base chain on its way in."""
    answers = []
    for table in tables:
        for chain in table.chains.values():
            if not chain.hook or packet.family not in chain.families:
                continue
            if chain.devices and packet.interface not in chain.devices:
                continue
            answers.append(_through(table.chains, chain, packet))
    return every(answers)


def _through(chains: Mapping[str, Chain], chain: Chain, packet: Packet) -> Truth:
    ends = {
        (chain.policy if fate is Fate.RETURN else fate, certain)
        for fate, certain in fates(chains, chain.name, packet)
    }
    if (Fate.ACCEPT, True) in ends or not any(fate is Fate.DROP for fate, _ in ends):
        return Truth.YES
    if any(fate is Fate.ACCEPT for fate, _ in ends):
        return Truth.MAYBE
    return Truth.NO


Ranges = tuple[tuple[int, int], ...]


def open_ports(
    tables: Iterable[RuleTable], family: int, protocol: str, interface: str
) -> tuple[Ranges, Ranges]:
    """The ports that are open to a stranger, and those of which the rules do not let us tell."""
    tables = list(tables)
    edges = {1, LAST_PORT + 1}
    edges |= {edge for table in tables for edge in table.edges if 1 <= edge <= LAST_PORT}
    ordered = sorted(edges)
    found: dict[Truth, list[tuple[int, int]]] = {Truth.YES: [], Truth.MAYBE: []}
    for low, following in itertools.pairwise(ordered):
        answer = passes(tables, Packet(family, protocol, low, interface))
        if answer in found:
            stretches = found[answer]
            if stretches and stretches[-1][1] == low - 1:
                stretches[-1] = (stretches[-1][0], following - 1)
            else:
                stretches.append((low, following - 1))
    return tuple(found[Truth.YES]), tuple(found[Truth.MAYBE])
