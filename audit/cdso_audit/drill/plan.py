"""
The plan of one drill: a playbook, and for which machines, values, copy and people it is run.

The plan is what is shown and approved: its hash is over everything that will be done, so that any
edit, of the playbook or of what it is filled with, voids the approval. It holds no secret.
Pure: the caller reads the files.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field, field_validator

from cdso_audit import yamlfile
from cdso_audit.drill.events import Mode, canonical
from cdso_audit.drill.playbook import (
    BUILT_IN,
    PLACEHOLDER,
    CanaryStep,
    LocalStep,
    Name,
    Param,
    Playbook,
    Step,
    placeholders,
)
from cdso_audit.duration import parse_duration
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError
from cdso_audit.model import Frozen, HostName, Identifier, Scalar, SecretRef, SshAccess, System
from cdso_audit.yamlfile import Document

VERSION: Final = "cdso/drill-plan-v1"


class PlannedHost(Frozen):
    """A machine. `resources` are what it stands on, in the words of `scenario.lost`."""

    host: HostName | None = None
    ssh: SshAccess = SshAccess()
    local: bool = False
    """The operator's own machine; only in drills of class isolated."""
    resources: tuple[Identifier, ...] = ()


class PlannedSecret(SecretRef):
    """Where a secret is kept in this drill, and what that store stands on."""

    resources: tuple[Identifier, ...] = ()


class CopyUsed(Frozen):
    """The copy that is restored, as the owner knows it before the drill."""

    identity: str = ""
    taken_at: AwareDatetime | None = None
    resources: tuple[Identifier, ...] = ()


class PlanFile(Frozen):
    """
    What a person writes for one drill, `cdso/drill-plan-v1`.

    `playbook` is the id of a shipped one or a path. `people` says who may sign for which role.
    `differences` are what is not as it would be in earnest (hardware, people told beforehand).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/drill-plan-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/drill-plan-v1."
    )
    playbook: str
    system: Identifier
    mode: Mode = Mode.FULL
    hosts: Mapping[Name, PlannedHost] = {}
    params: Mapping[Name, Scalar] = {}
    secrets: Mapping[Name, PlannedSecret] = {}
    people: Mapping[Identifier, tuple[str, ...]] = {}
    copy_used: Annotated[CopyUsed, Field(alias="copy")] = CopyUsed()
    announced: bool = True
    differences: tuple[str, ...] = ()

    @field_validator("params", mode="before")
    @classmethod
    def _left_empty(cls, given: Any) -> Any:
        """A value that was left empty is not given yet; the plan says so with its line."""
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if value is not None}


class Plan(Frozen):
    """Everything that one drill will do. `nonce` must stand in the marker on every target."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Annotated[Literal["cdso/drill-plan-v1"], Field(alias="schema")] = VERSION
    playbook: Playbook
    system: Identifier
    mode: Mode
    max_outage_approved: str = ""
    """What the owner approved for this system (ISO 8601), where the inventory says so."""
    hosts: Mapping[Name, PlannedHost] = {}
    values: Mapping[Name, str] = {}
    secrets: Mapping[Name, PlannedSecret] = {}
    people: Mapping[Identifier, tuple[str, ...]] = {}
    copy_used: Annotated[CopyUsed, Field(alias="copy")] = CopyUsed()
    announced: bool = True
    differences: tuple[str, ...] = ()
    data_gb: float | None = None
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="32 hexadecimal digits")]

    @property
    def as_json(self) -> dict[str, Any]:
        """The plan as the journal keeps it."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def hash(self) -> str:
        """What is approved: SHA-256 of the canonical JSON."""
        return sha256(b"cdso/drill-plan-v1\n" + canonical(self.as_json)).hexdigest()

    @property
    def playbook_hash(self) -> str:
        """The playbook alone, to see later whether it has changed."""
        return sha256(
            b"cdso/drill-v1\n" + canonical(self.playbook.model_dump(mode="json", by_alias=True))
        ).hexdigest()


def parse_plan_file(text: str | bytes, file: str) -> tuple[PlanFile, Document]:
    """What a person wrote, with the places of it. Raises ConfigErrors."""
    document = yamlfile.parse(text, file)
    if not isinstance(document.data, Mapping):
        raise ConfigError(
            "this is no plan of a drill: it must begin with apiVersion, playbook, system",
            place=document.place(()),
        )
    return yamlfile.validate(PlanFile, document), document


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan that a person writes, for editors."""
    made = PlanFile.model_json_schema(by_alias=True, mode="validation")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cdso-audit plan of a drill"
    return made


def made_plan(
    book: Playbook, written: PlanFile, document: Document, system: System | None, nonce: str
) -> Plan:
    """The plan for that system of the inventory. Raises ConfigErrors with all that lacks."""
    found = list(_problems(book, written, document))
    values: dict[str, str] = {}
    for name, param in book.params.items():
        try:
            value = _value(name, param, written, system)
        except InvalidValueError as problem:
            found.append(
                ConfigError(
                    problem.template,
                    hint=problem.hint,
                    values=problem.values,
                    place=document.place(("params", name)),
                    subject=f"params.{name}",
                )
            )
        else:
            values[name] = value
    if found:
        raise ConfigErrors(yamlfile.in_order(found))
    approved = system.approved.max_outage if system is not None and system.approved else None
    return Plan(
        playbook=book,
        system=written.system,
        mode=Mode.TABLETOP if book.tabletop and written.mode is Mode.FULL else written.mode,
        max_outage_approved=f"PT{int(approved.total_seconds())}S" if approved else "",
        hosts=written.hosts,
        values=values,
        secrets={
            name: written.secrets.get(name) or PlannedSecret(ref=each.ref)
            for name, each in book.secrets.items()
        },
        people=written.people,
        copy_used=written.copy_used,
        announced=written.announced,
        differences=written.differences,
        data_gb=system.data_gb if system is not None else None,
        nonce=nonce,
    )


_KEY_TEXT = {
    "hosts": "the playbook has no host {name}",
    "params": "the playbook has no parameter {name}",
    "secrets": "the playbook has no secret {name}",
    "people": "the playbook has no role {name}",
}


def _problems(book: Playbook, written: PlanFile, document: Document) -> Iterator[ConfigError]:
    known: Mapping[str, list[str]] = {
        "hosts": list(book.hosts),
        "params": list(book.params),
        "secrets": list(book.secrets),
        "people": list(book.roles),
    }
    for key, names in known.items():
        for name in getattr(written, key):
            if name not in names:
                near = yamlfile.nearest(name, names)
                yield ConfigError(
                    _KEY_TEXT[key],
                    hint="did you mean {near}?" if near else "known are: {known}" if names else "",
                    values={"name": name, "near": near, "known": ", ".join(names)},
                    place=document.key_place((key, name)),
                )
    for name in book.hosts:
        if name not in written.hosts:
            yield ConfigError(
                "the plan does not say which machine {name} is",
                hint="add it under `hosts`, with `host:` and how to log in, or `local: true`",
                values={"name": name},
                place=document.place(("hosts",)),
            )
    for name, host in written.hosts.items():
        yield from _host_problems(book, name, host, document)
    for role in book.roles:
        if not written.people.get(role):
            yield ConfigError(
                "the plan does not say who signs as {name}",
                hint="add it under `people`: {name}: [full name, full name]",
                values={"name": role},
                place=document.place(("people",)),
            )


def _host_problems(
    book: Playbook, name: str, host: PlannedHost, document: Document
) -> Iterator[ConfigError]:
    if host.local == (host.host is not None):
        yield ConfigError(
            "a machine is either `local: true` or has a `host`",
            place=document.place(("hosts", name)),
        )
    if host.local and book.safety.class_ != "isolated":
        yield ConfigError(
            "the operator's own machine is only for drills of class isolated",
            place=document.place(("hosts", name, "local")),
        )


_PLAIN: Final = {
    "name": re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}"),
    "path": re.compile(r"/[^\x00-\x1f\x7f]{0,1000}"),
    "text": re.compile(r"(?!-)[^\x00-\x1f\x7f]{0,1000}"),
}


def _value(name: str, param: Param, written: PlanFile, system: System | None) -> str:
    """The text that stands for a parameter. Raises InvalidValueError."""
    given: Scalar | None = written.params.get(name)
    if given is None and param.from_ == "data_gb" and system is not None:
        given = system.data_gb
    if given is None:
        given = param.default
    if given is None:
        raise InvalidValueError("the playbook needs this value", hint="add it under `params`")
    text = str(given).lower() if isinstance(given, bool) else str(given)
    match param.type:
        case "integer":
            if not re.fullmatch(r"-?\d{1,18}", text):
                raise InvalidValueError("must be a whole number")
        case "number":
            if not re.fullmatch(r"-?\d{1,18}(\.\d{1,12})?", text):
                raise InvalidValueError("must be a number")
        case "seconds":
            return f"{parse_duration(text).total_seconds():g}"
        case kind:
            if not _PLAIN[kind].fullmatch(text) or (kind == "path" and ".." in text.split("/")):
                raise InvalidValueError(
                    "is not written as it must be",
                    hint="a text does not begin with '-', a path begins with '/' and has no '..', "
                    "a name is letters, digits and . _ -",
                )
    return text


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its `{{name}}` replaced. Raises KeyError for one that nothing gives."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def secrets_of(step: Step) -> tuple[str, ...]:
    """The names of the secrets that a step uses."""
    found = {
        name.removeprefix("secret."): None
        for name, _ in placeholders(step.model_dump(exclude={"title"}))
        if name.startswith("secret.")
    }
    password = getattr(getattr(step, "connection", None), "password", None)
    if password:
        found[password] = None
    if isinstance(step, CanaryStep):
        found[step.key] = None
    return tuple(found)


def touches_this_machine(plan: Plan) -> bool:
    """Whether a step runs on the operator's own machine, so that no other machine can take over."""
    return any(each.local for each in plan.hosts.values()) or any(
        isinstance(step, LocalStep) for _, step in plan.playbook.steps()
    )


__all__ = [
    "BUILT_IN",
    "CopyUsed",
    "Plan",
    "PlanFile",
    "PlannedHost",
    "PlannedSecret",
    "filled",
    "made_plan",
    "parse_plan_file",
    "plan_schema",
    "secrets_of",
    "touches_this_machine",
]
