"""`drill`: from the plan to the verdict, over SSH, as the people of an agency use it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.drill.held import marker, work_folder
from tests.sshd import Sshd, running

from cdso_audit.cli import run
from cdso_audit.cli.drill import plan_of
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.drill.run.guards import Seen, marked
from cdso_audit.errors import VerificationError
from cdso_audit.store.journal import Journal

pytestmark = pytest.mark.daemon

BOOK = """\
apiVersion: cdso/drill-v1
id: own
title: {vi: Khôi phục thử, en: A trial}
scenario: {name: loss, lost: [online], copy: offline}
target: {max_outage: 24h, minimum_service: {vi: có, en: some}}
budget: {restore: 2h, verify: 1h, return: 1h}
safety: {class: connected, marker: MARKER}
hosts: {db: {side: target}, eye: {side: outside}}
roles: {owner: {vi: chủ quản, en: owner}}
params: {log: {type: path}, port: {type: integer}}
secrets: {key: {ref: "env:DRILL_KEY"}}
phases:
  restore:
    - {id: restore, title: {vi: a, en: a}, kind: ssh, host: db, detached: true, timeout: 30s,
       env: {KEY: "{{secret.key}}"}, marks: restore-started, cleanup: [drop],
       run: [sh, -c, 'sleep 0.5; echo "restored" >> "$1"; echo "key $KEY"', sh, "{{log}}"]}
  verify:
    - {id: sum, title: {vi: a, en: a}, kind: file, host: db, path: "{{log}}",
       negative_control: true, proves: data, expect: {at_least_bytes: 5}}
    - {id: eye, title: {vi: a, en: a}, kind: tcp, vantage: eye, address: 127.0.0.1,
       port: "{{port}}", consecutive: 2, every: 0.2s, timeout: 20s, proves: service}
    - {id: none, title: {vi: a, en: a}, kind: tcp, vantage: eye, address: 127.0.0.1, port: 1,
       open: false, timeout: 5s, proves: containment}
  return:
    - {id: accept, title: {vi: a, en: a}, kind: manual, role: owner, four_eyes: true,
       accepts: recovery, evidence: [note], ask: {vi: a, en: a}, timeout: 60s}
cleanup:
  - {id: drop, title: {vi: a, en: a}, kind: ssh, host: db, run: [rm, -f, "{{log}}"]}
"""
INVENTORY = """\
apiVersion: cdso/agency-v1
agency: {id: so-x}
systems:
  - {id: dvc, level: 3, assets: [{id: db1, host: db1.invalid}]}
"""


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Sshd]:
    with running(tmp_path / "sshd") as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, target: Sshd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILL_KEY", "a-secret-canary-of-the-drill")
    monkeypatch.setenv("CDSO_AUDIT_LANG", "en")
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    (tmp_path / "own.yaml").write_text(BOOK.replace("MARKER", str(tmp_path / "marker")))
    ssh = (
        f"{{user: {target.user}, port: {target.port}, identity: {target.identity}, "
        f"known_hosts: {target.known_hosts}}}"
    )
    (tmp_path / "plan.yaml").write_text(
        "apiVersion: cdso/drill-plan-v1\nplaybook: own.yaml\nsystem: dvc\n"
        f"hosts:\n  db: {{host: 127.0.0.1, ssh: {ssh}}}\n  eye: {{host: 127.0.0.1, ssh: {ssh}}}\n"
        f"params: {{log: {tmp_path}/log, port: {target.port}}}\n"
        "people: {owner: [Trần Thị Bình, Lê Chi]}\n"
    )
    yield tmp_path
    if (tmp_path / "drills").exists():
        with journal(tmp_path) as book, contextlib.suppress(VerificationError):
            for number in book.ledger().drills:
                path = work_folder(book.ledger().journal, number)
                subprocess.run(["rm", "-rf", str(path)], check=True)


def journal(folder: Path) -> Journal:
    return Journal.open(folder / "drills", clock=read_stamp, actor="test", machine="test")


def planned(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    """Register the drill, mark the target; gives its number and its plan's hash."""
    assert run(["drill", "plan", "plan.yaml", "--by", "Nguyễn An", "--json", *more]) == 0
    made = json.loads(capsys.readouterr().out)
    marker(folder / "marker", made["nonce"])
    return made["number"], made["plan_hash"]


def approved(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    number, digest = planned(folder, capsys)
    assert run(["drill", "approve", str(number), "--hash", digest[:12], "--by", "Bình"]) == 0
    return number


def status(number: int, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run(["drill", "status", str(number), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def signing(number: int, *names: str, more: Sequence[str] = ()) -> threading.Thread:
    """People at terminals of their own."""

    def sign() -> None:
        for name in names:
            for _ in range(100):
                done = subprocess.run(
                    [sys.executable, "-m", "cdso_audit", "drill", "sign", str(number), "accept",
                     "--by", name, "--note", "I logged in", "--no-input", *more],
                    capture_output=True, check=False,
                )  # fmt: skip
                if done.returncode == 0:
                    break
                time.sleep(0.2)

    thread = threading.Thread(target=sign)
    thread.start()
    return thread


def test_a_drill_from_the_plan_to_the_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    people = signing(number, "Trần Thị Bình", "lê  chi")

    ended = run(["drill", "run", str(number), "--by", "Nguyễn An", "--mirror", "mirror.jsonl"])
    people.join()

    told = capsys.readouterr()
    assert ended == 0, told
    found = status(number, capsys)
    assert found["standing"] == "succeeded"
    steps = found["steps"]
    assert isinstance(steps, dict)
    assert {name: each["status"] for name, each in steps.items()} == dict.fromkeys(
        ("restore", "sum", "eye", "none", "accept", "drop"), "done"
    )
    assert not (folder / "log").exists()
    with journal(folder) as book:
        offsets = book.ledger().drill(number).offsets
    assert abs(offsets["db"].seconds) <= offsets["db"].bound + 0.01  # it is the same clock
    everything = b"".join(
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "sshd" not in str(path)
    )
    assert b"a-secret-canary" not in everything

    assert run(["drill", "verify"]) == 0
    assert run(["drill", "report", str(number)]) == 0
    assert "succeeded" in capsys.readouterr().out
    assert run(["drill", "list"]) == 0
    assert "own  dvc  full  succeeded" in capsys.readouterr().out
    assert run(["drill", "run", str(number)]) == 2


def test_without_a_marker_the_drill_is_refused_and_stays_in_the_ledger(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    (folder / "marker").unlink()

    assert run(["drill", "run", str(number)]) == 1
    assert "no marker" in capsys.readouterr().out
    assert status(number, capsys)["standing"] == "refused"
    assert not (folder / "log").exists()


@pytest.mark.parametrize("file", ["plan.yaml", "own.yaml", "agency.yaml"])
def test_any_edit_after_the_approval_refuses_the_drill(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    number = approved(folder, capsys)
    text = (folder / file).read_text()
    edited = {
        "plan.yaml": text.replace("Lê Chi", "Lê Chinh"),
        "own.yaml": text.replace("sleep 0.5", "sleep 0.6"),
        "agency.yaml": text.replace("level: 3,", "level: 3, data_gb: 5,"),
    }
    (folder / file).write_text(edited[file])

    assert run(["drill", "run", str(number)]) == 1
    assert "edited since" in capsys.readouterr().out


def test_a_target_of_the_inventory_is_production(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    (folder / "agency.yaml").write_text(INVENTORY.replace("db1.invalid", os.uname().nodename))

    assert run(["drill", "run", str(number)]) == 1
    assert "is production" in capsys.readouterr().out


def test_a_drill_that_nobody_approved_does_not_begin_and_tells_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, digest = planned(folder, capsys)

    assert run(["drill", "run", str(number)]) == 2
    told = capsys.readouterr().err
    assert "nobody approved" in told
    assert f"drill approve {number} --hash {digest[:16]}" in told
    assert status(number, capsys)["standing"] == "registered"  # it can still be approved


def test_the_plan_shows_what_is_approved_and_what_the_target_needs(
    folder: Path, target: Sshd, capsys: pytest.CaptureFixture[str]
) -> None:
    """The values that commands get, the secrets' places, and a marker that the guard takes."""
    assert run(["drill", "plan", "plan.yaml", "--by", "Nguyễn An"]) == 0

    told = capsys.readouterr()
    assert f"db = {target.user}@127.0.0.1:{target.port}" in told.out
    assert f"log = {folder}/log" in told.out
    assert "key = env:DRILL_KEY" in told.out
    assert "Trần Thị Bình, Lê Chi" in told.out
    (command,) = re.findall(r"printf .*", told.out)
    subprocess.run(["sh", "-c", command.replace("sudo ", "")], check=True, capture_output=True)
    with journal(folder) as book:
        made = plan_of(book.ledger().drill(1))
    text = dict(line.split("=") for line in (folder / "marker").read_text().splitlines())
    seen = Seen(marker=text, marker_there=True)
    assert marked(made, seen, datetime.now(UTC))
    assert "On db (127.0.0.1), the machine's own administrator" in told.out  # `eye` only looks


def test_the_next_command_is_always_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number, digest = planned(folder, capsys)
    assert run(["drill", "status", str(number)]) == 0
    assert f"drill approve {number} --hash {digest[:16]}" in capsys.readouterr().err
    assert run(["drill", "approve", str(number), "--hash", digest, "--by", "Bình"]) == 0
    assert f"drill run {number}" in capsys.readouterr().err
    (folder / "marker").unlink()
    assert run(["drill", "run", str(number)]) == 1
    told = capsys.readouterr()
    assert "marker, db: there is no marker" in told.out
    assert "drill plan plan.yaml" in told.err
    assert run(["drill", "status", str(number)]) == 0
    assert "there is no marker" in capsys.readouterr().out
    assert run(["drill", "report", str(number)]) == 0
    assert "there is no marker" in capsys.readouterr().out
    assert run(["--lang", "vi", "drill", "report", str(number)]) == 0
    assert "không có dấu đích" in capsys.readouterr().out


def nonce(folder: Path) -> str:
    """What the marker on the target says."""
    return re.findall(r"nonce=(\w+)", (folder / "marker").read_text())[0]


def test_a_drill_that_was_refused_is_registered_anew_with_the_marker_that_is_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    kept = nonce(folder)
    (folder / "marker").unlink()
    assert run(["drill", "run", str(number)]) == 1
    capsys.readouterr()

    again, _ = planned(folder, capsys)

    assert again == number + 1
    assert nonce(folder) == kept
    assert run(["drill", "abort", str(again)]) == 1
    capsys.readouterr()
    planned(folder, capsys)
    assert nonce(folder) != kept  # only a refused one gives it on


def test_the_approval_is_by_hash_and_says_when_it_is_ones_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, digest = planned(folder, capsys)

    assert run(["drill", "approve", str(number), "--hash", "0" * 12, "--by", "Bình"]) == 2
    assert run(["drill", "approve", str(number), "--hash", digest[:4], "--by", "Bình"]) == 2
    assert run(["drill", "approve", str(number), "--hash", digest, "--by", "nguyễn  AN"]) == 0
    assert "your own plan" in capsys.readouterr().err
    assert status(number, capsys)["self_approved"] is True


def test_a_dry_run_needs_no_approval_and_ends_as_rehearsed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, _ = planned(folder, capsys, "--dry-run")

    assert run(["drill", "run", str(number)]) == 0
    assert "rehearsed only" in capsys.readouterr().out
    assert not (folder / "log").exists()


def test_a_drill_is_aborted_before_and_after_its_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = approved(folder, capsys)
    assert run(["drill", "abort", str(first), "--why", "no"]) == 1
    assert status(first, capsys)["standing"] == "aborted"

    second = approved(folder, capsys)
    with subprocess.Popen(
        [sys.executable, "-m", "cdso_audit", "drill", "run", str(second)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as operator:  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not status(second, capsys)["waiting"]:
            time.sleep(0.2)
        assert run(["drill", "resume", str(second)]) == 2  # another process has it
        assert run(["drill", "abort", str(second), "--why", "fire"]) == 0
        operator.communicate(timeout=60)

    assert operator.returncode == 1
    assert status(second, capsys)["standing"] == "aborted"
    assert not (folder / "log").exists()  # cleaned up


def test_only_the_people_of_the_plan_sign_and_each_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    sign = ["drill", "sign", str(number), "accept", "--no-input", "--note", "x", "--by"]
    assert run([*sign, "Lê Chi"]) == 2  # nobody is asked yet
    with subprocess.Popen(
        [sys.executable, "-m", "cdso_audit", "drill", "run", str(number), "-q"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as operator:  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not status(number, capsys)["waiting"]:
            time.sleep(0.2)
        waiting = status(number, capsys)["waiting"]
        assert isinstance(waiting, list)
        assert waiting[0]["who"] == ["Trần Thị Bình", "Lê Chi"]
        assert run([*sign, "Kẻ Lạ"]) == 2
        assert run(["drill", "sign", str(number), "accept", "--no-input", "--by", "Lê Chi"]) == 2
        assert run([*sign, "Lê Chi"]) == 0
        assert run([*sign, "lê chi"]) == 2
        assert run([*sign, "Trần Thị Bình", "--refuse"]) == 0
        operator.communicate(timeout=60)

    assert operator.returncode == 1
    assert status(number, capsys)["standing"] == "failed"


def test_another_machine_takes_over_and_the_first_operator_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The laptop dies in the restore; the second one has the mirror, the plan and the key."""
    book = folder / "own.yaml"
    book.write_text(book.read_text().replace("sleep 0.5", "sleep 2"))
    number = approved(folder, capsys)
    with subprocess.Popen(
        [sys.executable, "-m", "cdso_audit", "drill", "run", str(number),
         "--mirror", "mirror.jsonl", "-q"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as operator:  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            mirror = folder / "mirror.jsonl"
            if mirror.exists() and '"type":"step_started"' in mirror.read_text():
                break
            time.sleep(0.1)
        operator.kill()
        operator.communicate()
    people = signing(number, "Trần Thị Bình", "Lê Chi", more=["--journal", "second"])

    ended = run(
        ["drill", "adopt", str(number), "--from", "mirror.jsonl", "--journal", "second",
         "--why", "laptop lost", "--by", "Dung", "--no-input"]
    )  # fmt: skip
    people.join()

    assert ended == 0, capsys.readouterr()
    assert run(["drill", "verify", "--journal", "second"]) == 0
    told = (folder / "mirror.jsonl").read_text()
    assert told.count("step_intent") == 1  # the restore went on, and was not begun again
    assert run(["drill", "resume", str(number)]) == 2
    assert "went on elsewhere" in capsys.readouterr().err
    assert status(number, capsys)["standing"] == "superseded"


def test_a_drill_does_not_go_on_when_its_marker_is_gone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = approved(folder, capsys)
    with subprocess.Popen(
        [sys.executable, "-m", "cdso_audit", "drill", "run", str(number), "-q"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as operator:  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with journal(folder) as book:
                if book.ledger().drill(number).waiting():
                    break
            time.sleep(0.1)
        operator.kill()
        operator.communicate()
    kept = (folder / "marker").read_text()
    (folder / "marker").unlink()
    capsys.readouterr()

    assert run(["drill", "resume", str(number), "-q"]) == 1
    told = capsys.readouterr().err
    assert "the drill may not go on: marker, db: there is no marker" in " ".join(told.split())
    assert f"drill resume {number}" in told
    monkeypatch.setenv("CDSO_AUDIT_LANG", "vi")
    assert run(["drill", "resume", str(number), "-q"]) == 1
    assert "không được đi tiếp: dấu diễn tập, db: không có dấu" in " ".join(
        capsys.readouterr().err.split()
    )

    monkeypatch.setenv("CDSO_AUDIT_LANG", "en")
    (folder / "marker").write_text(kept)
    people = signing(number, "Trần Thị Bình", "Lê Chi")
    assert run(["drill", "resume", str(number), "-q"]) == 0
    people.join()


def test_watch_follows_to_the_end_and_runs_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = approved(folder, capsys)
    with subprocess.Popen(
        [sys.executable, "-m", "cdso_audit", "drill", "watch", str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as watcher:  # fmt: skip
        time.sleep(1.5)
        assert run(["drill", "abort", str(number)]) == 1
        out, _ = watcher.communicate(timeout=30)

    assert watcher.returncode == 1
    assert "aborted" in out
    with journal(folder) as book:
        assert [each.event.type for each in book.entries() if each.drill == number] == [
            "drill_registered", "approved", "abort_requested", "lease_taken", "closed",
        ]  # fmt: skip


def test_every_shipped_playbook_is_right_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    import cdso_playbooks

    for name in cdso_playbooks.names():
        assert run(["drill", "show", name]) == 0
        assert "apiVersion: cdso/drill-v1" in capsys.readouterr().out
    assert run(["drill", "show", "postgresql-ptir"]) == 2
    assert "postgresql-pitr" in capsys.readouterr().err


def test_check_names_the_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drill", "check", "own.yaml", "plan.yaml"]) == 0
    (folder / "own.yaml").write_text(BOOK.replace("detached: true", "detatched: true"))

    assert run(["drill", "check", "own.yaml"]) == 2
    assert "own.yaml:14:" in capsys.readouterr().err
    (folder / "plan.yaml").write_text("apiVersion: cdso/drill-plan-v1\nplaybok: own.yaml\n")
    assert run(["drill", "check", "plan.yaml"]) == 2
    assert "plan.yaml:2:1" in capsys.readouterr().err
    (folder / "own.yaml").write_text(BOOK.replace("MARKER", "/etc/marker"))
    (folder / "plan.yaml").write_text(
        "apiVersion: cdso/drill-plan-v1\nplaybook: own.yaml\nsystem: dvv\n"
    )
    assert run(["drill", "check", "plan.yaml"]) == 2
    told = capsys.readouterr().err
    assert "plan.yaml:3:9" in told
    assert "dvc" in told


def test_verify_tells_a_changed_journal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    planned(folder, capsys)
    assert run(["drill", "anchor", "--where", "paper", "--by", "An", "--no-input"]) == 0
    head = capsys.readouterr().out.strip()
    assert run(["drill", "verify", "--head", head]) == 0
    assert run(["drill", "verify", "--head", f"2:{'0' * 64}"]) == 5
    assert run(["drill", "verify", "--head", "x"]) == 2
    with sqlite3.connect(folder / "drills" / "journal.sqlite") as base:
        base.execute("DROP TRIGGER events_no_update")
        base.execute("UPDATE events SET body = replace(body, 'dvc', 'xyz') WHERE seq = 2")
    base.close()

    assert run(["drill", "verify"]) == 5
    assert run(["drill", "verify", "--print-verifier"]) == 0
    assert "def verified" in capsys.readouterr().out
