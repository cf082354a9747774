"""What the tests of lists share: confirmed lists of rows, and what the probes of hosts answer."""

from collections.abc import Mapping
from datetime import date

from tests.support import Answer

from cdso_audit.facts.network_state import NAME_SERVERS, NETWORK_STATE
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.lists import joined
from cdso_audit.model import AssetRow, Frozen, ListFile, Lists, SoftwareRow, ZoneRow

MAC = "52:54:00:aa:bb:01"


def lists(on: date | None = date(2026, 11, 20), **rows: tuple[Frozen, ...]) -> Lists:
    """Lists with these rows, confirmed on that day; without a day they are drafts."""
    return joined(
        (
            ListFile.model_validate(
                {
                    "name": name,
                    "file": f"lists/{name}.csv",
                    "rows": len(some),
                    "confirmed_by": "Nguyễn Văn A" if on else "",
                    "confirmed_on": on,
                }
            ),
            some,
        )
        for name, some in rows.items()
    )


def asset(**changes: object) -> AssetRow:
    """A full row of the host of the tests."""
    given = {
        "asset": "web1", "name": "Máy chủ web 1", "kind": "server",
        "addresses": ("198.18.77.10",), "macs": (MAC,), "support_until": date(2030, 1, 1),
        "place": "Phòng máy", "position": "DMZ", "purpose": "Cổng DVC", "status": "in-use",
        "owner": "Trần Thị B",
    }  # fmt: skip
    return AssetRow.model_validate({**given, **changes})


DMZ = ZoneRow(zone="DMZ", kind="dmz", networks=("198.18.77.0/24",))
SERVERS = ZoneRow(zone="Máy chủ", kind="server", networks=("10.1.2.0/24",))
DATABASES = ZoneRow(zone="CSDL", kind="database-server", networks=("10.1.3.0/24",))


def network(
    *addresses: str, neighbours: str = "", links: str = f"eth0 {MAC} hardware\n"
) -> Mapping[Probe, str | Answer]:
    """A host with these addresses on eth0."""
    told = "".join(f"2: eth0    inet {each}/24 scope global eth0\n" for each in addresses)
    return {
        NETWORK_STATE: f"== name\nweb1\n== links\n{links}lo 00:00:00:00:00:00 virtual\n"
        "== addresses\n1: lo    inet 127.0.0.1/8 scope host lo\n"
        f"{told}3: docker0    inet 172.17.0.1/16 scope global docker0\n"
        f"2: eth0    inet6 fe80::1/64 scope link\n== neighbours\n{neighbours}== end\n"
    }


def resolvers(conf: str, behind: str = "") -> Mapping[Probe, str | Answer]:
    """What resolv.conf says, and the file behind the stub."""
    return {NAME_SERVERS: f"== conf\n{conf}== behind\n{behind}== end\n"}


def installed(
    *packages: str, manual: str | None = None, beside: str = "", snap: str = ""
) -> Mapping[Probe, str | Answer]:
    """A Debian with these packages, as `name version`."""
    told = "".join(f"ii  {each}\n" for each in packages)
    asked = "" if manual is None else f"== manual\n{manual}+ok\n"
    return {
        INSTALLED_SOFTWARE: f"== dpkg\n{told}{asked}== snap\n{snap}== flatpak\n"
        f"== beside\n{beside}== end\n"
    }


def software(name: str, **changes: object) -> SoftwareRow:
    """A full row for software of that name."""
    given = {
        "software": name, "kind": "application", "version": "*", "purpose": "web",
        "support_until": date(2028, 6, 30), "scope": "DMZ", "owner": "Debian", "licence": "GPL",
        "component": "DVC", "responsible": "Trần Thị B",
    }  # fmt: skip
    return SoftwareRow.model_validate({**given, **changes})


CUT = "== name\nweb1\n"
