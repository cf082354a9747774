"""
Encryption of disks at rest: what lies below each mounted file system, as the kernel stacks it.

One encrypted loop device somewhere proves nothing, so the chain below each mount of data is told.
"""

from collections.abc import Iterator
from typing import Any, Literal

from cdso_audit.facts.os_release import HOST_NATURE, container_of
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, KnownBy

BLOCK_DEVICES = Probe(
    id="block-devices",
    run="lsblk -J -o NAME,TYPE,FSTYPE,RO,MOUNTPOINTS 2>/dev/null || "
    "lsblk -J -o NAME,TYPE,FSTYPE,RO,MOUNTPOINT",
    tool="lsblk",
    why="the layers below each mounted file system, to see which are encrypted",
)
VIRTUAL_MACHINE = Probe(
    id="virtual-machine",
    run='v=$(systemd-detect-virt -v 2>/dev/null); echo "virt ${v:-?}"; '
    'awk \'$3 == "zfs" {print "zfs " $1}\' /proc/mounts | while read -r w d; do '
    'echo "zfs $d $(zfs get -H -o value encryption "$d" 2>/dev/null)"; done; :',
    why="whether the disks belong to a provider's machine, and the encryption of ZFS",
)


class Mount(Frozen):
    """A mounted file system (or swap) and the layers below it, from the top down."""

    path: str
    file_system: str
    device: str
    layers: tuple[str, ...] = ()

    @property
    def is_encrypted(self) -> bool:
        """A dm-crypt layer lies below, or ZFS encrypts the data set itself."""
        return "crypt" in self.layers


class DiskEncryption(Fact):
    """Every mounted file system on a disk of the host."""

    kind: Literal["disk-encryption"] = "disk-encryption"
    known_by: KnownBy = KnownBy.DAEMON
    mounts: tuple[Mount, ...] = ()
    virtual: str = ""
    container: str = ""


def parse_lsblk(tree: Any) -> tuple[Mount, ...]:
    """Walk lsblk's tree; the layers of a mount are the types from its device down to the disk."""
    found: dict[tuple[str, str], Mount] = {}

    def walk(node: dict[str, Any], above: tuple[str, ...]) -> None:
        layers = (str(node.get("type") or ""), *above)
        points = node.get("mountpoints") or [node.get("mountpoint")]
        for path in points:
            if path and not node.get("ro"):
                found[str(path), str(node.get("name"))] = Mount(
                    path=str(path),
                    file_system=str(node.get("fstype") or ""),
                    device=str(node.get("name") or ""),
                    layers=layers,
                )
        for child in node.get("children") or []:
            walk(child, layers)

    devices = tree.get("blockdevices") if isinstance(tree, dict) else None
    if not isinstance(devices, list):
        raise UnreadableError("lsblk printed no list of devices")
    for device in devices:
        walk(device, ())
    return tuple(found[key] for key in sorted(found))


@reader(DiskEncryption, BLOCK_DEVICES, VIRTUAL_MACHINE, HOST_NATURE)
def read_disk_encryption(outputs: Outputs) -> Iterator[DiskEncryption | Missing | Absent]:
    """One fact a host."""
    mounts = list(parse_lsblk(outputs.json(BLOCK_DEVICES)))
    virtual = ""
    for line in outputs.lines(VIRTUAL_MACHINE):
        words = line.split()
        if words[:1] == ["virt"]:
            virtual = words[1]
        elif words[:1] == ["zfs"] and len(words) > 2:  # noqa: PLR2004 - zfs, data set, value
            layers = ("crypt",) if words[2] not in ("off", "-") else ()
            mounts.append(Mount(path=words[1], file_system="zfs", device=words[1], layers=layers))
    yield DiskEncryption(
        subject="disks",
        mounts=tuple(mounts),
        virtual="" if virtual in ("none", "?") else virtual,
        container=container_of(outputs),
    )
