"""
What a check is: `About` (what people read), the fact it judges, and a pure `judge`.

Checks know no law: the rulebook maps requirements to checks and sets their parameters a level.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cdso_audit.confirming import Confirmation
from cdso_audit.facts.reading import Fact
from cdso_audit.model import Context, ListName, Severity, Verdict

F = TypeVar("F", bound=Fact)

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class About:
    """
    What people read of a check. English here; the catalogue `locale/vi` says it in Vietnamese.

    `title` states the pass, present tense, no full stop. `why` is one sentence on harm, `fix` one
    imperative, with a command to paste where there is one. `references` name the same rule
    elsewhere: `ssg`, `cis-debian12`, `iso27001-2022`, `cis-v8`, `nist-csf-2`, `url`.
    `pitfalls` say where other tools go wrong and what this check does about it. `experimental` is a
    check that nobody has yet compared with the real thing; catalogue and report say so. `lists` are
    the owner's lists without which it can say nothing; `or_lists` those that would tell it what
    agency.yaml does not.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    since: str
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pitfalls: str = ""
    experimental: bool = False
    lists: tuple[ListName, ...] = ()
    or_lists: tuple[ListName, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"check id {self.id!r} is not kebab-case")
        if self.title.endswith(".") or self.title.startswith("Ensure"):
            raise ValueError(f"{self.id}: the title states the pass, without a full stop")


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """A pure judgement of one class of fact. `parameters` are its defaults, by name."""

    about: About
    fact: type[F]
    judge: Callable[[F, Context], Verdict]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""
    """Where it came from: a distribution's name or a YAML file."""
    confirmations: tuple[Confirmation, ...] = ()
    """Who held it against the real thing, where it is experimental."""

    def with_parameters(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The defaults with `given` over them; raises ValueError on a name that the check lacks."""
        unknown = set(given) - set(self.parameters)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise ValueError(f"check {self.about.id} has no parameter {names}")
        return {**self.parameters, **given}


def check(
    fact: type[F], about: About, **parameters: Any
) -> Callable[[Callable[[F, Context], Verdict]], Check[F]]:
    """Make the decorated function a check of `fact`. Keyword arguments are parameter defaults."""

    def make(judge: Callable[[F, Context], Verdict]) -> Check[F]:
        return Check(about=about, fact=fact, judge=judge, parameters=parameters)

    return make
