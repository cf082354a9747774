"""
Attestations as people write them: `attestations/*.yaml` beside agency.yaml. Pure.

An attestation is somebody's word, with a paper that proves it, about what no machine sees. It names
its author, binds the paper by its SHA-256, and ends: what has expired, and what rests on a paper
that was changed or lost, counts for nothing, and the report says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import ConfigDict, Field, StringConstraints

from cdso_audit import yamlfile
from cdso_audit.comply import months_later
from cdso_audit.errors import ConfigError, Place
from cdso_audit.model import Agency, Attestation, Day, Frozen, Identifier, Notice, System
from cdso_audit.rulebook import DEFAULT_MONTHS, AttestationProof, DrillProof, Requirement, Rulebook
from cdso_audit.yamlfile import Document, Path

VERSION: Final = "cdso/attestation-v1"
FOLDER: Final = "attestations"

#: Days in these files are days in Vietnam: UTC+7, without summer time.
VIETNAM: Final = timezone(timedelta(hours=7))

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class AttestationEntry(Frozen):
    """One attestation. Both days count: it holds from the first to the end of the last."""

    requirement: Words = Field(description="The requirement's id, as `rules list` shows it.")
    system: Identifier
    asset: str = Field(default="", description="Only this asset; without it, the whole system.")
    says: Literal["met", "not-applicable"] = Field(
        default="met",
        description="`not-applicable` where the rule's own condition does not hold.",
    )
    statement: Words = Field(description="What is confirmed, in a sentence.")
    document: str = Field(
        default="", description="The paper, by its path from the folder of agency.yaml."
    )
    sha256: Annotated[
        str,
        Field(
            pattern=r"^([0-9a-f]{64})?$",
            description="The SHA-256 of the document: 64 digits and small letters a to f "
            "(`sha256sum FILE`)",
        ),
    ] = ""
    by: Words = Field(description="Who attests: name and position.")
    on: Day = Field(description="The day on which it was signed.")
    valid_until: Day = Field(description="The last day on which it counts.")


class AttestationFile(Frozen):
    """attestations/*.yaml: one or several attestations."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/attestation-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/attestation-v1."
    )
    attestations: tuple[AttestationEntry, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """An attestation and where it was written."""

    attestation: Attestation
    place: Place


# ---------------------------------------------------------------------------------------------
# Days
# ---------------------------------------------------------------------------------------------


def begin_of(day: date) -> datetime:
    """The first moment of that day in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)


def end_of(day: date) -> datetime:
    """The last second of that day in Vietnam."""
    return datetime.combine(day, time(23, 59, 59), VIETNAM)


def day_of(moment: datetime) -> date:
    """The day in Vietnam on which that moment falls."""
    return moment.astimezone(VIETNAM).date()


def ends(attestation: Attestation, requirement: Requirement, level: int) -> datetime:
    """When it stops to count: at its own end, or when the rule's period for the paper is over."""
    months = requirement.valid_months(level)
    if months is None:
        return attestation.valid_until
    return min(attestation.valid_until, months_later(attestation.on, months))


def last_day(requirement: Requirement, level: int, on: date) -> date | None:
    """
    The day until which a paper of that day holds by default; None: the paper says it itself.

    What holds until it changes, or for one event, is looked at again after twelve months: a default
    of the tool, since the rule sets no end.
    """
    validity = requirement.document.validity if requirement.document else "P12M"
    if validity in ("contract-term", "certificate-expiry"):
        return None
    months = requirement.valid_months(level) or DEFAULT_MONTHS
    return day_of(months_later(begin_of(on), months) - timedelta(seconds=1))


# ---------------------------------------------------------------------------------------------
# File → attestations
# ---------------------------------------------------------------------------------------------


def parse_attestations(
    text: str | bytes, file: str, agency: Agency, rulebook: Rulebook
) -> list[Signed]:
    """The attestations of one file. Raises ConfigError, or ConfigErrors with all problems."""
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(
        AttestationFile,
        document,
        lambda each: reference_problems(each, FOLDER, agency, rulebook),
        lambda each: _entry_problems(each, rulebook),
    )
    return [
        Signed(_attestation(entry), document.place((FOLDER, at)))
        for at, entry in enumerate(read.attestations)
    ]


def _attestation(entry: AttestationEntry) -> Attestation:
    given = entry.model_dump(exclude={"on", "valid_until"})
    return Attestation(**given, on=begin_of(entry.on), valid_until=end_of(entry.valid_until))


def entries(document: Document, key: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The blocks of the file's list with their paths; what is no block the model tells."""
    found = document.data.get(key) if isinstance(document.data, Mapping) else None
    for at, each in enumerate(found if isinstance(found, list) else []):
        if isinstance(each, Mapping):
            yield (key, at), each


_UNKNOWN_TEXT = {
    "requirement": "the rulebook {rulebook} has no requirement {name}",
    "system": "the inventory has no system {name}",
    "asset": "the system {system} has no asset {name}",
}


def reference_problems(
    document: Document, key: str, agency: Agency, rulebook: Rulebook
) -> Iterator[ConfigError]:
    """Requirements, systems and assets that do not exist, each with the nearest one that does."""
    systems = {each.id: each for each in agency.systems}
    if document.at((key,)) == []:  # a least length would count the wrong entries as missing
        yield ConfigError("must not be empty", subject=key, place=document.place((key,)))
    for path, entry in entries(document, key):
        name = entry.get("requirement")
        if isinstance(name, str) and name and name not in rulebook.by_id:
            yield _unknown(document, (*path, "requirement"), list(rulebook.by_id), rulebook.id)
        name = entry.get("system")
        if isinstance(name, str) and name not in systems:
            yield _unknown(document, (*path, "system"), list(systems))
        elif isinstance(name, str):
            known = [each.id for each in systems[name].assets]
            asset = entry.get("asset")
            if isinstance(asset, str) and asset and asset not in known:
                yield _unknown(document, (*path, "asset"), known, system=name)


def _unknown(
    document: Document, path: Path, known: list[str], rulebook: str = "", system: str = ""
) -> ConfigError:
    name = str(document.at(path))
    ending = [each for each in known if each.endswith(f".{name}")]
    near = ending[0] if len(ending) == 1 else yamlfile.nearest(name, known)
    few = ", ".join(known) if rulebook == "" else ""
    return ConfigError(
        _UNKNOWN_TEXT[str(path[-1])],
        hint="did you mean {near}?"
        if near
        else "known are: {known}"
        if few
        else "`cdso-audit rules list` shows all of them",
        values={
            "name": name,
            "near": near,
            "known": few,
            "rulebook": rulebook,
            "system": system,
        },
        place=document.place(path),
    )


def _entry_problems(document: Document, rulebook: Rulebook) -> Iterator[ConfigError]:
    for path, entry in entries(document, FOLDER):
        yield from _paper_problems(document, path, entry)
        requirement = rulebook.by_id.get(str(entry.get("requirement")))
        if requirement is not None:
            yield from _meaning_problems(document, path, entry, requirement)
        on, until = day(entry.get("on")), day(entry.get("valid_until"))
        if on and until and until < on:
            yield ConfigError(
                "it ends on {until}, before the day on which it was signed, {on}",
                values={"until": until.isoformat(), "on": on.isoformat()},
                place=document.place((*path, "valid_until")),
            )


def day(value: Any) -> date | None:
    """The day that a file says; None for what is none, which the model tells."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _paper_problems(
    document: Document, path: Path, entry: Mapping[str, Any]
) -> Iterator[ConfigError]:
    paper, digest = entry.get("document"), entry.get("sha256")
    if not paper and entry.get("says", "met") == "met":
        yield ConfigError(
            "an attestation that a requirement is met names its document",
            hint="add `document:` with its path from the folder of agency.yaml, and `sha256:`",
            place=document.place((*path, "document") if "document" in entry else path),
        )
    if isinstance(paper, str) and paper:
        if not is_inside(paper):
            yield ConfigError(
                "the document must lie in the folder of agency.yaml: {document}",
                hint="copy it there, and write its path from that folder, with /",
                values={"document": paper},
                place=document.place((*path, "document")),
            )
        if not digest:
            yield ConfigError(
                "the key {key} is missing",
                hint="write what `sha256sum {document}` prints",
                values={"key": "sha256", "document": paper},
                place=document.place(path),
            )


def is_inside(path: str) -> bool:
    """Whether that relative path stays in its folder."""
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and "\\" not in path


def _meaning_problems(
    document: Document, path: Path, entry: Mapping[str, Any], requirement: Requirement
) -> Iterator[ConfigError]:
    if entry.get("says") == "not-applicable" and requirement.applies_if is None:
        yield ConfigError(
            "{name} applies to every system; nobody can attest that it does not",
            hint="a measured failure can be waived for a time: cdso-audit waive",
            values={"name": requirement.id},
            place=document.place((*path, "says")),
        )


def can_be_attested(requirement: Requirement, level: int) -> bool:
    """Whether anybody's word proves any of it at that level, were all assets seen by its checks."""
    return any(
        isinstance(item, AttestationProof) or (isinstance(item, DrillProof) and item.record)
        for item in requirement.proof.at(level)
    )


# ---------------------------------------------------------------------------------------------
# What counts
# ---------------------------------------------------------------------------------------------


def counted(
    signed: Iterable[Signed], digests: Mapping[str, str | None]
) -> tuple[tuple[Attestation, ...], tuple[Notice, ...]]:
    """
    The attestations whose document is as it was, and a notice for each of the others.

    `digests` holds the SHA-256 of each document; None: there is no such file.
    """
    kept, notices = [], []
    for each in signed:
        given = each.attestation
        if not given.document or digests.get(given.document) == given.sha256:
            kept.append(given)
            continue
        values = {
            "requirement": given.requirement,
            "system": given.system,
            "document": given.document,
            "place": str(each.place),
        }
        if digests.get(given.document) is None:
            notices.append(
                Notice(
                    template="The attestation of {requirement} for {system} ({place}) does not "
                    "count: its document {document} cannot be read.",
                    values=values,
                )
            )
        else:
            notices.append(
                Notice(
                    template="The attestation of {requirement} for {system} ({place}) does not "
                    "count: its document {document} was changed after it was signed.",
                    values=values,
                )
            )
    return tuple(kept), tuple(notices)


@dataclass(frozen=True, slots=True)
class Due:
    """An attestation with the moment at which it stops to count."""

    attestation: Attestation
    requirement: Requirement
    system: System
    ends: datetime


def due_dates(attestations: Iterable[Attestation], agency: Agency, rulebook: Rulebook) -> list[Due]:
    """
    When each proof by attestation lapses, the soonest first.

    Of several for the same requirement, system and asset only the one that lasts longest stands.
    """
    systems = {each.id: each for each in agency.systems}
    longest: dict[tuple[str, str, str, str], Due] = {}
    for each in attestations:
        system, requirement = systems.get(each.system), rulebook.by_id.get(each.requirement)
        if system is None or requirement is None or system.level not in requirement.levels:
            continue
        found = Due(each, requirement, system, ends(each, requirement, system.level))
        key = (each.requirement, each.system, each.asset, each.says)
        if key not in longest or found.ends > longest[key].ends:
            longest[key] = found
    return sorted(
        longest.values(),
        key=lambda each: (each.ends, each.system.id, each.requirement.id, each.attestation.asset),
    )


def standing_notices(
    attestations: Sequence[Attestation], agency: Agency, rulebook: Rulebook, at: datetime
) -> Iterator[Notice]:
    """What does not count at that moment though it was signed: expired, not yet, not binding."""
    due = due_dates(attestations, agency, rulebook)
    for system in agency.systems:
        over = [each for each in due if each.system.id == system.id and each.ends <= at]
        if over:
            yield Notice(
                template="{count} attestations of the system {system} have expired, and what they "
                "proved is unproven again: {names}.",
                values={
                    "count": len(over),
                    "system": system.id,
                    "names": ", ".join(
                        f"{each.requirement.id} ({day_of(each.ends).isoformat()})" for each in over
                    ),
                },
            )
        early = [
            each.requirement for each in attestations if each.system == system.id and each.on > at
        ]
        if early:
            yield Notice(
                template="{count} attestations of the system {system} are dated later than this "
                "run, and do not count yet: {names}.",
                values={"count": len(early), "system": system.id, "names": ", ".join(early)},
            )
        idle = [
            each.requirement
            for each in attestations
            if each.system == system.id
            and (named := rulebook.by_id.get(each.requirement)) is not None
            and system.level not in named.levels
        ]
        if idle:
            yield Notice(
                template="{count} attestations speak of requirements that do not bind the system "
                "{system} at level {level}: {names}.",
                values={
                    "count": len(idle),
                    "system": system.id,
                    "level": system.level,
                    "names": ", ".join(idle),
                },
            )


# ---------------------------------------------------------------------------------------------
# Attestations → file
# ---------------------------------------------------------------------------------------------


def written(version: str, key: str, given: Sequence[Frozen]) -> str:
    """The file that says these entries, as a person would write it."""
    rows = [
        {name: value for name, value in each.model_dump(mode="json").items() if value != ""}
        for each in given
    ]
    return str(
        yaml.safe_dump(
            {"apiVersion": version, key: rows}, allow_unicode=True, sort_keys=False, width=100
        )
    )


def file_text(given: Sequence[AttestationEntry]) -> str:
    """attestations/NAME.yaml with these attestations."""
    return written(VERSION, FOLDER, given)
