"""
How the device keeps the passwords of its accounts.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceSecrets
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceSecrets,
    About(
        id="device-password-hashes",
        title="Passwords on the device are kept as strong hashes",
        severity=Severity.HIGH,
        why="Whoever gets one copy of the configuration reads disguised passwords at once and "
        "guesses weak hashes soon.",
        fix="Set them anew in the strong form: IOS `enable algorithm-type scrypt secret …` and "
        "`username NAME algorithm-type scrypt secret …`, then `no enable password`; Junos "
        "`set system login password format sha512`; FortiGate log in once after the upgrade.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17", "A.8.24")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`service password-encryption` "
        "(type 7) only disguises; type 4 has no salt and type 5 is MD5. The hash itself "
        "never enters the evidence.",
        experimental=True,
    ),
    allowed=("scrypt", "pbkdf2", "sha512", "sha256"),
)
def device_password_hashes(secrets: DeviceSecrets, context: Context) -> Verdict:
    """How the device keeps the passwords of its accounts."""
    allowed = context.names("allowed")
    bad = [
        each
        for each in secrets.secrets
        if each.storage not in allowed and each.storage != "unknown"
    ]
    expected = ", ".join(allowed)
    if bad:
        return Verdict.failed(
            "kept weakly: {names}",
            names=", ".join(f"{each.owner} ({each.storage})" for each in bad),
            seen="\n".join(each.shown for each in bad),
            expected=expected,
        )
    unclear = [each.owner for each in secrets.secrets if each.storage == "unknown"]
    if unclear:
        return Verdict.unknown(
            "it cannot be told how these are kept: {names}", names=", ".join(unclear)
        )
    return Verdict.passed(
        "{count} passwords, all kept as strong hashes",
        count=len(secrets.secrets),
        expected=expected,
    )
