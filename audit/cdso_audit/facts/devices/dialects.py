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
    routeros,
    traffic_fortios,
    traffic_ios,
    traffic_junos,
    traffic_routeros,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, UnavailableError, kind_of
from cdso_audit.model import GapReason

Said = Fact | Missing | Absent
PERMITS = kind_of(permits.DevicePermits)


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How one maker's text is read. `parse` raises UnreadableError for what is not of this dialect;
    `says` has a function for every class of facts about devices.
    """

    name: str
    parse: Callable[[str], Any]
    says: Mapping[str, Callable[[Any], Iterator[Said]]]


DIALECTS: Mapping[str, Dialect] = {
    "cisco-ios": Dialect(
        "cisco-ios", ios.parse, {**ios.SAYS, **traffic_ios.SAYS, PERMITS: permits.ios_permits}
    ),
    "juniper-junos": Dialect(
        "juniper-junos",
        junos.parse,
        {**junos.SAYS, **traffic_junos.SAYS, PERMITS: permits.junos_permits},
    ),
    "fortinet-fortios": Dialect(
        "fortinet-fortios",
        fortios.parse,
        {**fortios.SAYS, **traffic_fortios.SAYS, PERMITS: permits.fortios_permits},
    ),
    "mikrotik-routeros": Dialect(
        "mikrotik-routeros",
        routeros.parse,
        {**routeros.SAYS, **traffic_routeros.SAYS, PERMITS: permits.routeros_permits},
    ),
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
