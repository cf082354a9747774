"""
What falls due, and when: yearly reports, the windows of the transition, papers that end. Pure.

The days come from the rulebook. `before 20 December` makes 19 December the last day in time. The
tool knows of a report only what is attested: a report that nobody attested is not done.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from cdso_audit.attesting import day_of, due_dates, ends
from cdso_audit.comply import WHOLE, waiver_holds
from cdso_audit.language import both
from cdso_audit.model import Agency, Attestation, System, Waiver
from cdso_audit.result import Deadline, Text
from cdso_audit.rulebook import Requirement, Rulebook

#: How long before the day a person is told: time to write, to sign and to send.
SOON = timedelta(days=60)

#: The present regime begins (Law 116/2025, Article 45); what was approved earlier has its windows.
NEW_REGIME = date(2026, 7, 1)

#: The first yearly report under Decree 331/2026, which took effect on 2026-08-19.
FIRST_REPORT = 2026

REPORT_TO_OWNER = "decree-331-2026.reporting.annual-report-internal"
REPORT_TO_MINISTRY = "decree-331-2026.reporting.annual-report-mps"
TRANSITION = "decree-331-2026.level-dossier.transition"
QCVN_GRACE = "qcvn-12-2026-bca.level-dossier.grace-period"

State = Literal["done", "later", "soon", "over"]


def deadlines(
    agency: Agency,
    rulebook: Rulebook,
    attestations: Sequence[Attestation],
    waivers: Iterable[Waiver],
    at: datetime,
) -> list[Deadline]:
    """All that falls due for the systems of the agency, the soonest first."""
    if agency.this_machine_only:
        return []
    found = [
        each
        for system in agency.systems
        for each in (
            *_reports(system, rulebook, attestations, at),
            *_windows(system, rulebook, attestations, at),
        )
    ]
    found += _papers(agency, rulebook, attestations, at)
    found += _waivers(agency, rulebook, waivers, at)
    return sorted(found, key=lambda each: (each.due, each.system, each.kind, each.by))


def state_of(due: date, at: datetime) -> State:
    """Whether that last day is over, soon, or later."""
    today = day_of(at)
    if today > due:
        return "over"
    return "soon" if due - today <= SOON else "later"


# ---------------------------------------------------------------------------------------------
# Yearly reports
# ---------------------------------------------------------------------------------------------


def _reports(
    system: System, rulebook: Rulebook, attestations: Sequence[Attestation], at: datetime
) -> Iterator[Deadline]:
    for name in (REPORT_TO_OWNER, REPORT_TO_MINISTRY):
        requirement = rulebook.by_id.get(name)
        month_day = _parameter(requirement, "deadline", system.level)
        if requirement is None or month_day is None:
            continue
        year, signed = _owed(requirement, month_day, system, attestations, at)
        due = before(year, month_day)
        window = {"since": f"{year - 1}-12-15", "until": f"{year}-12-14"}
        to_owner = name == REPORT_TO_OWNER
        yield Deadline(
            system=system.id,
            kind="yearly-report-owner" if to_owner else "yearly-report-ministry",
            what=both("Yearly report to the owner, on {since} to {until}", **window)
            if to_owner
            else both(
                "Yearly report to the Ministry of Public Security (Form 08), on {since} to {until}",
                **window,
            ),
            clause=requirement.clause(system.level),
            due=due,
            state="done" if signed else state_of(due, at),
            by=(name,),
        )


def before(year: int, month_day: str) -> date:
    """The last day before a `month-day` of that year: `before 20 December` is the 19th."""
    return date.fromisoformat(f"{year}-{month_day}") - timedelta(days=1)


def _owed(
    requirement: Requirement,
    month_day: str,
    system: System,
    attestations: Sequence[Attestation],
    at: datetime,
) -> tuple[int, bool]:
    """
    The year whose report is owed now, and whether it was attested.

    What is signed from December of that year on is its report. The oldest that is not attested is
    owed, but no older one than last year's.
    """
    today = day_of(at)
    newest = today.year if today <= before(today.year, month_day) else today.year + 1
    for year in range(max(FIRST_REPORT, newest - 1), newest + 1):
        signed = any(
            each.requirement == requirement.id
            and each.system == system.id
            and each.says == "met"
            and each.on <= at
            and date(year, 12, 1) <= day_of(each.on)
            for each in attestations
        )
        if not signed or year == newest:
            return year, signed
    return newest, False


# ---------------------------------------------------------------------------------------------
# The transition to the present regime
# ---------------------------------------------------------------------------------------------


def _windows(
    system: System, rulebook: Rulebook, attestations: Sequence[Attestation], at: datetime
) -> Iterator[Deadline]:
    approved = system.approved
    requirement = rulebook.by_id.get(TRANSITION)
    if requirement is not None and approved is None:
        due = _parameter(requirement, "approve_by", system.level)
        if due is not None:
            yield _window(
                system,
                requirement,
                "transition-approve",
                both(
                    "The inventory names no approved level: a system under investment before "
                    "2026-07-01 has its level approved by {day}; any other has no such time",
                    day=due,
                ),
                due,
                attestations,
                at,
            )
    early = approved is None or (
        "85" in approved.under or approved.on is None or approved.on < NEW_REGIME
    )
    due = _parameter(requirement, "comply_by", system.level)
    if requirement is not None and early and due is not None:
        yield _window(
            system,
            requirement,
            "transition-comply",
            both("A system of the earlier regime meets the present rules by {day}", day=due),
            due,
            attestations,
            at,
        )
    grace = rulebook.by_id.get(QCVN_GRACE)
    due = _parameter(grace, "comply_by", system.level)
    condition = rulebook.condition(grace) if grace is not None else None
    if grace is not None and due is not None and condition and condition.holds(system):
        yield _window(
            system,
            grace,
            "transition-comply",
            both("An electronic-document store meets QCVN 12:2026/BCA by {day}", day=due),
            due,
            attestations,
            at,
        )


def _window(
    system: System,
    requirement: Requirement,
    kind: Literal["transition-approve", "transition-comply"],
    what: Text,
    due: str,
    attestations: Sequence[Attestation],
    at: datetime,
) -> Deadline:
    day = date.fromisoformat(due)
    done = any(
        each.requirement == requirement.id
        and each.system == system.id
        and each.says == "met"
        and each.asset == WHOLE
        and each.on <= at < ends(each, requirement, system.level)
        for each in attestations
    )
    return Deadline(
        system=system.id,
        kind=kind,
        what=what,
        clause=requirement.clause(system.level),
        due=day,
        state="done" if done else state_of(day, at),
        by=(requirement.id,),
    )


def _parameter(requirement: Requirement | None, name: str, level: int) -> str | None:
    own = requirement.parameters.get(name) if requirement is not None else None
    value = own.levels.get(level) if own is not None else None
    return str(value) if value is not None else None


# ---------------------------------------------------------------------------------------------
# Papers that end
# ---------------------------------------------------------------------------------------------


def _papers(
    agency: Agency, rulebook: Rulebook, attestations: Sequence[Attestation], at: datetime
) -> Iterator[Deadline]:
    for each in due_dates(attestations, agency, rulebook):
        if each.ends - at > SOON:
            continue
        yield Deadline(
            system=each.system.id,
            kind="attestation",
            what=both(
                "Attest anew: {title}; signed by {by}",
                title=each.requirement.title.en,
                by=each.attestation.by,
            ).model_copy(
                update={
                    "vi": both(
                        "Attest anew: {title}; signed by {by}",
                        title=each.requirement.title.vi,
                        by=each.attestation.by,
                    ).vi
                }
            ),
            clause=each.requirement.clause(each.system.level),
            due=day_of(each.ends),
            state="over" if each.ends <= at else "soon",
            by=(each.requirement.id,),
        )


def _waivers(
    agency: Agency, rulebook: Rulebook, waivers: Iterable[Waiver], at: datetime
) -> Iterator[Deadline]:
    levels = {each.id: each.level for each in agency.systems}
    for each in waivers:
        requirement = rulebook.by_id.get(each.requirement)
        if requirement is None or each.system not in levels:
            continue
        if waiver_holds(each, at) and each.until - at <= SOON:
            yield Deadline(
                system=each.system,
                kind="waiver",
                what=both(
                    "Mend what is waived until then, approved by {by}: {requirement}",
                    by=each.approved_by,
                    requirement=each.requirement,
                ),
                clause=requirement.clause(levels[each.system]),
                due=day_of(each.until),
                state="soon",
                by=(each.requirement,),
            )


# ---------------------------------------------------------------------------------------------
# In words
# ---------------------------------------------------------------------------------------------


def due_notices(found: Sequence[Deadline]) -> Iterator[Text]:
    """What a reader must know: reports and windows that are near or over, papers that end soon."""
    pressing = [each for each in found if each.state in ("soon", "over")]
    duties = [each for each in pressing if each.kind not in ("attestation", "waiver")]
    for what, due, state, clause in dict.fromkeys(
        (each.what, each.due, each.state, each.clause) for each in duties
    ):
        names = ", ".join(
            each.system
            for each in duties
            if (each.what, each.due, each.state) == (what, due, state)
        )
        yield _in_both(what, state=state, day=due, systems=names, clause=clause)
    for system in dict.fromkeys(each.system for each in pressing):
        ending = [
            f"{each.by[0]} ({each.due.isoformat()})"
            for each in pressing
            if each.system == system and each.kind == "attestation" and each.state == "soon"
        ]
        if ending:
            yield both(
                "{count} attestations of the system {system} end within 60 days: {names}.",
                count=len(ending),
                system=system,
                names=", ".join(ending),
            )


def _in_both(what: Text, *, state: str, day: date, systems: str, clause: str) -> Text:
    def made(text: str) -> Text:
        values = {"what": text, "day": day.isoformat(), "systems": systems, "clause": clause}
        if state == "over":
            return both("Overdue since {day} ({clause}): {what}. Systems: {systems}.", **values)
        return both("Due by {day} ({clause}): {what}. Systems: {systems}.", **values)

    return Text(vi=made(what.vi).vi, en=made(what.en).en)
