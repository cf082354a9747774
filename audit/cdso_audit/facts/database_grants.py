"""
What each account may do in each database of a PostgreSQL server, as the server itself counts it:
through roles, through PUBLIC, through ownership, by table and by column.

Names of databases and roles leave the host, and whether it is reading, writing or owning; no name
of a table, no data.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from cdso_audit.facts.database_postgresql import PROCESSES, SESSION_OPTIONS
from cdso_audit.facts.databases import (
    DATABASE_TRACES,
    parse_traces,
    refusal,
    sturdy,
    without_socket,
)
from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, KnownBy

#: Tables of people: neither the server's own nor an extension's, which PUBLIC may often read.
_TABLES: Final = (
    "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN"
    " ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid ="
    " c.oid AND e.deptype = 'e') AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND"
)
DATABASES: Final = (
    "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
)
GRANTS: Final = (
    "SELECT jsonb_build_object('part', 'grants', 'database', current_database(), 'found', coalesce("  # noqa: S608 - constants of this module
    "jsonb_agg(jsonb_build_array(g.rolname, g.may) ORDER BY g.rolname), '[]')) FROM (SELECT"
    " r.rolname, CASE WHEN pg_has_role(r.oid, d.datdba, 'USAGE') THEN 'admin' WHEN EXISTS"
    f" ({_TABLES} (has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE') OR"
    " has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE'))) THEN 'write' WHEN EXISTS"
    f" ({_TABLES} has_any_column_privilege(r.oid, c.oid, 'SELECT')) THEN 'read' END may FROM"
    " pg_roles r JOIN pg_database d ON d.datname = current_database() WHERE r.rolcanlogin AND NOT"
    " r.rolsuper AND has_database_privilege(r.oid, d.oid, 'CONNECT')) g WHERE g.may IS NOT NULL"
)

# As the probe `postgresql` asks, but each database by itself: what tables allow is told there only.
_SCRIPT: Final = (
    "LC_ALL=C; export LC_ALL; cd /; b=/usr/bin/psql;"
    ' for x in /usr/lib/postgresql/*/bin/psql; do [ ! -x "$x" ] || b=$x; done;'
    ' o="user=postgres requirepeer=postgres connect_timeout=5 passfile=/nonexistent'
    f" options='{SESSION_OPTIONS}'\";"
    """ awk '$4 == "00010000" && (i = index($0, "/")) { print substr($0, i) }' /proc/net/unix |"""
    " sort -u | while read -r s; do case $s in */.s.PGSQL.*) ;; (*) continue;; esac;"
    ' [ ! -e "$s" ] || [ -e "$s.lock" ] || continue;'
    ' h=${s%/.s.PGSQL.*}; p=${s##*.}; echo "@@ socket $s";'
    ' "$b" -XAtqw -h "$h" -p "$p" -d "dbname=postgres $o" -c "$1" </dev/null 2>&1 | head -n 64 |'
    ' while read -r d; do case $d in (*[!A-Za-z0-9_.-]*) echo "@@ odd $d"; continue;; esac;'
    ' "$b" -XAtqw -v VERBOSITY=verbose -h "$h" -p "$p" -d "dbname=$d $o" -c "$2" </dev/null 2>&1 ||'
    ' echo "@@ odd $d"; done; done; echo "@@ end"'
)
POSTGRESQL_GRANTS = Probe(
    id="postgresql-grants",
    run=("/usr/sbin/runuser", "-u", "postgres", "--", "/bin/sh", "-c", _SCRIPT, "sh", DATABASES,
         GRANTS),
    root=True,
    tool="/usr/bin/psql",
    why="which accounts read, write or own each PostgreSQL database; no table's name, no data",
    lane="databases",
    deadline=40,
    cap=2 * MIB,
)  # fmt: skip

May = Literal["read", "write", "admin"]


class Grant(Frozen):
    """What one account may do, at most, in one database."""

    database: str
    account: str
    may: May

    def __str__(self) -> str:
        return f"{self.account}: {self.may} {self.database}"


class DatabaseGrants(Fact):
    """All grants of a server but those of superusers; `unseen` are databases that did not tell."""

    kind: Literal["database-grants"] = "database-grants"
    known_by: KnownBy = KnownBy.DAEMON
    grants: tuple[Grant, ...] = ()
    databases: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def _told(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as problem:
        raise UnreadableError(f"the server's answer is cut or no JSON: {problem}") from None
    return dict(told)


def parse_grants(text: str) -> Iterator[DatabaseGrants | Missing]:
    """The answer of the host's sockets, one fact or gap each. Raises UnreadableError."""
    if not re.search(r"^@@ end$", text, re.MULTILINE):
        raise UnreadableError("the answer of the sockets is cut short")
    seen: set[str] = set()
    for block in re.split(r"^@@ socket ", text, flags=re.MULTILINE)[1:]:
        socket, _, rest = block.partition("\n")
        folder, _, port = socket.rpartition("/.s.PGSQL.")
        subject = f"postgresql:{port}"
        subject = f"{subject} ({folder})" if subject in seen else subject
        seen.add(subject)
        lines = rest.partition("\n@@ end")[0].splitlines()
        told = [_told(line) for line in lines if line.startswith("{")]
        odd = [line.removeprefix("@@ odd ") for line in lines if line.startswith("@@ odd ")]
        if not told:
            yield Missing(subject, *refusal("\n".join(odd or lines)))
            continue
        yield DatabaseGrants(
            subject=subject,
            grants=tuple(
                Grant(database=one["database"], account=account, may=may)
                for one in told
                for account, may in one["found"]
            ),
            databases=tuple(one["database"] for one in told),
            unseen=tuple(odd),
        )


def read_grants(outputs: Outputs) -> Iterator[DatabaseGrants | Missing | Absent]:
    """One fact a server of the host."""
    traces = parse_traces(outputs.text(DATABASE_TRACES))
    if not any("/.s.PGSQL." in each for each in traces.sockets):
        yield from without_socket(outputs, traces, "postgresql", "PostgreSQL", PROCESSES)
        return
    found = list(parse_grants(outputs.text(POSTGRESQL_GRANTS)))
    yield from found
    if not found:
        yield Absent("what waits here is no PostgreSQL server, but passes on to one")


reader(DatabaseGrants, DATABASE_TRACES, POSTGRESQL_GRANTS)(sturdy(read_grants))
