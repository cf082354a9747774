"""The walk, run for real over planted files on several kinds of mounts: it misses none of them."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.facts.filetree import (
    IDENTITIES,
    OWNERS,
    TREE,
    TRUST_LISTS,
    CredentialFiles,
    SetIdFiles,
    Tree,
    TrustFiles,
    TrustList,
    UnownedFiles,
    WritableDirectories,
    WritableFiles,
)
from cdso_audit.facts.mounts import MOUNTS
from cdso_audit.facts.reading import Fact, Outputs, Snapshot, snapshot

pytestmark = [
    pytest.mark.daemon,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount in a namespace of its own"),
    pytest.mark.skipif(shutil.which("unshare") is None, reason="needs apt package util-linux"),
]

#: A root of its own: folders of this machine to run the programs from, and what the case plants.
PREPARE: Final = r"""
set -e
root=$1
mount -t tmpfs -o mode=755 host "$root"
for each in bin sbin lib lib64 usr; do
  [ -e "/$each" ] || continue
  if [ -L "/$each" ]; then cp -P "/$each" "$root/$each"; fi
done
mkdir -p "$root/usr" "$root/etc" "$root/proc" "$root/dev" "$root/home" "$root/srv" "$root/opt" \
  "$root/data" "$root/var/lib/docker/overlay2/x/merged" "$root/tmp" "$root/run"
chmod 1777 "$root/tmp"
cp /etc/passwd /etc/group /etc/nsswitch.conf "$root/etc/"
cp -R /etc/alternatives "$root/etc/" # awk is a link through it
mount --bind -o ro /usr "$root/usr"
mount -t proc proc "$root/proc"
mount -t tmpfs dev "$root/dev"
mkdir "$root/dev/shm"
mount -t tmpfs shm "$root/dev/shm"
mount -t tmpfs home "$root/home"
mount -t tmpfs -o mode=755 layer "$root/var/lib/docker/overlay2/x/merged"
"""
PLANT: Final = r"""
cd "$root"
cp /bin/true home/suid; chmod 4755 home/suid
cp /bin/true opt/sgid; chmod 2755 opt/sgid
: >srv/open; chmod 666 srv/open
: >dev/shm/open; chmod 666 dev/shm/open
mkdir opt/drop srv/drop; chmod 777 opt/drop; chmod 1777 srv/drop
: >home/left; chown 54321:54322 home/left
: >"srv/$(printf 'a\nw f 666 0 0 x\033[31m')"; chmod 666 srv/a*
: >var/lib/docker/overlay2/x/merged/open; chmod 666 var/lib/docker/overlay2/x/merged/open
mkdir data/late
mkdir -p home/ops/.ssh home/ops/.aws
for each in home/ops/.rhosts home/ops/.pgpass home/ops/.ssh/id_rsa home/ops/.aws/credentials; do
  echo x >"$each"; chmod 600 "$each"
done
cp home/ops/.ssh/id_rsa home/ops/.ssh/id_rsa.pub
: >home/ops/.netrc
cp home/ops/.pgpass home/ops/pgpass
printf '+ +\n# x\nhost1\n' >etc/hosts.equiv
: >etc/shosts.equiv
"""
ASK: Final = """
cd /
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C "$@"
"""


def asked(root: Path, more: str, command: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
    """The command inside a fresh root; everything is gone when it ends."""
    script = PREPARE + PLANT + more + "shift\n" + ASK
    return subprocess.run(
        [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            "sh",
            str(root),
            *list(command),
        ],
        capture_output=True,
        check=False,
    )


def seen(root: Path, more: str = "") -> Snapshot:
    """The product's own probes and readers, run in that root."""

    def answer(command: tuple[str, ...]) -> Answer:
        done = asked(root, more, command)
        return Answer(done.stdout, done.returncode, done.stderr.decode())

    assert isinstance(TREE.run, tuple)
    observations = [observation(TREE, answer(TREE.run))]
    for probe in (MOUNTS, IDENTITIES, TRUST_LISTS):
        assert isinstance(probe.run, str)
        observations.append(observation(probe, answer(("/bin/sh", "-c", probe.run))))
    by_probe = {each.probe: each for each in observations}
    assert OWNERS.follow
    paths = OWNERS.follow(Outputs(by_probe, HOST, SYSTEM, AT))
    if paths:
        assert isinstance(OWNERS.run, str)
        done = answer(("/bin/sh", "-c", OWNERS.run, "probe", *paths))
        observations.append(observation(OWNERS, done))
    facts: list[type[Fact]] = [WritableFiles, WritableDirectories, UnownedFiles, SetIdFiles]
    facts += [CredentialFiles, TrustFiles]
    return snapshot(HOST, SYSTEM, observations, facts, at=AT)


def paths(found: Snapshot, kind: type[Tree]) -> set[str]:
    """Paths of one fact, without those of this machine's /usr."""
    [fact] = [each for each in found.facts if isinstance(each, kind)]
    return {each.path for each in fact.entries if not each.path.startswith("/usr/")}


def test_every_planted_file_is_found_on_every_local_mount(tmp_path: Path) -> None:
    found = seen(tmp_path)

    assert not found.gaps, found.gaps
    assert paths(found, SetIdFiles) == {"/home/suid", "/opt/sgid"}
    assert paths(found, WritableFiles) == {
        "/srv/open",
        "/dev/shm/open",  # noqa: S108 - a place to look at
        r"/srv/a\nw f 666 0 0 x\x1b[31m",
    }
    assert paths(found, WritableDirectories) == {"/opt/drop"}
    assert paths(found, UnownedFiles) == {"/home/left"}


def test_credentials_and_trust_of_people_are_found_and_counted(tmp_path: Path) -> None:
    found = seen(tmp_path)

    assert not found.gaps, found.gaps
    assert paths(found, CredentialFiles) == {
        "/home/ops/.pgpass",
        "/home/ops/.ssh/id_rsa",
        "/home/ops/.aws/credentials",
    }
    assert paths(found, TrustFiles) == {"/home/ops/.rhosts"}
    [trust] = [each for each in found.facts if isinstance(each, TrustFiles)]
    assert trust.system_wide == (
        TrustList(path="/etc/hosts.equiv", lines=2, wildcards=1),
        TrustList(path="/etc/shosts.equiv", lines=0, wildcards=0),
    )


def test_what_was_walked_and_left_out_is_told(tmp_path: Path) -> None:
    found = seen(tmp_path)

    [fact] = [each for each in found.facts if isinstance(each, WritableFiles)]
    assert {"/ (tmpfs)", "/home (tmpfs)", "/dev/shm (tmpfs)"} <= set(fact.walked)  # noqa: S108
    assert "/proc (proc)" in fact.left_out
    assert "/var/lib/docker/overlay2/x/merged (tmpfs)" in fact.left_out


def test_a_local_disk_below_a_folder_that_is_not_entered_is_a_gap(tmp_path: Path) -> None:
    more = """
    mount -t sysfs sys "$root/data"
    mount -t tmpfs late "$root/data/fs"
    : >"$root/data/fs/open"; chmod 666 "$root/data/fs/open"
    """
    found = seen(tmp_path, more)

    assert not found.facts
    assert {each.detail for each in found.gaps} == {"not walked: /data/fs (tmpfs)"}


@pytest.mark.skipif(shutil.which("mkfs.btrfs") is None, reason="needs apt package btrfs-progs")
def test_subvolumes_of_btrfs_are_walked(tmp_path: Path) -> None:
    """GNU find cannot tell their type, since their device numbers stand in no mount table."""
    image = tmp_path.parent / f"{tmp_path.name}.img"
    image.touch()
    os.truncate(image, 128 * 1024 * 1024)
    subprocess.run(["mkfs.btrfs", "-q", "-f", str(image)], check=True, capture_output=True)
    more = f"""
    mount -o loop {image} "$root/data"
    [ -d "$root/data/sub" ] || btrfs subvolume create "$root/data/sub" >/dev/null
    : >"$root/data/sub/open"; chmod 666 "$root/data/sub/open"
    """
    found = seen(tmp_path, more)
    image.unlink()
    assert not found.gaps, found.gaps

    assert "/data/sub/open" in paths(found, WritableFiles)
