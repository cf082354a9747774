"""
What PAM does on a host: the stacks, walked as PAM walks them.

A line in a file proves nothing: a jump may skip it, a `sufficient` before it may end the stack, an
include may be missing. So a stack is flattened with its includes, and then run for a person of whom
one thing is supposed: the new password is accepted, the password is wrong, or the account is
locked. What the run visits is what counts (pam.conf(5) and libpam's pam_dispatch.c).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cdso_audit.facts.accounts import sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, GapReason

PAM = Probe(
    id="pam",
    run=r"""
[ -d /etc/pam.d ] || { echo '== no-pam'; echo '== end'; exit 0; }
echo '== pam'
show() {
  for file in "$@"; do
    [ -e "$file" ] || continue
    if [ -d "$file" ]; then continue; fi
    if [ -r "$file" ]; then echo "== file $file"
      sed -e 's/^[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' \
        -e 's/\([Pp][Aa][Ss][Ss][A-Za-z_]*\|secret\|bindpw\|[a-z_]*key\)=[^] ]*/\1=-/g' "$file"
    else echo "== closed $file"; fi
  done
}
show /usr/lib/pam.d/* /usr/etc/pam.d/* /etc/pam.d/*
show /etc/security/pwquality.conf.d/*.conf /etc/security/pwquality.conf /etc/passwdqc.conf \
  /etc/security/faillock.conf.d/*.conf /etc/security/faillock.conf /etc/security/pwhistory.conf
echo '== file /etc/login.defs'
awk '/^(ENCRYPT_METHOD|UMASK|USERGROUPS_ENAB|PASS_MIN_LEN|PASS_MAX_DAYS|HOME_MODE)[ \t]/' \
  /etc/login.defs 2>/dev/null
echo '== end'
""",
    why="stacks of PAM and the settings of its password and lockout modules, without comments",
)

#: Control words in the long form (pam.conf(5)).
CONTROLS: Mapping[str, Mapping[str, str]] = {
    "required": {
        "success": "ok",
        "new_authtok_reqd": "ok",
        "ignore": "ignore",
        "default": "bad",
    },
    "requisite": {
        "success": "ok",
        "new_authtok_reqd": "ok",
        "ignore": "ignore",
        "default": "die",
    },
    "sufficient": {"success": "done", "new_authtok_reqd": "done", "default": "ignore"},
    "optional": {"success": "ok", "new_authtok_reqd": "ok", "default": "ignore"},
}

#: The detail of the gap of a file that cannot be read.
CLOSED = "this file of PAM is closed to the account that looks"
#: How deep includes may nest before a file is taken for one that includes itself.
DEEPEST = 16


class Step(Frozen):
    """One line of a stack. `control` maps a module's answer to what PAM does."""

    control: Mapping[str, str]
    module: str
    arguments: tuple[str, ...] = ()
    file: str = ""
    text: str = ""

    def option(self, name: str) -> str | None:
        """The value of `name=value`; an empty string for a bare `name`; None without it."""
        for each in self.arguments:
            key, equals, value = each.partition("=")
            if key == name:
                return value if equals else ""
        return None


@dataclass(frozen=True, slots=True)
class Substack:
    """A stack that ends by itself: `done` and `die` in it do not end the one around it."""

    steps: "Sequence[Step | Substack]"
    end: int = field(default=0)


Stack = Sequence[Step | Substack]

_LINE = re.compile(
    r"^(?P<type>-?(?:auth|account|password|session))\s+"
    r"(?P<control>\[[^\]]*\]|\S+)\s+(?P<module>\S+)\s*(?P<arguments>.*)$",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(r"\[((?:\\\]|[^\]])*)\]|(\S+)")


def logical_lines(text: str) -> list[str]:
    """The lines of a file of /etc/pam.d: continued ones joined, comments gone."""
    joined = re.sub(r"\\\n", " ", text)
    return [
        stripped
        for line in joined.splitlines()
        if (stripped := re.split(r"(?<!\\)#", line, maxsplit=1)[0].strip())
    ]


def stack_of(
    files: Mapping[str, str], service: str, kind: str, depth: int = 0
) -> list[Step | Substack]:
    """
    The stack of a service for one kind (`auth`, `password`, …), includes in place.

    Raises UnreadableError for a line that PAM would not take, or a file that is not there; a
    service without a file is `other`.
    """
    if depth > DEEPEST:
        raise UnreadableError(f"the files of PAM include each other: {service}")
    if service not in files:
        if depth or "other" not in files:
            raise UnreadableError(f"/etc/pam.d/{service} does not exist")
        service = "other"
    steps: list[Step | Substack] = []
    for line in logical_lines(files[service]):
        if line.startswith("@include"):
            name = line.split(None, 1)[1].strip().rpartition("/")[2]
            steps += stack_of(files, name, kind, depth + 1)
            continue
        match = _LINE.match(line)
        if match is None:
            raise UnreadableError(f"/etc/pam.d/{service}: not a line of PAM: {line[:80]!r}")
        if match["type"].lstrip("-").lower() != kind:
            continue
        word = match["control"].lower()
        name = match["module"].rpartition("/")[2]
        if word == "include":
            steps += stack_of(files, name, kind, depth + 1)
        elif word == "substack":
            steps.append(Substack(stack_of(files, name, kind, depth + 1)))
        else:
            steps.append(
                Step(
                    control=_control(word, service),
                    module=name.removesuffix(".so"),
                    arguments=tuple(
                        (one or two).replace("\\]", "]")
                        for one, two in _ARGUMENT.findall(match["arguments"])
                    ),
                    file=f"/etc/pam.d/{service}",
                    text=re.sub(r"\s+", " ", line),
                )
            )
    return steps


def _control(word: str, service: str) -> Mapping[str, str]:
    if word in CONTROLS:
        return CONTROLS[word]
    pairs = re.findall(r"([a-z_]+)\s*=\s*([a-z]+|\d+)", word)
    if not word.startswith("[") or not pairs:
        raise UnreadableError(f"/etc/pam.d/{service}: not a control of PAM: {word!r}")
    return dict(pairs)


# ---------------------------------------------------------------------------------------------
# Walking a stack
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Walk:
    """What a run through a stack met. `granted` is what the program that asked is told."""

    visited: list[Step] = field(default_factory=list)
    impression: str = "undefined"
    status: str = "must-fail"

    @property
    def granted(self) -> bool:
        return self.impression == "positive" and self.status == "success"


def walk(stack: Stack, answer: Callable[[Step], str]) -> Walk:
    """Run through a stack as libpam does, with `answer` in place of the modules."""
    state = Walk()
    _run(stack, answer, state)
    return state


#: Impression and status of a walk at its beginning.
_BEGINNING = ("undefined", "must-fail")


def _run(
    stack: Stack,
    answer: Callable[[Step], str],
    state: Walk,
    before: tuple[str, str] = _BEGINNING,
) -> bool:
    """
    Run one level; true means that the whole stack ends here (`done`, `die`, a jump too far).
    `before` is how things stood when the level began, which is what `reset` goes back to.
    """
    at = 0
    while at < len(stack):
        step = stack[at]
        at += 1
        if isinstance(step, Substack):
            # What ends it, ends only it.
            _run(step.steps, answer, state, (state.impression, state.status))
            continue
        state.visited.append(step)
        code = answer(step)
        action = step.control.get(code, step.control.get("default", "bad"))
        if action.isdigit():
            at += int(action)
            if at > len(stack):
                state.impression, state.status = "negative", "must-fail"
                return True
        elif action == "reset":
            state.impression, state.status = before
        elif _settled(state, action, code):
            return True
    return False


def _settled(state: Walk, action: str, code: str) -> bool:
    """Let one answer count; true if nothing after it is asked. The first failure stays."""
    if action in ("ok", "done"):
        if state.impression == "undefined" or state.granted:
            state.impression, state.status = "positive", code
        return action == "done" and state.impression == "positive"
    if action in ("bad", "die"):
        if state.impression != "negative":
            state.impression, state.status = "negative", code
        return action == "die"
    return False


#: Modules that speak for accounts of elsewhere, or ask for something that is not a password: what
#: they answer when an ordinary local person comes with a password.
_ANSWERS = {
    "pam_deny": "auth_err",
    "pam_rootok": "auth_err",
    "pam_sss": "user_unknown",
    "pam_ldap": "user_unknown",
    "pam_krb5": "user_unknown",
    "pam_winbind": "user_unknown",
    "pam_nologin": "ignore",
    "pam_fprintd": "authinfo_unavail",
    "pam_pkcs11": "authinfo_unavail",
    "pam_sss_gss": "authinfo_unavail",
    "pam_systemd_home": "user_unknown",
    "pam_ecryptfs": "ignore",
    "pam_gnome_keyring": "ignore",
    "pam_kwallet5": "ignore",
    "pam_cap": "ignore",
    "pam_faildelay": "ignore",
    "pam_echo": "ignore",
    "pam_debug": "ignore",
    "pam_group": "ignore",
}
#: The number of the ordinary person whom a walk supposes.
ORDINARY_UID = 1000


def ordinary(step: Step) -> str:
    """What a module answers for an ordinary local person who does everything right."""
    if step.module == "pam_usertype":
        return "auth_err" if "issystem" in step.arguments else "success"
    if step.module == "pam_succeed_if":
        return _succeed_if(step.arguments)
    return _ANSWERS.get(step.module, "success")


def _succeed_if(arguments: Sequence[str]) -> str:
    """Conditions on the user's number are decided for an ordinary person; others hold."""
    compare: Mapping[str, Callable[[int, int], bool]] = {
        "<": lambda one, two: one < two,
        "<=": lambda one, two: one <= two,
        ">": lambda one, two: one > two,
        ">=": lambda one, two: one >= two,
        "eq": lambda one, two: one == two,
        "=": lambda one, two: one == two,
        "ne": lambda one, two: one != two,
        "!=": lambda one, two: one != two,
    }
    for left, operator, right in zip(arguments, arguments[1:], arguments[2:], strict=False):
        known = left == "uid" and operator in compare and right.isdigit()
        if known and not compare[operator](ORDINARY_UID, int(right)):
            return "auth_err"
    return "success"


#: Modules that check the password itself.
PASSWORD_MODULES = frozenset({"pam_unix", "pam_unix2", "pam_pwdfile"})
#: Modules that count wrong passwords.
COUNTERS = frozenset({"pam_faillock", "pam_tally2", "pam_tally"})


def wrong_password(step: Step) -> str:
    """What a module answers when the password is wrong."""
    if step.module in PASSWORD_MODULES:
        return "auth_err"
    if step.module == "pam_faillock" and "preauth" not in step.arguments:
        return "auth_err"
    return ordinary(step)


def locked_out(step: Step) -> str:
    """What a module answers when the password is right, but too many were wrong before."""
    if step.module == "pam_faillock" and "authfail" not in step.arguments:
        return "auth_err"
    if step.module in ("pam_tally2", "pam_tally"):
        return "auth_err"
    return ordinary(step)


# ---------------------------------------------------------------------------------------------
# Settings
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PamFiles:
    """The files of PAM by service, the settings of its modules by path, and what was closed."""

    services: Mapping[str, str]
    settings: Mapping[str, str]
    closed: tuple[str, ...]
    exists: bool = True

    def of(self, *paths: str) -> dict[str, str]:
        """`name = value` lines of these files, later ones over earlier; a bare name is empty."""
        found: dict[str, str] = {}
        for path in paths:
            for line in self.settings.get(path, "").splitlines():
                name, _, value = line.split("#", 1)[0].partition("=")
                if name.strip():
                    found[name.strip().lower()] = value.strip()
        return found

    def matching(self, prefix: str) -> list[str]:
        """Paths below a folder, in ASCII order."""
        return sorted(path for path in self.settings if path.startswith(prefix))

    def login_defs(self) -> dict[str, str]:
        """/etc/login.defs: name, blanks, value."""
        words = (line.split() for line in self.settings.get("/etc/login.defs", "").splitlines())
        return {each[0]: each[1] for each in words if len(each) > 1}


def parse_pam(text: str) -> PamFiles:
    """The answer of the probe `pam`. A file of /etc/pam.d hides one of the same name elsewhere."""
    parts = sections(text)
    services: dict[str, str] = {}
    settings: dict[str, str] = {}
    closed: list[str] = []
    for head, lines in parts:
        word, _, path = head.partition(" ")
        body = "\n".join(lines)
        if word == "closed":
            closed.append(path)
        elif word == "file" and "/pam.d/" in path:
            name = path.rpartition("/")[2]
            if not name.endswith(("~", ".rpmsave", ".rpmnew", ".dpkg-old", ".dpkg-dist")):
                services[name] = body
        elif word == "file":
            settings[path] = body
    return PamFiles(services, settings, tuple(closed), parts[0][0] != "no-pam")


def _whole(text: str | None, default: int) -> int:
    try:
        return int(text) if text else default
    except ValueError:
        return default


# ---------------------------------------------------------------------------------------------
# Rules for new passwords
# ---------------------------------------------------------------------------------------------


class PasswordRules(Fact):
    """
    What a new password of a local person must be, as the stack of `passwd` enforces it.

    `min_length` is the shortest that is accepted at all, credits counted in; `min_classes` of lower
    case, upper case, digits and others. `by` names the module that says so. `remembered` is how
    many old ones are refused. `scheme` is how the new one is hashed, `defaults_scheme` how other
    programs hash (login.defs). Without PAM nothing is enforced.
    """

    kind: Literal["password-rules"] = "password-rules"
    uses_pam: bool = True
    min_length: int = 0
    min_classes: int = 0
    by: str = ""
    line: str = ""
    remembered: int = 0
    remembered_by: str = ""
    scheme: str = ""
    defaults_scheme: str = ""


class Quality(Frozen):
    """The rules of one quality module."""

    length: int
    classes: int
    by: str
    line: str


#: Credits of libpwquality and cracklib: a negative one demands that many of the class.
_CREDITS = ("lcredit", "ucredit", "dcredit", "ocredit")
#: Neither module goes below this length, whatever is set (pwquality.conf(5)).
FLOOR = 6


def _quality(step: Step, files: PamFiles) -> Quality | None:
    """The rules of this step, or None when it enforces none."""
    if step.module == "pam_pwquality":
        drop_ins = files.matching("/etc/security/pwquality.conf.d/")
        found = {"minlen": "8", **files.of(*drop_ins, "/etc/security/pwquality.conf")}
        found |= {
            name: value
            for name in (*found, *_CREDITS, "minlen", "minclass", "enforcing")
            if (value := step.option(name)) is not None
        }
        if found.get("enforcing") == "0":
            return None
        credit = 0
    elif step.module == "pam_cracklib":
        found = {
            name: value
            for name in (*_CREDITS, "minlen", "minclass")
            if (value := step.option(name)) is not None
        }
        found = {"minlen": "9"} | found
        credit = 1
    elif step.module == "pam_passwdqc":
        return _passwdqc(step, files)
    else:
        return None
    credits_ = [_whole(found.get(name), credit) for name in _CREDITS]
    length = max(FLOOR, _whole(found.get("minlen"), 0) - sum(each for each in credits_ if each > 0))
    demanded = sum(each < 0 for each in credits_)
    return Quality(
        length=length,
        classes=max(_whole(found.get("minclass"), 0), demanded),
        by=step.module,
        line=step.text,
    )


def _passwdqc(step: Step, files: PamFiles) -> Quality | None:
    """`min=N0,N1,N2,N3,N4`: the shortest for 1 class, 2, a phrase, 3, 4 (passwdqc.conf(5))."""
    found = files.of("/etc/passwdqc.conf") if step.option("config") is not None else {}
    given = {name: value for name in ("min", "enforce") if (value := step.option(name)) is not None}
    found = {"min": "disabled,24,11,8,7", **found, **given}
    if found.get("enforce") == "none":
        return None
    words = found["min"].split(",")
    sizes = [None if word == "disabled" else _whole(word, 0) for word in words]
    sizes += [sizes[-1]] * (5 - len(sizes))
    by_classes = [
        (size, classes)
        for size, classes in zip(sizes, (1, 2, 2, 3, 4), strict=False)
        if size is not None
    ]
    if not by_classes:
        return None
    return Quality(
        length=min(size for size, _ in by_classes),
        classes=min(classes for _, classes in by_classes),
        by=step.module,
        line=step.text,
    )


_SCHEMES = (
    *("yescrypt", "gost_yescrypt", "blowfish", "sha512", "sha256", "md5", "bigcrypt", "des"),
)


def password_rules(files: PamFiles) -> PasswordRules:
    """Walk the stack of `passwd` for a person whose new password is accepted."""
    visited = walk(stack_of(files.services, "passwd", "password"), ordinary).visited
    defaults = files.login_defs().get("ENCRYPT_METHOD", "DES").lower()
    writer = next((n for n, step in enumerate(visited) if step.module in PASSWORD_MODULES), None)
    if writer is None:
        raise UnreadableError("no module of the stack of passwd stores a local password")
    unix = visited[writer]
    rules = [found for step in visited[:writer] if (found := _quality(step, files))]
    rules.append(
        Quality(length=_whole(unix.option("minlen"), 6), classes=0, by="pam_unix", line=unix.text)
    )
    longest = max(rules, key=lambda each: each.length)
    richest = max(rules, key=lambda each: each.classes)
    remembered, remembered_by = _whole(unix.option("remember"), 0), unix.text
    for step in visited[:writer]:
        if step.module == "pam_pwhistory":
            saved = files.of("/etc/security/pwhistory.conf").get("remember")
            count = _whole(step.option("remember") or saved, 10)  # pam_pwhistory(8): default 10
            if count > remembered:
                remembered, remembered_by = count, step.text
    scheme = next((each for each in _SCHEMES if each in unix.arguments), defaults)
    return PasswordRules(
        subject="passwd",
        min_length=longest.length,
        min_classes=richest.classes,
        by=longest.by,
        line="\n".join(dict.fromkeys([longest.line, richest.line])),
        remembered=remembered,
        remembered_by=remembered_by if remembered else "",
        scheme=scheme,
        defaults_scheme=defaults,
    )


@reader(PasswordRules, PAM)
def read_password_rules(outputs: Outputs) -> Iterator[PasswordRules | Missing | Absent]:
    """One fact; a file that was closed to us is a gap, since it may hold the rule."""
    files = parse_pam(outputs.text(PAM))
    if not files.exists:
        yield PasswordRules(subject="passwd", uses_pam=False)
        return
    for path in files.closed:
        yield Missing(
            path, GapReason.DENIED, "this file of PAM is closed to the account that looks"
        )
    yield password_rules(files)


# ---------------------------------------------------------------------------------------------
# Lockout
# ---------------------------------------------------------------------------------------------


class Lockout(Fact):
    """
    What happens at one door (`sshd`, `login`) when passwords are wrong.

    `counts`: a wrong password is counted. `refuses`: a locked account does not get in with the
    right password. `unlock_seconds` 0 means that only an administrator unlocks. `window_seconds` is
    how far apart wrong ones may be and still be counted together (0: any).
    """

    kind: Literal["lockout"] = "lockout"
    uses_pam: bool = True
    counts: bool = False
    refuses: bool = False
    by: str = ""
    line: str = ""
    deny: int = 0
    unlock_seconds: int = 0
    window_seconds: int = 0


#: Doors through which people come with passwords.
DOORS = ("sshd", "login")
#: Defaults of faillock.conf(5).
FAILLOCK = {"deny": 3, "unlock_time": 600, "fail_interval": 900}


def lockout(files: PamFiles, service: str) -> Lockout:
    """Walk the stack of one door twice: with a wrong password, and locked with the right one."""
    stack = stack_of(files.services, service, "auth")
    tried = walk(stack, wrong_password).visited
    refused = walk(stack, locked_out)
    by_fail = [
        step
        for step in tried
        if step.module in COUNTERS and not {"preauth", "authsucc"} & set(step.arguments)
    ]
    if not by_fail:
        return Lockout(subject=service, refuses=not refused.granted)
    counter = by_fail[0]
    if counter.module == "pam_faillock":
        path = counter.option("conf") or "/etc/security/faillock.conf"
        saved = files.of(path)
        # Arguments win over the file; what refuses the locked account decides, not what counts.
        gate = next((each for each in refused.visited if each.module == "pam_faillock"), counter)
        known = {
            name: _duration(gate.option(name) or saved.get(name), default)
            for name, default in FAILLOCK.items()
        }
    else:
        known = {
            "deny": _whole(counter.option("deny"), 0),
            "unlock_time": _whole(counter.option("unlock_time"), 0),
            "fail_interval": 0,
        }
    return Lockout(
        subject=service,
        counts=True,
        refuses=not refused.granted,
        by=counter.module,
        line=counter.text,
        deny=known["deny"],
        unlock_seconds=known["unlock_time"],
        window_seconds=known["fail_interval"],
    )


def _duration(text: str | None, default: int) -> int:
    return 0 if text in ("never", "0") else _whole(text, default)


@reader(Lockout, PAM)
def read_lockout(outputs: Outputs) -> Iterator[Lockout | Missing | Absent]:
    """One fact for each door."""
    files = parse_pam(outputs.text(PAM))
    if not files.exists:
        yield Lockout(subject="login", uses_pam=False)
        return
    for path in files.closed:
        yield Missing(
            path, GapReason.DENIED, "this file of PAM is closed to the account that looks"
        )
    for service in DOORS:
        if service in files.services:
            try:
                yield lockout(files, service)
            except UnreadableError as problem:
                yield Missing(service, GapReason.UNPARSABLE, str(problem))
    if not set(DOORS) & set(files.services):
        raise UnreadableError("PAM knows neither sshd nor login")


# ---------------------------------------------------------------------------------------------
# su
# ---------------------------------------------------------------------------------------------


class SuRule(Fact):
    """Whether somebody outside the admin group gets through `su` with root's password."""

    kind: Literal["su-rule"] = "su-rule"
    uses_pam: bool = True
    open_to_all: bool = True
    line: str = ""
    group: str = ""


@reader(SuRule, PAM)
def read_su_rule(outputs: Outputs) -> Iterator[SuRule | Missing | Absent]:
    """Walk the stack of `su` for somebody who knows root's password and is not in the group."""
    files = parse_pam(outputs.text(PAM))
    if not files.exists:
        yield SuRule(subject="su", uses_pam=False)
        return
    if "/etc/pam.d/su" in files.closed:
        raise UnreadableError("/etc/pam.d/su is closed to the account that looks")
    if "su" not in files.services:
        yield Absent("su is not installed")
        return

    def outsider(step: Step) -> str:
        return "perm_denied" if step.module == "pam_wheel" else ordinary(step)

    met = [walk(stack_of(files.services, "su", kind), outsider) for kind in ("auth", "account")]
    gate = next((step for each in met for step in each.visited if step.module == "pam_wheel"), None)
    yield SuRule(
        subject="su",
        open_to_all=all(each.granted for each in met),
        line=gate.text if gate else "",
        group=(gate.option("group") or "") if gate else "",
    )
