"""
How facts come to be: a probe asks, an observation is what came back, a reader turns it into facts.

A probe is a constant. A reader is pure: bytes in; facts, gaps and proofs of absence out. It asks
`Outputs` for what it declared and may simply assume that the answer is there: what is missing, was
denied or ran out of time becomes a gap without a line of code in the reader.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import AwareDatetime, SerializeAsAny, field_serializer, field_validator

from cdso_audit.model import (
    Absence,
    Asset,
    AssetKind,
    Frozen,
    Gap,
    GapReason,
    HostAsset,
    KnownBy,
    Scalar,
    System,
)

# ---------------------------------------------------------------------------------------------
# Probes
# ---------------------------------------------------------------------------------------------

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Probe:
    """
    One question to one asset. The text is a constant: nothing is ever pasted into it.

    `via`      who asks: `shell` (the host program), `powershell` (the same on Windows: `run` is a
               script block's text that returns one table), `ports`, `tls`, `http`, `dns` or `sql`
               (the scanner).
    `run`      a str is a shell script for an ordinary user (POSIX sh, runs on dash, bash, busybox);
               a tuple is an argument list whose first item is an absolute path.
    `root`     needs root: run as it is by root, else by `sudo -n` on exactly this argument list.
    `tool`     the program without which the question makes no sense; its absence ends the probe
               with `missing-tool`. By default the first argument of an argument list.
    `deadline` seconds before the probe is killed; `cap` bytes before its output is cut (and the
               observation becomes `too-large`).
    `follow`   makes this a question of the second program: from the first program's outputs it
               computes the arguments, which reach the script as `"$@"` through quoting only;
               None or no argument means there is nothing to ask. Such a probe cannot be `root`.
    `lane`     names the lane of a probe that takes a good part of a second on most hosts: it runs
               beside the quick ones, and after those of its own lane.
    `why`      one sentence for `--plan`, in English; translated by the catalogue.
    """

    id: str
    run: str | tuple[str, ...]
    why: str
    via: Literal[
        "shell",
        "powershell",
        "ports",
        "tls",
        "http",
        "dns",
        "config",
        "sql",
        "link",
        "services",
        "sbom",
    ] = "shell"
    root: bool = False
    tool: str = ""
    deadline: float = 10
    cap: int = 512 * KIB
    follow: "Callable[[Outputs], Sequence[str] | None] | None" = None
    lane: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.id):
            raise ValueError(f"probe id {self.id!r} is not kebab-case")
        if self.root and (isinstance(self.run, str) or not self.run[0].startswith("/")):
            raise ValueError(f"{self.id}: a root probe is an argument list with an absolute path")
        if self.root and self.follow:
            raise ValueError(f"{self.id}: a root probe is one exact command, so it cannot follow")

    @property
    def command(self) -> str:
        """The command as a person reads it."""
        return self.run if isinstance(self.run, str) else shlex.join(self.run)

    @property
    def needed_tool(self) -> str:
        """The program that must exist, or nothing."""
        return self.tool or (self.run[0] if isinstance(self.run, tuple) else "")


class Observation(Frozen):
    """What came back for one probe of one asset; the raw evidence lies in `output` and `errors`."""

    probe: str
    asset: str
    gap: GapReason | None = None
    detail: str = ""
    exit_code: int | None = None
    at: AwareDatetime
    seconds: float = 0
    run_as: str = ""
    vantage: str = ""
    output: bytes = b""
    errors: bytes = b""

    @property
    def digest(self) -> str:
        """The name of the evidence: what a finding cites."""
        return "sha256:" + sha256(self.output).hexdigest()


# ---------------------------------------------------------------------------------------------
# Facts
# ---------------------------------------------------------------------------------------------


class Fact(Frozen):
    """
    Something that was seen. A subclass sets `kind` to its own kebab name and says what was seen.

    `subject` tells apart several facts of one kind on one asset (a port, an account, a host name).
    """

    kind: str
    subject: str
    known_by: KnownBy = KnownBy.FILE
    probes: tuple[str, ...] = ()
    """Ids of the observations it was read from; the engine fills this in."""

    registry: ClassVar[dict[str, type["Fact"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        Fact.registry[kind_of(cls)] = cls


def kind_of(fact: type[Fact]) -> str:
    """The `kind` tag of a class of facts."""
    kind = fact.model_fields["kind"].default
    if not isinstance(kind, str):
        raise TypeError(f"{fact.__name__} needs a line `kind: Literal[...] = ...`")
    return kind


class Snapshot(Frozen):
    """Everything that is known of one asset at one moment: facts, gaps and proofs of absence."""

    asset: str
    system: str
    taken_at: AwareDatetime
    tool_version: str = ""
    facts: tuple[SerializeAsAny[Fact], ...] = ()
    gaps: tuple[Gap, ...] = ()
    absences: tuple[Absence, ...] = ()
    evidence: Mapping[str, str] = {}
    """Probe id → digest of its raw output."""

    @field_validator("facts", mode="before")
    @classmethod
    def _by_kind(cls, facts: Any) -> Any:
        return tuple(
            Fact.registry[each["kind"]].model_validate(each) if isinstance(each, Mapping) else each
            for each in facts
        )

    @field_serializer("taken_at")
    def _instant(self, moment: datetime) -> str:
        return moment.astimezone(UTC).isoformat()


# ---------------------------------------------------------------------------------------------
# Outputs: what a reader sees
# ---------------------------------------------------------------------------------------------


class UnavailableError(Exception):
    """What a reader asked for is not there. The engine makes a gap of it."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class UnreadableError(ValueError):
    """A reader cannot make sense of what came back. The engine makes an `unparsable` gap of it."""


_DENIED = re.compile(
    r"permission denied|operation not permitted|must be root|not authori[sz]ed|access denied"
    r"|root privileges|^sudo:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(slots=True)
class Outputs:
    """
    The observations of one asset, by probe. Remembers what was asked for, so that a fact can cite.

    `asset` and `system` are at hand for readers that need what the inventory says (a declared
    backup, a URL); `at` is the moment of the snapshot.
    """

    observations: Mapping[str, Observation]
    asset: Asset
    system: System
    at: datetime
    used: dict[str, None] = field(default_factory=dict)

    def observation(self, probe: Probe) -> Observation:
        """What came back, whatever it was. Never raises: no observation is a `bug` gap."""
        self.used[probe.id] = None
        found = self.observations.get(probe.id)
        if found is None:
            return Observation(
                probe=probe.id,
                asset=self.asset.id,
                gap=GapReason.BUG,
                detail="this probe was not part of the plan of the evidence",
                at=self.at,
            )
        return found

    def text(self, probe: Probe, *, codes: Sequence[int] | None = (0,)) -> str:
        """
        The output as text; undecodable bytes become U+FFFD.

        Raises UnavailableError when there is a gap, or when the exit code is none of `codes`
        (None: any code will do).
        """
        return self.raw(probe, codes=codes).decode("utf-8", "replace")

    def raw(self, probe: Probe, *, codes: Sequence[int] | None = (0,)) -> bytes:
        """The output as bytes, under the same conditions as `text`."""
        seen = self.observation(probe)
        if seen.gap is not None:
            raise UnavailableError(seen.gap, seen.detail)
        if codes is not None and seen.exit_code not in codes:
            errors = seen.errors.decode("utf-8", "replace").strip()
            reason = GapReason.DENIED if _DENIED.search(errors) else GapReason.UNPARSABLE
            last = errors.splitlines()[-1] if errors else "no message"
            raise UnavailableError(reason, f"exit code {seen.exit_code}: {last}")
        return seen.output

    def json(self, probe: Probe, *, codes: Sequence[int] | None = (0,)) -> Any:
        """The output parsed as JSON; raises UnreadableError when it is none."""
        try:
            return json.loads(self.raw(probe, codes=codes))
        except ValueError as problem:
            raise UnreadableError(f"{probe.id}: not JSON: {problem}") from problem

    def lines(self, probe: Probe, *, codes: Sequence[int] | None = (0,)) -> list[str]:
        """The output's lines without their ends."""
        return self.text(probe, codes=codes).splitlines()

    def has_tool(self, probe: Probe) -> bool:
        """Whether the program that the probe needs exists there. A gap of any other kind: yes."""
        return self.observation(probe).gap is not GapReason.MISSING_TOOL

    def was_asked(self, probe: Probe) -> bool:
        """Whether a follow-up question was asked at all (its arguments may have been empty)."""
        return probe.id in self.observations


# ---------------------------------------------------------------------------------------------
# Readers
# ---------------------------------------------------------------------------------------------

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Missing:
    """A reader's word that one subject could not be had, while others could."""

    subject: str
    reason: GapReason
    detail: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A reader's proof that the asset has no such thing. The template is translated."""

    template: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Reader(Generic[F]):
    """A pure function from outputs to facts of one class."""

    fact: type[F]
    probes: tuple[Probe, ...]
    on: frozenset[AssetKind]
    read: Callable[[Outputs], Iterator[F | Missing | Absent]]


#: Readers by the kind of fact they make: one reader a kind and asset kind.
READERS: dict[str, list[Reader[Any]]] = {}


def reader(
    fact: type[F], *probes: Probe, on: AssetKind | Iterable[AssetKind] = AssetKind.HOST_LINUX
) -> Callable[[Callable[[Outputs], Iterator[F | Missing | Absent]]], Reader[F]]:
    """Register the decorated generator as the way to read `fact` from `probes`, on assets `on`."""
    kinds = frozenset([on]) if isinstance(on, AssetKind) else frozenset(on)

    def register(read: Callable[[Outputs], Iterator[F | Missing | Absent]]) -> Reader[F]:
        made = Reader(fact=fact, probes=probes, on=kinds, read=read)
        known = READERS.setdefault(kind_of(fact), [])
        known[:] = [each for each in known if not each.on & kinds]
        known.append(made)
        return made

    return register


def readers_of(fact: type[Fact]) -> list[Reader[Any]]:
    """The readers of a class of facts."""
    return READERS.get(kind_of(fact), [])


def reader_for(fact: type[Fact], asset: Asset) -> Reader[Any] | None:
    """The reader of a class of facts on an asset, or None if it does not exist on that kind."""
    return next((each for each in readers_of(fact) if asset.kind in each.on), None)


def read(reader: Reader[Any], outputs: Outputs) -> tuple[list[Fact], list[Gap], list[Absence]]:
    """
    Run one reader. Whatever happens in it, the kind of fact is accounted for.

    No exception leaves: unavailable and unreadable become gaps, anything else a `bug` gap, and a
    reader that says nothing at all is a bug too.
    """
    kind = kind_of(reader.fact)
    asset = outputs.asset.id
    outputs.used.clear()
    facts: list[Fact] = []
    gaps: list[Gap] = []
    absences: list[Absence] = []

    def gap(reason: GapReason, detail: str, subject: str = "") -> None:
        gaps.append(
            Gap(
                fact=kind,
                asset=asset,
                subject=subject or kind,
                reason=reason,
                detail=detail,
                probes=tuple(outputs.used),
            )
        )

    try:
        for each in reader.read(outputs):
            used = tuple(outputs.used)
            match each:
                case Missing():
                    gap(each.reason, each.detail, each.subject)
                case Absent():
                    absences.append(
                        Absence(
                            fact=kind,
                            subject=each.subject or kind,
                            template=each.template,
                            values=each.values,
                            probes=used,
                        )
                    )
                case Fact():
                    facts.append(each.model_copy(update={"probes": each.probes or used}))
                case _:
                    gap(GapReason.BUG, f"the reader of {kind} gave a {type(each).__name__}")
    except UnavailableError as missing:
        gap(missing.reason, missing.detail)
    except UnreadableError as problem:
        gap(GapReason.UNPARSABLE, str(problem))
    except Exception as problem:  # noqa: BLE001 - a reader must never take the scan down
        gap(GapReason.BUG, f"{type(problem).__name__}: {problem}")
    if not (facts or gaps or absences):
        gap(GapReason.BUG, f"the reader of {kind} said nothing")
    return facts, gaps, absences


def snapshot(
    asset: Asset,
    system: System,
    observations: Iterable[Observation],
    facts: Iterable[type[Fact]],
    *,
    at: datetime,
    tool_version: str = "",
) -> Snapshot:
    """Read every wanted class of facts from the observations of one asset."""
    by_probe = {each.probe: each for each in observations}
    outputs = Outputs(observations=by_probe, asset=asset, system=system, at=at)
    all_facts: list[Fact] = []
    all_gaps: list[Gap] = []
    all_absences: list[Absence] = []
    for fact in sorted(set(facts), key=kind_of):
        found = reader_for(fact, asset)
        if found is None:
            continue
        some_facts, some_gaps, some_absences = read(found, outputs)
        all_facts += some_facts
        all_gaps += some_gaps
        all_absences += some_absences
    return Snapshot(
        asset=asset.id,
        system=system.id,
        taken_at=at,
        tool_version=tool_version,
        facts=tuple(all_facts),
        gaps=tuple(all_gaps),
        absences=tuple(all_absences),
        evidence={name: each.digest for name, each in sorted(by_probe.items())},
    )


def is_local(asset: Asset) -> bool:
    """Whether the asset is the machine that the tool runs on."""
    return isinstance(asset, HostAsset) and asset.local
