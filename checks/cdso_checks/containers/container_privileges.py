"""Containers that are no fence: privileged ones, and those with the rights of the host."""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import Container
from cdso_audit.model import Context, Severity, Verdict

#: Disks, and the memory of the host: who writes them is root there.
_DISK = re.compile(
    r"/dev(?:$|/(?:[shv]d|xvd|nvme\d|dm-|md\d|mmcblk|loop\d|mapper|disk/|k?mem$|port$))"
)


@check(
    Container,
    About(
        id="container-privileges",
        title="Containers have no rights over the host",
        severity=Severity.HIGH,
        why="A hole in a program inside such a container is the whole host at once.",
        fix="Start it without `--privileged`, `--pid=host`, `--ipc=host`, `--cap-add` and disks as "
        "`--device`, with the engine's own seccomp and AppArmor profiles.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.2", "A.8.22"), "cis-v8": ("5.4",)},
        pitfalls="The network of the host (`--network=host`) is a matter of ports and judged "
        "there.",
    ),
    capabilities=(
        *("ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH"),
        *("NET_ADMIN", "BPF", "SYS_BOOT", "SYS_TIME"),
    ),
)
def container_privileges(container: Container, context: Context) -> Verdict:
    """Not privileged, nothing of the host's own, no listed capability, every profile on."""
    powerful = context.names("capabilities")
    found = ["privileged"] if container.is_privileged else []
    found += ["pid=host"] if container.shares_processes else []
    found += ["ipc=host"] if container.shares_memory else []
    found += [f"cap-add={each}" for each in container.added if each.upper() in powerful]
    found += [f"device={each}" for each in container.devices if _DISK.match(each)]
    profiles = [each.replace(":", "=") for each in container.security]
    # Docker itself switches the label off with the host's processes or memory.
    off = {"seccomp=unconfined", "apparmor=unconfined"} | (
        {"label=disable"} if not found else set()
    )
    found += [each for each in profiles if each in off]
    if not container.is_privileged:
        found += ["systempaths=unconfined"] if container.is_unmasked else []
        if container.is_filtered is False and "seccomp=unconfined" not in found:
            found.append("no seccomp filter")
    if found:
        return Verdict.failed(
            "the container has rights over the host: {rights}",
            rights=", ".join(found),
            seen=f"{container.image}: {', '.join(found)}",
        )
    return Verdict.passed("the container has the engine's usual rights", seen=container.image)
