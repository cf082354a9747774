"""Devices that a host hears of on its own segments, compared with the register of devices."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import Neighbours
from cdso_audit.model import Context, Severity, Verdict


@check(
    Neighbours,
    About(
        id="network-neighbours-registered",
        title="Every device on the host's segments stands in the register",
        severity=Severity.HIGH,
        why="A device that nobody knows, beside the servers, is where an intruder starts.",
        fix="Find each device by its hardware address (`ip neigh`, the switch's MAC table), then "
        "register it in lists/assets.csv or disconnect it.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("1.2",), "nist-csf-2": ("DE.CM-01",)},
        pitfalls="The table holds who was heard of in the last minutes; a quiet device is not in "
        "it, so this finds strangers and does not prove that there is none elsewhere. Devices are "
        "known by hardware address or by address.",
        lists=("assets",),
    ),
)
def network_neighbours_registered(heard: Neighbours, context: Context) -> Verdict:
    """Each neighbour's hardware address or address stands in a row."""
    macs = {mac for row in context.lists.assets for mac in row.macs}
    addresses = {each for row in context.lists.assets for each in row.addresses}
    strange = [
        each for each in heard.devices if each.mac not in macs and each.address not in addresses
    ]
    seen = "\n".join(
        f"{each.address} {each.mac} ({each.link})" for each in strange or heard.devices
    )
    if strange:
        return Verdict.failed(
            "devices that the register does not know: {devices}",
            devices=", ".join(f"{each.address} ({each.mac})" for each in strange[:8]),
            seen=seen,
        )
    return Verdict.passed(
        "the register knows all {count} devices that the host hears of",
        count=len(heard.devices),
        seen=seen,
    )
