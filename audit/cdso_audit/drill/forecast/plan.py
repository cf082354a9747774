"""
forecast.yaml: what the forecast must know besides agency.yaml, as people write it. Pure.

Everything is optional. What is left out is a prior of ours (`PRIORS`), and every prior that was
used is listed beside the result: a forecast of an agency that filled in nothing is about our
assumptions, and says so.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from cdso_audit import yamlfile
from cdso_audit.duration import Duration
from cdso_audit.errors import ConfigError, InvalidValueError
from cdso_audit.model import Agency, Frozen, Identifier
from cdso_audit.yamlfile import Document, Path

VERSION: Final = "cdso/forecast-v1"
FILE_NAME: Final = "forecast.yaml"

#: The engine knows 16, of which named people for declaring, containing, accepting take three.
MOST_SKILLS: Final = 12
#: The skill of a task that anybody can do.
ANYBODY: Final = "any"
HOUR: Final = timedelta(hours=1)
#: The 90 % quantile of the standard normal distribution: p90 = median x exp(1.2816 sd).
Z90: Final = 1.2815515655446004

Speed = Annotated[float, Field(gt=0, description="Gigabytes (10^9 bytes) an hour.")]
Share = Annotated[float, Field(ge=0, le=1, description="A share from 0 to 1.")]
Tier = Annotated[int, Field(ge=1, le=5, strict=True, description="1 is restored first.")]


class Priors(Frozen):
    """
    What is assumed where the agency says nothing.

    They are planning values of this project, chosen to be neither kind nor cruel, and no
    standard's; only `surprise` has a source: in the fire of the Korean national data centre
    (September 2025) the first count of lost systems was 647 and the true one 709.
    """

    detect: Duration = 2 * HOUR
    declare: Duration = HOUR / 2
    contain: Duration = 2 * HOUR
    prepare: Duration = 2 * HOUR
    verify: Duration = HOUR
    setup: Duration = HOUR / 4
    fetch: Duration = 2 * HOUR
    handover: Duration = HOUR / 4
    spread: float = 0.5
    """Standard deviation of the log of human times: p90 is 1.9 times the median."""
    speed_spread: float = 0.35
    """The same of a restore's speed."""
    common_shock: float = 0.3
    """The same of what multiplies all human times of one night: holiday, stress, people away."""
    gb: float = 100.0
    bandwidth: float = 300.0
    """Two thirds of 1 Gbit/s."""
    stream: float = 150.0
    offline_stream: float = 75.0
    slots: int = 4
    bad: float = 0.15
    surprise: float = 62 / 647
    people: int = 2
    on: Duration = 12 * HOUR
    image: float = 0.25
    """What a pre-built image leaves of the time to prepare a system; for the what-if alone."""


PRIORS: Final = Priors()


class Spread(Frozen):
    """A time that varies: its median and the value that nine of ten stay under, or past times."""

    median: Duration | None = Field(default=None, description="Half of the times are shorter.")
    p90: Duration | None = Field(default=None, description="Nine of ten times are shorter.")
    samples: tuple[Duration, ...] = Field(default=(), description="Times taken from drills.")


Time = Duration | Spread


class Shift(Frozen):
    """A shift by the clock: `Mon-Fri 07:30-17:00`, over midnight `Sat 19:00-07:00`."""

    week: tuple[str, ...] = Field(default=(), description="Days and hours of the week.")
    on: Duration | None = Field(default=None, description="Hours of work since the attack, …")
    off: Duration | None = Field(default=None, description="… then of rest, again and again.")
    after: Duration = Field(default=timedelta(0), description="When the first of them begins.")
    always: bool = Field(default=False, description="Somebody is always there: a staffed rota.")


class Staff(Frozen):
    """Somebody who works on the recovery, or `count` people alike."""

    id: Identifier
    name: str = ""
    count: Annotated[int, Field(ge=1, le=62, strict=True)] = 1
    skills: tuple[Identifier, ...] = ()
    shift: Identifier | None = None


class Step(Frozen):
    """Something done once: how long it takes, and which skill or which people it needs."""

    takes: Time | None = None
    skill: Identifier | None = None
    by: tuple[Identifier, ...] = Field(default=(), description="Only these people.")


class RestorePath(Frozen):
    """What all restores share."""

    bandwidth: Speed | None = None
    stream: Speed | None = Field(default=None, description="GB an hour that one restore reaches.")
    offline_stream: Speed | None = Field(default=None, description="The same, offline copy.")
    slots: Annotated[int, Field(ge=1, le=62, strict=True)] | None = None
    setup: Time | None = None
    fetch: Time | None = Field(default=None, description="Until the offline copy is mounted.")


class Timed(Frozen):
    """A timed restore of a part of the system or all of it."""

    gb: Annotated[float, Field(gt=0)]
    took: Duration
    completed: bool = True


class Recovery(Frozen):
    """What is special to one system; the rest is `usual`."""

    tier: Tier | None = None
    gb: Annotated[float, Field(ge=0)] | None = None
    prepare: Time | None = None
    prepare_skill: Identifier | None = None
    verify: Time | None = None
    verify_skill: Identifier | None = None
    bad: Share | None = None
    stream: Speed | None = None
    restores: tuple[Timed, ...] = ()


class ForecastFile(Frozen):
    """forecast.yaml beside agency.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/forecast-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/forecast-v1."
    )
    target: Duration = Field(default=24 * HOUR, description="The longest outage; 24h.")
    attack: Annotated[
        str,
        Field(
            pattern=r"^(any|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01][0-9]|2[0-3]):[0-5][0-9])$",
            description="When it happens: `any` hour of the week, or one such as `Fri 22:00`.",
        ),
    ] = "any"
    detect: Time | None = None
    declare: Step = Step()
    contain: Step = Step()
    accept: Step | None = Field(default=None, description="Each system's return is accepted.")
    shifts: Mapping[Identifier, Shift] = {}
    people: tuple[Staff, ...] = ()
    restore: RestorePath = RestorePath()
    usual: Recovery = Recovery()
    handover: Duration | None = None
    common_shock: Annotated[float, Field(ge=0, le=2)] | None = None
    surprise: Share | None = Field(default=None, description="Systems that no list has, a share.")
    systems: Mapping[Identifier, Recovery] = {}


NO_PLAN: Final = ForecastFile(api_version=VERSION)


def parse_plan(text: str | bytes, file: str, agency: Agency) -> ForecastFile:
    """The plan that the text describes. Raises ConfigError, or ConfigErrors with all problems."""
    document = yamlfile.parse(text, file)
    return yamlfile.validated(ForecastFile, document, lambda each: _problems(each, agency))


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of forecast.yaml, for editors."""
    made = ForecastFile.model_json_schema(by_alias=True, mode="validation")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cdso-audit forecast.yaml"
    return made


# ---------------------------------------------------------------------------------------------
# What the model alone cannot see
# ---------------------------------------------------------------------------------------------

_PROBLEM_TEXT = {
    "system": "the inventory has no system {id}",
    "shift": "there is no shift {id} in this file",
    "person": "there is no person {id} in this file",
    "skill": "nobody has the skill {id}",
    "people": "more than 62 people: leave out who takes no part in the recovery",
    "skills": "more than 12 skills are asked for: put some of them together",
    "twice": "the person {id} stands twice",
    "window": "{text} is no time of the week",
    "shift kinds": "a shift has `week`, or `on` and `off`, or `always`",
    "spread": "a time needs a `median`, or `samples`",
    "p90": "p90 is not longer than the median",
    "zero": "a time of zero cannot vary",
}


def _problems(document: Document, agency: Agency) -> Iterator[ConfigError]:
    data = document.data
    if not isinstance(data, Mapping):
        return
    systems = [each.id for each in agency.systems]
    for name in _mapping(data, "systems"):
        if name not in systems:
            yield _unknown(document, ("systems", name), str(name), systems, "system", key=True)
    shifts = list(_mapping(data, "shifts"))
    for name, shift in _mapping(data, "shifts").items():
        yield from _shift_problems(document, ("shifts", name), shift)
    yield from _people_problems(document, data, shifts)
    yield from _skill_problems(document, data)
    yield from _time_problems(document, (), data)


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


def _people(data: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    found = data.get("people")
    every = found if isinstance(found, list) else []
    return [(at, each) for at, each in enumerate(every) if isinstance(each, Mapping)]


def _people_problems(
    document: Document, data: Mapping[str, Any], shifts: list[str]
) -> Iterator[ConfigError]:
    ids: list[str] = []
    total = 0
    for at, each in _people(data):
        shift, name = each.get("shift"), str(each.get("id"))
        if isinstance(shift, str) and shift not in shifts:
            yield _unknown(document, ("people", at, "shift"), shift, shifts, "shift")
        if name in ids:
            yield ConfigError(
                _PROBLEM_TEXT["twice"],
                values={"id": name},
                place=document.place(("people", at, "id")),
            )
        ids.append(name)
        count = each.get("count", 1)
        total += count if isinstance(count, int) else 1
    if total > 62:  # noqa: PLR2004 - the engine's MOST_PEOPLE
        yield ConfigError(_PROBLEM_TEXT["people"], place=document.place(("people",)))
    for step in ("declare", "contain", "accept"):
        for at, name in enumerate(_list(_mapping(data, step), "by")):
            if name not in ids:
                yield _unknown(document, (step, "by", at), str(name), ids, "person")


def _skill_problems(document: Document, data: Mapping[str, Any]) -> Iterator[ConfigError]:
    known = {ANYBODY, *(str(skill) for _, each in _people(data) for skill in _list(each, "skills"))}
    asked = list(_skills(data))
    if len({skill for _, skill in asked}) > MOST_SKILLS:
        yield ConfigError(_PROBLEM_TEXT["skills"], place=document.place(()))
    for path, skill in asked:
        if skill not in known:
            yield _unknown(document, path, skill, sorted(known), "skill")


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _skills(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    places: list[tuple[Path, Any]] = [
        ((step, "skill"), _mapping(data, step).get("skill"))
        for step in ("declare", "contain", "accept")
    ]
    blocks: list[tuple[Path, Any]] = [(("usual",), _mapping(data, "usual"))]
    blocks += [(("systems", name), each) for name, each in _mapping(data, "systems").items()]
    for path, block in blocks:
        if isinstance(block, Mapping):
            places += [((*path, key), block.get(key)) for key in ("prepare_skill", "verify_skill")]
    for path, skill in places:
        if isinstance(skill, str):
            yield path, skill


def _unknown(
    document: Document, path: Path, name: str, known: list[str], which: str, *, key: bool = False
) -> ConfigError:
    near = yamlfile.nearest(name, known)
    return ConfigError(
        _PROBLEM_TEXT[which],
        hint="did you mean {near}?" if near else "known are: {known}" if known else "",
        values={"id": name, "near": near, "known": ", ".join(known)},
        place=document.key_place(path) if key else document.place(path),
    )


def _shift_problems(document: Document, path: Path, shift: Any) -> Iterator[ConfigError]:
    if not isinstance(shift, Mapping):
        return
    kinds = [bool(shift.get("week")), bool(shift.get("on")), shift.get("always") is True]
    if sum(kinds) != 1 or bool(shift.get("on")) != bool(shift.get("off")):
        yield ConfigError(_PROBLEM_TEXT["shift kinds"], place=document.place(path))
    for at, text in enumerate(_list(shift, "week")):
        try:
            week_windows(str(text))
        except InvalidValueError as problem:
            yield ConfigError(
                problem.template,
                hint=problem.hint,
                values=problem.values,
                place=document.place((*path, "week", at)),
            )


#: Keys whose value is a `Time`.
_TIMES: Final = frozenset({"detect", "takes", "setup", "fetch", "prepare", "verify"})


def _time_problems(document: Document, path: Path, data: Any) -> Iterator[ConfigError]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            here = (*path, str(key))
            if key in _TIMES and isinstance(value, Mapping):
                yield from _spread_problems(document, here, value)
            else:
                yield from _time_problems(document, here, value)


def _spread_problems(
    document: Document, path: Path, value: Mapping[str, Any]
) -> Iterator[ConfigError]:
    try:
        spread = Spread.model_validate(value)
    except ValueError:
        return  # the model tells it
    if (spread.median is None) == (not spread.samples):
        yield ConfigError(_PROBLEM_TEXT["spread"], place=document.place(path))
    elif spread.p90 is not None and (spread.median is None or spread.p90 <= spread.median):
        yield ConfigError(_PROBLEM_TEXT["p90"], place=document.place((*path, "p90")))
    elif timedelta(0) in (spread.median, *spread.samples):
        yield ConfigError(_PROBLEM_TEXT["zero"], place=document.place(path))


# ---------------------------------------------------------------------------------------------
# Reading what was written
# ---------------------------------------------------------------------------------------------

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?"
    r" ([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])"
)


def week_windows(text: str) -> list[tuple[float, float]]:
    """The windows in hours of the week. Raises InvalidValueError."""
    found = _WEEK.fullmatch(text.strip())
    begin = end = 25.0
    if found:
        begin = int(found[3]) + int(found[4]) / 60
        end = int(found[5]) + int(found[6]) / 60
    if not found or begin > 24 or end > 24:  # noqa: PLR2004 - hours of a day
        raise InvalidValueError(
            _PROBLEM_TEXT["window"],
            hint="write days and hours, such as `Mon-Fri 07:30-17:00` or `Sat 19:00-07:00`",
            text=text,
        )
    if end <= begin:
        end += 24
    first = _DAYS.index(found[1])
    last = _DAYS.index(found[2] or found[1])
    days = range(first, last + 1 if last >= first else last + 8)
    return sorted((24.0 * (day % 7) + begin, 24.0 * (day % 7) + end) for day in days)


def hour_of_week(text: str) -> float | None:
    """The hour of the week that `attack` names; None for `any`."""
    if text == "any":
        return None
    day, _, clock = text.partition(" ")
    hours, _, minutes = clock.partition(":")
    return 24.0 * _DAYS.index(day) + int(hours) + int(minutes) / 60


class LogTime(Frozen):
    """A log-normal time in hours; with `freedom` its log has Student's t instead of the normal."""

    median: float
    sd: float
    freedom: int = 0
    basis: Literal["given", "drills", "prior"] = "given"
    spread_is_prior: bool = False


def log_time(given: Any, prior: timedelta, sd: float = PRIORS.spread) -> LogTime:
    """The distribution that was given, or the prior; a bare time varies as the prior does."""
    if given is None:
        return LogTime(median=prior / HOUR, sd=sd, basis="prior", spread_is_prior=True)
    if isinstance(given, timedelta):
        return LogTime(median=given / HOUR, sd=sd if given else 0.0, spread_is_prior=bool(given))
    if given.samples:
        return _from_samples([each / HOUR for each in given.samples])
    median = given.median / HOUR
    if given.p90 is None:
        return LogTime(median=median, sd=sd, spread_is_prior=True)
    return LogTime(median=median, sd=math.log(given.p90 / given.median) / Z90)


def _from_samples(hours: list[float]) -> LogTime:
    """The predictive distribution of the next time, as `statistics.project` makes it."""
    from cdso_audit.drill.statistics import Restore, project  # noqa: PLC0415 - only with samples

    found = project([Restore(gb=1, took=each * HOUR) for each in hours], 1)
    return LogTime(
        median=math.exp(found.mean_log),
        sd=found.spread,
        freedom=found.freedom,
        basis="drills",
        spread_is_prior=found.from_prior,
    )
