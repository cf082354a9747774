"""Which rulebook grades which system, what stands beside, and that loosening never helps."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.audit.small_rules import finding, host, requirement, rulebook

from cdso_audit.checking import Check
from cdso_audit.comply import comply
from cdso_audit.evidence import Evidence, Run
from cdso_audit.inventory import parse_agency
from cdso_audit.model import (
    Agency,
    AgencyIdentity,
    Approval,
    Outcome,
    Status,
    System,
    Waiver,
)
from cdso_audit.plugins import installed_checks
from cdso_audit.regime import Books, binds, chosen, every_rule, joined, load_books, regime_notices
from cdso_audit.result import Result, Tool
from cdso_audit.rulebook import Rulebook, load_rulebook, looser
from cdso_checks.ssh.ssh_idle_timeout import ssh_idle_timeout

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEGACY, PRESENT = load_rulebook("vn-legacy"), load_rulebook("vn-2026")
CHECKS: dict[str, Check[Any]] = {"ssh-idle-timeout": ssh_idle_timeout}


def system(approved: dict[str, Any] | None = None, **more: Any) -> System:
    given = Approval(**approved) if approved is not None else None
    return System(id="dvc", level=3, approved=given, assets=(host("web1"),), **more)


def agency(*systems: System) -> Agency:
    return Agency(agency=AgencyIdentity(id="a"), systems=systems)


UNDER = "decree-85-2016"


@pytest.mark.parametrize(
    ("approved", "at", "legacy"),
    [
        ({"on": "2025-03-10", "under": UNDER}, AT, True),
        ({"on": "2026-12-31", "under": UNDER}, datetime(2027, 1, 5, tzinfo=UTC), True),
        ({"on": "2027-01-01", "under": UNDER}, datetime(2027, 1, 5, tzinfo=UTC), False),
        ({"under": UNDER}, AT, True),
        ({"on": "2025-03-10", "under": "Nghị định 85/2016/NĐ-CP"}, AT, True),
        ({"on": "2025-03-10"}, AT, True),
        ({"on": "2026-06-30"}, AT, True),
        ({"on": "2026-07-01"}, AT, False),
        ({"on": "2025-03-10", "under": "decree-331-2026"}, AT, False),
        ({"max_outage": "24h"}, AT, False),
        (None, AT, False),
        # 16:59:59 UTC is the last second of the day in Vietnam
        ({"under": UNDER}, datetime(2027, 6, 30, 16, 59, 59, tzinfo=UTC), True),
        ({"under": UNDER}, datetime(2027, 6, 30, 17, 0, 0, tzinfo=UTC), False),
    ],
)
def test_the_approval_and_the_day_say_which_regime_binds(
    approved: dict[str, Any] | None, at: datetime, legacy: bool
) -> None:
    of = system(approved)
    books = Books(PRESENT, earlier=(LEGACY,))

    assert binds(LEGACY, of, at) is legacy
    assert books.governing(of, at).id == ("vn-legacy" if legacy else "vn-2026")
    assert [each.id for each in books.others(of, at)] == (["vn-2026"] if legacy else [])


class TestLoading:
    def test_what_a_choice_passed_over_is_kept_to_be_told(self) -> None:
        books = load_books(("vn-2026",), agency(system({"under": UNDER})))
        assert [each.id for each in books.passed_over] == ["vn-legacy"]
        assert books.governing(system({"under": UNDER}), AT).id == "vn-2026"
        assert load_books(("vn-2026", "vn-legacy"), agency(system({}))).passed_over == ()

    def test_a_choice_is_followed_and_its_order_kept(self) -> None:
        books = load_books(("ransomware-6", "vn-2026"), agency(system({"under": UNDER})))
        assert books.first.id == "ransomware-6"
        assert [each.id for each in books.beside] == ["vn-2026"]
        assert books.earlier == ()

    def test_twice_the_same_is_one(self) -> None:
        assert load_books(("vn-2026", "vn-2026")).beside == ()

    def test_without_a_choice_the_regime_in_force_judges(self) -> None:
        books = load_books((), agency(system()))
        assert (books.first.id, books.earlier) == ("vn-2026", ())

    def test_without_a_choice_an_approval_brings_the_earlier_one(self) -> None:
        books = load_books((), agency(system({"under": UNDER})))
        assert [each.id for each in books.earlier] == ["vn-legacy"]

    def test_the_inventory_names_one_or_several(self) -> None:
        def named(text: str) -> tuple[str, ...]:
            return parse_agency(
                "apiVersion: cdso/agency-v1\nagency: {id: a}\n"
                f"defaults: {{rulebook: {text}}}\nsystems: []\n"
            ).defaults.rulebook

        assert named("vn-2026") == ("vn-2026",)
        assert named("[vn-2026, ransomware-6]") == ("vn-2026", "ransomware-6")


class TestJoined:
    def test_each_requirement_stands_once_and_is_found(self) -> None:
        part = load_rulebook("qcvn-12-2026")
        found = joined((PRESENT, part, LEGACY))
        assert len(found.requirements) == len(PRESENT.requirements) + len(LEGACY.requirements)
        assert found.by_id["tcvn-11930.network.design.zones"].group == "network"
        assert found.id == "vn-2026, qcvn-12-2026, vn-legacy"
        assert len(PRESENT.by_id) == 445, "the joined one leaves its parts as they were"

    def test_one_is_itself(self) -> None:
        assert joined((PRESENT,)) is PRESENT

    def test_every_rule_of_all_that_are_installed(self) -> None:
        found = every_rule(PRESENT)
        assert found.id == "vn-2026"
        assert {"tcvn-11930.data.backup.scope", "linux-baseline.ssh-root-login"} <= set(found.by_id)


class TestNotices:
    def said(self, approved: dict[str, Any] | None, at: datetime = AT) -> list[str]:
        books = Books(PRESENT, earlier=(LEGACY,))
        return [each.en for each in regime_notices(books, agency(system(approved)), at)]

    def test_the_earlier_regime_is_told_with_its_end(self) -> None:
        (told,) = self.said({"under": UNDER})
        assert "until 2027-06-30 it is graded by the rulebook vn-legacy" in told

    def test_one_that_is_over_is_told(self) -> None:
        (told,) = self.said({"under": UNDER}, datetime(2028, 1, 1, tzinfo=UTC))
        assert "is judged by vn-2026" in told

    def test_a_choice_against_the_earlier_regime_is_told(self) -> None:
        books = load_books(("vn-2026",), agency(system({"under": UNDER})))
        (told,) = regime_notices(books, agency(system({"under": UNDER})), AT)
        assert "vn-2026 was chosen to grade it" in told.en

    def test_nothing_is_said_of_the_present_one(self) -> None:
        assert self.said({"on": "2026-10-01", "under": "decree-331-2026"}) == []


# ---------------------------------------------------------------------------------------------
# What is run, and how the result holds it
# ---------------------------------------------------------------------------------------------

IDLE = """\
    parameters: {max_idle: {unit: minute, levels: {1: MAX, 2: MAX, 3: MAX, 4: MAX, 5: MAX}}}
"""
PROOF = """\
requirements:
  idle:
    all_of:
      - {check: ssh-idle-timeout, parameters: {max_seconds: "param:max_idle"}}
"""


def book(minutes: int, name: str = "small") -> Rulebook:
    made = rulebook(
        PROOF,
        requirement("idle", verify="technical", extra=IDLE.strip().replace("MAX", str(minutes))),
    )
    return made.model_copy(update={"id": name})


class TestSelections:
    def test_what_two_ask_alike_runs_once_and_counts(self) -> None:
        found = chosen(Books(book(5), (book(5, "other"),)), system(), CHECKS, AT)
        assert [(each.selection.parameters["max_seconds"], each.beside) for each in found] == [
            (300, ())
        ]

    def test_what_only_the_other_asks_is_marked(self) -> None:
        found = chosen(Books(book(5), (book(10, "other"), book(10, "third"))), system(), CHECKS, AT)
        assert [(each.selection.parameters["max_seconds"], each.beside) for each in found] == [
            (300, ()),
            (600, ("other", "third")),
        ]


def assessed(books: Books | Rulebook, of: Agency) -> Result:
    from cdso_audit.assessment import assess

    run = Run(tool=Tool(version="0"), started_at=AT, finished_at=AT, rulebook="x", agency=of)
    return assess(Evidence(run), books, installed_checks())


class TestResult:
    def test_one_rulebook_is_held_as_before(self) -> None:
        found = assessed(PRESENT, agency(system()))
        assert (found.rulebooks, found.beside) == ((), ())
        assert (found.systems[0].rulebook, found.systems[0].beside) == ("", ())
        assert not any(each.beside for each in found.findings)

    def test_the_first_grades_and_the_others_stand_beside(self) -> None:
        books = load_books(("vn-2026", "ransomware-6"))
        found, alone = assessed(books, agency(system())), assessed(PRESENT, agency(system()))
        (one,) = found.systems

        assert (found.rulebook.id, [each.id for each in found.rulebooks]) == (
            "vn-2026",
            ["ransomware-6"],
        )
        assert (one.rulebook, [each.rulebook for each in one.beside]) == (
            "vn-2026",
            ["ransomware-6"],
        )
        assert len(one.beside[0].requirements) == 6
        assert one.beside[0].binds_from is None
        assert [each.rulebook for each in found.beside] == ["ransomware-6"]
        assert (found.score, one.requirements) == (alone.score, alone.systems[0].requirements)

    def test_each_system_by_its_own_regime(self) -> None:
        books = Books(PRESENT, earlier=(LEGACY,))
        new = System(id="new", level=2, approved=Approval(on="2026-10-01", under="decree-331-2026"))
        found = assessed(books, agency(new, system({"under": UNDER})))
        by_id = {each.id: each for each in found.systems}

        assert [by_id["new"].rulebook, by_id["dvc"].rulebook] == ["vn-2026", "vn-legacy"]
        assert by_id["new"].beside == ()
        (coming,) = by_id["dvc"].beside
        assert (coming.rulebook, str(coming.binds_from)) == ("vn-2026", "2027-07-01")
        assert len(by_id["dvc"].requirements) == 156
        assert found.beside == (), "no other rulebook judges every system"
        kinds = {each.kind for each in found.deadlines if each.system == "dvc"}
        assert "transition-comply" in kinds

    def test_the_order_of_systems_never_changes_their_scores(self) -> None:
        books = Books(PRESENT, earlier=(LEGACY,))
        old, new = system({"under": UNDER}), System(id="new", level=2)
        one, other = assessed(books, agency(old, new)), assessed(books, agency(new, old))
        assert {each.id: each.score for each in one.systems} == {
            each.id: each.score for each in other.systems
        }
        assert one.score == other.score

    def test_what_falls_due_does_not_hang_on_the_rulebook_that_was_chosen(self) -> None:
        of = agency(system({"under": UNDER}))
        alone = assessed(load_books(("vn-legacy",), of), of)
        both = assessed(load_books((), of), of)
        assert alone.deadlines == both.deadlines
        assert {each.kind for each in alone.deadlines} >= {
            "yearly-report-owner",
            "transition-comply",
        }
        assert alone.rulebooks == ()

    def test_a_baseline_of_machines_asks_for_no_drill(self) -> None:
        found = assessed(load_books(("linux-baseline",)), agency(system()))
        assert found.score.whole.drills is None
        assert "drill" not in {each.rule for each in found.systems[0].score.whole.caps}

    def test_it_survives_the_round_trip(self) -> None:
        found = assessed(load_books(("vn-2026", "ransomware-6")), agency(system()))
        text = found.model_dump_json(by_alias=True)
        assert Result.model_validate_json(text).model_dump_json(by_alias=True) == text


# ---------------------------------------------------------------------------------------------
# The owner's own values
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "owner", "rule", "is_looser"),
    [
        ("min_days", 30, 90, True),
        ("min_days", 90, 90, False),
        ("min_days", 120, 90, False),
        ("max_seconds", 600, 300, True),
        ("max_seconds", 300, 300, False),
        ("max_seconds", 60, 300, False),
        ("max_days", 31.5, 31, True),
        ("names", ("a",), ["a", "b"], True),
        ("names", ("a", "b"), ["a", "b"], False),
        ("allowed", "yes", "no", True),
        ("min_classes", True, 4, True),
        ("min_days", "forever", 90, True),
    ],
)
def test_only_what_is_known_to_be_stricter_is_not_looser(
    name: str, owner: object, rule: object, is_looser: bool
) -> None:
    assert looser(name, owner, rule) is is_looser


class TestOwnersValues:
    def judged(
        self, seconds: int, outcome: Outcome = Outcome.PASS, waivers: tuple[Waiver, ...] = ()
    ) -> Any:
        own = {"ssh-idle-timeout": {"max_seconds": seconds}}
        of = agency(system(parameters=own))
        small = book(5)
        (only_one,) = chosen(Books(small), of.systems[0], CHECKS, AT)
        given = dict(only_one.selection.parameters)
        found = [finding("ssh-idle-timeout", outcome, parameters=given)]
        ((_, (status,)),) = comply(small, of, found, (), waivers, (), AT, CHECKS)
        return only_one.selection.parameters["max_seconds"], status

    def test_a_stricter_one_is_judged_by(self) -> None:
        assert self.judged(120)[0] == 120
        assert self.judged(120)[1].status is Status.MET
        assert self.judged(120, Outcome.FAIL)[1].status is Status.NOT_MET

    def test_a_looser_one_fails_whatever_was_seen_and_says_so(self) -> None:
        judged_by, status = self.judged(3600)
        assert judged_by == 300, "what was seen is still held against the rule"
        assert (status.status, status.technical) == (Status.NOT_MET, Status.NOT_MET)
        assert status.by == ("declared:parameters.ssh-idle-timeout.max_seconds",)
        assert "looser than the rule (300)" in status.note.en
        assert "lỏng hơn quy định (300)" in status.note.vi

    def test_no_waiver_excuses_it(self) -> None:
        waiver = Waiver(
            requirement="idle",
            system="dvc",
            reason="r",
            compensating_control="c",
            requested_by="a",
            approved_by="b",
            approved_on=AT,
            until=datetime(2027, 1, 1, tzinfo=UTC),
        )
        assert self.judged(300, Outcome.FAIL, (waiver,))[1].status is Status.WAIVED
        assert self.judged(3600, Outcome.FAIL, (waiver,))[1].status is Status.NOT_MET

    def test_one_that_the_rule_leaves_open_counts_and_is_told(self) -> None:
        own = {"password-length": {"min_length": 9}}
        found = assessed(LEGACY, agency(system(parameters=own)))
        given = {
            each.parameters["min_length"]
            for each in found.findings
            if each.check == "password-length"
        }
        assert given == {9}
        assert any("password-length.min_length = 9 (14)" in each.en for each in found.notices)

    def test_the_same_value_fails_where_another_rulebook_has_a_number(self) -> None:
        own = {"password-length": {"min_length": 9}}
        found = assessed(PRESENT, agency(system(parameters=own)))
        (status,) = (
            each
            for each in found.systems[0].requirements
            if each.id.endswith("accounts-access.password-length")
        )
        assert status.technical is Status.NOT_MET

    def test_a_baseline_is_loosened_by_its_defaults(self) -> None:
        own = {"log-retention": {"min_days": 1}}
        found = assessed(load_rulebook("linux-baseline"), agency(system(parameters=own)))
        (status,) = (e for e in found.systems[0].requirements if e.id.endswith(".log-retention"))
        assert status.status is Status.NOT_MET

    def test_those_of_all_systems_stand_below_those_of_one(self) -> None:
        made = parse_agency(
            "apiVersion: cdso/agency-v1\nagency: {id: a}\n"
            "defaults: {parameters: {log-retention: {min_days: 100}, update-age: {max_days: 20}}}\n"
            "systems:\n  - {id: s, level: 3, parameters: {log-retention: {min_days: 200}}}\n"
        )
        assert made.systems[0].parameters == {
            "log-retention": {"min_days": 200},
            "update-age": {"max_days": 20},
        }
