"""Memory of crashed programs, in which passwords and keys lie readable."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel_core import CoreDumps
from cdso_audit.model import Context, Severity, Verdict

_NOWHERE = ("/bin/false", "/bin/true", "/usr/bin/false", "/usr/bin/true")


def is_discarded(core: CoreDumps) -> bool:
    """Whether no memory is kept, by whichever of the ways."""
    if core.pattern.startswith("|"):
        program = core.pattern[1:].split(" ")[0]
        if program in _NOWHERE:
            return True
        if program.endswith("systemd-coredump") and core.storage.lower() == "none":
            return True
    return core.hard_limit == "0"


@check(
    CoreDumps,
    About(
        id="core-dumps-restricted",
        title="The memory of crashed programs is not kept",
        severity=Severity.LOW,
        why="A core dump holds every password and key that the program had in memory.",
        fix="Write `* hard core 0` into /etc/security/limits.d/cdso.conf, `Storage=none` into "
        "/etc/systemd/coredump.conf, and `fs.suid_dumpable = 0` into /etc/sysctl.d/90-cdso.conf.",
        since="0.1.0",
        references={
            "ssg": ("disable_users_coredumps", "coredump_disable_storage"),
            "cis-debian12": ("1.5.3",),
            "iso27001-2022": ("A.8.9", "A.8.12"),
        },
        pitfalls="A limit of zero is honoured by systemd-coredump too, but not by every other "
        "program after `|` in kernel.core_pattern.",
    ),
)
def core_dumps_restricted(core: CoreDumps, context: Context) -> Verdict:  # noqa: ARG001
    """Nothing is kept, and set-id programs leave nothing at all."""
    seen = "\n".join(
        [
            f"kernel.core_pattern = {core.pattern}",
            f"fs.suid_dumpable = {core.suid_dumpable}",
            f"limits.conf: * hard core {core.hard_limit or '(not set)'}",
            f"coredump.conf: Storage={core.storage or '(not set)'}",
        ]
    )
    expected = "fs.suid_dumpable = 0, and * hard core 0 or Storage=none"
    if core.suid_dumpable != 0:
        return Verdict.failed(
            "set-id programs leave their memory behind (fs.suid_dumpable = {value})",
            value=core.suid_dumpable,
            seen=seen,
            expected=expected,
        )
    if not is_discarded(core):
        return Verdict.failed(
            "the memory of crashed programs is kept", seen=seen, expected=expected
        )
    return Verdict.passed(
        "the memory of crashed programs is not kept", seen=seen, expected=expected
    )
