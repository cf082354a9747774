"""
Facts about a network device, all read from one saved configuration.

The file is parsed once a scan; a pager's cut, a refused command or another maker's text is a gap
for every fact, since absence in half a configuration proves nothing.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cdso_audit.facts.devices.config_text import saved
from cdso_audit.facts.devices.dialects import Dialect, Said, dialect_of
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
from cdso_audit.facts.reading import MIB, Fact, Outputs, Probe, kind_of, reader
from cdso_audit.model import AssetKind, DeviceAsset

DEVICE_CONFIG = Probe(
    id="device-config",
    via="config",
    run="the file that the inventory names as `config`",
    why="saved configuration of the network device; secrets are taken out before it is kept",
    cap=8 * MIB,
)

FACTS: tuple[type[Fact], ...] = (
    DeviceAaa,
    DeviceBanner,
    DeviceConnectionLimits,
    DeviceControlPlane,
    DeviceDhcp,
    DeviceFirewall,
    DeviceFlows,
    DeviceIdentity,
    DeviceIntrusion,
    DeviceLogging,
    DeviceMalwareFilter,
    DeviceMonitoring,
    DeviceManagement,
    DevicePermits,
    DevicePorts,
    DeviceRemoteAccess,
    DeviceRouting,
    DeviceSecrets,
    DeviceServices,
    DeviceSnmp,
    DeviceSsh,
    DeviceStandby,
    DeviceTime,
    DeviceUsers,
    DeviceWebFilter,
    DeviceWireless,
)


@lru_cache(maxsize=4)
def _parsed(device: str, raw: str) -> tuple[Dialect, Any]:
    """What the text says, in its dialect's own form. Errors are not remembered."""
    dialect = dialect_of(device)
    return dialect, dialect.parse(saved(raw).text)


def _register(fact: type[Fact]) -> None:
    kind = kind_of(fact)

    @reader(fact, DEVICE_CONFIG, on=AssetKind.NETWORK_DEVICE)
    def read(outputs: Outputs) -> Iterator[Said]:
        raw = outputs.text(DEVICE_CONFIG)
        device = outputs.asset.device if isinstance(outputs.asset, DeviceAsset) else ""
        dialect, config = _parsed(device, raw)
        for each in dialect.says[kind](config):
            if isinstance(each, DeviceIdentity):
                yield each.model_copy(update={"file_of": saved(raw).file_of})
            else:
                yield each


for _fact in FACTS:
    _register(_fact)
