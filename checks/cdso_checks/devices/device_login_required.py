"""
Whether each door asks who is there.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceManagement,
    About(
        id="device-login-required",
        title="Every way into the device asks for a login",
        severity=Severity.HIGH,
        why="A console or line that asks nothing makes whoever reaches the cabinet an "
        "administrator.",
        fix="On IOS set `aaa new-model` with `aaa authentication login default group tacacs+ "
        "local`, or `login local` on every line.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "The console of IOS asks nothing "
        "without `aaa new-model` and without a `login` of its own. A password of the line "
        "names nobody, so it fails too.",
        experimental=True,
    ),
)
def device_login_required(management: DeviceManagement, _: Context) -> Verdict:
    """Whether each door asks who is there."""
    doors = [each for each in management.doors if each.is_open]
    weak = [each for each in doors if each.login in ("none", "line-password")]
    bad = [each for each in weak if each.protocols is not None]
    if bad:
        return Verdict.failed(
            "no login by name at: {names}",
            names=", ".join(f"{each.name} ({each.login})" for each in bad),
        )
    if weak:
        return Verdict.unknown(
            "no login by name, if it is open, which the configuration does not say: {names}",
            names=", ".join(f"{each.name} ({each.login})" for each in weak),
        )
    unclear = [each.name for each in doors if each.login is None]
    if unclear:
        return Verdict.unknown(
            "the list of login methods is not defined for: {names}", names=", ".join(unclear)
        )
    return Verdict.passed("a login by name at every door")
