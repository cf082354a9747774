"""A playbook is refused with the line that is wrong, and no value of it ever reaches a shell."""

import json

import pytest
from tests.drill.books import SMALL

from cdso_audit.drill.playbook import (
    OnDoubt,
    Phase,
    Playbook,
    on_doubt,
    parse_playbook,
    pasted,
    playbook_schema,
)
from cdso_audit.errors import ConfigError, ConfigErrors

RUN = 'run: [pgbackrest, "--stanza={{stanza}}", "--target={{t0}}", restore]'


def refused(changed: str) -> list[ConfigError]:
    with pytest.raises(ConfigErrors) as caught:
        parse_playbook(changed, "book.yaml")
    return list(caught.value.problems)


def test_a_good_playbook_is_read_and_survives_a_round_trip() -> None:
    book = parse_playbook(SMALL, "book.yaml")

    assert [(phase, step.id) for phase, step in book.steps()] == [
        (Phase.RESTORE, "restore"),
        (Phase.VERIFY, "rows"),
        (Phase.VERIFY, "portal"),
        (Phase.RETURN, "accept"),
    ]
    assert Playbook.model_validate_json(book.model_dump_json(by_alias=True)) == book
    assert not book.tabletop


def test_doubt_is_asked_about_unless_the_step_only_looks() -> None:
    book = parse_playbook(SMALL, "book.yaml")

    assert on_doubt(book.step("restore")) is OnDoubt.PROBE
    assert on_doubt(book.step("drop")) is OnDoubt.ASK
    assert on_doubt(book.step("portal")) is OnDoubt.RERUN
    assert on_doubt(book.step("rows")) is OnDoubt.RERUN
    assert on_doubt(book.step("accept")) is OnDoubt.ASK


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "hint"),
    [
        ("detached:", "detatched:", "18:7", "detatched is not known here", "detached"),
        ("      kind: ssh", "      kid: ssh", "14:7", "needs a kind", ""),
        ("kind: ssh\n", "kind: telnet\n", "14:7", "needs a kind", ""),
        ("={{stanza}}", "={{stanzas}}", "19:25", "stanzas", "stanza"),
        ("      host: db\n      detached", "      host: dbb\n      detached", "17:13", "dbb", "db"),
        (RUN, "run: pgbackrest restore", "19:12", "must be a list", ""),
        (RUN, 'run: [sh, -c, "echo {{stanza}}"]', "19:21", "read as a program", "argument"),
        (RUN, 'run: [x, "{{secret.repo_pass}}"]', "19:16", "where others can see", "env"),
        ("{{secret.repo_pass}}", "{{secret.repopass}}", "20:43", "repopass", "repo_pass"),
        ("cleanup: [drop]", "cleanup: [dropp]", "24:17", "dropp", "drop"),
        ("{detect: 1h", "{detect: 20h", "6:9", "add up to 30h", "reserve"),
        ("  verify:", "  verfy:", "25:3", "verfy", "verify"),
        ("class: isolated", "class: isolate", "7:17", "isolate", "isolated"),
        ("class: isolated", "class: switchover", "16:13", "may only look", "manual"),
        ("id: rows", "id: restore", "26:11", "stands twice", "line 14"),
        ("on_doubt: probe", "on_doubt: ask", "22:17", "belong together", ""),
        ("timeout: 9h", "timeout: 9", "21:16", "unit", "30m"),
        ("timeout: 9h", "timeout: 31h", "21:16", "longer than the whole drill", ""),
        ("< :'last'", "< {{rows}}", "31:14", "pasted into a query", "values"),
        ("role: service-owner", "role: owner", "47:13", "no role owner", ""),
        ('{of: "{{rows}}", within_percent: 2}', "{}", "34:15", "always met", ""),
        (
            "kind: file, host: db, path: /x/global/pg_control",
            "kind: ssh, run: [x], host: db",
            "23:14",
            "change nothing",
            "",
        ),
        ("expect: {of", "writes: true\n      expect: {of", "26:7", "repeated as a check", ""),
        ("https://dvc", "https://{{secret.repo_pass}}.dvc", "39:24", "others can see", "env"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    old: str, new: str, place: str, message: str, hint: str
) -> None:
    assert old in SMALL

    first = refused(SMALL.replace(old, new, 1))[0]

    assert message in first.message
    assert str(first.place).startswith(f"book.yaml:{place}")
    assert hint in first.hint


@pytest.mark.parametrize(
    "argv",
    [
        ("sh", "-c", "rm {{x}}"),
        ("sudo", "-n", "/bin/bash", "-ec", "rm {{x}}"),
        ("psql", "-Atc", "select {{x}}"),
        ("psql", "--command=select {{x}}"),
        ("psql", "-cselect {{x}}"),
        ("mysql", "-e", "select {{x}}"),
        ("python3", "-c", "print({{x}})"),
        ("env", "A=b", "su", "-", "postgres", "-c", "x {{x}}"),
        ("ssh", "other", "rm", "{{x}}"),
        ("awk", "{{x}}", "file"),
        ("flock", "/run/lock", "-c", "rm {{x}}"),
        ("docker", "exec", "db", "bash", "-lc", "rm {{x}}"),
        ("find", "/srv", "-exec", "sh", "-c", "rm {{x}}", ";"),
        ("sqlcmd", "-Q", "select {{x}}"),
    ],
)
def test_a_value_in_a_program_is_seen(argv: tuple[str, ...]) -> None:
    assert pasted(argv) is not None


@pytest.mark.parametrize(
    "argv",
    [
        ("sh", "-c", 'rm -- "$1"', "sh", "{{x}}"),
        ("pgbackrest", "--stanza={{x}}", "-c", "{{x}}"),
        ("psql", "-d", "{{x}}", "-c", "select 1"),
        ("restic", "-r", "{{x}}", "restore", "latest"),
        ("python3", "/opt/restore.py", "{{x}}"),
    ],
)
def test_a_value_as_an_argument_is_right(argv: tuple[str, ...]) -> None:
    assert pasted(argv) is None


def test_the_schema_accepts_what_the_parser_accepts() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")

    jsonschema.validate(yaml.safe_load(SMALL), playbook_schema())
    assert json.dumps(playbook_schema())
