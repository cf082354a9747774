"""One container: started from a root, asked to run something, stopped with all that it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab.site import LabError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NSPAWN = (
    *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--settings=no"),
    *("--link-journal=no", "--timezone=off"),
)
_ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1",  # Debian 13's systemd refuses the old hierarchy
    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",  # /proc/sys/net belongs to the host's namespace
    "SYSTEMD_NSPAWN_TMPFS_TMP": "0",  # the host's own fstab says what /tmp is
}
# Into its own control group first: with --keep-unit, all containers would share the caller's.
_IN_GROUP = 'for g in $LAB_GROUPS; do echo $$ >"$g/cgroup.procs" || exit 70; done; exec "$@"'
_INSIDE = ("env", "-i", f"PATH={_ENVIRONMENT['PATH']}", "HOME=/root", "TERM=dumb", "LC_ALL=C.UTF-8")
_PROPAGATE: Final = Path("/run/systemd/nspawn/propagate")
_STOP_SECONDS: Final = 10.0


def run_once(
    name: str, root: Path, script: str, *, network: bool, binds: Mapping[Path, str] | None = None
) -> None:
    """Run a shell script as root in a root that is not booted; fail loudly."""
    words = [*_NSPAWN, "--as-pid2", "--pipe", f"--machine={name}", f"--directory={root}"]
    words += ["--resolv-conf=bind-host"] if network else ["--resolv-conf=off", "--private-network"]
    words += [f"--bind={outside}:{inside}" for outside, inside in (binds or {}).items()]
    words += ["--setenv=DEBIAN_FRONTEND=noninteractive", "--setenv=LC_ALL=C.UTF-8"]
    done = subprocess.run(
        ["sh", "-c", _IN_GROUP, "sh", *words, "sh", "-eu", "-c", script],
        env={**_ENVIRONMENT, "LAB_GROUPS": _groups_made(name)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    _groups_removed(name)
    _propagation_removed(name)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise LabError(f"a step of building {name} failed ({done.returncode}):\n{tail}")


def boot(name: str, root: Path, namespace: Path, folder: Path) -> None:
    """Start a host's own systemd; the folder gets the process id and the console."""
    words = [*_NSPAWN, "--boot", "--console=passive", "--resolv-conf=off"]
    words += [f"--machine={name}", f"--directory={root}", "--capability=CAP_NET_ADMIN"]
    words += [f"--network-namespace-path={namespace}"]
    with (folder / "console.log").open("wb") as console:
        started = subprocess.Popen(
            ["sh", "-c", _IN_GROUP, "sh", *words],
            env={**_ENVIRONMENT, "LAB_GROUPS": _groups_made(name)},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(started.pid))
    started.returncode = 0  # it outlives this process on purpose: no ResourceWarning


def leader(folder: Path) -> int | None:
    """The process id of a running host's systemd, as this machine counts, or None."""
    supervisor = _supervisor(folder)
    if supervisor is None:
        return None
    try:
        children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
    except OSError:
        return None
    return None


def execute(
    folder: Path, argv: Sequence[str], *, stdin: bytes | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a program as root inside a running host."""
    pid = leader(folder)
    if pid is None:
        raise LabError(f"{folder.name} does not run; start it with: python -m tests.lab up")
    done = subprocess.run(
        [*("nsenter", "--target", str(pid), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"),
         *_INSIDE, *argv],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        timeout=timeout,
        check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(
        list(argv), done.returncode, done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )  # fmt: skip


def stop(folder: Path) -> None:
    """End a host at once, and whatever it started."""
    name, supervisor = folder.name, _supervisor(folder)
    if supervisor is not None:
        init = leader(folder)
        for pid in (init, supervisor):
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _STOP_SECONDS
        while any(_members(group) for group in _groups(name)) and time.monotonic() < deadline:
            _reap(supervisor)
            time.sleep(0.05)
    _groups_removed(name)
    _propagation_removed(name)
    (folder / "pid").unlink(missing_ok=True)


def mount_overlay(lower: Sequence[Path], upper: Path, work: Path, merged: Path) -> None:
    """Show the layers, topmost first, as one root that can be written."""
    for folder in (upper, work, merged):
        folder.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={':'.join(map(str, lower))},upperdir={upper},workdir={work}"
    done = subprocess.run(
        ["mount", "-t", "overlay", "cdso-lab", "-o", options, str(merged)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LabError(f"cannot mount {merged}: {done.stderr.strip()}")


def unmount(merged: Path) -> None:
    """Take a root away, and anything still mounted in it."""
    if os.path.ismount(merged):
        subprocess.run(["umount", "--recursive", "--lazy", str(merged)], check=True)


def remove_tree(folder: Path) -> None:
    """Delete a folder, but never through a mount."""
    if folder.exists():
        for mounted in Path("/proc/self/mounts").read_text().splitlines():
            if mounted.split()[1].startswith(f"{folder}/"):
                raise LabError(f"{mounted.split()[1]} is still mounted; run: umount -R -l on it")
        shutil.rmtree(folder)


def _supervisor(folder: Path) -> int | None:
    try:
        pid = int((folder / "pid").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if f"--machine={folder.name}".encode() in words else None


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _groups(name: str) -> list[Path]:
    """One folder in each hierarchy in which systemd-nspawn would make a group."""
    found = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(place) / "cdso-lab" / name)
    return found


def _groups_made(name: str) -> str:
    groups = _groups(name)
    for group in groups:
        group.mkdir(parents=True, exist_ok=True)
    return " ".join(map(str, groups))


def _groups_removed(name: str) -> None:
    """Remove the control groups, deepest first; kill what is left in them."""
    for top in _groups(name):
        if not top.exists():
            continue
        for pid in _members(top):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _STOP_SECONDS
        while top.exists() and time.monotonic() < deadline:
            for group in sorted(top.rglob("*/"), key=lambda path: -len(path.parts)):
                with contextlib.suppress(OSError):
                    group.rmdir()
            with contextlib.suppress(OSError):
                top.rmdir()
                break
            time.sleep(0.05)
        with contextlib.suppress(OSError):
            top.parent.rmdir()


def _propagation_removed(name: str) -> None:
    """systemd-nspawn leaves this folder behind where /run is no tmpfs."""
    for folder in (_PROPAGATE / name / "incoming", _PROPAGATE / name):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _members(group: Path) -> list[int]:
    pids: list[int] = []
    for file in (group / "cgroup.procs", *group.rglob("cgroup.procs")):
        with contextlib.suppress(OSError):
            pids += [int(word) for word in file.read_text().split()]
    return sorted(set(pids))
