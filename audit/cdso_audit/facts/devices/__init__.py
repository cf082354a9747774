"""
Network devices, judged by their saved configuration.

`parts` says what is seen, in words of no vendor; each dialect is a module that reads it from its
own text; `readers` finds the dialect of an asset and hands out the facts.
"""

from cdso_audit.facts.devices.parts import (
    DeviceAaa,
    DeviceBanner,
    DeviceControlPlane,
    DeviceFirewall,
    DeviceIdentity,
    DeviceLogging,
    DeviceManagement,
    DevicePorts,
    DeviceRouting,
    DeviceSecrets,
    DeviceServices,
    DeviceSnmp,
    DeviceSsh,
    DeviceTime,
    DeviceUsers,
)
from cdso_audit.facts.devices.permits import DevicePermits
from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.facts.devices.traffic_parts import (
    DeviceConnectionLimits,
    DeviceDhcp,
    DeviceFlows,
    DeviceIntrusion,
    DeviceMalwareFilter,
    DeviceMonitoring,
    DeviceRemoteAccess,
    DeviceStandby,
    DeviceWebFilter,
    DeviceWireless,
)

__all__ = [
    "DEVICE_CONFIG",
    "DeviceAaa",
    "DeviceBanner",
    "DeviceConnectionLimits",
    "DeviceControlPlane",
    "DeviceDhcp",
    "DeviceFirewall",
    "DeviceFlows",
    "DeviceIdentity",
    "DeviceIntrusion",
    "DeviceLogging",
    "DeviceMalwareFilter",
    "DeviceManagement",
    "DeviceMonitoring",
    "DevicePermits",
    "DevicePorts",
    "DeviceRemoteAccess",
    "DeviceRouting",
    "DeviceSecrets",
    "DeviceServices",
    "DeviceSnmp",
    "DeviceSsh",
    "DeviceStandby",
    "DeviceTime",
    "DeviceUsers",
    "DeviceWebFilter",
    "DeviceWireless",
]
