"""
What must hold before a drill begins. A guard that cannot be evaluated refuses, as one that fails.

Each guard gives what it saw, or raises Refused.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import entry_points
from urllib.parse import urlsplit

from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import SAME_MACHINE
from cdso_audit.drill.plan import Plan
from cdso_audit.drill.playbook import LocalStep, StepBase, observes
from cdso_audit.drill.run import programs
from cdso_audit.drill.run.kinds import canary_reader
from cdso_audit.drill.run.shells import Host, Hosts
from cdso_audit.model import Agency, DeviceAsset, EndpointAsset, HostAsset

#: A marker may not promise that a host stays a drill target for longer than this.
LONGEST_MARKER_DAYS = 31


class Refused(Exception):  # noqa: N818 - it is an answer
    """Why a guard refuses; `evaluated` is false when it could not be looked at."""

    def __init__(self, why: str, *, evaluated: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.evaluated = evaluated


@dataclass(frozen=True, slots=True)
class Production:
    """What production is known by: names, addresses and machine ids of the inventory."""

    names: frozenset[str]
    addresses: frozenset[str]
    machine_ids: frozenset[str]
    unresolved: tuple[str, ...] = ()


@dataclass(slots=True)
class Seen:
    """What a host says of itself."""

    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    machine_id: str = ""
    fences: list[int] = field(default_factory=list)
    seq: int = 0
    head: str = ""
    """The newest entry of an operator's journal that the host was shown."""
    marker: dict[str, str] = field(default_factory=dict)
    marker_there: bool = False


def production_of(
    agency: Agency,
    machine_ids: frozenset[str],
    resolve: Callable[[str], list[str]] | None = None,
) -> Production:
    """Everything of the inventory that a drill must never write to."""
    names: set[str] = set()
    addresses: set[str] = set()
    unresolved = []
    for given in _hosts_of(agency):
        text = given.casefold().strip("[]").rstrip(".")
        if not text:
            continue
        if _address(text):
            addresses.add(_address(text))
            continue
        names.add(text)
        try:
            addresses.update(_address(each) for each in (resolve or _resolved)(text))
        except OSError:
            unresolved.append(text)
    return Production(frozenset(names), frozenset(addresses - {""}), machine_ids, tuple(unresolved))


def _hosts_of(agency: Agency) -> Iterator[str]:
    for system in agency.systems:
        for asset in system.assets:
            if isinstance(asset, HostAsset):
                yield socket.gethostname() if asset.local else asset.host
                if asset.access.ssh is None and asset.local:
                    yield "localhost"
            elif isinstance(asset, EndpointAsset):
                yield urlsplit(asset.url).hostname or ""
                if asset.address:
                    yield asset.address
            elif isinstance(asset, DeviceAsset) and asset.host:
                yield asset.host


def _resolved(name: str) -> list[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(name, None)]


def _address(text: str) -> str:
    """The address in its one form; nothing for a name, and for what every machine has."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _shared(text: str) -> bool:
    """Whether every machine may have this address."""
    found = ipaddress.ip_address(text)
    return found.is_loopback or found.is_link_local or found.is_unspecified


def look(  # noqa: C901 - one case a line
    host: Host, permit: programs.Permit | None
) -> Seen:
    """Ask a host who it is. Raises Refused when it does not say."""
    said = host.run(lambda mark: programs.identity(mark, permit), 30)
    if said.exit is None:
        raise Refused(f"{host.name or 'this machine'}: {said.lost}", evaluated=False)
    seen = Seen()
    for line in said.text.splitlines():
        key, _, value = line.partition(" ")
        value = value.strip()
        match key:
            case "name" if value:
                seen.names.add(value.casefold().rstrip("."))
            case "address" if _address(value) and not _shared(_address(value)):
                seen.addresses.add(_address(value))
            case "machine-id":
                seen.machine_id = value
            case "fence" if value.partition(".")[0].isdigit():
                seen.fences.append(int(value.partition(".")[0]))
            case "seen" if re.fullmatch(r"\d{1,18} [0-9a-f]{64}", value):
                number, _, seen.head = value.partition(" ")
                seen.seq = int(number)
            case "marker" if value == "link":
                seen.marker_there = False
            case "marker:":
                seen.marker_there = True
                name, equals, text = value.partition("=")
                if equals:
                    seen.marker.setdefault(name, text)
    return seen


def not_production(plan: Plan, name: str, seen: Seen, production: Production | None) -> str:
    """The host is none of the inventory."""
    if production is None:
        raise Refused(
            "without the inventory nobody can tell whether this host is production",
            evaluated=False,
        )
    planned = plan.hosts.get(name)
    given = (planned.host or "").casefold().rstrip(".") if planned else ""
    if not seen.names and not seen.addresses:
        raise Refused("the host tells neither a name nor an address", evaluated=False)
    names = {each for each in {given, *seen.names} if each and not _address(each)}
    short = {each.partition(".")[0] for each in names}
    for each in production.names:
        if each in names or ("." not in each and each in short and each != "localhost"):
            raise Refused(f"{each} is production: it stands in the inventory")
    for each in sorted((seen.addresses | {_address(given)}) & production.addresses):
        raise Refused(f"{each} is production: it stands in the inventory")
    if planned is not None and planned.local and "localhost" in production.names:
        raise Refused("this machine is production: it stands in the inventory")
    if seen.machine_id and seen.machine_id in production.machine_ids:
        raise Refused("its machine id is that of a production machine")
    known = f"{', '.join(sorted(seen.names))}; {len(production.names)} names and "
    known += f"{len(production.addresses)} addresses of production compared"
    if production.unresolved:
        known += f"; not resolved: {', '.join(production.unresolved[:5])}"
    return known


def marked(plan: Plan, seen: Seen, now: datetime) -> str:
    """The host carries this plan's marker, and it has not run out."""
    path = plan.playbook.safety.marker
    if not seen.marker_there:
        raise Refused(f"there is no marker {path}: nobody said that this host is for drills")
    if seen.marker.get("nonce") != plan.nonce:
        raise Refused(f"the marker {path} is of another plan")
    text = seen.marker.get("expires", "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        raise Refused(f"the marker {path} does not say when it ends", evaluated=False)
    try:
        end = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as problem:
        raise Refused(f"the marker {path} ends at no moment", evaluated=False) from problem
    if end <= now:
        raise Refused(f"the marker {path} ended at {text}")
    if (end - now).days > LONGEST_MARKER_DAYS:
        raise Refused(f"the marker {path} has no near end: {text}")
    return f"until {text}"


def writing_hosts(plan: Plan) -> tuple[str, ...]:
    """The hosts on which a step changes something; an empty name is this machine."""
    found: dict[str, None] = {}
    steps: list[StepBase] = [step for _, step in plan.playbook.steps()]
    for step in [*steps, *plan.playbook.cleanup]:
        if not hasattr(step, "run") and getattr(step, "kind", "") not in ("sql", "file"):
            continue
        if not observes(step):
            found[getattr(step, "host", None) or ""] = None
    return tuple(found)


def all_hosts(plan: Plan) -> tuple[str, ...]:
    """Every host that is logged in to."""
    found: dict[str, None] = {}
    steps: list[StepBase] = [step for _, step in plan.playbook.steps()]
    for step in [*steps, *plan.playbook.cleanup]:
        for key in ("host", "vantage"):
            name = getattr(step, key, None)
            if name:
                found[name] = None
    return tuple(found)


def looking_hosts(plan: Plan) -> tuple[str, ...]:
    """The hosts that look at the restored service, and are said to be none of the targets."""
    found: dict[str, None] = {}
    for _, step in plan.playbook.steps():
        proves = getattr(step, "proves", None) == "service"
        name = getattr(step, "vantage", None) or (proves and getattr(step, "host", None))
        if name and plan.playbook.hosts[name].side != "target":
            found[name] = None
    return tuple(found)


def _same(one: Seen, other: Seen) -> bool:
    """By their addresses where both tell them: machines that were cloned share a machine id."""
    if one.addresses and other.addresses:
        return bool(one.addresses & other.addresses)
    return bool(one.machine_id) and one.machine_id == other.machine_id


@dataclass(slots=True)
class Guards:
    """All guards of one drill, in the order in which they are asked."""

    plan: Plan
    hosts: Hosts
    production: Production | None
    permit: programs.Permit
    now: Callable[[], Stamp]
    secrets_ready: Callable[[], None]
    same_source: Callable[[], str]
    seen: dict[str, Seen] = field(default_factory=dict)

    def all(self) -> Iterator[tuple[str, str, Callable[[], str]]]:
        """Name, host and guard."""
        yield "plan-unchanged", "", self.same_source
        yield "secrets", "", self._secrets
        yield "kinds", "", self._kinds
        if self.plan.playbook.safety.class_ != "isolated":
            yield "no-local", "", self._no_local
        for name in self.plan.playbook.safety.guards:
            yield name, "", partial(self._further, name)
        writing = writing_hosts(self.plan)
        for name in dict.fromkeys((*all_hosts(self.plan), *writing)):
            yield "reachable", name, partial(self._reachable, name)
        for name in writing:
            yield "not-production", name, partial(self._not_production, name)
            yield "marker", name, partial(self._marker, name)
            yield "fence", name, partial(self._fence, name)
        for name in looking_hosts(self.plan):
            yield "apart", name, partial(self._apart, name)

    def again(self) -> Iterator[tuple[str, str, Callable[[], str]]]:
        """
        What must still hold when a drill goes on after an interruption: whether the targets are
        still nobody's production and still marked, and the guards of one's own.
        """
        for name in self.plan.playbook.safety.guards:
            yield name, "", partial(self._further, name)
        for name in writing_hosts(self.plan):
            yield "not-production", name, partial(self._not_production, name)
            yield "marker", name, partial(self._marker, name)

    def _seen(self, name: str) -> Seen:
        if name not in self.seen:
            self.seen[name] = look(self.hosts.of(name or None), self.permit)
        return self.seen[name]

    def _secrets(self) -> str:
        self.secrets_ready()
        return f"{len(self.plan.secrets)} found"

    def _kinds(self) -> str:
        if any(getattr(step, "kind", "") == "canary" for _, step in self.plan.playbook.steps()):
            canary_reader()
        return "every kind of step can be run"

    def _no_local(self) -> str:
        local = [name for name, each in self.plan.hosts.items() if each.local]
        if local or any(isinstance(step, LocalStep) for _, step in self.plan.playbook.steps()):
            raise Refused("a step would run on the operator's own machine")
        return "no step runs here"

    def _further(self, name: str) -> str:
        found = [
            each for each in entry_points(group="cdso_audit.drill_guards") if each.name == name
        ]
        if len(found) != 1:
            raise Refused(f"the guard {name} is not installed", evaluated=False)
        guard = found[0].load()
        answer = guard(self.plan)
        if not isinstance(answer, str):
            raise Refused(f"the guard {name} says nothing", evaluated=False)
        return answer

    def _not_production(self, name: str) -> str:
        return not_production(self.plan, name, self._seen(name), self.production)

    def _marker(self, name: str) -> str:
        return marked(self.plan, self._seen(name), self.now().wall)

    def _reachable(self, name: str) -> str:
        seen = self._seen(name)
        return ", ".join(sorted(seen.names)) or "answers"

    def _apart(self, name: str) -> str:
        """Who looks is another machine than what is looked at; else the report counts it less."""
        own, sides = self._seen(name), self.plan.playbook.hosts
        for other in all_hosts(self.plan):  # nobody logs in elsewhere, so nobody can ask there
            if sides[other].side == "target" and _same(own, self._seen(other)):
                return f"{SAME_MACHINE} {other}"
        return "another machine than the targets"

    def _fence(self, name: str) -> str:
        newest = max(self._seen(name).fences, default=0)
        if newest > self.permit.fence:
            raise Refused(f"lease {newest} was seen there: somebody else runs this drill")
        return f"newest lease seen there: {newest}"


def machine_ids(text: str) -> frozenset[str]:
    """The ids of a file with one a line; `#` begins a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)
