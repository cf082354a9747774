"""
Files of the SSH server: modes below /etc/ssh, the banner, and the keys that let people in.

The list of a user's keys is reduced on the host: type, size, names of options. No line of a file
is ever shown as it stands, since a user can make `authorized_keys` a link to any file, and root
reads it.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Literal

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sshd import SSHD_ROOT, parse_sshd_settings
from cdso_audit.model import Frozen, GapReason, KnownBy

NO_SERVER = Absent("no SSH server is installed")

SSH_FILES = Probe(
    id="ssh-files",
    run=(
        *("/usr/bin/find", "-L", "/etc/ssh", "-exec"),
        *("/usr/bin/stat", "-L", "-c", "%a %u %g %U %G %n", "{}", "+"),
    ),
    root=True,
    why="owners and modes of the SSH server's files and private keys",
)


class FileMode(Frozen):
    """One file: permission bits in octal, owner and group by number and name."""

    path: str
    mode: int
    uid: int
    gid: int
    owner: str
    group: str

    @property
    def shown(self) -> str:
        """As `stat` would say it, for a finding."""
        return f"{self.path} {self.mode:04o} {self.owner}:{self.group}"


class SshFiles(Fact):
    """Every file below /etc/ssh, links followed. `host_keys` are the private keys sshd names."""

    kind: Literal["ssh-files"] = "ssh-files"
    files: tuple[FileMode, ...]
    host_keys: tuple[str, ...] = ()


def parse_file_modes(lines: Sequence[str]) -> tuple[FileMode, ...]:
    """Lines of `stat -c '%a %u %g %U %G %n'`; raises UnreadableError on any other."""
    found = []
    for line in lines:
        words = line.split(" ", 5)
        try:
            mode, uid, gid = int(words[0], 8), int(words[1]), int(words[2])
            owner, group, path = words[3:]
        except (ValueError, IndexError) as problem:
            raise UnreadableError(f"not a line of stat: {line!r}") from problem
        found.append(FileMode(path=path, mode=mode, uid=uid, gid=gid, owner=owner, group=group))
    return tuple(found)


@reader(SshFiles, SSHD_ROOT, SSH_FILES)
def read_ssh_files(outputs: Outputs) -> Iterator[SshFiles | Missing | Absent]:
    """The files; and a gap for each host key that lies where this probe does not look."""
    if not outputs.has_tool(SSHD_ROOT):
        yield NO_SERVER
        return
    files = parse_file_modes(outputs.lines(SSH_FILES))
    if not files:
        raise UnreadableError("find named no file at all, not even /etc/ssh")
    keys: tuple[str, ...] = ()
    try:
        keys = parse_sshd_settings(outputs.text(SSHD_ROOT)).get("hostkey", ())
    except (UnavailableError, UnreadableError) as problem:
        reason = getattr(problem, "reason", GapReason.UNPARSABLE)
        yield Missing("host keys elsewhere", reason, f"sshd does not name them: {problem}")
    yield SshFiles(subject="/etc/ssh", files=files, host_keys=keys)
    for path in keys:
        if not path.startswith("/etc/ssh/"):
            detail = "this host key lies outside /etc/ssh, where nobody looked"
            yield Missing(path, GapReason.UNREACHABLE, detail)


# ---------------------------------------------------------------------------------------------
# The banner
# ---------------------------------------------------------------------------------------------


def banner_path(outputs: Outputs) -> Sequence[str] | None:
    """The file that sshd shows before a login, if it shows one and could be asked."""
    try:
        path = parse_sshd_settings(outputs.text(SSHD_ROOT)).get("banner", ("none",))[0]
    except (UnavailableError, UnreadableError):
        return None
    return None if path == "none" else (path,)


SSH_BANNER = Probe(
    id="ssh-banner-text",
    run='[ -e "$1" ] || { echo absent; exit 0; }; echo present; head -c 4096 -- "$1"',
    follow=banner_path,
    why="text that the SSH server shows before a login",
)


class SshBanner(Fact):
    """What sshd shows before a login: the file it names, and its text (None: it does not exist)."""

    kind: Literal["ssh-banner"] = "ssh-banner"
    known_by: KnownBy = KnownBy.DAEMON
    path: str
    text: str | None


@reader(SshBanner, SSHD_ROOT, SSH_BANNER)
def read_ssh_banner(outputs: Outputs) -> Iterator[SshBanner | Missing | Absent]:
    """The banner of an ordinary login; path `none` when there is none."""
    if not outputs.has_tool(SSHD_ROOT):
        yield NO_SERVER
        return
    path = parse_sshd_settings(outputs.text(SSHD_ROOT)).get("banner", ("none",))[0]
    if path == "none":
        yield SshBanner(subject="sshd", path="none", text=None)
        return
    word, _, text = outputs.text(SSH_BANNER).partition("\n")
    yield SshBanner(subject="sshd", path=path, text=text if word == "present" else None)


# ---------------------------------------------------------------------------------------------
# Keys that let people in
# ---------------------------------------------------------------------------------------------

#: Where the probe looks for a user's keys, in the words of `AuthorizedKeysFile`.
KEY_PLACES = (
    "%h/.ssh/authorized_keys",
    "%h/.ssh/authorized_keys2",
    "/etc/ssh/authorized_keys/%u",
    "/etc/ssh/authorized_keys.d/%u",
    "/etc/ssh/keys/%u",
)

# For each account of /etc/passwd: `home NAME DIR`, and for each line of each of its key files
# `key NAME LINE TYPE HEAD LENGTH OPTIONS PATH`. HEAD is the start of the public key, which holds
# the length of its modulus. Mounts come first: root may be shut out of a home on a network. No
# backslash stands in it: sudo takes one for an escape when it compares a command with its rule.
_KEYS_AWK = (
    "function show(u,p, l,n,i,c,q,o,w,h) { n = 0;"
    ' while ((getline l < p) > 0) { n++; q = 0; o = "";'
    ' gsub(tab, " ", l); sub(cr "$", "", l); sub("^ +", "", l);'
    ' if (l == "" || substr(l, 1, 1) == "#") continue; split(l, w, " ");'
    " if (!is_key(w)) {"
    " for (i = 1; i <= length(l); i++) { c = substr(l, i, 1);"
    " if (c == esc && q) { i++; continue }"
    ' if (c == quote) { q = !q; continue } if (q) continue; if (c == " ") break; o = o c }'
    ' l = substr(l, i + 1); sub("^ +", "", l); split(l, w, " ") }'
    ' if (!is_key(w)) { print "odd", u, n, p; continue }'
    ' gsub("=[^,]*", "", o); if (o !~ "^[A-Za-z0-9,-]*$") o = "odd"; if (o == "") o = "-";'
    ' h = "-"; if (index(w[2], "AAAAB3NzaC1") == 1) h = substr(w[2], 1, 64);'
    ' print "key", u, n, w[1], h, length(w[2]), o, p } close(p);'
    ' if (n) print "file", u, n, p }'
    ' function is_key(w) { return index(w[2], "AAAA") == 1 &&'
    ' w[1] ~ "^(ssh|sk-ssh|ecdsa-sha2|sk-ecdsa-sha2)-[a-z0-9@.-]+$" }'
    ' BEGIN { tab = sprintf("%c", 9); cr = sprintf("%c", 13); quote = sprintf("%c", 34);'
    ' esc = sprintf("%c", 92) }'
    ' FILENAME == "/proc/self/mounts" {'
    ' if ($3 ~ "^(nfs|nfs4|cifs|smb3|autofs|afs|ceph|9p|lustre)$" || index($3, "fuse") == 1)'
    ' print "mount", $3, $2; next }'
    ' { split($0, f, ":"); u = f[1]; if (u !~ "^[A-Za-z0-9_.-]+[$]?$") next;'
    ' print "home", u, f[6]; if (substr(f[6], 1, 1) == "/") {'
    ' show(u, f[6] "/.ssh/authorized_keys");'
    ' show(u, f[6] "/.ssh/authorized_keys2") } show(u, "/etc/ssh/authorized_keys/" u);'
    ' show(u, "/etc/ssh/authorized_keys.d/" u); show(u, "/etc/ssh/keys/" u) }'
)

AUTHORIZED_KEYS = Probe(
    id="authorized-keys",
    run=("/usr/bin/awk", _KEYS_AWK, "/proc/self/mounts", "/etc/passwd"),
    root=True,
    why="types, sizes and options of the SSH keys that let accounts in; never the keys themselves",
)


class AuthorizedKey(Frozen):
    """One line of a key file. `bits` is None where the type says it all (Ed25519, ECDSA)."""

    path: str
    line: int
    type: str
    bits: int | None = None
    options: tuple[str, ...] = ()


class AuthorizedKeys(Fact):
    """The keys that let one account in; `odd_lines` are lines that are no key."""

    kind: Literal["authorized-keys"] = "authorized-keys"
    account: str
    keys: tuple[AuthorizedKey, ...]
    odd_lines: tuple[str, ...] = ()


def rsa_bits(head: str) -> int | None:
    """
    The size of an RSA or DSA key from the first 64 characters of its public half (RFC 4253, 6.6).

    `string type, mpint e, mpint n` (DSA: `mpint p`): the length in front of the modulus is enough.
    """
    try:
        blob = base64.b64decode(head[: len(head) // 4 * 4])
    except (binascii.Error, ValueError):
        return None
    at, sizes = 0, []
    kind = b""
    while at + 4 <= len(blob):
        size = int.from_bytes(blob[at : at + 4], "big")
        sizes.append(size)
        if at == 0:
            kind = blob[4 : 4 + size]
        at += 4 + size
    place = {b"ssh-rsa": 2, b"ssh-dss": 1}.get(kind)
    if place is None or len(sizes) <= place:
        return None
    return sizes[place] // 8 * 64  # a leading zero byte keeps the number positive


def parse_authorized_keys(
    lines: Sequence[str],
) -> tuple[dict[str, str], list[str], dict[str, list[AuthorizedKey]], dict[str, list[str]]]:
    """Homes by account, network mounts, keys by account, odd lines by account."""
    homes: dict[str, str] = {}
    mounts: list[str] = []
    keys: dict[str, list[AuthorizedKey]] = {}
    odd: dict[str, list[str]] = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "home":
            name, _, home = rest.partition(" ")
            homes[name] = home
        elif word == "mount":
            mounts.append(rest.partition(" ")[2].replace("\\040", " "))
        elif word == "file":
            keys.setdefault(rest.split(" ")[0], [])
        elif word == "odd":
            name, number, path = rest.split(" ", 2)
            odd.setdefault(name, []).append(f"{path}:{number}")
        elif word == "key":
            name, number, type_, head, _length, options, path = rest.split(" ", 6)
            key = AuthorizedKey(
                path=path,
                line=int(number),
                type=type_,
                bits=rsa_bits(head),
                options=() if options == "-" else tuple(filter(None, options.split(","))),
            )
            keys.setdefault(name, []).append(key)
        else:
            raise UnreadableError(f"not a line of this probe: {line[:80]!r}")
    if not homes:
        raise UnreadableError("no account was named")
    return homes, mounts, keys, odd


def unseen_places(settings: dict[str, tuple[str, ...]]) -> list[str]:
    """What sshd takes keys from and the probe does not read, in the words of its settings."""
    found = []
    for place in " ".join(settings.get("authorizedkeysfile", ())).split():
        whole = place if place.startswith(("/", "%h")) else f"%h/{place}"
        if place != "none" and whole not in KEY_PLACES:
            found.append(place)
    for name in ("authorizedkeyscommand", "trustedusercakeys"):
        value = settings.get(name, ("none",))[0]
        if value not in ("none", ""):
            found.append(f"{name} {value}")
    return found


def _below(home: str, mounts: Sequence[str]) -> bool:
    return any(home == mount or home.startswith(mount.rstrip("/") + "/") for mount in mounts)


@reader(AuthorizedKeys, SSHD_ROOT, AUTHORIZED_KEYS)
def read_authorized_keys(outputs: Outputs) -> Iterator[AuthorizedKeys | Missing | Absent]:
    """One fact for each account with a key; a gap for what could not be looked into."""
    if not outputs.has_tool(SSHD_ROOT):
        yield NO_SERVER
        return
    homes, mounts, keys, odd = parse_authorized_keys(outputs.lines(AUTHORIZED_KEYS))
    said = False
    for name in sorted(set(keys) | set(odd)):
        if keys.get(name) or odd.get(name):
            said = True
            yield AuthorizedKeys(
                subject=name,
                account=name,
                keys=tuple(keys.get(name, ())),
                odd_lines=tuple(odd.get(name, ())),
                probes=(AUTHORIZED_KEYS.id,),
            )
    for name, home in sorted(homes.items()):
        if _below(home, mounts):
            said = True
            detail = f"{home} lies on a network file system, where root may be shut out"
            yield Missing(name, GapReason.UNREACHABLE, detail)
    try:
        places = unseen_places(parse_sshd_settings(outputs.text(SSHD_ROOT)))
    except (UnavailableError, UnreadableError) as problem:
        reason = getattr(problem, "reason", GapReason.UNPARSABLE)
        yield Missing("keys elsewhere", reason, f"sshd does not say where it looks: {problem}")
        return
    for place in places:
        said = True
        yield Missing(place, GapReason.UNREACHABLE, "keys from this place were not looked at")
    if not said:
        yield Absent("no account has SSH keys that let it in")
