"""Folders of the host that open it to a container."""

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import Container
from cdso_audit.model import Context, Severity, Verdict

#: Folders with which a container is the host.
SYSTEM = (
    *("/", "/etc", "/root", "/home", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc"),
    *("/sys", "/run", "/var", "/var/run", "/var/lib", "/var/lib/docker", "/var/spool/cron"),
)
SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")


@check(
    Container,
    About(
        id="container-host-mounts",
        title="No container holds the host's system folders or the engine's socket",
        severity=Severity.HIGH,
        why="With the root, /etc or the engine's socket inside, the container changes the host as "
        "it likes.",
        fix="Mount only the folder that the program needs, read-only where it only reads.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.3", "A.8.22"), "cis-v8": ("3.3",)},
        pitfalls="Agents that watch the host mount it read-only on purpose; name theirs in "
        "`allowed`. The engine's socket is never harmless, read-only or not.",
    ),
    allowed=(),
)
def container_host_mounts(container: Container, context: Context) -> Verdict:
    """No folder of `SYSTEM` to write, no socket at all."""
    allowed = context.names("allowed")
    found = [
        f"{each.source} -> {each.target}{'' if each.is_writable else ' (ro)'}"
        for each in container.mounts
        if each.source not in allowed
        and (
            each.source.rpartition("/")[2] in SOCKETS
            or (each.is_writable and (each.source.rstrip("/") or "/") in SYSTEM)
        )
    ]
    if found:
        return Verdict.failed(
            "the host lies open in the container: {mounts}",
            mounts=", ".join(found[:5]),
            seen="\n".join(found),
        )
    return Verdict.passed(
        "none of {count} folders of the host in the container is the system's",
        count=len(container.mounts),
        seen="\n".join(f"{each.source} -> {each.target}" for each in container.mounts),
    )
