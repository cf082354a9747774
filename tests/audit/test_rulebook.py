"""The rulebook vn-2026 is whole, current and provable; and what is wrong in one is named."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.audit.small_rules import RULES, host, requirement, rulebook

from cdso_audit.checking import Check
from cdso_audit.errors import ConfigError, UsageError
from cdso_audit.model import Severity, System
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Text
from cdso_audit.rulebook import (
    AttestationProof,
    Condition,
    Rulebook,
    compiled,
    converted,
    coverage,
    from_json,
    installed_rulebooks,
    load_rulebook,
    parse_rulebook,
)
from cdso_checks.ssh.ssh_idle_timeout import ssh_idle_timeout
from cdso_checks.ssh.ssh_root_login import ssh_root_login

FOLDER = Path(__file__).parent.parent.parent / "checks" / "cdso_checks" / "rulebooks"
RULES_FILE = FOLDER / "vn-2026.yaml"
PROOF_FILE = FOLDER / "vn-2026.proof.yaml"
LEVELS = (1, 2, 3, 4, 5)
BECAUSE = "{because: {vi: Chỉ người thấy, en: Only people see}}"

CHECKS: dict[str, Check[Any]] = {
    "ssh-root-login": ssh_root_login,
    "ssh-idle-timeout": ssh_idle_timeout,
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook("vn-2026")


class TestVn2026:
    def test_what_is_loaded_is_what_the_yaml_says(self) -> None:
        parsed = parse_rulebook(RULES_FILE.read_text("utf-8"), PROOF_FILE.read_text("utf-8"))
        written = (FOLDER / "vn-2026.json").read_text("utf-8")
        assert written == compiled(parsed), "run: python tools/import_rules.py compile"
        assert load_rulebook("vn-2026").sha256 == parsed.sha256

    def test_it_loads_fast(self) -> None:
        text = (FOLDER / "vn-2026.json").read_text("utf-8")
        took = []
        for _ in range(3):
            start = time.process_time()
            from_json(text, "vn-2026.json")
            took.append(time.process_time() - start)
        assert min(took) < 0.3

    def test_nothing_of_the_catalogue_is_lost(self, book: Rulebook) -> None:
        sets = [each.rule_set for each in book.requirements]
        assert {name: sets.count(name) for name in sets} == {
            "tcvn": 310,
            "decree": 58,
            "qcvn12": 60,
            "physical": 11,
            "ransomware-advisory": 6,
        }
        assert [len(book.for_level(level)) for level in LEVELS] == [200, 222, 338, 417, 436]

    def test_every_text_stands_in_both_languages(self, book: Rulebook) -> None:
        info = book.info()
        assert len(info.requirements) == 445
        for each in info.requirements:
            assert each.document is not None
            for text in (each.title, each.text, each.document):
                assert text.vi.strip()
                assert text.en.strip()
            assert each.references
            assert each.clause_by_level
            assert each.proof

    def test_every_clause_is_that_of_its_level(self, book: Rulebook) -> None:
        for each in book.requirements:
            if each.rule_set == "tcvn":
                for level in each.levels:
                    assert each.clause(level).startswith(f"{level + 2}."), each.id

    @pytest.mark.parametrize("level", LEVELS)
    def test_no_requirement_is_left_blank(self, book: Rulebook, level: int) -> None:
        found = coverage(book, level, installed_checks())
        blank = [row.id for row in found.rows if not (row.checks or row.document or row.drills)]

        assert [row.id for row in found.rows] == [each.id for each in book.for_level(level)]
        assert not blank
        assert all(row.clause for row in found.rows)
        marks = ("no-check-yet", "only-people")
        assert sum(n for how, n in found.counts.items() if how not in marks) == len(found.rows)
        assert all(row.how == "attestation" for row in found.rows if row.only_people)

    def test_it_fits_the_installed_checks(self, book: Rulebook) -> None:
        assert book.lint(installed_checks()) == []

    def test_the_knock_outs_are_few_and_known(self, book: Rulebook) -> None:
        deadly = {
            proof.check
            for each in book.requirements
            for proof in each.proof.checks
            if proof.knock_out
        }
        assert deadly == {
            "account-default-names",
            "account-empty-password",
            "ssh-empty-passwords",
            "backup-fresh",
            "backup-not-empty",
            "admin-port-exposure",
        }

    def test_a_paper_that_the_rule_names_is_not_lost_to_a_check(self, book: Rulebook) -> None:
        for each in book.requirements:
            if each.verify in ("mixed", "evidence"):
                assert any(isinstance(p, AttestationProof) for p in each.proof.all_of), each.id

    def test_a_drill_is_proved_by_a_drill(self, book: Rulebook) -> None:
        for each in book.requirements:
            has = any(item.key.startswith("drill:") for item in each.proof.all_of)
            assert has == (each.verify == "drill"), each.id

    def test_broad_duties_are_never_met_by_one_setting(self, book: Rulebook) -> None:
        """Proved by checks alone: only these, each seen to be decided by them as a whole."""
        alone = {
            each.id.split(".", 1)[1]
            for each in book.requirements
            if all(item.key.startswith("check:") for item in each.proof.all_of)
        }
        assert alone == {
            "secure-configuration.host-firewall",
            "accounts-access.password-length",
            "security-logs.process-log-fields",
            "security-logs.time-sync",
            "security-logs.retention",
            "security-logs.log-retention",
            "browser-email.dmarc",
            "malware.agent-installed",
            "malware.exploit-protection",
            "network.session-timeout",
            "secure-development.sbom-update",
        }

    def test_the_rules_about_document_stores_bind_only_them(self, book: Rulebook) -> None:
        for each in book.requirements:
            if each.rule_set == "qcvn12":
                condition = book.condition(each)
                assert condition is not None
                assert condition.holds(System(id="a", kind="document-management")) is True
                assert condition.holds(System(id="a", kind="mail")) is False

    def test_only_law_and_standard_are_scored(self, book: Rulebook) -> None:
        assert {name for name, each in book.rule_sets.items() if each.scored} == {
            "tcvn",
            "decree",
            "qcvn12",
        }

    def test_the_numbers_of_the_rules_reach_the_checks(self, book: Rulebook) -> None:
        checks = installed_checks()

        def numbers(level: int, check: str, name: str) -> set[object]:
            found = book.selections(System(id="a", level=level), checks)
            return {each.parameters[name] for each in found if each.check.about.id == check}

        assert 30 in numbers(2, "log-retention", "min_days")
        assert 90 in numbers(3, "log-retention", "min_days")
        assert 180 in numbers(4, "log-retention", "min_days")
        assert 365 in numbers(5, "log-retention", "min_days")
        assert 62 in numbers(3, "account-admin-password-age", "max_days")
        assert 45 in numbers(1, "account-inactive", "max_days")
        assert 14 in numbers(1, "password-length", "min_length")
        assert 300 in numbers(3, "ssh-idle-timeout", "max_seconds")

    def test_every_installed_check_runs_at_every_level(self, book: Rulebook) -> None:
        checks = installed_checks()
        for level in LEVELS:
            found = book.selections(System(id="a", level=level), checks)
            keys = [(s.check.about.id, repr(s.parameters)) for s in found]
            assert {name for name, _ in keys} == set(checks)
            assert len(keys) == len(set(keys))

    def test_a_requirement_is_found_by_the_end_of_its_name(self, book: Rulebook) -> None:
        found = book.requirement("accounts-access.mfa")
        assert found.id == "tcvn-14423-2026.accounts-access.mfa"
        assert found.severity is Severity.CRITICAL
        with pytest.raises(UsageError) as told:
            book.requirement("backup.automatic")
        assert "qcvn-12-2026-bca.backup.automatic" in told.value.hint

    def test_vietnamese_of_the_proofs_is_vietnamese(self) -> None:
        given = yaml.safe_load(PROOF_FILE.read_text("utf-8"))
        texts = [
            item["statement"]
            for each in given["requirements"].values()
            for item in each["all_of"]
            if "statement" in item
        ]
        texts += [each for each in (given.get("no_check") or {}).values() if each]
        texts += [each["because"] for each in given["only_people"].values()]
        assert len(texts) > 60
        for text in [*texts, *given["conditions"]]:
            assert text["vi"] != text["en"]
            assert not text["vi"].isascii(), text["vi"]
            assert text["en"].replace("…", "").isascii(), text["en"]


class TestReading:
    def test_there_is_one(self) -> None:
        assert "vn-2026" in installed_rulebooks()

    @pytest.mark.parametrize("name", ["vn-1999", "../vn-2026", "vn-2026.proof"])
    def test_a_strange_name_is_told(self, name: str) -> None:
        with pytest.raises(ConfigError) as told:
            load_rulebook(name)
        assert "vn-2026" in told.value.hint

    def test_the_compiled_form_is_the_same(self) -> None:
        small = rulebook("no_check: {k: {vi: Giấy, en: Paper}}", requirement("k"))
        again = from_json(compiled(small), "small.json")
        assert again == small
        assert again.sha256 == small.sha256

    def test_the_hash_follows_every_word(self) -> None:
        one = rulebook("no_check: {k: {vi: Giấy, en: Paper}}", requirement("k"))
        other = rulebook("no_check: {k: {vi: Sổ, en: Paper}}", requirement("k"))
        assert one.sha256 != other.sha256

    @pytest.mark.parametrize(
        ("proofs", "requirements", "says", "place"),
        [
            ("no_check:\n  k:\n  other:\n", ["k"], "no requirement other", "proof.yaml:3"),
            ("odd: 1\n", ["k"], "unknown key odd", "proof.yaml:1"),
            ("a: [\n", ["k"], "", "proof.yaml:"),
            ("- a\n", ["k"], "a rulebook is a mapping", "proof.yaml:1"),
            (
                "requirements:\n  k:\n    all_of:\n      - check: a\n        level: 3\n",
                ["k"],
                "Extra inputs",
                "proof.yaml:5",
            ),
            ("requirements:\n  k:\n    all_of: []\n", ["k"], "at least 1", "proof.yaml:3"),
            (
                'requirements: {k: {all_of: [{check: a, parameters: {max_days: "param:no"}}]}}',
                ["k"],
                "check:a: the requirement has no parameter 'no'",
                "rulebook.yaml",
            ),
            ("no_check: {k: }", ["k", "k"], "k stands twice", "rulebook.yaml"),
            (
                f"no_check: {{k: }}\nonly_people: {{k: {BECAUSE}}}",
                ["k"],
                "k stands twice",
                "proof.yaml:2",
            ),
            ("only_people: {k: {because: {en: Seen}}}", ["k"], "Field required", "proof.yaml:1"),
            ("only_people: {k: }", ["k"], "valid dictionary", "proof.yaml:1"),
            (f"only_people: {{k: {BECAUSE[:-1]}, why: 1}}}}", ["k"], "Extra", "proof.yaml:1"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_place(
        self, proofs: str, requirements: list[str], says: str, place: str
    ) -> None:
        with pytest.raises(ConfigError) as told:
            rulebook(proofs, *(requirement(name) for name in requirements))
        assert says in told.value.message
        assert str(told.value.place).startswith(place)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (requirement("k", severity="awful"), "requirements.0.severity"),
            (requirement("k", levels="[6]"), "requirements.0.levels"),
            (requirement("k", extra="colour: red"), "requirements.0.colour"),
            (requirement("k", extra="applies_if: it rains"), "how to decide: it rains"),
            (requirement("k", extra="related: [nobody]"), "no related nobody"),
            (requirement("k", rule_set="lore"), "no rule set lore"),
        ],
    )
    def test_requirements_are_strict(self, text: str, says: str) -> None:
        with pytest.raises(ConfigError) as told:
            parse_rulebook(RULES + text, "no_check: {k: }")
        assert says in told.value.message
        assert told.value.place is not None
        if says.startswith("requirements"):
            assert told.value.place.line is not None
            assert told.value.place.line > RULES.count("\n")


class TestLint:
    @pytest.mark.parametrize(
        ("proofs", "verify", "says"),
        [
            ("requirements: {k: {all_of: [{check: nope}]}}", "mixed", "nope is not installed"),
            (
                "requirements: {k: {all_of: [{check: ssh-root-login, parameters: {deep: 1}}]}}",
                "mixed",
                "has no parameter deep",
            ),
            (
                "requirements: {k: {all_of: [{check: ssh-root-login, asset_kinds: [database]}]}}",
                "mixed",
                "does not exist on database",
            ),
            ("requirements: {k: {all_of: [{attestation: rest}]}}", "technical", "mark it no_check"),
            ("no_check: {k: }", "evidence", "marked no_check"),
            (f"only_people: {{k: {BECAUSE}}}", "evidence", "marked only_people"),
            (
                "requirements: {k: {all_of: [{attestation: rest}, {attestation: document}]}}",
                "evidence",
                "more than one attestation",
            ),
        ],
    )
    def test_it_names_what_does_not_fit(self, proofs: str, verify: str, says: str) -> None:
        (told,) = rulebook(proofs, requirement("k", verify=verify)).lint(CHECKS)
        assert says in told

    @pytest.mark.parametrize("verify", ["technical", "mixed"])
    def test_what_only_people_can_see_needs_its_reason_and_no_check(self, verify: str) -> None:
        book = rulebook(f"only_people: {{k: {BECAUSE}}}", requirement("k", verify=verify))
        (row,) = coverage(book, 3, CHECKS).rows

        assert book.lint(CHECKS) == []
        assert row.only_people == Text(vi="Chỉ người thấy", en="Only people see")
        assert row.document == book.by_id["k"].papers
        assert not row.no_check
        assert coverage(book, 3, CHECKS).counts["only-people"] == 1

    def test_what_fits_is_silent(self) -> None:
        proofs = "requirements: {k: {all_of: [{check: ssh-root-login}]}}"
        assert rulebook(proofs, requirement("k")).lint(CHECKS) == []


class TestSelections:
    def test_two_requirements_of_one_mind_share_a_run(self) -> None:
        small = rulebook(
            "requirements:\n"
            "  a: {all_of: [{check: ssh-idle-timeout, parameters: {max_seconds: 300}}]}\n"
            "  b: {all_of: [{check: ssh-idle-timeout, parameters: {max_seconds: 300}}]}\n"
            "  c: {all_of: [{check: ssh-idle-timeout, parameters: {max_seconds: 900}}]}\n",
            *(requirement(name) for name in "abc"),
        )
        found = small.selections(System(id="a", assets=(host("web1"),)), CHECKS)

        assert [(each.check.about.id, dict(each.parameters)) for each in found] == [
            ("ssh-idle-timeout", {"max_seconds": 300}),
            ("ssh-idle-timeout", {"max_seconds": 900}),
            ("ssh-root-login", dict(ssh_root_login.parameters)),
        ]

    def test_only_the_level_of_the_system_counts(self) -> None:
        small = rulebook(
            "requirements:\n"
            "  a: {all_of: [{check: ssh-idle-timeout, parameters: {max_seconds: 60}}]}\n",
            requirement("a", levels="[5]"),
        )
        found = small.selections(System(id="a", level=1), CHECKS)
        assert {dict(each.parameters).get("max_seconds") for each in found} == {None, 300}


@pytest.mark.parametrize(
    ("value", "unit", "name", "made"),
    [
        (1, "month", "max_days", 31),
        (2, "month", "max_days", 62),
        (12, "month", "max_days", 366),
        (1, "month", "min_days", 30),
        (3, "month", "min_days", 90),
        (6, "month", "min_days", 180),
        (12, "month", "min_days", 365),
        (18, "month", "min_days", 545),
        (15, "minute", "max_seconds", 900),
        (12, "hour", "min_unlock_seconds", 43200),
        (36, "hour", "max_days", 2),
        (36, "hour", "min_days", 1),
        (45, "day", "max_days", 45),
        (30, "day", "max_hours", 720),
        (14, "character", "min_length", 14),
        (10, "count", "min_remember", 10),
    ],
)
def test_units_become_those_of_the_check(value: int, unit: str, name: str, made: int) -> None:
    assert converted(value, unit, name) == made


def test_a_unit_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot become"):
        converted(30, "km", "max_days")


@pytest.mark.parametrize(
    ("condition", "system", "holds"),
    [
        (Condition(en="", vi=""), System(id="a"), None),
        (Condition(en="", vi="", always=True), System(id="a"), True),
        (Condition(en="", vi="", kinds=("mail",)), System(id="a", kind="mail"), True),
        (Condition(en="", vi="", kinds=("mail",)), System(id="a"), None),
        (Condition(en="", vi="", not_kinds=("ioc",)), System(id="a", kind="ioc"), False),
        (Condition(en="", vi="", kinds=("mail",), not_kinds=("*",)), System(id="a"), False),
        (Condition(en="", vi="", levels=(5,)), System(id="a", level=5), True),
        (Condition(en="", vi="", levels=(5,)), System(id="a", level=4), None),
    ],
)
def test_the_inventory_decides_what_it_can(
    condition: Condition, system: System, holds: bool | None
) -> None:
    assert condition.holds(system) is holds
