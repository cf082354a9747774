"""
`scoring@1`: from the state of every requirement to a number that nobody raises by looking away.

Arithmetic only, in exact fractions; floored to one decimal for print, graded on the exact value.
The same function serves the command line, every report and `verify`. SCORING.md says why.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from heapq import nlargest
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
    Text,
    View,
    Views,
    WayUp,
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
class Cell:
    """One requirement on one asset, as one of the views sees it."""

    asset: str
    state: ProofState
    waived: bool = False
    knock_out: ProofState | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement with its cells, one an asset."""

    id: str
    title: Text
    weight: int
    critical: bool
    cells: tuple[Cell, ...]


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

    items: Mapping[str, Item]
    services: tuple[Service, ...] = ()
    drilled: bool = True
    """Whether drills count: in the whole view of a system of an inventory."""
    altered: bool = False
    waivers_count: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """What one requirement adds. A requirement that applies on no asset adds nothing."""

    weight: int = 0
    proved: Fraction = Fraction(0)
    failed: Fraction = Fraction(0)
    knocked: int = 0
    critical: int = 0
    waived: int = 0

    def __add__(self, other: "Mark") -> "Mark":
        return Mark(
            self.weight + other.weight,
            self.proved + other.proved,
            self.failed + other.failed,
            self.knocked + other.knocked,
            self.critical + other.critical,
            self.waived + other.waived,
        )

    def __sub__(self, other: "Mark") -> "Mark":
        return Mark(
            self.weight - other.weight,
            self.proved - other.proved,
            self.failed - other.failed,
            self.knocked - other.knocked,
            self.critical - other.critical,
            self.waived - other.waived,
        )


def mark_of(item: Item, *, waivers_count: bool = True) -> Mark:
    """Its weight by what passes and fails, and which caps it pulls."""
    count = Counter((each.state, each.waived, each.knock_out) for each in item.cells)
    states: Counter[str] = Counter()
    for (state, _, _), number in count.items():
        states[state] += number
    whole = states["pass"] + states["fail"] + states["unknown"]
    if not whole:
        return Mark()
    knocked = any(knock_out in ("fail", "unknown") for _, _, knock_out in count)
    excuses = {waived and waivers_count for state, waived, _ in count if state == "fail"}
    blocking = item.critical and (states["unknown"] > 0 or False in excuses)
    return Mark(
        weight=item.weight,
        proved=Fraction(item.weight * states["pass"], whole),
        failed=Fraction(item.weight * states["fail"], whole),
        knocked=int(knocked),
        critical=int(blocking),
        waived=int(item.critical and True in excuses and not blocking),
    )


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
    limits: tuple[tuple[str, int], ...]
    """Rule and ceiling of each cap that applies, the lowest first."""
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
    return _points(total(sheet), sheet)


def marks_of(sheet: Sheet) -> dict[str, Mark]:
    """What each requirement adds."""
    return {
        name: mark_of(each, waivers_count=sheet.waivers_count) for name, each in sheet.items.items()
    }


def total(sheet: Sheet) -> Mark:
    """All requirements together."""
    return sum(marks_of(sheet).values(), Mark())


def _points(mark: Mark, sheet: Sheet) -> Points:
    p = 100 * mark.proved / mark.weight if mark.weight else Fraction(0)
    f = 100 * mark.failed / mark.weight if mark.weight else Fraction(0)
    u = 100 - p - f
    d = drill_points(sheet.services) if sheet.drilled else None
    low = _base(p, d)
    limits = tuple(sorted(_limits(mark, sheet, 100 - u), key=lambda each: each[1]))
    return Points(
        value=min([low, *(Fraction(to) for _, to in limits)]),
        proved=p,
        failed=f,
        unproved=u,
        drills=d,
        low=low,
        high=_base(p + u, d),
        limits=limits,
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

KNOCK_OUT, CRITICAL, WAIVED, DRILL, DRILL_LATE, COVERAGE, EVIDENCE, WORST = (
    "knock-out",
    "critical",
    "critical-waived",
    "drill",
    "drill-late",
    "coverage",
    "evidence",
    "worst-system",
)

#: The ceiling of each rule; coverage has three, and the worst system's depends on its grade.
CEILING = {KNOCK_OUT: 39, CRITICAL: 59, WAIVED: 74, DRILL: 59, DRILL_LATE: 74, EVIDENCE: 0}

REASON = {
    KNOCK_OUT: Text(
        en="a knock-out fails or is not proved: default credentials, no usable backup, or a"
        " management port open to the world",
        vi="điều loại trực tiếp không đạt hoặc chưa chứng minh: tài khoản mặc định, không có bản"
        " sao lưu dùng được, hoặc cổng quản trị mở ra ngoài",
    ),
    CRITICAL: Text(
        en="a critical requirement fails or is not proved",
        vi="có yêu cầu mức nghiêm trọng không đạt hoặc chưa chứng minh",
    ),
    WAIVED: Text(
        en="a critical requirement fails, under an approved waiver",
        vi="có yêu cầu mức nghiêm trọng không đạt, đang được miễn trừ có phê duyệt",
    ),
    DRILL: Text(
        en="no valid recovery drill: never held, expired, not verified, or far too late",
        vi="chưa có diễn tập phục hồi hợp lệ: chưa tổ chức, hết hạn, chưa xác minh hoặc quá trễ",
    ),
    DRILL_LATE: Text(
        en="a service came back later than the target",
        vi="có dịch vụ phục hồi trễ hơn mục tiêu",
    ),
    EVIDENCE: Text(en="the evidence was altered", vi="bằng chứng đã bị sửa đổi"),
}


def _limits(mark: Mark, sheet: Sheet, coverage: Fraction) -> Iterator[tuple[str, int]]:
    applies = {
        KNOCK_OUT: mark.knocked > 0,
        CRITICAL: mark.critical > 0,
        WAIVED: mark.waived > 0,
        DRILL: sheet.drilled and (not sheet.services or bool(_undrilled(sheet.services))),
        DRILL_LATE: sheet.drilled and any(each.late for each in sheet.services),
        EVIDENCE: sheet.altered,
    }
    yield from ((rule, CEILING[rule]) for rule, does in applies.items() if does)
    for under, to in COVERAGE_CAPS:
        if coverage < under:
            yield COVERAGE, to
            return


def _undrilled(services: Sequence[Service]) -> tuple[str, ...]:
    return tuple(each.name for each in services if not each.credit and not each.late)


def caps_of(sheet: Sheet, exact: Points) -> tuple[Cap, ...]:
    """The caps that apply, lowest first, with their reasons and what is behind each."""
    made = []
    for rule, to in exact.limits:
        why = _coverage_reason(exact.coverage) if rule == COVERAGE else REASON[rule]
        by = tuple(_behind(rule, sheet))
        made.append(Cap(to=to, rule=rule, reason=why.en, reason_vi=why.vi, by=by))
    return tuple(made)


def _behind(rule: str, sheet: Sheet) -> Iterable[str]:
    match rule:
        case "knock-out" | "critical" | "critical-waived":
            for name, item in sheet.items.items():
                mark = mark_of(item, waivers_count=sheet.waivers_count)
                pulls = {KNOCK_OUT: mark.knocked, CRITICAL: mark.critical, WAIVED: mark.waived}
                if pulls[rule]:
                    yield name
        case "drill":
            yield from _undrilled(sheet.services)
        case "drill-late":
            yield from (each.name for each in sheet.services if each.late)


def _coverage_reason(coverage: Fraction) -> Text:
    under = next(under for under, _ in COVERAGE_CAPS if coverage < under)
    shown = str(floored(coverage))
    en = f"coverage is {shown} %, under {under} %"
    vi = f"độ phủ {shown.replace('.', ',')} %, dưới {under} %"
    if coverage < NO_GRADE:
        return Text(en=f"{en}: not enough to grade", vi=f"{vi}: chưa đủ căn cứ đánh giá")
    return Text(en=en, vi=vi)


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
    governing: Mapping[str, Rulebook] | None = None,
) -> tuple[dict[str, Views], AgencyScore]:
    """
    The two views of each system and of the agency.

    `altered` says that the evidence does not match its manifest: then nothing is graded. A system
    that another rulebook governs is scored by that one (`governing`, by the id of the system).
    """
    books = governing or {}
    told = dict(statuses)
    sheets: dict[str, dict[ViewName, Sheet]] = {}
    for system in agency.systems:
        book = books.get(system.id, rulebook)
        sheets[system.id] = sheets_of(
            book,
            system,
            told.get(system.id, ()),
            drills,
            at,
            drilled=book.drills and not agency.this_machine_only,
            altered=altered,
        )
    both: tuple[ViewName, ViewName] = ("whole", "technical")
    exact = {view: {name: points(each[view]) for name, each in sheets.items()} for view in both}
    systems = {
        name: Views(
            whole=view_of(each["whole"], exact["whole"][name]),
            technical=view_of(each["technical"], exact["technical"][name]),
        )
        for name, each in sheets.items()
    }
    levels = {system.id: system.level for system in agency.systems}
    return systems, AgencyScore(
        model=MODEL,
        whole=agency_view(
            {name: each["whole"] for name, each in sheets.items()},
            exact["whole"],
            {name: each.whole.way_up for name, each in systems.items()},
            levels,
        ),
        technical=agency_view(
            {name: each["technical"] for name, each in sheets.items()},
            exact["technical"],
            {name: each.technical.way_up for name, each in systems.items()},
            levels,
        ),
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
    level = system.level
    scored = [each for each in rulebook.for_level(level) if rulebook.is_scored(each, level)]
    services = tuple(services_of(system, drills, at))
    return {
        "whole": Sheet(
            items={each.id: _item(rulebook, each, told.get(each.id), "whole") for each in scored},
            services=services,
            drilled=drilled,
            altered=altered,
        ),
        "technical": Sheet(
            items={
                each.id: _item(rulebook, each, told.get(each.id), "technical")
                for each in scored
                if each.proof.checks
            },
            drilled=False,
            altered=altered,
        ),
    }


def _not_judged(requirement: Requirement) -> AssetState:
    return AssetState(
        asset="",
        state="unknown",
        technical="unknown" if requirement.proof.checks else None,
        knock_out="unknown" if requirement.knock_out else None,
        missing=tuple(each.key for each in requirement.proof.all_of),
    )


def _item(
    rulebook: Rulebook,
    requirement: Requirement,
    status: RequirementStatus | None,
    view: ViewName,
) -> Item:
    states = status.assets if status is not None and status.assets else ()
    return Item(
        id=requirement.id,
        title=requirement.title,
        weight=rulebook.weight(requirement),
        critical=requirement.severity is Severity.CRITICAL,
        cells=tuple(_cell(each, view) for each in states or (_not_judged(requirement),)),
    )


def _cell(state: AssetState, view: ViewName) -> Cell:
    if view == "whole":
        return Cell(state.asset, state.state, state.waived, state.knock_out, state.missing)
    missing = tuple(each for each in state.missing if each.startswith(("check:", "list:")))
    return Cell(
        state.asset, state.technical or "not-applicable", state.waived, state.knock_out, missing
    )


def without_waivers(sheet: Sheet) -> Sheet | None:
    """The sheet as if nothing were waived; None when nothing is."""
    if any(cell.waived for item in sheet.items.values() for cell in item.cells):
        return replace(sheet, waivers_count=False)
    return None


def view_of(sheet: Sheet, exact: Points | None = None) -> View:
    """The view as it is printed, with the way up."""
    exact = exact or points(sheet)
    strict = without_waivers(sheet)
    without = points(strict).value if strict else exact.value
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
        caps=caps_of(sheet, exact),
        way_up=way_up(sheet),
        without_waivers=floored(without) if without != exact.value else None,
    )


# ---------------------------------------------------------------------------------------------
# The way up
# ---------------------------------------------------------------------------------------------

#: How many steps the report prints.
STEPS = 3

#: How many scans, and how many fixes and papers, are tried at each step: those that could add most.
TRIED = 12

#: What a drill costs beside a fix, a scan or a paper, in the order of the way up.
DRILL_EFFORT = 3


@dataclass(frozen=True)
class Action:
    """Something to do, what it costs, and what would stand on the sheet afterwards."""

    do: str
    do_vi: str
    effort: int
    items: Mapping[str, Item]
    services: tuple[Service, ...] | None = None


def way_up(sheet: Sheet, steps: int = STEPS) -> tuple[WayUp, ...]:
    """
    The actions that raise the grade soonest, each on top of those before it.

    The cheapest action that lifts the grade comes first; else the one that gains most for its
    cost. Where only several together lift a cap, they are one action. Each supposes success.
    """
    told: list[WayUp] = []
    marks = marks_of(sheet)
    mark = sum(marks.values(), Mark())
    now = _points(mark, sheet)
    while len(told) < steps and not sheet.altered:
        best: tuple[tuple[bool, Fraction, Fraction], Action, Mark, Points] | None = None
        for action in actions(sheet, marks, mark, now):
            after = _after(mark, marks, sheet, action)
            then = _points(after, replace(sheet, services=_services(sheet, action)))
            gain = then.value - now.value
            if gain <= 0:
                continue
            lifts = _rank(then) > _rank(now)
            worth = Fraction(-action.effort) if lifts else gain / action.effort
            key = (lifts, worth, then.value)
            if best is None or key > best[0]:
                best = (key, action, after, then)
        if best is None:
            break
        _, action, mark, now = best
        marks |= {
            name: mark_of(item, waivers_count=sheet.waivers_count)
            for name, item in action.items.items()
        }
        sheet = replace(
            sheet, items={**sheet.items, **action.items}, services=_services(sheet, action)
        )
        told.append(
            WayUp(do=action.do, do_vi=action.do_vi, value=floored(now.value), grade=now.grade)
        )
    return tuple(told)


def _rank(exact: Points) -> int:
    return BANDS.index(exact.grade) + 1 if exact.grade else 0


def _services(sheet: Sheet, action: Action) -> tuple[Service, ...]:
    return sheet.services if action.services is None else action.services


def _after(mark: Mark, marks: Mapping[str, Mark], sheet: Sheet, action: Action) -> Mark:
    """The sum with the touched requirements replaced: nothing else is counted again."""
    for name, item in action.items.items():
        mark = mark - marks[name] + mark_of(item, waivers_count=sheet.waivers_count)
    return mark


def actions(sheet: Sheet, marks: Mapping[str, Mark], mark: Mark, now: Points) -> Iterator[Action]:
    """Everything that could raise the value next, in a fixed order."""
    yield from _scans(sheet)
    yield from listings(sheet)
    helpful = (each for each in sheet.items.values() if _helps(marks[each.id], mark, now))
    for item in nlargest(TRIED, helpful, key=_potential):
        yield from _fixes(item)
        yield from _papers(item)
    if sheet.drilled:
        yield from _drills(sheet)
    lifting = [
        action
        for rule, to in now.limits
        if to == now.value
        for action in _lifting(rule, sheet, marks, mark)
    ]
    yield from lifting
    if now.coverage < NO_GRADE:
        yield from _covering(sheet, marks, mark)
    if len(lifting) > 1:
        yield _joined(lifting)


def _potential(item: Item) -> float:
    """What a fix or a paper for it could add at most; only an order, so not exact."""
    near = sum(
        _is_paper(each) or (each.state == "fail" and not each.missing) for each in item.cells
    )
    return item.weight * near / len(item.cells)


def _joined(some: Sequence[Action]) -> Action:
    """Several caps of one height fall only together."""
    items: dict[str, Item] = {}
    for each in some:
        items.update(each.items)
    return Action(
        do="; ".join(each.do for each in some),
        do_vi="; ".join(each.do_vi for each in some),
        effort=sum(each.effort for each in some),
        items=items,
        services=next((each.services for each in some if each.services is not None), None),
    )


def _helps(own: Mark, mark: Mark, now: Points) -> bool:
    """
    Whether this requirement alone could raise the value: saves trying the hundreds that cannot.

    Under a cap, only what lifts every cap of that height does.
    """
    if now.value == now.low:
        return True
    alone = {
        KNOCK_OUT: own.knocked == mark.knocked,
        CRITICAL: own.critical == mark.critical,
        WAIVED: own.waived == mark.waived,
        COVERAGE: True,
    }
    return all(alone.get(rule, False) for rule, to in now.limits if to == now.value)


def _changed(item: Item, new: Callable[[Cell], Cell | None]) -> Item | None:
    """The item with some cells replaced, or None when that touches none."""
    cells = [new(each) for each in item.cells]
    if not any(cells):
        return None
    both = zip(item.cells, cells, strict=True)
    return replace(item, cells=tuple(after or before for before, after in both))


def _only(cell: Cell, prefix: str) -> bool:
    missing = cell.missing
    return cell.state == "unknown" and bool(missing) and all(m.startswith(prefix) for m in missing)


def _scans(sheet: Sheet) -> Iterator[Action]:
    """Look at an asset where something could not be seen, or was not looked for; or at all."""
    promise: dict[str, Fraction] = {}
    for item in sheet.items.values():
        for cell in item.cells:
            if _unseen(cell):
                share = Fraction(item.weight, len(item.cells))
                promise[cell.asset] = promise.get(cell.asset, Fraction(0)) + share
    for name in nlargest(TRIED, promise, key=lambda name: promise[name]):
        items = _looked_at(sheet, {name})
        many = len(items)
        where, where_vi = (name, name) if name else ("the whole system", "toàn hệ thống")
        yield Action(
            do=f"Scan {where} so that all of it is seen; requirements without a result: {many}",
            do_vi=f"Quét lại {where_vi} cho đủ; số yêu cầu còn thiếu kết quả: {many}",
            effort=1,
            items=items,
        )
    if len(promise) > 1:
        many = len(promise)
        yield Action(
            do=f"Scan all {many} places where something was not seen",
            do_vi=f"Quét lại cả {many} nơi còn thiếu kết quả",
            effort=many,
            items=_looked_at(sheet, set(promise)),
        )


def _looked_at(sheet: Sheet, names: set[str]) -> dict[str, Item]:
    look = partial(_seen, names=names)
    found = ((item.id, _changed(item, look)) for item in sheet.items.values())
    return {name: changed for name, changed in found if changed is not None}


def _unseen(cell: Cell) -> bool:
    listed = any(each.startswith("list:") for each in cell.missing)
    return (cell.knock_out == "unknown" and not listed) or any(
        each.startswith("check:") for each in cell.missing
    )


def _seen(cell: Cell, names: set[str]) -> Cell | None:
    if cell.asset not in names or not _unseen(cell):
        return None
    missing = tuple(each for each in cell.missing if not each.startswith("check:"))
    state: ProofState = "pass" if cell.state == "unknown" and not missing else cell.state
    knock_out: ProofState | None = "pass" if cell.knock_out == "unknown" else cell.knock_out
    return replace(cell, state=state, missing=missing, knock_out=knock_out)


def listings(sheet: Sheet) -> Iterator[Action]:
    """Write and confirm the owner's lists that checks lack; several where one check needs them."""
    lacking = dict.fromkeys(
        each
        for item in sheet.items.values()
        for cell in item.cells
        for each in cell.missing
        if each.startswith("list:")
    )
    for name in sorted(lacking):
        items = listed(sheet, {name})
        spelled = name.removeprefix("list:").replace("+", ", ")
        many = len(items)
        yield Action(
            do=f"Write and confirm the list {spelled}; requirements that wait for it: {many}",
            do_vi=f"Lập và xác nhận danh sách {spelled}; số yêu cầu đang chờ: {many}",
            effort=1 + name.count("+"),
            items=items,
        )


def listed(sheet: Sheet, names: set[str]) -> dict[str, Item]:
    """The requirements that these lists touch, as if what was seen agreed with them."""

    def told(cell: Cell) -> Cell | None:
        missing = tuple(each for each in cell.missing if each not in names)
        if missing == cell.missing:
            return None
        state: ProofState = "pass" if cell.state == "unknown" and not missing else cell.state
        seen = not any(each.startswith(("check:", "list:")) for each in missing)
        knock_out = "pass" if cell.knock_out == "unknown" and seen else cell.knock_out
        return replace(cell, state=state, missing=missing, knock_out=knock_out)

    found = ((item.id, _changed(item, told)) for item in sheet.items.values())
    return {name: changed for name, changed in found if changed is not None}


def gains_of_lists(sheet: Sheet) -> dict[str, tuple[int, int, Fraction]]:
    """
    Each list that is lacking → requirements that wait for it, those that it alone would prove, and
    the points that it would add, were everything seen as it says.
    """
    now = points(sheet).value
    made = {}
    lacking = {
        name
        for item in sheet.items.values()
        for cell in item.cells
        for each in cell.missing
        if each.startswith("list:")
        for name in each.removeprefix("list:").split("+")
    }
    for name in sorted(lacking):
        waiting = sum(
            any(name in _names(each) for cell in item.cells for each in cell.missing)
            for item in sheet.items.values()
        )
        items = listed(sheet, {f"list:{name}"})
        proved = sum(
            all(cell.state in ("pass", "not-applicable") for cell in item.cells)
            for item in items.values()
        )
        after = replace(sheet, items={**sheet.items, **items})
        made[name] = (waiting, proved, points(after).value - now)
    return made


def _names(missing: str) -> list[str]:
    kind, _, rest = missing.partition(":")
    return rest.split("+") if kind == "list" else []


def _fixes(item: Item) -> Iterator[Action]:
    failing = [each for each in item.cells if each.state == "fail"]
    changed = _changed(item, _fixed)
    if failing and changed is not None:
        where = [each.asset for each in failing if each.asset]
        on = f" on {_listed(where)}" if where else ""
        on_vi = f" trên {_listed(where)}" if where else ""
        yield Action(
            do=f"Fix: {item.title.en}{on}",
            do_vi=f"Khắc phục: {item.title.vi}{on_vi}",
            effort=1,
            items={item.id: changed},
        )


def _fixed(cell: Cell) -> Cell | None:
    if cell.state != "fail":
        return None
    knock_out: ProofState | None = "pass" if cell.knock_out == "fail" else cell.knock_out
    state: ProofState = "unknown" if cell.missing else "pass"
    return replace(cell, state=state, waived=False, knock_out=knock_out)


def _papers(item: Item) -> Iterator[Action]:
    changed = _changed(
        item, lambda cell: replace(cell, state="pass", missing=()) if _is_paper(cell) else None
    )
    if changed is not None:
        yield Action(
            do=f"Attest: {item.title.en}",
            do_vi=f"Xác nhận bằng hồ sơ: {item.title.vi}",
            effort=1,
            items={item.id: changed},
        )


def _is_paper(cell: Cell) -> bool:
    return _only(cell, "attestation:")


def _drills(sheet: Sheet) -> Iterator[Action]:
    """Bring a service back in time: the first drill, a better one, or all that are missing."""
    proved = {
        item.id: changed
        for item in sheet.items.values()
        if (
            changed := _changed(
                item,
                lambda cell: (
                    replace(cell, state="pass", missing=())
                    if _only(cell, "drill:recovery")
                    else None
                ),
            )
        )
    }
    if not sheet.services:
        yield Action(
            do="Hold the first recovery drill, and be back in time",
            do_vi="Tổ chức diễn tập phục hồi lần đầu và phục hồi kịp thời hạn",
            effort=DRILL_EFFORT,
            items=proved,
            services=(Service("", 1, Fraction(1), late=False),),
        )
        return
    weak = [each for each in sheet.services if each.credit < 1]
    groups = [[each] for each in weak] + ([weak] if len(weak) > 1 else [])
    for group in groups:
        names = _listed([each.name for each in group])
        better = tuple(
            replace(each, credit=Fraction(1), late=False) if each in group else each
            for each in sheet.services
        )
        yield Action(
            do=f"Repeat the recovery drill of {names} within the target",
            do_vi=f"Diễn tập lại việc phục hồi {names} trong thời hạn mục tiêu",
            effort=DRILL_EFFORT * len(group),
            items=proved if len(group) == len(weak) else {},
            services=better,
        )


def _lifting(rule: str, sheet: Sheet, marks: Mapping[str, Mark], mark: Mark) -> Iterator[Action]:
    """All that holds one cap down, as one action, for when no single step lifts it."""
    if rule == COVERAGE:
        yield from _covering(sheet, marks, mark)
        return
    if rule in (DRILL, DRILL_LATE):
        *_, widest = _drills(sheet)
        yield widest
        return
    if rule not in (KNOCK_OUT, CRITICAL, WAIVED):
        return
    names = list(_behind(rule, sheet))
    items = {name: _settled(sheet.items[name]) for name in names}
    titles = [sheet.items[name].title for name in names]
    kind, kind_vi = {
        KNOCK_OUT: ("knock-out", "loại trực tiếp"),
        CRITICAL: ("critical", "mức nghiêm trọng"),
        WAIVED: ("waived critical", "mức nghiêm trọng đang được miễn trừ"),
    }[rule]
    yield Action(
        do=f"Prove the {len(names)} {kind} requirements that hold the score down: "
        + _listed([each.en for each in titles]),
        do_vi=f"Chứng minh {len(names)} yêu cầu {kind_vi} đang giữ điểm lại: "
        + _listed([each.vi for each in titles]),
        effort=len(names),
        items=items,
    )


def _settled(item: Item) -> Item:
    return replace(
        item,
        cells=tuple(
            each
            if each.state == "not-applicable"
            else Cell(each.asset, "pass", knock_out="pass" if each.knock_out else None)
            for each in item.cells
        ),
    )


def _covering(sheet: Sheet, marks: Mapping[str, Mark], whole: Mark) -> Iterator[Action]:
    """As many of the heaviest unproved requirements as lift coverage over its next threshold."""
    if not whole.weight:
        return
    known = whole.proved + whole.failed
    steps = (NO_GRADE, *(each for each, _ in COVERAGE_CAPS))
    under = next((each for each in steps if 100 * known < each * whole.weight), None)
    if under is None:
        return
    gaps = {name: each.weight - each.proved - each.failed for name, each in marks.items()}
    chosen: dict[str, Item] = {}
    for name in sorted(gaps, key=lambda name: -gaps[name]):
        if 100 * known >= under * whole.weight or not gaps[name]:
            break
        known += gaps[name]
        chosen[name] = _known(sheet.items[name])
    yield Action(
        do=f"Prove {len(chosen)} more requirements by scan, drill or document, the heaviest first",
        do_vi=f"Chứng minh thêm {len(chosen)} yêu cầu bằng quét, diễn tập hoặc hồ sơ,"
        " bắt đầu từ yêu cầu nặng nhất",
        effort=len(chosen),
        items=chosen,
    )


def _known(item: Item) -> Item:
    return replace(
        item,
        cells=tuple(
            replace(
                each,
                state="pass",
                missing=(),
                knock_out="pass" if each.knock_out == "unknown" else each.knock_out,
            )
            if each.state == "unknown"
            else each
            for each in item.cells
        ),
    )


#: How many names an action spells out.
SPELLED = 3


def _listed(names: Sequence[str]) -> str:
    if len(names) <= SPELLED:
        return ", ".join(names)
    return ", ".join(names[:SPELLED]) + f" (+{len(names) - SPELLED})"


# ---------------------------------------------------------------------------------------------
# The agency
# ---------------------------------------------------------------------------------------------


def agency_view(
    sheets: Mapping[str, Sheet],
    exact: Mapping[str, Points],
    ways: Mapping[str, Sequence[WayUp]],
    levels: Mapping[str, int],
) -> View:
    """
    The agency: mostly the mean by level, partly its worst system, which also caps it.

    P, F, U and D are the means by level. A system without a grade counts with its number, so that
    the agency has its own grade as long as half of it is known. The way up starts with the first
    step of some system.
    """
    value, caps = roll_up({name: (levels[name], each.value) for name, each in exact.items()})
    weight = sum(LEVEL_WEIGHT[levels[name]] for name in exact)

    def mean(part: Mapping[str, Fraction]) -> Fraction:
        total = sum((LEVEL_WEIGHT[levels[name]] * each for name, each in part.items()), Fraction(0))
        return total / weight if weight else Fraction(0)

    p = mean({name: each.proved for name, each in exact.items()})
    f = mean({name: each.failed for name, each in exact.items()})
    graded = p + f >= NO_GRADE and not any(each.altered for each in sheets.values())
    with_drills = {name: each.drills for name, each in exact.items() if each.drills is not None}
    plain = {
        name: (levels[name], points(strict).value if strict else exact[name].value)
        for name, sheet in sheets.items()
        for strict in [without_waivers(sheet)]
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
        way_up=_agency_way_up(
            {name: (levels[name], each.value) for name, each in exact.items()},
            ways,
            value,
            graded=graded,
        ),
        without_waivers=floored(without) if without != value else None,
    )


def _agency_way_up(
    systems: Mapping[str, tuple[int, Fraction]],
    ways: Mapping[str, Sequence[WayUp]],
    value: Fraction,
    *,
    graded: bool,
) -> tuple[WayUp, ...]:
    """For the systems whose first step lifts the agency most: that step, each by itself."""
    found: list[tuple[Fraction, WayUp]] = []
    for name, way in ways.items():
        if way:
            level, _ = systems[name]
            then, _ = roll_up({**systems, name: (level, Fraction(str(way[0].value)))})
            if then > value:
                step = WayUp(
                    do=f"{name}: {way[0].do}",
                    do_vi=f"{name}: {way[0].do_vi}",
                    value=floored(then),
                    grade=grade_of(then) if graded else None,
                )
                found.append((then, step))
    found.sort(key=lambda each: -each[0])
    return tuple(step for _, step in found[:STEPS])


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
        rule=WORST,
        reason=f"one band above {worst}, the worst system of level 3 or more (grade {band})",
        reason_vi=f"chỉ cao hơn một bậc so với {worst}, hệ thống cấp độ 3 trở lên yếu nhất"
        f" (bậc {band})",
        by=(worst,),
    )
    return Fraction(to), (cap,)
