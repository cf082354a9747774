"""
The accounts of a host: who there is, what locks them, when they were last used.

No hash leaves the host. Where a field holds one, awk prints its scheme (`$y$`, `$6$`, `des`, …) and
whether it is locked, for `/etc/passwd` as for `/etc/shadow`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS, parse_authorized_keys
from cdso_audit.model import Frozen, GapReason

# What a password field says, without saying it: `x` (see shadow), `empty:0`, `SCHEME:LOCKED`. A
# field that no password can match (`*`, `!`, `!!`, `NP`) is `none:1`. No backslash stands in what
# root runs: sudo takes it for an escape when it compares the command with its rule.
_SCHEME_AWK = (
    'function say(p, l,i) { if (p == "x") return "x:0"; if (p == "") return "empty:0"; l = 0;'
    ' while (substr(p, 1, 1) == "!") { p = substr(p, 2); l = 1 }'
    ' if (substr(p, 1, 1) == "$") { p = substr(p, 2); i = index(p, "$"); p = substr(p, 1, i - 1);'
    ' if (i > 1 && i < 16 && p ~ "^[a-z0-9-]+$") return "$" p "$:" l; return "odd:" l }'
    ' if (length(p) == 13 && p ~ "^[./0-9A-Za-z]+$") return "des:" l;'
    ' if (length(p) == 20 && p ~ "^_[./0-9A-Za-z]+$") return "bsdi:" l; return "none:1" }'
)

ACCOUNTS = Probe(
    id="accounts",
    run=f"""
reduce='{_SCHEME_AWK} {{ $2 = say($2); sub(":", "/", $2); print }}'
echo '== me'; id -un
echo '== local'; awk -F: -v OFS=: "$reduce" /etc/passwd || exit 1
echo '== all'
if command -v getent >/dev/null 2>&1; then getent passwd; else cat /etc/passwd; fi |
  awk -F: -v OFS=: "$reduce"
echo '== groups'
if command -v getent >/dev/null 2>&1; then getent group; else cat /etc/group; fi |
  awk -F: -v OFS=: '{{ $2 = ""; print }}'
echo '== limits'
awk '$1 == "UID_MIN" || $1 == "UID_MAX" {{ print $1, $2 }}' /etc/login.defs 2>/dev/null
echo '== sources'; awk '$1 == "passwd:" || $1 == "group:"' /etc/nsswitch.conf 2>/dev/null
echo '== end'
""",
    why="accounts and groups, local and from a directory; password fields only as their kind",
)

SHADOW = Probe(
    id="shadow",
    run=(
        "/usr/bin/awk",
        "-F:",
        f'{_SCHEME_AWK} {{ print $1 ":" say($2) ":" $3 ":" $4 ":" $5 ":" $6 ":" $7 ":" $8 }}',
        "/etc/shadow",
    ),
    root=True,
    why="scheme, lock and age of each password; never the hash",
)

LOGINS = Probe(
    id="last-logins",
    run="""
echo '== now'; date -u +%Y-%m-%dT%H:%M:%S+00:00
echo '== lastlog2'; if command -v lastlog2 >/dev/null 2>&1; then lastlog2; fi
echo '== lastlog'
if command -v lastlog >/dev/null 2>&1 && [ -s /var/log/lastlog ]; then lastlog; fi
for file in /var/log/wtmp /var/log/wtmp.1; do
  echo '== last'
  if command -v last >/dev/null 2>&1 && [ -s "$file" ]; then
    last -w --time-format iso -f "$file"
  fi
done
for file in /var/log/wtmp.db /var/lib/wtmpdb/wtmp_*.db /var/log/wtmp_*.db; do
  echo '== last'
  if command -v wtmpdb >/dev/null 2>&1 && [ -s "$file" ]; then
    wtmpdb last -w --time-format iso -f "$file"
  fi
done
echo '== kept'
if [ -s /var/log/wtmp ]; then command -v last >/dev/null 2>&1 && echo wtmp || echo unread; fi
if [ -s /var/log/wtmp.db ] || [ -s /var/lib/wtmpdb/wtmp.db ]; then echo wtmpdb; fi
if [ -s /var/lib/lastlog/lastlog2.db ]; then echo lastlog2; fi
echo '== end'
""",
    why="when each account last logged in",
    cap=2 * 1024 * 1024,
)

HOMES = Probe(
    id="home-modes",
    run="""
if command -v getent >/dev/null 2>&1; then getent passwd; else cat /etc/passwd; fi |
while IFS=: read -r name _ uid _ _ home _; do
  case $home in /*) ;; *) continue ;; esac
  if [ -d "$home" ]; then stat -L -c "%a %u $uid $name %n" "$home"
  elif [ ! -x "${home%/*}/" ]; then echo "hidden 0 $uid $name $home"; fi
done
echo end
""",
    why="owners and modes of home directories",
)

#: Fields of a line of passwd(5), of group(5), and of what the probe `shadow` prints.
PASSWD_FIELDS, GROUP_FIELDS, SHADOW_FIELDS = 7, 4, 9

#: Shells with which nobody gets a session.
CLOSED_SHELLS = frozenset({"nologin", "false", "sync", "halt", "shutdown", "git-shell"})


class Account(Frozen):
    """A line of passwd. `field` says what its own password field is: `x`, `empty`, or a scheme."""

    name: str
    uid: int
    gid: int
    home: str = ""
    shell: str = ""
    field: str = "x"
    is_local: bool = True

    @property
    def has_shell(self) -> bool:
        """Whether a login gets a session; an empty shell is /bin/sh."""
        return self.shell.rpartition("/")[2] not in CLOSED_SHELLS


class Group(Frozen):
    """A group with its members by name; those who have it as their first group are not in it."""

    name: str
    gid: int
    members: tuple[str, ...] = ()


class AccountList(Fact):
    """Every account that the host resolves. `me` is the account that looked."""

    kind: Literal["accounts"] = "accounts"
    accounts: tuple[Account, ...]
    groups: tuple[Group, ...] = ()
    uid_min: int = 1000
    uid_max: int = 60000
    me: str = ""
    sources: str = ""

    def is_person(self, account: Account) -> bool:
        """Whether a human uses it: a number of the range for people, and a shell."""
        return self.uid_min <= account.uid <= self.uid_max and account.has_shell

    def members(self, group: str) -> set[str]:
        """Names of those in a group, by membership or as their first group."""
        found: set[str] = set()
        for each in self.groups:
            if each.name == group:
                found.update(each.members)
                found.update(one.name for one in self.accounts if one.gid == each.gid)
        return found


def sections(text: str) -> list[tuple[str, list[str]]]:
    """
    The parts of an answer that stand under `== NAME` lines, in order.

    Raises UnreadableError unless the last one is `end`: an answer that was cut is no answer.
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("== "):
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
    if not found or found[-1][0] != "end":
        raise UnreadableError("the answer has no end, so part of it is missing")
    return found


def _accounts(lines: Sequence[str], local: frozenset[tuple[str, str]] | None) -> Iterator[Account]:
    for line in lines:
        if line.startswith(("+", "-")):  # NIS compat entries: no accounts of their own
            continue
        fields = line.split(":")
        try:
            name, field, uid, gid, _, home, shell = fields[:7]
            account = Account(
                name=name,
                uid=int(uid),
                gid=int(gid),
                home=home,
                shell=shell,
                field="x" if field.startswith("x/") else field.replace("/", ":"),
                is_local=local is None or (name, uid) in local,
            )
        except ValueError as problem:
            raise UnreadableError(f"not a line of passwd: {line[:80]!r}") from problem
        yield account


def parse_accounts(text: str) -> AccountList:
    """The answer of the probe `accounts`."""
    parts = dict(sections(text))
    local_lines = parts.get("local", [])
    local = frozenset(
        (fields[0], fields[2])
        for line in local_lines
        if len(fields := line.split(":")) == PASSWD_FIELDS
    )
    everyone: dict[tuple[str, int], Account] = {}
    for account in (*_accounts(local_lines, None), *_accounts(parts.get("all", ()), local)):
        everyone.setdefault((account.name, account.uid), account)
    if not everyone:
        raise UnreadableError("no account was named")
    groups = []
    for line in parts.get("groups", ()):
        fields = line.split(":")
        if len(fields) == GROUP_FIELDS and fields[2].isdigit():
            members = tuple(filter(None, fields[3].split(",")))
            groups.append(Group(name=fields[0], gid=int(fields[2]), members=members))
    limits = dict(line.split(" ", 1) for line in parts.get("limits", ()) if " " in line)
    return AccountList(
        subject="accounts",
        accounts=tuple(everyone.values()),
        groups=tuple(groups),
        uid_min=_number(limits.get("UID_MIN"), 1000),
        uid_max=_number(limits.get("UID_MAX"), 60000),
        me="".join(parts.get("me", ())[:1]),
        sources="; ".join(parts.get("sources", ())),
    )


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdigit() else default


@reader(AccountList, ACCOUNTS)
def read_accounts(outputs: Outputs) -> Iterator[AccountList | Missing | Absent]:
    """One fact: the list."""
    yield parse_accounts(outputs.text(ACCOUNTS))


# ---------------------------------------------------------------------------------------------
# Passwords
# ---------------------------------------------------------------------------------------------


class Password(Frozen):
    """
    The state of one account's password.

    `scheme` is `$y$`, `$6$`, `des`, …, `empty` (none is asked for) or `none` (none can match).
    Days count from 1970-01-01, as shadow(5) has them; None is an empty field.
    """

    account: Account
    scheme: str
    locked: bool
    changed: int | None = None
    max_days: int | None = None
    expires: int | None = None

    @property
    def opens(self) -> bool:
        """Whether a password, or none at all, lets somebody in."""
        return self.scheme != "none" and not self.locked

    def changed_on(self) -> date | None:
        """The day of the last change; 0 means that a change is due at the next login."""
        return EPOCH + timedelta(days=self.changed) if self.changed else None

    def is_expired_account(self, at: datetime) -> bool:
        """Whether the account itself (not the password) has run out."""
        return self.expires is not None and self.expires <= (at.date() - EPOCH).days


EPOCH = date(1970, 1, 1)


class AccountPasswords(Fact):
    """Passwords of the local accounts. Those of a directory are kept there, and not seen here."""

    kind: Literal["account-passwords"] = "account-passwords"
    passwords: tuple[Password, ...]

    def of(self, name: str) -> Password | None:
        """The password of an account, if it is a local one."""
        return next((each for each in self.passwords if each.account.name == name), None)


def parse_passwords(accounts: AccountList, lines: Sequence[str]) -> tuple[Password, ...]:
    """Lines of the probe `shadow`, joined to the accounts. Raises UnreadableError on any other."""
    shadow: dict[str, list[str]] = {}
    for line in lines:
        fields = line.split(":")
        if len(fields) != SHADOW_FIELDS or fields[2] not in ("0", "1"):
            raise UnreadableError(f"not a line of this probe: {line[:40]!r}")
        if not fields[0].startswith(("+", "-")):
            shadow.setdefault(fields[0], fields)
    if not shadow:
        raise UnreadableError("/etc/shadow names no account")
    found = []
    for account in accounts.accounts:
        if not account.is_local:
            continue
        entry = shadow.get(account.name)
        if account.field != "x":  # the field in passwd itself is what counts
            scheme, _, locked = account.field.partition(":")
            found.append(Password(account=account, scheme=scheme, locked=locked == "1"))
        elif entry is None:  # `x` without a line in shadow: no password can match
            found.append(Password(account=account, scheme="none", locked=True))
        else:
            found.append(
                Password(
                    account=account,
                    scheme="none" if entry[1] == "x" else entry[1],
                    locked=entry[2] == "1",
                    changed=_day(entry[3]),
                    max_days=_day(entry[5]),
                    expires=_day(entry[8]),
                )
            )
    return tuple(found)


def _day(text: str) -> int | None:
    return int(text) if text.isdigit() else None


@reader(AccountPasswords, ACCOUNTS, SHADOW)
def read_passwords(outputs: Outputs) -> Iterator[AccountPasswords | Missing | Absent]:
    """One fact for all local accounts."""
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    passwords = parse_passwords(accounts, outputs.lines(SHADOW))
    yield AccountPasswords(subject="shadow", passwords=passwords)


# ---------------------------------------------------------------------------------------------
# Ways in: password or key, for each account
# ---------------------------------------------------------------------------------------------


class Login(Frozen):
    """How one account can be entered. `keys` is None where nobody could look."""

    account: Account
    password: Password
    keys: int | None

    @property
    def ways(self) -> tuple[str, ...]:
        """In words, for a finding."""
        found = []
        if self.password.opens:
            found.append("empty password" if self.password.scheme == "empty" else "password")
        if self.keys:
            found.append("key")
        return tuple(found)


class AccountLogins(Fact):
    """The ways into every local account that has a shell."""

    kind: Literal["account-logins"] = "account-logins"
    logins: tuple[Login, ...]


def _keys_by_account(outputs: Outputs) -> Mapping[str, int] | None:
    """How many keys each account has; None where the probe could not look."""
    try:
        keys = parse_authorized_keys(outputs.lines(AUTHORIZED_KEYS))[2]
    except (UnavailableError, UnreadableError):
        return None
    return {name: len(some) for name, some in keys.items()}


@reader(AccountLogins, ACCOUNTS, SHADOW, AUTHORIZED_KEYS)
def read_logins(outputs: Outputs) -> Iterator[AccountLogins | Missing | Absent]:
    """One fact for all local accounts with a shell."""
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    passwords = parse_passwords(accounts, outputs.lines(SHADOW))
    keys = _keys_by_account(outputs)
    logins = tuple(
        Login(
            account=each.account,
            password=each,
            keys=None if keys is None else keys.get(each.account.name, 0),
        )
        for each in passwords
        if each.account.has_shell
    )
    yield AccountLogins(subject="accounts", logins=logins)


# ---------------------------------------------------------------------------------------------
# Activity
# ---------------------------------------------------------------------------------------------


class Activity(Frozen):
    """
    When a person's account was last used. `last` is None when no record names it;
    `recorded_since` is how far back the records would have named it (None: there are none).
    """

    name: str
    last: AwareDatetime | None = None
    recorded_since: AwareDatetime | None = None
    changed: date | None = None


class AccountActivity(Fact):
    """The accounts of people that can be entered, and their last login."""

    kind: Literal["account-activity"] = "account-activity"
    people: tuple[Activity, ...]
    records: tuple[str, ...] = ()


_LASTLOG_DATE = re.compile(r"(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d [+-]\d{4} \d{4})\s*$")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d")
#: Lines of the machine's own, and those that go on from the line before.
_NOBODY = (" ", "reboot", "soft-reboot", "s-reboot", "shutdown", "runlevel")


class Records(Frozen):
    """What the login records of a host hold."""

    last: Mapping[str, AwareDatetime] = {}
    never: frozenset[str] = frozenset()
    since: AwareDatetime | None = None
    names: tuple[str, ...] = ()


def parse_logins(text: str) -> Records:
    """
    The answer of the probe `last-logins`.

    A lastlog in which nobody ever logged in is written by nobody (Debian 13 has the file and no
    writer), so it is no record at all.
    """
    seen: list[tuple[str, datetime]] = []
    never: set[str] = set()
    begins: list[datetime] = []
    names: list[str] = []
    for part, lines in sections(text):
        if part in ("lastlog", "lastlog2"):
            dated = list(_lastlog_dates(lines))
            if dated:
                seen += dated
                names.append(part)
                never.update(line.split()[0] for line in lines if "**Never logged in**" in line)
        elif part == "last":
            for line in lines:
                stamp = _ISO.search(line)
                if stamp and " begins " in line:
                    begins.append(datetime.fromisoformat(stamp[0]))
                elif stamp and not line.startswith(_NOBODY):
                    seen.append((line.split()[0], datetime.fromisoformat(stamp[0])))
    last: dict[str, datetime] = {}
    for name, moment in seen:
        last[name] = max(moment, last.get(name, moment))
    return Records(
        last=last,
        never=frozenset(never - set(last)),
        since=min(begins, default=None),
        names=tuple(names + ["wtmp"] * bool(begins)),
    )


def _lastlog_dates(lines: Sequence[str]) -> Iterator[tuple[str, datetime]]:
    for line in lines:
        match = _LASTLOG_DATE.search(line)
        if match:
            yield line.split()[0], datetime.strptime(match[1], "%a %b %d %H:%M:%S %z %Y")


@reader(AccountActivity, ACCOUNTS, SHADOW, LOGINS, AUTHORIZED_KEYS)
def read_activity(outputs: Outputs) -> Iterator[AccountActivity | Missing | Absent]:
    """
    One fact for all people who can get in.

    Services (numbers outside the range, closed shells), accounts that have run out, and those with
    neither password nor key are not people who can get in. Keys that could not be seen count as
    there.
    """
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    passwords = parse_passwords(accounts, outputs.lines(SHADOW))
    records = parse_logins(outputs.text(LOGINS))
    keys = _keys_by_account(outputs)
    people = []
    for each in passwords:
        name = each.account.name
        can_enter = each.opens or keys is None or keys.get(name, 0) > 0
        if not accounts.is_person(each.account) or not can_enter:
            continue
        if each.is_expired_account(outputs.at):
            continue
        last = outputs.at if name == accounts.me else records.last.get(name)
        since = datetime(1970, 1, 1, tzinfo=UTC) if name in records.never else records.since
        people.append(
            Activity(name=name, last=last, recorded_since=since, changed=each.changed_on())
        )
    if people:
        yield AccountActivity(subject="accounts", people=tuple(people), records=records.names)
    else:
        yield Absent("no account of a person can be entered here")


# ---------------------------------------------------------------------------------------------
# Homes
# ---------------------------------------------------------------------------------------------


class Home(Frozen):
    """A home directory: its mode, who owns it, and whose it should be."""

    account: str
    uid: int
    path: str
    mode: int
    owner: int


class HomeDirectories(Fact):
    """The homes of people and of root that exist."""

    kind: Literal["home-directories"] = "home-directories"
    homes: tuple[Home, ...]


@reader(HomeDirectories, ACCOUNTS, HOMES)
def read_homes(outputs: Outputs) -> Iterator[HomeDirectories | Missing | Absent]:
    """Homes of people and of root; a home that cannot be seen is a gap for that account."""
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    lines = outputs.lines(HOMES)
    if not lines or lines[-1] != "end":
        raise UnreadableError("the answer has no end, so part of it is missing")
    people = {each.name for each in accounts.accounts if accounts.is_person(each) or each.uid == 0}
    homes, hidden = [], []
    for line in lines[:-1]:
        try:
            mode, owner, uid, name, path = line.split(" ", 4)
            if name not in people:
                continue
            if mode == "hidden":
                hidden.append(Missing(name, GapReason.DENIED, f"{path} cannot be seen"))
                continue
            home = Home(account=name, uid=int(uid), path=path, mode=int(mode, 8), owner=int(owner))
        except ValueError as problem:
            raise UnreadableError(f"not a line of stat: {line[:80]!r}") from problem
        homes.append(home)
    yield from hidden
    if homes:
        yield HomeDirectories(subject="homes", homes=tuple(homes))
    elif not hidden:
        yield Absent("no home directory of a person exists here")
