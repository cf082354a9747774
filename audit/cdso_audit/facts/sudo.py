"""
Who may become whom by sudo, as sudo's own parser tells it.

`cvtsudoers` follows includes, skips the names that sudo skips (with a dot, ending in `~`), and
knows the whole grammar; no parser of ours does. Aliases are resolved here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from cdso_audit.facts.accounts import ACCOUNTS, parse_accounts, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, GapReason

SUDOERS = Probe(
    id="sudoers",
    run=("/usr/bin/cvtsudoers", "-f", "json", "/etc/sudoers"),
    root=True,
    why="rules of sudo with all their includes, as sudo's own parser reads them",
)
SUDO_VERSION = Probe(
    id="sudo-version",
    run="""
echo '== sudo'; if command -v sudo >/dev/null 2>&1; then sudo -V 2>/dev/null | head -n 1; fi
echo '== doas'; if [ -e /etc/doas.conf ] || [ -d /etc/doas.d ]; then command -v doas; fi
echo '== sources'; awk '$1 == "sudoers:"' /etc/nsswitch.conf 2>/dev/null
echo '== end'
""",
    why="version of sudo, whether doas is there, and whether rules come from a directory",
)

#: Programs that give a shell, so that a rule for one of them is a rule for everything.
SHELLS = frozenset(
    {"sh", "bash", "dash", "zsh", "ksh", "csh", "tcsh", "fish", "ash", "busybox", "su"}
)


class SudoRule(Frozen):
    """
    One rule, aliases resolved. Users as sudoers writes them: `alice`, `%group`, `#1000`, `%#27`,
    `+netgroup`, `ALL`; exceptions (`!carol`) are left out. Commands keep their arguments.
    """

    users: tuple[str, ...]
    commands: tuple[str, ...]
    run_as: tuple[str, ...] = ("root",)
    asks_password: bool = True

    @property
    def becomes_root(self) -> bool:
        """Whether it gives root: as ALL, root or user 0."""
        return bool({"ALL", "root", "#0"} & set(self.run_as))

    @property
    def broad_commands(self) -> tuple[str, ...]:
        """The commands that mean every command: ALL, a shell, a whole folder."""
        return tuple(each for each in self.commands if _is_broad(each))

    @property
    def shown(self) -> str:
        """The rule in sudoers' own words, for a finding."""
        tag = "" if self.asks_password else "NOPASSWD: "
        run_as = ",".join(self.run_as)
        return f"{', '.join(self.users)} ALL=({run_as}) {tag}{', '.join(self.commands)}"


def _is_broad(command: str) -> bool:
    program = command.split(" ", 1)[0]
    if command.startswith("!"):
        return False
    name = program.rpartition("/")[2]
    return program in ("ALL", "/") or name in ("", "*") or name in SHELLS


class SudoDefault(Frozen):
    """One setting of a `Defaults` line; `bound_to` is empty when it holds for everybody."""

    name: str
    value: str | bool | int
    bound_to: tuple[str, ...] = ()


class SudoRules(Fact):
    """The rules and defaults of sudo on this host; `me` is the account that looked."""

    kind: Literal["sudo-rules"] = "sudo-rules"
    rules: tuple[SudoRule, ...]
    defaults: tuple[SudoDefault, ...] = ()
    version: tuple[int, ...] = ()
    me: str = ""

    def default(self, name: str) -> str | bool | int | None:
        """The value that holds for everybody: the last one wins. None: not set."""
        values = [each.value for each in self.defaults if each.name == name and not each.bound_to]
        return values[-1] if values else None


_MEMBERS = {
    "username": "{}",
    "usergroup": "%{}",
    "userid": "#{}",
    "usergid": "%#{}",
    "netgroup": "+{}",
    "nonunixgroup": "%:{}",
    "nonunixgid": "%:#{}",
}


def _named(
    members: Iterable[Mapping[str, Any]], aliases: Mapping[str, Any], negated: bool = False
) -> Iterator[tuple[str, bool]]:
    """Everybody named, and whether as an exception; an exception from an exception is none."""
    for member in members:
        no = negated != bool(member.get("negated"))
        for key, value in member.items():
            if key in ("useralias", "runasalias"):
                yield from _named(aliases.get(value, ()), aliases, no)
            elif key in _MEMBERS:
                yield _MEMBERS[key].format(value), no


def _people(members: Iterable[Mapping[str, Any]], aliases: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, excepted in _named(members, aliases) if not excepted)


def _commands(
    members: Iterable[Mapping[str, Any]], aliases: Mapping[str, Any], negated: bool = False
) -> Iterator[str]:
    for member in members:
        no = negated != bool(member.get("negated"))
        if "cmndalias" in member:
            yield from _commands(aliases.get(member["cmndalias"], ()), aliases, no)
        elif "command" in member:
            yield ("!" if no else "") + str(member["command"])


def _defaults(
    items: Iterable[Mapping[str, Any]], users: Mapping[str, Any]
) -> Iterator[SudoDefault]:
    for item in items:
        binding = item.get("Binding", ())
        named = [*_named(binding, users)]
        bound = tuple(name for name, excepted in named if not excepted) or tuple(
            f"!{name}" for name, _ in named
        )
        bound = bound or tuple(str(value) for each in binding for value in each.values())
        for option in item.get("Options", ()):
            for name, value in option.items():
                shown = value if isinstance(value, str | bool | int) else str(value)
                yield SudoDefault(name=name, value=shown, bound_to=bound)


def parse_sudoers(tree: Any) -> tuple[tuple[SudoRule, ...], tuple[SudoDefault, ...]]:
    """The JSON of `cvtsudoers -f json`. Raises UnreadableError when it is none."""
    if not isinstance(tree, dict):
        raise UnreadableError("cvtsudoers printed no object")
    users = tree.get("User_Aliases", {})
    run_as = {**users, **tree.get("Runas_Aliases", {})}
    commands = tree.get("Command_Aliases", {})
    rules = []
    defaults = list(_defaults(tree.get("Defaults", ()), users))
    for spec in tree.get("User_Specs", ()):
        people = tuple(_people(spec.get("User_List", ()), users))
        if not people:
            continue
        for part in spec.get("Cmnd_Specs", ()):
            options = {
                key: value for each in part.get("Options", ()) for key, value in each.items()
            }
            target = tuple(_people(part.get("runasusers", ()), run_as))
            if not target:  # nothing said is root; only a group said is the user's own number
                target = ("self",) if part.get("runasgroups") else ("root",)
            rules.append(
                SudoRule(
                    users=people,
                    run_as=target,
                    commands=tuple(_commands(part.get("Commands", ()), commands)),
                    asks_password=options.get("authenticate", True),
                )
            )
    return tuple(rules), tuple(defaults)


def parse_version(text: str) -> tuple[int, ...]:
    """`Sudo version 1.9.13p3` → (1, 9, 13)."""
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, match.groups())) if match else ()


def rules_elsewhere(parts: Mapping[str, list[str]]) -> Iterator[Missing]:
    """A gap for each source of rules that nobody read: a directory, doas."""
    if any("sss" in line or "ldap" in line for line in parts.get("sources", ())):
        source = " ".join(parts["sources"])
        yield Missing("directory", GapReason.UNREACHABLE, f"rules of sudo elsewhere: {source}")
    if any(parts.get("doas", ())):
        yield Missing("doas", GapReason.UNREACHABLE, "the rules of doas are not read")


@reader(SudoRules, SUDOERS, SUDO_VERSION, ACCOUNTS)
def read_sudo_rules(outputs: Outputs) -> Iterator[SudoRules | Missing | Absent]:
    """One fact for /etc/sudoers; a gap for rules of doas or of a directory, which nobody read."""
    parts = dict(sections(outputs.text(SUDO_VERSION)))
    yield from rules_elsewhere(parts)
    if not parts.get("sudo"):
        if outputs.has_tool(SUDOERS):  # the package is there, so is its file
            raise UnreadableError("sudo does not tell its version")
        yield Absent("sudo is not installed")
        return
    rules, defaults = parse_sudoers(outputs.json(SUDOERS))
    yield SudoRules(
        subject="sudoers",
        rules=rules,
        defaults=defaults,
        version=parse_version(" ".join(parts["sudo"])),
        me=parse_accounts(outputs.text(ACCOUNTS)).me,
    )
