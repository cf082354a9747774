"""
The version of the SSH protocol.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceSsh
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceSsh,
    About(
        id="device-ssh-version",
        title="The device speaks SSH version 2 alone",
        severity=Severity.MEDIUM,
        why="Version 1 can be read and altered on the way.",
        fix="Set it: IOS `ip ssh version 2`; Junos `set system services ssh protocol-version "
        "v2`; FortiGate `config system global` then `set admin-ssh-v1 disable`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Without the line IOS 12 and 15 "
        "speak both versions (1.99); later releases differ, so there it is unknown.",
        experimental=True,
    ),
)
def device_ssh_version(ssh: DeviceSsh, _: Context) -> Verdict:
    """The version of the SSH protocol."""
    if ssh.version == "2":
        return Verdict.passed("SSH version 2 alone", seen=ssh.shown)
    if not ssh.version:
        return Verdict.unknown("the configuration does not say which versions of SSH it speaks")
    return Verdict.failed("SSH version {version} is spoken", version=ssh.version, seen=ssh.shown)
