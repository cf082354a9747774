"""Our verdicts beside those of oscap and lynis on the same machines, as docs/accuracy.md."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from tests.corpus.judging import judged
from tests.corpus.machines import HERE, MACHINES
from tests.corpus.peers import PEERS, named

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = HERE.parents[1] / "docs" / "accuracy.md"
EXPLAINED: Final = HERE / "disagreements.yaml"
_WORST: Final = ("fail", "error", "unknown", "pass", "not-applicable")


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a peer on one machine, and our check of the same thing."""

    peer: str
    rule: str
    machine: str
    check: str
    theirs: str
    ours: str
    seen: str

    @property
    def judged(self) -> bool:
        return {self.theirs, self.ours} <= {"pass", "fail"}

    @property
    def agrees(self) -> bool:
        return self.theirs == self.ours


@cache
def ours(machine: str) -> dict[str, tuple[str, str]]:
    """Check → its worst outcome on a machine, and the message of it."""
    found: dict[str, tuple[str, str]] = {}
    for each in judged(machine).findings:
        now = (each.outcome.value, each.message)
        if each.check not in found or _rank(now[0]) < _rank(found[each.check][0]):
            found[each.check] = now
    return found


def _rank(outcome: str) -> int:
    return _WORST.index(outcome)


def rows() -> Iterator[Row]:
    """Every pair that somebody could compare."""
    table: list[dict[str, str]] = _data()["lynis"]
    same = named()
    for machine in MACHINES:
        said = json.loads((PEERS / f"{machine}.json").read_text())
        mine = ours(machine)
        for rule, result in said.get("oscap", {}).items():
            check = same.get(rule, "")
            if check in mine:
                yield Row("oscap", rule, machine, check, result, *mine[check])
        for line in table:
            check = line["check"]
            if check in mine:
                theirs = lynis_says(said["lynis"], line)
                name = f"{line['test']} {line.get('with', '')}".strip()
                yield Row("lynis", name, machine, check, theirs, *mine[check])


def lynis_says(said: dict[str, list[str]], line: dict[str, str]) -> str:
    """`fail` when it warns or suggests about the test, `pass` when the test ran in silence."""
    told = [*said.get("warning", ()), *said.get("suggestion", ()), *said.get("details", ())]
    words = line.get("with", "")
    if any(each.startswith(f"{line['test']}|") and words in each for each in told):
        return "fail"
    return "pass" if line["test"] in said["tests_executed"] else "not run"


def explained() -> list[dict[str, str]]:
    """The explanations, in the order in which they are tried."""
    found: list[dict[str, str]] = _data()["disagreements"]
    return found


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(EXPLAINED.read_text())
    return loaded


def reason(row: Row) -> tuple[str, str]:
    """Who is right, and why: the first entry of disagreements.yaml that fits."""
    for each in explained():
        if (
            each["peer"] == row.peer
            and fnmatchcase(row.rule, each["rule"])
            and fnmatchcase(row.machine, each.get("on", "*"))
            and each.get("theirs", row.theirs) == row.theirs
        ):
            return each["right"], each["because"]
    return "?", "**not explained yet**"


def page() -> str:
    """docs/accuracy.md."""
    found = list(rows())
    lines = [_HEAD]
    for peer, title in (("oscap", "OpenSCAP"), ("lynis", "Lynis")):
        mine = [each for each in found if each.peer == peer]
        both = [each for each in mine if each.judged]
        apart = [each for each in both if not each.agrees]
        right = Counter(reason(each)[0] for each in apart)
        told = ", ".join(f"{who} {count}" for who, count in right.most_common())
        lines += [
            "", f"## {title}", "",
            (f"{len(mine)} pairs of a rule and a machine; in {len(both)} both judge; "
             f"{len(both) - len(apart)} agree, {len(apart)} do not (right: {told})."), "",
            "| Rule | Machine | Check | It says | We say | Right | Why |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]  # fmt: skip
        for key in dict.fromkeys((each.rule, each.check, each.theirs, each.ours) for each in apart):
            same = [
                each for each in apart if (each.rule, each.check, each.theirs, each.ours) == key
            ]
            for who, because in dict.fromkeys(reason(each) for each in same):
                on = [each.machine for each in same if reason(each) == (who, because)]
                lines.append(
                    f"| `{key[0]}` | {', '.join(on)} | `{key[1]}` | {key[2]} | {key[3]} | {who} | "
                    f"{' '.join(because.split())} |"
                )
        silent = [each for each in mine if not each.judged]
        names = Counter(f"{each.theirs} / {each.ours}" for each in silent)
        lines += [
            "",
            "Where one of the two does not judge (it / we): "
            + ", ".join(f"{name} {count}" for name, count in names.most_common()) + ".",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


_HEAD: Final = """\
# Accuracy

What our checks say of whole machines, beside what oscap and lynis say of the same ones in the
same minute. Written by `python -m tests.corpus compare` from `tests/corpus/bundles` and
`tests/corpus/peers`, which `make corpus` makes anew; who is right was found out by looking at the
machine, and stands in `tests/corpus/disagreements.yaml`.

The machines are Debian 11, 12 and 13, each as its installer leaves it and after
`tests/corpus/harden.sh`, booted with their own systemd in a container. `tests/corpus/golden` has
every verdict on them, `reviewed.yaml` why each fail and each unknown is right; the ordinary tests
judge the saved evidence again and stop at any verdict that changes. oscap runs Debian's own
packages, whose newest content is that of Debian 11. Lynis speaks up or keeps silent: a test that
ran and says nothing counts as a pass. A rule of theirs is compared with the check that names it."""
