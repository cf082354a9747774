"""Encryption below every file system that may hold data."""

from cdso_audit.checking import About, check
from cdso_audit.facts.encryption import DiskEncryption, Mount
from cdso_audit.model import Context, Severity, Verdict

#: Mounts that hold no data of people: the boot loader must read them in the clear.
BOOT = ("/boot", "/boot/efi", "/efi", "/boot/firmware")


@check(
    DiskEncryption,
    About(
        id="disk-encryption",
        title="Disks with data are encrypted",
        severity=Severity.MEDIUM,
        why="A stolen, sold or repaired disk gives away all that was on it.",
        fix="Put the data on LUKS: `cryptsetup luksFormat <device>`, open it, make the file system "
        "on /dev/mapper/<name> and restore the data onto it.",
        since="0.1.0",
        references={
            "ssg": ("encrypt_partitions",),
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.11",),
        },
        pitfalls="One encrypted device somewhere proves nothing, so the layers below each mount "
        "are followed.",
    ),
    mounts=(),
)
def disk_encryption(disks: DiskEncryption, context: Context) -> Verdict:
    """Every data mount (or each one that the parameter names) has a crypt layer below it."""
    wanted = context.names("mounts")
    data = [each for each in disks.mounts if _holds_data(each)]
    if wanted:
        data = [each for each in disks.mounts if each.path in wanted]
    seen = "\n".join(
        f"{each.path}: {' < '.join(each.layers) or '-'} ({each.device})" for each in data
    )
    if not data or disks.container:
        return Verdict.unknown(
            "no disk with data is to be seen from here ({where}): look at the machine below or at "
            "the storage",
            where=disks.container or disks.virtual or "-",
        )
    plain = [each for each in data if not each.is_encrypted]
    if plain and disks.virtual:
        return Verdict.unknown(
            "{mounts} is not encrypted within this virtual machine ({virtual}): whether its "
            "provider encrypts the storage must be attested",
            mounts=", ".join(each.path for each in plain),
            virtual=disks.virtual,
            seen=seen,
        )
    if plain:
        return Verdict.failed(
            "not encrypted: {mounts}", mounts=", ".join(each.path for each in plain), seen=seen
        )
    return Verdict.passed(
        "encrypted: {mounts}", mounts=", ".join(each.path for each in data), seen=seen
    )


def _holds_data(mount: Mount) -> bool:
    if mount.path in BOOT or mount.file_system in ("squashfs", "iso9660", "vfat"):
        return False
    return "rom" not in mount.layers and not mount.path.startswith(("/snap/", "/run/"))
