"""
Projects with known optima: what the forecast's list scheduling is held against.

Made after the plan of PSPLIB's set J30 (Kolisch and Sprecher 1997; generator ProGen): 30 jobs of 1
to 10 hours, four renewable resources, three jobs to begin with and three to end with, at most three
predecessors and successors. Network complexity: arcs a node, none of them redundant. Resource
factor: the share of the four that a job needs. Resource strength: from 0, where the largest job
just fits, to 1, where nothing ever waits. The projects are our own, drawn here; the optima were
proved by CP-SAT (`tests/bench/optima.py` computes them again).
"""

import random
from dataclasses import dataclass

JOBS = 30
RESOURCES = 4
#: Jobs to begin with, and to end with; predecessors and successors of one job, at most.
ENDS, MOST_ARCS = 3, 3
COMPLEXITIES = (1.5, 1.8, 2.1)
FACTORS = (0.25, 0.5, 0.75, 1.0)
STRENGTHS = (0.2, 0.5, 0.7, 1.0)
#: Left out, both of factor 1 and strength 0.2: eight threads proved no optimum in 100 s.
UNPROVED = (10_300, 11_300)


@dataclass(frozen=True, slots=True)
class Instance:
    """Hours and predecessors of each job, what it needs of each resource, and what there is."""

    hours: tuple[int, ...]
    after: tuple[tuple[int, ...], ...]
    needs: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]


class _Draw:
    """Whole numbers made of `random()` alone, the one sequence that Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random  # noqa: S311 - the same projects each time

    def upto(self, most: int, least: int = 1) -> int:
        return least + int(self.random() * (most - least + 1))


class _Network:
    """Jobs with their predecessors, all of lower number. Sets of jobs are bits of a number."""

    def __init__(self, draw: _Draw) -> None:
        self.draw = draw
        self.after = [0] * JOBS
        self.earlier = [0] * JOBS  # all predecessors, theirs included
        self.followers = [0] * JOBS

    def later(self, job: int) -> list[int]:
        return [job, *(each for each in range(job + 1, JOBS) if self.earlier[each] >> job & 1)]

    def fits(self, one: int, other: int) -> bool:
        """Whether the arc is allowed and new, and makes neither itself nor another redundant."""
        up = self.earlier[one] | 1 << one
        return (
            self.followers[one] < MOST_ARCS
            and self.after[other].bit_count() < MOST_ARCS
            and not self.earlier[other] >> one & 1
            and not any(self.after[each] & up for each in self.later(other))
        )

    def add_one_of(self, arcs: list[tuple[int, int]]) -> bool:
        """Add an arc that fits; what does not fit now never will, and is dropped."""
        while arcs:
            one, other = arcs.pop(self.draw.upto(len(arcs) - 1, 0))
            if self.fits(one, other):
                self.after[other] |= 1 << one
                self.followers[one] += 1
                for each in self.later(other):
                    self.earlier[each] |= self.earlier[one] | 1 << one
                return True
        return False


def _network(draw: _Draw, complexity: float) -> list[list[int]]:
    """The predecessors of each job."""
    made = _Network(draw)
    for job in range(ENDS, JOBS):
        made.add_one_of([(each, job) for each in range(min(job, JOBS - ENDS))])
    for job in range(JOBS - ENDS - 1, -1, -1):
        if not made.followers[job]:
            made.add_one_of([(job, each) for each in range(max(job + 1, ENDS), JOBS)])
    # PSPLIB counts its two dummy jobs and their arcs too.
    wanted = round(complexity * (JOBS + 2)) - 2 * ENDS
    arcs = [(one, other) for other in range(ENDS, JOBS) for one in range(min(other, JOBS - ENDS))]
    while sum(each.bit_count() for each in made.after) < wanted and made.add_one_of(arcs):
        pass
    return [[one for one in range(JOBS) if each >> one & 1] for each in made.after]


def instance(seed: int, complexity: float, factor: float, strength: float, most: int) -> Instance:
    """One project; a job needs 1 to `most` units of each resource that it needs."""
    draw = _Draw(seed)
    after = _network(draw, complexity)
    hours = [draw.upto(10) for _ in range(JOBS)]
    needs = [[0] * RESOURCES for _ in range(JOBS)]
    places = [(job, k) for job in range(JOBS) for k in range(RESOURCES)]
    for each in needs:
        each[draw.upto(RESOURCES - 1, 0)] = draw.upto(most)
    for _ in range(round(factor * JOBS * RESOURCES) - JOBS):
        free = [(job, k) for job, k in places if not needs[job][k]]
        job, k = free[draw.upto(len(free) - 1, 0)]
        needs[job][k] = draw.upto(most)
    begins = [0] * JOBS
    for job in range(JOBS):
        begins[job] = max((begins[one] + hours[one] for one in after[job]), default=0)
    capacity = []
    for k in range(RESOURCES):
        least = max(each[k] for each in needs)
        peak = max(
            sum(
                needs[job][k] for job in range(JOBS) if begins[job] <= at < begins[job] + hours[job]
            )
            for at in begins
        )
        capacity.append(least + round(strength * (peak - least)))
    return Instance(
        tuple(hours), tuple(map(tuple, after)),
        tuple(map(tuple, needs)), tuple(capacity),
    )  # fmt: skip


def by_longest_tail(project: Instance) -> list[int]:
    """The jobs in the order of the forecast's list: the longest way still to go first."""
    tail = list(project.hours)
    for job in range(len(tail) - 1, -1, -1):
        for one in project.after[job]:
            tail[one] = max(tail[one], project.hours[one] + tail[job])
    return sorted(range(len(tail)), key=lambda job: (-tail[job], job))


def listed(project: Instance) -> int:
    """The makespan when at each end the first ready jobs of the list start that still fit."""
    order, now = by_longest_tail(project), 0
    ends: dict[int, int] = {}
    while len(ends) < len(order):
        for job in order:
            if job in ends or any(ends.get(one, now + 1) > now for one in project.after[job]):
                continue
            used = [
                sum(project.needs[one][k] for one, end in ends.items() if end > now)
                for k in range(len(project.capacity))
            ]
            if all(map(lambda u, n, c: u + n <= c, used, project.needs[job], project.capacity)):
                ends[job] = now + project.hours[job]
        now = min(end for end in ends.values() if end > now)
    return max(ends.values())


def of_one_person() -> list[Instance]:
    """Each job needs one person of one of four skills, as the engine's tasks do: 120 projects."""
    return [
        instance(1_000 * a + 100 * b + seed, complexity, 0.25, strength, 1)
        for a, complexity in enumerate(COMPLEXITIES)
        for b, strength in enumerate(STRENGTHS)
        for seed in range(10)
    ]


def of_many_resources() -> list[Instance]:
    """As in J30: several resources at once, up to ten units of each: 94 projects."""
    return [
        instance(seed, complexity, factor, strength, 10)
        for a, complexity in enumerate(COMPLEXITIES)
        for b, factor in enumerate(FACTORS)
        for c, strength in enumerate(STRENGTHS)
        for seed in (1_000 * a + 100 * b + 10 * c + 10_000, 1_000 * a + 100 * b + 10 * c + 10_001)
        if seed not in UNPROVED
    ]
