"""Real containers of Podman, in namespaces of their own, described and judged."""

import os
import secrets
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final

import pytest
from tests.support import AT, HOST, SYSTEM

from cdso_audit.checking import Check
from cdso_audit.collect.program import first_questions, observations, program
from cdso_audit.evaluate import Selection, evaluate
from cdso_audit.facts.containers import DOCKER, OTHERS, PODMAN, Container
from cdso_audit.facts.reading import Observation, snapshot
from cdso_audit.model import Outcome
from cdso_checks.containers.container_host_mounts import container_host_mounts
from cdso_checks.containers.container_privileges import container_privileges
from cdso_checks.containers.container_user import container_user

BUSYBOX: Final = Path("/bin/busybox")
#: A container's name, and how it is started.
SHAPES: Final = {
    "plain": "--user 1000:1000",
    "root": "",
    "privileged": "--privileged --user 1000",
    "pid": "--pid host --user 1000",
    "ipc": "--ipc host --user 1000",
    "caps": "--cap-add SYS_ADMIN --user 1000",
    "unfiltered": "--security-opt seccomp=unconfined --user 1000",
    "mapped": "--uidmap 0:100000:65536",
    "rootfs": "-v /:/host:ro --user 1000",
    "etc": "-v etc:/data --user 1000",
    "link": "-v $1/link:/x:ro --user 1000",
    "data": "-v $1/data:/data --user 1000",
}
SCRIPT: Final = """
set -e
mkdir -p /var/lib/containers
mount -t tmpfs tmpfs /var/lib/containers
mount -t tmpfs tmpfs /run
# Podman gives a new volume to the container's user: not this machine's own /etc.
mkdir "$1/etc"
mount -t tmpfs -o mode=755 tmpfs "$1/etc"
cp -a /etc/. "$1/etc"
mount --bind "$1/etc" /etc
export CONTAINERS_CONF="$1/containers.conf" TMPDIR="$1"
podman import -q "$1/image.tar" lab:1 >/dev/null
podman volume create --opt type=none --opt o=bind --opt device=/etc etc >/dev/null
start() {
  name=$1; shift
  podman run -d --name "$name" --network none "$@" lab:1 /bin/busybox sleep 300 >/dev/null
}
{shapes}
sh -s <"$1/ask"
podman rm -af -t 0 >/dev/null 2>&1 || :  # all of it ends with the namespaces
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Observation]:
    """What the probes say while containers of every shape run."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to make namespaces")
    if shutil.which("podman") is None or not BUSYBOX.exists():
        pytest.skip("needs apt packages podman and busybox-static")
    linked = subprocess.run(["ldd", str(BUSYBOX)], capture_output=True, check=False)
    if linked.returncode == 0:  # an image of this one file cannot run it
        pytest.skip("needs apt package busybox-static in place of busybox")
    folder = tmp_path_factory.mktemp("podman")
    (folder / "data").mkdir()
    (folder / "link").symlink_to("/")
    with tarfile.open(folder / "image.tar", "w") as image:
        image.add(BUSYBOX, "bin/busybox")
    runtime = 'runtime = "runc"\n' if shutil.which("runc") else ""
    limits = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
    (folder / "containers.conf").write_text(f"[engine]\n{runtime}[containers]\n{limits}")
    questions = first_questions([DOCKER, PODMAN, OTHERS])
    marker = secrets.token_hex(24)
    (folder / "ask").write_text(program(questions, marker, sudo=False))
    shapes = "\n".join(f"start {name} {options}" for name, options in SHAPES.items())
    done = subprocess.run(
        [
            *("unshare", "--mount", "--pid", "--ipc", "--fork", "--mount-proc"),
            *("--propagation", "private", "--kill-child"),
            *("sh", "-c", SCRIPT.replace("{shapes}", shapes), "sh", str(folder)),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-300:]
        pytest.skip(f"containers cannot be started on this machine: {said}")
    return observations(questions, marker, done.stdout, done.stderr, asset=HOST.id, at=AT)


def judged(check: Check[Container], seen: list[Observation]) -> dict[str, Outcome]:
    found = snapshot(HOST, SYSTEM, seen, [Container], at=AT)
    chosen = Selection(check, check.with_parameters({}))
    by_probe = {each.probe: each for each in seen}
    told = evaluate(found, HOST, SYSTEM, [chosen], by_probe, None)
    return {each.subject.removeprefix("podman "): each.outcome for each in told}


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (container_privileges, {"privileged", "pid", "ipc", "caps", "unfiltered"}),
        (container_host_mounts, {"rootfs", "etc", "link"}),
        (container_user, {"root"}),
    ],
    ids=lambda it: it.about.id if isinstance(it, Check) else "",
)
def test_every_shape_is_judged(
    check: Check[Container], bad: set[str], seen: list[Observation]
) -> None:
    found = judged(check, seen)

    assert found == {each: Outcome.FAIL if each in bad else Outcome.PASS for each in SHAPES}
