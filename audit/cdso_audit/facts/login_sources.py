"""
From where people logged in, as the login records tell.

wtmp has every login of its time, and so has wtmpdb in its place on newer systems; lastlog2 has the
newest login of each account only. Debian 13 installs neither of the last two by itself.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.accounts import LOGINS, parse_logins, sections
from cdso_audit.facts.reading import Fact, Missing, Outputs, reader
from cdso_audit.model import Frozen, GapReason

_MACHINE = ("reboot", "soft-reboot", "s-reboot", "shutdown", "runlevel")
_LATEST = re.compile(r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d [+-]\d{4} \d{4}\s*$")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d")


class LoginFrom(Frozen):
    """The newest login of an account from one place; `source` is as the record has it."""

    account: str
    source: str
    last: AwareDatetime


class LoginSources(Fact):
    """
    Every place from which somebody logged in over the network since the records begin.

    `records` names what was read: `wtmp` (or wtmpdb in its place), `lastlog2`. Empty: none is kept.
    """

    kind: Literal["login-sources"] = "login-sources"
    logins: tuple[LoginFrom, ...] = ()
    since: AwareDatetime | None = None
    records: tuple[str, ...] = ("wtmp",)


def parse_sources(text: str) -> list[LoginFrom]:
    """The remote logins of `last -w --time-format iso`, of `wtmpdb last`, and of lastlog2."""
    newest: dict[tuple[str, str], LoginFrom] = {}
    for part, lines in sections(text):
        if part == "lastlog2":
            for account, source, moment in _newest_logins(lines):
                newest[account, source] = LoginFrom(account=account, source=source, last=moment)
        if part != "last":
            continue
        for line in lines:
            stamp = _ISO.search(line)
            words = line[: stamp.start()].split() if stamp else []
            if stamp is None or len(words) != 3 or " begins " in line:  # noqa: PLR2004
                continue
            account, door, source = words
            if account in _MACHINE or source.startswith(":") or door == "system":
                continue
            made = LoginFrom(account=account, source=source, last=datetime.fromisoformat(stamp[0]))
            known = newest.get((account, source))
            if known is None or known.last < made.last:
                newest[account, source] = made
    return sorted(newest.values(), key=lambda each: (each.account, each.source))


def _newest_logins(lines: Iterable[str]) -> Iterator[tuple[str, str, datetime]]:
    """Accounts with a terminal and a source; a login at the machine itself has no source."""
    for line in lines:
        stamp = _LATEST.search(line)
        words = line[: stamp.start()].split() if stamp else []
        if stamp and len(words) == 3:  # noqa: PLR2004 - account, terminal, source
            moment = datetime.strptime(stamp[0].strip(), "%a %b %d %H:%M:%S %z %Y")
            yield words[0], words[2], moment


@reader(LoginSources, LOGINS)
def read_login_sources(outputs: Outputs) -> Iterator[LoginSources | Missing]:
    """One fact a host. Records that are there and cannot be read are a gap."""
    text = outputs.text(LOGINS)
    records = parse_logins(text)
    found = parse_sources(text)
    kept = [line for part, lines in sections(text) if part == "kept" for line in lines]
    names = ["wtmp"] if records.since is not None else []
    if "lastlog2" in records.names or "lastlog2" in kept:
        names.append("lastlog2")
    if "wtmp" not in names and "unread" in kept and "wtmpdb" not in kept:
        yield Missing("logins", GapReason.MISSING_TOOL, "last is not installed")
    elif "wtmp" not in names and ("wtmpdb" in kept or "wtmp" in kept or (found and not names)):
        detail = "the records of logins are there, and do not say where they begin"
        yield Missing("logins", GapReason.UNPARSABLE, detail)
    else:
        yield LoginSources(
            subject="logins", logins=tuple(found), since=records.since, records=tuple(names)
        )
