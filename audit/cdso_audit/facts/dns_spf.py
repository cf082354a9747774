"""
SPF records (RFC 7208), counted as section 4.6.4 counts them.

`include`, `a`, `mx`, `ptr`, `exists` and `redirect` cost one look-up each, wherever they stand; the
addresses of an MX's hosts have a limit of their own and cost nothing here. A look-up that finds
nothing is void, and is void once, however many records were asked for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

#: RFC 7208, 4.6.4.
MAX_LOOKUPS, MAX_VOID = 10, 2
#: Depth at which a chain of includes is cut: deeper than the limit of look-ups lets any be.
MAX_DEPTH = 12

_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?P<rest>[:/].*)?\Z",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>.*)\Z", re.IGNORECASE)

Kind = Literal["include", "a", "mx", "ptr", "exists", "redirect"]


@dataclass(frozen=True, slots=True)
class Term:
    """A term that needs a look-up, and the name that it asks for (empty: a macro)."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One SPF record. `all` is the sign of its `all`, or nothing when it has none."""

    terms: tuple[Term, ...]
    all: str
    redirect: str
    problems: tuple[str, ...]


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record (RFC 7208, 4.5): `v=spf1` alone or before a blank."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse_spf(text: str, domain: str) -> Record:  # noqa: C901 - one a kind of term
    """The terms of one record. What cannot be read is a problem, never an exception."""
    terms: list[Term] = []
    problems: list[str] = []
    every = redirect = ""
    for word in text.split()[1:]:
        found = _TERM.match(word)
        if found is None:
            modifier = _MODIFIER.match(word)
            if modifier is None:
                problems.append(f"the term {word[:60]!r} is unknown")
            elif modifier["name"].lower() == "redirect":
                redirect = modifier["value"]
            continue
        name, rest = found["name"].lower(), found["rest"] or ""
        if every:
            continue  # RFC 7208, 5.1: what stands after `all` is never evaluated
        if name == "all":
            every = found["sign"] or "+"
        elif name in ("include", "exists"):
            terms.append(_term(name, rest.removeprefix(":")))
            if not rest.startswith(":") or rest == ":":
                problems.append(f"the term {word[:60]!r} names no domain")
        elif name in ("a", "mx", "ptr"):
            given = rest.removeprefix(":").partition("/")[0] if rest.startswith(":") else ""
            terms.append(_term(name, given or domain))
    if redirect and not every:
        terms.append(_term("redirect", redirect))
    return Record(tuple(terms), every, "" if every else redirect, tuple(problems))


def _term(kind: str, name: str) -> Term:
    known: dict[str, Kind] = {
        each: each for each in ("include", "a", "mx", "ptr", "exists", "redirect")
    }
    return Term(known[kind], "" if "%" in name else name.rstrip(".").lower())


def asked_of(term: Term) -> list[tuple[str, str]]:
    """The questions (name, type) that a term needs; none for macros and for `ptr`."""
    if not term.name or term.kind == "ptr":
        return []
    types = {
        "include": ("TXT",),
        "redirect": ("TXT",),
        "a": ("A", "AAAA"),
        "exists": ("A",),
        "mx": ("MX",),
    }
    return [(term.name, each) for each in types[term.kind]]


@dataclass(slots=True)
class Counted:
    """What evaluating a record to its end costs, in the worst case."""

    lookups: int = 0
    void: int = 0
    all: str = ""
    problems: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """Names whose answer is not at hand."""


#: The records for a question: a tuple (empty: nothing there), or None when nobody could tell.
Answers = Callable[[str, str], tuple[str, ...] | None]


def counted(record: Record, answers: Answers) -> Counted:
    """Walk the record and everything that it includes."""
    total = Counted()
    total.all = _walk(record, answers, total, depth=0)
    return total


def _walk(record: Record, answers: Answers, total: Counted, *, depth: int) -> str:
    every = record.all
    total.problems += record.problems
    for term in record.terms:
        total.lookups += 1
        if total.lookups > MAX_LOOKUPS * 4 or depth > MAX_DEPTH:
            total.problems.append("the includes have no end")
            return every
        found = [answers(name, kind) for name, kind in asked_of(term)]
        if any(each is None for each in found):
            total.unseen.append(term.name)
            continue
        if found and not any(found):
            total.void += 1
        if term.kind in ("include", "redirect") and found:
            records = [each for each in found[0] or () if is_spf(each)]
            if len(records) != 1:
                total.problems.append(f"{term.name} has {len(records)} SPF records, not one")
                continue
            inner = _walk(parse_spf(records[0], term.name), answers, total, depth=depth + 1)
            if term.kind == "redirect":
                every = inner
    return every
