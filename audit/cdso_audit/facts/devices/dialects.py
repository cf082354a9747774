"""
The dialects that are read, by the names that people write for them.

A dialect is a parser and, for each class of facts, a function that says what the parsed text shows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdso_audit.facts.devices import (
    fortios,
    ios,
    junos,
    permits,
    remote_access,
    routeros,
    traffic_fortios,
    traffic_ios,
    traffic_junos,
    traffic_routeros,
    web_filters,
)
from cdso_audit.facts.devices.traffic_parts import DeviceRemoteAccess, DeviceWebFilter
from cdso_audit.facts.reading import Absent, Fact, Missing, UnavailableError, kind_of
from cdso_audit.model import GapReason

Said = Fact | Missing | Absent
#: Facts for which one module reads every dialect.
WHOLE: Mapping[str, Mapping[str, Callable[[Any], Iterator[Said]]]] = {
    kind_of(permits.DevicePermits): permits.BY_DIALECT,
    kind_of(DeviceWebFilter): web_filters.BY_DIALECT,
    kind_of(DeviceRemoteAccess): remote_access.BY_DIALECT,
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How one maker's text is read. `parse` raises UnreadableError for what is not of this dialect;
    `says` has a function for every class of facts about devices.
    """

    name: str
    parse: Callable[[str], Any]
    says: Mapping[str, Callable[[Any], Iterator[Said]]]


def _dialect(
    name: str, parse: Callable[[str], Any], *says: Mapping[str, Callable[[Any], Iterator[Said]]]
) -> Dialect:
    """What its own modules say, and those that read every dialect."""
    made = {kind: known[name] for kind, known in WHOLE.items()}
    for each in says:
        made |= each
    return Dialect(name, parse, made)


DIALECTS: Mapping[str, Dialect] = {
    each.name: each
    for each in (
        _dialect("cisco-ios", ios.parse, ios.SAYS, traffic_ios.SAYS),
        _dialect("juniper-junos", junos.parse, junos.SAYS, traffic_junos.SAYS),
        _dialect("fortinet-fortios", fortios.parse, fortios.SAYS, traffic_fortios.SAYS),
        _dialect("mikrotik-routeros", routeros.parse, routeros.SAYS, traffic_routeros.SAYS),
    )
}
ALIASES: Mapping[str, str] = {
    "cisco": "cisco-ios",
    "ios": "cisco-ios",
    "ios-xe": "cisco-ios",
    "cisco-ios-xe": "cisco-ios",
    "cisco-iosxe": "cisco-ios",
    "juniper": "juniper-junos",
    "junos": "juniper-junos",
    "fortinet": "fortinet-fortios",
    "fortigate": "fortinet-fortios",
    "fortios": "fortinet-fortios",
    "mikrotik": "mikrotik-routeros",
    "routeros": "mikrotik-routeros",
}


def dialect_of(device: str) -> Dialect:
    """The dialect that an inventory names; raises UnavailableError when nobody here reads it."""
    name = device.strip().lower().replace("_", "-").replace(" ", "-")
    found = DIALECTS.get(ALIASES.get(name, name))
    if found is None:
        known = ", ".join(DIALECTS)
        raise UnavailableError(
            GapReason.MISSING_TOOL, f"nobody here reads the configuration of {device}: {known}"
        )
    return found
