"""
One walk over the local file systems, for everything that is asked of every file.

The command is a constant, so it names what to walk by type: a directory of a file system that is
none of `LOCAL_TYPES` is not entered, nor are the layers of containers. Whether that was
everything is proved afterwards from the mount table: a file system of a type that nobody knows, or
a local one that lies below a place which was not entered, becomes a gap and never a pass.
"""

# ruff: noqa: E501 - tables

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cdso_audit.facts.mounts import MOUNTS, Mount, is_below, parse_mounts
from cdso_audit.facts.reading import (
    KIB,
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy

#: File systems of this host's own disks and memory. GNU find calls a btrfs (and any other whose
#: device number the mount table does not know) `unknown`.
LOCAL_TYPES = (
    *(
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "zfs",
        "f2fs",
        "jfs",
        "reiserfs",
        "nilfs2",
    ),
    *("tmpfs", "ramfs", "overlay", "aufs", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk"),
    *("hfsplus", "ufs", "minix", "unknown"),
)
#: File systems that hold no files of anybody's, or files that another machine answers for.
OTHER_TYPES = frozenset(
    (
        *("proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "cpuset", "mqueue", "hugetlbfs"),
        *("debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs", "fusectl", "binfmt_misc"),
        *("autofs", "rpc_pipefs", "efivarfs", "selinuxfs", "smackfs", "nsfs", "nfsd", "resctrl"),
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "ceph", "lustre", "9p", "afs", "virtiofs"),
        *("glusterfs", "gfs2", "ocfs2", "beegfs", "gpfs", "panfs", "coda", "davfs", "vboxsf", "vmhgfs"),
        *("squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"),
    )
)  # fmt: skip
#: Layers of containers and of virtual machines: other hosts' files, with other hosts' accounts.
LAYERS = (
    *("/var/lib/docker", "/var/lib/containerd", "/run/containerd", "/var/lib/kubelet", "/run/k3s"),
    *("/var/lib/containers", "/var/lib/rancher", "/var/lib/lxc", "/var/lib/lxd", "/var/lib/incus"),
    *("/var/snap/lxd", "/var/snap/docker", "/var/lib/machines", "/var/lib/buildah", "/snap"),
)


#: Walked by its own name, since /dev above it is not.
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a place to look at


def _either(option: str, values: Sequence[str]) -> tuple[str, ...]:
    words: list[str] = []
    for value in values:
        words += ["-o", option, value] if words else [option, value]
    return tuple(words)


#: Files of hosts that may log in without any proof, and files that hold a person's credentials.
TRUST = (".rhosts", ".shosts")
CREDENTIALS = (".netrc", ".pgpass", ".my.cnf", ".mylogin.cnf", ".git-credentials", ".dockercfg")
#: Name and folder, the name first: to match a path costs more.
CREDENTIAL_PATHS = (
    ("id_*", "*/.ssh/*"),
    ("credentials", "*/.aws/*"),
    ("config", "*/.kube/*"),
    ("config.json", "*/.docker/*"),
)
#: How all their names begin. find moves names to the front of what stands joined by "and", so the
#: one cheap test for most files comes first only if it stands before an "or".
_CREDENTIAL_LETTERS = "[.ci]*"
#: Inode of the root of every btrfs subvolume (BTRFS_FIRST_FREE_OBJECTID). GNU find drops a test for
#: `unknown` unless it optimises nothing (-O0), so that these were entered is proved by a record.
BTRFS_ROOT = 256
#: After a letter for the reason: type, mode, owner, group, path; then the path again, and NUL, which
#: no name holds. No backslash: sudoers has no way to spell one in an argument.
_RECORD = " %y %m %U %G %p"


def _told(reason: str) -> tuple[str, ...]:
    return ("-printf", reason + _RECORD, "-print0")


TREE = Probe(
    id="file-tree",
    run=(
        *("/usr/bin/ionice", "-c", "3", "-t", "/usr/bin/nice", "-n", "19"),
        *("/usr/bin/find", "-O0", "/", SHARED_MEMORY, "-ignore_readdir_race"),
        *("(", "-type", "d", "("),
        *("(", *_either("-path", LAYERS), "-o", "-path", "/home/*/.local/share/containers", ")"),
        *("-o", "!", "(", *_either("-fstype", LOCAL_TYPES), ")"),
        *(")", "-prune", ")", "-o", "("),
        *("-type", "d", "-inum", str(BTRFS_ROOT), *_told("m"), ","),
        *("-type", "f", "-perm", "/6000", *_told("s"), ","),
        *("-type", "f", "-perm", "-0002", *_told("w"), ","),
        *("-type", "d", "-perm", "-0002", "!", "-perm", "-1000", *_told("d"), ","),
        *("(", "!", "-name", _CREDENTIAL_LETTERS, "-o", "-type", "f", "("),
        *("-name", ".*", "(", *_either("-name", (*TRUST, *CREDENTIALS)), ")"),
        *(word for name, path in CREDENTIAL_PATHS for word in ("-o", "-name", name, "-path", path)),
        *(")", "!", "-name", "*.pub", "-size", "+0", *_told("c"), ")", ","),
        *("(", "!", "-uid", "0", "-nouser", "-o", "!", "-gid", "0", "-nogroup", ")"),
        *(*_told("u"), ")"),
    ),
    root=True,
    tool="/usr/bin/find",
    deadline=120,
    cap=8 * MIB,
    why="one walk over the local disks: set-id files, files anybody may write, files without owner, "
    "credentials in homes",
    lane="disks",
)
IDENTITIES = Probe(
    id="file-identities",
    run=r"""
echo '== nsswitch'
grep -E '^[[:space:]]*(passwd|group)[[:space:]]*:' /etc/nsswitch.conf 2>/dev/null
echo '== subuid'
cut -d: -f2,3 /etc/subuid 2>/dev/null
echo '== subgid'
cut -d: -f2,3 /etc/subgid 2>/dev/null
echo '== end'
""",
    why="where accounts come from, and which number ranges belong to containers of users",
)


class Entry(Frozen):
    """One file or directory. `path` is printable: bytes that are not are written as escapes."""

    path: str
    type: str
    """As find prints it: `f`, `d`, `l`, …"""
    mode: int
    uid: int
    gid: int


class Tree(Fact):
    """What every fact of the walk says besides its entries."""

    kind: str = "tree"
    known_by: KnownBy = KnownBy.DAEMON
    entries: tuple[Entry, ...]
    walked: tuple[str, ...]
    """Mount points that were walked."""
    left_out: tuple[str, ...]
    """Mount points that were left out by design: remote, read-only images, container layers."""


class WritableFiles(Tree):
    """Files that anybody may write."""

    kind: Literal["writable-files"] = "writable-files"


class WritableDirectories(Tree):
    """Directories that anybody may write, without the sticky bit."""

    kind: Literal["writable-directories"] = "writable-directories"


class UnownedFiles(Tree):
    """Files whose user or group has no name."""

    kind: Literal["unowned-files"] = "unowned-files"
    directories: tuple[str, ...]
    """Sources of accounts in nsswitch.conf that are a service elsewhere (sss, ldap, …)."""


class CredentialFiles(Tree):
    """Files of a person that hold credentials, none of them empty."""

    kind: Literal["credential-files"] = "credential-files"


class TrustList(Frozen):
    """hosts.equiv or one like it: how many lines count, and how many of them trust everybody."""

    path: str
    lines: int
    wildcards: int


class TrustFiles(Tree):
    """Files that let other hosts in without any proof."""

    kind: Literal["trust-files"] = "trust-files"
    system_wide: tuple[TrustList, ...]


class SetIdFiles(Tree):
    """Set-user-id and set-group-id files, with the packages that own them."""

    kind: Literal["set-id-files"] = "set-id-files"
    owned: tuple[str, ...]
    """Paths that belong to a package."""
    packager: str
    """`dpkg`, `rpm`, `apk`, or nothing when no package database was found."""


def printable(path: bytes) -> str:
    """A path that is safe to show: no control characters, no broken encoding."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


#: A record as it came: why it was written, the entry, and its path as bytes.
Record = tuple[str, Entry, bytes]


def parse_tree(output: bytes) -> list[Record]:
    """The records of the walk, each once for each reason. Raises UnreadableError."""
    if output and not output.endswith(b"\0"):
        raise UnreadableError("the last record of the walk was cut")
    found: dict[tuple[str, bytes], Record] = {}
    for record in output.split(b"\0")[:-1]:
        parts = re.fullmatch(rb"([mswduc]) (\S) ([0-7]+) (\d+) (\d+) (/.*)", record, re.DOTALL)
        if parts is None:
            raise UnreadableError(f"not a record of the walk: {record[:80]!r}")
        reason, path = parts[1].decode(), twice(parts[6])
        if any(is_layer(path, driver) for driver in (b"overlay2", b"vfs", b"btrfs")):
            continue
        entry = Entry(
            path=printable(path),
            type=parts[2].decode(),
            mode=int(parts[3], 8),
            uid=int(parts[4]),
            gid=int(parts[5]),
        )
        found[reason, path] = (reason, entry, path)
    return list(found.values())


def twice(text: bytes) -> bytes:
    """The path that stands there two times over. Raises UnreadableError."""
    half = len(text) // 2
    if text[:half] != text[half:]:
        raise UnreadableError(f"not one path two times: {text[:80]!r}")
    return text[:half]


def is_layer(path: bytes, driver: bytes) -> bool:
    """Whether the path lies in a Docker data folder outside its usual place."""
    return b"/docker/" + driver + b"/" in path


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was walked, what was left out by design, and what should have been walked."""

    walked: tuple[str, ...]
    left_out: tuple[str, ...]
    missed: tuple[tuple[str, str], ...]
    subvolumes: tuple[str, ...]
    """Mount points of btrfs, of which the walk has to bring proof."""


def coverage(mounts: Sequence[Mount]) -> Coverage:
    """
    What the constant command walks, given what is mounted.

    It walks every mount of a local type whose parents are all walked; a local one below a
    place that was not entered was missed, as was one of a type that is in neither list.
    """
    walked: list[str] = []
    left_out: list[str] = []
    missed: list[tuple[str, str]] = []
    subvolumes: list[str] = []
    closed: list[str] = [*LAYERS]
    for mount in sorted(
        mounts, key=lambda each: each.point.count("/") if each.point != "/" else -1
    ):
        point, kind = mount.point, mount.type
        label = f"{printable(point.encode('utf-8', 'surrogateescape'))} ({kind})"
        by_layer = any(is_below(point, layer) for layer in LAYERS) or (
            re.match(r"/home/[^/]*/\.local/share/containers(/|$)", point) is not None
        )
        is_closed = point != SHARED_MEMORY and any(is_below(point, folder) for folder in closed)
        if by_layer or kind in OTHER_TYPES or (kind == "fuse" or kind.startswith("fuse.")):
            left_out.append(label)
            closed.append(point)
        elif kind in LOCAL_TYPES and not is_closed:
            walked.append(label)
            if kind == "btrfs":
                subvolumes.append(point)
        elif kind in LOCAL_TYPES and _is_harmless(mount):
            left_out.append(label)
        else:
            missed.append((point, kind))
            closed.append(point)
    return Coverage(tuple(walked), tuple(left_out), tuple(missed), tuple(subvolumes))


def _is_harmless(mount: Mount) -> bool:
    """Memory below /dev, /proc and /sys, which the kernel and systemd keep there for themselves."""
    return mount.type in ("tmpfs", "ramfs") and any(
        is_below(mount.point, folder) for folder in ("/dev", "/proc", "/sys")
    )


def _walk(outputs: Outputs) -> tuple[list[Record], Coverage]:
    """The records and what they cover. Raises UnavailableError when something was not walked."""
    mounts = parse_mounts(outputs.text(MOUNTS))
    seen = outputs.observation(TREE)
    output = outputs.raw(TREE, codes=(0, 1))
    _only_expected(seen.errors, seen.exit_code or 0, mounts)
    found = coverage(mounts)
    if found.missed:
        names = ", ".join(f"{printable(point.encode())} ({kind})" for point, kind in found.missed)
        raise UnavailableError(GapReason.UNPARSABLE, f"not walked: {names}")
    records = parse_tree(output)
    entered = {entry.path for reason, entry, _ in records if reason == "m"}
    for point in found.subvolumes:
        if printable(point.encode()) not in entered:
            raise UnavailableError(GapReason.UNPARSABLE, f"not walked: {point} (btrfs)")
    return records, found


def _only_expected(errors: bytes, code: int, mounts: Sequence[Mount]) -> None:
    """A user's own FUSE mount refuses even root; everything else that find complains of is a gap."""
    if code == 0:
        return
    foreign = [each.point for each in mounts if each.type not in LOCAL_TYPES]
    lines = errors.decode("utf-8", "replace").splitlines()
    if not lines or len(errors) >= 4 * KIB:
        raise UnavailableError(GapReason.UNPARSABLE, "find ended with code 1, its reasons were cut")
    for line in lines:
        found = re.fullmatch(r"\S*find: \W?(/.*?)\W?: (.*)", line)
        if found is None:
            raise UnavailableError(GapReason.UNPARSABLE, line[:200])
        path, problem = found[1], found[2]
        gone = problem == "No such file or directory"
        if not (gone or any(is_below(path, point) for point in foreign)):
            raise UnavailableError(GapReason.DENIED, f"{printable(path.encode())}: {problem}")


def _set_id_paths(outputs: Outputs) -> list[str] | None:
    """The set-id files, under both names that a merged /usr gives them."""
    try:
        entries, _ = _walk(outputs)
    except (UnavailableError, UnreadableError):
        return None
    paths = [path for reason, _, path in entries if reason == "s"]
    names: dict[str, None] = {}
    for path in paths[:MOST_SET_ID]:
        try:
            text = path.decode()
        except UnicodeDecodeError:
            continue  # no package ships such a name
        if "\n" not in text:
            names[text] = None
            names[other_name(text)] = None
    return list(names) or None


#: More set-id files than this are not looked up (a usual host has 15 to 40); a gap says so.
MOST_SET_ID = 400


def other_name(path: str) -> str:
    """`/usr/bin/su` ↔ `/bin/su`: the name that a package from before the merge of /usr knows."""
    if re.match(r"/usr/(bin|sbin|lib\w*)/", path):
        return path.removeprefix("/usr")
    if re.match(r"/(bin|sbin|lib\w*)/", path):
        return "/usr" + path
    return path


OWNERS = Probe(
    id="file-set-id-owners",
    run=r"""
if command -v dpkg-query >/dev/null 2>&1; then
  echo '== dpkg'
  dpkg-query -S "$@" 2>/dev/null
elif command -v rpm >/dev/null 2>&1; then
  echo '== rpm'
  for each do rpm -qf --qf '%{NAME}: ' "$each" >/dev/null 2>&1 && printf 'rpm: %s\n' "$each"; done
elif command -v apk >/dev/null 2>&1; then
  echo '== apk'
  for each do apk info -q -W "$each" >/dev/null 2>&1 && printf 'apk: %s\n' "$each"; done
else
  echo '== none'
fi
echo '== end'
""",
    why="which packages the set-id files belong to",
    follow=_set_id_paths,
    deadline=60,
)


@reader(WritableFiles, TREE, MOUNTS)
def read_writable_files(outputs: Outputs) -> Iterator[WritableFiles]:
    entries, found = _walk(outputs)
    yield WritableFiles(
        subject="files",
        entries=tuple(entry for reason, entry, _ in entries if reason == "w"),
        walked=found.walked,
        left_out=found.left_out,
    )


@reader(WritableDirectories, TREE, MOUNTS)
def read_writable_directories(outputs: Outputs) -> Iterator[WritableDirectories]:
    entries, found = _walk(outputs)
    yield WritableDirectories(
        subject="directories",
        entries=tuple(entry for reason, entry, _ in entries if reason == "d"),
        walked=found.walked,
        left_out=found.left_out,
    )


#: Numbers that systemd gives to services without an account of their own (DynamicUser=, UIDS-GIDS).
DYNAMIC = range(61184, 65520)
_PRIVATE = ("/var/lib/private", "/var/cache/private", "/var/log/private", "/run/private")


@reader(UnownedFiles, TREE, MOUNTS, IDENTITIES)
def read_unowned_files(outputs: Outputs) -> Iterator[UnownedFiles]:
    """What has no name for its owner, and is not explained by a container or a dynamic user."""
    entries, found = _walk(outputs)
    directories, uids, gids = _identities(outputs.text(IDENTITIES))
    yield UnownedFiles(
        subject="files",
        entries=tuple(
            entry
            for reason, entry, _ in entries
            if reason == "u" and not _is_explained(entry, uids, gids)
        ),
        walked=found.walked,
        left_out=found.left_out,
        directories=directories,
    )


def _is_explained(
    entry: Entry, uids: Sequence[tuple[int, int]], gids: Sequence[tuple[int, int]]
) -> bool:
    """Numbers of containers that users run (subuid), and of services without an account."""
    if any(is_below(entry.path, folder) for folder in _PRIVATE):
        return entry.uid in DYNAMIC or entry.gid in DYNAMIC
    by_user = any(first <= entry.uid < first + count for first, count in uids)
    by_group = any(first <= entry.gid < first + count for first, count in gids)
    return by_user or by_group


_FILES_ONLY = frozenset(("files", "compat", "systemd", "altfiles", "db", "mymachines"))


def _identities(
    text: str,
) -> tuple[tuple[str, ...], list[tuple[int, int]], list[tuple[int, int]]]:
    part: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("== "):
            current = part.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in part:
        raise UnreadableError("the sources of accounts were not told in full")
    words = [
        word
        for line in part["nsswitch"]
        for word in re.sub(r"\[[^]]*\]|#.*", "", line.partition(":")[2]).split()
    ]
    directories = tuple(dict.fromkeys(word for word in words if word not in _FILES_ONLY))

    def ranges(name: str) -> list[tuple[int, int]]:
        pairs = [line.split(":") for line in part[name]]
        return [(int(a), int(b)) for a, b in pairs if a.isdigit() and b.isdigit()]

    return directories, ranges("subuid"), ranges("subgid")


@reader(SetIdFiles, TREE, MOUNTS, OWNERS)
def read_set_id_files(outputs: Outputs) -> Iterator[SetIdFiles | Missing]:
    """The set-id files, with what the package database says of them."""
    entries, found = _walk(outputs)
    files = tuple(entry for reason, entry, _ in entries if reason == "s")
    owned: tuple[str, ...] = ()
    packager = ""
    if len(files) > MOST_SET_ID:
        yield Missing("files", GapReason.TOO_LARGE, f"{len(files)} set-id files")
        return
    if files and outputs.was_asked(OWNERS):
        lines = outputs.lines(OWNERS)
        if not lines or lines[-1] != "== end":
            raise UnreadableError("the owners of the files were not told in full")
        packager = lines[0].removeprefix("== ")
        owned = tuple(
            line.partition(": ")[2]
            for line in lines[1:-1]
            if ": /" in line and not line.startswith(("diversion by ", "local diversion "))
        )
    elif files and _set_id_paths(outputs) is not None:
        raise UnavailableError(GapReason.BUG, "the package database was not asked")
    yield SetIdFiles(
        subject="files",
        entries=files,
        walked=found.walked,
        left_out=found.left_out,
        owned=owned,
        packager=packager,
    )


TRUST_LISTS = Probe(
    id="trust-lists",
    run=r"""
for each in /etc/hosts.equiv /etc/shosts.equiv /etc/ssh/shosts.equiv; do
  [ -e "$each" ] || continue
  [ -r "$each" ] || { echo "closed $each"; continue; }
  awk '{ sub(/#.*/, "") } NF { lines++ } $1 == "+" { all++ }
    END { print "list", lines + 0, all + 0, FILENAME }' "$each" || exit 4
done
echo '== end'
""",
    why="how many hosts may log in here without any proof (hosts.equiv); not which",
)


@reader(TrustFiles, TREE, MOUNTS, TRUST_LISTS)
def read_trust_files(outputs: Outputs) -> Iterator[TrustFiles | Missing]:
    """What is in homes, from the walk; what holds for everybody, counted on the host."""
    lines = outputs.lines(TRUST_LISTS)
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the lists of trusted hosts were not told in full")
    lists = []
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        if word == "closed":
            yield Missing(rest, GapReason.DENIED, "this file is closed to the account that looks")
            continue
        found = re.fullmatch(r"(\d+) (\d+) (/.*)", rest)
        if word != "list" or found is None:
            raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
        lists.append(TrustList(path=found[3], lines=int(found[1]), wildcards=int(found[2])))
    entries, covered = _walk(outputs)
    yield TrustFiles(
        subject="files",
        entries=tuple(
            entry
            for reason, entry, path in entries
            if reason == "c" and path.rpartition(b"/")[2].decode("utf-8", "replace") in TRUST
        ),
        system_wide=tuple(lists),
        walked=covered.walked,
        left_out=covered.left_out,
    )


@reader(CredentialFiles, TREE, MOUNTS)
def read_credential_files(outputs: Outputs) -> Iterator[CredentialFiles | Absent]:
    """Everything that holds credentials but the lists of trusted hosts."""
    entries, covered = _walk(outputs)
    found = tuple(
        entry
        for reason, entry, path in entries
        if reason == "c" and path.rpartition(b"/")[2].decode("utf-8", "replace") not in TRUST
    )
    if not found:
        yield Absent("nobody keeps credentials in a file of a known name")
        return
    yield CredentialFiles(
        subject="files", entries=found, walked=covered.walked, left_out=covered.left_out
    )
