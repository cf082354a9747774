"""
Drills → where each system stands today: what counts, how old it is, what has changed since, what is
to be done. Pure.

A drill ages: after 90 days it is said, after 180 it is no evidence of today any more. In the score
it counts for a year (`scoring@1`); both are told side by side.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from cdso_audit.comply import months_later
from cdso_audit.drill.assess import target_of, verdict_of
from cdso_audit.drill.forecast.result import Forecast
from cdso_audit.drill.proof import (
    DrillResult,
    ForecastDriver,
    ForecastInfo,
    Recovery,
    Verdict,
)
from cdso_audit.drill.said import in_words
from cdso_audit.drill.statistics import (
    AtLeast,
    Measured,
    against_earlier,
    pass_rate_lower_bound,
)
from cdso_audit.duration import written
from cdso_audit.language import both
from cdso_audit.model import Agency, DrillOutcome, System, Text
from cdso_audit.score import DRILL_VALID_MONTHS

#: From here on a drill is said to be ageing, and no evidence of today (our own choice).
AGEING: Final = timedelta(days=90)
OLD: Final = timedelta(days=180)
#: Data that grew by more than this share make a drill stale.
GROWTH: Final = 0.25
#: Of a stored forecast the report names so many drivers.
DRIVERS: Final = 3


def telling(drills: Iterable[DrillResult]) -> DrillResult | None:
    """
    The drill that says where a system stands by a playbook, or None.

    The newest that was really held in full; a sample only when it failed, or when nothing was ever
    restored in full; a rehearsal only when there is nothing else.
    """
    held = sorted(
        (each for each in drills if each.claim.kind != "not-held"),
        key=lambda each: (each.held_at, each.number),
    )
    full = [
        each
        for each in held
        if each.mode == "full" or (each.mode == "sample" and isinstance(each.claim, AtLeast))
    ]
    samples = [each for each in held if each.mode == "sample"]
    return next((some[-1] for some in (full, samples, held) if some), None)


def by_playbook(
    drills: Iterable[DrillResult], at: datetime
) -> dict[tuple[str, str], list[DrillResult]]:
    """System and playbook → its drills up to that moment, in their order."""
    made: dict[tuple[str, str], list[DrillResult]] = {}
    for each in drills:
        if each.held_at <= at:
            made.setdefault((each.system, each.playbook), []).append(each)
    return made


def outcomes(drills: Iterable[DrillResult], at: datetime) -> tuple[DrillOutcome, ...]:
    """
    What `comply` and `scoring@1` count: of each playbook of a system the drill that tells.

    Only what was measured and confirmed counts as verified. A playbook that once succeeded and is
    long expired does not weigh on a system that another playbook has shown since.
    """
    found = [
        drill
        for held in by_playbook(drills, at).values()
        if (drill := telling(held)) is not None and drill.mode in ("full", "sample")
    ]
    valid = {each.system for each in found if each.recovered and not _expired(each, at)}
    return tuple(
        DrillOutcome(
            id=each.playbook,
            system=each.system,
            service=each.playbook,
            held_at=each.held_at,
            verified=each.recovered,
            took=each.claim.took if isinstance(each.claim, Measured) else None,
            data_loss=each.loss,
        )
        for each in found
        if not (each.recovered and _expired(each, at) and each.system in valid)
    )


def _expired(drill: DrillResult, at: datetime) -> bool:
    return at >= months_later(drill.held_at, DRILL_VALID_MONTHS)


#: The phases in the words of people.
PHASE_TEXT = {
    "detect": "detect",
    "contain": "contain",
    "provision": "provision",
    "restore": "restore",
    "verify": "verify",
    "return": "return to service",
}

_STALE_TEXT = {
    "playbook": "the playbook was changed after the drill",
    "gone": "the playbook is not there any more",
    "data": "the data grew from {before} GB to {now} GB",
    "software": "{before} was restored, and {now} runs now",
}

_ACTION_TEXT = {
    "never": "Hold a recovery drill: nobody knows how long a recovery takes.",
    "old": "Drill again: the last one is {days} days old.",
    "stale": "Drill again: {why}.",
    "fault": "Mend the step {step}: {why}",
    "rehearsed": "Restore something: so far it was only talked through or looked at.",
    "late": "Recover faster: it took {took}, and {target} is allowed.",
    "phase": "Find out why the phase {phase} took {spent} instead of {budget}.",
    "loss": "Save more often: {loss} of data were lost, and {limit} is allowed.",
    "confirm": "Let two people sign that service is back.",
    "slower": "Find out why the restore is slower than the former ones predict.",
}


def recoveries(
    agency: Agency,
    drills: Sequence[DrillResult],
    at: datetime,
    *,
    playbooks: Mapping[str, str] = MappingProxyType({}),
    versions: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Recovery, ...]:
    """
    Where every system of the agency stands, those without a drill too.

    `playbooks` are the hashes of the playbooks as they are now, by id (none: not compared);
    `versions` the software that was seen on each system.
    """
    held = by_playbook(drills, at)
    made = []
    for system in agency.systems:
        own = {book: found for (name, book), found in held.items() if name == system.id}
        told = [
            _recovery(system, book, found, at, playbooks, versions.get(system.id, ()))
            for book, found in sorted(own.items())
        ]
        made += told or [_never(system)]
    return tuple(made)


def _approved(system: System) -> timedelta | None:
    return system.approved.max_outage if system.approved else None


def _never(system: System) -> Recovery:
    return Recovery(
        system=system.id,
        standing="never",
        target=target_of(_approved(system)),
        approved=_approved(system),
        actions=(both(_ACTION_TEXT["never"]),),
    )


def _recovery(
    system: System,
    playbook: str,
    held: Sequence[DrillResult],
    at: datetime,
    playbooks: Mapping[str, str],
    versions: Sequence[str],
) -> Recovery:
    approved = _approved(system)
    drill = telling(held)
    if drill is None:
        return _never(system).model_copy(
            update={"playbook": playbook, "title": held[-1].title, "attempts": 0}
        )
    target = target_of(approved, drill.target)
    verdict = verdict_of(drill.claim, target)
    age = at - drill.held_at
    standing: Literal["fresh", "ageing", "old"] = (
        "old" if age >= OLD else "ageing" if age >= AGEING else "fresh"
    )
    tried = [each for each in held if each.mode == "full" and each.claim.kind != "not-held"]
    proved = sum(each.recovered for each in tried)
    stale = tuple(_stale(system, drill, playbooks, versions))
    earlier = [
        each.restore for each in held if each.restore is not None and each.number < drill.number
    ]
    change = (
        against_earlier(drill.restore, earlier).change.value
        if drill.restore is not None and earlier
        else None
    )
    until = months_later(drill.held_at, DRILL_VALID_MONTHS) - timedelta(days=1)
    holds: Literal["pass", "fail", "unknown"] = "unknown"
    if verdict in (Verdict.LATE, Verdict.NOT_RECOVERED):
        holds = "fail"
    elif verdict is Verdict.IN_TIME and drill.confirmed and standing != "old" and not stale:
        holds = "pass"
    made = Recovery(
        system=system.id,
        playbook=playbook,
        title=drill.title,
        drill=drill.id,
        standing=standing,
        age_days=age.days,
        counts_until=until.date() if drill.recovered else None,
        verdict=verdict,
        holds=holds,
        target=target,
        approved=approved,
        stale=stale,
        attempts=len(tried),
        recoveries=proved,
        chance_low=pass_rate_lower_bound(proved, len(tried)) if tried else None,
        change=change,
    )
    return made.model_copy(update={"actions": tuple(_actions(made, drill))})


def _stale(
    system: System, drill: DrillResult, playbooks: Mapping[str, str], versions: Sequence[str]
) -> Iterator[Text]:
    if playbooks and drill.playbook_hash:
        now = playbooks.get(drill.playbook)
        if now is None:
            yield both(_STALE_TEXT["gone"])
        elif now != drill.playbook_hash:
            yield both(_STALE_TEXT["playbook"])
    before = drill.data_gb
    if before and system.data_gb and system.data_gb > before * (1 + GROWTH):
        yield both(_STALE_TEXT["data"], before=f"{before:g}", now=f"{system.data_gb:g}")
    for restored in dict.fromkeys(drill.software.values()):
        same = [each for each in versions if _product(each) == _product(restored)]
        if same and all(_release(each) != _release(restored) for each in same):
            yield both(_STALE_TEXT["software"], before=restored, now=same[0])


def _product(text: str) -> str:
    """The first word, such as `postgresql`; a bare number is of no product."""
    found = re.match(r"\s*([^\W\d_]+)", text)
    return found[1].casefold() if found else ""


def _release(text: str) -> str:
    """The first number: `15` of PostgreSQL 15.14, `10.11` of MariaDB 10.11.6."""
    found = re.search(r"(\d+)(?:\.(\d+))?", text)
    if found is None:
        return ""
    whole = int(found[1]) >= 10 and _product(text) == "postgresql"  # noqa: PLR2004 - its numbering since 10
    return found[1] if whole or found[2] is None else f"{found[1]}.{found[2]}"


def _actions(  # noqa: C901 - one reason after the other
    recovery: Recovery, drill: DrillResult
) -> Iterator[Text]:
    text = _ACTION_TEXT
    for fault in drill.faults:
        cause = fault.why or drill.outcome
        yield Text(
            vi=both(text["fault"], step=fault.step, why=in_words(cause, "vi")).vi,
            en=both(text["fault"], step=fault.step, why=cause).en,
        )
    if drill.claim.kind in ("discussed", "rehearsed", "readable"):
        yield both(text["rehearsed"])
    if isinstance(drill.claim, Measured):
        if drill.claim.took > recovery.target:
            yield both(
                text["late"], took=written(drill.claim.took), target=written(recovery.target)
            )
        if not drill.confirmed:
            yield both(text["confirm"])
    if drill.loss is not None and drill.rpo_target is not None and drill.loss > drill.rpo_target:
        yield both(text["loss"], loss=written(drill.loss), limit=written(drill.rpo_target))
    if recovery.change == "slower":
        yield both(text["slower"])
    for why in recovery.stale:
        yield Text(vi=both(text["stale"], why=why.vi).vi, en=both(text["stale"], why=why.en).en)
    if recovery.standing == "old":
        yield both(text["old"], days=recovery.age_days)
    yield from (each.do for each in drill.caps)
    for phase in drill.overspent:
        if phase.budget is not None:
            times = {"spent": written(phase.spent), "budget": written(phase.budget)}
            called = both(PHASE_TEXT[phase.phase])
            yield Text(
                vi=both(text["phase"], phase=called.vi, **times).vi,
                en=both(text["phase"], phase=called.en, **times).en,
            )


def forecast_info(forecast: Forecast | None) -> ForecastInfo | None:
    """A stored forecast with its sentences in both languages."""
    if forecast is None:
        return None
    return ForecastInfo(
        made_at=forecast.made_at,
        target=forecast.target,
        runs=forecast.runs,
        chance=forecast.chance.value,
        low=forecast.chance.low,
        high=forecast.chance.high,
        p50=forecast.p50,
        p90=forecast.p90,
        on_paper=forecast.on_paper,
        priors=forecast.priors,
        systems={each.id: each.chance.value for each in forecast.systems},
        drivers=tuple(
            ForecastDriver(what=both(each.what.template, **each.what.values), share=each.share)
            for each in forecast.drivers[:DRIVERS]
        ),
        what_if=tuple(
            ForecastDriver(what=both(each.what.template, **each.what.values), gain=each.gain)
            for each in sorted(forecast.what_if, key=lambda each: -each.gain)[:DRIVERS]
        ),
    )
