"""
The kernel's own protections.

Some keys are stricter when higher, some when lower, so each has the list of values that pass.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel import KernelSettings
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.kernel.settings import Rule, judged

RULES = (
    Rule("kernel.randomize_va_space", (2,)),
    Rule("kernel.dmesg_restrict", (1,)),
    Rule("kernel.kptr_restrict", (1, 2)),
    Rule("kernel.yama.ptrace_scope", (1, 2, 3)),
    Rule("fs.suid_dumpable", (0,)),
    Rule("fs.protected_hardlinks", (1,)),
    Rule("fs.protected_symlinks", (1,)),
    Rule("fs.protected_fifos", (1, 2)),
    Rule("fs.protected_regular", (1, 2)),
)


@check(
    KernelSettings,
    About(
        id="sysctl-kernel",
        title="The kernel hides its addresses and guards links and processes",
        severity=Severity.MEDIUM,
        why="Each of these protections breaks a known way from any account to root.",
        fix="Write `kernel.kptr_restrict = 1`, `kernel.yama.ptrace_scope = 1` and the other keys "
        "of the finding into /etc/sysctl.d/90-cdso.conf and run `sysctl --system`.",
        since="0.1.0",
        references={
            "ssg": (
                "sysctl_kernel_randomize_va_space",
                "sysctl_kernel_dmesg_restrict",
                "sysctl_kernel_kptr_restrict",
                "sysctl_kernel_yama_ptrace_scope",
                "sysctl_fs_suid_dumpable",
            ),
            "cis-debian12": ("1.5.1", "1.5.2"),
            "iso27001-2022": ("A.8.9",),
        },
        pitfalls="A key that the kernel does not have is a feature that it does not have, and is "
        "left out. What differs between now and the next start is said.",
    ),
)
def sysctl_kernel(kernel: KernelSettings, context: Context) -> Verdict:  # noqa: ARG001
    """Every rule holds now and after the next start."""
    if kernel.container != "none":
        return Verdict.not_applicable(
            "this is a container ({container}): these settings belong to the kernel of its host",
            container=kernel.container,
        )
    now, saved = judged(kernel, RULES)
    if now and saved:
        return Verdict.failed(
            "{count} settings are wrong now, and {saved} would be after the next start",
            count=len(now),
            saved=len(saved),
            seen="\n".join(["now:", *now, "after the next start:", *saved]),
        )
    if now:
        return Verdict.failed(
            "{count} settings are saved rightly and wrong now: something changed them since",
            count=len(now),
            seen="\n".join(now),
        )
    if saved:
        return Verdict.failed(
            "{count} settings are right now and will be wrong after the next start",
            count=len(saved),
            seen="\n".join(saved),
        )
    unread = [rule.key for rule in RULES if rule.key in kernel.unreadable]
    if unread:
        return Verdict.unknown(
            "only root may read {keys}; what else was asked about is right", keys=", ".join(unread)
        )
    return Verdict.passed("all kernel protections are on, now and after the next start")
