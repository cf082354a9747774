"""
From where administrators may come.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceManagement,
    About(
        id="device-management-acl",
        title="Only some addresses may administer the device",
        severity=Severity.HIGH,
        why="A login that answers to everybody is guessed at, and one hole in the software is "
        "reached by all.",
        fix="Limit it: IOS `access-class 10 in` on every vty; Junos a filter at lo0; FortiGate "
        "`set trusthost1` for every administrator; RouterOS `/ip service set ssh,winbox "
        "address=10.1.9.0/24`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("12.8",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A list that is named but not "
        "defined permits everybody on IOS, and one with `permit any` limits nobody. One "
        "FortiGate administrator without trusthost opens the login to all.",
        experimental=True,
    ),
)
def device_management_acl(management: DeviceManagement, _: Context) -> Verdict:
    """From where administrators may come."""
    remote = [each for each in management.doors if each.remote and each.is_open]
    if not remote:
        return Verdict.not_applicable("nobody can administer the device from afar")
    free = [each for each in remote if each.limited is False and each.protocols is not None]
    if free:
        return Verdict.failed(
            "every address may come in at: {names}",
            names=", ".join(f"{each.name} ({each.limit})" for each in free),
        )
    unclear = [each for each in remote if each.limited is not True]
    if unclear:
        return Verdict.unknown(
            "it cannot be told whether addresses are limited at: {names}",
            names=", ".join(f"{each.name} ({each.limit})" for each in unclear),
        )
    return Verdict.passed(
        "limited at: {names}", names=", ".join(f"{each.name} ({each.limit})" for each in remote)
    )
