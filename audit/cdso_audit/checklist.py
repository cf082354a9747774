"""
The form to walk through with the people: what is still unproven and an attestation could prove.

A row is a requirement of a system (or, without one, of a level). What people write into a row comes
back as an attestation; a row that cannot be one is told by its number. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from cdso_audit.attesting import AttestationEntry, is_inside, last_day
from cdso_audit.checking import Check
from cdso_audit.comply import comply
from cdso_audit.errors import ConfigError, ConfigErrors, Place
from cdso_audit.language import Language, translated
from cdso_audit.model import Agency, AgencyIdentity, Attestation, Finding, Status, System
from cdso_audit.rulebook import Requirement, Rulebook
from cdso_audit.yamlfile import nearest

VERSION: Final = "cdso/checklist-v1"

#: The columns in their order; those from `answer` on are to be filled in.
COLUMNS: Final = (
    "requirement", "clause", "title", "text", "papers",
    "answer", "statement", "document", "by", "on", "valid_until",
)  # fmt: skip
FILLED: Final = COLUMNS[5:]
HEADING_TEXT = {
    "requirement": "Requirement",
    "clause": "Clause",
    "title": "Title",
    "text": "What is required",
    "papers": "Document asked for",
    "answer": "Answer (yes, no, not applicable)",
    "statement": "What is confirmed",
    "document": "File of the document",
    "by": "Attested by (name and position)",
    "on": "Date (2026-03-10)",
    "valid_until": "Last day, where it has its own",
}

#: What people write as an answer, in either language.
YES: Final = frozenset({"yes", "y", "có", "co", "đạt", "x", "✓"})
NO: Final = frozenset({"no", "n", "không", "khong", "chưa", "không đạt"})
NOT_APPLICABLE: Final = frozenset({"not applicable", "n/a", "không áp dụng", "kad"})


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement of the form, in the language of the form."""

    requirement: str
    clause: str
    title: str
    text: str
    papers: str


@dataclass(frozen=True, slots=True)
class Form:
    """The form: chapters with their rows, and for which system or level it is."""

    rulebook: str
    level: int
    system: str
    lang: Language
    chapters: tuple[tuple[str, tuple[Row, ...]], ...]


def form(
    rulebook: Rulebook,
    system: System,
    attestations: Sequence[Attestation],
    findings: Iterable[Finding],
    checks: Mapping[str, Check[Any]],
    at: datetime,
    lang: Language,
    *,
    named: bool = True,
) -> Form:
    """What is open for the system at that moment; `named`: it is one of the inventory."""
    agency = Agency(agency=AgencyIdentity(id="checklist"), systems=(system,))
    judged = comply(rulebook, agency, list(findings), attestations, (), (), at, checks)
    waiting = {
        status.id
        for _, statuses in judged
        for status in statuses
        if status.status not in (Status.MET, Status.NOT_APPLICABLE)
        and any(_waits(rulebook.by_id[status.id], state.missing) for state in status.assets)
    }
    chapters = []
    for name, title in rulebook.groups.items():
        rows = tuple(
            _row(each, system.level, lang)
            for each in rulebook.for_level(system.level)
            if each.group == name and each.id in waiting
        )
        if rows:
            chapters.append((title.vi if lang == "vi" else title.en, rows))
    return Form(
        rulebook=rulebook.id,
        level=system.level,
        system=system.id if named else "",
        lang=lang,
        chapters=tuple(chapters),
    )


def _waits(requirement: Requirement, missing: Iterable[str]) -> bool:
    """Whether an attestation would prove any of what is missing."""
    recorded = {item.key for item in requirement.proof.all_of if getattr(item, "record", False)}
    return any(each.startswith("attestation:") or each in recorded for each in missing)


def _row(each: Requirement, level: int, lang: Language) -> Row:
    def here(text: Any) -> str:
        return str(text.vi if lang == "vi" else text.en)

    return Row(each.id, each.clause(level), here(each.title), here(each.text), here(each.papers))


def heading(column: str, lang: Language) -> str:
    """The heading of a column."""
    return translated(HEADING_TEXT[column], lang)


def markdown(given: Form, title: str) -> str:
    """The form for reading and for paper: a table a chapter."""
    lines = [f"# {_cell(title)}", ""]
    shown = [each for each in COLUMNS if each not in ("statement", "valid_until")]
    for name, rows in given.chapters:
        lines += [f"## {_cell(name)}", ""]
        lines.append("| " + " | ".join(heading(each, given.lang) for each in shown) + " |")
        lines.append("|" + " --- |" * len(shown))
        for row in rows:
            cells = [_cell(getattr(row, each, "")) for each in shown]
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
    return flat.replace("<", "&lt;")


# ---------------------------------------------------------------------------------------------
# What came back
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it came back: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a filled form says: attestations to be hashed, and what was answered with no."""

    entries: tuple[AttestationEntry, ...] = ()
    refused: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each document is named first."""


def answers(
    rows: Iterable[Filled], file: str, rulebook: Rulebook, system: System, today: date
) -> Answers:
    """The attestations that the rows make, without hashes. Raises ConfigErrors, row by row."""
    problems: list[ConfigError] = []
    entries: list[AttestationEntry] = []
    refused: list[str] = []
    places: dict[str, Place] = {}
    for row in rows:
        place = Place(file, row.number)
        answer = " ".join(str(row.cells.get("answer") or "").split()).casefold()
        given = any(row.cells.get(name) for name in FILLED)
        if not given:
            continue
        if answer in NO:
            refused.append(str(row.cells.get("requirement")))
            continue
        reader = _Reader(row, place, rulebook, system, today)
        entry = reader.entry(answer)
        problems += reader.problems
        if entry is not None and not reader.problems:
            entries.append(entry)
            places.setdefault(entry.document, place)
    if problems:
        raise ConfigErrors(problems)
    return Answers(tuple(entries), tuple(refused), places)


class _Reader:
    """One row → one attestation, gathering what is wrong with it."""

    def __init__(
        self, row: Filled, place: Place, rulebook: Rulebook, system: System, today: date
    ) -> None:
        self.row, self.place, self.rulebook = row, place, rulebook
        self.system, self.today = system, today
        self.problems: list[ConfigError] = []

    def entry(self, answer: str) -> AttestationEntry | None:
        requirement = self.requirement()
        if answer not in YES | NOT_APPLICABLE:
            self.add(
                ConfigError(
                    "the answer is none of: yes, no, not applicable",
                    hint="write có, không or không áp dụng, in Vietnamese or in English",
                )
            )
        applies = answer not in NOT_APPLICABLE
        if requirement is not None and not applies and requirement.applies_if is None:
            self.add(
                ConfigError(
                    "{name} applies to every system; nobody can attest that it does not",
                    values={"name": requirement.id},
                )
            )
        document = self.text("document").replace("\\", "/")
        if applies and not document:
            self.add(
                ConfigError("the cell {cell} is empty", values={"cell": self.cell("document")})
            )
        elif document and not is_inside(document):
            self.add(
                ConfigError(
                    "the document must lie in the folder of agency.yaml: {document}",
                    hint="copy it there, and write its path from that folder, with /",
                    values={"document": document},
                )
            )
        by = self.text("by")
        if not by:
            self.add(ConfigError("the cell {cell} is empty", values={"cell": self.cell("by")}))
        on, until = self.day("on") or self.today, self.day("valid_until")
        if requirement is None or self.problems:
            return None
        until = until or last_day(requirement, self.system.level, on)
        if until is None:
            self.add(
                ConfigError(
                    "the cell {cell} is empty",
                    hint="this paper says its own last day: a contract or a certificate",
                    values={"cell": self.cell("valid_until")},
                )
            )
            return None
        if until < on:
            self.add(
                ConfigError(
                    "it ends on {until}, before the day on which it was signed, {on}",
                    values={"until": until.isoformat(), "on": on.isoformat()},
                )
            )
            return None
        return AttestationEntry(
            requirement=requirement.id,
            system=self.system.id,
            says="met" if applies else "not-applicable",
            statement=self.text("statement") or requirement.papers.vi,
            document=document,
            by=by,
            on=on,
            valid_until=until,
        )

    def requirement(self) -> Requirement | None:
        name = self.text("requirement")
        found = self.rulebook.by_id.get(name)
        if found is None:
            near = nearest(name, list(self.rulebook.by_id))
            self.add(
                ConfigError(
                    "the rulebook {rulebook} has no requirement {name}",
                    hint="did you mean {near}?"
                    if near
                    else "`cdso-audit rules list` shows all of them",
                    values={"rulebook": self.rulebook.id, "name": name, "near": near},
                )
            )
        elif self.system.level not in found.levels:
            self.add(
                ConfigError(
                    "{name} does not bind the system {system} at level {level}",
                    values={"name": name, "system": self.system.id, "level": self.system.level},
                )
            )
        return found

    def text(self, column: str) -> str:
        value = self.row.cells.get(column)
        text = " ".join(str(value if value is not None else "").split())
        if text.startswith("="):
            self.add(
                ConfigError("the cell {cell} holds a formula", values={"cell": self.cell(column)})
            )
        return text

    def day(self, column: str) -> date | None:
        """A day as a spreadsheet keeps it, or as people write it: 2026-03-10, 10/03/2026."""
        value = self.row.cells.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        parts = text.replace(".", "/").split("/")
        try:
            if len(parts) == len(("day", "month", "year")):
                return date(int(parts[2]), int(parts[1]), int(parts[0]))
            return date.fromisoformat(text)
        except ValueError:
            self.add(
                ConfigError("{value} is no day; write it as 2026-03-10", values={"value": text})
            )
            return None

    def cell(self, column: str) -> str:
        """The cell as a spreadsheet calls it: `H7`."""
        return f"{chr(ord('A') + COLUMNS.index(column))}{self.row.number}"

    def add(self, problem: ConfigError) -> None:
        problem.place = self.place
        self.problems.append(problem)
