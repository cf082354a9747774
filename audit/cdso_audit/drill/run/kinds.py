"""
What each kind of step does once, and whether that is what it expects.

`perform` touches the outside and raises nothing: whatever happens is an `Outcome`. Repeating,
retrying, holding and journalling are the engine's.
"""

import http.client
import random
import re
import shlex
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from cdso_audit.drill.events import CanarySeen
from cdso_audit.drill.plan import Plan, filled
from cdso_audit.drill.playbook import (
    PLACEHOLDER,
    AnswerExpect,
    CanaryStep,
    CommandBase,
    FileStep,
    HttpStep,
    LocalStep,
    OutputExpect,
    SqlStep,
    SshStep,
    StepBase,
    TcpStep,
    ValueExpect,
    observes,
)
from cdso_audit.drill.run import programs, web
from cdso_audit.drill.run.shells import CAP, Host, Hosts, Said
from cdso_audit.errors import CdsoError
from cdso_audit.store import files

#: How much of an output stands in the event itself; all of it is kept beside the journal.
SHOWN = 300
#: Bytes of a detached command's output that are fetched.
CAP_OUTPUT = CAP
#: What these exit codes mean after GNU timeout.
TIMED_OUT = {
    124: "it was ended when its time was up",
    137: "it was killed, by its time limit or by the host",
}
What = Literal["stdout", "stderr", "answer", "list"]


class FencedOffError(CdsoError):
    """Another operator has taken this drill over; a target refuses us."""

    code = "CDSO-E009"
    exit_code = 2


class NotAllowedError(CdsoError):
    """A guard that let the drill begin no longer lets it go on."""

    code = "CDSO-E011"
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one go at a step.

    `reached` is false when nobody could be asked; `lost` when the line broke after the command was
    begun, so that nobody knows whether it took effect; `refused` is a guard of the host.
    """

    passed: bool
    seen: str = ""
    why: str = ""
    reached: bool = True
    lost: bool = False
    refused: str = ""
    exit: int | None = None
    captured: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[tuple[bytes, What, bool], ...] = ()
    canary: CanarySeen | None = None


@dataclass(slots=True)
class Surroundings:
    """What a step may use: machines, values, secrets at the moment of use, and its permit."""

    plan: Plan
    hosts: Hosts
    folder: Path
    values: Callable[[], Mapping[str, str]]
    secret: Callable[[str], str]
    permit: Callable[[str], programs.Permit]
    stop: Callable[[], bool]

    def fill(self, text: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
        """The text with values and secrets; raises KeyError for one that nothing gives."""
        known = {**self.values(), **more}
        for name in re.findall(r"\{\{\s*secret\.([a-z0-9_]+)\s*\}\}", text):
            known[f"secret.{name}"] = self.secret(name)
        return filled(text, known)


def perform(  # noqa: C901, PLR0911 - one return a kind
    step: StepBase, around: Surroundings
) -> Outcome:
    """Do the step once."""
    try:
        match step:
            case SshStep() | LocalStep():
                return _command(step, around)
            case SqlStep():
                return _sql(step, around)
            case TcpStep():
                return _tcp(step, around)
            case HttpStep():
                return _http(step, around)
            case FileStep():
                return _file(step, around)
            case CanaryStep():
                return _canary(step, around)
    except KeyError as missing:
        return Outcome(False, why=f"nothing gave the value {missing.args[0]}", reached=False)
    except FencedOffError:
        raise
    except CdsoError as problem:
        return Outcome(False, why=problem.message, reached=False)
    except Exception as problem:  # noqa: BLE001 - whatever happened, a step that writes may have
        why = f"{type(problem).__name__}: {problem}"
        return Outcome(False, why=why, reached=False, lost=not observes(step))
    raise TypeError(f"a step of kind {type(step).__name__} is not performed")


# ---------------------------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------------------------


def _ran(
    step: StepBase,
    around: Surroundings,
    host: Host,
    argv: list[str],
    *,
    env: Mapping[str, str],
    stdin: str | None,
) -> Said:
    """Run a command on a host; one that writes does so only with the host's permit."""
    seconds = max(1, round(step.timeout.total_seconds()))
    permit = None if observes(step) else around.permit(host.name)
    return host.run(
        lambda mark: programs.command(
            mark, argv, env=env, stdin=stdin, seconds=seconds, permit=permit
        ),
        seconds,
        around.stop,
    )


def kept_of(said: Said) -> tuple[tuple[bytes, What, bool], ...]:
    """What a program said, to be kept."""
    kept: list[tuple[bytes, What, bool]] = []
    if said.out.strip():
        kept.append((said.out, "stdout", said.cut))
    if said.err.strip():
        kept.append((said.err, "stderr", said.cut))
    return tuple(kept)


def _not_answered(said: Said, step: StepBase) -> Outcome | None:
    """What it means that a program brought back no answer; None when it did."""
    if said.refused:
        return Outcome(
            False, why=f"the host refused: {said.refused}", refused=said.refused, reached=False
        )
    if said.exit is None:
        return Outcome(
            False,
            why=said.lost,
            reached=False,
            lost=said.begun and not observes(step),
            kept=kept_of(said),
        )
    return None


def shown(text: str) -> str:
    """The end of an output, for the event; all of it is kept."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else "…" + plain[-SHOWN:]


def judged(
    expect: OutputExpect, capture: Mapping[str, str], said: Said, fill: Callable[[str], str]
) -> Outcome:
    """Whether a command said what it must. `fill` puts values into what is expected."""
    text = said.text
    seen = shown(text or said.errors)
    kept = kept_of(said)
    why = ""
    captured: dict[str, str] = {}
    if said.exit not in expect.exit:
        why = f"exit {said.exit}, not {' or '.join(str(each) for each in expect.exit)}"
        if said.exit is not None and said.exit in TIMED_OUT:
            why += f" ({TIMED_OUT[said.exit]})"
        if said.err.strip():
            seen = shown(said.errors)
    else:
        why = _lacking(expect, text, fill)
    if not why:
        captured, missing = web.captured(capture, text)
        why = f"no {missing} in the output" if missing else ""
    return Outcome(not why, seen=seen, why=why, exit=said.exit, captured=captured, kept=kept)


def _lacking(expect: OutputExpect | AnswerExpect, text: str, fill: Callable[[str], str]) -> str:
    """
    What an output lacks. Values are put in first: a name in braces that stayed as it is would never
    be found, and would make every `lacks` true.
    """
    for each in map(fill, expect.contains):
        if each not in text:
            return f"{each!r} is not there"
    for each in map(fill, expect.lacks):
        if each in text:
            return f"{each!r} is there"
    if expect.matches is not None:
        pattern = PLACEHOLDER.sub(lambda found: re.escape(fill(found[0])), expect.matches)
        if re.search(pattern, text) is None:
            return f"nothing matches {pattern!r}"
    return ""


def command_parts(
    step: CommandBase | CanaryStep, around: Surroundings
) -> tuple[list[str], dict[str, str], str | None]:
    """The argument list, environment and input of a command, with their values."""
    argv = [around.fill(each) for each in step.run]
    env = {name: around.fill(value) for name, value in step.env.items()}
    return argv, env, around.fill(step.stdin) if step.stdin is not None else None


def _command(step: SshStep | LocalStep, around: Surroundings) -> Outcome:
    argv, env, stdin = command_parts(step, around)
    said = _ran(step, around, around.hosts.of(step.host), argv, env=env, stdin=stdin)
    return _not_answered(said, step) or judged(step.expect, step.capture, said, around.fill)


# ---------------------------------------------------------------------------------------------
# SQL
# ---------------------------------------------------------------------------------------------


def _sql(step: SqlStep, around: Surroundings) -> Outcome:
    argv, env, text = sql_client(step, around)
    said = _ran(step, around, around.hosts.of(step.host), argv, env=env, stdin=text)
    lost = _not_answered(said, step)
    if lost is not None:
        return lost
    if said.exit != 0:
        # 2 of psql and 1 of mysql with 20xx is "no connection": the server gave no answer
        away = (step.engine == "postgresql" and said.exit == 2) or re.search(  # noqa: PLR2004
            r"ERROR 20\d\d ", said.errors
        )
        return Outcome(
            False,
            seen=shown(said.errors),
            why=f"the client ended with {said.exit}",
            reached=not away,
            exit=said.exit,
            kept=kept_of(said),
        )
    rows = [line.split("\t") for line in said.text.splitlines() if line]
    first = rows[0] if rows else []
    captured = {}
    for name, column in step.capture.items():
        if column > len(first):
            return Outcome(
                False, seen=shown(said.text), why=f"no column {column} for {name}", exit=0
            )
        captured[name] = first[column - 1]
    why = ""
    if step.expect is not None:
        why = compared(step.expect, first[0], around.fill) if first else "no row came"
    return Outcome(
        not why,
        seen=shown(said.text),
        why=why,
        exit=0,
        captured=captured,
        kept=kept_of(said),
    )


def sql_client(step: SqlStep, around: Surroundings) -> tuple[list[str], dict[str, str], str]:
    """The client's argument list, environment and input; values are bound by the client."""
    place = step.connection
    password = around.secret(place.password) if place.password else None
    values = {name: around.fill(value) for name, value in step.values.items()}
    host = around.fill(place.host) if place.host else ""
    port = around.fill(str(place.port)) if place.port is not None else ""
    user = around.fill(place.user) if place.user else ""
    database = around.fill(place.database)
    env: dict[str, str] = {}
    if step.engine == "postgresql":
        argv = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        for name, value in values.items():
            argv += ["-v", f"{name}={value}"]
        for flag, value in (("-h", host), ("-p", port), ("-U", user), ("-d", database)):
            argv += [flag, value] if value else []
        argv += ["-w", "-f", "-"]
        if password is not None:
            env["PGPASSWORD"] = password
        opening = "" if step.writes else "SET default_transaction_read_only = on;\n"
    else:
        argv = [step.engine, "--batch", "--skip-column-names", "--default-character-set=utf8mb4"]
        place_flag = "--socket" if host.startswith("/") else "--host"
        for flag, value in ((place_flag, host), ("--port", port), ("--user", user)):
            argv += [f"{flag}={value}"] if value else []
        argv += [f"--database={database}"] if database else []
        if password is not None:
            env["MYSQL_PWD"] = password
        opening = "" if step.writes else "SET SESSION TRANSACTION READ ONLY;\n"
        opening += "".join(
            f"SET @{name} = CONVERT(X'{value.encode().hex()}' USING utf8mb4);\n"
            for name, value in values.items()
        )
    if step.run_as:
        keep = [f"--preserve-env={','.join(env)}"] if env else []
        argv = ["sudo", "-n", *keep, "-u", step.run_as, "--", *argv]
    query = step.query.rstrip()
    return argv, env, f"{opening}{query}{'' if query.endswith(';') else ';'}\n"


def compared(  # noqa: PLR0911 - one return a condition
    expect: ValueExpect, value: str, fill: Callable[[str], str]
) -> str:
    """Why the value is not as it must be; nothing when it is."""
    if expect.equals is not None:
        wanted = fill(expect.equals) if isinstance(expect.equals, str) else _plain(expect.equals)
        if value != wanted and not _same_number(value, wanted):
            return f"{value!r} is not {wanted!r}"
    bounds = [bound for bound in (expect.at_least, expect.at_most, expect.of) if bound is not None]
    if not bounds:
        return ""
    number = _number(value)
    if number is None:
        return f"{value!r} is no number"
    if expect.at_least is not None and number < _bound(expect.at_least, fill):
        return f"{value} is less than {_bound(expect.at_least, fill):g}"
    if expect.at_most is not None and number > _bound(expect.at_most, fill):
        return f"{value} is more than {_bound(expect.at_most, fill):g}"
    if expect.of is not None and expect.within_percent is not None:
        base = _bound(expect.of, fill)
        if abs(number - base) > abs(base) * expect.within_percent / 100:
            return f"{value} is not within {expect.within_percent:g} % of {base:g}"
    return ""


def _plain(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _same_number(one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    return first is not None and first == second


def _bound(bound: float | str, fill: Callable[[str], str]) -> float:
    if not isinstance(bound, str):
        return bound
    number = _number(fill(bound))
    if number is None:
        raise KeyError(bound)
    return number


# ---------------------------------------------------------------------------------------------
# The network
# ---------------------------------------------------------------------------------------------


def _tcp(step: TcpStep, around: Surroundings) -> Outcome:
    address = around.fill(step.address)
    port = int(around.fill(str(step.port)))
    try:
        transport = around.hosts.of(step.vantage).transport()
        opened = web.open_port(address, port, step.timeout.total_seconds(), transport)
    except (web.NotReachedError, OSError, EOFError) as problem:
        return Outcome(False, why=str(problem), reached=False)
    except Exception as problem:  # noqa: BLE001 - paramiko's many faces of a broken line
        return Outcome(False, why=str(problem) or type(problem).__name__, reached=False)
    seen = f"{address}:{port} is {'open' if opened else 'closed'}"
    return Outcome(opened == step.open, seen=seen, why="" if opened == step.open else seen)


def _http(step: HttpStep, around: Surroundings) -> Outcome:
    context = ssl.create_default_context()
    if step.ca:
        context.load_verify_locations(
            cadata=files.read(around.folder / around.fill(step.ca)).decode()
        )
    browser = web.Browser(
        deadline=time.monotonic() + step.timeout.total_seconds(),
        context=context,
        address=around.fill(step.address) if step.address else None,
        transport=lambda: around.hosts.of(step.vantage).transport(),
    )
    captured: dict[str, str] = {}
    kept: list[tuple[bytes, What, bool]] = []

    def fill(text: str) -> str:
        return around.fill(text, captured)

    seen = ""
    for number, request in enumerate(step.requests, start=1):
        try:
            answer = browser.ask(request, fill)
        except ssl.SSLError as problem:
            return Outcome(False, seen=seen, why=f"request {number}: {problem}", kept=tuple(kept))
        except web.NotReachedError as problem:
            return Outcome(False, seen=seen, why=f"request {number}: {problem}", reached=False)
        except (OSError, EOFError, http.client.HTTPException) as problem:
            why = f"request {number}: {problem or type(problem).__name__}"
            return Outcome(False, seen=seen, why=why, reached=False, kept=tuple(kept))
        seen = f"request {number}: status {answer.status}, {len(answer.body)} bytes"
        kept.append((answer.text.encode(), "answer", answer.cut))
        expect = request.expect
        why = (
            f"status {answer.status}"
            if answer.status not in expect.status
            else _lacking(expect, answer.text, fill)
        )
        found, missing = web.captured(request.capture, answer.text)
        if not why and missing:
            why = f"no {missing} in the answer"
        if why:
            return Outcome(False, seen=seen, why=f"request {number}: {why}", kept=tuple(kept))
        captured |= found
    return Outcome(True, seen=seen, captured=captured, kept=tuple(kept))


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------

_LOOK = (
    'if [ -d "$1" ]; then echo directory; elif [ -f "$1" ]; then echo "file $(wc -c < "$1")"; '
    'elif [ -e "$1" ]; then echo other; elif [ -d "$(dirname -- "$1")" ]; then echo none; '
    "else echo nowhere; fi"
)
_SUMS = 'cd -- "$1" && shift && sha256sum -- "$@"'


def _file(step: FileStep, around: Surroundings) -> Outcome:  # noqa: PLR0911 - one return a fault
    host = around.hosts.of(step.host)
    path = around.fill(step.path)
    said = _ran(step, around, host, ["sh", "-c", _LOOK, "sh", path], env={}, stdin=None)
    lost = _not_answered(said, step)
    if lost is not None:
        return lost
    seen = said.text.strip()
    if not step.expect.exists:
        gone = seen in ("none", "nowhere")
        return Outcome(gone, seen=seen, why="" if gone else f"{path} is there")
    if seen != "directory" and not seen.startswith("file "):
        return Outcome(False, seen=seen, why=f"{path} is not there")
    if step.expect.manifest is not None:
        return _manifest(step, around, host, path)
    if step.expect.at_least_bytes is not None:
        size = int(seen.removeprefix("file ")) if seen.startswith("file ") else 0
        if size < step.expect.at_least_bytes:
            return Outcome(False, seen=seen, why=f"fewer than {step.expect.at_least_bytes} bytes")
    if step.expect.sha256 is not None:
        wanted = around.fill(step.expect.sha256)
        said = _ran(step, around, host, ["sha256sum", "--", path], env={}, stdin=None)
        lost = _not_answered(said, step)
        if lost is not None:
            return lost
        digest = said.text.lstrip("\\").split(" ")[0]
        if digest != wanted:
            return Outcome(False, seen=digest, why="the checksum is another", exit=said.exit)
        seen = f"{seen}, sha256 {digest}"
    return Outcome(True, seen=seen)


def read_manifest(text: str) -> dict[str, str]:
    """Path → SHA-256 of a list as `sha256sum` writes it. Raises ValueError."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        if match is None or match[2].startswith("/") or ".." in match[2].split("/"):
            raise ValueError(f"line {number} is no checksum with a relative path")
        found[match[2].removeprefix("./")] = match[1]
    return found


def _manifest(step: FileStep, around: Surroundings, host: Host, path: str) -> Outcome:
    assert step.expect.manifest is not None  # noqa: S101 - the caller has looked
    text = files.read(around.folder / around.fill(step.expect.manifest)).decode("utf-8", "replace")
    try:
        wanted = read_manifest(text)
    except ValueError as problem:
        return Outcome(False, why=f"the manifest cannot be read: {problem}", reached=False)
    names = sorted(wanted)
    if not names:
        return Outcome(False, why="the manifest is empty", reached=False)
    if step.expect.sample is not None and step.expect.sample < len(names):
        chosen = random.Random(around.plan.nonce)  # noqa: S311 - repeatable, not secret
        names = sorted(chosen.sample(names, step.expect.sample))
    wrong: list[str] = []
    missing: list[str] = []
    for at in range(0, len(names), 500):
        part = names[at : at + 500]
        argv = ["sh", "-c", _SUMS, "sh", path, *(f"./{each}" for each in part)]
        said = _ran(step, around, host, argv, env={}, stdin=None)
        lost = _not_answered(said, step)
        if lost is not None:
            return lost
        got = {}
        for line in said.text.splitlines():
            match = re.fullmatch(r"\\?([0-9a-f]{64}) [ *]\./(.+)", line)
            if match is not None:
                got[match[2]] = match[1]
        missing += [each for each in part if each not in got]
        wrong += [each for each in part if each in got and got[each] != wanted[each]]
    seen = (
        f"{len(names)} of {len(wanted)} files compared: {len(missing)} missing, {len(wrong)} wrong"
    )
    listed = "\n".join(
        [*(f"missing {each}" for each in missing), *(f"wrong {each}" for each in wrong)]
    )
    kept: tuple[tuple[bytes, What, bool], ...] = (
        ((listed.encode(), "list", False),) if listed else ()
    )
    bad = bool(missing or wrong)
    return Outcome(not bad, seen=seen, why=seen if bad else "", kept=kept)


# ---------------------------------------------------------------------------------------------
# Canaries
# ---------------------------------------------------------------------------------------------


def canary_reader() -> Any:
    """
    `cdso_audit.drill.canary.read`, which judges the heartbeats; raises ImportError without it.

    It is called as `read(text, key=…, system=…, interval=…, max_loss=…, before=T0)` and gives
    `(CanarySeen, why)`, where `why` is empty when the loss is small enough.
    """
    return import_module("cdso_audit.drill.canary").read


def _canary(step: CanaryStep, around: Surroundings) -> Outcome:
    argv, env, stdin = command_parts(step, around)
    said = _ran(step, around, around.hosts.of(step.host), argv, env=env, stdin=stdin)
    lost = _not_answered(said, step)
    if lost is not None:
        return lost
    if said.exit != 0:
        return Outcome(
            False, seen=shown(said.errors), why=f"exit {said.exit}", exit=said.exit,
            kept=kept_of(said),
        )  # fmt: skip
    try:
        read = canary_reader()
    except (ImportError, AttributeError) as problem:
        return Outcome(False, why=f"canaries cannot be read: {problem}", reached=False)
    event, why = read(
        said.text,
        key=around.secret(step.key).encode(),
        system=step.system,
        interval=step.interval,
        max_loss=step.max_loss or around.plan.playbook.target.rpo,
        before=around.values().get("t0"),
    )
    seen = (
        f"{event.valid} valid, newest {event.newest_number}"
        if event.valid
        else "no valid heartbeat"
    )
    return Outcome(
        not why, seen=seen, why=why, exit=0, kept=kept_of(said),
        canary=event.model_copy(update={"step": step.id, "host": step.host or ""}),
    )  # fmt: skip


def described(step: StepBase) -> str:
    """The step's command in one line, for people; secrets stand as their names."""
    match step:
        case SshStep() | LocalStep() | CanaryStep():
            return shlex.join(step.run)
        case SqlStep():
            return " ".join(step.query.split())
        case HttpStep():
            return " → ".join(f"{each.method} {each.url}" for each in step.requests)
        case TcpStep():
            return f"{step.address}:{step.port} {'open' if step.open else 'closed'}"
        case FileStep():
            return step.path
    return ""
