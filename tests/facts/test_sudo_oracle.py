"""`cvtsudoers -e` resolves aliases itself; generated files must read alike either way."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from cdso_audit.facts.sudo import SudoDefault, SudoRule, parse_sudoers

CVTSUDOERS: Final = shutil.which("cvtsudoers")
USERS: Final = ("an", "binh", "%ops", "#1005", "%#27", "+net", "ALL")
COMMANDS: Final = (
    "/usr/bin/id", "/usr/bin/apt update", "/bin/sh", "/usr/local/bin/", "ALL", "sudoedit /etc/motd",
    "/usr/bin/systemctl restart nginx", "/usr/bin/cat /var/log/*",
)  # fmt: skip
TARGETS: Final = ("root", "ALL", "www-data", "#0", "an, binh")


def members(chance: random.Random, names: tuple[str, ...], aliases: list[str]) -> str:
    """A list of one to three, some of them aliases, some excluded."""
    chosen = []
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(aliases) if aliases and chance.random() < 0.4 else chance.choice(names)
        chosen.append("!" + name if chance.random() < 0.15 else name)
    return ", ".join(chosen)


def sudoers(chance: random.Random) -> str:
    """A whole file: aliases that may hold each other, defaults, rules with tags that carry over."""
    lines: list[str] = []
    made: dict[str, list[str]] = {"User_Alias": [], "Cmnd_Alias": [], "Runas_Alias": []}
    names: dict[str, tuple[str, ...]] = {
        "User_Alias": USERS, "Cmnd_Alias": COMMANDS, "Runas_Alias": ("root", "www-data", "#0"),
    }  # fmt: skip
    for kind, start in (("User_Alias", "PEOPLE"), ("Cmnd_Alias", "DO"), ("Runas_Alias", "AS")):
        for number in range(chance.randint(0, 3)):
            lines.append(f"{kind} {start}{number} = {members(chance, names[kind], made[kind])}")
            made[kind].append(f"{start}{number}")
    for _ in range(chance.randint(0, 2)):
        whom = chance.choice(["", ":an", *(f":{each}" for each in made["User_Alias"])])
        what = chance.choice(["!authenticate", "use_pty", "timestamp_timeout=-1", "!syslog"])
        lines.append(f"Defaults{whom} {what}")
    for _ in range(chance.randint(1, 4)):
        parts = []
        for _ in range(chance.randint(1, 3)):
            target = chance.choice(["", *(f"({t})" for t in (*TARGETS, *made["Runas_Alias"]))])
            tag = chance.choice(["", "", "NOPASSWD: ", "PASSWD: ", "NOPASSWD: NOEXEC: "])
            command = chance.choice([*COMMANDS, *made["Cmnd_Alias"]])
            parts.append(f"{target} {tag}{chance.choice(['', '', '!'])}{command}".strip())
        who = members(chance, USERS, made["User_Alias"])
        lines.append(f"{who} ALL = {', '.join(parts)}")
    return "\n".join(lines) + "\n"


def read(file: Path, *options: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Rules and defaults as sets, since resolving may change the order of members."""
    done = subprocess.run(
        [str(CVTSUDOERS), *options, "-f", "json", str(file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    rules, defaults = parse_sudoers(json.loads(done.stdout))
    return tuple(map(_plain, rules)), tuple(map(_plain_default, defaults))


def _plain(rule: SudoRule) -> tuple[Any, ...]:
    return (
        frozenset(rule.users), frozenset(rule.commands), frozenset(rule.run_as),
        rule.asks_password, frozenset(rule.broad_commands), rule.becomes_root,
    )  # fmt: skip


def _plain_default(default: SudoDefault) -> tuple[Any, ...]:
    return default.name, default.value, frozenset(default.bound_to)


@pytest.mark.daemon
@pytest.mark.skipif(CVTSUDOERS is None, reason="needs apt package sudo")
@pytest.mark.parametrize("seed", range(4))
def test_aliases_are_those_of_sudo(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    with_aliases = 0
    for number in range(60):
        file = tmp_path / f"{number}"
        text = sudoers(chance)
        file.write_text(text)

        assert read(file) == read(file, "-e"), text
        with_aliases += "_Alias" in text
    assert with_aliases > 30
