"""Which level the criteria of Decree 331/2026 give; what is not answered is never guessed."""

from typing import Any

import pytest
import yaml
from tools.import_rules import LEVELS_HEAD, NAME

from cdso_audit.errors import ConfigErrors
from cdso_audit.levels import (
    Answered,
    Answers,
    decide,
    file_text,
    load_level_rules,
    next_question,
    notice,
    parse_answers,
)
from cdso_audit.model import System

RULES = load_level_rules()
#: Every question answered, so that nothing fires.
NOTHING: dict[str, Any] = {
    "system_type": "other",
    "information_classes": frozenset({"public"}),
    "defence_or_security_service": False,
    "harm_to_national_security": "none",
    "online_service": "none",
    "administrative_procedures": False,
    "basic_data_subjects": 0,
    "sensitive_data_subjects": 0,
    "infrastructure_scope": "none",
    "national_egov_system": False,
    "runs_24x7_no_unplanned_stop": False,
    "construction_grade": "none",
    "central_store_of_special_national_data": False,
    "strategic": False,
    "risk_framework_or_pm_level": None,
}
PRIVATE = frozenset({"public", "private"})
PERSONAL = frozenset({"public", "personal"})
SECRET = frozenset({"state-secret"})
SERVICE = {"system_type": "citizens-and-business", "information_classes": PERSONAL}


@pytest.mark.parametrize(
    ("case", "answers", "level", "article"),
    [
        ("a web page of the office", {"system_type": "internal"}, 1, "Điều 11 khoản 1"),
        (
            "personnel records",
            {"system_type": "internal", "information_classes": PRIVATE},
            2,
            "Điều 12 khoản 1",
        ),
        (
            "a small online service",
            {**SERVICE, "online_service": "other", "basic_data_subjects": 99_999,
             "sensitive_data_subjects": 9_999},
            2,
            "Điều 12 khoản 2 điểm b",
        ),
        (
            "100,000 subjects of basic data",
            {**SERVICE, "online_service": "other", "basic_data_subjects": 100_000},
            3,
            "Điều 13 khoản 2 điểm c",
        ),
        (
            "10,000 subjects of sensitive data",
            {**SERVICE, "online_service": "other", "sensitive_data_subjects": 10_000},
            3,
            "Điều 13 khoản 2 điểm c",
        ),
        (
            "administrative procedures of a commune",
            {**SERVICE, "administrative_procedures": True},
            3,
            "Điều 13 khoản 2 điểm b",
        ),
        (
            "a service on the conditional list",
            {**SERVICE, "online_service": "in-conditional-business-list"},
            3,
            "Điều 13 khoản 2 điểm a",
        ),
        (
            "the network of one office",
            {"system_type": "infrastructure", "infrastructure_scope": "one-organisation"},
            2,
            "Điều 12 khoản 3",
        ),
        (
            "the data centre of a province",
            {"system_type": "infrastructure",
             "infrastructure_scope": "ministry-sector-or-provinces"},
            3,
            "Điều 13 khoản 3",
        ),
        (
            "a national system that never stops",
            {**SERVICE, "administrative_procedures": True, "national_egov_system": True,
             "runs_24x7_no_unplanned_stop": True},
            4,
            "Điều 14 khoản 2",
        ),
        (
            "state secrets, serious harm",
            {"information_classes": SECRET, "harm_to_national_security": "serious"},
            4,
            "Điều 14 khoản 1",
        ),
        (
            "strategic, for defence",
            {"defence_or_security_service": True, "strategic": True,
             "harm_to_national_security": "extremely-serious"},
            5,
            "Điều 15 khoản 1",
        ),
        (
            "a national data store",
            {"central_store_of_special_national_data": True},
            5,
            "Điều 15 khoản 2",
        ),
        (
            "a dam of grade I",
            {"system_type": "industrial-control", "construction_grade": "I"},
            4,
            "Điều 14 khoản 3",
        ),
        ("the risk framework says 4", {"risk_framework_or_pm_level": 4}, 4, "Điều 14 khoản 4"),
    ],
)  # fmt: skip
def test_worked_examples(case: str, answers: Answers, level: int, article: str) -> None:
    found = decide(RULES, {**NOTHING, **answers})

    assert found.level == level, case
    assert article in [each.article for each in found.because]
    assert not found.missing


def test_nothing_fires_is_not_decidable() -> None:
    found = decide(RULES, NOTHING)

    assert (found.level, found.least, found.because, found.missing) == (None, None, (), ())


def test_without_an_answer_every_question_is_open() -> None:
    found = decide(RULES, {})

    assert found.level is None
    assert {each.id for each in found.missing} == {each.id for each in RULES.facts}


def test_an_open_question_that_could_raise_the_level_leaves_it_undecided() -> None:
    answers = {**NOTHING, "system_type": "internal"}
    del answers["central_store_of_special_national_data"]
    found = decide(RULES, answers)

    assert (found.level, found.least) == (None, 1)
    assert [each.id for each in found.undecided] == ["l5-special-national-data"]
    assert [each.id for each in found.missing] == ["central_store_of_special_national_data"]


def test_an_open_question_that_cannot_raise_it_does_not_matter() -> None:
    found = decide(RULES, {"central_store_of_special_national_data": True})

    assert found.level == 5


def test_only_what_can_still_change_the_level_is_asked() -> None:
    asked, answers = [], {}
    while (question := next_question(RULES, answers)) is not None:
        asked.append(question.id)
        answers[question.id] = {**NOTHING, "system_type": "internal"}[question.id]

    assert "construction_grade" not in asked
    assert "basic_data_subjects" not in asked
    assert decide(RULES, answers).level == 1


def test_what_was_left_open_is_not_asked_again() -> None:
    first = next_question(RULES, {})

    assert first is not None
    again = next_question(RULES, {}, frozenset({first.id}))
    assert again is not None
    assert again.id != first.id


HEAD = "apiVersion: cdso/level-v1\nsystem: dvc\nanswers:\n"


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        ("  system_typ: internal", "4:3", "the key system_typ is not known", "system_type?"),
        ("  system_type: intern", "4:16", "intern is none of", "did you mean internal?"),
        ("  information_classes: public", "4:24", "must be a list of at least one of", ""),
        ("  information_classes: []", "4:24", "must be a list of at least one of", ""),
        ("  information_classes: [publc]", "4:24", "publc is none of", "public"),
        ("  strategic: maybe", "4:14", "must be true or false", ""),
        ("  strategic: 1", "4:14", "must be true or false", ""),
        ("  basic_data_subjects: many", "4:24", "must be a whole number", ""),
        ("  basic_data_subjects: -1", "4:24", "must be 0 or more", ""),
        ("  basic_data_subjects: true", "4:24", "must be a whole number", ""),
        ("  risk_framework_or_pm_level: 6", "4:31", "must be 5 or less", ""),
        ("  risk_framework_or_pm_level: 0", "4:31", "must be 1 or more", ""),
    ],
)
def test_a_wrong_answer_is_told_with_its_line(
    line: str, place: str, message: str, hint: str
) -> None:
    with pytest.raises(ConfigErrors) as raised:
        parse_answers(HEAD + line + "\n", "levels/dvc.yaml", RULES, ["dvc"])
    problem = raised.value.problems[0]

    assert str(problem.place) == f"levels/dvc.yaml:{place}"
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD.replace("dvc", "dvd") + "  strategic: false\n", "no system dvd"),
        ("apiVersion: cdso/level-v1\nanswers: {strategic: false}\n", "the key system is missing"),
        ("apiVersion: cdso/level-v1\nsystem: dvc\n", "the key answers is missing"),
    ],
)
def test_a_file_beside_the_inventory_names_its_system(text: str, message: str) -> None:
    with pytest.raises(ConfigErrors) as raised:
        parse_answers(text, "levels/dvc.yaml", RULES, ["dvc"])

    assert message in str(raised.value)


def test_no_decision_is_an_answer_and_no_answer_is_none() -> None:
    text = HEAD + "  risk_framework_or_pm_level: null\n"

    assert parse_answers(text, "a", RULES).answers == {"risk_framework_or_pm_level": None}


def test_what_is_written_is_read_back() -> None:
    given = Answered({**NOTHING, "information_classes": PRIVATE}, "dvc", "An", None)

    assert parse_answers(file_text(given), "a", RULES, ["dvc"]) == given


@pytest.mark.parametrize(
    ("declared", "answers", "said"),
    [
        (2, {**NOTHING, **SERVICE, "administrative_procedures": True}, "at level 2"),
        (3, {**NOTHING, **SERVICE, "administrative_procedures": True}, ""),
        (4, {**NOTHING, **SERVICE, "administrative_procedures": True}, ""),
        (3, {"system_type": "internal"}, "do not decide"),
        (1, {**SERVICE, "administrative_procedures": True}, "put it at level 3 at least"),
    ],
)
def test_a_level_declared_too_low_is_said(declared: int, answers: Answers, said: str) -> None:
    found = notice(System(id="dvc", level=declared), Answered(dict(answers)), RULES)

    if not said:
        assert found is None
        return
    assert found is not None
    assert said in found.template.format_map(found.values)


def test_every_question_is_used_and_asked_in_both_languages() -> None:
    used = {name for each in RULES.criteria for name in each.facts}

    assert used == {each.id for each in RULES.facts}
    for each in RULES.facts:
        assert each.ask.vi.endswith("?")
        assert each.ask.en.endswith("?")
        assert bool(each.values) is (each.type in ("enum", "set"))
    for criterion in RULES.criteria:
        for line in (*criterion.all, *criterion.any):
            words = RULES.question(line.fact).words
            given = line.value if isinstance(line.value, list) else [line.value]
            assert not words or set(given) <= set(words), criterion.id


def test_every_level_has_criteria_and_an_authority() -> None:
    assert {each.level for each in RULES.criteria} == {1, 2, 3, 4, 5} == set(RULES.authority)


def test_the_file_is_the_importers() -> None:
    from tools.import_rules import FOLDER

    text = (FOLDER / f"{NAME}.levels.yaml").read_text("utf-8")

    assert text.startswith(LEVELS_HEAD)
    assert yaml.safe_load(text)["id"] == NAME
