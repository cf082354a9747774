"""The nine fields that a row of the register must have, for a host that was seen."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.register import empty_fields, row_of


@check(
    HostNetwork,
    About(
        id="asset-register-fields",
        title="The host's row in the register of devices is complete",
        severity=Severity.LOW,
        why="In an incident a row without place, purpose or person in charge leads to nobody.",
        fix="Fill the empty cells of the host's row in lists/assets.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.9",), "cis-v8": ("1.1",)},
        lists=("assets",),
    ),
)
def asset_register_fields(network: HostNetwork, context: Context) -> Verdict:
    """Name, address, MAC or serial, end of support, place, zone, purpose, status, person."""
    row = row_of(context.lists, context.asset.id, network.addresses)
    if row is None:
        return Verdict.failed("the register of devices does not know this host")
    empty = empty_fields(row)
    if empty:
        return Verdict.failed(
            "the host's row in the register lacks: {fields}", fields=", ".join(empty)
        )
    return Verdict.passed("all nine fields of the host's row are filled", seen=row.name)
