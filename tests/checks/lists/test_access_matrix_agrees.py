"""`access-matrix-agrees`: what the server lets each account do, against the owner's matrix."""

import json
import shutil
import subprocess

import pytest
from tests.checks.lists.test_edges import lists
from tests.databases import NO_DATABASE, SOCKET, needs_postgresql, running_postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.collect.program import root_command
from cdso_audit.facts.database_grants import POSTGRESQL_GRANTS, DatabaseGrants, parse_grants
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import Probe
from cdso_audit.model import GrantRow, Lists, Outcome
from cdso_checks.lists.access_matrix_agrees import access_matrix_agrees


def told(database: str, **grants: str) -> str:
    found = [[account, may] for account, may in grants.items()]
    return json.dumps({"part": "grants", "database": database, "found": found}) + "\n"


def host(*lines: str, answer: Answer | None = None) -> dict[Probe, str | Answer]:
    return {
        DATABASE_TRACES: traces(SOCKET, own="postgres"),
        POSTGRESQL_GRANTS: answer or f"@@ socket {SOCKET}\n{''.join(lines)}@@ end\n",
    }


def matrix(*rows: str, days: int = 0) -> Lists:
    """Lines as `asset database account may`, looked through so many days ago."""
    keys = ("asset", "database", "account", "may")
    given = [GrantRow.model_validate(dict(zip(keys, row.split(), strict=True))) for row in rows]
    return lists("grants", days, grants=tuple(given))


DVC = told("dvc", app="write", report="read")
FULL = matrix("web1 dvc app write", "web1 dvc report read")
CASES = [
    Case("good", host(DVC, told("postgres")), Outcome.PASS, says="all 2 rights in 2 databases",
         lists=FULL),
    Case("good: more is allowed than held", host(DVC), Outcome.PASS,
         lists=matrix("web1 dvc* app admin", "web1 * report write")),
    Case("good: nobody but superusers", host(told("dvc")), Outcome.PASS, lists=FULL),
    Case("good: on its last day", host(DVC), Outcome.PASS, parameters={"max_list_days": 30},
         lists=matrix("web1 dvc * write", days=30)),
    Case("bad: writes where it may read", host(told("dvc", report="write")), Outcome.FAIL,
         says="report: write dvc", lists=FULL),
    Case("bad: a database that no line has", host(DVC, told("land", app="read")), Outcome.FAIL,
         says="app: read land", lists=FULL),
    Case("bad: the line is of another host", host(DVC), Outcome.FAIL,
         lists=matrix("web2 * * admin")),
    Case("bad: the review is overdue", host(DVC), Outcome.FAIL, says="31 days ago",
         parameters={"max_list_days": 30}, lists=matrix("web1 dvc * write", days=31)),
    Case("absent: no server", {DATABASE_TRACES: NO_DATABASE, POSTGRESQL_GRANTS: MISSING_TOOL},
         Outcome.NOT_APPLICABLE, says="no PostgreSQL runs", lists=FULL),
    Case("unreadable: one database did not tell", host(DVC, "@@ odd land\n"), Outcome.UNKNOWN,
         says="land", lists=FULL),
    Case("unreadable: no matrix", host(DVC), Outcome.UNKNOWN),
    Case("unreadable: sudo refuses", host(answer=DENIED), Outcome.UNKNOWN, lists=FULL),
    Case("unreadable: cut", host(answer=Answer(f"@@ socket {SOCKET}\n{DVC}")), Outcome.UNKNOWN,
         lists=FULL),
    Case("unreadable: the server refuses", host("@@ odd psql: error: connection refused\n"),
         Outcome.UNKNOWN, lists=FULL),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(access_matrix_agrees, case)


@needs_postgresql
@pytest.mark.daemon
def test_a_real_server_counts_roles_owners_columns_and_public() -> None:
    with running_postgresql() as cluster:
        cluster.sql(
            """
            CREATE ROLE owner LOGIN; CREATE ROLE team; CREATE ROLE member LOGIN IN ROLE team;
            CREATE ROLE reader LOGIN; CREATE ROLE cell LOGIN; CREATE ROLE nobody LOGIN;
            CREATE ROLE outside LOGIN; CREATE ROLE boss LOGIN SUPERUSER;
            """
        )
        cluster.sql("CREATE DATABASE dvc OWNER owner")
        cluster.sql('CREATE DATABASE "it\'s odd"')
        cluster.sql("REVOKE CONNECT ON DATABASE dvc FROM PUBLIC")
        cluster.sql("GRANT CONNECT ON DATABASE dvc TO team, reader, cell, nobody")
        words = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", cluster.folder, "-p",
                 str(cluster.port), "dvc")  # fmt: skip
        sql = """
            CREATE TABLE people (id int, name text); CREATE TABLE open_data (id int);
            CREATE SCHEMA shut; CREATE TABLE shut.secret (id int);
            GRANT INSERT ON people TO team; GRANT SELECT ON people TO reader;
            GRANT SELECT (id) ON people TO cell; GRANT SELECT ON shut.secret TO nobody;
            GRANT SELECT ON open_data TO outside;
        """
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *words], input=sql, text=True, check=True, cwd="/"
        )
        assert shutil.which("runuser")
        said = subprocess.run(
            root_command(POSTGRESQL_GRANTS), capture_output=True, text=True, check=True
        )

    (found,) = [
        each for each in parse_grants(said.stdout) if each.subject == f"postgresql:{cluster.port}"
    ]
    assert isinstance(found, DatabaseGrants)
    assert {str(each) for each in found.grants if each.database == "dvc"} == {
        "owner: admin dvc", "member: write dvc", "reader: read dvc", "cell: read dvc",
    }  # fmt: skip
    assert [each for each in found.grants if each.database == "postgres"] == []
    assert found.unseen == ("it's odd",)
    assert "people" not in said.stdout
