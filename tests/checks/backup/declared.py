"""What the tests of backups share: a declaration, and the answers of the two probes."""

from datetime import timedelta

from tests.support import AT, Answer

from cdso_audit.facts.backup_guards import BACKUP_GUARDS, BACKUP_KEYS
from cdso_audit.facts.backups import BACKUP_PLACES, BACKUP_TRACES
from cdso_audit.facts.encryption import BLOCK_DEVICES
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Declared, DeclaredBackup

PLACE = "/srv/backup/repo"
RPO = timedelta(hours=24)


def declared(tool: str = "restic", place: str = PLACE, on: str = "web1") -> Declared:
    """One declared backup."""
    backup = DeclaredBackup.model_validate(
        {"id": "nightly", "on": on, "tool": tool, "rpo": RPO, "repository": place, "path": place}
    )
    return Declared(backups=(backup,))


def ago(hours: float) -> int:
    """Seconds since 1970, that many hours before the snapshot."""
    return int((AT - timedelta(hours=hours)).timestamp())


def traces(tools: str = "", runs: str = "", timers: str = "", cron: str = "") -> str:
    """The answer about programs, timers and runs."""
    return f"@@ tools\n{tools}\n@@ timers\n{timers}\n@@ cron\n{cron}\n@@ runs\n{runs}\n@@ end\n"


DISK = "disk /dev/vdb1 ext4\nroot /dev/vda1\n"


def seen(
    place: str = "", disk: str = DISK, runs: str = "", tools: str = "restic", **more: str
) -> dict[Probe, str | Answer]:
    """Answers of both probes; `place` is what was found below the declared place."""
    return {
        BACKUP_TRACES: traces(tools, runs, **more),
        BACKUP_PLACES: f"@@ backup-0\n{disk}{place}\n@@ end\n",
    }


def copies(*hours: float, size: int = 0) -> str:
    """A readable place with one copy for each age."""
    return "readable\n" + "".join(f"file {ago(each)} {size}\n" for each in hours) + "total 1268\n"


def disks(*layers: str) -> str:
    """What lsblk says of the disk that `DISK` names, with these layers below its file system."""
    node = '{"name":"vdb1","type":"part","fstype":"ext4","mountpoints":["/srv"]}'
    for number, layer in enumerate(layers):
        node = (
            f'{{"name":"d{number}","type":"{layer}","fstype":"","mountpoints":[null],'
            f'"children":[{node}]}}'
        )
    return f'{{"blockdevices":[{node}]}}'


def guarded(
    guards: str = "",
    place: str = "readable",
    keys: str | Answer = "",
    below: str = "",
    tools: str = "restic",
    servers: str = "",
) -> dict[Probe, str | Answer]:
    """Answers of all probes of a backup and its guards; `guards` is what was found about them."""
    return {
        **seen(place, tools=tools),
        BACKUP_GUARDS: f"@@ backup-0\n{guards}\n@@ servers\n{servers}\n@@ end\n",
        BACKUP_KEYS: keys,
        BLOCK_DEVICES: below or disks("disk"),
    }
