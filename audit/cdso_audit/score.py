"""
`scoring@1`: from the state of every requirement to a number that nobody raises by looking away.

Arithmetic only, in exact fractions; floored to one decimal for print, graded on the exact value.
The same function serves the command line, every report and `verify`. SCORING.md says why.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Literal

from cdso_audit.comply import months_later
from cdso_audit.model import Agency, DrillOutcome, Severity, System
from cdso_audit.result import (
    AgencyScore,
    AssetState,
    Cap,
    ProofState,
    RequirementStatus,
    View,
    Views,
)
from cdso_audit.rulebook import Requirement, Rulebook

MODEL = "scoring@1"

#: From A to D: the least value. Below the last it is E.
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40))

#: What no grade above the band below allows: the last whole point of a band.
TOP_OF = {"A": 100, "B": 89, "C": 74, "D": 59, "E": 39}
BANDS = "EDCBA"

#: Coverage under the first number caps at the second; under NO_GRADE there is no grade at all.
COVERAGE_CAPS = ((60, 59), (80, 74), (95, 89))
NO_GRADE = 50

#: The direction of 2024 for recovery, unless the owner approved a stricter time.
TARGET = timedelta(hours=24)

MICROSECOND = timedelta(microseconds=1)

#: How long a drill counts.
DRILL_VALID_MONTHS = 12

#: The weight of a system in the agency's score, by level.
LEVEL_WEIGHT = {1: 1, 2: 2, 3: 4, 4: 6, 5: 8}

#: The part of the configuration in the base, the rest are drills; and of the mean in the agency.
CONFIGURATION = Fraction(3, 4)
MEAN = Fraction(7, 10)

#: A level from which a weak system holds the whole agency down.
IMPORTANT_LEVEL = 3

ViewName = Literal["whole", "technical"]


# ---------------------------------------------------------------------------------------------
# What is counted
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement with its states by asset; assets where it does not apply are left out."""

    id: str
    weight: int
    critical: bool
    knock_out: bool
    states: tuple[AssetState, ...]
    view: ViewName

    def state(self, asset: AssetState) -> ProofState:
        """The state in this view."""
        return (asset.technical or "not-applicable") if self.view == "technical" else asset.state

    def shares(self) -> tuple[Fraction, Fraction] | None:
        """The shares that pass and fail; None when it applies nowhere."""
        count = Counter(self.state(each) for each in self.states)
        whole = count["pass"] + count["fail"] + count["unknown"]
        if not whole:
            return None
        return Fraction(count["pass"], whole), Fraction(count["fail"], whole)

    def unsettled(self) -> tuple[bool, bool, bool]:
        """Whether any asset is unknown, fails without a waiver, fails under one."""
        seen = [(self.state(each), each.waived) for each in self.states]
        return (
            any(state == "unknown" for state, _ in seen),
            ("fail", False) in seen,
            ("fail", True) in seen,
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A service with the newest drill of it, as of the moment of judging."""

    name: str
    weight: int
    credit: Fraction
    late: bool
    """Proved, but after the target and before twice the target."""


@dataclass(frozen=True)
class Sheet:
    """All that the number of one view of one system is made of."""

    view: ViewName
    items: Mapping[str, Item]
    services: tuple[Service, ...] = ()
    drilled: bool = True
    """Whether drills count: in the whole view of a system of an inventory."""
    altered: bool = False
    waivers_count: bool = True


@dataclass(frozen=True, slots=True)
class Points:
    """The exact numbers of a sheet."""

    value: Fraction
    proved: Fraction
    failed: Fraction
    unproved: Fraction
    drills: Fraction | None
    low: Fraction
    high: Fraction
    caps: tuple[Cap, ...]
    graded: bool

    @property
    def grade(self) -> str | None:
        return grade_of(self.value) if self.graded else None

    @property
    def coverage(self) -> Fraction:
        return 100 - self.unproved


def grade_of(value: Fraction) -> str:
    """The letter of an exact value."""
    return next((letter for letter, least in GRADES if value >= least), "E")


def floored(value: Fraction) -> float:
    """One decimal, never rounded up: 89.96 is no 90.0."""
    return floor(value * 10) / 10


def points(sheet: Sheet) -> Points:
    """The formula, once for everything."""
    weight = proved = failed = Fraction(0)
    for item in sheet.items.values():
        shares = item.shares()
        if shares is not None:
            weight += item.weight
            proved += item.weight * shares[0]
            failed += item.weight * shares[1]
    p = 100 * proved / weight if weight else Fraction(0)
    f = 100 * failed / weight if weight else Fraction(0)
    u = 100 - p - f
    d = drill_points(sheet.services) if sheet.drilled else None
    low, high = _base(p, d), _base(p + u, d)
    caps = tuple(sorted(_caps(sheet, 100 - u), key=lambda cap: cap.to))
    return Points(
        value=min([low, *(Fraction(cap.to) for cap in caps)]),
        proved=p,
        failed=f,
        unproved=u,
        drills=d,
        low=low,
        high=high,
        caps=caps,
        graded=not sheet.altered and 100 - u >= NO_GRADE,
    )


def _base(configuration: Fraction, drills: Fraction | None) -> Fraction:
    if drills is None:
        return configuration
    return CONFIGURATION * configuration + (1 - CONFIGURATION) * drills


def drill_points(services: Sequence[Service]) -> Fraction:
    """D: the weighted share of services that came back in time. None was drilled: nothing."""
    weight = sum(each.weight for each in services)
    if not weight:
        return Fraction(0)
    return 100 * sum((each.weight * each.credit for each in services), Fraction(0)) / weight


# ---------------------------------------------------------------------------------------------
# Caps
# ---------------------------------------------------------------------------------------------


def _caps(sheet: Sheet, coverage: Fraction) -> Iterator[Cap]:
    knocked, critical, waived = _blockers(sheet)
    if knocked:
        yield Cap(
            to=39,
            rule="knock-out",
            reason="a knock-out requirement fails or is not proved",
            reason_vi="có yêu cầu loại trực tiếp không đạt hoặc chưa chứng minh",
            by=knocked,
        )
    if critical:
        yield Cap(
            to=59,
            rule="critical",
            reason="a critical requirement fails or is not proved",
            reason_vi="có yêu cầu mức nghiêm trọng không đạt hoặc chưa chứng minh",
            by=critical,
        )
    if waived:
        yield Cap(
            to=74,
            rule="critical-waived",
            reason="a critical requirement fails, under an approved waiver",
            reason_vi="có yêu cầu mức nghiêm trọng không đạt, đang được miễn trừ có phê duyệt",
            by=waived,
        )
    if sheet.drilled:
        yield from _drill_caps(sheet.services)
    yield from _coverage_cap(coverage)
    if sheet.altered:
        yield Cap(
            to=0,
            rule="evidence",
            reason="the evidence was altered",
            reason_vi="bằng chứng đã bị sửa đổi",
        )


def _blockers(sheet: Sheet) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The knock-out, the critical and the waived critical requirements that hold it down."""
    knocked: list[str] = []
    critical: list[str] = []
    waived: list[str] = []
    for item in sheet.items.values():
        if not (item.knock_out or item.critical):
            continue
        unknown, failing, excused = item.unsettled()
        if item.knock_out and (unknown or failing or excused):
            knocked.append(item.id)
        if item.critical and (unknown or failing or (excused and not sheet.waivers_count)):
            critical.append(item.id)
        elif item.critical and excused:
            waived.append(item.id)
    return tuple(knocked), tuple(critical), tuple(waived)


def _drill_caps(services: Sequence[Service]) -> Iterator[Cap]:
    unproved = tuple(each.name for each in services if not each.credit and not each.late)
    late = tuple(each.name for each in services if each.late)
    if unproved or not services:
        yield Cap(
            to=59,
            rule="drill",
            reason="no valid recovery drill: never held, expired, not verified or far too late",
            reason_vi="chưa có diễn tập phục hồi hợp lệ: chưa tổ chức, hết hạn, chưa xác minh hoặc"
            " quá trễ",
            by=unproved,
        )
    if late:
        yield Cap(
            to=74,
            rule="drill-late",
            reason="a service came back later than the target",
            reason_vi="có dịch vụ phục hồi trễ hơn mục tiêu",
            by=late,
        )


def _coverage_cap(coverage: Fraction) -> Iterator[Cap]:
    for under, to in COVERAGE_CAPS:
        if coverage < under:
            shown = f"{floored(coverage)}"
            yield Cap(
                to=to,
                rule="coverage",
                reason=f"only {shown} % is known; under {under} %"
                + (": not enough to grade" if coverage < NO_GRADE else ""),
                reason_vi=f"độ phủ chỉ {shown.replace('.', ',')} %, dưới {under} %"
                + (": chưa đủ căn cứ đánh giá" if coverage < NO_GRADE else ""),
            )
            return


# ---------------------------------------------------------------------------------------------
# Drills
# ---------------------------------------------------------------------------------------------


def target_of(system: System) -> timedelta:
    """T*: 24 hours, or the stricter time that the owner approved."""
    approved = system.approved.max_outage if system.approved else None
    return min(TARGET, approved) if approved else TARGET


def services_of(system: System, drills: Iterable[DrillOutcome], at: datetime) -> list[Service]:
    """The services of the system with what their newest drill is worth."""
    newest: dict[str, DrillOutcome] = {}
    for each in sorted(drills, key=lambda drill: drill.held_at):
        if each.system == system.id and each.held_at <= at:
            newest[each.service] = each
    target = target_of(system)
    return [_service(each, target, at) for _, each in sorted(newest.items())]


def _service(drill: DrillOutcome, target: timedelta, at: datetime) -> Service:
    nothing = Service(drill.service, drill.weight, Fraction(0), late=False)
    expired = at >= months_later(drill.held_at, DRILL_VALID_MONTHS)
    if not drill.verified or drill.took is None or expired or drill.took > 2 * target:
        return nothing
    if drill.took <= target:
        return replace(nothing, credit=Fraction(1))
    over = Fraction((drill.took - target) // MICROSECOND, target // MICROSECOND)
    return replace(nothing, credit=Fraction(1, 2) * (1 - over), late=True)


# ---------------------------------------------------------------------------------------------
# Systems
# ---------------------------------------------------------------------------------------------


def score(
    rulebook: Rulebook,
    agency: Agency,
    statuses: Sequence[tuple[str, Sequence[RequirementStatus]]],
    drills: Sequence[DrillOutcome],
    at: datetime,
    *,
    altered: bool = False,
) -> tuple[dict[str, Views], AgencyScore]:
    """
    The two views of each system and of the agency.

    `altered` says that the evidence does not match its manifest: then nothing is graded.
    """
    told = dict(statuses)
    sheets: dict[str, dict[ViewName, Sheet]] = {}
    for system in agency.systems:
        sheets[system.id] = sheets_of(
            rulebook,
            system,
            told.get(system.id, ()),
            drills,
            at,
            drilled=not agency.this_machine_only,
            altered=altered,
        )
    systems = {
        name: Views(whole=view_of(each["whole"]), technical=view_of(each["technical"]))
        for name, each in sheets.items()
    }
    levels = {system.id: system.level for system in agency.systems}
    return systems, AgencyScore(
        model=MODEL,
        whole=agency_view({name: each["whole"] for name, each in sheets.items()}, levels),
        technical=agency_view({name: each["technical"] for name, each in sheets.items()}, levels),
    )


def sheets_of(
    rulebook: Rulebook,
    system: System,
    statuses: Sequence[RequirementStatus],
    drills: Sequence[DrillOutcome],
    at: datetime,
    *,
    drilled: bool = True,
    altered: bool = False,
) -> dict[ViewName, Sheet]:
    """
    What both views of a system count.

    A requirement of the rulebook without a status was not judged: it counts as unknown. The
    technical view counts what at least one check proves, by its checks alone, on the assets where
    they exist; drills are no machine's proof of today, so they do not count there.
    """
    told = {each.id: each for each in statuses}
    scored = [each for each in rulebook.for_level(system.level) if rulebook.is_scored(each)]
    services = tuple(services_of(system, drills, at))
    return {
        "whole": Sheet(
            view="whole",
            items={each.id: _item(rulebook, each, told.get(each.id), "whole") for each in scored},
            services=services,
            drilled=drilled,
            altered=altered,
        ),
        "technical": Sheet(
            view="technical",
            items={
                each.id: _item(rulebook, each, told.get(each.id), "technical")
                for each in scored
                if each.proof.checks
            },
            drilled=False,
            altered=altered,
        ),
    }


NOT_JUDGED = AssetState(asset="", state="unknown", technical="unknown")


def _item(
    rulebook: Rulebook,
    requirement: Requirement,
    status: RequirementStatus | None,
    view: ViewName,
) -> Item:
    states = status.assets if status is not None and status.assets else (NOT_JUDGED,)
    return Item(
        id=requirement.id,
        weight=rulebook.weight(requirement),
        critical=requirement.severity is Severity.CRITICAL,
        knock_out=requirement.knock_out,
        states=states,
        view=view,
    )


def view_of(sheet: Sheet) -> View:
    """The view as it is printed, with the way up."""
    exact = points(sheet)
    without = points(replace(sheet, waivers_count=False))
    return View(
        value=floored(exact.value),
        grade=exact.grade,
        proved=floored(exact.proved),
        failed=floored(exact.failed),
        unproved=floored(exact.unproved),
        drills=None if exact.drills is None else floored(exact.drills),
        low=floored(exact.low),
        high=floored(exact.high),
        coverage=floored(exact.coverage),
        caps=exact.caps,
        way_up=(),
        without_waivers=floored(without.value) if without.value != exact.value else None,
    )


# ---------------------------------------------------------------------------------------------
# The agency
# ---------------------------------------------------------------------------------------------


def agency_view(sheets: Mapping[str, Sheet], levels: Mapping[str, int]) -> View:
    """The agency: mostly the mean by level, partly its worst system, which also caps it."""
    exact = {name: points(sheet) for name, sheet in sheets.items()}
    value, caps = roll_up({name: (levels[name], each.value) for name, each in exact.items()})
    graded = bool(exact) and all(each.graded for each in exact.values())
    weight = sum(LEVEL_WEIGHT[levels[name]] for name in exact)

    def mean(part: Mapping[str, Fraction]) -> Fraction:
        total = sum((LEVEL_WEIGHT[levels[name]] * each for name, each in part.items()), Fraction(0))
        return total / weight if weight else Fraction(0)

    p = mean({name: each.proved for name, each in exact.items()})
    f = mean({name: each.failed for name, each in exact.items()})
    with_drills = {name: each.drills for name, each in exact.items() if each.drills is not None}
    plain = {
        name: (levels[name], points(replace(sheet, waivers_count=False)).value)
        for name, sheet in sheets.items()
    }
    without, _ = roll_up(plain)
    low, _ = roll_up({name: (levels[name], each.low) for name, each in exact.items()})
    high, _ = roll_up({name: (levels[name], each.high) for name, each in exact.items()})
    return View(
        value=floored(value),
        grade=grade_of(value) if graded else None,
        proved=floored(p),
        failed=floored(f),
        unproved=floored(100 - p - f) if exact else 100.0,
        drills=floored(mean(with_drills)) if with_drills else None,
        low=floored(low),
        high=floored(high),
        coverage=floored(p + f),
        caps=caps,
        without_waivers=floored(without) if without != value else None,
    )


def roll_up(systems: Mapping[str, tuple[int, Fraction]]) -> tuple[Fraction, tuple[Cap, ...]]:
    """R from the level and the exact score of each system."""
    if not systems:
        return Fraction(0), ()
    weight = sum(LEVEL_WEIGHT[level] for level, _ in systems.values())
    total = sum((LEVEL_WEIGHT[level] * value for level, value in systems.values()), Fraction(0))
    mean = total / weight
    base = MEAN * mean + (1 - MEAN) * min(value for _, value in systems.values())
    important = {
        name: value for name, (level, value) in systems.items() if level >= IMPORTANT_LEVEL
    }
    if not important:
        return base, ()
    worst = min(important, key=lambda name: (important[name], name))
    band = grade_of(important[worst])
    above = BANDS[min(BANDS.index(band) + 1, len(BANDS) - 1)]
    to = TOP_OF[above]
    if base <= to:
        return base, ()
    cap = Cap(
        to=to,
        rule="worst-system",
        reason=f"one band above {worst}, the worst system of level 3 or more (grade {band})",
        reason_vi=f"chỉ cao hơn một bậc so với {worst}, hệ thống cấp độ 3 trở lên yếu nhất"
        f" (bậc {band})",
        by=(worst,),
    )
    return Fraction(to), (cap,)
