"""
The accounts that the device keeps by itself.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceUsers
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceUsers,
    About(
        id="device-local-users",
        title="The device keeps only accounts of known people",
        severity=Severity.HIGH,
        why="The maker's default name is the first that is tried, and an account that nobody "
        "declared may be a back door.",
        fix="Make an account for each person and remove the rest: IOS `no username cisco`; Junos "
        "`delete system login user NAME`; FortiGate rename `admin` under `config system "
        "admin`. Name the people in `declared.admins`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16", "A.8.2"), "cis-v8": ("5.1",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "An export of RouterOS holds no "
        "accounts: that is unknown, never a pass.",
        experimental=True,
        or_lists=("accounts",),
    ),
)
def device_local_users(users: DeviceUsers, context: Context) -> Verdict:
    """The accounts that the device keeps by itself."""
    names = [each.name for each in users.users]
    default = [name for name in names if name.lower() in users.default_names]
    if default:
        return Verdict.failed(
            "the maker's default name is in use: {names}", names=", ".join(default)
        )
    declared = context.system.declared.admins
    if declared is None:
        return Verdict.unknown(
            "{count} accounts, and the inventory declares no administrators: {names}",
            count=len(names),
            names=", ".join(names),
        )
    strange = [name for name in names if name not in declared]
    if strange:
        return Verdict.failed("accounts that nobody declared: {names}", names=", ".join(strange))
    return Verdict.passed("every account is declared: {names}", names=", ".join(names))
