"""
`python -m tests.mutation [SUBJECT…]` plants each fault of each check and runs that check's own
tests in a forked process; writes docs/mutants.md. `--only TEXT` tells of some modules and writes
nothing.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from tests import edges, support
from tests.mutation.declared import declared_mutants, identifier, plant, unchanged
from tests.mutation.mutants import FLIP, flipped_fact, mutants

import cdso_audit.facts
from cdso_audit import plugins
from cdso_audit.declarative import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

ROOT: Final = Path(__file__).parents[2]
CHECKS: Final = ROOT / "checks"
TESTS: Final = ROOT / "tests" / "checks"
KEPT: Final = ROOT / "build" / "mutants"
PAGE: Final = ROOT / "docs" / "mutants.md"
EXPLAINED: Final = Path(__file__).with_name("survivors.yaml")
PATIENCE: Final = 20
"""Seconds after which a mutant that loops counts as killed."""
AIM: Final = 95.0


@dataclass(slots=True)
class Tally:
    """What became of a module's mutants."""

    module: str
    kinds: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    survivors: list[str] = field(default_factory=list)
    broken: str = ""

    def kept(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def all(self) -> int:
        return self.killed + len(self.survivors)


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a module's mutant to whoever imports it."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        del path, target
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__[FLIP] = flipped_fact
        exec(compile(self.tree, self.name, "exec"), module.__dict__)  # noqa: S102 - our own code


def modules() -> dict[str, Path]:
    """The modules that decide something, by name; then the checks in YAML, as if they were some."""
    found = {
        ".".join(path.relative_to(CHECKS).with_suffix("").parts): path
        for path in sorted(CHECKS.glob("cdso_checks/*/**/*.py"))
        if path.name != "__init__.py"
    }
    for path in sorted(CHECKS.glob(f"cdso_checks/*/*{SUFFIX}")):
        folder = ".".join(path.relative_to(CHECKS).parent.parts)
        found[f"{folder}.{identifier(path).replace('-', '_')}"] = path
    return found


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules of ours that a module imports."""
    found: set[str] = set()
    if path.suffix != ".py":
        return frozenset(found)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cdso_checks"):
            found.add(node.module or "")
    return frozenset(found)


def tests_of(name: str, known: dict[str, Path]) -> list[Path]:
    """The tests of a check; of what several checks share, the tests of each that imports it."""
    own = TESTS / Path(*name.split(".")[1:-1]) / f"test_{name.rpartition('.')[2]}.py"
    found = {own} if own.exists() else set()
    if not found:
        for other, path in known.items():
            if name in imports(path):
                found.update(tests_of(other, known))
    return sorted(found)


def cases_hold(file: Path) -> None:
    """Run a check's tables as its tests do; raises when a row does not hold."""
    name = file.stem.removeprefix("test_")
    module = _loaded(file)
    known = vars(module)
    cases = known.get("CASES", ()) if name in known or "shipped" in known else ()
    if cases:
        check = known.get(name) or support.shipped(name.replace("_", "-"))
        for case in cases:
            support.agree(check, case)
    beside = file.with_name("test_edges.py")
    if beside.exists():
        for each in _loaded(beside).EDGES:
            if each.check.about.id == name.replace("_", "-"):
                edges.holds(each)


def _loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mutation_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def holds(files: Sequence[Path]) -> bool:
    """Whether the tests pass in this process: the tables first, then all of pytest."""
    try:
        for file in files:
            cases_hold(file)
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant was noticed
        return False
    plain = [each for each in files if each.read_text().count("\ndef test_") > 1]
    plain += [each for each in files if "\nclass Test" in each.read_text()]
    if not plain:
        return True
    words = ["-x", "-q", "-p", "no:cacheprovider", "--no-header"]
    return pytest.main([*words, *map(str, plain)]) == 0


def survives(planting: Callable[[], object], files: Sequence[Path]) -> bool:
    """Whether a process that has planted a mutant passes the tests."""
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(BaseException):
            signal.alarm(PATIENCE)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            planting()
            code = 0 if holds(files) else 1
        os._exit(code)
    _, status = os.waitpid(pid, 0)
    return status == 0


def tally(name: str, known: dict[str, Path], share: int) -> Tally:
    """Plant every fault of one module."""
    made = Tally(name)
    files = tests_of(name, known)
    if not files:
        made.broken = "no test"
        return made
    path = known[name]
    if path.suffix != ".py":
        plugins.installed_checks()  # read once, for all; such checks come after all modules
    if not survives(partial(plant_nothing, path), files):
        made.broken = "its tests fail without any fault"
        return made
    for title, kind, planting in plantings(name, path):
        if share > 1 and int(sha256(f"{name} {title}".encode()).hexdigest(), 16) % share:
            continue
        if survives(planting, files):
            made.survivors.append(title)
        else:
            made.killed += 1
        made.kinds[kind] += 1
    return made


def plant_nothing(path: Path) -> None:
    """What a mutant does to a process, without its fault."""
    if path.suffix != ".py":
        plant(path, unchanged(path.read_text(), path.name))


def plantings(name: str, path: Path) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Each mutant of a module: its id, its kind, and what plants it in a process."""
    if path.suffix == ".py":
        for each in mutants(path.read_text()):
            yield each.id, each.kind, partial(sys.meta_path.insert, 0, Planted(name, each.tree))
        return
    for one in declared_mutants(path.read_text(), path.name):
        yield one.id, one.kind, partial(plant, path, one.text)


def prepared() -> None:
    """Import once what every mutant's tests need, but nothing of the checks."""
    for each in pkgutil.walk_packages(cdso_audit.facts.__path__, "cdso_audit.facts."):
        importlib.import_module(each.name)
    loaded = [each for each in sys.modules if each.startswith("cdso_checks")]
    assert loaded == [], loaded


def run(names: Iterable[str], known: dict[str, Path], share: int) -> list[Tally]:
    """The tallies of these modules, in their order."""
    found = []
    for name in names:
        started = time.monotonic()
        found.append(tally(name, known, share))
        one = found[-1]
        spent = time.monotonic() - started
        told = one.broken or f"{one.killed}/{one.all}"
        print(f"{name}: {told} ({spent:.1f} s)", file=sys.stderr)
        for each in one.survivors:
            print(f"    {each}", file=sys.stderr)
    return found


def page(found: Sequence[Tally], share: int) -> str:
    """docs/mutants.md."""
    everything = sum(each.all for each in found)
    killed = sum(each.killed for each in found)
    subjects: dict[str, list[Tally]] = defaultdict(list)
    for each in found:
        subjects[each.module.split(".")[1]].append(each)
    kinds: Counter[str] = Counter()
    for each in found:
        kinds.update(each.kinds)
    sampled = f" One in {share} was planted, chosen by its hash." if share > 1 else ""
    rate = 100 * killed / max(everything, 1)
    lines = [
        "# Mutants",
        "",
        (
            "Written by `make mutants` (`python -m tests.mutation`). Faults are planted in "
            "`checks/` one at a time: comparisons turned, conditions negated, what was seen "
            "flipped, limits nudged, verdicts swapped; in YAML the operator turned, the value "
            "changed, another field asked. A mutant is killed when the tests of that check alone "
            f"fail. Words for people and tables of names are not mutated.{sampled}"
        ),
        "",
        f"**{killed} of {everything} killed: {rate:.1f} %** (the aim is {AIM:.0f} %).",
        "",
        "| Fault | Planted |",
        "| --- | ---: |",
        *(f"| {kind} | {count} |" for kind, count in kinds.most_common()),
        "",
        "| Subject | Planted | Killed | % |",
        "| --- | ---: | ---: | ---: |",
    ]
    for subject, tallies in sorted(subjects.items()):
        total = sum(each.all for each in tallies)
        dead = sum(each.killed for each in tallies)
        lines.append(f"| {subject} | {total} | {dead} | {100 * dead / max(total, 1):.1f} |")
    lines += ["", "## Survivors", ""]
    for each in found:
        if each.broken:
            lines += [f"- `{each.module}`: {each.broken}"]
        for survivor in each.survivors:
            lines += [f"- `{each.module}` · `{survivor}` · {_reason(each.module, survivor)}"]
    return "\n".join(lines) + "\n"


@cache
def _reasons() -> list[dict[str, str]]:
    loaded: list[dict[str, str]] = yaml.safe_load(EXPLAINED.read_text()) or []
    return loaded


def _reason(module: str, survivor: str) -> str:
    """Why a mutant may live: the first row of survivors.yaml that fits it."""
    for row in _reasons():
        if fnmatchcase(module, f"*.{row['in']}") and fnmatchcase(survivor, row["mutant"]):
            return row["because"]
    return "open: no case tells the two apart yet"


def by_subject(subjects: Iterable[str], share: int) -> None:
    """Each subject in a process of its own, which has read the files as they are by then."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for subject in subjects:
        words = ["--only", f"cdso_checks.{subject}.", "--share", str(share)]
        kept = KEPT / f"{subject}.json"
        subprocess.run(
            [sys.executable, "-m", "tests.mutation", *words, "--to", str(kept)], check=True
        )


def main() -> None:
    """Plant, keep what came of it by subject, and write the page of all that is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="modules whose name has TEXT")
    parser.add_argument("--share", type=int, default=1, help="plant one in N, by hash")
    parser.add_argument("--to", type=Path, help="write the tallies there as JSON")
    parser.add_argument("subjects", nargs="*", help="renew these subjects, the others as kept")
    given = parser.parse_args()
    known = modules()
    subjects = sorted({name.split(".")[1] for name in known})
    if given.only:
        prepared()
        names = [name for name in known if any(each in name for each in given.only)]
        found = run(names, known, given.share)
        if given.to:
            given.to.write_text(json.dumps([each.kept() for each in found], indent=1))
        return
    by_subject(given.subjects or subjects, given.share)
    found = [
        Tally(**each | {"kinds": Counter(each["kinds"])})
        for subject in subjects
        for each in json.loads((KEPT / f"{subject}.json").read_text())
    ]
    PAGE.write_text(page(found, given.share))
    print(PAGE.read_text().split("## Survivors")[0])


if __name__ == "__main__":
    main()
