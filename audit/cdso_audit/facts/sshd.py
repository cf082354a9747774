"""
The SSH server's effective settings, as the server itself tells them.

`sshd -T -C user=…,host=…,addr=…` applies Include, drop-ins and Match blocks; no reading of files
does that right. It needs root, since it loads the host keys. Two users are asked about: root and an
ordinary one, from an address outside (TEST-NET-1), since a Match block may treat them apart.

A Match block for one network, group or account fits neither of them, and opens the door all the
same. What it may be asked for is not known beforehand, so such blocks are read from the files and
laid over what the server said: one fact more for each block that changes something, and one for
what holds where none of them fits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
from cdso_audit.model import GapReason, KnownBy

_WHY = "effective settings of the SSH server, with Include, drop-ins and Match blocks applied"
#: With every part that a Match block may ask for: sshd refuses to answer when one is missing.
_AS = "user={},host=audit.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22"

SSHD_ROOT = Probe(
    id="sshd-effective-root",
    run=("/usr/sbin/sshd", "-T", "-C", _AS.format("root")),
    root=True,
    why=_WHY,
)
SSHD_USER = Probe(
    id="sshd-effective-user",
    run=("/usr/sbin/sshd", "-T", "-C", _AS.format("cdso-ordinary")),
    root=True,
    why=_WHY,
)
#: What a Match block may set and checks ask for. Lists have a line for each word in `sshd -T`.
_LISTS = ("allowusers", "allowgroups", "denyusers", "denygroups")
_JUDGED = (
    *("permitrootlogin", "passwordauthentication", "kbdinteractiveauthentication"),
    *("challengeresponseauthentication", "permitemptypasswords", "authenticationmethods"),
    *("pubkeyauthentication", "maxauthtries", "clientaliveinterval", "clientalivecountmax"),
    *("x11forwarding", "allowtcpforwarding", "allowagentforwarding", "permittunnel", "banner"),
    *_LISTS,
)
_FOLDER = "/etc/ssh/sshd_config.d/"
SSHD_MATCH = Probe(
    id="sshd-match-blocks",
    run=(
        *("/usr/bin/grep", "-RsnHiE"),  # R and not r, since a drop-in may be a link
        rf"^[[:space:]]*(match|include|{'|'.join(_JUDGED)})[[:space:]=]",
        *("/etc/ssh/sshd_config", _FOLDER.rstrip("/")),
    ),
    root=True,
    why="Match blocks of the SSH server: what it allows to some networks, groups or accounts only",
)


class SshdSettings(Fact):
    """Effective settings for one kind of user. Keys are lower case; a repeated key holds a list."""

    kind: Literal["sshd-settings"] = "sshd-settings"
    known_by: KnownBy = KnownBy.DAEMON
    settings: Mapping[str, tuple[str, ...]]

    @property
    def is_root(self) -> bool:
        """Whether these hold for root rather than for an ordinary user."""
        return self.subject.partition(",")[0] == "root"

    def one(self, key: str) -> str:
        """The value of a setting; raises KeyError if this server does not know it."""
        return self.settings[key][0]

    def line(self, key: str) -> str:
        """The setting as the server printed it, for a finding to show."""
        return f"{key} {self.one(key)}" if key in self.settings else ""


def parse_sshd_settings(text: str) -> dict[str, tuple[str, ...]]:
    """The lines of `sshd -T`: a lower-case key, a blank, the value (which may be empty)."""
    settings: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if key:
            settings[key] = (*settings.get(key, ()), value)
    if "port" not in settings:
        raise UnreadableError("sshd -T printed no port, so this is not its list of settings")
    return settings


#: Settings of one scope, under their names in lower case and as `sshd -T` prints them.
_Scope = dict[str, tuple[str, ...]]
#: What an untouched server does (sshd_config(5)), as `sshd -T` prints it; lists are empty.
_DEFAULTS: Mapping[str, str] = {
    "permitrootlogin": "without-password",
    "passwordauthentication": "yes",
    "kbdinteractiveauthentication": "yes",
    "permitemptypasswords": "no",
    "authenticationmethods": "any",
    "pubkeyauthentication": "yes",
    "maxauthtries": "6",
    "clientaliveinterval": "0",
    "clientalivecountmax": "3",
    "x11forwarding": "no",
    "allowtcpforwarding": "yes",
    "allowagentforwarding": "yes",
    "permittunnel": "no",
    "banner": "none",
}
#: Files outside that are included by a distribution's own drop-in, and only name algorithms.
_KNOWN = ("/etc/crypto-policies/back-ends/opensshserver.config",)


@dataclass(frozen=True, slots=True)
class Scopes:
    """What the files set outside of every Match block, and in each, by its criteria."""

    outside: _Scope
    blocks: dict[str, _Scope]


def scopes_of(lines: Sequence[str]) -> Scopes:
    """
    The scopes of the configuration, its Includes followed. `lines` are grep's: path, number, text.

    Raises UnavailableError when something is included that lies elsewhere.
    """
    files: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        found = re.match(r"(/etc/ssh/[^:]+):\d+:\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*)", line)
        if found is None:
            raise UnreadableError(f"not a line of sshd_config: {line[:80]!r}")
        text = re.sub(r"(^|\s)#.*", "", found[3]).strip()
        files.setdefault(found[1], []).append((found[2].lower(), text))
    made = Scopes({}, {})
    _enter(files, "/etc/ssh/sshd_config", made, None, 0)
    return made


def _enter(
    files: Mapping[str, list[tuple[str, str]]],
    path: str,
    made: Scopes,
    block: _Scope | None,
    depth: int,
) -> None:
    """Add what one file sets; a Match block of its own ends with it."""
    for key, value in files.get(path, ()):
        if key == "match":
            block = made.blocks.setdefault(" ".join(value.split())[:100], {})
        elif key == "include":
            for each in _included(files, value) if depth < _DEEPEST else ():
                _enter(files, each, made, block, depth + 1)
        else:
            scope = made.outside if block is None else block
            printed = _as_printed(key, value)
            if key in _LISTS:
                scope[key] = (*scope.get(key, ()), *printed)
            else:
                scope.setdefault(key, printed)


#: sshd itself refuses to go deeper (SERVCONF_MAX_DEPTH).
_DEEPEST = 16


def _included(files: Iterable[str], value: str) -> Iterator[str]:
    """The files that an Include names, in order. Raises UnavailableError for those elsewhere."""
    for word in value.replace('"', "").split():
        pattern = word if word.startswith("/") else f"/etc/ssh/{word}"
        if pattern in _KNOWN:
            continue
        if not pattern.startswith(_FOLDER):
            raise UnavailableError(
                GapReason.UNREACHABLE, f"Include {word}: nobody looked there for Match blocks"
            )
        yield from (each for each in sorted(files) if _fits(each, pattern))


def _fits(path: str, pattern: str) -> bool:
    """As glob(7): no wildcard stands for `/`, nor for a point at the beginning of a name."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(
        fnmatchcase(part, each) and (not part.startswith(".") or each.startswith("."))
        for part, each in zip(parts, wanted, strict=True)
    )


def _as_printed(key: str, value: str) -> tuple[str, ...]:
    """A value in the form that `sshd -T` has for it: times in seconds, old names of root's."""
    value = value.replace('"', "")
    if key in _LISTS:
        return tuple(value.split())
    if key in ("banner", "authenticationmethods"):
        return (value,)
    value = value.lower()
    spans = re.findall(r"(\d+)([smhdw])", value)
    if key == "clientaliveinterval" and spans:
        seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
        return (str(sum(int(number) * seconds[unit] for number, unit in spans)),)
    return (_OTHER_NAMES.get((key, value), value),)


#: Values with two names → the one that `sshd -T` prints.
_OTHER_NAMES: Mapping[tuple[str, str], str] = {
    ("permitrootlogin", "prohibit-password"): "without-password",
    ("allowtcpforwarding", "all"): "yes",
}


@reader(SshdSettings, SSHD_ROOT, SSHD_USER, SSHD_MATCH)
def read_sshd_settings(outputs: Outputs) -> Iterator[SshdSettings | Missing | Absent]:
    """One fact for root, one for an ordinary user, and for each Match block that differs."""
    if not outputs.has_tool(SSHD_ROOT):
        yield Absent("no SSH server is installed")
        return
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    for subject, probe in (("root", SSHD_ROOT), ("user", SSHD_USER)):
        said[subject] = parse_sshd_settings(outputs.text(probe))
        yield SshdSettings(subject=subject, settings=said[subject], probes=(probe.id,))
    if not outputs.was_asked(SSHD_MATCH):  # evidence of a version that did not ask
        return
    try:
        # 1: no such line · 2: one of the two paths is not there
        scopes = scopes_of(outputs.lines(SSHD_MATCH, codes=(0, 1, 2)))
    except (UnavailableError, UnreadableError) as problem:
        reason = getattr(problem, "reason", GapReason.UNPARSABLE)
        yield Missing("Match blocks", reason, str(problem))
        return
    for criteria, block in scopes.blocks.items():
        only_root = re.fullmatch(r"user\s+\"?root\"?", criteria, re.IGNORECASE) is not None
        beside = dict.fromkeys(said, block)
        yield from _beside(said, f"Match {criteria}", beside, has_users=not only_root)
    yield from _beside(
        said, "Match nothing", {who: _outside(scopes, base) for who, base in said.items()}
    )


def _outside(scopes: Scopes, base: _Scope) -> _Scope:
    """What holds where no Match block fits, of that which one of them may have told us."""
    found: _Scope = {}
    for block in scopes.blocks.values():
        for key, value in block.items():
            if set(base.get(key, ())) & set(value):
                found[key] = scopes.outside.get(key, (_DEFAULTS[key],) if key in _DEFAULTS else ())
    return found


def _beside(
    said: Mapping[str, _Scope],
    subject: str,
    beside: Mapping[str, _Scope],
    *,
    has_users: bool = True,
) -> Iterator[SshdSettings]:
    """The facts of one scope, where it differs from what the server said."""
    for who, base in said.items():
        block = beside[who]
        about_root = not has_users or "permitrootlogin" in block
        if who == "user":
            wanted = has_users
        else:
            wanted = about_root or base.get("permitrootlogin") == ("yes",)
        settings = _laid_over(base, block)
        if wanted and settings != base:
            yield SshdSettings(
                subject=subject if who == "user" else f"root, {subject}",
                known_by=KnownBy.FILE,
                settings=settings,
                probes=((SSHD_USER if who == "user" else SSHD_ROOT).id, SSHD_MATCH.id),
            )


def _laid_over(
    base: Mapping[str, tuple[str, ...]], block: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The server's settings with the block's in front; each under the name this server has."""
    names = {
        "challengeresponseauthentication": "kbdinteractiveauthentication",
        "kbdinteractiveauthentication": "challengeresponseauthentication",
    }
    settings = dict(base)
    for key, value in block.items():
        other = names.get(key, key)
        name = other if key not in base and other in base else key
        if value:
            settings[name] = value
        else:
            settings.pop(name, None)
    return settings
