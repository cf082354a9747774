"""A network device in the owner's register of devices."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceIdentity
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.register import empty_fields, row_of


@check(
    DeviceIdentity,
    About(
        id="device-registered",
        title="The network device stands in the register of devices, with every field",
        severity=Severity.MEDIUM,
        why="A device that nobody registered keeps its old firmware and its old passwords.",
        fix="Add the device to lists/assets.csv and fill every cell of its row.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.9",), "cis-v8": ("1.1",), "nist-csf-2": ("ID.AM-01",)},
        experimental=True,
        lists=("assets",),
    ),
)
def device_registered(device: DeviceIdentity, context: Context) -> Verdict:
    """Its row exists, says that it is in use, and lacks nothing that the rule asks for."""
    row = row_of(context.lists, context.asset.id)
    seen = " ".join(each for each in (device.name, device.model, device.version) if each)
    if row is None:
        return Verdict.failed("the register of devices does not know this device", seen=seen)
    if row.status in ("spare", "retired"):
        return Verdict.failed(
            "the register says that this device is {status}, and its configuration was given",
            status=row.status,
            seen=seen,
        )
    empty = empty_fields(row)
    if empty:
        return Verdict.failed(
            "the device's row in the register lacks: {fields}",
            fields=", ".join(empty),
            seen=seen,
        )
    return Verdict.passed(
        "the register knows this device; {owner} answers for it", owner=row.owner, seen=seen
    )
