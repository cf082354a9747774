"""
The one program that asks a host everything. Pure: probes in, shell text out; streams in,
observations out.

The program runs on `sh -s`, so nothing is written on the target and no rc file of ours is needed.
Each answer stands between two lines that carry a random marker of this run, on standard output and
again on standard error, so that whatever a host prints cannot pass for our framing. Standard output
of a probe goes through `head -c`, so an endless answer ends; `timeout` kills a probe that hangs,
inside `sudo` where it has to reach a process of root.

The few probes that take long run in lanes of their own, beside the quick ones, and the quick ones
are dealt out to two. What a lane says waits in its pipe until the quick ones of the first are done,
both streams, so that no frame stands in another.
"""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import GapReason

#: Seconds between the polite and the final signal to a probe that has run out of time.
GRACE = 2
#: How much of a probe's standard error is kept, in bytes.
ERROR_CAP = 4096
#: The exit codes of coreutils' and busybox' `timeout` for "ran out of time" and "had to be killed".
TIMED_OUT = (124, 137, 143)
#: From how many quick probes on they are dealt out to two lanes: below, a lane costs what it saves.
WORTH_A_LANE = 16

# fd 3: standard output of the lane · fd 4: exit code · fd 6: standard output of the probe.
# The shell reads this very program from standard input, so no redirection may touch that but the
# probe's own. `ask` runs one probe: both streams are cut, neither can block the other, and no file
# is needed.
_PRELUDE = r"""
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C; LANG=C; TERM=dumb; unset LANGUAGE IFS CDPATH ENV BASH_ENV GREP_OPTIONS POSIXLY_CORRECT
export PATH LC_ALL LANG TERM
umask 077
cd / 2>/dev/null || :
exec 3>&1
uid=$(id -u 2>/dev/null || echo 1)
has_sudo=$(command -v sudo 2>/dev/null)
if command -v timeout >/dev/null 2>&1
then limit() { seconds=$1; shift; timeout -k __GRACE__ "$seconds" "$@"; }
else limit() { shift; "$@"; }
fi
say() { printf '\n%s %s\n' "$marker" "$*"; }
begin() { say begin "$1" >&3; say begin "$1" >&2; }
end() { say end "$1" "$2" >&3; say end "$1" >&2; }
ask() {
  cap=$1; shift
  code=$(
    exec 4>&1
    {
      { "$@" </dev/null 2>&1 1>&6 6>&- 3>&- 4>&-; printf '%s' "$?" >&4; } |
        head -c __ERRORS__ >&2 3>&- 4>&- 6>&-
    } 6>&1 | head -c "$cap" >&3 4>&- 6>&-
  )
}
shell() { seconds=$1; text=$2; shift 2; limit "$seconds" sh -c "$text" probe "$@"; }
root() {
  if [ "$uid" = 0 ]; then limit "$@"; return; fi
  seconds=$1; shift
  sudo -n /usr/bin/timeout -k __GRACE__ "$seconds" "$@"
}
"""
# A lane of slow probes has one stream only, so it keeps what a probe complains about, with the
# exit code in a line that carries the marker, and says it after the answer. Nobody sees its frames
# as they are made: it tells the time that passed.
_BESIDE = r"""
exec 3>&1
now() { t=$(date +%s%N 2>/dev/null); case $t in ''|*[!0-9]*) t=0;; esac; echo "$t"; }
since=$(now)
begin() { say begin "$1" >&3; errors=; }
end() {
  until=$(now)
  [ "$errors" ] && { say errors "$1"; printf '%s' "$errors"; } >&3
  say end "$1" "$2" $(( (until - since) / 1000000 )) >&3
  since=$until
}
ask() {
  cap=$1; shift
  errors=$(
    exec 4>&1
    {
      {
        "$@" </dev/null 2>&1 1>&6 6>&- 3>&- 4>&-
        printf '\n%s code %s\n' "$marker" "$?" >&4
      } | head -c __ERRORS__ | tr -d '\000' >&4 3>&- 4>&- 6>&-
    } 6>&1 | head -c "$cap" >&3 4>&- 6>&-
  )
  code=${errors##*"$marker code "}; code=${code%%[!0-9]*}
}
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A probe as it is asked now: with the arguments that a follow-up computed."""

    probe: Probe
    arguments: tuple[str, ...] = ()


def first_questions(probes: Iterable[Probe]) -> list[Question]:
    """What the first program asks: every shell probe that needs no other's answer."""
    return [Question(each) for each in probes if each.via == "shell" and each.follow is None]


def root_command(probe: Probe) -> tuple[str, ...]:
    """The exact argument list that `sudo -n` is given for a probe that needs root."""
    return ("/usr/bin/timeout", "-k", str(GRACE), f"{probe.deadline:g}", *probe.run)


def program(questions: Sequence[Question], marker: str, *, sudo: bool) -> str:
    """
    The shell text for these questions.

    Without `sudo`, probes that need root are asked only if the account is root already; otherwise
    they are framed as `denied`, so that they end as gaps and not in silence.
    """
    if not re.fullmatch(r"[A-Za-z0-9]{32,}", marker):
        raise ValueError("the marker must be at least 32 letters and digits")
    lanes: dict[str, list[str]] = {"": []}
    for each in questions:
        lanes.setdefault(each.probe.lane, []).append(_asked(each, sudo=sudo))
    asked = lanes.pop("")
    if len(asked) >= WORTH_A_LANE:
        asked, lanes["quick"] = asked[::2], asked[1::2]
    for beside in lanes.values():
        asked = ["{", _BESIDE.strip(), *beside, "} </dev/null | {", *asked, "cat >&3", "}"]
    parts = [f"marker={marker}", _PRELUDE.strip(), *asked, "begin done; end done 0"]
    text = "\n".join(parts) + "\n"
    return text.replace("__GRACE__", str(GRACE)).replace("__ERRORS__", str(ERROR_CAP))


def _asked(question: Question, *, sudo: bool) -> str:
    probe = question.probe
    seconds = f"{probe.deadline:g}"
    cap = probe.cap + 1  # one byte more than allowed tells a full answer from one that was cut
    if isinstance(probe.run, str):
        words = ["shell", seconds, probe.run, *question.arguments]
    else:
        words = ["root" if probe.root else "limit", seconds, *probe.run, *question.arguments]
    act = f'ask {cap} {" ".join(shlex.quote(word) for word in words)}; end {probe.id} "$code"'
    if probe.root:
        allowed = '[ "$uid" = 0 ] || [ "$has_sudo" ]' if sudo else '[ "$uid" = 0 ]'
        refusal = "sudoless" if sudo else "denied"
        act = f"if {allowed}; then {act}; else end {probe.id} {refusal}; fi"
    if probe.needed_tool:
        tool = shlex.quote(probe.needed_tool)
        # What only root may execute is there all the same.
        there = f"command -v {tool} >/dev/null 2>&1"
        there = f"[ -e {tool} ]" if probe.root and probe.needed_tool.startswith("/") else there
        act = f"if {there}; then {act}; else end {probe.id} missing; fi"
    return f"begin {probe.id}; {act}"


# ---------------------------------------------------------------------------------------------
# What came back
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """
    One answer as it was framed. `code` is None when its end never came. `errors` and `seconds` are
    told by the lanes of slow probes only.
    """

    name: str
    body: bytes
    code: str | None
    errors: bytes = b""
    seconds: float | None = None


def frames(stream: bytes, marker: str) -> list[Frame]:
    """
    Cut a stream into its frames, in order. What stands outside them (rc files, banners) is noise.

    A marker that stands where it cannot (an end without its begin, a second begin) ends the
    reading: what came before is kept, the rest is not trusted.
    """
    line = re.compile(
        rb"\n"
        + marker.encode()
        + rb" (begin|errors|end) ([a-z0-9-]+)(?: ([a-z0-9]+))?(?: (-?[0-9]{1,15}))?\n"
    )
    exit_code = re.compile(rb"\n?" + marker.encode() + rb" code [0-9]+\n?")
    found: list[Frame] = []
    open_name: str | None = None
    open_at = 0
    body: bytes | None = None
    # Frames stand back to back, so neighbouring marker lines share no newline: each has its own.
    for match in line.finditer(stream):
        word, name, code = match[1].decode(), match[2].decode(), (match[3] or b"").decode()
        inside = stream[open_at : match.start()]
        if word == "begin" and open_name is None:
            open_name, open_at, body = name, match.end(), None
        elif word == "errors" and name == open_name and body is None:
            body, open_at = inside, match.end()
        elif word == "end" and name == open_name:
            errors = b"" if body is None else exit_code.sub(b"", inside)
            seconds = max(0, int(match[4])) / 1000 if match[4] else None
            found.append(Frame(name, inside if body is None else body, code, errors, seconds))
            open_name = None
        else:
            break
    if open_name is not None:
        found.append(Frame(open_name, stream[open_at:] if body is None else body, None))
    return found


def observations(
    questions: Sequence[Question],
    marker: str,
    stdout: bytes,
    stderr: bytes,
    *,
    asset: str,
    at: datetime,
    run_as: str = "",
    vantage: str = "",
    broken: tuple[GapReason, str] | None = None,
    seconds: Mapping[str, float] | None = None,
) -> list[Observation]:
    """
    One observation for each question, whatever came back. `broken` says why the connection ended
    early, and becomes the gap of every question that has no whole answer.
    """
    answers = {each.name: each for each in frames(stdout, marker)}
    complaints = {each.name: each.body for each in frames(stderr, marker)}
    reason, detail = broken or (GapReason.UNPARSABLE, "the host's answer has no frame for this")
    made = []
    for question in questions:
        probe = question.probe
        frame = answers.get(probe.id)
        errors = complaints.get(probe.id, frame.errors if frame else b"").strip(b"\n")
        body = frame.body if frame else b""
        gap: GapReason | None = None
        why = ""
        code: int | None = None
        if frame is None or frame.code is None:
            gap, why = reason, detail
        elif frame.code == "missing":
            gap, why = GapReason.MISSING_TOOL, f"{probe.needed_tool} is not installed"
        elif frame.code == "denied":
            gap, why = GapReason.DENIED, "needs root, and sudo is not enabled for this asset"
        elif frame.code == "sudoless":
            gap, why = GapReason.DENIED, "needs root, and sudo is not installed there"
        elif not re.fullmatch(r"[0-9]{1,3}", frame.code):
            gap, why = GapReason.UNPARSABLE, "the answer has no exit code"
        else:
            code = int(frame.code)
            if len(body) > probe.cap:
                body = body[: probe.cap]
                gap, why = GapReason.TOO_LARGE, f"more than {probe.cap} bytes"
            elif code in TIMED_OUT:
                gap, why = GapReason.TIMEOUT, f"no end after {probe.deadline:g} s"
            elif probe.root and code == 1 and errors.startswith(b"sudo:"):
                gap, why = GapReason.DENIED, errors.decode("utf-8", "replace").splitlines()[0]
        made.append(
            Observation(
                probe=probe.id,
                asset=asset,
                gap=gap,
                detail=why,
                exit_code=code,
                at=at,
                seconds=frame.seconds
                if frame and frame.seconds is not None
                else (seconds or {}).get(probe.id, 0),
                run_as="root" if probe.root else run_as,
                vantage=vantage,
                output=body,
                errors=errors,
            )
        )
    return made


def is_complete(stdout: bytes, marker: str) -> bool:
    """Whether the program ran to its end."""
    return any(each.name == "done" and each.code is not None for each in frames(stdout, marker))
