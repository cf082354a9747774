"""
The report as one HTML file that opens anywhere, without a network, and trusts nothing in it.

One script, one style sheet, both pinned by hash in the page's own policy; every text goes through
autoescaping, and the long lists lie in compressed blocks that only the one script unpacks, as text.
What matters stands as plain HTML before any script runs.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from cdso_audit.model import Outcome
from cdso_audit.result import (
    AssetState,
    CheckInfo,
    Command,
    Deadline,
    FindingResult,
    RequirementInfo,
    RequirementStatus,
    Result,
    RulebookInfo,
    SystemResult,
    Text,
    Views,
)
from cdso_reports import drills, words
from cdso_reports.columns import blocks, short
from cdso_reports.outline import OUTCOME_ORDER, SEVERITY_ORDER, Outline, message
from cdso_reports.plain import clipped_lines, line, visible
from cdso_reports.words import Lang, fixed, named, say

#: Rows of failures and unknowns that stand in the page itself (reports-and-ecosystem.md, A6). The
#: rest is in the compressed list; a browser lays this many out in well under a second.
STATIC_ROWS = 2000
#: Rows of one check in the page, so that one common failure does not crowd out the others.
STATIC_PER_CHECK = 20
#: Runs of commands that stand in the page itself.
STATIC_RUNS = 400
#: Assets that a requirement lists by name for a system.
STATIC_ASSETS = 12
#: Assets that the chapter on scope lists, over all systems, and at least of each.
SCOPE_ASSETS = 300
SCOPE_ASSETS_LEAST = 12
#: Rows of what falls due; papers may be many.
DUE_ROWS = 60
#: Characters of what was seen that a row shows; the evidence has all of it.
STATIC_SEEN = 400
#: Above so many systems the matrix shows icons without words, so that it stays a table, and a
#: requirement tells in words of its worst systems only.
WORDY_SYSTEMS = 4

CONTENTS = (
    ("s1", "Conclusion"),
    ("s2", "What was not looked at, and why"),
    ("s3", "Scope"),
    ("s4", "Requirements by system"),
    ("s5", "Requirements in detail"),
    ("s6", "Findings"),
    ("s7", "The full list"),
    ("s8", "Recovery drills"),
    ("s9", "Waivers and attestations"),
    ("s10", "Method: every command that ran"),
    ("s11", "Limits, and how to verify"),
    ("s12", "Glossary"),
)

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def render(result: Result, lang: Lang) -> bytes:
    """The whole report, which opens in `lang`."""
    return _page(result, lang).encode()


def _page(result: Result, lang: Lang) -> str:
    outline = Outline(result)
    style = _style(outline)
    script = _resource("report.js")
    view = Page(outline)
    return template().render(
        result=result,
        outline=outline,
        page=view,
        lang=lang,
        style=Markup(style),  # noqa: S704 - our own file, its hash stands in the policy
        script=Markup(script),  # noqa: S704 - our own file, its hash stands in the policy
        policy=POLICY.format(script=_pin(script), style=_pin(style)),
        blocks=list(blocks(outline)),
        words=words,
        due_rows=DUE_ROWS,
        title=words.inside(say("Cybersecurity and recovery assessment"), lang)
        + f" · {line(result.agency.name or result.agency.id)}",
        contents=[(anchor, _said(name)) for anchor, name in CONTENTS],
        glossary=[(say(term), say(meaning)) for term, meaning in words.GLOSSARY.items()],
        icons=_ICONS,
        statuses=list(words.STATUSES),
    )


def _pin(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


@cache
def _resource(name: str) -> str:
    text = files("cdso_reports").joinpath("templates", name).read_text("utf-8")
    if "</s" in text.lower() or "<!--" in text:
        raise ValueError(f"{name} would close its own element")
    return text


@cache
def _font(name: str) -> str:
    raw = files("cdso_reports").joinpath("fonts", name).read_bytes()
    return "data:font/woff2;base64," + base64.b64encode(raw).decode()


def _style(outline: Outline) -> str:
    """The style sheet with its fonts, and the paper's footer: the report's name and its seal."""
    footer = re.sub(r"[^A-Za-z0-9 ._·-]", "-", f"{outline.report_id} · {outline.seal}")
    text = _resource("report.css").replace("@footer@", footer)
    for name in ("latin", "vietnamese"):
        text = text.replace(f"@font-{name}@", _font(f"source-serif-4-{name}-600.woff2"))
    return text


# ---------------------------------------------------------------------------------------------
# What the template may call
# ---------------------------------------------------------------------------------------------


#: What stands before, between and behind the two languages.
_VI, _EN, _END = (
    Markup('<span lang="vi">'),
    Markup('</span><span lang="en">'),
    Markup("</span>"),
)


def spoken(text: Text, mark: Callable[[str], Markup] = escape) -> Markup:
    """Both languages, of which the page shows one; once when they are the same."""
    vi, en = mark(visible(text.vi)), mark(visible(text.en))
    if vi == en:
        return vi
    return _VI + vi + _EN + en + _END


def _with_code(text: str) -> Markup:
    """A sentence whose `pieces` become code."""
    parts = text.split("`")
    if len(parts) == 1 or len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def prose(text: Text) -> Markup:
    """A sentence of ours with `code` in it."""
    return spoken(text, _with_code)


def _said(template: str, **values: Any) -> Markup:
    return prose(say(template, **values))


def icon(name: str) -> Markup:
    """A drawn sign; the words beside it say the same."""
    return Markup(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>'
    ).format(name)


#: How a deadline stands, as the sign of a status.
_DUE = {"over": "fail", "soon": "unknown", "later": "not-applicable", "done": "pass"}

_ICONS = {
    "pass": "pass", "met": "pass", "fail": "fail", "not-met": "fail", "unknown": "unknown",
    "unproven": "unknown", "error": "broke", "not-applicable": "none", "waived": "waived",
    "partly-met": "part",
}  # fmt: skip


@cache
def label(table: str, key: object) -> Markup:
    """What a table of `words` calls a key; a key that nobody named stands for itself."""
    return spoken(named(getattr(words, table), key))


@cache
def status(key: str, table: str) -> Markup:
    """An outcome or a status: a sign and its words, never colour alone."""
    return Markup('<span class="status is-{}">{}{}</span>').format(
        _ICONS.get(key, "unknown"), icon(_ICONS.get(key, "unknown")), label(table, key)
    )


def due_state(key: str) -> Markup:
    """How a deadline stands: a sign and its words."""
    return Markup('<span class="status is-{}">{}{}</span>').format(
        _DUE[key], icon(_ICONS[_DUE[key]]), spoken(named(words.DUE_STATES, key))
    )


@cache
def template() -> Template:
    """The page's template, compiled: a quarter of a second, once."""
    environment = Environment(
        loader=PackageLoader("cdso_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        say=_said,
        t=spoken,
        prose=prose,
        icon=icon,
        outcome=lambda key: status(str(key), "OUTCOMES"),
        status=lambda key: status(str(key), "STATUSES"),
        due_state=due_state,
        label=label,
        label_in=lambda table, key: spoken(named(dict(table), key)),
        drills=drills,
        label_prose=lambda table, key: prose(named(getattr(words, table), key)),
        text=lambda vi, en: Text(vi=vi, en=en),
        short=short,
        date=_day,
        said=message,
        number=lambda value: spoken(words.decimal(value)),
        count=lambda value: spoken(words.count(value)),
        moment=lambda value: spoken(words.moment(value)),
        day=lambda value: spoken(words.day(value)),
        duration=lambda value: spoken(words.duration(value)),
        size=lambda value: spoken(words.size(value)),
        line=line,
        clip=lambda text: clipped_lines(text, STATIC_SEEN),
        visible=visible,
    )
    return environment.get_template("report.html.j2")


# ---------------------------------------------------------------------------------------------
# What the template shows
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the page prints it."""

    finding: FindingResult
    message: Text
    vantage: str
    """From where and as whom it was seen, when a command's digest tells."""


@dataclass(frozen=True, slots=True)
class CheckCard:
    """A check with its findings: those to act on, then those that are well."""

    anchor: str
    check: CheckInfo
    counts: Mapping[str, int]
    worst: str
    first: FindingResult
    """The worst finding: what the conclusion quotes."""
    failing: tuple[str, ...]
    """The assets on which it fails."""
    open_rows: tuple[Row, ...]
    quiet_rows: tuple[Row, ...]
    hidden: int
    """Findings that the budget left to the full list."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A requirement for one system in the matrix."""

    system: str
    status: str


@dataclass(frozen=True, slots=True)
class Book:
    """A rulebook of the result with its requirements over all systems, by chapter."""

    info: RulebookInfo
    governs: tuple[str, ...]
    beside: tuple[str, ...]
    systems: tuple[SystemResult, ...]
    """Those that it judges."""
    chapters: tuple[tuple[Text, tuple["MatrixRow", ...]], ...]


@dataclass(frozen=True, slots=True)
class Other:
    """How a system stands by a rulebook beside the one that governs it."""

    info: RulebookInfo
    binds_from: date | None
    score: Views
    counts: Mapping[str, int]
    applies: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which something falls due, and for which systems."""

    deadline: Deadline
    systems: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A requirement over all systems."""

    anchor: str
    book: str
    info: RequirementInfo
    clause: str
    cells: tuple[Cell, ...]
    doubtful: bool
    """Whether the confidence in the text is low at the level of any of these systems."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that proves a requirement: a check, a document, a drill."""

    kind: str
    title: Text
    link: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A requirement in one system, with the assets that decided it."""

    system: SystemResult
    status: RequirementStatus
    listed: tuple[AssetState, ...]
    more: int
    missing: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with its runs."""

    probe: str
    via: str
    command: str
    root: bool
    why: Text
    runs: tuple[Command, ...]
    shown: tuple[Command, ...]

    @property
    def gaps(self) -> int:
        return sum(1 for each in self.runs if each.gap)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.runs)

    @property
    def octets(self) -> int:
        return sum(each.bytes for each in self.runs)


class Page:
    """The result arranged for the page."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.result = outline.result
        self.wordy = len(self.result.systems) <= WORDY_SYSTEMS
        self._anchors: dict[str, str] = {}
        self._vantage = {
            each.digest: _vantage(each) for each in self.result.commands if each.digest
        }
        self._statuses = self._by_book()
        self.cards = tuple(self._cards())
        self._linked = {card.check.id: card.anchor for card in self.cards}

    def anchor(self, kind: str, name: str) -> str:
        """A stable id for a link, unique in the page."""
        key = f"{kind}:{name}"
        if key not in self._anchors:
            wanted = f"{kind}-{re.sub(r'[^A-Za-z0-9_-]', '-', name)}"
            taken = set(self._anchors.values())
            while wanted in taken:
                wanted += "-x"
            self._anchors[key] = wanted
        return self._anchors[key]

    # -- findings -----------------------------------------------------------------------------

    def _cards(self) -> Iterable[CheckCard]:
        held: dict[str, list[FindingResult]] = defaultdict(list)
        for each in self.outline.findings:
            held[each.check].append(each)
        shown = self._shown(held)

        def order(item: tuple[str, list[FindingResult]]) -> tuple[int, int, int, str]:
            name, found = item
            fails = sum(each.outcome is Outcome.FAIL for each in found)
            return (
                OUTCOME_ORDER[found[0].outcome],
                SEVERITY_ORDER[found[0].severity],
                -fails,
                name,
            )

        for name, found in sorted(held.items(), key=order):
            rows = [self._row(each) for each in found if id(each) in shown]
            counts = {str(key): 0 for key in OUTCOME_ORDER}
            for each in found:
                counts[each.outcome.value] += 1
            yield CheckCard(
                anchor=self.anchor("c", name),
                check=self.outline.check(name).model_copy(update={"severity": found[0].severity}),
                counts=counts,
                worst=found[0].outcome.value,
                first=min(
                    found,
                    key=lambda each: (each.outcome is not found[0].outcome, bool(each.beside)),
                ),
                failing=tuple(dict.fromkeys(e.asset for e in found if e.outcome is Outcome.FAIL)),
                open_rows=tuple(row for row in rows if row.finding.outcome in _TO_DO),
                quiet_rows=tuple(row for row in rows if row.finding.outcome not in _TO_DO),
                hidden=len(found) - len(rows),
            )

    def _shown(self, held: Mapping[str, list[FindingResult]]) -> set[int]:
        """The findings that stand in the page: the worst of each check, then the worst of all."""
        first = {id(each) for found in held.values() for each in found[:STATIC_PER_CHECK]}
        chosen = [each for each in self.outline.findings if id(each) in first]
        return {id(each) for each in chosen[:STATIC_ROWS]}

    def _row(self, finding: FindingResult) -> Row:
        seen_by = [self._vantage.get(each.partition("#")[0], "") for each in finding.evidence]
        return Row(
            finding=finding,
            message=message(finding),
            vantage=next((each for each in seen_by if each), ""),
        )

    @property
    def failing(self) -> tuple[CheckCard, ...]:
        return tuple(card for card in self.cards if card.worst == "fail")

    @property
    def doubtful(self) -> tuple[CheckCard, ...]:
        return tuple(card for card in self.cards if card.worst in ("unknown", "error"))

    @property
    def well(self) -> tuple[CheckCard, ...]:
        return tuple(card for card in self.cards if card.worst in ("pass", "not-applicable"))

    def top(self, number: int = 5) -> tuple[CheckCard, ...]:
        """What to fix first: what only a rulebook beside asks for is not."""
        return tuple(card for card in self.failing if not card.first.beside)[:number]

    def hidden(self) -> int:
        return sum(card.hidden for card in self.cards)

    @property
    def scope(self) -> int:
        """How many assets of each system the chapter on scope lists; the unseen come first."""
        return max(SCOPE_ASSETS // max(len(self.result.systems), 1), SCOPE_ASSETS_LEAST)

    def reasons(self) -> tuple[tuple[str, int, int, int, tuple[str, ...]], ...]:
        """Reason, findings, checks, assets, the first assets: what was not looked at."""
        return tuple(
            (each.reason, len(each.findings), len(each.checks), len(each.assets), each.assets[:8])
            for each in self.outline.blind()
        )

    def papers(self) -> tuple[tuple[SystemResult, int, int], ...]:
        """For each system: requirements that wait for an attestation, and for a drill."""
        made = []
        for system in self.result.systems:
            waits = {"attestation": 0, "drill": 0}
            for each in system.requirements:
                kinds = {item.partition(":")[0] for state in each.assets for item in state.missing}
                for kind in waits:
                    waits[kind] += kind in kinds
            made.append((system, waits["attestation"], waits["drill"]))
        return tuple(made)

    # -- requirements -------------------------------------------------------------------------

    def _by_book(self) -> dict[tuple[str, str], dict[str, RequirementStatus]]:
        """Rulebook and system → the statuses by requirement."""
        made = {}
        for system in self.result.systems:
            own = system.rulebook or self.result.rulebook.id
            made[own, system.id] = {each.id: each for each in system.requirements}
            for other in system.beside:
                made[other.rulebook, system.id] = {each.id: each for each in other.requirements}
        return made

    @cached_property
    def books(self) -> tuple[Book, ...]:
        """Every rulebook of the result, the leading one first."""
        found = (self.result.rulebook, *self.result.rulebooks)
        return tuple(
            Book(
                info=info,
                governs=tuple(
                    each.id
                    for each in self.result.systems
                    if (each.rulebook or self.result.rulebook.id) == info.id
                ),
                beside=tuple(
                    each.id
                    for each in self.result.systems
                    if info.id in {other.rulebook for other in each.beside}
                ),
                systems=self._judged_by(info),
                chapters=self._chapters(info),
            )
            for info in found
        )

    def _judged_by(self, book: RulebookInfo) -> tuple[SystemResult, ...]:
        return tuple(each for each in self.result.systems if (book.id, each.id) in self._statuses)

    def _chapters(self, book: RulebookInfo) -> tuple[tuple[Text, tuple[MatrixRow, ...]], ...]:
        titles = {each.id: each.title for each in book.groups}
        chapters: dict[str, list[MatrixRow]] = {each: [] for each in titles}
        systems = self._judged_by(book)
        for info in book.requirements:
            held = [self._statuses.get((book.id, each.id), {}).get(info.id) for each in systems]
            if not any(held):
                continue
            clauses = dict.fromkeys(each.clause for each in held if each and each.clause)
            chapters.setdefault(info.group, []).append(
                MatrixRow(
                    anchor=self._requirement_anchor(book, info.id),
                    book=book.id,
                    info=info,
                    clause=", ".join(clauses),
                    cells=tuple(
                        Cell(system.id, each.status.value if each else "")
                        for system, each in zip(systems, held, strict=True)
                    ),
                    doubtful="low" in {confidence(info, system.level) for system in systems},
                )
            )
        return tuple(
            (titles.get(name, fixed(name)), tuple(rows)) for name, rows in chapters.items() if rows
        )

    def _requirement_anchor(self, book: RulebookInfo, name: str) -> str:
        """Two rulebooks may hold the same requirement: its link is that of the leading one."""
        leading = book.id == self.result.rulebook.id
        return self.anchor("r", name if leading else f"{book.id} {name}")

    def others(self, system: SystemResult) -> tuple[Other, ...]:
        """The rulebooks that stand beside the one that governs the system."""
        infos = {each.id: each for each in (self.result.rulebook, *self.result.rulebooks)}
        made = []
        for each in system.beside:
            counts = dict.fromkeys(words.STATUSES, 0)
            for status in each.requirements:
                counts[status.status.value] += 1
            applies = any(n for key, n in counts.items() if key != "not-applicable")
            made.append(Other(infos[each.rulebook], each.binds_from, each.score, counts, applies))
        return tuple(made)

    def book_title(self, name: str) -> Text:
        """The title of a rulebook of the result."""
        found = (self.result.rulebook, *self.result.rulebooks)
        return next((each.title for each in found if each.id == name), fixed(name))

    def due(self) -> tuple[Due, ...]:
        """What falls due, the soonest first; one row for all systems that owe the same."""
        held: dict[tuple[Any, ...], list[Deadline]] = defaultdict(list)
        for each in self.result.deadlines:
            held[each.due, each.kind, each.what, each.state, each.clause].append(each)
        anchors = {
            info.id: self._requirement_anchor(book, info.id)
            for book in reversed((self.result.rulebook, *self.result.rulebooks))
            for info in book.requirements
        }
        return tuple(
            Due(
                deadline=found[0],
                systems=tuple(dict.fromkeys(each.system for each in found)),
                link=next((anchors[name] for name in found[0].by if name in anchors), ""),
            )
            for found in held.values()
        )

    def proofs(self, info: RequirementInfo) -> tuple[Proof, ...]:
        return tuple(self._proof(item, info) for item in info.proof)

    def _proof(self, item: str, info: RequirementInfo) -> Proof:
        kind, _, name = item.partition(":")
        if kind == "check":
            known = name in self.outline.checks
            title = self.outline.check(name).title if known else fixed(name)
            return Proof(kind, title, self._linked.get(name, ""))
        if kind == "attestation" and info.document is not None:
            return Proof(kind, info.document, "")
        if kind == "list":
            names = name.replace("+", ", ")
            return Proof(kind, say("the owner's list {name}", name=names), "lists")
        return Proof(kind, fixed(name), "")

    def standings(self, row: MatrixRow) -> tuple[Standing, ...]:
        """Each system's standing; of many systems the worst ones."""
        info = row.info
        made = []
        room = STATIC_ASSETS if self.wordy else STATIC_ASSETS // 4
        for system in self.result.systems:
            status = self._statuses.get((row.book, system.id), {}).get(info.id)
            if status is None:
                continue
            worst = sorted(status.assets, key=lambda state: _STATE_ORDER[state.state])
            missing = dict.fromkeys(item for state in worst for item in state.missing)
            made.append(
                Standing(
                    system=system,
                    status=status,
                    listed=tuple(worst[:room]),
                    more=max(len(worst) - room, 0),
                    missing=tuple(self._proof(item, info).title for item in missing),
                )
            )
        if self.wordy:
            return tuple(made)
        made.sort(key=lambda each: _STATUS_ORDER[each.status.status.value])
        return tuple(made[:WORDY_SYSTEMS])

    # -- method -------------------------------------------------------------------------------

    def asked(self) -> tuple[Asked, ...]:
        held: dict[tuple[str, str, bool], list[Command]] = defaultdict(list)
        for each in self.result.commands:
            held[each.probe, each.command, each.root].append(each)
        made, room = [], STATIC_RUNS
        for (probe, command, root), runs in sorted(held.items()):
            shown = tuple(runs[:room]) if len(runs) <= room else ()
            room -= len(shown)
            made.append(Asked(probe, runs[0].via, command, root, runs[0].why, tuple(runs), shown))
        return tuple(made)

    # -- the rest -----------------------------------------------------------------------------

    def requirement_title(self, name: str) -> Text:
        info = self.outline.requirements.get(name)
        return info.title if info else fixed(name)

    @cached_property
    def drilled(self) -> tuple[drills.Standing, ...]:
        """Every system by its drills."""
        return drills.standings(self.result)


def confidence(info: RequirementInfo, level: int) -> str:
    """How sure the rulebook is of the text at that level."""
    return info.confidence_by_level.get(level, info.confidence)


_TO_DO = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN)
_STATUS_ORDER = {key: order for order, key in enumerate(words.STATUSES)}
_STATE_ORDER = {"fail": 0, "unknown": 1, "pass": 2, "not-applicable": 3}


def _day(text: str) -> Text:
    """A date of the rulebook, which is written as text."""
    try:
        return words.day(date.fromisoformat(text))
    except ValueError:
        return fixed(line(text))


def _vantage(command: Command) -> str:
    who = line(command.run_as)
    return line(command.via) + (f", {who}" if who else "") + (" + sudo" if command.root else "")
