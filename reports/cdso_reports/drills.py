"""
Drills as the report tells them: sentences for each kind of claim, and the phases against 24 hours.

What was measured, projected, rehearsed or discussed has a sentence of its own by its type, so that
no word for one stands on another. Nothing is judged here.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from cdso_audit.drill.proof import (
    Claim,
    Discussed,
    DrillResult,
    NotHeld,
    PhaseTime,
    ProjectedOutage,
    Readable,
    Recovery,
    Rehearsed,
    Sampled,
    StepTime,
)
from cdso_audit.drill.said import in_words
from cdso_audit.drill.statistics import AtLeast, Measured
from cdso_audit.result import Result, SystemResult, Text
from cdso_reports.plain import line
from cdso_reports.words import decimal, duration, fixed, named, say

#: The direction of 2024: the line that every drill is drawn against.
DAY: Final = timedelta(hours=24)
#: Steps that a drill lists by name; a playbook with more is told in its journal.
MOST_STEPS: Final = 40
#: Earlier attempts that a system lists.
MOST_ATTEMPTS: Final = 20
#: Drills that are told in full; the rest stand in the first table and in result.json.
MOST_TOLD: Final = 40
#: Ticks of the axis are at most so many.
TICKS: Final = 7

LEVELS: Final = {
    "0": "talked through at a table",
    "1": "rehearsed without touching anything",
    "2": "the copy can be read",
    "3": "restored and proved in part, or with a weakness that is named below",
    "4": "everything restored on an isolated target, seen from outside",
    "5": "everything as in earnest: offline copy, real team, unannounced",
    "6": "the real service moved",
}
VERDICTS: Final = {
    "in-time": "in time",
    "late": "too late",
    "likely-in-time": "likely in time, not measured",
    "likely-late": "likely too late, not measured",
    "open": "open: the interval reaches over the target",
    "not-recovered": "did not come back",
    "not-measured": "nothing was measured",
}
STARTS: Final = {
    "outage": "from the outage, as it was seen from outside",
    "inject": "from the inject that began the drill",
    "detected": "from the detection",
    "declared": "from the declaration",
    "restore-started": "from the first restored byte",
}
MARKS: Final = {
    "outage": "outage seen from outside",
    "inject": "inject: the drill begins",
    "detected": "detected",
    "declared": "declared",
    "restore-started": "restore begun",
    "partial-service": "partial service",
    "verified": "verified from outside",
    "hold-kept": "held",
    "accepted": "accepted by people",
    "backup-taken": "first new backup taken",
    "closed": "drill closed, cleanup done",
}
PHASES: Final = {
    "detect": "Detect",
    "contain": "Contain",
    "provision": "Provision",
    "restore": "Restore",
    "verify": "Verify",
    "return": "Return",
}
MODES: Final = {
    "tabletop": "tabletop",
    "dry-run": "dry run",
    "sample": "sample",
    "full": "full",
}
ENDS: Final = {
    "open": "under way",
    "succeeded": "succeeded",
    "failed": "failed",
    "aborted": "aborted",
    "refused": "refused by a guard",
    "rehearsed": "rehearsed",
    "superseded": "went on elsewhere",
}
COPIES: Final = {
    "offline": "offline copy",
    "immutable": "immutable copy",
    "online": "online copy",
    "none": "no copy",
}
STANDINGS: Final = {
    "never": "never drilled",
    "fresh": "recent",
    "ageing": "ageing: more than 90 days old",
    "old": "more than 180 days old: no evidence of today",
}
CONTROLS: Final = {
    "failed-as-it-must": "failed before the restore, as it must",
    "unreached": "nobody answered before the restore",
    "passed": "passed before the restore, so it proves nothing",
    "absent": "did not run before the restore",
}
CHANGES: Final = {
    "slower": "slower than the former drills predict",
    "faster": "faster than the former drills predict",
    "usual": "as the former drills predict",
}


def proved(state: str) -> str:
    """The state of a proof as an outcome: what did not run is unproved."""
    return {"passed": "pass", "failed": "fail"}.get(state, "unknown")


def longer(length: timedelta) -> Text:
    """A time that is judged, in whole minutes and never rounded down."""
    return duration(timedelta(minutes=math.ceil(length.total_seconds() / 60)))


def claim(  # noqa: PLR0911 - one return a kind
    of: Claim,
) -> Text:
    """What may be said of the time, in the words of its kind."""
    match of:
        case Measured():
            return say("Measured: service was back after {time}", time=longer(of.took))
        case ProjectedOutage():
            return say(
                "Projected, not measured: between {low} and {high}, most likely about {median}",
                low=duration(of.low),
                high=longer(of.high),
                median=duration(of.median),
            )
        case AtLeast():
            return say(
                "Not recovered: it would have taken longer than {time}",
                time=duration(of.longer_than),
            )
        case Sampled():
            return say("A part was restored; no time follows for the whole: {why}", why=of.why)
        case Readable():
            return say("No time: the copy can be read, and nothing more is proved")
        case Rehearsed():
            return say("No time: it was rehearsed, and nothing was restored")
        case Discussed():
            return say("No time: it was talked through, and nothing was done")
        case NotHeld():
            return say("Not held: {why}", why=of.why)
        case other:
            assert_never(other)


def briefly(of: Claim) -> Text:
    """The claim for a table's cell."""
    match of:
        case Measured():
            return say("{time}, measured", time=longer(of.took))
        case ProjectedOutage():
            return say("{low} to {high}, projected", low=duration(of.low), high=longer(of.high))
        case AtLeast():
            return say("longer than {time}", time=duration(of.longer_than))
        case Sampled() | Readable() | Rehearsed() | Discussed() | NotHeld():
            return say("no time")
        case other:
            assert_never(other)


# ---------------------------------------------------------------------------------------------
# Phases against the clock
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a row, in per cent of the width."""

    x: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A phase: its bar, what it overspent, its budget as a frame, and its steps below."""

    name: Text
    told: Text
    over: bool
    bars: tuple[Bar, ...]
    budget: Bar | None
    steps: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The phases of one drill on one axis, whose last part is always beyond the 24-hour line."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[str, str], ...]
    day: str
    target: str | None
    stop: str | None
    summary: Text


def chart(drill: DrillResult, target: timedelta) -> Chart | None:
    """The phases of a drill that began, or None."""
    if not drill.phases:
        return None
    ends = [each.began + each.spent for each in drill.phases]
    ends += [each.ended or each.began for each in drill.steps]
    end = max([*ends, DAY * 1.05, target * 1.05])
    hours = math.ceil(end / timedelta(hours=1))
    whole = timedelta(hours=hours)
    every = next(
        each for each in (2, 3, 4, 6, 12, 24, 48, 96, 168, 10_000) if hours / each <= TICKS
    )
    stop = next((each.at for each in drill.marks if each.name == "verified"), None)
    return Chart(
        lanes=tuple(_lane(each, drill, whole) for each in drill.phases),
        ticks=tuple(
            (_percent(timedelta(hours=hour), whole), str(hour)) for hour in range(0, hours, every)
        ),
        day=_percent(DAY, whole),
        target=_percent(target, whole) if target != DAY else None,
        stop=_percent(stop, whole) if stop is not None else None,
        summary=_summary(drill, target),
    )


def _lane(phase: PhaseTime, drill: DrillResult, whole: timedelta) -> Lane:
    within = min(phase.spent, phase.budget) if phase.budget is not None else phase.spent
    bars = [_bar(phase.began, within, whole, "within")]
    if phase.over:
        bars.append(_bar(phase.began + within, phase.over, whole, "over"))
    told = say("{spent}, no budget", spent=duration(phase.spent))
    if phase.budget is not None:
        told = say(
            "{spent} of {budget}", spent=duration(phase.spent), budget=duration(phase.budget)
        )
        if phase.over:
            told = say(
                "{spent} of {budget}: {over} over its budget",
                spent=duration(phase.spent),
                budget=duration(phase.budget),
                over=longer(phase.over),
            )
    return Lane(
        name=named(dict(PHASES), phase.phase),
        told=told,
        over=bool(phase.over),
        bars=tuple(bars),
        budget=_bar(phase.began, phase.budget, whole, "budget") if phase.budget else None,
        steps=tuple(
            _bar(each.began, (each.ended or each.began) - each.began, whole, _kind(each))
            for each in drill.steps
            if each.phase == phase.phase
        ),
    )


def _kind(step: StepTime) -> str:
    if step.by == "people":
        return "people"
    return "critical" if step.critical else "beside"


def _bar(began: timedelta, length: timedelta, whole: timedelta, kind: str) -> Bar:
    # what took no time still happened: it gets a hair's breadth
    width = max(length, whole / 400)
    return Bar(_percent(began, whole), _percent(width, whole), kind)


def _percent(part: timedelta, whole: timedelta) -> str:
    return f"{100 * (part / whole):.2f}%"


def _summary(drill: DrillResult, target: timedelta) -> Text:
    """What the drawing shows, for who cannot see it."""
    worst = drill.overspent[0] if drill.overspent else None
    base = say(
        "{phases} phases drawn against the line of 24 hours; the target is {target}.",
        phases=len(drill.phases),
        target=duration(target),
    )
    if worst is None:
        return base
    more = say("Most over its budget: {phase}.", phase=named(dict(PHASES), worst.phase))
    return Text(vi=f"{base.vi} {more.vi}", en=f"{base.en} {more.en}")


# ---------------------------------------------------------------------------------------------
# What the page shows
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A system beside one of its drills, if it has one."""

    system: SystemResult
    recovery: Recovery
    drill: DrillResult | None
    anchor: str
    attempts: tuple[DrillResult, ...]
    hidden: int


def standings(result: Result) -> tuple[Standing, ...]:
    """Every system of the result by its drills, in the order of the systems."""
    return tuple(_standings(result))


def _standings(result: Result) -> Iterator[Standing]:
    systems: Mapping[str, SystemResult] = {each.id: each for each in result.systems}
    by_id = {each.id: each for each in result.drills}
    for number, recovery in enumerate(result.recoveries, start=1):
        system = systems.get(recovery.system)
        if system is None:
            continue
        held = sorted(
            (
                each
                for each in result.drills
                if (each.system, each.playbook) == (recovery.system, recovery.playbook)
            ),
            key=lambda each: each.number,
            reverse=True,
        )
        yield Standing(
            system=system,
            recovery=recovery,
            drill=by_id.get(recovery.drill),
            anchor=f"drill-{number}",
            attempts=tuple(held[:MOST_ATTEMPTS]),
            hidden=max(len(held) - MOST_ATTEMPTS, 0),
        )


def in_short(of: Standing) -> Text:
    """One line: what is proved of the recovery of a system, by one playbook."""
    if of.drill is None:
        return say("Recovery: never drilled, nobody knows how long it takes")
    return say(
        "Recovery ({playbook}): {claim}; {target} allowed; {verdict}; {standing}",
        playbook=line(of.recovery.playbook),
        claim=claim(of.drill.claim),
        target=duration(of.recovery.target),
        verdict=named(dict(VERDICTS), of.recovery.verdict.value),
        standing=named(dict(STANDINGS), of.recovery.standing),
    )


def path(drill: DrillResult) -> tuple[tuple[Text, Text, str], ...]:
    """The critical path: each step's title, its length, and who did it."""
    steps = sorted(
        (each for each in drill.steps if each.critical and each.ended is not None),
        key=lambda each: (each.began, each.ended),
    )
    return tuple(
        (
            Text(vi=line(each.title.vi), en=line(each.title.en)),
            duration((each.ended or each.began) - each.began),
            each.by,
        )
        for each in steps[:MOST_STEPS]
    )


def reason(text: str) -> Text:
    """A reason out of the journal, which is written in English, in both languages."""
    return Text(vi=line(in_words(text, "vi")), en=line(text))


def points(gain: float) -> Text:
    """A gain of a chance in points, with its sign."""
    found = decimal(100 * gain)
    return found if gain < 0 else Text(vi=f"+{found.vi}", en=f"+{found.en}")


def level(drill: DrillResult) -> Text:
    """The level with its meaning."""
    if drill.level is None:
        return say("no level: it did not reach its end")
    return say("L{n}: {what}", n=drill.level, what=named(dict(LEVELS), drill.level))


def name(of: Standing) -> Text:
    """The system, as a heading says it."""
    return fixed(line(of.system.name or of.system.id))
