"""
Waivers as people write them: `waivers/*.yaml` beside agency.yaml. Pure.

A waiver accepts a measured failure for a time. It changes the decision, never the measurement: two
people, at most 180 days, a reason and a control that makes up for it; never for a knock-out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field

from cdso_audit import yamlfile
from cdso_audit.attesting import (
    Words,
    begin_of,
    day,
    day_of,
    end_of,
    entries,
    reference_problems,
    written,
)
from cdso_audit.comply import LONGEST_WAIVER, WHOLE
from cdso_audit.errors import ConfigError
from cdso_audit.model import Agency, Day, Frozen, Identifier, Notice, Waiver
from cdso_audit.result import RequirementStatus
from cdso_audit.rulebook import AttestationProof, Requirement, Rulebook
from cdso_audit.yamlfile import Document, Path

VERSION: Final = "cdso/waiver-v1"
FOLDER: Final = "waivers"


class WaiverEntry(Frozen):
    """One waiver. Both days count: it holds from the first to the end of the last."""

    requirement: Words = Field(description="The requirement's id, as `rules list` shows it.")
    system: Identifier
    asset: str = Field(default="", description="Only this asset; without it, the whole system.")
    reason: Words = Field(description="Why the failure cannot be mended now.")
    compensating_control: Words = Field(description="What makes up for it meanwhile.")
    requested_by: Words = Field(description="Who asks: name and position.")
    approved_by: Words = Field(description="Who approves: somebody else.")
    approved_on: Day = Field(description="The day of the approval.")
    until: Day = Field(description="The last day on which it counts; at most 180 days in all.")


class WaiverFile(Frozen):
    """waivers/*.yaml: one or several waivers."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/waiver-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/waiver-v1."
    )
    waivers: tuple[WaiverEntry, ...]


def parse_waivers(text: str | bytes, file: str, agency: Agency, rulebook: Rulebook) -> list[Waiver]:
    """The waivers of one file. Raises ConfigError, or ConfigErrors with all problems."""
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(
        WaiverFile,
        document,
        lambda each: reference_problems(each, FOLDER, agency, rulebook),
        lambda each: _entry_problems(each, agency, rulebook),
    )
    return [_waiver(each) for each in read.waivers]


def _waiver(entry: WaiverEntry) -> Waiver:
    given = entry.model_dump(exclude={"approved_on", "until"})
    return Waiver(**given, approved_on=begin_of(entry.approved_on), until=end_of(entry.until))


def latest_day(approved_on: date) -> date:
    """The last day that a waiver approved on that day can have; the first day counts."""
    return approved_on + LONGEST_WAIVER - timedelta(days=1)


def person(text: str) -> str:
    """
    A person's name as it is compared: without the position behind a comma or a bracket, and
    however its accents, capitals and blanks are written.
    """
    name = re.split(r"[,;(<]| - ", unicodedata.normalize("NFC", text), maxsplit=1)[0]
    return " ".join(name.split()).casefold()


def why_not(requirement: Requirement, level: int) -> str:
    """Why the requirement can never be waived at that level, as a template; empty: it can."""
    if any(each.knock_out for each in requirement.proof.checks_at(level)):
        return _NEVER_TEXT["knock-out"]
    if all(isinstance(each, AttestationProof) for each in requirement.proof.at(level)):
        return _NEVER_TEXT["not measured"]
    return ""


def why_not_by(books: Iterable[Rulebook], name: str, level: int) -> str:
    """
    The same by several rulebooks: a knock-out of one is never waived, and one of them has to
    measure it.
    """
    found = [
        why_not(requirement, level)
        for book in books
        if (requirement := book.by_id.get(name)) is not None and level in requirement.levels
    ]
    if _NEVER_TEXT["knock-out"] in found:
        return _NEVER_TEXT["knock-out"]
    return "" if "" in found else next(iter(found), "")


_NEVER_TEXT = {
    "knock-out": "{name} is a knock-out, and is never waived",
    "not measured": "{name} is proved by an attestation alone; only a measured failure is waived",
}


def _entry_problems(
    document: Document, agency: Agency, rulebook: Rulebook
) -> Iterator[ConfigError]:
    levels = {each.id: each.level for each in agency.systems}
    for path, entry in entries(document, FOLDER):
        yield from _people_problems(document, path, entry)
        yield from _day_problems(document, path, entry)
        requirement = rulebook.by_id.get(str(entry.get("requirement")))
        level = levels.get(str(entry.get("system")))
        if requirement is None or level is None or level not in requirement.levels:
            continue
        never = why_not(requirement, level)
        if never:
            yield ConfigError(
                never,
                hint="mend it; `cdso-audit explain {name}` says how",
                values={"name": requirement.id},
                place=document.place((*path, "requirement")),
            )


def _people_problems(
    document: Document, path: Path, entry: Mapping[str, Any]
) -> Iterator[ConfigError]:
    one, other = (person(str(entry.get(key) or "")) for key in ("requested_by", "approved_by"))
    if one and one == other:
        yield ConfigError(
            "the one who asked for it also approved it",
            hint="a waiver needs two people: let somebody else approve it",
            place=document.place((*path, "approved_by")),
        )


def _day_problems(
    document: Document, path: Path, entry: Mapping[str, Any]
) -> Iterator[ConfigError]:
    approved, until = day(entry.get("approved_on")), day(entry.get("until"))
    if approved is None or until is None:
        return
    if until < approved:
        yield ConfigError(
            "it ends on {until}, before the day of its approval, {on}",
            values={"until": until.isoformat(), "on": approved.isoformat()},
            place=document.place((*path, "until")),
        )
    elif until > latest_day(approved):
        yield ConfigError(
            "a waiver lasts {days} days at most, the first one counted",
            hint="the last day can be {last}; ask for a new one then",
            values={"days": LONGEST_WAIVER.days, "last": latest_day(approved).isoformat()},
            place=document.place((*path, "until")),
        )


def standing_notices(
    waivers: Iterable[Waiver],
    statuses: Mapping[str, Sequence[RequirementStatus]],
    at: datetime,
) -> Iterator[Notice]:
    """Waivers that accept nothing at that moment: over, not yet begun, or nothing fails there."""
    for each in waivers:
        values = {"requirement": each.requirement, "system": each.system}
        if each.until <= at:
            yield Notice(
                template="The waiver of {requirement} for {system} ended on {day}: the failure "
                "counts in full again.",
                values={**values, "day": day_of(each.until).isoformat()},
            )
        elif at < each.approved_on:
            yield Notice(
                template="The waiver of {requirement} for {system} begins on {day}, and does not "
                "count yet.",
                values={**values, "day": day_of(each.approved_on).isoformat()},
            )
        elif not _accepts(each, statuses.get(each.system, ())):
            yield Notice(
                template="The waiver of {requirement} for {system} accepts nothing: no failure "
                "was measured there.",
                values=values,
            )


def _accepts(waiver: Waiver, statuses: Sequence[RequirementStatus]) -> bool:
    return any(
        state.waived and waiver.asset in (WHOLE, state.asset)
        for status in statuses
        if status.id == waiver.requirement
        for state in status.assets
    )


def file_text(given: Sequence[WaiverEntry]) -> str:
    """waivers/NAME.yaml with these waivers."""
    return written(VERSION, FOLDER, given)
