"""
Remote access that asks for the state of the machine before it lets somebody in.

A password and a second factor say who comes; whether the machine that comes brings malware along
is another question, and one that must be asked at each way in.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceRemoteAccess
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.devices.elsewhere import done_elsewhere


@check(
    DeviceRemoteAccess,
    About(
        id="device-remote-posture",
        title="Remote access asks for the state of the machine at each way in",
        severity=Severity.MEDIUM,
        why="An infected machine at home stands inside the network as soon as its owner logs in.",
        fix="FortiGate: `set host-check av` in each portal that is used, `set "
        "skip-check-for-unsupported-os disable`, `set web-mode disable` or `set "
        "skip-check-for-browser disable`; or `set ztna-status enable` and `set ztna-ems-tag` on "
        "every policy behind the tunnel.",
        since="0.2.0",
        references={"iso27001-2022": ("A.6.7", "A.8.1"), "cis-v8": ("13.5",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Only FortiGate writes this into its configuration; for others it is unknown wherever "
        "they serve people. A host check asks Windows and macOS; other systems and browsers are "
        "let in unasked by default. What a tag means stands in the central management. Dial-up "
        "tunnels that name no users may be of people or of sites: unknown. A way in with no "
        "policy behind it counts as none. Where another system asks (NAC, EMS), name this device "
        "in the parameter `elsewhere`.",
        experimental=True,
    ),
    elsewhere=(),
)
def device_remote_posture(remote: DeviceRemoteAccess, context: Context) -> Verdict:
    """One way in that does not ask is the one that is taken."""
    if (done := done_elsewhere(context)) is not None:
        return done
    seen = "\n".join(f"{each.name}: {each.shown or '?'}" for each in remote.entrances)
    if free := [each.name for each in remote.entrances if each.asks is False]:
        return Verdict.failed(
            "machines get in whose state nobody asks for, by: {names}",
            names=", ".join(free),
            seen=seen,
        )
    if unclear := [each.name for each in remote.entrances if each.asks is None]:
        return Verdict.unknown(
            "whether the state of the machine is asked for is not told by the text, of: {names}",
            names=", ".join(unclear),
            seen=seen,
        )
    return Verdict.passed(
        "the state of the machine is asked for, by: {names}",
        names=", ".join(each.name for each in remote.entrances),
        seen=seen,
    )
