"""`logrotate -d` says how often and how many times each log is rotated; our reader must agree."""

import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from cdso_audit.facts.logging import rotation_days

LOGROTATE: Final = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin")
PERIODS: Final = {"hourly": 1 / 24, "after 1 days": 1, "weekly": 7, "monthly": 30, "yearly": 365}
#: One line for each pattern: paths, how often, how many times.
SAID: Final = re.compile(
    r"^rotating pattern: (?P<paths>[^\n]*?)\s+(?P<often>hourly|after 1 days|weekly|monthly|yearly|"
    r"forced from command line|\d+ bytes)\s+\((?P<times>(?P<number>\d+) rotations|[^)]*)\)",
    re.MULTILINE,
)


def directives(chance: random.Random) -> list[str]:
    """Some lines of a block, in any order and in every spelling."""
    made = []
    for _ in range(chance.randint(0, 4)):
        number = chance.randint(1, 60)
        made.append(
            chance.choice(
                [
                    *("hourly", "daily", "weekly", "monthly", "yearly"),
                    *(f"rotate {number}", f"rotate={number}", f"rotate\t{number}"),
                    *(f"size {number}k", f"size={number}M", f"maxsize {number}M"),
                    *(f"minsize {number}k", "compress", "missingok", "notifempty", "dateext"),
                    "postrotate\n  rotate 99\n  daily\nendscript",
                    "prerotate\n}\nendscript",
                ]
            )
        )
    return made


def configuration(chance: random.Random, folder: Path) -> tuple[str, list[str]]:
    """A whole file and the paths of its blocks."""
    text = "\n".join(
        chance.choice(["daily", "weekly", "monthly", f"rotate {chance.randint(1, 9)}", "size 1M"])
        for _ in range(chance.randint(0, 3))
    )
    paths = []
    for number in range(chance.randint(1, 4)):
        path = f"{folder}/{number}.log"
        shown = chance.choice([path, f'"{path}"', f"'{path}'"])
        lines = directives(chance)
        opened = "{"
        if lines and "\n" not in lines[0] and chance.random() < 0.3:
            opened = "{ " + lines.pop(0)
        body = "\n".join(f"  {each}" for each in lines)
        text += f"\n{shown}{chance.choice([' ', ' '])}{opened}\n{body}\n}}\n"
        paths.append(path)
    return text, paths


@pytest.mark.daemon
@pytest.mark.skipif(LOGROTATE is None, reason="needs apt package logrotate")
@pytest.mark.parametrize("seed", range(4))
def test_days_are_those_of_logrotate(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    compared = 0
    for number in range(50):
        text, paths = configuration(chance, tmp_path)
        file = tmp_path / f"{number}.conf"
        file.write_text(text)
        file.chmod(0o600)
        done = subprocess.run(
            [str(LOGROTATE), "-d", "-s", str(tmp_path / "state"), str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        told = {
            match["paths"].strip("\"'"): None
            if "bytes" in match["often"]
            else int((int(match["number"] or 0) + 1) * PERIODS[match["often"]])
            for match in SAID.finditer(done.stderr + done.stdout)
        }
        ours = rotation_days(text)

        assert set(told) == set(paths), (text, done.stderr)
        assert {path: ours.get(path) for path in paths} == told, (text, done.stderr)
        compared += sum(each is not None for each in told.values())
    assert compared > 40
