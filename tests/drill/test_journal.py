"""The journal: nothing is lost, nothing can be changed unseen, one process runs a drill."""

import ast
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.drill.other_verifier import is_whole
from tests.drill.times import Clock

from cdso_audit.drill.events import (
    AbortRequested,
    Anchored,
    Approved,
    Closed,
    DrillRegistered,
    LeaseTaken,
    ManualAsked,
    ManualSigned,
    Mode,
    Note,
    Started,
    StepDone,
    StepFailed,
    StepIntent,
)
from cdso_audit.drill.ledger import IllegalEventError
from cdso_audit.errors import UsageError, VerificationError
from cdso_audit.store import cdso_verify_journal as verifier
from cdso_audit.store.journal import NAME, Journal, JournalError, LeaseError, file_system

HASH = "a" * 64


def journal(folder: Path) -> Journal:
    if (folder / NAME).exists():
        return Journal.open(folder, clock=Clock(), actor="An (an@h)", machine="h")
    return Journal.create(folder, "so-x", clock=Clock(), actor="An (an@h)", machine="h")


def registered(mode: Mode = Mode.FULL) -> DrillRegistered:
    return DrillRegistered(
        playbook="p", system="dvc", mode=mode, plan={}, plan_hash=HASH, software="0"
    )


def filled(folder: Path) -> Path:
    """A journal with two drills and some content beside it."""
    with journal(folder) as book:
        book.append(1, registered())
        book.append(1, Approved(plan_hash=HASH, by="Bình", own=False))
        book.append(1, LeaseTaken(fence=1, why="run"))
        book.append(1, Started(by="An"), fence=1)
        kept = book.keep("kết quả".encode())
        book.append(1, StepIntent(step="s", attempt=1, kind="ssh"), fence=1)
        book.append(1, StepFailed(step="s", attempt=1, why="exit 1", kept=(kept,)), fence=1)
        book.append(1, Closed(outcome="failed"), fence=1)
        book.append(2, registered())
    return folder / NAME


def both(path: Path, head: tuple[int, str] | None = None) -> bool:
    """What the two verifiers say; they must agree."""
    first = not verifier.verified(str(path), [head] if head else []).problems
    second = is_whole(path, head)

    assert first == second

    return first


def test_a_whole_journal_is_whole_to_both_verifiers(tmp_path: Path) -> None:
    path = filled(tmp_path)

    assert both(path)
    with journal(tmp_path) as book:
        ledger = book.ledger()
    assert ledger.length == 9
    assert ledger.drill(1).closed is not None
    assert ledger.next_number == 3
    assert (path.stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = body WHERE seq = 2",
        "DELETE FROM events WHERE seq = 9",
        "INSERT OR REPLACE INTO events VALUES (9, 'x', 'y', 'z')",
        "INSERT INTO events VALUES (11, 'x', 'y', 'z')",
        "INSERT INTO events VALUES (10, 'x', 'y', 'z')",
    ],
)
def test_the_database_itself_refuses_a_change(tmp_path: Path, statement: str) -> None:
    path = filled(tmp_path)
    connection = sqlite3.connect(path)

    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|follows"):
        connection.execute(statement)

    connection.close()


def tampered(path: Path, *statements: str) -> None:
    """What somebody does who owns the machine: drop the triggers first."""
    with sqlite3.connect(path) as connection:
        for name in ("events_no_update", "events_no_delete", "events_in_order"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE events SET body = CAST(replace(body, 'exit 1', 'exit 0') AS BLOB) WHERE seq = 7"],
        ["UPDATE events SET body = CAST(replace(body, 'failed', 'passed') AS BLOB) WHERE seq = 8"],
        ["DELETE FROM events WHERE seq = 4"],
        ["DELETE FROM events WHERE seq < 3"],
        [
            "UPDATE events SET seq = 100 WHERE seq = 2",
            "UPDATE events SET seq = 2 WHERE seq = 3",
            "UPDATE events SET seq = 3 WHERE seq = 100",
        ],
        ["UPDATE events SET hash = lower(hex(randomblob(32))) WHERE seq = 9"],
        ["DELETE FROM events"],
    ],
    ids=["edited", "outcome", "taken out", "beginning", "reordered", "hash", "emptied"],
)
def test_an_edited_or_reordered_journal_is_caught_by_both(
    tmp_path: Path, statements: list[str]
) -> None:
    path = filled(tmp_path)
    tampered(path, *statements)

    assert not both(path)
    with journal(tmp_path) as book, pytest.raises((VerificationError, IllegalEventError)):
        book.append(2, Note(by="An", text="x"))


def test_a_truncated_journal_is_caught_against_a_noted_head(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with journal(tmp_path) as book:
        ledger = book.ledger()
    tampered(path, "DELETE FROM events WHERE seq = 9")

    assert both(path)  # nothing inside can tell: this is why the head is noted elsewhere
    assert not both(path, (9, ledger.head))


def test_content_that_was_edited_or_lost_is_caught(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (kept,) = (tmp_path / "kept").glob("*/*")
    kept.write_bytes(b"other")
    assert not both(path)

    kept.unlink()
    assert verifier.verified(str(path)).problems


def test_the_verifier_needs_nothing_but_python(tmp_path: Path) -> None:
    path = filled(tmp_path)
    alone = tmp_path / "verify.py"
    alone.write_text(Path(verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(alone), str(path)]

    whole = subprocess.run(command, capture_output=True, text=True, check=False)
    tampered(path, "DELETE FROM events WHERE seq = 4")
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    none = subprocess.run([*command[:-1], "/nowhere"], capture_output=True, check=False)

    assert (whole.returncode, broken.returncode, none.returncode) == (0, 5, 2)
    assert "drill 1: failed" in whole.stdout
    assert "BROKEN" in broken.stdout


def test_what_cannot_follow_is_not_written(tmp_path: Path) -> None:
    filled(tmp_path)
    with journal(tmp_path) as book:
        for drill, event, fence in [
            (1, AbortRequested(by="An"), 0),
            (2, Started(by="An"), 0),
            (2, StepIntent(step="s", attempt=1, kind="ssh"), 5),
            (4, registered(), 0),
            (9, Note(by="An", text="x"), 0),
            (None, Note(by="An", text="x"), 0),
        ]:
            with pytest.raises(IllegalEventError):
                book.append(drill, event, fence=fence)  # type: ignore[arg-type]

        assert book.ledger().length == 9


def test_an_old_lease_writes_nothing(tmp_path: Path) -> None:
    with journal(tmp_path) as one, journal(tmp_path) as two:
        one.append(1, registered())
        one.append(1, Approved(plan_hash=HASH, by="Bình", own=False))
        one.append(1, LeaseTaken(fence=1, why="run"))
        one.append(1, Started(by="An"), fence=1)
        two.append(1, LeaseTaken(fence=2, why="adopt"))

        with pytest.raises(IllegalEventError, match="lease"):
            one.append(1, StepIntent(step="s", attempt=1, kind="ssh"), fence=1)
        with pytest.raises(IllegalEventError, match="higher"):
            one.append(1, LeaseTaken(fence=2, why="resume"))


def test_two_processes_never_run_at_once(tmp_path: Path) -> None:
    with journal(tmp_path) as one, journal(tmp_path) as two:
        one.lock()

        with pytest.raises(LeaseError):
            two.lock()
        assert two.is_locked_by_other
    with journal(tmp_path) as three:
        assert not three.is_locked_by_other
        three.lock()


def test_many_threads_write_one_chain(tmp_path: Path) -> None:
    journal(tmp_path).close()

    def write() -> None:
        with journal(tmp_path) as book:
            for _ in range(15):
                book.append_with(lambda ledger: (ledger.next_number, registered()))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert both(tmp_path / NAME)
    with journal(tmp_path) as book:
        assert len(book.ledger().drills) == 60


def test_a_full_disk_is_told_and_leaves_the_chain_whole(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with journal(tmp_path) as book:
        pages = book._connection.execute("PRAGMA page_count").fetchone()[0]
        book._connection.execute(f"PRAGMA max_page_count={pages}")

        def fill() -> None:
            for _ in range(1000):
                book.append(2, Note(by="An", text="x" * 1000))

        with pytest.raises(JournalError, match="full"):
            fill()
        length = book.ledger().length
        book._connection.execute("PRAGMA max_page_count=100000")
        book.append(2, Note(by="An", text="there is space again"))

        assert book.ledger().length == length + 1
    assert both(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/an/drills", "ext4"),
        ("/mnt/share/drills", "cifs"),
        ("/mnt/share", "cifs"),
        ("/mnt/shared", "ext4"),
        ("/mnt/a b/x", "nfs4"),
    ],
)
def test_the_file_system_is_that_of_the_longest_mount(path: str, expected: str) -> None:
    mounts = (
        "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "30 21 0:40 / /mnt/share rw - cifs //srv/x rw\n"
        "31 21 0:41 / /mnt/a\\040b rw shared:3 master:1 - nfs4 srv:/ rw\n"
    )

    assert file_system(mounts, path) == expected


def test_a_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"30 21 0:40 / {tmp_path} rw - nfs4 srv:/ rw\n"
    monkeypatch.setattr(Path, "read_text", lambda *_a, **_k: mounts)

    with pytest.raises(UsageError, match="nfs4"):
        journal(tmp_path)


def test_a_mirror_makes_the_same_journal_elsewhere(tmp_path: Path) -> None:
    with journal(tmp_path / "a") as book:
        book.append(1, registered())
        before = book.keep(b"before")
        book.append(1, Approved(plan_hash=HASH, by="B", own=False))
        book.append(1, LeaseTaken(fence=1, why="run"))
        book.append(1, Started(by="An"), fence=1)
        book.append(1, StepIntent(step="s", attempt=1, kind="ssh"), fence=1)
        book.append(1, StepFailed(step="s", attempt=1, why="x", kept=(before,)), fence=1)
        book.mirror(tmp_path / "mirror.jsonl")
        after = book.keep(b"after")
        book.append(1, StepIntent(step="s", attempt=2, kind="ssh"), fence=1)
        book.append(1, StepFailed(step="s", attempt=2, why="x", kept=(after,)), fence=1)
        book.append(2, registered())
        head = book.ledger().head
    with (tmp_path / "mirror.jsonl").open("ab") as cut:
        cut.write(b'{"seq":12,"prev"')

    made = Journal.from_mirror(
        tmp_path / "mirror.jsonl", tmp_path / "b", clock=Clock(), actor="B", machine="m"
    )

    assert made.ledger().head == head
    made.close()
    assert both(tmp_path / "b" / NAME)


def test_what_others_write_reaches_the_mirror_before_the_next_entry(tmp_path: Path) -> None:
    """People sign from terminals of their own; the operator's process has the mirror."""
    mirror = tmp_path / "mirror.jsonl"
    with journal(tmp_path / "a") as book, journal(tmp_path / "a") as other:
        book.mirror(mirror)
        book.append(1, registered())
        book.append(1, LeaseTaken(fence=1, why="run"))
        photo = other.keep(b"a photo", "photo")
        other.append(1, Approved(plan_hash=HASH, by="B", own=False))
        other.append(1, Note(by="B", text="signed elsewhere"))
        book.append(1, Started(by="An"), fence=1)
        book.append(1, StepIntent(step="s", attempt=1, kind="manual"), fence=1)
        book.append(1, ManualAsked(step="s", role="owner"), fence=1)
        other.append(1, ManualSigned(step="s", by="B", role="owner", kept=(photo,)))
        book.append(1, StepDone(step="s"), fence=1)
        head = book.ledger().head

    made = Journal.from_mirror(mirror, tmp_path / "b", clock=Clock(), actor="B", machine="m")

    assert made.ledger().head == head
    assert made.kept_path(photo.sha256).read_bytes() == b"a photo"
    made.close()


def test_a_mirror_that_was_cut_within_a_line_goes_on_whole(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror.jsonl"
    with journal(tmp_path / "a") as book:
        book.mirror(mirror)
        book.append(1, registered())
    mirror.write_bytes(mirror.read_bytes()[:-20])
    with journal(tmp_path / "a") as book:
        book.mirror(mirror)
        book.append(1, Note(by="An", text="on"))
        head = book.ledger().head

    made = Journal.from_mirror(mirror, tmp_path / "b", clock=Clock(), actor="B", machine="m")

    assert made.ledger().head == head
    made.close()


def test_an_edited_mirror_is_refused(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror.jsonl"
    with journal(tmp_path / "a") as book:
        book.mirror(mirror)
        book.append(1, registered())
        book.append(1, Note(by="An", text="late"))
    mirror.write_bytes(mirror.read_bytes().replace(b'"system":"dvc"', b'"system":"xyz"'))

    with pytest.raises(VerificationError):
        Journal.from_mirror(mirror, tmp_path / "b", clock=Clock(), actor="B", machine="m")
    with journal(tmp_path / "a") as book, pytest.raises(JournalError):
        book.mirror(mirror)


def test_a_head_that_was_put_elsewhere_stays_in_the_ledger(tmp_path: Path) -> None:
    filled(tmp_path)
    with journal(tmp_path) as book:
        ledger = book.ledger()
        book.append(
            None, Anchored(head=ledger.head, head_seq=ledger.length, where="paper", by="An")
        )

        assert book.ledger().anchors[0].head == ledger.head


def test_no_entry_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    """Each line on stdout was written after `append` returned, so each must be in the journal."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.drill.test_journal import journal\n"
        "from cdso_audit.drill.events import Note\n"
        "book = journal(Path(sys.argv[1]))\n"
        "while True:\n"
        "    print(book.append(1, Note(by='An', text='x')).seq, flush=True)\n"
    )
    with journal(tmp_path) as book:
        book.append(1, registered())
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            text=True,
        ) as writer:
            assert writer.stdout
            seen = [int(writer.stdout.readline()) for _ in range(20)]
            writer.kill()
            seen += [int(line) for line in writer.stdout if line.strip()]
        with journal(tmp_path) as book:
            assert book.ledger().length >= seen[-1]
        assert both(tmp_path / NAME)


def test_the_entry_in_the_journal_is_canonical(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with sqlite3.connect(path) as connection:
        (body,) = connection.execute("SELECT body FROM events WHERE seq = 1").fetchone()
    connection.close()

    value = json.loads(body)
    assert value["at"]["wall"] == "2026-03-10T08:00:01.000000Z"
    assert list(value) == sorted(value)


def test_any_changed_byte_is_caught_by_both(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with sqlite3.connect(path) as connection:
        for name in ("events_no_update", "events_no_delete", "events_in_order"):
            connection.execute(f"DROP TRIGGER {name}")
        rows = connection.execute("SELECT seq, body FROM events").fetchall()
        connection.commit()
        for seq, body in rows:
            for at in range(seq, len(body), 37):
                changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
                connection.execute("UPDATE events SET body = ? WHERE seq = ?", (changed, seq))
                connection.commit()

                assert not both(path), (seq, at)

            connection.execute("UPDATE events SET body = ? WHERE seq = ?", (body, seq))
        connection.commit()
    connection.close()
    assert both(path)


def test_the_verifier_speaks_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER events_no_delete")
    connection.execute("DELETE FROM events WHERE seq = 4")
    connection.commit()
    connection.close()

    assert verifier.main([str(path), "--lang", "vi"]) == 5
    told = capsys.readouterr().out
    assert "HỎNG: thiếu mục 4: tiếp theo là 5" in told
    assert "HỎNG: mục 5 không nối tiếp mục trước nó" in told
    assert "cuộc diễn tập 1: thất bại" in told
    assert told.rstrip().endswith("KHÔNG NGUYÊN VẸN")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    verifier.main([str(path)])
    assert "HỎNG" in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    verifier.main([str(path)])
    assert "BROKEN: entry 4 is missing: 5 follows" in capsys.readouterr().out


def test_every_sentence_of_the_verifier_has_its_vietnamese() -> None:
    """Whatever it hands to `said`, `Fault` or `_wrong`, directly or as `template`."""
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "template":
            found |= {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Fault", "_wrong", "said"):
                found |= {
                    each.value
                    for each in node.args
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    outcomes = set(Closed.model_fields["outcome"].annotation.__args__)  # type: ignore[union-attr]

    assert len(found) > 12
    assert (found | outcomes) - {"en"} <= set(verifier.VIETNAMESE)
    for english, vietnamese in verifier.VIETNAMESE.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", vietnamese))
