"""What the walk over the file systems prints, for the tests of the checks that judge it."""

from tests.support import Answer

from cdso_audit.facts.filetree import IDENTITIES, OWNERS, TREE
from cdso_audit.facts.mounts import MOUNTS
from cdso_audit.facts.reading import Probe

ROOT = "22 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n"
PROC = "23 22 0:21 / /proc rw,nosuid - proc proc rw\n"
HOME = "24 22 254:1 / /home rw,nosuid,nodev shared:1 - xfs /dev/vdb rw\n"
NFS = "25 22 0:44 / /srv/share rw - nfs4 store:/share rw,vers=4.2\n"
DOCKER = "26 22 0:45 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw,lowerdir=/l\n"
BELOW_NFS = "27 25 254:2 / /srv/share/disk rw - ext4 /dev/vdc rw\n"
STRANGE = "28 22 254:3 / /data rw - newfs /dev/vdd rw\n"
FUSE = "29 22 0:46 / /run/user/1000/doc rw - fuse.portal portal rw\n"
END = "== end\n"
USUAL = ROOT + PROC + HOME + NFS + DOCKER + END
LOCAL = (
    "== nsswitch\npasswd:  files systemd\ngroup: files systemd\n== subuid\n100000:65536\n"
    "== subgid\n== end\n"
)
JOINED = "== nsswitch\npasswd: files sss\ngroup: files sss\n== subuid\n== subgid\n== end\n"


def walk(*records: str, code: int = 0, errors: str = "") -> Answer:
    """Records as find writes them: reason, type, mode, owner, group, the path twice, NUL."""
    return Answer("".join(f"{each}/{each.partition('/')[2]}\0" for each in records), code, errors)


def answers(
    tree: Answer, mounts: str = USUAL, who: str = LOCAL, owners: str | Answer | None = None
) -> dict[Probe, str | Answer]:
    """Every probe of the readers answered."""
    given: dict[Probe, str | Answer] = {TREE: tree, MOUNTS: mounts, IDENTITIES: who}
    return given if owners is None else {**given, OWNERS: owners}
