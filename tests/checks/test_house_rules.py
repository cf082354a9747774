"""What holds for every check of ours, so that review is spared for judgement."""

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import pytest
from tests.support import Case, findings

import cdso_checks
from cdso_audit.checking import Check
from cdso_audit.declarative import parse_check, tried
from cdso_audit.facts.reading import readers_of
from cdso_audit.model import Outcome
from cdso_audit.plugins import checks_in, module_of, modules_in, texts_in

HERE = Path(__file__).parent
IN_PYTHON = checks_in(modules_in(cdso_checks))
TEXTS = dict(texts_in(cdso_checks))
IN_YAML = [
    parse_check(text, name, module_of(cdso_checks, name)) for name, text in sorted(TEXTS.items())
]
CHECKS = [*IN_PYTHON, *IN_YAML]


def module_of_tests(check: Check[Any]) -> Path:
    subject, name = check.judge.__module__.split(".")[-2:]
    return HERE / subject / f"test_{name}.py"


def cases_of(check: Check[Any]) -> list[Case]:
    path = module_of_tests(check)
    spec = importlib.util.spec_from_file_location(f"cases_of_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases = module.CASES
    assert isinstance(cases, list)
    return cases


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.about.id)
class TestEveryCheck:
    def test_is_named_after_its_module(self, check: Check[Any]) -> None:
        """Id = module = function."""
        name = check.about.id.replace("-", "_")

        assert check.judge.__module__.rpartition(".")[2] == name
        assert check.judge.__name__ == name

    def test_is_explained(self, check: Check[Any]) -> None:
        assert all([check.about.why, check.about.fix, check.about.references])
        assert check in IN_YAML or inspect.getdoc(inspect.getmodule(check.judge))

    def test_judges_a_fact_that_can_be_read(self, check: Check[Any]) -> None:
        assert readers_of(check.fact)

    def test_has_good_bad_absent_and_unreadable_cases(self, check: Check[Any]) -> None:
        """The name of a case starts with what it is; each of the four stands in the table."""
        names = {case.name.partition(":")[0].strip() for case in cases_of(check)}

        assert {"good", "bad", "absent", "unreadable"} <= names

    def test_never_passes_what_could_not_be_read(self, check: Check[Any]) -> None:
        for case in cases_of(check):
            if case.name.startswith("unreadable"):
                outcomes = {each.outcome for each in findings(check, case)}

                assert Outcome.UNKNOWN in outcomes, case.name


@pytest.mark.parametrize("name", TEXTS)
def test_a_check_in_yaml_has_tests_of_its_own_and_they_hold(name: str) -> None:
    found = tried(TEXTS[name], name)

    assert {each.wanted for each in found} >= {Outcome.PASS, Outcome.FAIL}
    assert [each for each in found if not each.holds] == []
    assert b"vi:" in TEXTS[name]
