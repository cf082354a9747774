"""Databases over a connection of their own: the same facts as from inside, within bounds."""

import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.databases import (
    PostgresqlCluster,
    free_port,
    needs_postgresql,
    running_postgresql,
    traces,
)
from tests.servers import asked, talking
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.collect import sql
from cdso_audit.collect.program import root_command
from cdso_audit.collect.run import _located
from cdso_audit.facts.database_postgresql import (
    POSTGRESQL,
    POSTGRESQL_CONNECTION,
    PostgresqlAccess,
    PostgresqlRoles,
    PostgresqlServer,
)
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import Fact, Observation, Snapshot, snapshot
from cdso_audit.model import DatabaseAsset, GapReason, SecretRef, System

PASSWORD = "CdsoCanary:dsn@0003"  # noqa: S105 - planted, to be looked for
QUOTED = "CdsoCanary%3Adsn%400003"
Ask = Callable[..., Observation]
KINDS: list[type[Fact]] = [PostgresqlServer, PostgresqlAccess, PostgresqlRoles]


def asset(engine: str = "postgresql") -> DatabaseAsset:
    return DatabaseAsset(id="pg", database=engine, dsn=SecretRef(ref="env:CDSO_TEST_DSN"))


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask over a connection string; the password must be in nothing that comes back."""

    def do(dsn: str, *, deadline: float = 20, scope: tuple[str, ...] = ()) -> Observation:
        monkeypatch.setenv("CDSO_TEST_DSN", dsn)
        system = System(id="dvc", assets=(asset(),), scope=scope)
        seen = sql.collect(POSTGRESQL_CONNECTION, asset(), system, at=lambda: AT, deadline=deadline)
        told = seen.model_dump_json()
        assert not [each for each in (PASSWORD, QUOTED) if each in told]
        return seen

    return do


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresqlCluster]:
    with running_postgresql(tls=True) as made:
        made.sql(
            f"CREATE ROLE auditor LOGIN SUPERUSER PASSWORD '{PASSWORD}';"
            f"CREATE ROLE watcher LOGIN PASSWORD '{PASSWORD}' IN ROLE pg_monitor;"
        )
        made.rules("local all postgres peer\nhost all all 127.0.0.1/32 scram-sha-256\n")
        yield made


def read(seen: Observation) -> Snapshot:
    return snapshot(asset(), SYSTEM, [seen], KINDS, at=AT)


@needs_postgresql
@pytest.mark.daemon
class TestPostgresql:
    def dsn(self, cluster: PostgresqlCluster, user: str = "auditor", more: str = "") -> str:
        return f"postgresql://{user}:{QUOTED}@127.0.0.1:{cluster.port}/postgres{more}"

    def test_tells_the_same_as_from_inside(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        over = read(ask(self.dsn(cluster)))
        done = subprocess.run(root_command(POSTGRESQL), capture_output=True, text=True, check=True)
        inside = snapshot(
            HOST,
            SYSTEM,
            [
                observation(DATABASE_TRACES, traces(cluster.socket)),
                observation(POSTGRESQL, Answer(done.stdout)),
            ],
            KINDS,
            at=AT,
        )

        def line(fact: Fact) -> dict[str, str]:
            return {"line": ""} if isinstance(fact, PostgresqlServer) else {}

        def plain(found: Snapshot) -> list[Fact]:
            return [
                type(each).model_validate({**each.model_dump(), "probes": (), **line(each)})
                for each in found.facts if each.subject == f"postgresql:{cluster.port}"
            ]  # fmt: skip

        assert len(plain(over)) == len(KINDS)
        assert plain(over) == plain(inside)

    def test_says_under_what_it_was_asked(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        (server,) = [
            each for each in read(ask(self.dsn(cluster))).facts if each.kind == "postgresql-server"
        ]

        assert isinstance(server, PostgresqlServer)
        assert server.line.startswith("TLSv1.3 ")

    def test_less_rights_see_less_and_say_so(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        found = read(ask(self.dsn(cluster, "watcher")))

        roles = [each for each in found.facts if isinstance(each, PostgresqlRoles)]
        assert [each.verifiers_known for each in roles] == [False]
        assert {(each.fact, each.reason) for each in found.gaps} == {
            ("postgresql-access", GapReason.DENIED)
        }

    def test_the_account_of_the_guide_sees_the_rules(
        self, cluster: PostgresqlCluster, ask: Ask
    ) -> None:
        guide = (Path(__file__).parents[2] / "docs" / "databases.md").read_text()
        cluster.sql(guide.partition("```sql\n")[2].partition("```")[0].replace("…", PASSWORD))
        found = read(ask(self.dsn(cluster, "cdso_audit")))
        (access,) = [each for each in found.facts if isinstance(each, PostgresqlAccess)]

        assert found.gaps == ()
        assert access.is_loaded
        assert len(access.rules) == 2

    def test_an_unknown_certificate_ends_it(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        seen = ask(self.dsn(cluster, more=f"?sslmode=verify-full&sslrootcert={__file__}"))

        assert seen.gap is GapReason.REFUSED
        assert "root certificate" in seen.detail

    def test_a_wrong_password_is_a_refusal(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        seen = ask(f"postgresql://auditor:x{QUOTED}@127.0.0.1:{cluster.port}/postgres")

        assert seen.gap is GapReason.DENIED
        assert seen.detail == 'FATAL: password authentication failed for user "auditor"'

    def test_through_the_socket_of_this_machine(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        cluster.rules("local all all trust\n")
        try:
            seen = ask(f"host={cluster.folder} port={cluster.port} user=watcher")
        finally:
            cluster.rules("local all postgres peer\nhost all all 127.0.0.1/32 scram-sha-256\n")

        assert seen.gap is None
        assert b'"part"' in seen.output

    def test_nothing_is_left_behind(self, cluster: PostgresqlCluster, ask: Ask) -> None:
        ask(self.dsn(cluster))
        count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cdso-audit'"

        assert cluster.sql(count).strip() == "0"


class TestHostilePostgresql:
    def test_no_password_goes_out_in_the_clear(self, ask: Ask) -> None:
        heard = bytearray()

        def talk(client: socket.socket) -> None:
            heard.extend(client.recv(4096))  # SSLRequest
            client.sendall(b"N")
            heard.extend(client.recv(4096))  # the start
            client.sendall(b"R" + struct.pack("!ii", 8, 3))  # AuthenticationCleartextPassword
            heard.extend(client.recv(4096))

        with talking(talk) as port:
            seen = ask(f"postgresql://a:{QUOTED}@127.0.0.1:{port}/b", deadline=5)

        assert seen.gap is not None
        assert b"user\0a\0" in heard
        assert PASSWORD.encode() not in heard

    def test_an_endless_answer_is_cut(self, ask: Ask) -> None:
        def talk(client: socket.socket) -> None:
            client.recv(4096)
            client.sendall(b"N")
            client.recv(4096)
            client.sendall(b"R" + struct.pack("!ii", 8, 0) + b"D" + struct.pack("!i", 1 << 30))
            while True:
                client.sendall(b"x" * 65536)

        with talking(talk) as port:
            seen = ask(f"postgresql://a@127.0.0.1:{port}/b", deadline=15)

        assert seen.gap is GapReason.TOO_LARGE

    def test_silence_ends_with_the_deadline(self, ask: Ask) -> None:
        def talk(client: socket.socket) -> None:
            while client.recv(4096):
                pass

        with talking(talk) as port:
            seen = ask(f"postgresql://a@127.0.0.1:{port}/b", deadline=2)

        assert seen.gap is GapReason.TIMEOUT

    def test_nobody_there(self, ask: Ask) -> None:
        assert ask(f"postgresql://a@127.0.0.1:{free_port()}/b").gap is GapReason.REFUSED

    def test_outside_the_scope_is_not_contacted(self, ask: Ask) -> None:
        called: list[object] = []
        with talking(called.append) as port:
            seen = ask(f"postgresql://a@127.0.0.1:{port}/b", scope=("10.1.2.0/24",))

        assert seen.gap is GapReason.DENIED
        assert "scope" in seen.detail
        assert called == []

    @pytest.mark.parametrize(
        "dsn", [f"postgresql://a@[::1:{PASSWORD}", f"user=a {PASSWORD}", "port=x"]
    )
    def test_what_cannot_be_read_is_not_repeated(self, ask: Ask, dsn: str) -> None:
        seen = ask(dsn)

        assert seen.gap in (GapReason.UNPARSABLE, GapReason.UNREACHABLE, GapReason.DENIED)


class TestWithoutAnybody:
    def test_without_the_package_it_is_told_how_to_get_it(
        self,
        ask: Ask,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)

        seen = ask("postgresql://a@127.0.0.1/b")

        assert seen.gap is GapReason.MISSING_TOOL
        assert 'pip install "cdso-audit[postgres]"' in seen.detail

    def test_without_the_secret_it_is_told_which(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CDSO_TEST_DSN", raising=False)

        seen, _ = asked(sql.collect, POSTGRESQL_CONNECTION, asset())

        assert seen.gap is GapReason.DENIED
        assert "CDSO_TEST_DSN" in seen.detail

    def test_another_engine_is_not_asked(self) -> None:
        seen, _ = asked(sql.collect, POSTGRESQL_CONNECTION, asset("mariadb"))

        assert (seen.gap, seen.output) == (None, b"")

    def test_a_file_lies_beside_the_inventory(self, tmp_path: Path) -> None:
        secret = tmp_path / "dsn"
        secret.write_text(f"postgresql://a@127.0.0.1:{free_port()}/b\n")
        secret.chmod(0o600)
        given = asset().model_copy(update={"dsn": SecretRef(ref="file:dsn")})

        seen, _ = asked(sql.collect, POSTGRESQL_CONNECTION, _located(given, tmp_path))

        assert seen.gap is GapReason.REFUSED
