"""
Which rulebook judges which system: what was asked for, and under what its level was approved. Pure,
but for `load_books`, which reads the rulebooks that come with the program.

One rulebook governs each system: it alone grades and gates it. The others stand beside. Without a
choice of the owner, a system whose level was approved under the earlier regime is governed by that
regime until the transition ends, and judged by the present one beside it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.evaluate import Selection
from cdso_audit.language import both
from cdso_audit.model import VIETNAM, Agency, System
from cdso_audit.result import Text
from cdso_audit.rulebook import Rulebook, canonical, installed_rulebooks, load_rulebook

#: What judges when nobody chose: the regime in force.
PRESENT = "vn-2026"

#: The rulebooks of earlier regimes, which govern what was approved under them.
EARLIER = ("vn-legacy",)


def binds(book: Rulebook, system: System, at: datetime) -> bool:
    """Whether the rulebook of an earlier regime still governs that system at that moment."""
    given, approved = book.governs, system.approved
    if given is None or approved is None or not approved_under(book, system):
        return False
    if book.until is not None and day_in_vietnam(at) > date.fromisoformat(book.until):
        return False
    return approved.on is None or approved.on <= given.approved_by


def approved_under(book: Rulebook, system: System) -> bool:
    """Whether the level of the system was approved under the regime of that rulebook."""
    given, approved = book.governs, system.approved
    if given is None or approved is None:
        return False
    if not approved.under:
        return approved.on is not None and approved.on < given.before
    numbers = (book.instruments[name].number.rpartition("/")[0] for name in given.under)
    return approved.under in given.under or any(each in approved.under for each in numbers)


def day_in_vietnam(at: datetime) -> date:
    """The day of that moment where the law counts it."""
    return at.astimezone(VIETNAM).date()


@dataclass(frozen=True)
class Books:
    """
    The rulebooks of a run: the one asked for first, those beside it, and those of earlier regimes
    that may govern a system in its place.
    """

    first: Rulebook
    beside: tuple[Rulebook, ...] = ()
    earlier: tuple[Rulebook, ...] = field(default=())
    passed_over: tuple[Rulebook, ...] = field(default=())
    """Of earlier regimes too, but somebody chose other rulebooks: told, and nothing else."""
    calendar: Rulebook | None = None
    """The regime in force, whose reports and windows fall due whatever judges."""

    def governing(self, system: System, at: datetime) -> Rulebook:
        """The one that grades and gates the system."""
        return next((each for each in self.earlier if binds(each, system, at)), self.first)

    def others(self, system: System, at: datetime) -> tuple[Rulebook, ...]:
        """Those that judge the system too."""
        own = self.governing(system, at)
        return tuple(each for each in (self.first, *self.beside) if each.id != own.id)

    def judging(self, system: System, at: datetime) -> tuple[Rulebook, ...]:
        """All that judge the system, the one that governs it first."""
        return (self.governing(system, at), *self.others(system, at))

    def used(self, agency: Agency, at: datetime) -> tuple[Rulebook, ...]:
        """All that judge anything, those that govern first."""
        found = {
            each.id: each for system in agency.systems for each in (self.governing(system, at),)
        } or {self.first.id: self.first}
        for system in agency.systems:
            found |= {each.id: each for each in self.others(system, at) if each.id not in found}
        return tuple(found.values())

    def joined(self) -> Rulebook:
        """All of them as one, to look requirements up by their id."""
        return joined((self.first, *self.beside, *self.earlier))

    def dated(self) -> Rulebook:
        """All of them as one, with the regime that sets the days."""
        own = (self.first, *self.beside, *self.earlier)
        missing = self.calendar is not None and self.calendar.id not in {each.id for each in own}
        return joined((*own, self.calendar) if missing and self.calendar else own)


def joined(books: Sequence[Rulebook]) -> Rulebook:
    """Several rulebooks as one for looking things up; of two alike the first stands."""
    if len(books) == 1:
        return books[0]
    requirements = {each.id: each for book in reversed(books) for each in book.requirements}
    order = dict.fromkeys(each.id for book in books for each in book.requirements)
    return Rulebook.model_construct(
        **{
            **{name: getattr(books[0], name) for name in Rulebook.model_fields},
            "id": ", ".join(each.id for each in books),
            "rule_sets": _first(books, "rule_sets"),
            "groups": _first(books, "groups"),
            "instruments": _first(books, "instruments"),
            "conditions": _first(books, "conditions"),
            "requirements": tuple(requirements[name] for name in order),
        }
    )


def _first(books: Sequence[Rulebook], name: str) -> Mapping[str, Any]:
    return {key: value for book in reversed(books) for key, value in getattr(book, name).items()}


def load_books(names: Sequence[str], agency: Agency | None = None) -> Books:
    """
    The rulebooks of these names, the first of which grades; raises ConfigError.

    With no name the regime in force is meant, and an earlier one for what was approved under it:
    it is read when a system of the agency has an approval at all.
    """
    found = tuple(load_rulebook(name) for name in dict.fromkeys(names or (PRESENT,)))
    books = Books(found[0], found[1:])
    if agency is None or agency.this_machine_only:
        return books
    books = replace(books, calendar=load_rulebook(PRESENT))
    if not any(each.approved for each in agency.systems):
        return books
    earlier = tuple(load_rulebook(name) for name in EARLIER if name not in names)
    return replace(books, passed_over=earlier) if names else replace(books, earlier=earlier)


def every_rule(book: Rulebook) -> Rulebook:
    """
    The rulebook with the requirements of all that are installed, to look them up: a paper may speak
    of a regime that does not judge today.
    """
    known = book.id.split(", ")
    rest = [load_rulebook(name) for name in installed_rulebooks() if name not in known]
    return joined((book, *rest)).model_copy(update={"id": book.id}) if rest else book


# ---------------------------------------------------------------------------------------------
# What is run
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """A check to run, and the rulebooks that alone ask for it; none: the governing one does."""

    selection: Selection
    beside: tuple[str, ...] = ()


def chosen(
    books: Books, system: System, checks: Mapping[str, Check[Any]], at: datetime
) -> list[Chosen]:
    """
    The checks to run on a system, each once for each set of parameters, for all its rulebooks.

    What the governing rulebook runs comes first, just as it would alone.
    """
    own = books.governing(system, at).selections(system, checks)
    made = [Chosen(each) for each in own]
    seen = {key_of(each) for each in own}
    extra: dict[tuple[str, str], tuple[Selection, list[str]]] = {}
    for book in books.others(system, at):
        for each in book.named(system, checks):
            if key_of(each) not in seen:
                extra.setdefault(key_of(each), (each, []))[1].append(book.id)
    return made + [
        Chosen(selection, tuple(names)) for _, (selection, names) in sorted(extra.items())
    ]


def key_of(selection: Selection) -> tuple[str, str]:
    """A check with its parameters, to compare."""
    return selection.check.about.id, canonical(selection.parameters)


def only(agency: Agency, systems: Iterable[str]) -> Agency:
    """The agency with these systems alone."""
    names = set(systems)
    return agency.model_copy(
        update={"systems": tuple(each for each in agency.systems if each.id in names)}
    )


# ---------------------------------------------------------------------------------------------
# In words
# ---------------------------------------------------------------------------------------------


def binding_from(book: Rulebook) -> date | None:
    """The day on which the next regime takes the place of this rulebook."""
    return date.fromisoformat(book.until) + timedelta(days=1) if book.until else None


def regime_notices(books: Books, agency: Agency, at: datetime) -> Iterator[Text]:
    """By which regime each system is judged, where that is not plain."""
    for system in agency.systems:
        own = books.governing(system, at)
        if own.id != books.first.id and own.until is not None:
            yield both(
                "The level of the system {system} was approved under the earlier regime: until "
                "{until} it is graded by the rulebook {own}. The rulebook {first}, which binds it "
                "from then on, stands beside.",
                system=system.id,
                own=own.id,
                until=own.until,
                first=books.first.id,
            )
        for each in books.passed_over:
            if binds(each, system, at):
                yield both(
                    "The level of the system {system} was approved under the earlier regime, which "
                    "binds it until {until} (rulebook {earlier}); {first} was chosen to grade it.",
                    system=system.id,
                    until=each.until or "",
                    earlier=each.id,
                    first=books.first.id,
                )
        if any(
            approved_under(each, system) and not binds(each, system, at) for each in books.earlier
        ):
            yield both(
                "The level of the system {system} was approved under the earlier regime, which "
                "binds nothing any more here: it is over, or approved later than it could. The "
                "system is judged by {first}.",
                system=system.id,
                first=books.first.id,
            )
