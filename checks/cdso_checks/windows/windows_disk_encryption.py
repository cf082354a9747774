"""Volumes and their encryption."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsVolume
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsVolume,
    About(
        id="windows-disk-encryption",
        title="Volumes are encrypted by BitLocker",
        severity=Severity.MEDIUM,
        why="A disk that is taken out, or a copied image of one, gives all its data.",
        fix="Run `Install-WindowsFeature BitLocker -Restart`, then "
        "`Enable-BitLocker -MountPoint C: -RecoveryPasswordProtector` and "
        "keep the recovery key safe.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("3.11",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_disk_encryption(seen: WindowsVolume, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """ProtectionStatus 1 of the system's and of fixed volumes. Other encryption is not seen."""
    if not seen.installed:
        return Verdict.failed("BitLocker is not installed", expected="ProtectionStatus = 1")
    if seen.type == 2:  # noqa: PLR2004 - a removable one
        return Verdict.not_applicable("a removable volume")
    words = {"seen": f"{seen.subject} ProtectionStatus = {int(seen.protected)}", "expected": "1"}
    if seen.protected:
        return Verdict.passed("the volume is protected", **words)
    return Verdict.failed("the volume is not protected", **words)
