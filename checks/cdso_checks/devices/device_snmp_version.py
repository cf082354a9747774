"""
The version of SNMP and its protection.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceSnmp
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceSnmp,
    About(
        id="device-snmp-version",
        title="SNMP is version 3 with encryption",
        severity=Severity.HIGH,
        why="Versions 1 and 2c send the community in clear, so whoever listens can ask, or set.",
        fix="Use SNMP 3 with authPriv and remove the communities: IOS `snmp-server group MON v3 "
        "priv`, `no snmp-server community …`; Junos `delete snmp community`; FortiGate `set "
        "security-level auth-priv`; RouterOS `security=private`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "RouterOS answers with its default "
        "community as soon as SNMP is on, though the export does not show it.",
        experimental=True,
    ),
)
def device_snmp_version(snmp: DeviceSnmp, _: Context) -> Verdict:
    """The version of SNMP and its protection."""
    if snmp.communities:
        return Verdict.failed(
            "SNMP 1 or 2c is in use: {count} communities", count=len(snmp.communities)
        )
    weak = [
        f"{each.name} ({each.level})" for each in snmp.users if each.level in ("noauth", "auth")
    ]
    if weak:
        return Verdict.failed("SNMP 3 without encryption: {names}", names=", ".join(weak))
    unclear = [each.name for each in snmp.users if each.level is None]
    if unclear:
        return Verdict.unknown(
            "it cannot be told what protects SNMP for: {names}", names=", ".join(unclear)
        )
    return Verdict.passed("SNMP 3 with encryption alone")
