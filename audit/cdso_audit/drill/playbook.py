"""
The playbook of a recovery drill, `cdso/drill-v1`: what is lost, what is done, how it is proved.

A playbook is data that a colleague can review. Commands are argument lists; a value that stands in
one, `{{name}}`, is put into its argument and quoted with it, so that no value is ever read by a
shell. Names of hosts are roles; the plan of one drill (`drill.plan`) says which machines they are.
Pure: the caller reads the file.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from cdso_audit import yamlfile
from cdso_audit.duration import Duration, written
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError
from cdso_audit.model import Frozen, Identifier, Scalar, SecretRef
from cdso_audit.result import Text
from cdso_audit.yamlfile import Document, Path

VERSION: Final = "cdso/drill-v1"


class Phase(StrEnum):
    """The parts of a recovery, in their order; the playbook gives each a budget."""

    DETECT = "detect"
    CONTAIN = "contain"
    PROVISION = "provision"
    RESTORE = "restore"
    VERIFY = "verify"
    RETURN = "return"


class OnDoubt(StrEnum):
    """
    What to do about a step of which nobody knows whether it took effect.

    `rerun`: it may be run again. `probe`: its probe tells. `ask`: a person decides.
    """

    RERUN = "rerun"
    PROBE = "probe"
    ASK = "ask"


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as problem:
        raise InvalidValueError(
            "this is no regular expression: {why}",
            hint="write it in single quotes, and \\ before a dot or bracket that is meant as such",
            why=str(problem),
        ) from problem
    return text


Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,31}$",
        description="Begins with a small letter; then small letters, digits and '_'; at most 32.",
    ),
]
Pattern = Annotated[str, AfterValidator(_pattern)]
EnvName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="The name of an environment variable: letters, digits and '_'.",
    ),
]
Argument = Annotated[str, Field(max_length=4096)]
Argv = Annotated[tuple[Argument, ...], Field(min_length=1, max_length=200)]
"""A program and its arguments, each as it is: no shell reads them."""
Bound = float | Annotated[str, Field(pattern=r"^\{\{[a-z][a-z0-9_]*\}\}$", description="{{name}}")]
"""A number, or the name of a value in double braces."""

#: What a placeholder looks like; `secret.` marks the name of a secret.
PLACEHOLDER: Final = re.compile(r"\{\{\s*((?:secret\.)?[a-z][a-z0-9_]*)\s*\}\}")

#: Values that the engine itself provides in every drill.
BUILT_IN: Final = {
    "t0": "the moment of the inject, UTC, as 2026-03-10T08:00:00Z",
    "drill": "the drill's number in the agency's ledger",
    "nonce": "the plan's nonce, as in the marker on the target",
    "work": "the drill's own folder on the host at hand, made and removed by the engine",
}


# ---------------------------------------------------------------------------------------------
# Scenario, target, safety
# ---------------------------------------------------------------------------------------------


class Scenario(Frozen):
    """What has happened, what is lost, and which copy is used."""

    name: Identifier
    story: Text | None = None
    lost: Annotated[
        tuple[Identifier, ...],
        Field(description="Resources that the scenario destroyed: nothing may stand on them."),
    ] = ()
    copy_used: Annotated[
        Literal["offline", "immutable", "online", "none"],
        Field(alias="copy", description="Which copy is restored; `none` in a tabletop."),
    ]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Target(Frozen):
    """What must be reached: the longest outage, the largest loss of data, the least service."""

    max_outage: Duration = timedelta(hours=24)
    rpo: Duration | None = None
    minimum_service: Text


class Budget(Frozen):
    """How long each phase may take; together no longer than `max_outage`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    detect: Duration | None = None
    contain: Duration | None = None
    provision: Duration | None = None
    restore: Duration | None = None
    verify: Duration | None = None
    return_: Annotated[Duration | None, Field(alias="return")] = None

    def of(self, phase: Phase) -> timedelta | None:
        """The budget of one phase, if it has one."""
        name = "return_" if phase is Phase.RETURN else phase.value
        span: timedelta | None = getattr(self, name)
        return span

    @property
    def whole(self) -> timedelta:
        """All phases together."""
        return sum((self.of(each) or timedelta(0) for each in Phase), timedelta(0))


class Safety(Frozen):
    """
    What keeps a drill from harming production. Whatever cannot be evaluated refuses the drill.

    `isolated`: the targets are apart from production; only here may steps run on the operator's
    own machine. `connected`: the targets can reach production. `switchover`: production itself
    moves, so that only steps that change nothing and steps by people are allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    class_: Annotated[Literal["isolated", "connected", "switchover"], Field(alias="class")]
    marker: Annotated[
        str,
        Field(
            pattern=r"^/[A-Za-z0-9._/-]+$",
            description="An absolute path of letters, digits and . _ - /",
        ),
    ] = "/etc/cdso-drill"
    max_run: Duration = timedelta(hours=30)
    guards: Annotated[
        tuple[Identifier, ...],
        Field(description="Further guards by name (entry points `cdso_audit.drill_guards`)."),
    ] = ()


class Param(Frozen):
    """
    A value that the plan of a drill gives.

    `text` has no control characters and does not begin with '-', `name` is letters, digits and
    `. _ -`, `path` is absolute, `seconds` is written as a span of time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    title: Text | None = None
    type: Literal["text", "name", "path", "integer", "number", "seconds"] = "text"
    default: Scalar | None = None
    from_: Annotated[
        Literal["data_gb"] | None,
        Field(alias="from", description="A value of the system in the inventory."),
    ] = None


class Secret(SecretRef):
    """Where a secret is kept unless the plan says otherwise."""

    title: Text | None = None


class HostRole(Frozen):
    """
    A machine by its part in the drill.

    `target` is what is restored, `copy` holds the backups, `outside` looks at the service as users
    do, `other` is anything else (a name server, a partner).
    """

    title: Text | None = None
    side: Literal["target", "copy", "outside", "other"] = "target"


# ---------------------------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------------------------


class OutputExpect(Frozen):
    """What a command must end with and say; anything else fails the step."""

    exit: Annotated[tuple[int, ...], Field(min_length=1)] = (0,)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    matches: Pattern | None = None


class ValueExpect(Frozen):
    """What the first value of a query must be. `within_percent` of `of` is inclusive."""

    equals: Scalar | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    of: Bound | None = None
    within_percent: Annotated[float, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ValueExpect":
        if (self.of is None) != (self.within_percent is None):
            raise InvalidValueError("`of` and `within_percent` belong together")
        if self.model_dump(exclude_none=True) == {}:
            raise InvalidValueError(
                "an expectation without any condition is always met",
                hint="write equals, at_least, at_most, or of with within_percent",
            )
        return self


class AnswerExpect(Frozen):
    """What an HTTP answer must be."""

    status: Annotated[tuple[int, ...], Field(min_length=1)] = (200,)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    matches: Pattern | None = None


class FileExpect(Frozen):
    """
    What a file, or a tree of files, must be.

    `manifest` is a file on the operator's machine, in the form that `sha256sum` writes, made before
    the drill; `sample` of its lines, drawn by the plan's nonce, are compared (all without it).
    """

    exists: bool = True
    sha256: (
        Annotated[
            str,
            Field(
                pattern=r"^([0-9a-f]{64}|\{\{[a-z][a-z0-9_]*\}\})$",
                description="64 hexadecimal digits, or {{name}}",
            ),
        ]
        | None
    ) = None
    at_least_bytes: Annotated[int, Field(ge=0)] | None = None
    manifest: str | None = None
    sample: Annotated[int, Field(ge=1)] | None = None


class StepBase(Frozen):
    """What every step has."""

    id: Identifier
    title: Text
    timeout: Duration = timedelta(minutes=10)
    on_doubt: OnDoubt | None = None
    marks: Annotated[
        Literal[
            "outage", "detected", "declared", "restore-started", "partial-service", "backup-taken"
        ]
        | None,
        Field(
            description="The moment of the recovery that this step's end is; `outage` is rather "
            "when the service was last seen from outside, by its looks or in `outage_at`."
        ),
    ] = None
    cleanup: Annotated[
        tuple[Identifier, ...],
        Field(description="Steps under `cleanup` that undo this one; they run if it was begun."),
    ] = ()


class AutomaticBase(StepBase):
    """
    What every step has that a machine does.

    With `consecutive`, the step is repeated `every` so often until that many in a row pass within
    `timeout`; with `hold`, it must then go on passing that long, and a failure opens the clock
    again. With `negative_control`, the same step runs before the restore and must fail there.
    """

    retries: Annotated[int, Field(ge=0, le=20)] = 0
    retry_after: Duration = timedelta(seconds=10)
    probe: "ProbeStep | None" = None
    consecutive: Annotated[int, Field(ge=1, le=1000)] = 1
    every: Duration = timedelta(seconds=60)
    hold: Duration | None = None
    negative_control: bool = False
    proves: Annotated[
        Literal["copy", "data", "service", "containment", "replay"] | None,
        Field(description="What a pass of this step is evidence of."),
    ] = None


class CommandBase(AutomaticBase):
    """What the two kinds of commands share."""

    run: Argv
    env: Mapping[EnvName, str] = {}
    stdin: str | None = None
    detached: Annotated[
        bool,
        Field(description="Run on the host by itself, timed by it, while the operator only asks."),
    ] = False
    writes: Annotated[
        bool, Field(description="False: it changes nothing, and may run before approval of a host.")
    ] = True
    expect: OutputExpect = OutputExpect()
    capture: Annotated[
        Mapping[Name, Pattern],
        Field(
            description="Values for later steps: the first group of a pattern in the output. "
            "`bytes` and `files` are the size of what was restored."
        ),
    ] = {}


class SshStep(CommandBase):
    """A command on a host."""

    kind: Literal["ssh"]
    host: Name


class LocalStep(CommandBase):
    """A command on the operator's own machine; only where safety is `isolated`."""

    kind: Literal["local"]

    @property
    def host(self) -> None:
        """No host of the plan."""
        return


class HttpRequest(Frozen):
    """One request of a journey; cookies are kept from one to the next."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[
        str, Field(pattern=r"^https?://", description="Begins with http:// or https://.")
    ]
    headers: Mapping[str, str] = {}
    form: Mapping[str, str] = {}
    body: str | None = None
    expect: AnswerExpect = AnswerExpect()
    capture: Mapping[Name, Pattern] = {}


class HttpStep(AutomaticBase):
    """
    A journey through a web service, as a user makes it: every answer must be as expected.

    It starts from the operator's machine, or from the host that `vantage` names. TLS certificates
    are verified, by the system's authorities or those in the file `ca`; `address` pins where the
    host of the URL leads, where DNS is not yet back.
    """

    kind: Literal["http"]
    requests: Annotated[tuple[HttpRequest, ...], Field(min_length=1, max_length=50)]
    vantage: Name | None = None
    address: str | None = None
    ca: str | None = None


class SqlConnection(Frozen):
    """Where a database is, as seen from the host on which its client runs."""

    database: str = ""
    host: str | None = None
    port: int | Annotated[str, Field(pattern=r"^\{\{", description="{{name}}")] | None = None
    user: str | None = None
    password: Annotated[Name | None, Field(description="The name of a secret.")] = None


class SqlStep(AutomaticBase):
    """
    A query by the database's own client on `host` (on the operator's machine without one).

    The query is constant; `values` are bound by the client as `:'name'` (PostgreSQL) or `@name`
    (MySQL, MariaDB), never pasted. It runs read-only unless it `writes`.
    """

    kind: Literal["sql"]
    engine: Literal["postgresql", "mysql", "mariadb"]
    host: Name | None = None
    run_as: Annotated[Name | None, Field(description="The account to become by sudo.")] = None
    connection: SqlConnection = SqlConnection()
    query: Annotated[str, Field(min_length=1, max_length=100_000)]
    values: Mapping[Name, str] = {}
    writes: bool = False
    expect: ValueExpect | None = None
    capture: Annotated[
        Mapping[Name, Annotated[int, Field(ge=1, le=100)]],
        Field(description="Values for later steps: a column of the first row, counted from one."),
    ] = {}


class TcpStep(AutomaticBase):
    """Whether a port can be reached; with `open: false` it must not (a forbidden flow)."""

    kind: Literal["tcp"]
    address: str
    port: int | Annotated[str, Field(pattern=r"^\{\{", description="{{name}}")]
    vantage: Name | None = None
    open: bool = True


class FileStep(AutomaticBase):
    """A file, or a tree against a manifest, on a host (on the operator's machine without one)."""

    kind: Literal["file"]
    host: Name | None = None
    path: str
    expect: FileExpect = FileExpect()


class CanaryStep(AutomaticBase):
    """
    The newest valid heartbeat of a protected system, after its restore: the RPO from the data.

    `run` prints the canaries that the restored system holds, one a line; `key` names the secret of
    their MAC, `interval` is how often one is written, `max_loss` is compared with the loss (the
    target's rpo without it).
    """

    kind: Literal["canary"]
    system: Identifier
    host: Name | None = None
    run: Argv
    env: Mapping[EnvName, str] = {}
    stdin: str | None = None
    key: Name
    interval: Duration
    max_loss: Duration | None = None


class ManualStep(StepBase):
    """
    What a person does and signs by name.

    With `four_eyes` a second person signs too. `evidence` is what must be handed in with the
    signature. Waiting for people counts as any other time.
    """

    kind: Literal["manual"]
    role: Annotated[Identifier, Field(description="Who signs; the plan says which people.")]
    ask: Text
    instructions: Text | None = None
    four_eyes: bool = False
    evidence: tuple[Literal["note", "photo", "document", "output"], ...] = ()
    accepts: Annotated[
        Literal["declaration", "recovery"] | None,
        Field(description="`declaration`: the incident; `recovery`: that service is back."),
    ] = None
    timeout: Duration = timedelta(hours=8)


class WaitStep(StepBase):
    """A wait that belongs to the recovery itself (a TTL, replication). It counts."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    kind: Literal["wait"]
    length: Annotated[Duration, Field(alias="for")]


KINDS: Final = ("ssh", "local", "http", "sql", "tcp", "file", "canary", "manual", "wait")


def _kind(value: Any) -> str | None:
    if isinstance(value, StepBase):
        return getattr(value, "kind", None)
    given = value.get("kind") if isinstance(value, Mapping) else None
    return given if isinstance(given, str) and given in KINDS else None


_UNKNOWN_KIND: Final = (
    "a step needs a kind: ssh, local, http, sql, tcp, file, canary, manual or wait"
)

ProbeStep = Annotated[
    Annotated[SshStep, Tag("ssh")]
    | Annotated[LocalStep, Tag("local")]
    | Annotated[HttpStep, Tag("http")]
    | Annotated[SqlStep, Tag("sql")]
    | Annotated[TcpStep, Tag("tcp")]
    | Annotated[FileStep, Tag("file")],
    Discriminator(_kind, custom_error_type="step-kind", custom_error_message=_UNKNOWN_KIND),
]
"""A check that tells whether a step took effect; it must change nothing."""

Step = Annotated[
    Annotated[SshStep, Tag("ssh")]
    | Annotated[LocalStep, Tag("local")]
    | Annotated[HttpStep, Tag("http")]
    | Annotated[SqlStep, Tag("sql")]
    | Annotated[TcpStep, Tag("tcp")]
    | Annotated[FileStep, Tag("file")]
    | Annotated[CanaryStep, Tag("canary")]
    | Annotated[ManualStep, Tag("manual")]
    | Annotated[WaitStep, Tag("wait")],
    Discriminator(_kind, custom_error_type="step-kind", custom_error_message=_UNKNOWN_KIND),
]


class Phases(Frozen):
    """The steps of each phase, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    detect: tuple[Step, ...] = ()
    contain: tuple[Step, ...] = ()
    provision: tuple[Step, ...] = ()
    restore: tuple[Step, ...] = ()
    verify: tuple[Step, ...] = ()
    return_: Annotated[tuple[Step, ...], Field(alias="return")] = ()

    def of(self, phase: Phase) -> tuple[Step, ...]:
        """The steps of one phase."""
        steps: tuple[Step, ...] = getattr(self, "return_" if phase is Phase.RETURN else phase.value)
        return steps


def observes(step: StepBase) -> bool:
    """Whether the step changes nothing, so that it may be repeated without harm."""
    match step:
        case SshStep() | LocalStep() | SqlStep():
            return not step.writes
        case HttpStep():
            return all(each.method in ("GET", "HEAD") for each in step.requests)
        case TcpStep() | FileStep() | CanaryStep() | WaitStep():
            return True
    return False


def on_doubt(step: StepBase) -> OnDoubt:
    """What the step says to do in doubt; without a word: look again, ask where it may do harm."""
    if step.on_doubt is not None:
        return step.on_doubt
    return OnDoubt.RERUN if observes(step) else OnDoubt.ASK


class Playbook(Frozen):
    """A recovery drill, as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/drill-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/drill-v1."
    )
    id: Identifier
    title: Text
    about: Text | None = None
    scenario: Scenario
    target: Target
    budget: Budget = Budget()
    safety: Safety
    params: Mapping[Name, Param] = {}
    secrets: Mapping[Name, Secret] = {}
    hosts: Mapping[Name, HostRole] = {}
    roles: Mapping[Identifier, Text] = {}
    phases: Phases
    cleanup: tuple[Step, ...] = ()

    def steps(self) -> Iterator[tuple[Phase, Step]]:
        """Every step of the phases in the order in which they run."""
        for phase in Phase:
            for step in self.phases.of(phase):
                yield phase, step

    def step(self, name: str) -> Step:
        """The step of that id, of a phase or of the cleanup; raises KeyError."""
        for _, each in self.steps():
            if each.id == name:
                return each
        for each in self.cleanup:
            if each.id == name:
                return each
        raise KeyError(name)

    @property
    def tabletop(self) -> bool:
        """Whether every step is done by people: nothing is restored, so nothing is measured."""
        return all(isinstance(step, ManualStep | WaitStep) for _, step in self.steps())


# ---------------------------------------------------------------------------------------------
# Text → playbook
# ---------------------------------------------------------------------------------------------


def parse_playbook(text: str | bytes, file: str) -> Playbook:
    """The playbook that the text holds. Raises ConfigErrors with everything that is wrong."""
    document = yamlfile.parse(text, file)
    if not isinstance(document.data, Mapping):
        raise ConfigError(
            "this is no playbook: it must begin with apiVersion, id, title",
            hint="`cdso-audit drill show ID` prints one to start from",
            place=document.place(()),
        )
    made = yamlfile.validate(Playbook, document)
    found = list(_problems(made, document))
    if found:
        raise ConfigErrors(yamlfile.in_order(found))
    return made


def playbook_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a playbook, for editors."""
    made = Playbook.model_json_schema(by_alias=True, mode="validation")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cdso-audit playbook"
    return made


def placeholders(value: Any) -> Iterator[tuple[str, str]]:
    """Each `{{name}}` in a value and whatever it holds, with the text in which it stands."""
    if isinstance(value, str):
        for found in PLACEHOLDER.finditer(value):
            yield found[1], value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from placeholders(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from placeholders(each)


#: Programs that read one of their arguments as a program, and how that argument is announced.
_INTERPRETERS: Final = re.compile(
    r"(?:ba|da|a|k|z|c|tc|fi)?sh|busybox|python[0-9.]*|perl|ruby|node|php|lua|awk|gawk|mawk|sed"
    r"|psql|mysql|mariadb|sqlite3|su|runuser|ssh|pwsh|powershell|eval|xargs|watch|mongosh|rsh"
    r"|flock|script|expect|parallel|sqlcmd|isql|at"
)
#: These read every argument after their own as a program.
_ALL_ARGUMENTS: Final = {"ssh", "rsh", "eval", "awk", "gawk", "mawk", "sed", "watch"}
_ANNOUNCES: Final = re.compile(
    r"-[a-zA-Z]*[cerQ]|--?(?:command|execute|eval|exec|expression|init-command|Command)"
)


def pasted(argv: tuple[str, ...]) -> int | None:
    """
    The index of an argument that a shell or interpreter would read as a program and that holds a
    placeholder, or None. A value must reach such a program as an argument of its own (`"$1"`).
    """
    interpreter = ""
    for at, each in enumerate(argv):
        holds = PLACEHOLDER.search(each) is not None
        if interpreter and holds:
            announced = at > 0 and _ANNOUNCES.fullmatch(argv[at - 1]) is not None
            glued = re.match(r"--?(?:command|execute|eval|exec|expression|e|c)=?", each)
            if announced or interpreter in _ALL_ARGUMENTS or (glued and glued.end() > 0):
                return at
        word = each.rsplit("/", 1)[-1]
        if _INTERPRETERS.fullmatch(word):
            interpreter = word
    return None


def _problems(book: Playbook, document: Document) -> Iterator[ConfigError]:
    """What the model alone cannot see."""
    places = list(_places(book))
    yield from _id_problems(places, document)
    yield from _budget_problems(book, document)
    captured: set[str] = set()
    for path, step in places:
        yield from _step_problems(book, path, step, document)
        yield from _placeholder_problems(book, path, step, captured, document)
        captured |= _captures(step)
    yield from _cleanup_problems(book, places, document)


def _places(book: Playbook) -> Iterator[tuple[Path, Step]]:
    for phase in Phase:
        for at, step in enumerate(book.phases.of(phase)):
            yield ("phases", phase.value, at), step
    for at, step in enumerate(book.cleanup):
        yield ("cleanup", at), step


def _id_problems(places: list[tuple[Path, Step]], document: Document) -> Iterator[ConfigError]:
    first: dict[str, Path] = {}
    for path, step in places:
        if step.id in first:
            yield ConfigError(
                "the step id {id} stands twice",
                hint="the first is in line {line}; give this one another id",
                values={"id": step.id, "line": document.place((*first[step.id], "id")).line},
                place=document.place((*path, "id")),
            )
        first.setdefault(step.id, path)


def _budget_problems(book: Playbook, document: Document) -> Iterator[ConfigError]:
    if book.budget.whole > book.target.max_outage:
        yield ConfigError(
            "the budgets of the phases add up to {whole}, more than the target {target}",
            hint="keep some reserve: give the phases less, or the target more",
            values={"whole": written(book.budget.whole), "target": written(book.target.max_outage)},
            place=document.place(("budget",)),
        )


def _captures(step: Step) -> set[str]:
    if isinstance(step, SshStep | LocalStep | SqlStep):
        return set(step.capture)
    if isinstance(step, HttpStep):
        return {name for each in step.requests for name in each.capture}
    return set()


def _unknown(
    template: str, name: str, known: list[str], document: Document, path: Path
) -> ConfigError:
    near = yamlfile.nearest(name, known)
    return ConfigError(
        template,
        hint="did you mean {near}?" if near else "known are: {known}" if known else "",
        values={"name": name, "near": near, "known": ", ".join(known)},
        place=document.place(path),
    )


_NAME_TEXT = {
    "host": "there is no host {name} under `hosts`",
    "role": "there is no role {name} under `roles`",
    "secret": "there is no secret {name} under `secrets`",
    "cleanup": "there is no step {name} under `cleanup`",
    "value": "nothing gives the value {name} before this step",
}


def _hosts(step: Step) -> Iterator[tuple[str, str]]:
    for key in ("host", "vantage"):
        name = getattr(step, key, None)
        if name is not None:
            yield key, name


def _step_problems(  # noqa: C901 - one rule after the other
    book: Playbook, path: Path, step: Step, document: Document
) -> Iterator[ConfigError]:
    for key, name in _hosts(step):
        if name not in book.hosts:
            yield _unknown(_NAME_TEXT["host"], name, list(book.hosts), document, (*path, key))
    if isinstance(step, ManualStep):
        if step.role not in book.roles:
            yield _unknown(
                _NAME_TEXT["role"], step.role, list(book.roles), document, (*path, "role")
            )
        if path[0] == "cleanup":
            yield ConfigError(
                "a person cannot be a cleanup: it must run by itself",
                place=document.place((*path, "kind")),
            )
    if isinstance(step, LocalStep) and book.safety.class_ != "isolated":
        yield ConfigError(
            "a command on the operator's own machine is only for drills of class isolated",
            hint="run it on a host (kind: ssh), or write `class: isolated` if that is true",
            place=document.place((*path, "kind")),
        )
    if (
        book.safety.class_ == "switchover"
        and not isinstance(step, ManualStep)
        and not observes(step)
    ):
        yield ConfigError(
            "in a drill of class switchover a machine may only look",
            hint="let a person do it (kind: manual), or write `writes: false` if that is true",
            place=document.place((*path, "kind")),
        )
    yield from _outage_problems(path, step, document)
    if isinstance(step, AutomaticBase):
        yield from _automatic_problems(path, step, document)
    if isinstance(step, SshStep | LocalStep | CanaryStep):
        at = pasted(step.run)
        if at is not None:
            yield ConfigError(
                "a value would be read as a program here",
                hint="give it as an argument of its own: [sh, -c, 'echo \"$1\"', sh, VALUE]",
                place=document.place((*path, "run", at)),
            )
    if step.timeout > book.safety.max_run:
        yield ConfigError(
            "this step may take longer than the whole drill ({longest})",
            values={"longest": written(book.safety.max_run)},
            hint="give it a shorter timeout, or `safety.max_run` more",
            place=document.place((*path, "timeout")),
        )


def _automatic_problems(
    path: Path, step: AutomaticBase, document: Document
) -> Iterator[ConfigError]:
    if (step.on_doubt is OnDoubt.PROBE) != (step.probe is not None):
        yield ConfigError(
            "`on_doubt: probe` and `probe` belong together",
            place=document.place((*path, "on_doubt")),
        )
    if step.probe is not None and not observes(step.probe):
        yield ConfigError(
            "a probe must change nothing",
            hint="write `writes: false` if that is true, or use another kind",
            place=document.place((*path, "probe")),
        )
    repeats = step.consecutive > 1 or step.hold is not None
    if (repeats or step.negative_control) and not (observes(step) or isinstance(step, HttpStep)):
        yield ConfigError(
            "a step that changes something cannot be repeated as a check",
            hint="write `writes: false` if that is true",
            place=document.place(path),
        )
    if step.negative_control and path[:2] not in (("phases", "verify"), ("phases", "return")):
        yield ConfigError(
            "a negative control is for checks of the phases verify and return",
            place=document.place((*path, "negative_control")),
        )
    if isinstance(step, SshStep | LocalStep) and step.detached and (repeats or step.retries):
        yield ConfigError("a detached step runs once", place=document.place((*path, "detached")))


#: The value that says when users last had the service: what a monitor outside recorded.
OUTAGE_AT: Final = "outage_at"


def _outage_problems(path: Path, step: Step, document: Document) -> Iterator[ConfigError]:
    """An outage is seen, never stated: by looks at a port that is closed, or in a record."""
    if step.marks != "outage":
        return
    seen = isinstance(step, TcpStep) and not step.open
    if not seen and OUTAGE_AT not in _captures(step):
        yield ConfigError(
            "nothing shows here when the service went down",
            hint="look at its port from outside (kind: tcp, open: false), or capture `outage_at` "
            "from the records of a monitor",
            place=document.place((*path, "marks")),
        )


#: Where the value of a secret may stand: never where other users or a log could see it.
_SECRET_KEYS: Final = ("env", "stdin", "requests")


def _placeholder_problems(  # noqa: C901 - one rule after the other
    book: Playbook, path: Path, step: Step, captured: set[str], document: Document
) -> Iterator[ConfigError]:
    known = [*BUILT_IN, *book.params, *sorted(captured | _captures(step))]
    data = step.model_dump(by_alias=True, exclude={"title", "ask", "instructions"})
    for key, value in data.items():
        for name, text in placeholders(value):
            here = _where(document, (*path, key), text)
            if name.startswith("secret."):
                secret = name.removeprefix("secret.")
                if secret not in book.secrets:
                    yield _unknown(_NAME_TEXT["secret"], secret, list(book.secrets), document, here)
                if key not in _SECRET_KEYS or "url" in here:
                    yield ConfigError(
                        "a secret must not stand here, where others can see it",
                        hint="hand it over in `env` or `stdin`, or in a header or form of a "
                        "request",
                        place=document.place(here),
                    )
            elif key == "query":
                yield ConfigError(
                    "a value must not be pasted into a query",
                    hint="name it under `values`, and write :'name' or @name in the query",
                    place=document.place(here),
                )
            elif getattr(step, "negative_control", False) and name in (*captured, "t0"):
                yield ConfigError(
                    "a negative control runs before the drill begins, when {name} has no value yet",
                    values={"name": name},
                    place=document.place(here),
                )
            elif name not in known:
                yield _unknown(_NAME_TEXT["value"], name, known, document, here)
    for name in _named_secrets(step):
        if name not in book.secrets:
            yield _unknown(_NAME_TEXT["secret"], name, list(book.secrets), document, path)


def _where(document: Document, path: Path, text: str) -> Path:
    """The path below `path` at which that text stands, else `path`."""
    for each in document.values:
        if each[: len(path)] == path and document.at(each) == text:
            return each
    return path


def _named_secrets(step: Step) -> Iterator[str]:
    if isinstance(step, SqlStep) and step.connection.password:
        yield step.connection.password
    if isinstance(step, CanaryStep):
        yield step.key


def _cleanup_problems(
    book: Playbook, places: list[tuple[Path, Step]], document: Document
) -> Iterator[ConfigError]:
    known = [each.id for each in book.cleanup]
    for path, step in places:
        for at, name in enumerate(step.cleanup):
            if name not in known:
                yield _unknown(_NAME_TEXT["cleanup"], name, known, document, (*path, "cleanup", at))


StepBase.model_rebuild()
for _each in (AutomaticBase, CommandBase, SshStep, LocalStep, HttpStep, SqlStep, TcpStep):
    _each.model_rebuild()
FileStep.model_rebuild()
CanaryStep.model_rebuild()
