"""`disk-encryption` follows the layers below each mount."""

import json
from typing import Any

import pytest
from tests.support import MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.encryption import BLOCK_DEVICES, VIRTUAL_MACHINE
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.backup.disk_encryption import disk_encryption


def node(name: str, kind: str, *mounts: str, below: Any = (), fs: str = "ext4") -> dict[str, Any]:
    made = {
        "name": name,
        "type": kind,
        "fstype": fs,
        "ro": False,
        "mountpoints": list(mounts) or [None],
    }
    return made | ({"children": list(below)} if below else {})


def seen(
    *devices: dict[str, Any], virt: str = "none", container: str = "none", zfs: str = ""
) -> dict[object, object]:
    return {
        BLOCK_DEVICES: json.dumps({"blockdevices": list(devices)}),
        VIRTUAL_MACHINE: f"virt {virt}\n{zfs}",
        HOST_NATURE: f"@@ container\n{container}\n@@ end\n",
    }


LUKS = node(
    "sda",
    "disk",
    below=[
        node("sda1", "part", "/boot"),
        node(
            "sda2",
            "part",
            below=[
                node(
                    "sda2_crypt",
                    "crypt",
                    below=[node("vg-root", "lvm", "/"), node("vg-srv", "lvm", "/srv")],
                ),
            ],
        ),
    ],
)
PLAIN = node("sdb", "disk", below=[node("sdb1", "part", "/srv")])
LOOP = node("loop0", "loop", below=[node("secret", "crypt", "/mnt/secret")])
CASES = [
    Case("good: LVM on LUKS, /boot in the clear", seen(LUKS), Outcome.PASS, says="/, /srv"),
    Case(
        "good: the named mount",
        seen(LUKS, PLAIN | {"children": []}),
        Outcome.PASS,
        parameters={"mounts": ["/srv"]},
    ),
    Case("good: ZFS", seen(LUKS, zfs="zfs tank/data aes-256-gcm\n"), Outcome.PASS),
    Case(
        "bad: an encrypted loop device proves nothing",
        seen(LOOP, PLAIN),
        Outcome.FAIL,
        says="not encrypted: /srv",
    ),
    Case("bad: one of two disks", seen(LUKS, PLAIN), Outcome.FAIL),
    Case("bad: ZFS in the clear", seen(LUKS, zfs="zfs tank/data off\n"), Outcome.FAIL),
    Case("absent: no disk", seen(), Outcome.UNKNOWN),
    Case(
        "unreadable: a virtual machine",
        seen(PLAIN, virt="kvm"),
        Outcome.UNKNOWN,
        says="must be attested",
    ),
    Case("unreadable: a container", seen(PLAIN, container="lxc"), Outcome.UNKNOWN),
    Case("unreadable: no lsblk", {**seen(), BLOCK_DEVICES: MISSING_TOOL}, Outcome.UNKNOWN),
    Case("unreadable: not JSON", {**seen(), BLOCK_DEVICES: Answer("NAME\n")}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(disk_encryption, case)
