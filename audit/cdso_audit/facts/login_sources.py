"""From where people logged in, as the login records tell."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.accounts import LOGINS, parse_logins, sections
from cdso_audit.facts.reading import Fact, Missing, Outputs, reader
from cdso_audit.model import Frozen, GapReason

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d")


class LoginFrom(Frozen):
    """The newest login of an account from one place; `source` is as the record has it."""

    account: str
    source: str
    last: AwareDatetime


class LoginSources(Fact):
    """Every place from which somebody logged in over the network since the records begin."""

    kind: Literal["login-sources"] = "login-sources"
    logins: tuple[LoginFrom, ...] = ()
    since: AwareDatetime | None = None


def parse_sources(text: str) -> list[LoginFrom]:
    """The remote logins of `last -w --time-format iso` and of `wtmpdb last`."""
    newest: dict[tuple[str, str], LoginFrom] = {}
    for part, lines in sections(text):
        if part != "last":
            continue
        for line in lines:
            stamp = _ISO.search(line)
            words = line[: stamp.start()].split() if stamp else []
            if stamp is None or len(words) != 3 or " begins " in line:  # noqa: PLR2004
                continue
            account, door, source = words
            if account in ("reboot", "shutdown", "runlevel") or source.startswith(":"):
                continue
            if door == "system":
                continue
            made = LoginFrom(account=account, source=source, last=datetime.fromisoformat(stamp[0]))
            known = newest.get((account, source))
            if known is None or known.last < made.last:
                newest[account, source] = made
    return sorted(newest.values(), key=lambda each: (each.account, each.source))


@reader(LoginSources, LOGINS)
def read_login_sources(outputs: Outputs) -> Iterator[LoginSources | Missing]:
    """One fact a host. Without records that begin somewhere nobody can tell."""
    text = outputs.text(LOGINS)
    records = parse_logins(text)
    found = parse_sources(text)
    if records.since is None and not found:
        yield Missing(
            "logins",
            GapReason.UNPARSABLE,
            "there is no record of logins with their sources (wtmp)",
        )
        return
    yield LoginSources(subject="logins", logins=tuple(found), since=records.since)
