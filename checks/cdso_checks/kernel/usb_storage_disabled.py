"""USB disks, by which data leaves and malware arrives without any network."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel_modules import KernelModules
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.kernel.refusal import is_refused, state


@check(
    KernelModules,
    About(
        id="usb-storage-disabled",
        title="USB disks are not recognised",
        severity=Severity.LOW,
        why="Whoever stands before the machine for a minute copies data out, or malware in.",
        fix="Write `install usb-storage /bin/false`, `blacklist usb-storage` and `blacklist uas` "
        "into /etc/modprobe.d/cdso.conf, then `modprobe -r uas usb-storage`.",
        since="0.1.0",
        references={
            "ssg": ("kernel_module_usb-storage_disabled",),
            "cis-debian12": ("1.1.1.9",),
            "iso27001-2022": ("A.7.10", "A.8.12"),
            "cis-v8": ("10.3",),
        },
        pitfalls="Newer disks speak UAS, whose module needs usb-storage; refusing that one is "
        "enough.",
    ),
    modules=("usb_storage",),
)
def usb_storage_disabled(kernel: KernelModules, context: Context) -> Verdict:
    """Each of `modules` is absent or refused, and not loaded."""
    modules = [kernel.named(name) for name in context.names("modules")]
    seen = "\n".join(state(each) for each in modules)
    wrong = [each.name for each in modules if not is_refused(each)]
    if wrong:
        return Verdict.failed(
            "the module {names} may be loaded",
            names=", ".join(wrong),
            seen=seen,
            expected="install usb-storage /bin/false, or blacklist usb-storage",
        )
    return Verdict.passed("no module for USB disks can be loaded", seen=seen)
