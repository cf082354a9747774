"""Finding an asset in the register of devices."""

from cdso_audit.address import inside
from cdso_audit.model import AssetRow, Lists, ZoneRow


def row_of(lists: Lists, asset: str, addresses: tuple[str, ...] = ()) -> AssetRow | None:
    """The row of that asset: by its id, else by an address that no other id claims."""
    for row in lists.assets:
        if row.asset == asset:
            return row
    for row in lists.assets:
        if not row.asset and set(row.addresses) & set(addresses):
            return row
    return None


def zone_of(lists: Lists, address: str) -> ZoneRow | None:
    """The zone in which an address lies: of several, the one with the narrowest network."""
    found = [
        (int(network.partition("/")[2] or 128), zone)
        for zone in lists.zones
        for network in zone.networks
        if inside(address, (network,))
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


#: The nine fields of a row that the rule names, in the words of the list's headings.
NINE = (
    ("name", ("name",)),
    ("addresses", ("addresses",)),
    ("macs or serial", ("macs", "serial")),
    ("support_until", ("support_until",)),
    ("place", ("place",)),
    ("position", ("position",)),
    ("purpose", ("purpose",)),
    ("status", ("status",)),
    ("owner", ("owner",)),
)


def empty_fields(row: AssetRow) -> list[str]:
    """The fields of the rule that the row leaves empty."""
    return [name for name, fields in NINE if not any(getattr(row, field) for field in fields)]
