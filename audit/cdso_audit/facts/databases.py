"""
Which databases run on a host, and the form in which any of them answers.

A server tells of itself as JSON lines, one for each part of the question, whether it was asked
inside its host through its socket or over a connection of its own. A part that it refused has an
`ERROR:` line in its place.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cdso_audit.facts.os_release import sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError
from cdso_audit.model import DatabaseAsset, GapReason

DATABASE_TRACES = Probe(
    id="database-traces",
    run=r"""
echo '@@ sockets'
awk '$4 == "00010000" && (i = index($0, "/")) { print substr($0, i) }' /proc/net/unix |
  grep -E '/\.s\.PGSQL\.[0-9]+$|(mysql|mariadb)[^/]*\.sock$|/mysql/sock$' | sort -u
echo '@@ processes'
grep -lxE 'postgres|postmaster|edb-postgres|mysqld|mariadbd' /proc/[0-9]*/comm 2>/dev/null |
  sed 's/comm$/status/' | xargs -r cat 2>/dev/null | awk '
  /^Name:/ { n = $2 }
  /^NSpid:/ { print (NF > 2 ? "inner" : "own"), n }' | sort -u
echo '@@ hidden'
[ "$(id -u)" = 0 ] || awk '$2 == "/proc" && $4 ~ /hidepid=([12]|noaccess|invisible)/' /proc/mounts
echo '@@ end'
:
""",
    why="which databases run here, by their processes and sockets",
)

#: Engines that can be asked, as the inventory names them → what their kinds of facts are called.
ENGINES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "mysql": "MySQL"}


#: Engines whose servers answer to each other's names.
_FAMILY = {"postgresql": ("postgresql",), "mariadb": ("mariadb", "mysql")}


def other_engine(asset: DatabaseAsset) -> Missing | Absent:
    """What a reader says of a database that is not its own: nobody's engine is no absence."""
    if asset.database in ENGINES:
        return Absent("this database is {engine}", {"engine": ENGINES[asset.database]})
    known = ", ".join(ENGINES)
    return Missing(
        asset.database, GapReason.MISSING_TOOL, f"{asset.database} cannot be asked; {known} can"
    )


F = TypeVar("F", bound=Fact)

#: SQLSTATE of what a database server says → why there is a gap (PostgreSQL, appendix A).
_REASONS = {"42501": GapReason.DENIED, "57014": GapReason.TIMEOUT, "42000": GapReason.DENIED}
_REFUSED = re.compile(
    r"authentication failed|no pg_hba\.conf entry|pg_hba\.conf rejects|not permitted to log in"
    r"|denied",
    re.IGNORECASE,
)
_ERROR = re.compile(r"^(?:psql:[^\n]*?)?ERROR:\s+([0-9A-Z]{5}):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Server:
    """One server's answer: its parts by name, and for each part that is missing why."""

    subject: str
    parts: Mapping[str, Any]
    problems: Mapping[str, tuple[GapReason, str]] = field(default_factory=dict)
    route: str = ""
    """How it was asked: the socket, or nothing over a connection."""

    def lacks(self, *names: str) -> Missing | None:
        """The gap for the first of these parts that the server did not tell."""
        for name in names:
            if name not in self.parts:
                nothing = (GapReason.UNPARSABLE, f"the server did not answer about {name}")
                reason, detail = self.problems.get(name, nothing)
                return Missing(self.subject, reason, detail)
        return None


def parse_parts(
    text: str, names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, tuple[GapReason, str]]]:
    """
    The parts of an answer, and why others are missing: the k-th error belongs to the k-th part
    that is not there. Raises UnreadableError on a line that begins as JSON and is none.
    """
    parts: dict[str, Any] = {}
    errors: list[tuple[GapReason, str]] = []
    for line in text.splitlines():
        found = _ERROR.match(line)
        if found:
            reason = _REASONS.get(found[1], GapReason.UNPARSABLE)
            errors.append((reason, f"{found[2]} ({found[1]})"))
        elif line.startswith("{"):
            try:
                told = json.loads(line)
                parts[told.pop("part")] = told
            except (ValueError, KeyError, TypeError) as problem:
                raise UnreadableError(f"the server's answer is cut or no JSON: {problem}") from None
    lacking = [name for name in names if name not in parts]
    return parts, dict(zip(lacking, errors, strict=False))


def parse_rows(text: str) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """The rows of an answer by their part, and its errors. Raises UnreadableError."""
    rows: dict[str, list[dict[str, Any]]] = {}
    errors = []
    for line in text.splitlines():
        found = _ERROR.match(line)
        if found:
            errors.append(f"{found[2]} ({found[1]})")
        elif line.startswith("{"):
            try:
                told = json.loads(line)
                rows.setdefault(told.pop("part"), []).append(told)
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise UnreadableError(f"the server's answer is cut or no JSON: {problem}") from None
    return rows, "; ".join(errors)


Read = Callable[[Outputs], Iterator[F | Missing | Absent]]


def sturdy(read: Read[F]) -> Read[F]:
    """The same reader for a server that answers in another form: unreadable, no fault of ours."""

    def reading(outputs: Outputs) -> Iterator[F | Missing | Absent]:
        try:
            yield from read(outputs)
        except UnreadableError:
            raise
        except (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError) as odd:
            raise UnreadableError(
                f"the server's answer has another form: {type(odd).__name__}"
            ) from odd

    return reading


def refusal(text: str) -> tuple[GapReason, str]:
    """Why a client could not connect at all, from its last words."""
    words = " ".join(text.split())[-300:] or "the client said nothing"
    return (GapReason.DENIED if _REFUSED.search(text) else GapReason.UNREACHABLE), words


@dataclass(frozen=True, slots=True)
class Traces:
    """What shows that a database runs here."""

    sockets: tuple[str, ...]
    own: frozenset[str]
    inner: frozenset[str]
    hidden: bool
    """Whether the kernel hides other accounts' processes from the one that looked."""


def parse_traces(text: str) -> Traces:
    """The answer of `DATABASE_TRACES`. Raises UnreadableError when it is cut."""
    parts = sections(text)
    if "end" not in parts:
        raise UnreadableError("the answer about databases is cut short")
    rows = [line.split() for line in parts["processes"].splitlines()]
    return Traces(
        sockets=tuple(line for line in parts["sockets"].splitlines() if line.startswith("/")),
        own=frozenset(row[1] for row in rows if row[0] == "own"),
        inner=frozenset(row[1] for row in rows if row[0] == "inner"),
        hidden=bool(parts["hidden"].strip()),
    )


def in_containers(
    outputs: Outputs, traces: Traces, engine: str, name: str, processes: frozenset[str]
) -> Iterator[Missing | Absent]:
    """What is known of an engine's servers in containers of this host, which nobody asks here."""
    if not traces.inner & processes:
        return
    others = [
        each.id
        for each in outputs.system.assets
        if isinstance(each, DatabaseAsset) and each.database in _FAMILY[engine]
    ]
    if others:
        yield Absent(
            "{name} runs in a container here; its system has connections of their own: {ids}",
            {"name": name, "ids": ", ".join(others)},
            subject=f"{engine} (container)",
        )
    else:
        yield Missing(
            f"{engine} (container)",
            GapReason.UNDECLARED,
            f"{name} runs in a container here and is not asked from its host; add an asset "
            f"`database: {engine}` with a connection",
        )


def without_socket(
    outputs: Outputs, traces: Traces, engine: str, name: str, processes: frozenset[str]
) -> Iterator[Missing | Absent]:
    """What is known of an engine that has no socket on this host."""
    inside = list(in_containers(outputs, traces, engine, name, processes))
    yield from inside
    if traces.own & processes:
        yield Missing(
            engine,
            GapReason.UNDECLARED,
            f"{name} runs here and has no socket that could be asked; add an asset "
            f"`database: {engine}` with a connection",
        )
    elif traces.hidden:
        yield Missing(
            engine, GapReason.DENIED, "the kernel hides other accounts' processes (hidepid)"
        )
    elif not inside:
        yield Absent("no {name} runs on this host", {"name": name})
