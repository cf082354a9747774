"""Signatures on file sharing."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsSmb
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsSmb,
    About(
        id="windows-smb-signing",
        title="File sharing is signed",
        severity=Severity.MEDIUM,
        why="Unsigned sharing can be relayed: somebody else uses the logon.",
        fix="Run `Set-SmbServerConfiguration -RequireSecuritySignature $true "
        "-Force` and the same for Set-SmbClientConfiguration.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_smb_signing(seen: WindowsSmb, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """Required on both sides; that it is possible is not enough."""
    words = {
        "seen": f"server {seen.server_signing}, client {seen.client_signing}",
        "expected": "RequireSecuritySignature = True",
    }
    if seen.server_signing and seen.client_signing:
        return Verdict.passed("signatures are required by server and client", **words)
    return Verdict.failed("signatures are not required on both sides", **words)
