"""Logging on without a person."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import WINLOGON, WindowsLogon
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLogon,
    About(
        id="windows-no-auto-logon",
        title="Nobody is logged on automatically at the start",
        severity=Severity.HIGH,
        why="Whoever turns the machine on is somebody else, and the password lies in the registry.",
        fix="Run `Set-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows "
        "NT\\CurrentVersion\\Winlogon' AutoAdminLogon 0`, remove the value "
        "DefaultPassword there, then change that password.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_no_auto_logon(seen: WindowsLogon, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """AutoAdminLogon, and a password that is kept for it. Without a value nobody is logged on."""
    words = {"seen": seen.line(WINLOGON, "AutoAdminLogon"), "expected": "0"}
    if seen.number(WINLOGON, "AutoAdminLogon", 0) != 0:
        return Verdict.failed("an account is logged on automatically", **words)
    if seen.values.get(WINLOGON, {}).get("DefaultPassword?"):
        return Verdict.failed("a password for automatic logon lies in the registry", **words)
    return Verdict.passed("nobody is logged on automatically", **words)
