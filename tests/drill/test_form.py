"""The empty plan of a playbook: nothing of it is forgotten, and what is left empty is named."""

from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from tests.drill.held import NONCE

import cdso_playbooks
from cdso_audit.cli import run
from cdso_audit.drill.form import blank_plan
from cdso_audit.drill.plan import Plan, made_plan, parse_plan_file
from cdso_audit.drill.playbook import Playbook, parse_playbook
from cdso_audit.errors import ConfigErrors

NAMES = list(cdso_playbooks.names())
VALUES: dict[str, Any] = {
    "text": "x", "name": "x", "path": "/x", "integer": 7, "number": 1.5, "seconds": "15m",
}  # fmt: skip


def book(name: str) -> Playbook:
    return parse_playbook(cdso_playbooks.text(name), f"{name}.yaml")


def made(playbook: Playbook, text: str) -> Plan:
    written, document = parse_plan_file(text, "plan.yaml")
    return made_plan(playbook, written, document, None, NONCE)


def filled(playbook: Playbook, text: str) -> str:
    """What an officer does: every empty place gets a value of its kind."""
    data = yaml.safe_load(text)
    for host in data.get("hosts", {}).values():
        host["host"] = "10.9.0.5"
    for name, param in playbook.params.items():
        if param.default is None:
            data["params"][name] = VALUES[param.type]
    for name in playbook.roles:
        data["people"][name] = ["Bình", "Chi"]
    return yaml.safe_dump(data, allow_unicode=True)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_filled_in_it_is_a_plan(name: str, lang: Literal["vi", "en"]) -> None:
    playbook = book(name)

    plan = made(playbook, filled(playbook, blank_plan(playbook, lang, system="dvc")))

    assert plan.playbook.id == name
    assert set(plan.values) == set(playbook.params)
    assert set(plan.hosts) == set(playbook.hosts)
    assert set(plan.secrets) == set(playbook.secrets)
    assert {each: plan.secrets[each].ref for each in plan.secrets} == {
        each: playbook.secrets[each].ref for each in playbook.secrets
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_empty_place_is_named_with_its_line(name: str) -> None:
    playbook = book(name)
    text = blank_plan(playbook, "en", system="dvc")
    lines = text.splitlines()
    wanted = [f"params.{each}" for each, param in playbook.params.items() if param.default is None]
    wanted += [f"who signs as {role}" for role in playbook.roles]
    wanted += ["has a `host`"] * len(playbook.hosts)

    with pytest.raises(ConfigErrors) as caught:
        made(playbook, text)

    told = [each.message for each in caught.value.problems]
    for each in wanted:
        assert sum(each in one for one in told) >= 1, each
    assert len(told) == len(wanted)
    for problem in caught.value.problems:
        assert problem.place is not None
        assert problem.place.line is not None
        if problem.subject:
            assert lines[problem.place.line - 1].strip().startswith(problem.subject.split(".")[1])


def test_it_says_in_both_languages_what_each_value_is() -> None:
    vi, en = (blank_plan(book("postgresql-pitr"), lang) for lang in ("vi", "en"))

    assert "# stanza của pgBackRest: chữ cái không dấu" in vi
    assert "# the stanza of pgBackRest: letters, digits" in en
    assert "lost is: db-primary, backup-online, ad" in en
    assert "system:  # mã của hệ thống trong danh mục" in vi


def test_a_tabletop_asks_for_people_alone() -> None:
    text = blank_plan(book("agency-tabletop"), "en", system="dvc")

    assert "mode:" not in text
    assert "copy:" not in text
    assert "hosts:" not in text
    assert "people:" in text


INVENTORY = (
    "apiVersion: cdso/agency-v1\nagency: {id: so-x}\n"
    "systems: [{id: dvc, level: 3, assets: [{id: db1, host: db1.invalid}]}%s]\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDSO_AUDIT_LANG", "en")
    return tmp_path


def test_the_command_writes_it_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "agency.yaml").write_text(INVENTORY % "")

    assert run(["drill", "new", "files-restic", "-o", "plan.yaml"]) == 0
    assert "system: dvc  # the system's id in the inventory: dvc" in (
        folder / "plan.yaml"
    ).read_text("utf-8")
    assert (folder / "plan.yaml").stat().st_mode & 0o777 == 0o600
    assert "drill check plan.yaml" in capsys.readouterr().err
    assert run(["drill", "new", "files-restic", "-o", "plan.yaml"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert run(["drill", "check", "plan.yaml"]) == 2


def test_the_system_is_asked_for_where_there_are_several(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "agency.yaml").write_text(INVENTORY % ", {id: lgsp, level: 3, assets: []}")

    assert run(["drill", "new", "files-restic"]) == 0
    assert "\nsystem:  # the system's id in the inventory: dvc, lgsp\n" in capsys.readouterr().out
    assert run(["drill", "new", "files-restic", "--system", "lgps"]) == 2
    assert "did you mean lgsp?" in capsys.readouterr().err
    assert run(["drill", "new", "files-rustic"]) == 2
    assert "did you mean files-restic?" in capsys.readouterr().err


def test_a_playbook_of_ones_own_is_named_by_its_path(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = cdso_playbooks.text("files-restic").replace(b"id: files-restic", b"id: own", 1)
    (folder / "my book.yaml").write_bytes(own)

    assert run(["drill", "new", "my book.yaml", "--system", "dvc"]) == 0

    text = capsys.readouterr().out
    assert yaml.safe_load(text)["playbook"] == "my book.yaml"
