"""`scoring@1`: the worked example to the last digit, and what nobody may be able to do to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.audit.small_rules import AT, host, requirement, rulebook

from cdso_audit.model import Agency, AgencyIdentity, Approval, DrillOutcome, Status, System
from cdso_audit.result import AssetState, ProofState, RequirementStatus, Text
from cdso_audit.rulebook import Rulebook
from cdso_audit.score import (
    Cell,
    Item,
    Points,
    Service,
    Sheet,
    caps_of,
    floored,
    grade_of,
    points,
    roll_up,
    score,
    services_of,
    view_of,
    way_up,
)

# ---------------------------------------------------------------------------------------------
# The worked example
# ---------------------------------------------------------------------------------------------

HOSTS = tuple(host(f"h{number:02}") for number in range(10))
SERVICES = (("database", 19.5, 2), ("portal", 27.0, 1))

#: name: (severity, passing, failing, what is missing on the rest)
CONTROLS = {
    "c1": ("critical", 10, 0, ""),
    "c2": ("critical", 9, 0, "check:c2"),
    "h1": ("high", 8, 2, ""),
    "h2": ("high", 7, 1, "drill:restore"),
    "h3": ("high", 10, 0, ""),
    "m1": ("medium", 10, 0, ""),
    "m2": ("medium", 0, 10, ""),
    "l1": ("low", 0, 0, "attestation:document"),
}


def worked_rules() -> Rulebook:
    proofs = "requirements:\n" + "".join(
        f"  {name}: {{all_of: [{{check: {name}}}]}}\n" for name in CONTROLS
    )
    return rulebook(proofs, *(requirement(name, severity=c[0]) for name, c in CONTROLS.items()))


def worked_statuses() -> list[RequirementStatus]:
    told = []
    for name, (_, passing, failing, missing) in CONTROLS.items():
        states: list[AssetState] = []
        for number, asset in enumerate(HOSTS):
            state: ProofState = (
                "pass" if number < passing else "fail" if number < passing + failing else "unknown"
            )
            states.append(
                AssetState(
                    asset=asset.id,
                    state=state,
                    technical=state,
                    waived=name == "m2",
                    missing=(missing,) if state == "unknown" else (),
                )
            )
        told.append(
            RequirementStatus(id=name, clause="", status=Status.UNPROVEN, assets=tuple(states))
        )
    return told


def drills(*services: tuple[str, float, int], held: datetime = AT) -> list[DrillOutcome]:
    return [
        DrillOutcome(
            id=f"restore-{name}",
            system="dvc",
            service=name,
            held_at=held,
            weight=weight,
            verified=True,
            took=timedelta(hours=hours),
        )
        for name, hours, weight in services
    ]


def one_system(**more: object) -> Agency:
    system = System(id="dvc", level=3, assets=HOSTS)
    return Agency(agency=AgencyIdentity(id="so"), systems=(system,), **more)


class TestTheWorkedExample:
    def test_the_view_is_the_one_on_paper(self) -> None:
        told = [("dvc", worked_statuses())]
        systems, _ = score(worked_rules(), one_system(), told, drills(*SERVICES), AT)
        whole = systems["dvc"].whole

        assert (whole.value, whole.grade) == (59.0, "D")
        assert (whole.proved, whole.failed, whole.unproved) == (82.1, 10.7, 7.1)
        assert whole.drills == 81.2
        assert whole.low == 81.9
        assert whole.coverage == 92.8
        assert {(cap.rule, cap.to) for cap in whole.caps} == {
            ("critical", 59),
            ("drill-late", 74),
            ("coverage", 89),
        }
        assert next(cap.by for cap in whole.caps if cap.rule == "critical") == ("c2",)

    def test_the_exact_numbers(self) -> None:
        exact = points(sheet_of_example())

        assert exact.proved == Fraction(3450, 42)
        assert exact.failed == Fraction(450, 42)
        assert exact.unproved == Fraction(300, 42)
        assert exact.drills == Fraction(325, 4)
        assert exact.proved + exact.failed + exact.unproved == 100

    def test_the_way_up_goes_by_one_host_and_one_drill(self) -> None:
        """On paper 88.4: that is 88.393 rounded. Ours floors, as the model says."""
        first, second, *_ = way_up(sheet_of_example())

        assert "h09" in first.do
        assert (first.value, first.grade) == (74.0, "C")
        assert "portal" in second.do
        assert (second.value, second.grade) == (88.3, "B")

    def test_the_second_step_is_88_4_on_paper(self) -> None:
        sheet = sheet_of_example()
        seen = replace(sheet.items["c2"], cells=tuple(Cell(each.id, "pass") for each in HOSTS))
        better = tuple(replace(each, credit=Fraction(1), late=False) for each in sheet.services)
        exact = points(replace(sheet, items={**sheet.items, "c2": seen}, services=better))

        assert exact.value == Fraction(3, 4) * Fraction(3550, 42) + 25
        assert round(float(exact.value), 1) == 88.4

    @pytest.mark.parametrize(
        ("unscanned", "exact", "on_paper"),
        [(0, Fraction(7, 10) * Fraction(506, 9), 39.4), (85, None, 70.3)],
    )
    def test_the_agency(self, unscanned: int, exact: Fraction | None, on_paper: float) -> None:
        systems = {
            "a": (3, Fraction(59)),
            "b": (2, Fraction(91)),
            "c": (2, Fraction(unscanned)),
            "d": (1, Fraction(88)),
        }
        value, caps = roll_up(systems)

        assert round(float(value), 1) == on_paper
        assert exact is None or value == exact
        assert not caps


def sheet_of_example() -> Sheet:
    items = {}
    for status in worked_statuses():
        severity = CONTROLS[status.id][0]
        items[status.id] = Item(
            id=status.id,
            title=Text(vi=status.id, en=status.id),
            weight={"critical": 10, "high": 5, "medium": 3, "low": 1}[severity],
            critical=severity == "critical",
            cells=tuple(
                Cell(each.asset, each.state, each.waived, None, each.missing)
                for each in status.assets
            ),
        )
    system = System(id="dvc", level=3)
    services = tuple(services_of(system, drills(*SERVICES), AT))
    return Sheet(items=items, services=services)


# ---------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (Fraction(100), "A"),
        (Fraction(90), "A"),
        (Fraction(8999999, 100000), "B"),
        (Fraction(75), "B"),
        (Fraction(7499, 100), "C"),
        (Fraction(60), "C"),
        (Fraction(5999, 100), "D"),
        (Fraction(40), "D"),
        (Fraction(3999, 100), "E"),
        (Fraction(0), "E"),
    ],
)
def test_grades_are_given_on_the_exact_value(value: Fraction, grade: str) -> None:
    assert grade_of(value) == grade


STATES: tuple[ProofState, ...] = ("pass", "fail", "unknown", "not-applicable")


def item(name: str, *states: str, weight: int = 1, critical: bool = False) -> Item:
    seen = (next(known for known in STATES if known == each) for each in states)
    cells = tuple(Cell(f"h{number}", state) for number, state in enumerate(seen))
    return Item(name, Text(vi=name, en=name), weight, critical, cells)


def sheet(*items: Item, services: Sequence[Service] = ()) -> Sheet:
    return Sheet(
        items={each.id: each for each in items},
        services=tuple(services),
        drilled=bool(services),
    )


DONE = Service("db", 1, Fraction(1), late=False)


@pytest.mark.parametrize(
    ("known", "to"),
    [(95, None), (94, 89), (80, 89), (79, 74), (60, 74), (59, 59), (50, 59), (49, 59)],
)
def test_coverage_caps(known: int, to: int | None) -> None:
    exact = points(sheet(item("k", *["pass"] * known, *["unknown"] * (100 - known))))

    assert dict(exact.limits).get("coverage") == to
    assert (exact.grade is None) == (known < 50)


@pytest.mark.parametrize(
    ("hours", "credit", "rule"),
    [
        (1, Fraction(1), None),
        (24, Fraction(1), None),
        (30, Fraction(3, 8), "drill-late"),
        (47.9, Fraction(1, 480), "drill-late"),
        (48, Fraction(0), "drill-late"),
        (48.1, Fraction(0), "drill"),
        (200, Fraction(0), "drill"),
    ],
)
def test_drills_by_their_time(hours: float, credit: Fraction, rule: str | None) -> None:
    found = services_of(System(id="dvc"), drills(("db", hours, 1)), AT)
    exact = points(sheet(item("k", "pass"), services=found))

    assert found[0].credit == credit
    assert dict(exact.limits) == ({rule: {"drill": 59, "drill-late": 74}[rule]} if rule else {})


@pytest.mark.parametrize(
    ("days", "verified", "rule"),
    [(364, True, None), (365, True, "drill"), (-1, True, "drill"), (1, False, "drill")],
)
def test_a_drill_must_be_held_verified_and_young(
    days: int, verified: bool, rule: str | None
) -> None:
    held = [
        each.model_copy(update={"verified": verified})
        for each in drills(("db", 2, 1), held=AT - timedelta(days=days))
    ]
    exact = points(Sheet({"k": item("k", "pass")}, tuple(services_of(System(id="dvc"), held, AT))))

    assert set(dict(exact.limits)) == ({rule} if rule else set())


def test_only_the_newest_drill_of_a_service_counts() -> None:
    held = drills(("db", 2, 1), held=AT - timedelta(days=9)) + drills(("db", 60, 1))
    assert services_of(System(id="dvc"), held, AT)[0].credit == 0


def test_an_owners_stricter_time_is_the_target() -> None:
    strict = System(id="dvc", approved=Approval(max_outage=timedelta(hours=4)))
    lax = System(id="dvc", approved=Approval(max_outage=timedelta(hours=72)))

    assert services_of(strict, drills(("db", 6, 1)), AT)[0].credit == Fraction(1, 4)
    assert services_of(lax, drills(("db", 30, 1)), AT)[0].late


def test_without_an_inventory_drills_do_not_count() -> None:
    told = [("dvc", worked_statuses())]
    systems, _ = score(worked_rules(), one_system(this_machine_only=True), told, [], AT)
    whole = systems["dvc"].whole

    assert whole.drills is None
    assert not any(cap.rule.startswith("drill") for cap in whole.caps)
    assert whole.low == whole.proved


def test_altered_evidence_has_no_grade() -> None:
    told = [("dvc", worked_statuses())]
    systems, total = score(worked_rules(), one_system(), told, [], AT, altered=True)

    assert systems["dvc"].whole.grade is None
    assert total.whole.grade is None
    assert "evidence" in {cap.rule for cap in systems["dvc"].whole.caps}


def test_a_system_without_results_counts_nothing() -> None:
    systems, total = score(worked_rules(), one_system(), [], [], AT)

    assert systems["dvc"].whole.value == 0
    assert systems["dvc"].whole.unproved == 100
    assert total.whole.grade is None


def test_an_unscanned_system_lowers_the_agency_and_does_not_hide_its_grade() -> None:
    good = AssetState(asset="h00", state="pass", technical="pass")
    told = [RequirementStatus(id="k", clause="", status=Status.MET, assets=(good,))]
    book = rulebook("requirements: {k: {all_of: [{check: one}]}}", requirement("k"))
    systems = tuple(System(id=name, level=level) for name, level in (("dvc", 5), ("old", 1)))
    who = Agency(agency=AgencyIdentity(id="so"), systems=systems)
    by_system, total = score(book, who, [("dvc", told)], [], AT)

    assert by_system["dvc"].technical.grade == "A"
    assert by_system["old"].technical.grade is None
    assert total.technical.value == floored(Fraction(7, 10) * Fraction(800, 9))
    assert total.technical.grade == "C"
    assert total.technical.way_up[0].do.startswith("old: ")


def test_what_is_advice_stands_apart() -> None:
    book = rulebook(
        "no_check: {law: , advice: }",
        requirement("law"),
        requirement("advice", rule_set="advice", severity="critical"),
    )
    good = AssetState(asset="", state="pass")
    told = [RequirementStatus(id="law", clause="", status=Status.MET, assets=(good,))]
    systems, _ = score(book, one_system(), [("dvc", told)], [], AT)

    assert systems["dvc"].whole.proved == 100
    assert "critical" not in {cap.rule for cap in systems["dvc"].whole.caps}


def test_the_technical_view_counts_checks_alone() -> None:
    book = rulebook(
        "requirements:\n  both: {all_of: [{check: one}, {attestation: rest}]}\nno_check: {paper: }",
        requirement("both"),
        requirement("paper"),
    )
    state = AssetState(
        asset="h00", state="unknown", technical="pass", missing=("attestation:rest",)
    )
    told = [RequirementStatus(id="both", clause="", status=Status.PARTLY_MET, assets=(state,))]
    systems, _ = score(book, one_system(), [("dvc", told)], [], AT)

    assert systems["dvc"].technical.proved == 100
    assert systems["dvc"].technical.value == 100
    assert systems["dvc"].technical.drills is None
    assert systems["dvc"].whole.proved == 0


@pytest.mark.parametrize(
    ("worst", "others", "to"),
    [(30, 100, 59), (50, 100, 74), (74, 100, 89), (76, 100, None)],
)
def test_the_agency_is_capped_one_band_above_its_worst_important_system(
    worst: int, others: int, to: int | None
) -> None:
    many = {f"s{number}": (5, Fraction(others)) for number in range(20)}
    value, caps = roll_up({**many, "weak": (3, Fraction(worst))})

    assert [cap.to for cap in caps] == ([] if to is None else [to])
    assert to is None or value == to


def test_a_weak_system_of_level_two_does_not_cap_the_agency() -> None:
    many = {f"s{number}": (5, Fraction(100)) for number in range(20)}
    assert not roll_up({**many, "weak": (2, Fraction(0))})[1]


def test_the_score_is_shown_with_and_without_waivers() -> None:
    critical = item("k", *["pass"] * 99, "fail", critical=True)
    waived = replace(
        critical, cells=(*critical.cells[:-1], replace(critical.cells[-1], waived=True))
    )
    view = view_of(sheet(waived))

    assert view.value == 74
    assert view.without_waivers == 59
    assert view_of(sheet(critical)).without_waivers is None


def test_a_knock_out_that_is_unknown_is_the_end() -> None:
    dead = Item("k", Text(vi="", en=""), 1, False, (Cell("h", "unknown", knock_out="unknown"),))
    exact = points(sheet(item("good", *["pass"] * 50), dead))

    assert ("knock-out", 39) in exact.limits
    assert exact.grade == "E"


def test_several_caps_of_one_height_are_lifted_by_one_action() -> None:
    held = sheet(
        item("one", "fail", critical=True),
        item("two", "unknown", critical=True),
        item("rest", *["pass"] * 20, weight=30),
        services=[replace(DONE, credit=Fraction(0))],
    )
    first, *_ = way_up(held)

    assert "2 critical" in first.do
    assert "db" in first.do
    assert first.value > 90


# ---------------------------------------------------------------------------------------------
# Properties
# ---------------------------------------------------------------------------------------------


@st.composite
def cells(draw: st.DrawFn, asset: str, states: Sequence[ProofState] = STATES) -> Cell:
    state = draw(st.sampled_from(states))
    return Cell(
        asset=asset,
        state=state,
        waived=state == "fail" and draw(st.booleans()),
        knock_out=draw(st.sampled_from([None, state])),
    )


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    assets = [f"h{number}" for number in range(draw(st.integers(1, 4)))]
    items = {}
    for number in range(draw(st.integers(1, 5))):
        weight = draw(st.sampled_from([10, 5, 3, 1]))
        items[f"k{number}"] = Item(
            id=f"k{number}",
            title=Text(vi="", en=""),
            weight=weight,
            critical=weight == 10,
            cells=tuple(draw(cells(asset)) for asset in assets),
        )
    services = tuple(
        Service(f"s{number}", draw(st.integers(1, 3)), credit, late=late)
        for number in range(draw(st.integers(0, 2)))
        for credit, late in [
            draw(
                st.sampled_from(
                    [(Fraction(1), False), (Fraction(1, 3), True), (Fraction(0), False)]
                )
            )
        ]
    )
    return Sheet(items=items, services=services, drilled=draw(st.booleans()))


def with_cell(held: Sheet, name: str, place: int, cell: Cell) -> Points:
    old = held.items[name]
    changed = (*old.cells[:place], cell, *old.cells[place + 1 :])
    return points(replace(held, items={**held.items, name: replace(old, cells=changed)}))


@given(sheets(), st.data())
def test_looking_never_costs_and_passing_never_costs(held: Sheet, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(held.items)))
    place = data.draw(st.integers(0, len(held.items[name].cells) - 1))
    old = held.items[name].cells[place]
    marked = data.draw(st.booleans())

    def state(each: ProofState) -> Points:
        return with_cell(
            held, name, place, Cell(old.asset, each, knock_out=each if marked else None)
        )

    assert state("unknown").value <= state("fail").value <= state("pass").value


@given(sheets())
def test_a_waiver_changes_the_decision_never_the_measurement(held: Sheet) -> None:
    exact, strict = points(held), points(replace(held, waivers_count=False))

    assert (exact.proved, exact.failed, exact.unproved) == (
        strict.proved,
        strict.failed,
        strict.unproved,
    )
    assert strict.value <= exact.value <= max(strict.value, Fraction(74))


@given(sheets())
def test_the_parts_add_up_and_bound_the_score(held: Sheet) -> None:
    exact = points(held)

    assert exact.proved + exact.failed + exact.unproved == 100
    assert 0 <= exact.value <= exact.low <= exact.high <= 100
    assert all(exact.value <= to for _, to in exact.limits)
    assert Fraction(str(floored(exact.value))) <= exact.value


@given(sheets(), st.integers(1, 50))
def test_passing_assets_lift_no_cap_that_somebody_must_clear(held: Sheet, more: int) -> None:
    hard = {"knock-out", "critical", "critical-waived", "drill", "drill-late"}
    good = tuple(Cell(f"new{number}", "pass") for number in range(more))
    larger = {name: replace(each, cells=each.cells + good) for name, each in held.items.items()}

    before = {rule for rule, _ in points(held).limits} & hard
    after = {rule for rule, _ in points(replace(held, items=larger)).limits} & hard
    assert before <= after


@given(sheets(), st.data())
def test_scanning_one_more_asset_never_gives_less(held: Sheet, data: st.DataObject) -> None:
    blind, seen = {}, {}
    for name, each in held.items.items():
        found = data.draw(cells("new"))
        nothing = Cell("new", "unknown", knock_out="unknown" if found.knock_out else None)
        seen[name] = replace(each, cells=(*each.cells, found))
        blind[name] = replace(each, cells=(*each.cells, nothing))

    assert points(replace(held, items=blind)).value <= points(replace(held, items=seen)).value


@given(sheets())
def test_every_step_of_the_way_up_goes_up(held: Sheet) -> None:
    values = [floored(points(held).value), *(step.value for step in way_up(held))]
    assert values == sorted(values)


@given(sheets())
def test_every_cap_has_its_reason_in_both_languages(held: Sheet) -> None:
    exact = points(held)
    for cap in caps_of(held, exact):
        assert cap.reason
        assert cap.reason_vi
        assert cap.rule in dict(exact.limits)


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.tuples(st.integers(1, 5), st.integers(0, 1000).map(lambda n: Fraction(n, 10))),
        min_size=1,
    ),
    st.data(),
)
def test_a_better_system_never_lowers_the_agency(
    systems: dict[str, tuple[int, Fraction]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(systems)))
    level, value = systems[name]
    better = {**systems, name: (level, min(Fraction(100), value + data.draw(st.integers(0, 60))))}

    assert roll_up(systems)[0] <= roll_up(better)[0]
