"""MariaDB over a connection of its own: the same as from inside, and no password for a liar."""

import socket
import struct
import subprocess
from collections.abc import Callable, Iterator

import pytest
from tests.databases import MariadbServer as Running
from tests.databases import free_port, needs_mariadb, running_mariadb, traces
from tests.servers import Talk, talking
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.collect import sql
from cdso_audit.facts.database_mariadb import (
    MARIADB,
    MARIADB_CONNECTION,
    MYSQL,
    MariadbAccounts,
    MariadbServer,
)
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import Fact, Observation, Snapshot, snapshot
from cdso_audit.model import DatabaseAsset, GapReason, SecretRef, System

PASSWORD = "CdsoCanary:maria@0005"  # noqa: S105 - planted, to be looked for
QUOTED = "CdsoCanary%3Amaria%400005"
ASSET = DatabaseAsset(id="my", database="mariadb", dsn=SecretRef(ref="env:CDSO_TEST_DSN"))
Ask = Callable[..., Observation]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask over a connection string; the password must be in nothing that comes back."""

    def do(dsn: str, *, deadline: float = 20) -> Observation:
        monkeypatch.setenv("CDSO_TEST_DSN", dsn)
        system = System(id="dvc", assets=(ASSET,))
        seen = sql.collect(MARIADB_CONNECTION, ASSET, system, at=lambda: AT, deadline=deadline)
        told = seen.model_dump_json()
        assert not [each for each in (PASSWORD, QUOTED) if each in told]
        return seen

    return do


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_mariadb("--plugin-load-add=auth_ed25519", tls=True) as made:
        made.sql(
            f"""
            CREATE USER auditor@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';
            GRANT SELECT ON mysql.* TO auditor@'127.0.0.1';
            CREATE USER salted@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('{PASSWORD}');
            """
        )
        yield made


def read(seen: Observation) -> Snapshot:
    return snapshot(ASSET, SYSTEM, [seen], [MariadbServer, MariadbAccounts], at=AT)


def inside(server: Running) -> Snapshot:
    words = list(MARIADB.run)
    words.insert(words.index("--protocol=socket"), f"--socket={server.socket}")
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    seen = [
        observation(DATABASE_TRACES, traces(server.socket)),
        observation(MARIADB, Answer(done.stdout)),
        observation(MYSQL, Answer("")),
    ]
    return snapshot(HOST, SYSTEM, seen, [MariadbServer, MariadbAccounts], at=AT)


@needs_mariadb
@pytest.mark.daemon
class TestMariadb:
    def dsn(self, server: Running, user: str = "auditor", more: str = "") -> str:
        return f"mysql://{user}:{QUOTED}@127.0.0.1:{server.port}/{more}"

    def test_tells_the_same_as_from_inside(self, server: Running, ask: Ask) -> None:
        def plain(found: Snapshot) -> list[Fact]:
            return [
                type(each).model_validate(
                    each.model_dump() | {"probes": ()}
                    | ({"line": ""} if isinstance(each, MariadbServer) else {})
                )
                for each in found.facts
            ]  # fmt: skip

        over = plain(read(ask(self.dsn(server))))

        assert len(over) == 2
        assert over == plain(inside(server))

    @pytest.mark.parametrize(
        ("more", "line"),
        [("", "TLSv1."), ("?tls=off", ""), ("?tls=required", "TLSv1."), ("?ca={crt}", "TLSv1.")],
    )
    def test_says_under_what_it_was_asked(
        self, server: Running, ask: Ask, more: str, line: str
    ) -> None:
        found = read(ask(self.dsn(server, more=more.format(crt=server.folder / "crt"))))
        (told,) = [each for each in found.facts if isinstance(each, MariadbServer)]

        assert told.line.startswith(line)
        assert bool(told.line) == bool(line)

    def test_an_unknown_certificate_ends_it(self, server: Running, ask: Ask) -> None:
        seen = ask(self.dsn(server, more="?tls=verify"))

        assert seen.gap is GapReason.REFUSED
        assert "certificate" in seen.detail

    def test_less_rights_see_less_and_say_so(self, server: Running, ask: Ask) -> None:
        server.sql(f"CREATE OR REPLACE USER less@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        found = read(ask(self.dsn(server, "less")))

        assert [each.kind for each in found.facts] == ["mariadb-server"]
        assert {(each.fact, each.reason) for each in found.gaps} == {
            ("mariadb-accounts", GapReason.DENIED)
        }

    def test_by_another_plugin(self, server: Running, ask: Ask) -> None:
        assert ask(self.dsn(server, "salted")).gap is None

    def test_a_wrong_password_is_a_refusal(self, server: Running, ask: Ask) -> None:
        seen = ask(f"mysql://auditor:x{QUOTED}@127.0.0.1:{server.port}/")

        assert seen.gap is GapReason.DENIED
        assert "Access denied for user 'auditor'" in seen.detail

    def test_through_the_socket_of_this_machine(self, server: Running, ask: Ask) -> None:
        seen = ask(f"mariadb://root@localhost/?socket={server.socket}")

        assert len(read(seen).facts) == 2


def packet(number: int, data: bytes) -> bytes:
    return struct.pack("<I", len(data))[:3] + bytes([number]) + data


def greeting(plugin: bytes) -> bytes:
    """Protocol 10, with plug-ins, without TLS."""
    capabilities = 0x0008_0000 | 0x0000_8000 | 0x0000_0200 | 0x0020_0000
    low, high = capabilities & 0xFFFF, capabilities >> 16
    return packet(
        0,
        b"\x0a8.0.0\0" + struct.pack("<I", 1) + b"12345678\0" + struct.pack("<H", low)
        + b"\x21" + struct.pack("<HH", 2, high) + bytes([21]) + bytes(10) + b"123456789012\0"
        + plugin + b"\0",
    )  # fmt: skip


class TestALyingServer:
    @pytest.mark.parametrize(
        ("greeted", "wanted"),
        [
            (b"mysql_native_password", b"mysql_clear_password\0"),
            (b"mysql_native_password", b"dialog\0\x05Password: "),
            (b"mysql_native_password", b"mysql_old_password\x0012345678\0"),
            (b"mysql_native_password", b"sha256_password\x0012345678901234567890\0"),
            (b"sha256_password", b""),
            (b"caching_sha2_password", b"\x01\x04"),
        ],
    )
    def test_gets_no_password(self, ask: Ask, greeted: bytes, wanted: bytes) -> None:
        heard = bytearray()

        def talk(client: socket.socket) -> None:
            client.sendall(greeting(greeted))
            heard.extend(client.recv(65536))
            if wanted.startswith(b"\x01"):
                client.sendall(packet(2, wanted))
            elif wanted:
                client.sendall(packet(2, b"\xfe" + wanted))
            client.settimeout(2)
            while data := client.recv(65536):
                heard.extend(data)

        with talking(talk) as port:
            seen = ask(f"mysql://a:{QUOTED}@127.0.0.1:{port}/", deadline=4)

        assert seen.gap is not None
        assert b"a\0" in heard
        assert PASSWORD.encode() not in heard
        if wanted:
            assert seen.gap is GapReason.REFUSED
            assert "wants the password itself" in seen.detail

    @pytest.mark.parametrize(
        ("talk", "reason"),
        [
            (lambda client: client.recv(1), GapReason.TIMEOUT),
            (lambda client: client.sendall(b"GET / nonsense"), GapReason.UNREACHABLE),
        ],
    )
    def test_ends(self, ask: Ask, talk: Talk, reason: GapReason) -> None:
        with talking(talk) as port:
            assert ask(f"mysql://a@127.0.0.1:{port}/", deadline=2).gap is reason

    def test_an_endless_answer_is_cut(self, ask: Ask) -> None:
        def talk(client: socket.socket) -> None:
            while True:
                client.sendall(packet(0, b"\x0a" + b"x" * 60000)[:4] + b"\xff" * 65536)

        with talking(talk) as port:
            seen = ask(f"mysql://a@127.0.0.1:{port}/", deadline=10)

        assert seen.gap is not None

    def test_nobody_there(self, ask: Ask) -> None:
        assert ask(f"mysql://a@127.0.0.1:{free_port()}/").gap is GapReason.REFUSED

    @pytest.mark.parametrize(
        "dsn",
        [
            f"mysql://a:{PASSWORD}:x/",
            f"{PASSWORD}",
            f"mysql://a@127.0.0.1/?password={QUOTED}",
            "mysql://a@127.0.0.1/?tls=maybe",
            "postgresql://a@127.0.0.1/",
            "mysql:///",
        ],
    )
    def test_what_cannot_be_read_is_not_repeated(self, ask: Ask, dsn: str) -> None:
        assert ask(dsn).gap is GapReason.UNPARSABLE
