"""
The forecast's rules once more, for one run, in plain Python and without a thought of speed.

Written from the rules alone, as a second opinion on the engine.
"""

import math
from collections.abc import Sequence
from typing import Any

from cdso_audit.drill.forecast.engine import Calendar, Project


def on_shift(calendar: Calendar, at: float, phase: float) -> tuple[bool, float]:
    """Whether one is on shift at that hour, and when that changes."""
    if not calendar.windows:
        return True, math.inf
    shift = phase if calendar.clocked else 0.0
    edges = [
        (begin + k * calendar.period - shift, end + k * calendar.period - shift)
        for k in range(-3 if calendar.clocked else 0, 60)
        for begin, end in calendar.windows
    ]
    for begin, end in edges:
        if begin <= at < end and end - at > 1e-9:
            return True, end
    return False, min(begin for begin, _ in edges if begin > at + 1e-9)


def one_run(  # noqa: C901, PLR0912, PLR0915 - one loop, read from top to bottom
    project: Project,
    hours: Sequence[float],
    gb: Sequence[float],
    cap: Sequence[float],
    *,
    start: float = 0,
    phase: float = 0,
    bad: Sequence[bool] = (),
    again: tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]] | None = None,
) -> list[float]:
    """When each task ends."""
    needed = {each.skill for each in project.tasks if each.skill}
    people = sorted(project.people, key=lambda each: len(each.skills & needed))
    count = len(project.tasks)
    hours, gb, cap, bad = list(hours), list(gb), list(cap), list(bad)
    finish: list[float] = [math.nan] * count
    done: set[int] = set()
    started: set[int] = set()
    busy: dict[int, tuple[int, float]] = {}
    flight: dict[int, dict[str, Any]] = {}
    check_of = {check: (row, transfer) for row, (check, transfer) in enumerate(project.repeats)}
    now = start
    while len(done) < count:
        for task in range(count):
            each = project.tasks[task]
            if task in started or not set(each.after) <= done:
                continue
            if not each.skill:
                if len(flight) < project.slots:
                    started.add(task)
                    flight[task] = {"flows_at": now + hours[task], "left": gb[task], "rate": 0.0}
                continue
            for p, person in enumerate(people):
                on, until = on_shift(person.calendar, now, phase)
                if p not in busy and on and each.skill in person.skills:
                    started.add(task)
                    busy[p] = (task, min(now + hours[task], until))
                    hours[task] -= min(hours[task], until - now)
                    break
        flowing = [task for task, each in flight.items() if each["flows_at"] <= now]
        rest, waiting = project.bandwidth, sorted(flowing, key=lambda task: cap[task])
        while waiting:
            task = waiting.pop(0)
            flight[task]["rate"] = min(cap[task], rest / (len(waiting) + 1))
            rest -= flight[task]["rate"]
        times = [until for _, until in busy.values()]
        times += [
            now + flight[task]["left"] / flight[task]["rate"] if flight[task]["left"] else now
            for task in flowing
        ]
        times += [each["flows_at"] for each in flight.values() if each["flows_at"] > now]
        times += [on_shift(person.calendar, now, phase)[1] for person in people]
        then = min(times)
        ended = []
        for task in flowing:
            flight[task]["left"] -= flight[task]["rate"] * (then - now)
            if flight[task]["left"] <= 1e-9:
                ended.append(task)
                del flight[task]
        for p, (task, until) in list(busy.items()):
            if until <= then:
                del busy[p]
                if hours[task] > 0:
                    hours[task] += project.handover
                    started.discard(task)
                else:
                    ended.append(task)
        now = then
        for task in ended:
            row, transfer = check_of.get(task, (-1, -1))
            if row >= 0 and bad[row] and again is not None:
                bad[row] = False
                hours[task], hours[transfer] = again[0][task], again[1][transfer]
                gb[transfer], cap[transfer] = again[2][transfer], again[3][transfer]
                done.discard(transfer)
                started -= {task, transfer}
            else:
                done.add(task)
                finish[task] = now
    return finish
