"""
`python -m tests.bench.optima`: the optima of the projects in `tests/drill/projects.py`, proved.

`python -m tests.bench.optima FOLDER`: how far the forecast's list rule is from the optimum on the
files of a benchmark set in MiniZinc's form (`J30_1_1.dzn`), each optimum proved here.

It needs OR-tools (`pip install ortools`), which is no dependency of this project.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from tests.drill.projects import Instance, listed, of_many_resources, of_one_person


def optimum(project: Instance) -> int:
    """The least makespan, proved by CP-SAT. Raises ValueError where the proof is not done."""
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    horizon = sum(project.hours)
    begins = [model.new_int_var(0, horizon, "") for _ in project.hours]
    spans = [
        model.new_fixed_size_interval_var(begin, hours, "")
        for begin, hours in zip(begins, project.hours, strict=True)
    ]
    for job, each in enumerate(project.after):
        for one in each:
            model.add(begins[one] + project.hours[one] <= begins[job])
    for k, capacity in enumerate(project.capacity):
        model.add_cumulative(spans, [each[k] for each in project.needs], capacity)
    end = model.new_int_var(0, horizon, "")
    for begin, hours in zip(begins, project.hours, strict=True):
        model.add(end >= begin + hours)
    model.minimize(end)
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 100
    solver.parameters.num_workers = 8
    if solver.solve(model) != cp_model.OPTIMAL:
        raise ValueError("no proof in 100 s")
    return int(solver.value(end))


def read(path: Path) -> Instance:
    """A project as MiniZinc's benchmarks write it: rc, d, rr, suc."""
    text = path.read_text(encoding="utf-8")

    def numbers(name: str) -> list[int]:
        found = re.search(rf"^{name} = \[\|?(.*?)\];", text, re.DOTALL | re.MULTILINE)
        return [int(each) for each in re.findall(r"\d+", found[1])] if found else []

    capacity, hours, needs = numbers("rc"), numbers("d"), numbers("rr")
    after: list[list[int]] = [[] for _ in hours]
    following = re.findall(r"\{([\d, ]*)\}", text.partition("suc = ")[2])
    for job, each in enumerate(following):
        for one in re.findall(r"\d+", each):
            after[int(one) - 1].append(job)
    return Instance(
        tuple(hours), tuple(map(tuple, after)),
        tuple(tuple(needs[job :: len(hours)]) for job in range(len(hours))),
        tuple(capacity),
    )  # fmt: skip


def compared(projects: Sequence[tuple[str, Instance]]) -> None:
    """Print each project's optimum, what the rule takes, and the mean gap."""
    gaps = []
    for name, project in projects:
        best, found = optimum(project), listed(project)
        gaps.append(found / best - 1)
        print(f"{name}: optimum {best}, the rule {found}")
    print(f"{len(gaps)} projects: mean gap {mean(gaps):.1%}, largest {max(gaps):.1%}, "
          f"least {min(gaps):.1%}, none in {sum(not each for each in gaps)}")  # fmt: skip


def main() -> None:
    """Print the optima of our own projects, or compare the rule on a folder's."""
    if len(sys.argv) > 1:
        files = sorted(Path(sys.argv[1]).glob("*.dzn"))
        compared([(path.stem, read(path)) for path in files])
        return
    for name, projects in (("ONE_PERSON", of_one_person()), ("RESOURCES", of_many_resources())):
        print(f"{name} = {tuple(map(optimum, projects))}")


if __name__ == "__main__":
    main()
