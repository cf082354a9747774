"""
The SSH server's effective settings, as the server itself tells them.

`sshd -T -C user=…,host=…,addr=…` applies Include, drop-ins and Match blocks; no reading of files
does that right. It needs root, since it loads the host keys. Two users are asked about: root and an
ordinary one, from an address outside (TEST-NET-1), since a Match block may treat them apart.

A Match block for one network, group or account fits neither of them, and opens the door all the
same. What it may be asked for is not known beforehand, so such blocks are read from the files and
laid over what the server said: one fact more for each block that changes something.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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

SSHD_ROOT = Probe(
    id="sshd-effective-root",
    run=("/usr/sbin/sshd", "-T", "-C", "user=root,host=audit.invalid,addr=192.0.2.1"),
    root=True,
    why=_WHY,
)
SSHD_USER = Probe(
    id="sshd-effective-user",
    run=("/usr/sbin/sshd", "-T", "-C", "user=cdso-ordinary,host=audit.invalid,addr=192.0.2.1"),
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
        *("/usr/bin/grep", "-rsnHiE"),
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


def match_blocks(lines: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """
    Criteria of each Match block → what it sets. `lines` are grep's: path, number, text.

    Raises UnavailableError when something is included that lies elsewhere, or within a block.
    """
    files: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        found = re.match(r"(/etc/ssh/[^:]+):\d+:\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*)", line)
        if found is None:
            raise UnreadableError(f"not a line of sshd_config: {line[:80]!r}")
        text = re.sub(r"(^|\s)#.*", "", found[3]).strip()
        files.setdefault(found[1], []).append((found[2].lower(), text))
    patterns = _included(files.get("/etc/ssh/sshd_config", ()))
    blocks: dict[str, dict[str, tuple[str, ...]]] = {}
    for path, settings in sorted(files.items()):
        if path.startswith(_FOLDER) and not any(fnmatchcase(path, each) for each in patterns):
            continue
        block: dict[str, tuple[str, ...]] | None = None
        for key, value in settings:
            if key == "match":
                block = blocks.setdefault(" ".join(value.split())[:100], {})
            elif block is not None and key != "include":
                block.setdefault(key, _as_printed(key, value))
    return blocks


def _included(settings: Sequence[tuple[str, str]]) -> list[str]:
    """The patterns of the files that the main file includes."""
    patterns: list[str] = []
    matched = False
    for key, value in settings:
        matched = matched or key == "match"
        if key != "include":
            continue
        for word in value.replace('"', "").split():
            path = word if word.startswith("/") else f"/etc/ssh/{word}"
            if matched or not path.startswith(_FOLDER):
                raise UnavailableError(
                    GapReason.UNREACHABLE, f"Include {word}: nobody looked there for Match blocks"
                )
            patterns.append(path)
    return patterns


def _as_printed(key: str, value: str) -> tuple[str, ...]:
    """A value in the form that `sshd -T` has for it: times in seconds, old names of root's."""
    value = value.strip('"')
    if key in _LISTS:
        return tuple(value.split())
    if key == "permitrootlogin" and value.lower() == "prohibit-password":
        return ("without-password",)
    spans = re.findall(r"(\d+)([smhdw])", value.lower())
    if key == "clientaliveinterval" and spans:
        seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
        return (str(sum(int(number) * seconds[unit] for number, unit in spans)),)
    return (value.lower(),) if value.lower() in ("yes", "no") else (value,)


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
        blocks = match_blocks(outputs.lines(SSHD_MATCH, codes=(0, 1, 2)))
    except (UnavailableError, UnreadableError) as problem:
        reason = getattr(problem, "reason", GapReason.UNPARSABLE)
        yield Missing("Match blocks", reason, str(problem))
        return
    for criteria, block in blocks.items():
        only_root = re.fullmatch(r"user\s+\"?root\"?", criteria, re.IGNORECASE) is not None
        about_root = only_root or "permitrootlogin" in block
        wanted = {
            "root": about_root or said["root"].get("permitrootlogin") == ("yes",),
            "user": not only_root,
        }
        for subject, base in said.items():
            settings = _laid_over(base, block)
            if wanted[subject] and settings != base:
                yield SshdSettings(
                    subject=f"Match {criteria}" if subject == "user" else f"root, Match {criteria}",
                    known_by=KnownBy.FILE,
                    settings=settings,
                    probes=((SSHD_USER if subject == "user" else SSHD_ROOT).id, SSHD_MATCH.id),
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
        settings[other if key not in base and other in base else key] = value
    return settings
