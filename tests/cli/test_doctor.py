"""`doctor` names what is missing, with the way to get it, and contacts nobody."""

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cdso_audit.cli import run

HEAD = "apiVersion: cdso/agency-v1\nagency: {id: a}\n"


def diagnosed(
    capsys: pytest.CaptureFixture[str], inventory: Path, *more: str
) -> tuple[int, list[dict[str, Any]]]:
    code = run(["doctor", "-i", str(inventory), "--format", "json", *more])
    return code, json.loads(capsys.readouterr().out)


def missing(found: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{each['what']}: {each['seen']} -> {each['remedy']}"
        for each in found
        if each["state"] == "missing"
    )


@pytest.fixture(autouse=True)
def _nobody_is_contacted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Any connection but to a local socket ends the test, and the home is an empty one."""
    connect = socket.socket.connect

    def refused(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX, address
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def key(path: Path, passphrase: str = "") -> str:
    """A key pair as OpenSSH makes it; its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path], check=True)
    kind, half, *_ = path.with_suffix(".pub").read_text().split()
    return f"{kind} {half}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not shutil.which("ssh-keygen"):
        pytest.skip("needs ssh-keygen (apt install openssh-client)")
    public = key(tmp_path / "key")
    (tmp_path / "known_hosts").write_text(
        f"10.0.0.5 {public}\n[10.0.0.6]:2222 {public}\n10.0.0.1 {public}\n"
    )
    return tmp_path


def inventory(folder: Path, ssh: str, assets: str) -> Path:
    path = folder / "agency.yaml"
    path.write_text(
        f"{HEAD}defaults: {{ssh: {{{ssh}}}}}\nsystems: [{{id: s, level: 3, assets: [{assets}]}}]\n"
    )
    return path


HOST = "{id: h, host: 10.0.0.5}"
SSH = "identity: key, known_hosts: known_hosts"


def test_all_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.which("nmap") or pytest.skip("needs nmap (apt install nmap)")
    code, found = diagnosed(capsys, inventory(folder, SSH, HOST), "-o", str(folder / "out"))

    assert missing(found) == ""
    assert code == 0
    assert {"cdso-audit", "Python", "nmap", "clock", "output folder"} <= {
        each["what"] for each in found
    }


@pytest.mark.parametrize("hashed", [False, True])
def test_known_hosts_in_plain_and_hashed(
    folder: Path, capsys: pytest.CaptureFixture[str], *, hashed: bool
) -> None:
    if hashed:
        subprocess.run(
            ["ssh-keygen", "-q", "-H", "-f", folder / "known_hosts"],
            check=True, capture_output=True,
        )  # fmt: skip
    assets = (
        f"{HOST}, {{id: i, host: 10.0.0.6, access: {{ssh: {{port: 2222}}}}}}, "
        "{id: j, host: 10.0.0.7}"
    )

    code, found = diagnosed(capsys, inventory(folder, SSH, assets))
    told = missing(found)

    assert code == 2
    assert "10.0.0.7 is not in" in told
    assert "ssh-keyscan -p 22 10.0.0.7" in told
    assert "10.0.0.5" not in told
    assert "10.0.0.6" not in told


def test_a_jump_host_must_be_known_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for jump, known in (("10.0.0.1", True), ("ops@10.0.0.1:2200", False)):
        _, found = diagnosed(capsys, inventory(folder, f"{SSH}, jump: '{jump}'", HOST))
        assert ("[10.0.0.1]:2200 is not in" in missing(found)) is not known


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.chmod(0o644), "open to others (mode 0644) -> chmod 600"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (lambda path: path.write_text(path.with_suffix(".pub").read_text()), "no private key"),
        (
            lambda path: subprocess.run(
                ["ssh-keygen", "-q", "-p", "-P", "", "-N", "hunter2", "-f", path],
                check=True, capture_output=True,
            ),
            "has a passphrase, and no ssh-agent holds it -> ssh-add",
        ),
    ],
    ids=["mode", "gone", "public", "passphrase"],
)  # fmt: skip
def test_a_key_that_cannot_be_used(
    folder: Path, capsys: pytest.CaptureFixture[str], spoil: Any, says: str
) -> None:
    spoil(folder / "key")

    code, found = diagnosed(capsys, inventory(folder, SSH, HOST))

    assert code == 2
    assert says in missing(found)


def test_nothing_to_log_in_with(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = diagnosed(capsys, inventory(folder, "known_hosts: known_hosts", HOST))

    assert "no private key, and no ssh-agent" in missing(found)


def test_secrets_are_followed_and_never_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "open").write_text("hunter2")
    (folder / "open").chmod(0o644)
    (folder / "closed").write_text("hunter2")
    (folder / "closed").chmod(0o600)
    monkeypatch.setenv("CDSO_THERE", "hunter2")
    references = ("file:open", "file:closed", "env:CDSO_THERE", "env:CDSO_NOT_THERE")
    assets = ", ".join(
        f"{{id: d{at}, database: postgresql, dsn: {{ref: '{each}'}}}}"
        for at, each in enumerate(references)
    )

    code, found = diagnosed(capsys, inventory(folder, SSH, assets))
    told = missing(found)

    assert code == 2
    assert "hunter2" not in json.dumps(found)
    assert told.count("secret: ") == 2
    assert "open can be read by others" in told
    assert "CDSO_NOT_THERE is not set" in told


def test_what_databases_need(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDSO_THERE", "postgresql://a@127.0.0.1/b")
    there = "dsn: {ref: 'env:CDSO_THERE'}"
    assets = (
        f"{{id: pg, database: postgresql, {there}}}, {{id: my, database: mariadb, {there}}}, "
        f"{{id: ora, database: oracle, {there}}}, {{id: bare, database: mysql}}"
    )
    monkeypatch.setattr(
        "cdso_audit.cli.doctor.find_spec", lambda name: None if name == "psycopg" else name
    )

    code, found = diagnosed(capsys, inventory(folder, SSH, assets))

    assert code == 2
    assert missing(found).splitlines() == [
        'database: the package psycopg is not installed -> pip install "cdso-audit[postgres]"',
        (
            "database: bare has no connection string -> write `dsn:` below it, a `ref` to "
            "env:NAME or file:PATH"
        ),
    ]
    assert [each["state"] for each in found if "oracle" in each["seen"]] == ["note"]


def test_files_that_the_inventory_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fw.txt").write_text("hostname fw")
    assets = (
        "{id: a, device: cisco-ios, config: fw.txt}, {id: b, device: cisco-ios, config: no.txt}, "
        "{id: c, url: 'https://c.example.vn', ca: ca.pem}"
    )

    _, found = diagnosed(capsys, inventory(folder, SSH, assets))
    told = missing(found)

    assert "no.txt is not there" in told
    assert "ca.pem is not there" in told
    assert "fw.txt" not in told


def test_sboms_that_the_inventory_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "here.json").write_text("{}")
    text = (
        f"{HEAD}systems:\n  - id: s\n    level: 4\n"
        "    assets: [{id: w, url: 'https://w.example.vn'}]\n    declared:\n      sboms:\n"
        "        - {application: a, on: w, file: here.json}\n"
        "        - {application: b, on: w, file: gone.json}\n"
        "        - {application: c, on: w}\n"
    )
    path = folder / "sboms.yaml"
    path.write_text(text)

    _, found = diagnosed(capsys, path)

    assert "gone.json is not there" in missing(found)
    assert "here.json" not in missing(found)


def test_mistakes_of_the_inventory_are_among_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "agency.yaml"
    path.write_text(HEAD + "sistems: []\n")

    code, found = diagnosed(capsys, path)

    assert code == 2
    assert "agency.yaml:3:1: the key sistems is not known here -> did you mean" in missing(found)


def test_the_machine_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["--lang", "vi", "doctor"]) == 0
    assert "thư mục kết quả" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")

    assert run(["doctor", "-o", str(tmp_path / "file" / "out")]) == 2
    assert "cannot be written" in capsys.readouterr().out
