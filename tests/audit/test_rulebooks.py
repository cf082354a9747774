"""The rulebooks beside vn-2026 are whole, current and provable, and quote nothing unconfirmed."""

import re
from pathlib import Path

import pytest
import yaml
from tools import import_rules

from cdso_audit.model import System
from cdso_audit.plugins import installed_checks
from cdso_audit.rulebook import (
    CheckProof,
    Rulebook,
    compiled,
    coverage,
    installed_rulebooks,
    load_rulebook,
)

FOLDER = Path(__file__).parent.parent.parent / "checks" / "cdso_checks" / "rulebooks"
LEVELS = (1, 2, 3, 4, 5)
OTHERS = ("linux-baseline", "qcvn-12-2026", "ransomware-6", "vn-legacy")


@pytest.fixture(scope="module")
def legacy() -> Rulebook:
    return load_rulebook("vn-legacy")


def test_there_are_five() -> None:
    assert installed_rulebooks() == sorted([*OTHERS, "vn-2026"])


def test_each_is_what_its_sources_say() -> None:
    stale = [
        name
        for name, book in import_rules.rulebooks(FOLDER).items()
        if (FOLDER / f"{name}.json").read_text("utf-8") != compiled(book)
    ]
    assert not stale, "run: python tools/import_rules.py compile"


@pytest.mark.parametrize("name", OTHERS)
class TestEach:
    def test_every_text_stands_in_both_languages(self, name: str) -> None:
        for each in load_rulebook(name).info().requirements:
            assert each.document is not None
            for text in (each.title, each.text, each.document):
                assert text.vi.strip(), each.id
                assert text.en.strip(), each.id
            assert each.references
            assert set(each.clause_by_level)
            assert all(each.clause_by_level.values()), each.id

    @pytest.mark.parametrize("level", LEVELS)
    def test_no_requirement_is_left_blank(self, name: str, level: int) -> None:
        found = coverage(load_rulebook(name), level, installed_checks())
        assert found.rows
        assert not [
            row.id
            for row in found.rows
            if not (row.checks or row.document or row.drills) or row.missing or not row.clause
        ]

    def test_it_fits_the_installed_checks(self, name: str) -> None:
        assert load_rulebook(name).lint(installed_checks()) == []

    def test_a_drill_is_proved_by_a_drill(self, name: str) -> None:
        for each in load_rulebook(name).requirements:
            has = any(item.key.startswith("drill:") for item in each.proof.all_of)
            assert has == (each.verify == "drill"), each.id

    def test_something_is_scored_at_every_level(self, name: str) -> None:
        book = load_rulebook(name)
        for level in LEVELS:
            assert any(book.is_scored(each, level) for each in book.for_level(level))


def test_chapters_stand_in_the_order_of_the_requirements() -> None:
    groups = [each.id for each in load_rulebook("vn-2026").info().groups]
    assert groups[:3] == ["risk", "hardware-assets", "software-assets"]
    first = [each.id for each in load_rulebook("vn-legacy").info().groups]
    assert first[:4] == ["network", "server", "application", "data"]


class TestLegacy:
    def test_nothing_of_the_catalogue_is_lost(self, legacy: Rulebook) -> None:
        assert len(legacy.requirements) == 182
        assert [len(legacy.for_level(level)) for level in LEVELS] == [51, 87, 156, 177, 181]

    def test_a_clause_of_the_standard_is_that_of_its_level(self, legacy: Rulebook) -> None:
        for each in legacy.requirements:
            for cited in each.references:
                if cited.instrument == "tcvn-11930-2017":
                    for level, clause in cited.clause_by_level.items():
                        assert clause.startswith(f"{level + 4}."), each.id

    def test_letters_of_items_which_nobody_confirmed_are_left_out(self, legacy: Rulebook) -> None:
        clauses = [
            clause
            for each in legacy.requirements
            for cited in each.references
            if cited.instrument == "tcvn-11930-2017"
            for clause in cited.clause_by_level.values()
        ]
        assert clauses
        assert not [clause for clause in clauses if not re.fullmatch(r"\d(\.\d+)+", clause)]

    def test_design_is_cited_from_the_circular_that_states_it(self, legacy: Rulebook) -> None:
        design = legacy.requirement("network.design.zones")
        assert design.references[0].instrument == "circular-12-2022"
        assert design.clause(3) == "Phụ lục III II.1.a"

    def test_what_only_memory_supports_is_advice(self, legacy: Rulebook) -> None:
        unconfirmed = legacy.requirement("server.authentication.multi-factor")
        assert (unconfirmed.confidence, unconfirmed.binding) == ("low", "advisory")
        assert not any(legacy.is_scored(unconfirmed, level) for level in unconfirmed.levels)
        for each in legacy.requirements:
            for level in each.advisory_levels:
                assert each.confidence_at(level) == "low", each.id
                assert legacy.is_scored(each, level) == each.knock_out, each.id

    def test_a_knock_out_is_one_at_every_level(self, legacy: Rulebook) -> None:
        found = legacy.requirement("server.authentication.default-accounts")
        assert found.knock_out
        assert found.advisory_levels == (1, 2)
        assert all(legacy.is_scored(found, level) for level in LEVELS)

    def test_what_was_read_at_a_level_is_scored_there(self, legacy: Rulebook) -> None:
        retention = legacy.requirement("server.logging.retention")
        assert all(legacy.is_scored(retention, level) for level in retention.levels)
        content = legacy.requirement("server.logging.content")
        assert (legacy.is_scored(content, 3), content.confidence_at(3)) == (True, "high")

    def test_wording_of_a_lower_level_is_scored_and_marked(self, legacy: Rulebook) -> None:
        found = legacy.requirement("network.logging.central-storage")
        assert (found.confidence_at(3), found.inferred_levels) == ("high", (4, 5))
        assert legacy.is_scored(found, 4)
        assert found.confidence_at(4) == "low"

    def test_the_numbers_reach_the_checks(self, legacy: Rulebook) -> None:
        def days(level: int) -> set[object]:
            return {
                legacy.requirement("server.logging.retention").resolved(proof, level)["min_days"]
                for proof in legacy.requirement("server.logging.retention").proof.checks_at(level)
                if proof.parameters
            }

        assert [days(level) for level in LEVELS] == [set(), {30}, {90}, {180}, {365}]

    def test_an_assessment_holds_as_long_as_the_decree_says(self, legacy: Rulebook) -> None:
        found = legacy.requirement("circular.assessment.periodic")
        assert [found.valid_months(level) for level in LEVELS] == [24, 24, 12, 12, 6]
        assert any(cited.instrument == "decree-85-2016" for cited in found.references)

    def test_its_standing_is_told_and_it_ends(self, legacy: Rulebook) -> None:
        assert legacy.until == "2027-06-30"
        assert legacy.note is not None
        assert "disputed" in legacy.note.en

    def test_vietnamese_of_the_proofs_is_vietnamese(self) -> None:
        given = yaml.safe_load((FOLDER / "vn-legacy.proof.yaml").read_text("utf-8"))
        texts = [
            item["statement"]["vi"]
            for each in given["requirements"].values()
            for item in each["all_of"]
            if "statement" in item
        ]
        assert len(texts) == 26
        assert all(re.search("[ăâđêôơưạảấầậắặẹếệịọốộợụứựỳý]", text.lower()) for text in texts)


@pytest.mark.parametrize(
    ("name", "rule_set", "count"),
    [("qcvn-12-2026", "qcvn12", 60), ("ransomware-6", "ransomware-advisory", 6)],
)
def test_a_part_asks_and_proves_what_the_whole_does(name: str, rule_set: str, count: int) -> None:
    whole, part = load_rulebook("vn-2026"), load_rulebook(name)
    assert len(part.requirements) == count
    for each in part.requirements:
        same = whole.by_id[each.id]
        assert (each.proof, each.parameters, each.levels) == (
            same.proof,
            same.parameters,
            same.levels,
        )
        assert same.rule_set == rule_set
        assert part.is_scored(each)


class TestLinuxBaseline:
    def test_it_needs_no_inventory(self) -> None:
        names = {
            each.proof.checks[0].check for each in load_rulebook("linux-baseline").requirements
        }
        assert "ssh-root-login" in names
        assert not [name for name in names if name.endswith("-declared") or "backup" in name]
        checks = installed_checks()
        assert not [name for name in names if checks[name].about.lists]

    def test_each_requirement_is_one_check_with_its_defaults(self) -> None:
        book, checks = load_rulebook("linux-baseline"), installed_checks()
        for each in book.requirements:
            (proof,) = each.proof.all_of
            assert isinstance(proof, CheckProof)
            assert proof.parameters.items() <= checks[proof.check].parameters.items()
            assert each.severity is checks[proof.check].about.severity

    def test_it_cites_other_benchmarks_where_they_have_the_rule(self) -> None:
        found = load_rulebook("linux-baseline").requirement("ssh-root-login")
        assert {cited.instrument for cited in found.references} == {"cis-debian12", "ssg"}

    def test_it_is_the_same_at_every_level(self) -> None:
        book = load_rulebook("linux-baseline")
        assert len({tuple(each.id for each in book.for_level(level)) for level in LEVELS}) == 1


def test_every_rulebook_runs_every_installed_check() -> None:
    checks = installed_checks()
    for name in installed_rulebooks():
        found = load_rulebook(name).selections(System(id="a", level=3), checks)
        assert {each.check.about.id for each in found} == set(checks)
