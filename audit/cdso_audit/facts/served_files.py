"""
Dumps, keys, settings and repositories in the folders that web servers of the host serve.

The folders come from the servers' own dumps, so no place is guessed; the walk is the second
program's. Only names are looked at.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from typing import Literal

from cdso_audit.facts.filetree import printable
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Observation,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sockets import SOCKET_NAMES
from cdso_audit.facts.webserver import (
    APACHE,
    HTTPD,
    NGINX,
    WebSite,
    read_web_sites,
)
from cdso_audit.model import Frozen, GapReason, KnownBy


def _sites(outputs: Outputs) -> list[WebSite | Missing]:
    """What is known of the sites, whatever they serve."""
    return [each for each in read_web_sites.read(outputs) if not isinstance(each, Absent)]


def _served(sites: Iterable[WebSite | Missing]) -> Iterator[str]:
    for each in sites:
        if isinstance(each, WebSite) and not each.is_only_redirect:
            yield from each.roots


def _is_walked(root: str) -> bool:
    """No variable in it, nothing masked as a token, and not the whole disk."""
    return root.startswith("/") and bool(root.rstrip("/")) and not ("$" in root or "..." in root)


def _roots(outputs: Outputs) -> list[str]:
    """Folders that some site serves, none inside another."""
    found = {root.rstrip("/") for root in _served(_sites(outputs)) if _is_walked(root)}
    return sorted(
        each for each in found if not any(each.startswith(other + "/") for other in found)
    )


def _asked(outputs: Outputs) -> Sequence[str] | None:
    try:
        return _roots(outputs) or None
    except (UnavailableError, UnreadableError):
        return None


SERVED = Probe(
    id="served-files",
    run=r"""
for each do [ -d "$each" ] || echo "gone $each" >&2; done
find -H "$@" -xdev \( -type d -name .git -o -type d -name .svn \
  -o -type f \( -perm -0040 -o -perm -0004 \) \( \
  -name '*.sql' -o -name '*.sql.gz' -o -name '*.sql.bz2' -o -name '*.sql.xz' -o -name '*.sql.zst' \
  -o -name '*.sql.zip' -o -name '*.dump' -o -name '*.bak' -o -name '*.mdb' -o -name '*.sqlite' \
  -o -name '*.sqlite3' -o -name '*backup*.zip' -o -name '*backup*.tar*' -o -name '*backup*.tgz' \
  -o -name '*.key' -o -name '*.pfx' -o -name '*.p12' -o -name '*.jks' -o -name '*.ppk' \
  -o -name id_rsa -o -name id_dsa -o -name id_ecdsa -o -name id_ed25519 \
  -o -name .env -o -name '.env.*' -o -name .htpasswd \) \) -print0
""",
    follow=_asked,
    deadline=30,
    why="names of dumps, keys, settings and repositories in the folders that web servers serve",
    lane="disks",
)

#: What a name says, the first that fits.
KINDS = (
    ("repository", (".git", ".svn")),
    ("settings", (".env", ".env.*", ".htpasswd")),
    ("key", ("*.key", "*.pfx", "*.p12", "*.jks", "*.ppk", "id_*")),
    ("dump", ("*",)),
)


class ServedFile(Frozen):
    """One of them."""

    path: str
    what: Literal["repository", "settings", "key", "dump"]


class ServedFiles(Fact):
    """Everything of the kind in one folder that is served."""

    kind: Literal["served-files"] = "served-files"
    known_by: KnownBy = KnownBy.DAEMON
    root: str
    files: tuple[ServedFile, ...]
    serves_dot_files: bool
    """A site that serves it hands out names that begin with a dot."""


def _kind(name: str) -> Literal["repository", "settings", "key", "dump"]:
    for what, patterns in KINDS:
        if any(fnmatch(name, each) for each in patterns):
            return what  # type: ignore[return-value]  # KINDS holds no other word
    return "dump"


def _complaints(seen: Observation) -> list[str]:
    return [each for each in seen.errors.decode("utf-8", "replace").splitlines() if each.strip()]


@reader(ServedFiles, NGINX, APACHE, HTTPD, SOCKET_NAMES, SERVED)
def read_served_files(outputs: Outputs) -> Iterator[ServedFiles | Missing | Absent]:
    """One fact a folder; a gap for what was closed to the account that looked."""
    sites = _sites(outputs)
    yield from (each for each in sites if isinstance(each, Missing))
    unwalked = sorted({root for root in _served(sites) if not _is_walked(root)})
    for root in unwalked:
        yield Missing(root, GapReason.UNPARSABLE, f"not walked: {root}")
    roots = _roots(outputs)
    if not roots:
        if not unwalked and not any(isinstance(each, Missing) for each in sites):
            yield Absent("no web server here serves a folder")
        return
    if not outputs.was_asked(SERVED):
        raise UnavailableError(GapReason.BUG, "the folders were not walked")
    output = outputs.raw(SERVED, codes=(0, 1))
    if output and not output.endswith(b"\0"):
        raise UnreadableError("the last name was cut")
    paths = [printable(each) for each in output.split(b"\0")[:-1]]
    complaints = _complaints(outputs.observation(SERVED))
    dots = {
        root.rstrip("/")
        for each in sites
        if isinstance(each, WebSite) and each.dot_files == "served"
        for root in each.roots
    }
    for root in roots:
        gone = [each for each in complaints if f"gone {root}" == each]
        closed = [each for each in complaints if re.search(re.escape(root) + r"(/|\W?:)", each)]
        if closed and not gone:
            yield Missing(root, GapReason.DENIED, printable(closed[0].encode())[:200])
            continue
        inside = [each for each in paths if each.startswith(root + "/")]
        yield ServedFiles(
            subject=root,
            root=root,
            files=tuple(
                ServedFile(path=each, what=_kind(each.rpartition("/")[2])) for each in inside
            ),
            serves_dot_files=any(each == root or each.startswith(root + "/") for each in dots),
        )
