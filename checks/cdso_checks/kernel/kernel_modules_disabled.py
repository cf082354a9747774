"""Rarely needed file systems and protocols, whose code has many old faults."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel_modules import KernelModules
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.kernel.refusal import is_refused, state


@check(
    KernelModules,
    About(
        id="kernel-modules-disabled",
        title="Rarely needed file systems and protocols cannot be loaded",
        severity=Severity.LOW,
        why="The kernel loads such a module when any account asks for it, with all its old faults.",
        fix="Write `install dccp /bin/false` and `blacklist dccp`, and the same for each module of "
        "the finding, into /etc/modprobe.d/cdso.conf; unload it with `modprobe -r dccp`.",
        since="0.1.0",
        references={
            "ssg": ("kernel_module_dccp_disabled", "kernel_module_cramfs_disabled"),
            "cis-debian12": (
                "1.1.1.1",
                "1.1.1.2",
                "1.1.1.3",
                "1.1.1.4",
                "1.1.1.5",
                "3.2.1",
                "3.2.2",
                "3.2.3",
                "3.2.4",
            ),
            "iso27001-2022": ("A.8.9", "A.8.19"),
        },
        pitfalls="/bin/true and /bin/false are alike. `blacklist` is enough against loading on "
        "demand, since the kernel asks by alias. A module that the kernel does not ship passes.",
    ),
    modules=("cramfs", "freevxfs", "hfs", "hfsplus", "jffs2", "dccp", "sctp", "rds", "tipc"),
)
def kernel_modules_disabled(kernel: KernelModules, context: Context) -> Verdict:
    """Each of `modules` is absent or refused, and not loaded."""
    modules = [kernel.named(name) for name in context.names("modules")]
    wrong = [each for each in modules if not is_refused(each)]
    if wrong:
        return Verdict.failed(
            "{count} modules may be loaded: {names}",
            count=len(wrong),
            names=", ".join(each.name for each in wrong),
            seen="\n".join(state(each) for each in wrong),
            expected="not shipped, or install /bin/false, or blacklist",
        )
    return Verdict.passed(
        "none of {count} rarely needed modules can be loaded on demand",
        count=len(modules),
        seen="\n".join(state(each) for each in modules),
    )
