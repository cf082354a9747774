"""Secure boot: whether the firmware checks the signature of the boot loader and the kernel."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel_boot import SecureBoot
from cdso_audit.model import Context, Severity, Verdict


@check(
    SecureBoot,
    About(
        id="secure-boot-state",
        title="Secure boot is on",
        severity=Severity.LOW,
        why="Without it malware in the boot loader starts before everything that could find it.",
        fix="Switch secure boot on in the firmware's setup, and check it with `mokutil "
        "--sb-state`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.9",)},
        pitfalls="A machine that was started by a BIOS has none; that is proved by the kernel.",
    ),
)
def secure_boot_state(firmware: SecureBoot, context: Context) -> Verdict:  # noqa: ARG001
    """The firmware's own variable says so."""
    if firmware.is_on:
        return Verdict.passed("secure boot is on", seen="SecureBoot = 1", expected="1")
    return Verdict.failed("secure boot is off", seen="SecureBoot = 0", expected="1")
