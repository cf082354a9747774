"""What remote management accepts."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import WINRM_POLICY, WINRM_SERVICE, WindowsRemoteManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsRemoteManagement,
    About(
        id="windows-winrm-encrypted",
        title="Remote management takes no plain text",
        severity=Severity.HIGH,
        why="Basic authentication without encryption sends the password of an "
        "administrator over the network.",
        fix="Disable “Allow unencrypted traffic” and “Allow Basic "
        "authentication” of the WinRM service in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_winrm_encrypted(seen: WindowsRemoteManagement, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """The policy's values before the service's own; both are off by default."""
    values = {
        "unencrypted": (
            seen.maybe(WINRM_POLICY, "AllowUnencryptedTraffic"),
            seen.number(WINRM_SERVICE, "allow_unencrypted", 0),
        ),
        "Basic": (
            seen.maybe(WINRM_POLICY, "AllowBasic"),
            seen.number(WINRM_SERVICE, "auth_basic", 0),
        ),
    }
    on = [
        name for name, (policy, own) in values.items() if (own if policy is None else policy) != 0
    ]
    words = {
        "seen": "; ".join(
            (
                seen.line(WINRM_POLICY, "AllowUnencryptedTraffic"),
                seen.line(WINRM_SERVICE, "allow_unencrypted"),
            )
        ),
        "expected": "0",
    }
    if on:
        return Verdict.failed("WinRM allows {names}", names=", ".join(on), **words)
    return Verdict.passed("WinRM allows neither Basic nor plain text", **words)
