"""Limits of the checks of network devices, on this side and on the other."""

from datetime import timedelta

import pytest
from tests.checks.lists.test_edges import enrolled
from tests.edges import Edge, holds
from tests.support import AT, SYSTEM

from cdso_audit.facts.devices.parts import (
    Community,
    DeviceAaa,
    DeviceFirewall,
    DeviceIdentity,
    DeviceLogging,
    DeviceManagement,
    DeviceRouting,
    DeviceSnmp,
    DeviceTime,
    DeviceUser,
    DeviceUsers,
    Door,
    Rule,
    SnmpUser,
)
from cdso_audit.facts.devices.traffic_parts import DeviceMonitoring
from cdso_audit.model import Declared, Outcome
from cdso_checks.devices.device_aaa import device_aaa
from cdso_checks.devices.device_config_fresh import device_config_fresh
from cdso_checks.devices.device_firewall_any_any import device_firewall_any_any
from cdso_checks.devices.device_local_users import device_local_users
from cdso_checks.devices.device_log_timestamps import device_log_timestamps
from cdso_checks.devices.device_logging_remote import device_logging_remote
from cdso_checks.devices.device_management_acl import device_management_acl
from cdso_checks.devices.device_monitored import device_monitored
from cdso_checks.devices.device_session_timeout import device_session_timeout
from cdso_checks.devices.device_snmp_community import device_snmp_community
from cdso_checks.devices.device_snmp_version import device_snmp_version
from cdso_checks.devices.device_source_routing import device_source_routing
from cdso_checks.devices.device_time_sources import device_time_sources

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
DECLARED = SYSTEM.model_copy(
    update={
        "declared": Declared(
            admins=("an",), log_servers=("10.0.0.9",), time_sources=("10.0.0.1", "10.0.0.2")
        )
    }
)


def saved(days: int) -> DeviceIdentity:
    day = AT.date() - timedelta(days=days)
    return DeviceIdentity(subject="device", dialect="ios", saved_on=day)


def doors(*seconds: int | None) -> DeviceManagement:
    made = tuple(
        Door(name=f"vty {number}", protocols=("ssh",), timeout_seconds=each)
        for number, each in enumerate(seconds)
    )
    return DeviceManagement(subject="device", doors=made)


def door(protocols: tuple[str, ...] | None) -> DeviceManagement:
    """One that is open to every address, if it is open at all."""
    made = Door(name="vty 0", protocols=protocols, limited=False)
    return DeviceManagement(subject="device", doors=(made,))


def snmp(*communities: Community, users: tuple[SnmpUser, ...] = ()) -> DeviceSnmp:
    return DeviceSnmp(subject="device", communities=communities, users=users)


def firewall(*, rest: bool | None, rules: tuple[Rule, ...] = ()) -> DeviceFirewall:
    return DeviceFirewall(subject="device", rules=rules, denies_the_rest=rest)


ALONE = DeviceMonitoring(subject="device")
ONE = Rule(
    name="1", accepts=True, any_source=True, any_destination=False, any_service=True, logs=False
)
EDGES = [
    Edge(device_monitored, ALONE, PASS, lists=enrolled("monitoring", 7)),
    Edge(device_monitored, ALONE, FAIL, lists=enrolled("monitoring", 8)),
    Edge(device_monitored, ALONE, PASS, lists=enrolled("monitoring", 31, exported=31)),
    Edge(device_monitored, ALONE, FAIL, lists=enrolled("monitoring", 32, exported=32)),
    Edge(device_management_acl, door(("ssh",)), FAIL),
    Edge(device_management_acl, door(None), UNKNOWN),
    Edge(device_config_fresh, saved(31), PASS),
    Edge(device_config_fresh, saved(32), FAIL),
    Edge(device_config_fresh, saved(-1), PASS),
    Edge(device_config_fresh, saved(-2), UNKNOWN, says="to come"),
    Edge(device_config_fresh, DeviceIdentity(subject="device", dialect="ios"), UNKNOWN),
    Edge(device_session_timeout, doors(600), PASS),
    Edge(device_session_timeout, doors(601), FAIL),
    Edge(device_session_timeout, doors(1), PASS),
    Edge(device_session_timeout, doors(0), FAIL, says="vty 0"),
    Edge(device_session_timeout, doors(None), UNKNOWN),
    Edge(device_snmp_version, snmp(users=(SnmpUser(name="u", level="priv"),)), PASS),
    Edge(device_snmp_version, snmp(users=(SnmpUser(name="u", level="auth"),)), FAIL),
    Edge(device_snmp_version, snmp(users=(SnmpUser(name="u", level="noauth"),)), FAIL),
    Edge(device_snmp_version, snmp(users=(SnmpUser(name="u", level=None),)), UNKNOWN),
    Edge(device_snmp_community, snmp(), PASS, says="no community"),
    Edge(device_snmp_community, snmp(Community(name="c")), PASS, says="1 communities"),
    Edge(device_snmp_community, snmp(Community(name="c", writes=True)), FAIL),
    Edge(device_snmp_community, snmp(Community(name="c", writes=True, limited=True)), PASS),
    Edge(device_logging_remote, DeviceLogging(subject="device"), FAIL, says="nowhere"),
    Edge(device_logging_remote, DeviceLogging(subject="device", hosts=("10.0.0.5",)), PASS),
    Edge(
        device_logging_remote,
        DeviceLogging(subject="device", hosts=("10.0.0.5",)),
        FAIL,
        system=DECLARED,
    ),
    Edge(
        device_logging_remote,
        DeviceLogging(subject="device", hosts=("10.0.0.9",)),
        PASS,
        system=DECLARED,
    ),
    Edge(device_log_timestamps, DeviceLogging(subject="device", timestamps=None), UNKNOWN),
    Edge(device_log_timestamps, DeviceLogging(subject="device", timestamps=False), FAIL),
    Edge(device_source_routing, DeviceRouting(subject="device", source_routing=None), UNKNOWN),
    Edge(device_source_routing, DeviceRouting(subject="device", source_routing=False), PASS),
    Edge(
        device_time_sources,
        DeviceTime(subject="device", servers=("10.0.0.1", "10.0.0.2")),
        PASS,
        system=DECLARED,
    ),
    Edge(
        device_time_sources,
        DeviceTime(subject="device", servers=("10.0.0.1", "10.0.0.3")),
        FAIL,
        says="declared: 10.0.0.3",
        system=DECLARED,
    ),
    Edge(
        device_local_users,
        DeviceUsers(subject="device", users=(DeviceUser(name="an"),)),
        UNKNOWN,
    ),
    Edge(
        device_local_users,
        DeviceUsers(subject="device", users=(DeviceUser(name="an"),)),
        PASS,
        system=DECLARED,
    ),
    Edge(
        device_local_users,
        DeviceUsers(subject="device", users=(DeviceUser(name="Admin"),), default_names=("admin",)),
        FAIL,
        says="default name",
    ),
    Edge(device_firewall_any_any, firewall(rest=True), PASS),
    Edge(device_firewall_any_any, firewall(rest=None), FAIL),
    Edge(device_firewall_any_any, firewall(rest=None, rules=(ONE,)), PASS),
    Edge(device_aaa, DeviceAaa(subject="device"), FAIL, says="no server"),
    Edge(device_aaa, DeviceAaa(subject="device", servers=("10.0.0.4",)), FAIL, says="not every"),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
