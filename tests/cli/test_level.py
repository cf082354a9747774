"""`level`: from a file or by asking, in two languages; kept answers are held against the scan."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.audit.test_levels import NOTHING
from tests.cli.test_attest import INVENTORY

from cdso_audit.cli import run
from cdso_audit.levels import Answer, load_level_rules, next_question

PROCEDURES = {
    **{key: sorted(each) if isinstance(each, frozenset) else each for key, each in NOTHING.items()},
    "system_type": "citizens-and-business",
    "administrative_procedures": True,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    given = {"apiVersion": "cdso/level-v1", "answers": PROCEDURES}
    (tmp_path / "answers.yaml").write_text(json.dumps(given))
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Level 3", "Điều 13 khoản 2 điểm b", "Approves: the owner", "15 working days"]),
        ("vi", ["Cấp độ 3", "Điều 13 khoản 2 điểm b", "Phê duyệt: chủ quản", "15 ngày làm việc"]),
    ],
)
def test_the_level_with_its_article_and_who_decides(
    folder: Path, lang: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "level", "--answers", "answers.yaml"]) == 0
    said = capsys.readouterr().out

    assert all(word in said for word in words), said
    assert folder


def test_what_is_open_is_named_and_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(
        "apiVersion: cdso/level-v1\nanswers: {system_type: internal, information_classes: [public]}"
    )

    assert run(["level", "--answers", "a.yaml"]) == 1
    said = capsys.readouterr().out
    assert "Not decidable from the answers: level 1 at least" in said
    assert "central_store_of_special_national_data" in said
    assert "Approves" not in said


def test_a_mistake_names_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text("apiVersion: cdso/level-v1\nanswers:\n  system_type: intern\n")

    assert run(["level", "--answers", "a.yaml"]) == 2
    assert "a.yaml:3:16" in capsys.readouterr().err


def test_without_a_terminal_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["level", "--no-input"]) == 2
    assert "--answers is missing" in capsys.readouterr().err


def test_kept_answers_are_held_against_the_inventory(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = ["level", "--answers", "answers.yaml", "--save", "--by", "An", "--no-input"]
    assert run([*keep, "--system", "mail"]) == 0
    assert run([*keep, "--system", "mail"]) == 2
    assert "never overwritten" in capsys.readouterr().err
    run(["scan", "-q", "--format", "json", "-o", "out"])
    result = json.loads((folder / "out" / "latest" / "result.json").read_text())
    said = [each for each in result["notices"] if "system mail is declared" in each["en"]]

    assert len(said) == 1
    assert "at level 1" in said[0]["en"]
    assert "cấp độ 3" in said[0]["vi"]
    assert run(["verify", "out/latest/bundle.zip"]) == 0


def typed(answers: dict[str, Answer]) -> str:
    """What a person types who knows these answers."""
    rules, given, lines = load_level_rules(), dict[str, Answer](), ["", "0"]
    first = next_question(rules, given)
    assert first is not None
    lines = ["99", "x"]  # neither is an answer: asked again
    while (question := next_question(rules, given)) is not None:
        answer = given[question.id] = answers[question.id]
        if isinstance(answer, bool):
            lines.append("1" if answer else "2")
        elif answer is None:
            lines.append("1")
        elif isinstance(answer, frozenset):
            lines.append(", ".join(str(question.words.index(each) + 1) for each in answer))
        elif question.type == "enum":
            lines.append(str(question.words.index(str(answer)) + 1))
        else:
            lines.append(str(answer))
    return "\n".join(lines) + "\n"


def test_a_person_at_a_terminal_is_asked_only_what_decides(folder: Path) -> None:
    master, slave = pty.openpty()
    os.write(master, typed({**NOTHING, "system_type": "internal"}).encode())
    done = subprocess.run(
        [sys.executable, "-m", "cdso_audit", "--lang", "vi", "level"],
        stdin=slave, capture_output=True, text=True, check=False, cwd=folder, timeout=60,
    )  # fmt: skip
    os.close(master)
    os.close(slave)

    assert done.returncode == 0, done.stderr
    assert "Cấp độ 1" in done.stdout
    assert "Hệ thống thuộc loại nào?" in done.stderr
    assert "công trình" not in done.stderr
