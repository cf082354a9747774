"""Heartbeats written into real places and read from copies of them: SQL, files, mail."""

import json
import quopri
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.databases import (
    needs_mariadb,
    needs_postgresql,
    running_mariadb,
    running_postgresql,
)

from cdso_audit.cli import run
from cdso_audit.drill.canary import judge, make_canary
from cdso_audit.drill.run.canaries import NOTE, CanaryPlaceError, FileLog, place_of, write
from cdso_audit.errors import UsageError

KEY = b"0123456789abcdef0123456789abcdef"
T0 = datetime(2026, 3, 10, 8, tzinfo=UTC)
BEAT = timedelta(minutes=15)


def beat(place: str, count: int, *, keep: int = 100, state: Path | None = None) -> str:
    """So many heartbeats a quarter of an hour apart, and everything that is read afterwards."""
    where = place_of(place, state=state)
    for number in range(count):
        write(where, system="dvc", key=KEY, at=T0 + number * BEAT, interval=BEAT, keep=keep)
    return where.text()


def numbers(text: str) -> list[int]:
    found = judge(text, system="dvc", key=KEY, interval=BEAT)
    assert found.invalid == 0
    return [each.number for each in found.valid]


@pytest.mark.daemon
@needs_postgresql
def test_a_table_of_postgresql() -> None:
    with running_postgresql() as cluster:
        cluster.sql("create role root superuser login")
        place = f"postgresql:///postgres?host={cluster.folder}&port={cluster.port}"

        assert place_of(place).text() == ""
        assert numbers(beat(place, 3)) == [1, 2, 3]
        assert numbers(beat(place, 2, keep=2)) == [4, 5]
        assert cluster.sql("select distinct note from cdso_canary").strip() == NOTE
        cluster.sql("update cdso_canary set line = replace(line, 'number=5', 'number=6')")
        assert judge(place_of(place).text(), system="dvc", key=KEY, interval=BEAT).invalid == 1
        # the altered one stands where the next would: nothing is overwritten
        with pytest.raises(CanaryPlaceError, match="duplicate key"):
            beat(place, 1)


@pytest.mark.daemon
@needs_postgresql
def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CanaryPlaceError, match="psql ended with 2"):
        place_of(f"postgresql:///postgres?host={tmp_path}").text()


@pytest.mark.daemon
@needs_mariadb
def test_a_table_of_mariadb() -> None:
    with running_mariadb() as server:
        server.sql("create database dvc character set latin1")
        place = f"mariadb://root@/dvc?socket={server.socket}"

        assert place_of(place).text() == ""
        assert numbers(beat(place, 3)) == [1, 2, 3]
        assert numbers(beat(place, 2, keep=2)) == [4, 5]
        server.sql("delete from dvc.cdso_canary where number = 4")
        assert numbers(place_of(place).text()) == [5]


class TestFiles:
    def test_a_folder_gets_one_file_that_is_always_whole(self, tmp_path: Path) -> None:
        text = beat(f"file:{tmp_path}", 3)

        assert numbers(text) == [1, 2, 3]
        assert (tmp_path / ".cdso-canary").read_text() == text
        assert [each.name for each in tmp_path.iterdir()] == [".cdso-canary"]

    def test_old_ones_are_forgotten_and_the_count_goes_on(self, tmp_path: Path) -> None:
        place = f"file:{tmp_path / 'beats'}"

        assert numbers(beat(place, 5, keep=2)) == [4, 5]
        assert numbers(beat(place, 1, keep=2)) == [5, 6]

    def test_a_file_in_the_way_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("")

        with pytest.raises(CanaryPlaceError):
            FileLog(tmp_path / "x" / "y").add(make_canary("dvc", 1, T0, KEY), 9)


# ---------------------------------------------------------------------------------------------
# Mail
# ---------------------------------------------------------------------------------------------


class Post(socketserver.StreamRequestHandler):
    """A mail server that takes everything, as RFC 5321 says, and keeps it."""

    def handle(self) -> None:
        kept: list[bytes] = self.server.kept  # type: ignore[attr-defined]
        self.wfile.write(b"220 post\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                data = b""
                while (each := self.rfile.readline()) != b".\r\n":
                    data += each
                kept.append(data)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def post() -> Iterator[tuple[int, list[bytes]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        kept: list[bytes] = []
        server.kept = kept  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], kept
        server.shutdown()
        thread.join(5)


def test_mails_are_sent_and_found_in_a_restored_mailbox(
    post: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, kept = post
    place = f"smtp://127.0.0.1:{port}/?from=beat@example.vn&to=canary@example.vn"

    beat(place, 3, state=tmp_path / "state")
    folder = tmp_path / "Maildir" / "new"
    folder.mkdir(parents=True)
    for number, each in enumerate(kept):
        (folder / f"{number}.host").write_bytes(each)
    (folder / "spam").write_bytes(b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe")
    box = tmp_path / "box"
    box.write_bytes(b"".join(b"From x\n" + each + b"\n" for each in kept[:2]))

    assert numbers(place_of(f"maildir:{tmp_path / 'Maildir'}").text()) == [1, 2, 3]
    assert numbers(place_of(f"mbox:{box}").text()) == [1, 2]
    assert all(len(line) < 998 for each in kept for line in each.splitlines())


def test_a_mail_that_goes_through_another_encoding_still_reads(tmp_path: Path) -> None:
    line = make_canary("dvc", 1, T0, KEY).line
    soft = quopri.encodestring(line.encode()).decode()
    assert "=3D" in soft
    assert "=\n" in soft
    (tmp_path / "m").write_text(
        f"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n{soft}\n"
    )

    assert numbers(place_of(f"maildir:{tmp_path}").text()) == [1]


def test_a_mail_that_is_not_taken_is_not_counted(tmp_path: Path) -> None:
    place = "smtp://127.0.0.1:1/?from=a@b&to=c@d"

    with pytest.raises(CanaryPlaceError):
        beat(place, 1, state=tmp_path / "state")

    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://u:secret@h/d",
        "mariadb://u:secret@h/d",
        "http://x",
        "nothing",
        "",
    ],
)
def test_what_is_no_place_or_holds_a_password_is_refused(place: str) -> None:
    with pytest.raises(UsageError) as refused:
        place_of(place)

    assert "secret" not in str(refused.value.message)


def test_a_mail_needs_a_state_and_a_receiver(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="last number"):
        place_of("smtp://h/?from=a&to=b").text()
    with pytest.raises(UsageError, match="sender"):
        place_of("smtp://h/", state=tmp_path / "s").add(make_canary("dvc", 1, T0, KEY), 9)
    with pytest.raises(UsageError, match="directly"):
        place_of("mbox:/x").add(make_canary("dvc", 1, T0, KEY), 9)
    with pytest.raises(CanaryPlaceError):
        place_of(f"maildir:{tmp_path / 'none'}").text()


# ---------------------------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_bytes(KEY + b"\n")
    (tmp_path / "key").chmod(0o600)
    return tmp_path


WHO = ["--system", "dvc", "--key", "file:key"]


def test_write_then_verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "canary", "write", "file:.", *WHO]) == 0
    assert run(["--lang", "en", "canary", "write", "file:.", *WHO, "--json"]) == 0
    first = capsys.readouterr().out
    assert "Heartbeat 1 of dvc is written." in first
    assert json.loads(first.splitlines()[-1])["number"] == 2
    assert run(["--lang", "en", "canary", "verify", "file:.", *WHO]) == 0
    assert "2 valid heartbeats, 0 with a wrong MAC, 0 missing" in capsys.readouterr().out
    assert KEY.decode() not in (folder / ".cdso-canary").read_text()


def test_verify_tells_what_is_wrong_by_its_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["canary", "verify", "file:.", *WHO]) == 3
    lines = [make_canary("dvc", each, T0 + each * BEAT, KEY).line for each in (1, 2, 4)]
    (folder / ".cdso-canary").write_text("\n".join(lines))
    capsys.readouterr()
    at = ["--before", "2026-03-10T09:05:00Z"]

    assert run(["canary", "verify", "file:.", *WHO, *at, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert told["missing"] == [[3, 3]]
    assert told["loss_seconds"] == 300
    (folder / ".cdso-canary").write_text("\n".join(lines[:2]))
    assert run(["canary", "verify", "file:.", *WHO, *at]) == 0
    assert run(["canary", "verify", "file:.", *WHO, *at, "--max-loss", "34m"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--before", "yesterday"],
        ["--before", "2026-03-10T08:00:00"],
        ["--max-loss", "4"],
    ],
)
def test_a_slip_of_the_pen_is_usage(folder: Path, wrong: list[str]) -> None:
    assert folder
    assert run(["canary", "verify", "file:.", *WHO, *wrong]) == 2


def test_a_key_itself_on_the_command_line_is_refused_and_never_repeated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder
    assert run(["canary", "verify", "file:.", "--system", "dvc", "--key", KEY.decode()]) == 2

    said = capsys.readouterr()
    assert KEY.decode() not in said.out + said.err
