"""A real MariaDB is the oracle: what it was told to be is what is read, and no hash."""

import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.databases import MariadbServer as Running
from tests.databases import needs_mariadb, running_mariadb, traces
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.facts.database_mariadb import (
    MARIADB,
    MYSQL,
    MariadbAccount,
    MariadbAccounts,
    MariadbReplication,
    MariadbServer,
    is_loopback,
)
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import Snapshot, snapshot

PASSWORD = "CdsoCanary-maria-0004"  # noqa: S105 - planted, to be looked for


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    plugins = [f"--plugin-load-add={each}" for each in ("auth_ed25519", "server_audit")]
    with running_mariadb(*plugins, tls=True) as made:
        made.sql(
            f"""
            CREATE USER app@'%' IDENTIFIED BY '{PASSWORD}';
            CREATE USER far@'10.%' IDENTIFIED VIA ed25519 USING PASSWORD('{PASSWORD}') REQUIRE SSL;
            CREATE USER two@localhost
              IDENTIFIED VIA mysql_native_password USING PASSWORD('{PASSWORD}') OR unix_socket;
            CREATE USER bare@localhost; CREATE USER shut@localhost ACCOUNT LOCK;
            CREATE USER ''@localhost; CREATE ROLE readers;
            GRANT FILE ON *.* TO app@'%'; GRANT SELECT ON mysql.* TO bare@localhost;
            INSTALL SONAME 'simple_password_check';
            CREATE DATABASE test; GRANT ALL ON `test\\_%`.* TO ''@localhost;
            """
        )
        yield made


def told(server: Running) -> subprocess.CompletedProcess[str]:
    """What the very command of the probe answers, at this server's socket."""
    words = list(MARIADB.run)
    words.insert(words.index("--protocol=socket"), f"--socket={server.socket}")
    return subprocess.run(words, capture_output=True, text=True, check=True)


def read(server: Running, text: str) -> Snapshot:
    seen = [
        observation(DATABASE_TRACES, traces(server.socket, own="mariadbd")),
        observation(MARIADB, Answer(text)),
        observation(MYSQL, Answer("")),
    ]
    wanted = [MariadbServer, MariadbAccounts, MariadbReplication]
    return snapshot(HOST, SYSTEM, seen, wanted, at=AT)


@needs_mariadb
@pytest.mark.daemon
class TestARealServer:
    def test_tells_its_settings(self, server: Running) -> None:
        (found,) = [
            each for each in read(server, told(server).stdout).facts
            if isinstance(each, MariadbServer)
        ]  # fmt: skip

        assert found.subject == f"mariadb:{server.port}"
        assert found.engine == "MariaDB"
        assert found.version.startswith(f"{found.release}.")
        assert found.settings["have_ssl"] == "YES"
        assert found.settings["local_infile"] == "ON"
        assert found.settings["simple_password_check_digits"] == "1"  # noqa: S105 - a count
        assert found.settings["server_audit_logging"] == "OFF"
        assert found.audit == ("SERVER_AUDIT",)
        assert found.is_local

    def test_tells_its_accounts(self, server: Running) -> None:
        (held,) = [
            each for each in read(server, told(server).stdout).facts
            if isinstance(each, MariadbAccounts)
        ]  # fmt: skip
        seen = {
            each.name: (each.opened_by, each.plugin, each.others, each.locked, each.tls)
            for each in held.accounts
        }
        native = "mysql_native_password"

        assert seen == {
            "'root'@'localhost'": ("nobody", native, ("unix_socket",), False, ""),
            "'mysql'@'localhost'": ("nobody", native, ("unix_socket",), False, ""),
            "'mariadb.sys'@'localhost'": ("anybody", native, (), True, ""),
            "'app'@'%'": ("password", native, (), False, ""),
            "'far'@'10.%'": ("password", "ed25519", (), False, "ANY"),
            "'two'@'localhost'": ("password", native, ("unix_socket",), False, ""),
            "'bare'@'localhost'": ("anybody", native, (), False, ""),
            "'shut'@'localhost'": ("anybody", native, (), True, ""),
            "''@'localhost'": ("anybody", native, (), False, ""),
        }
        rights = {each.name: each.rights for each in held.accounts}
        assert rights["'app'@'%'"] == ("FILE",)
        assert rights["'bare'@'localhost'"] == ("all of mysql",)
        assert held.for_all == ("test\\_%",)
        assert held.test_database
        assert not held.checks_nobody

    def test_tells_no_hash(self, server: Running) -> None:
        words = server.sql("SELECT authentication_string FROM mysql.user").split()
        kept = [each for each in words if len(each) > 10]
        output = told(server).stdout

        assert len(kept) == 3
        assert not [each for each in [*kept, PASSWORD] if each[1:30] in output]

    def test_is_not_written_to(self, server: Running) -> None:
        done = subprocess.run(
            [*told(server).args[:-1], MARIADB.run[-1].partition(";")[0] + "; CREATE DATABASE x"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert "READ ONLY transaction" in done.stderr

    def test_another_clients_half_is_not_asked(self, server: Running) -> None:
        """Half of the questions is for MySQL: this server leaves it out without a complaint."""
        assert told(server).stderr == ""


def test_with_nobody_checked() -> None:
    with running_mariadb("--skip-grant-tables") as server:
        (held,) = [
            each for each in read(server, told(server).stdout).facts
            if isinstance(each, MariadbAccounts)
        ]  # fmt: skip

    assert held.checks_nobody


test_with_nobody_checked = needs_mariadb(test_with_nobody_checked)


@needs_mariadb
@pytest.mark.daemon
def test_a_real_server_tells_who_takes_its_changes() -> None:
    """To the server, mysqlbinlog that follows the log is what a replica is."""

    def told_of(made: Running) -> MariadbReplication:
        (found,) = [
            each for each in read(made, told(made).stdout).facts
            if isinstance(each, MariadbReplication)
        ]  # fmt: skip
        return found

    follows = shutil.which("mariadb-binlog")
    if follows is None:
        pytest.skip("needs apt package mariadb-client")
    with running_mariadb("--log-bin=binlog", "--server-id=1") as made:
        before = told_of(made)
        made.sql("SET GLOBAL rpl_semi_sync_master_enabled = ON")
        waiting = told_of(made)
        made.sql("SET GLOBAL rpl_semi_sync_master_enabled = OFF")
        words = [follows, "--no-defaults", f"--socket={made.socket}", "-uroot", "--raw",
                 "--read-from-remote-server", "--stop-never", "binlog.000001"]  # fmt: skip
        taking = subprocess.Popen(words, cwd=made.folder)
        try:
            for _ in range(100):
                seen = told_of(made)
                if seen.streams:
                    break
                time.sleep(0.1)
        finally:
            taking.terminate()
            taking.wait()

    assert (before.streams, before.waits, before.is_replica, before.cluster) == (0, False, False, 0)
    assert (waiting.waits, waiting.waited_for) == (True, 0)
    assert seen.streams == 1


@pytest.mark.parametrize(
    ("settings", "local"),
    [
        ({"bind_address": "127.0.0.1"}, True),
        ({"bind_address": "127.0.0.1,::1"}, True),
        ({"bind_address": "*"}, False),
        ({"bind_address": "::"}, False),
        ({"bind_address": "127.0.0.1,10.1.2.3"}, False),
        ({}, False),
        ({"bind_address": "*", "skip_networking": "ON"}, True),
    ],
)
def test_loopback(settings: dict[str, str], local: bool) -> None:
    assert is_loopback(settings) is local


@pytest.mark.parametrize(
    ("host", "local", "wide"),
    [
        ("localhost", True, False),
        ("127.0.0.1", True, False),
        ("::1", True, False),
        ("%", False, True),
        ("", False, True),
        ("%.%", False, True),
        ("10.%", False, False),
        ("10.1.0.0/255.255.0.0", False, False),
        ("0.0.0.0/0.0.0.0", False, True),
        ("%.example.vn", False, False),
    ],
)
def test_hosts_of_accounts(host: str, local: bool, wide: bool) -> None:
    account = MariadbAccount(user="a", host=host)

    assert (account.is_local, account.is_wide) == (local, wide)
