"""Authentication before a remote session."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import RDP_POLICY, WindowsRemoteDesktop
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsRemoteDesktop,
    About(
        id="windows-rdp-nla",
        title="Remote Desktop authenticates before it opens a session",
        severity=Severity.HIGH,
        why="Without it anybody who reaches the port can use a fault of the logon screen.",
        fix="Enable “Require user authentication for remote connections by "
        "using Network Level Authentication” in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.6",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_rdp_nla(seen: WindowsRemoteDesktop, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """UserAuthentication 1, the policy's before the listener's. No value is no proof."""
    if not seen.is_on:
        return Verdict.not_applicable("Remote Desktop takes no connections")
    value = seen.effective("UserAuthentication")
    words = {"seen": seen.line(RDP_POLICY, "UserAuthentication"), "expected": "1"}
    if value == 1:
        return Verdict.passed("Remote Desktop asks for authentication first", **words)
    return Verdict.failed("Remote Desktop opens a session before it authenticates", **words)
