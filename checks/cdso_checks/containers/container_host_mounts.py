"""Folders of the host that open it to a container."""

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import Container, HostMount
from cdso_audit.model import Context, Severity, Verdict

#: Folders with which a container is the host.
SYSTEM = (
    *("/", "/etc", "/root", "/home", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc"),
    *("/sys", "/run", "/var", "/var/run", "/var/lib", "/var/lib/docker", "/var/spool/cron"),
    *("/lib64", "/usr/local", "/var/lib/containers", "/var/spool", "/proc/sys"),
)
#: Folders and files that make whoever writes them, or anything in them, root of the host.
ROOTS = (
    *("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d"),
    *("/etc/ssh", "/etc/pam.d", "/etc/security", "/etc/systemd", "/etc/init.d", "/etc/profile"),
    *(
        "/etc/profile.d",
        "/etc/ld.so.conf.d",
        "/etc/ld.so.preload",
        "/etc/ld.so.conf",
        "/etc/docker",
    ),
    *("/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly"),
    *("/etc/cron.monthly", "/etc/apt", "/etc/dpkg", "/etc/yum.repos.d", "/etc/udev", "/root"),
    *("/boot", "/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib"),
    *("/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/var/spool/cron", "/proc/sys"),
)
#: Read-only, too, they hand out the hashes and keys of accounts, or the engine's socket.
READ = ("/", "/etc", "/root", "/home", "/run", "/var/run", "/etc/shadow", "/etc/gshadow")
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
        pitfalls="Agents that watch the host mount it read-only on purpose; name the folder in "
        "`allowed`. Read-only does not help for the engine's socket, nor for the folder that holds "
        "it, nor against the reading of keys.",
    ),
    allowed=(),
)
def container_host_mounts(container: Container, context: Context) -> Verdict:
    """No folder of `SYSTEM` to write, nothing of `ROOTS`, none of `READ` and no socket at all."""
    allowed = context.names("allowed")
    found = [
        f"{' = '.join(_names(each))} -> {each.target}{'' if each.is_writable else ' (ro)'}"
        for each in container.mounts
        if each.source not in allowed
        and any(
            name.rpartition("/")[2] in SOCKETS or _opens(name, is_writable=each.is_writable)
            for name in _names(each)
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


def _names(mount: HostMount) -> list[str]:
    """Its source, and where that really is."""
    return [each.rstrip("/") or "/" for each in (mount.source, mount.real) if each]


def _opens(source: str, *, is_writable: bool) -> bool:
    if source in READ:
        return True
    return is_writable and (
        source in SYSTEM or any(source == each or source.startswith(f"{each}/") for each in ROOTS)
    )
