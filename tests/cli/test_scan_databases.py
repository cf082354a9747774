"""Databases in a whole scan: asked over connections of their own, and no secret in what is kept."""

import gzip
import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.databases import (
    MariadbServer,
    PostgresqlCluster,
    needs_mariadb,
    needs_postgresql,
    running_mariadb,
    running_postgresql,
)

from cdso_audit.cli import run

PASSWORD = "CdsoCanary:scan@0006"  # noqa: S105 - planted, to be looked for
QUOTED = "CdsoCanary%3Ascan%400006"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresqlCluster, MariadbServer]]:
    with ExitStack() as stack:
        pg = stack.enter_context(running_postgresql(tls=True))
        my = stack.enter_context(running_mariadb(tls=True))
        pg.sql(f"CREATE ROLE auditor LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
        pg.rules("local all postgres peer\nhost all all 127.0.0.1/32 scram-sha-256\n")
        my.sql(
            f"CREATE USER auditor@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            "GRANT SELECT ON mysql.* TO auditor@'127.0.0.1'"
        )
        yield pg, my


def everything(folder: Path) -> Iterator[bytes]:
    """Every file that a run keeps, unpacked."""
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    data = archive.read(name)
                    yield gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        elif path.is_file():
            yield path.read_bytes()


@needs_postgresql
@needs_mariadb
@pytest.mark.daemon
def test_a_scan_of_databases(
    servers: tuple[PostgresqlCluster, MariadbServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pg, my = servers
    monkeypatch.setenv("PG_DSN", f"postgresql://auditor:{QUOTED}@127.0.0.1:{pg.port}/postgres")
    (tmp_path / "my.dsn").write_text(f"mysql://auditor:{QUOTED}@127.0.0.1:{my.port}/\n")
    (tmp_path / "my.dsn").chmod(0o600)
    (tmp_path / "agency.yaml").write_text(
        "apiVersion: cdso/agency-v1\nagency: {id: a}\nsystems:\n  - id: s\n    level: 3\n"
        "    declared: {admins: [auditor]}\n    assets:\n"
        "      - {id: pg, database: postgresql, dsn: {ref: 'env:PG_DSN'}}\n"
        "      - {id: my, database: mariadb, dsn: {ref: 'file:my.dsn'}}\n"
        "      - {id: ora, database: oracle, dsn: {ref: 'env:PG_DSN'}}\n"
    )
    out = tmp_path / "out"

    inventory = str(tmp_path / "agency.yaml")
    code = run(["scan", "-i", inventory, "-o", str(out), "--format", "json,html"])
    printed = capsys.readouterr()
    kept = [*everything(out), printed.out.encode(), printed.err.encode()]
    assert code == 0, printed.err
    result = json.loads((out / "latest" / "result.json").read_text())
    told = {
        (each["asset"], each["check"]): (each["outcome"], each["subject"])
        for each in result["findings"]
    }

    assert len(kept) > 5
    assert not [data for data in kept if PASSWORD.encode() in data or QUOTED.encode() in data]
    assert told["pg", "postgresql-verifiers"] == ("pass", f"postgresql:{pg.port}")
    assert told["pg", "postgresql-authentication"][0] == "pass"
    assert told["pg", "postgresql-superusers"][0] == "pass"
    assert told["pg", "mariadb-tls"][0] == "not-applicable"
    assert told["my", "mariadb-authentication"] == ("pass", f"mariadb:{my.port}")
    assert told["my", "mariadb-superusers"][0] == "pass"
    assert told["my", "postgresql-tls"][0] == "not-applicable"
    assert {told["ora", name][0] for asset, name in told if asset == "ora"} == {"unknown"}
