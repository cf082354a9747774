"""
What a login shell sets for everybody: the idle time after which it ends, and the umask.

The files are read, not run: running them could change the host. Only lines that mention one of the
two leave it, since profiles may hold tokens.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from cdso_audit.facts.accounts import sections
from cdso_audit.facts.pam import PAM, PamFiles, Step, ordinary, parse_pam, stack_of, walk
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, GapReason

PROFILES = Probe(
    id="shell-profiles",
    run=r"""
echo '== profiles'
for file in /etc/profile /etc/bash.bashrc /etc/bashrc /etc/profile.d/*.sh; do
  [ -e "$file" ] || continue
  [ -r "$file" ] || { echo "closed $file"; continue; }
  echo "file $file"
  awk '
    { line = $0; sub(/^[ \t]+/, "", line); if (substr(line, 1, 1) == "#") next
      sub(/[ \t]#.*/, "", line); text = " " line " "; gsub(/[;&|(){}]/, " & ", text)
      n = split(text, word, /[ \t]+/); up = 0
      for (i = 1; i <= n; i++) {
        if (word[i] ~ /^(if|case|for|while|until)$/) { depth++; up = 1 }
        if (word[i] ~ /^(fi|esac|done)$/) depth--
      }
      if (line ~ /TMOUT|umask/) {
        inside = depth + 0; if (line ~ /&&|\|\|/ || up) inside++
        print "line", inside, FNR, line
      } }' "$file"
done
echo '== end'
""",
    why="lines of the shells' start files that set the idle time or the umask",
)


class ProfileLine(Frozen):
    """One line that mentions TMOUT or umask. `conditional`: it stands under an if, && or ||."""

    file: str
    number: int
    text: str
    conditional: bool

    @property
    def shown(self) -> str:
        return f"{self.file}:{self.number} {self.text}"


class ShellDefaults(Fact):
    """
    What a bash login gets, start files in the order in which bash reads them.

    `idle_seconds` None: not set for everybody; 0: switched off. `only_sometimes`: it is set, but
    under a condition that nobody can judge from here. `is_readonly`: a user cannot change it.
    """

    kind: Literal["shell-defaults"] = "shell-defaults"
    idle_seconds: int | None = None
    only_sometimes: bool = False
    is_readonly: bool = False
    line: str = ""


def parse_profiles(text: str) -> tuple[list[ProfileLine], list[str]]:
    """The lines in the order in which a login reads the files, and the files that were closed."""
    parts = sections(text)
    files: dict[str, list[ProfileLine]] = {}
    closed: list[str] = []
    current = ""
    for line in parts[0][1]:
        word, _, rest = line.partition(" ")
        if word == "file":
            current = rest
            files.setdefault(current, [])
        elif word == "closed":
            closed.append(rest)
        elif word == "line" and current:
            depth, number, body = rest.split(" ", 2)
            files[current].append(
                ProfileLine(
                    file=current, number=int(number), text=body.strip(), conditional=depth != "0"
                )
            )
        else:
            raise UnreadableError(f"not a line of this probe: {line[:80]!r}")
    # Debian's profile reads bash.bashrc first, then profile.d; RHEL's reads profile.d, then bashrc.
    order = ["/etc/profile", "/etc/bash.bashrc"]
    order += sorted(path for path in files if path.startswith("/etc/profile.d/"))
    order.append("/etc/bashrc")
    return [line for path in order for line in files.get(path, ())], closed


_ASSIGNED = re.compile(r"\bTMOUT=[\"']?(\d*)[\"']?")
_READONLY = re.compile(r"(readonly|(declare|typeset)\s+-\w*r\w*)\b[^;&|]*\bTMOUT\b")
_UNSET = re.compile(r"\bunset\s+(-v\s+)?TMOUT\b")


def idle_time(lines: Sequence[ProfileLine]) -> ShellDefaults:
    """The last assignment that holds for everybody; the first one that is read-only stays."""
    seconds: int | None = None
    shown = ""
    sometimes = fixed = False
    for line in lines:
        match = _ASSIGNED.search(line.text)
        unset = _UNSET.search(line.text)
        if line.conditional:
            sometimes = sometimes or bool(match)
            continue
        if match and not fixed:
            seconds, shown = int(match[1] or 0), line.shown
        elif unset and not fixed:
            seconds, shown = None, line.shown
        if _READONLY.search(line.text) and seconds is not None:
            fixed = True
    return ShellDefaults(
        subject="login shells",
        idle_seconds=seconds,
        only_sometimes=sometimes and seconds is None,
        is_readonly=fixed,
        line=shown,
    )


@reader(ShellDefaults, PROFILES)
def read_shell_defaults(outputs: Outputs) -> Iterator[ShellDefaults | Missing | Absent]:
    """One fact; a start file that was closed to us is a gap."""
    lines, closed = parse_profiles(outputs.text(PROFILES))
    for path in closed:
        yield Missing(path, GapReason.DENIED, "this file is closed to the account that looks")
    yield idle_time(lines)


# ---------------------------------------------------------------------------------------------
# umask
# ---------------------------------------------------------------------------------------------


class Umask(Fact):
    """
    The umask that people end up with, and the line that sets it.

    By a start file of the shell if one sets it for everybody, else by pam_umask in the session's
    stack, else the kernel's 022. Where lines under conditions set others, the loosest counts.
    """

    kind: Literal["umask"] = "umask"
    mask: int
    line: str = ""


_UMASK = re.compile(r"\bumask\s+(?:-S\s+)?(\d{1,4})\b")
#: What a process gets when nobody sets it (login(1), systemd's UMask=).
DEFAULT_MASK = 0o022


def pam_umask(files: PamFiles) -> tuple[int, str] | None:
    """What pam_umask sets at a login, by its argument or by login.defs; None without it."""
    service = "sshd" if "sshd" in files.services else "login"
    visited = walk(stack_of(files.services, service, "session"), ordinary).visited
    step: Step | None = next((each for each in visited if each.module == "pam_umask"), None)
    if step is None:
        return None
    defs: Mapping[str, str] = files.login_defs()
    value = step.option("umask") or defs.get("UMASK") or f"{DEFAULT_MASK:o}"
    source = step.text if step.option("umask") else f"{step.text}\nUMASK {value}"
    return int(value, 8), source


@reader(Umask, PROFILES, PAM)
def read_umask(outputs: Outputs) -> Iterator[Umask | Missing | Absent]:
    """One fact for everybody who logs in."""
    lines, closed = parse_profiles(outputs.text(PROFILES))
    for path in closed:
        yield Missing(path, GapReason.DENIED, "this file is closed to the account that looks")
    files = parse_pam(outputs.text(PAM))
    found = pam_umask(files) if files.exists else None
    mask, shown = found or (DEFAULT_MASK, "")
    for line in lines:
        match = _UMASK.search(line.text)
        if match is None:
            continue
        value = int(match[1], 8)
        if not line.conditional:
            mask, shown = value, line.shown
        elif mask & ~value:
            mask, shown = mask & value, line.shown
    yield Umask(subject="logins", mask=mask, line=shown)
