"""What the rules of a device let pass between networks of the owner's plan."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, ip_network

from cdso_audit.facts.devices.permits import (
    ANY,
    EVERYWHERE,
    INTERNET,
    DevicePermits,
    Permit,
    is_public,
)
from cdso_audit.model import Context, Lists, Verdict, ZoneRow


def _nets(given: Iterable[str]) -> list[IPv4Network]:
    found = [ip_network(each, strict=False) for each in given if each != INTERNET]
    return [each for each in found if isinstance(each, IPv4Network)]


def touch(given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether any network of one side is part of the other; INTERNET is what is public."""
    given, wanted = tuple(given), tuple(wanted)
    if INTERNET in wanted:
        return bool({EVERYWHERE, INTERNET} & set(given)) or any(
            is_public(str(each)) for each in _nets(given)
        )
    return any(one.overlaps(other) for one in _nets(given) for other in _nets(wanted))


def cover(given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether every network that is wanted lies within one that is given."""
    given, wanted = tuple(given), tuple(wanted)
    if EVERYWHERE in given:
        return True
    if INTERNET in wanted and INTERNET not in given:
        return False
    return all(any(one.subnet_of(other) for other in _nets(given)) for one in _nets(wanted))


def zones_of(lists: Lists, kinds: Iterable[str]) -> list[ZoneRow]:
    """The zones of these kinds."""
    return [zone for zone in lists.zones if zone.kind in tuple(kinds)]


def stands_by(rules: DevicePermits, networks: Iterable[str]) -> bool:
    """Whether the device stands in one of these networks, or names it as a source."""
    networks = tuple(networks)
    named = [each for rule in rules.permits for each in rule.sources if each != EVERYWHERE]
    return touch((*rules.networks, *named), networks)


def zones_here(rules: DevicePermits, context: Context, parameter: str) -> list[ZoneRow]:
    """The zones of the kinds that a parameter names, as far as this device is about them."""
    return [
        zone
        for zone in zones_of(context.lists, context.names(parameter))
        if stands_by(rules, zone.networks)
    ]


def passing(
    rules: DevicePermits, sources: Iterable[str], destinations: Iterable[str]
) -> list[Permit]:
    """
    Permits by which something of the sources reaches something of the destinations, up to the rule
    that surely stops the rest.
    """
    sources, destinations = tuple(sources), tuple(destinations)
    found = []
    for rule in rules.permits:
        if not (touch(rule.sources, sources) and touch(rule.destinations, destinations)):
            continue
        if rule.accepts:
            found.append(rule)
        if (
            rule.sure
            and rule.services == ANY
            and cover(rule.sources, sources)
            and cover(rule.destinations, destinations)
        ):
            break
    return found


def ways_out(rules: DevicePermits, zones: Iterable[ZoneRow]) -> Iterator[tuple[str, Permit]]:
    """Permits by which something of these zones reaches the Internet, each with its zone's name."""
    for zone in zones:
        for rule in passing(rules, zone.networks, (INTERNET,)):
            yield zone.zone, rule


def by_certainty(
    found: Iterable[tuple[str, Permit]],
) -> tuple[dict[str, str], dict[str, str]]:
    """
    Rules that surely let pass what was found, and those of which the text does not tell; each by
    its name, with the first place where it was found.
    """
    sure: dict[str, str] = {}
    unsure: dict[str, str] = {}
    for place, rule in found:
        (sure if rule.sure else unsure).setdefault(rule.name, f"{place}: {rule.shown}")
    return sure, unsure


def listed(found: Mapping[str, str]) -> str:
    """The names of rules, as many as a sentence holds."""
    return ", ".join(found)[:300]


def unclear(found: Mapping[str, str]) -> Verdict:
    """What is said when only rules were found of which the text does not tell how far they go."""
    return Verdict.unknown(
        "how far these rules reach is not told by the text: {names}",
        names=listed(found),
        seen="\n".join(found.values()),
    )
