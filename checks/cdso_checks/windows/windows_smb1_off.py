"""The oldest file sharing."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsSmb
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsSmb,
    About(
        id="windows-smb1-off",
        title="SMB 1 is off",
        severity=Severity.HIGH,
        why="WannaCry spread through SMB 1, and nothing in it can be made safe.",
        fix="Run `Set-SmbServerConfiguration -EnableSMB1Protocol $false -Force`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_smb1_off(seen: WindowsSmb, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """What the running service says."""
    if seen.smb1:
        return Verdict.failed(
            "SMB 1 is accepted", seen="EnableSMB1Protocol = True", expected="False"
        )
    return Verdict.passed(
        "SMB 1 is not accepted", seen="EnableSMB1Protocol = False", expected="False"
    )
