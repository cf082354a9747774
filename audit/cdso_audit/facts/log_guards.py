"""What keeps an intruder with root from rewriting every record of what he did."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.logging import (
    JOURNAL_HEADER,
    LOG_DAEMONS,
    LOG_FORWARDING,
    LogForwarding,
    read_log_forwarding,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, reader

#: The logs that tell of logins, by distribution.
LOGIN_LOGS = ("/var/log/auth.log", "/var/log/secure")

LOG_ATTRIBUTES = Probe(
    id="log-attributes",
    run=("/usr/bin/lsattr", "-d", *LOGIN_LOGS, "/var/log/audit/audit.log"),
    root=True,
    why="whether the logs of logins may only be appended to (chattr +a)",
)

#: What journald writes into the header of a file whose entries are sealed (FSS).
_SEALED = re.compile(r"^Compatible flags:.*\bSEALED\b", re.MULTILINE)
_ONLINE = re.compile(r"^State: ONLINE\b", re.MULTILINE)


class LogGuards(Fact):
    """
    Where a second copy of the logs goes, and what guards the one on the host.

    `sealed`: the files of the journal that are written to now are sealed. Both are looked at only
    where no copy leaves the host.
    `append_only`: of the logs of logins that exist, those that may only be appended to.
    """

    kind: Literal["log-guards"] = "log-guards"
    forwarding: LogForwarding
    sealed: bool = False
    logs: tuple[str, ...] = ()
    append_only: tuple[str, ...] = ()


def is_sealed(text: str) -> bool:
    """Whether each journal file that is open for writing is sealed, and there is one."""
    files = [part for part in re.split(r"(?m)^(?=File path:)", text) if _ONLINE.search(part)]
    return bool(files) and all(_SEALED.search(each) for each in files)


def parse_attributes(text: str) -> dict[str, str]:
    """Path → attributes, by the lines of lsattr."""
    rows = (line.split(maxsplit=1) for line in text.splitlines())
    return {row[1]: row[0] for row in rows if len(row) > 1 and row[1].startswith("/")}


@reader(LogGuards, LOG_FORWARDING, LOG_DAEMONS, JOURNAL_HEADER, LOG_ATTRIBUTES)
def read_log_guards(outputs: Outputs) -> Iterator[LogGuards | Missing | Absent]:
    """One fact a host. lsattr ends with 1 where one of the logs is missing."""
    for each in read_log_forwarding.read(outputs):
        if not isinstance(each, LogForwarding):
            yield each
            continue
        sealed, found = False, {}
        if not any(target.running for target in each.targets):
            if outputs.has_tool(JOURNAL_HEADER):
                sealed = is_sealed(outputs.text(JOURNAL_HEADER, codes=(0, 1)))
            if outputs.has_tool(LOG_ATTRIBUTES):
                found = parse_attributes(outputs.text(LOG_ATTRIBUTES, codes=(0, 1)))
        logs = tuple(path for path in LOGIN_LOGS if path in found)
        yield LogGuards(
            subject="logs",
            forwarding=each,
            sealed=sealed,
            logs=logs,
            append_only=tuple(path for path in logs if "a" in found[path]),
        )
