"""A real PostgreSQL is the oracle: what it was told to be is what is read, and no secret."""

import contextlib
import itertools
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.databases import (
    POSTGRESQL_BIN,
    PostgresqlCluster,
    needs_postgresql,
    running_postgresql,
    traces,
)
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.collect.program import root_command
from cdso_audit.facts.database_postgresql import (
    POSTGRESQL,
    HbaRule,
    PostgresqlAccess,
    PostgresqlReplication,
    PostgresqlRoles,
    PostgresqlServer,
    is_loopback,
    servers,
)
from cdso_audit.facts.databases import DATABASE_TRACES, Server
from cdso_audit.facts.reading import Fact, Missing, Snapshot, snapshot

SECRET = "CdsoCanary-ldap-bind-0001"  # noqa: S105 - planted, to be looked for
PASSWORD = "CdsoCanary-role-0002"  # noqa: S105 - planted, to be looked for


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresqlCluster]:
    with running_postgresql("log_connections = on\nsummer.password = 'x'\n") as made:
        made.sql(
            f"""
            SET password_encryption = 'md5';
            CREATE ROLE old LOGIN PASSWORD '{PASSWORD}';
            SET password_encryption = 'scram-sha-256';
            CREATE ROLE app LOGIN PASSWORD '{PASSWORD}';
            CREATE ROLE etl LOGIN IN ROLE pg_execute_server_program;
            CREATE ROLE boss SUPERUSER NOLOGIN;
            CREATE ROLE "Trần ""Thị"" B" LOGIN IN ROLE boss;
            ALTER ROLE app SET log_statement = 'none';
            """
        )
        yield made


def asked(cluster: PostgresqlCluster) -> tuple[str, Snapshot]:
    """What the very root probe answers, and what is read from it."""
    done = subprocess.run(
        ["env", "PGHOST=nowhere", "PGUSER=nobody", *root_command(POSTGRESQL)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seen = [
        observation(DATABASE_TRACES, traces(cluster.socket, own="postgres")),
        observation(POSTGRESQL, Answer(done.stdout)),
    ]
    wanted: list[type[Fact]] = [
        PostgresqlServer, PostgresqlAccess, PostgresqlRoles, PostgresqlReplication,
    ]  # fmt: skip
    return done.stdout, snapshot(HOST, SYSTEM, seen, wanted, at=AT)


@contextlib.contextmanager
def waiting(path: Path) -> Iterator[None]:
    """A socket that waits and never answers, open to everybody."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o777)
        server.listen()
        yield
    path.unlink()


def only(found: Snapshot, kind: type[Fact], cluster: PostgresqlCluster) -> Fact:
    subject = f"postgresql:{cluster.port}"
    (fact,) = [each for each in found.facts if isinstance(each, kind) and each.subject == subject]
    return fact


@needs_postgresql
@pytest.mark.daemon
class TestARealServer:
    def test_tells_its_settings(self, cluster: PostgresqlCluster) -> None:
        server = only(asked(cluster)[1], PostgresqlServer, cluster)

        assert isinstance(server, PostgresqlServer)
        assert server.release in server.version
        assert server.settings["log_connections"] == "on"
        assert server.settings["fsync"] == "off"
        assert server.settings["data_checksums"] == "off"
        assert server.overrides == ("app@* log_statement=none",)
        assert server.is_local
        assert not server.in_recovery

    def test_tells_its_roles_and_schemes(self, cluster: PostgresqlCluster) -> None:
        held = only(asked(cluster)[1], PostgresqlRoles, cluster)

        assert isinstance(held, PostgresqlRoles)
        told = {each.name: (each.verifier, each.through) for each in held.roles}
        assert held.verifiers_known
        assert told == {
            "old": ("md5", ()),
            "app": ("scram-sha-256", ()),
            "etl": ("none", ("pg_execute_server_program",)),
            "boss": ("none", ()),
            'Trần "Thị" B': ("none", ("boss",)),
            "postgres": ("none", ()),
        }

    def test_tells_its_rules_and_whether_they_are_loaded(self, cluster: PostgresqlCluster) -> None:
        text = (
            "local all postgres peer\n"
            'host  sameuser,dvc "all",+ops 10.1.0.0 255.255.0.0 md5\n'
            f"host all all .example.vn ldap ldapserver=x ldapbasedn=o"
            f" ldapbindpasswd={SECRET} ldaptls=1\n"
            "hostssl all all ::/0 scram-sha-256 clientcert=verify-ca\n"
        )
        cluster.rules(text)
        first = only(asked(cluster)[1], PostgresqlAccess, cluster)
        cluster.rules(text + "host all all samenet trust\nhost all all nonsense\n", load=False)
        output, found = asked(cluster)
        second = only(found, PostgresqlAccess, cluster)
        cluster.rules("local all all peer\n")

        assert isinstance(first, PostgresqlAccess)
        assert isinstance(second, PostgresqlAccess)
        assert [each.shown for each in first.rules] == [
            "1: local all postgres peer",
            "2: host sameuser,dvc all,+ops 10.1.0.0/16 md5",
            (
                "3: host all all .example.vn ldap ldapserver ldaptls=true ldapbasedn ldapbindpasswd"
                " ldapscope"
            ),
            "4: hostssl all all ::/0 scram-sha-256 clientcert=verify-ca",
        ]
        assert first.is_loaded
        assert first.broken_lines == (), "a line that only TLS could meet is not broken"
        assert 4 not in {each.line for each in first.effective}
        assert not second.is_loaded
        assert second.broken_lines == ("6",)
        assert second.rules[4].address == "samenet"
        assert SECRET not in output

    def test_tells_who_takes_its_changes(self, cluster: PostgresqlCluster) -> None:
        """A slot without anybody, then pg_receivewal on it, which the server calls a standby."""

        def told() -> PostgresqlReplication:
            found = only(asked(cluster)[1], PostgresqlReplication, cluster)
            assert isinstance(found, PostgresqlReplication)
            return found

        cluster.rules("local all all peer\nlocal replication all peer\n")
        before = told()
        cluster.sql("SELECT pg_create_physical_replication_slot('vault', true)")
        kept = told()
        assert POSTGRESQL_BIN
        folder = cluster.folder / "wal"
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        words = [POSTGRESQL_BIN / "pg_receivewal", "-h", cluster.folder, "-p", str(cluster.port),
                 "-D", folder, "-S", "vault", "-U", "postgres", "--no-loop"]  # fmt: skip
        taking = subprocess.Popen(["runuser", "-u", "postgres", "--", *words], cwd="/")
        try:
            for _ in range(100):
                seen = told()
                if seen.standbys and seen.standbys[0].state == "streaming":
                    break
                time.sleep(0.1)
        finally:
            taking.terminate()
            taking.wait()
            cluster.sql("SELECT pg_drop_replication_slot('vault')")

        assert (before.standbys, before.idle_slots, before.demanded) == ((), 0, False)
        assert (kept.standbys, kept.idle_slots) == ((), 1)
        assert [(each.state, each.sync) for each in seen.standbys] == [("streaming", "async")]
        assert seen.idle_slots == 0

    def test_tells_no_verifier(self, cluster: PostgresqlCluster) -> None:
        kept = cluster.sql("SELECT rolpassword FROM pg_authid WHERE rolpassword <> ''").split()
        output, _ = asked(cluster)

        assert len(kept) == 2
        assert not [each for each in [*kept, PASSWORD] if each in output or each[10:30] in output]

    def test_is_not_changed(self, cluster: PostgresqlCluster) -> None:
        """Every session of ours can only read."""
        count = "SELECT sum(xact_commit), sum(tup_inserted + tup_updated) FROM pg_stat_database"
        before = cluster.sql(count).strip().split("|")[1]
        asked(cluster)

        assert cluster.sql(count).strip().split("|")[1] == before

    def test_a_pooler_is_no_server(self, cluster: PostgresqlCluster) -> None:
        path = cluster.folder / ".s.PGSQL.6432"
        with waiting(path):
            output, _ = asked(cluster)
        seen = [
            observation(DATABASE_TRACES, traces(str(path))),
            observation(POSTGRESQL, f"@@ pooler {path}\n@@ end\n"),
        ]
        alone = snapshot(HOST, SYSTEM, seen, [PostgresqlServer], at=AT)

        assert f"@@ pooler {path}\n" in output
        assert "postgresql:6432" not in {each.subject for each in servers(output)}
        assert [each.values["sockets"] for each in alone.absences] == [str(path)]
        assert alone.gaps == ()

    def test_a_false_server_is_not_believed(self, cluster: PostgresqlCluster) -> None:
        """A socket of another account's, with a lock beside it: libpq looks who is there."""
        path = cluster.folder / ".s.PGSQL.6433"
        path.with_name(f"{path.name}.lock").touch()
        with waiting(path):
            output, _ = asked(cluster)
        (told,) = [each for each in servers(output) if each.subject == "postgresql:6433"]

        assert isinstance(told, Missing)
        assert "requirepeer" in told.detail

    def test_a_closed_folder_is_a_gap(self, cluster: PostgresqlCluster, tmp_path: Path) -> None:
        """Where the account postgres sees nothing, nobody may call it a pooler."""
        with waiting(tmp_path / ".s.PGSQL.6434"):
            output, _ = asked(cluster)
        (told,) = [each for each in servers(output) if each.subject == "postgresql:6434"]

        assert isinstance(told, Missing)

    def test_beside_another_cluster(self, cluster: PostgresqlCluster) -> None:
        with running_postgresql() as other:
            told = list(servers(asked(cluster)[0]))

            assert {each.subject for each in told if isinstance(each, Server)} >= {
                f"postgresql:{cluster.port}",
                f"postgresql:{other.port}",
            }


# ---------------------------------------------------------------------------------------------
# Which line decides: every connection of a small world, by another way of counting
# ---------------------------------------------------------------------------------------------

ADDRESSES = ("10.1.2.3", "10.9.9.9", "192.0.2.1", "2001:db8::1", "127.0.0.1", "::1")
CONNECTIONS = [
    each
    for each in itertools.product(
        ("app", "dvc", "replication"), ("ops", "app"), (*ADDRESSES, ""), ("ssl", "gss", "plain")
    )
    if each[2] or each[3] == "plain"
]
RULES = st.builds(
    HbaRule,
    line=st.just(0),
    type=st.sampled_from(
        ("local", "host", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc")
    ),
    databases=st.sampled_from((("all",), ("app",), ("replication",), ("all", "replication"))),
    users=st.sampled_from((("all",), ("ops",), ("ops", "app"))),
    address=st.just(""),
    network=st.sampled_from(
        ("10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "::/0", "127.0.0.0/8", "all")
    ),
    method=st.sampled_from(("trust", "md5", "reject")),
).map(
    lambda rule: (
        rule.model_copy(update={"network": ""})
        if rule.type == "local"
        else rule.model_copy(update={"network": "", "address": "all"})
        if rule.network == "all"
        else rule
    )
)


def fits(rule: HbaRule, connection: tuple[str, str, str, str]) -> bool:
    """As PostgreSQL's documentation of pg_hba.conf has it, one connection at a time."""
    database, user, address, line = connection
    types = {
        "host": {"ssl", "gss", "plain"}, "hostssl": {"ssl"}, "hostnossl": {"gss", "plain"},
        "hostgssenc": {"gss"}, "hostnogssenc": {"ssl", "plain"},
    }  # fmt: skip
    if (rule.type == "local") != (not address) or (address and line not in types[rule.type]):
        return False
    named = database in rule.databases or (database != "replication" and "all" in rule.databases)
    if not named or not {"all", user} & set(rule.users):
        return False
    return not address or any(ip_address(address) in each for each in rule.networks)


@given(rules=st.lists(RULES, min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_what_is_left_out_is_met_by_nobody(rules: list[HbaRule]) -> None:
    rules = [each.model_copy(update={"line": at}) for at, each in enumerate(rules, 1)]
    access = PostgresqlAccess(
        subject="it", rules=tuple(rules), listen_addresses="*", tls=True, is_loaded=True
    )
    met = {
        (rule.line, connection[3] == "plain" and bool(connection[2]))
        for connection in CONNECTIONS
        if (rule := next((each for each in rules if fits(each, connection)), None))
        and rule.method != "reject"
    }
    far = {rule.line for rule in rules if not rule.is_local}

    assert {line for line, _ in met} <= {each.line for each in access.effective}
    assert {line for line, plain in met if plain and line in far} <= {
        each.line for each in access.unencrypted
    }


@needs_postgresql
@pytest.mark.daemon
def test_the_other_way_of_counting_is_the_servers_own() -> None:
    """Fifteen random files: who gets in is whom `fits` lets in, line for line."""
    chance = random.Random(20261122)  # noqa: S311 - chosen once, the same each time
    networks = ("127.0.0.0/8", "127.0.0.1/32", "10.0.0.0/8", "::1/128", "0.0.0.0/0")
    asked_as = [
        each
        for each in itertools.product(
            ("app", "dvc", "replication"), ("ops", "app"), ("127.0.0.1", ""), ("ssl", "plain")
        )
        if each[2] or each[3] == "plain"
    ]
    with running_postgresql(tls=True) as cluster:
        cluster.sql("CREATE ROLE ops LOGIN REPLICATION; CREATE ROLE app LOGIN REPLICATION")
        cluster.sql("CREATE DATABASE app")
        cluster.sql("CREATE DATABASE dvc")
        for _ in range(15):
            rules = [
                HbaRule(
                    line=at,
                    type=kind,
                    databases=(chance.choice(("all", "app", "replication")),),
                    users=(chance.choice(("all", "ops")),),
                    network="" if kind == "local" else chance.choice(networks),
                    method=chance.choice(("trust", "reject")),
                )
                for at in range(2, 6)
                for kind in [chance.choice(("local", "host", "hostssl", "hostnossl"))]
            ]
            lines = [each.shown.partition(": ")[2] for each in rules]
            cluster.rules("\n".join(["local postgres postgres peer", *lines]) + "\n")
            found = only(asked(cluster)[1], PostgresqlAccess, cluster)
            assert isinstance(found, PostgresqlAccess)
            assert [each.model_copy(update={"options": ()}) for each in found.rules[1:]] == rules
            for each in asked_as:
                met = next((rule for rule in rules if fits(rule, each)), None)
                open_to = met is not None and met.method == "trust"
                assert lets_in(cluster, *each) is open_to, (each, lines)


def lets_in(cluster: PostgresqlCluster, database: str, user: str, address: str, line: str) -> bool:
    where = "replication=true" if database == "replication" else f"dbname={database}"
    mode = "require" if line == "ssl" else "disable"
    host = address or cluster.folder
    try:
        psycopg.connect(
            f"host={host} port={cluster.port} user={user} sslmode={mode} gssencmode=disable {where}"
        ).close()
    except psycopg.OperationalError as problem:
        if "pg_hba.conf" not in str(problem):
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("addresses", "local"),
    [("localhost", True), ("", True), ("127.0.0.1, ::1", True), ("*", False), ("0.0.0.0", False),  # noqa: S104
     ("localhost,10.1.2.3", False), ("db.example.vn", False), ("::", False)],
)  # fmt: skip
def test_loopback(addresses: str, local: bool) -> None:
    assert is_loopback(addresses) is local
