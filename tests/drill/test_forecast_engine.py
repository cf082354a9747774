"""The engine against results that are known exactly, and against a second, slow implementation."""

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest
from tests.drill.one_run import one_run

from cdso_audit.drill.forecast.engine import (
    Amounts,
    Calendar,
    Floats,
    Person,
    Project,
    Task,
    simulate,
)

ANY = frozenset({"any"})


ALWAYS = Calendar()


def workers(count: int, calendar: Calendar = ALWAYS) -> tuple[Person, ...]:
    return tuple(Person(ANY, calendar) for _ in range(count))


def makespans(project: Project, hours: Floats) -> Floats:
    return np.asarray(simulate(project, Amounts(hours)).finish.max(axis=0))


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


# ---------------------------------------------------------------------------------------------
# Exact references
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tasks", "people"), [(10, 3), (20, 4), (1, 1), (5, 8)])
def test_exponential_tasks_have_the_known_mean_makespan(tasks: int, people: int) -> None:
    """E = (N - W)/W + H_W while all are busy, then one after the other falls idle."""
    drawn = rng(1).exponential(size=(tasks, 20_000))
    found = makespans(Project((Task("any"),) * tasks, workers(people)), drawn)
    idle = min(people, tasks)
    exact = (tasks - idle) / idle + sum(1 / k for k in range(1, idle + 1))

    assert abs(found.mean() - exact) < 4 * found.std() / math.sqrt(found.size)


def test_a_chain_of_exponentials_is_erlang() -> None:
    chain = tuple(Task("any", (k - 1,) if k else ()) for k in range(6))
    found = makespans(Project(chain, workers(3)), rng(2).exponential(size=(6, 40_000)))
    exact = 1 - math.exp(-9) * sum(9**k / math.factorial(k) for k in range(6))

    assert abs(found.mean() - 6) < 4 * math.sqrt(6 / found.size)
    assert exact == pytest.approx(0.8843, abs=1e-4)
    assert abs((found <= 9).mean() - exact) < 4 * math.sqrt(exact * (1 - exact) / found.size)


def test_parallel_lognormals_multiply() -> None:
    drawn = np.exp(0.5 * rng(3).standard_normal((8, 40_000)))
    found = makespans(Project((Task("any"),) * 8, workers(8)), drawn)
    exact = NormalDist().cdf(math.log(2.7) / 0.5) ** 8

    assert abs((found <= 2.7).mean() - exact) < 4 * math.sqrt(exact * (1 - exact) / found.size)


def test_shared_bandwidth_has_a_closed_form() -> None:
    project = Project((Task(),) * 4, bandwidth=10)
    gb = np.array([[10.0], [20], [30], [40]])

    assert simulate(project, Amounts(np.zeros((4, 1)), gb)).finish[:, 0].tolist() == [4, 7, 9, 10]


@pytest.mark.parametrize("seed", range(5))
def test_shared_bandwidth_of_any_sizes(seed: int) -> None:
    """Sorted by size: t_k = t_(k-1) + (s_k - s_(k-1)) (n - k + 1) / B."""
    sizes = rng(seed).uniform(1, 100, 9)
    found = simulate(Project((Task(),) * 9, bandwidth=7), Amounts(np.zeros((9, 1)), sizes[:, None]))
    steps = np.diff(np.concatenate([[0], np.sort(sizes)])) * np.arange(9, 0, -1) / 7

    np.testing.assert_allclose(np.sort(found.finish[:, 0]), np.cumsum(steps), rtol=1e-12)


def test_what_a_slow_stream_leaves_goes_to_the_others() -> None:
    """10 GB/h: one at its cap of 2, the others share 8; 4 each until 12 GB are through, then 8."""
    project = Project((Task(),) * 3, bandwidth=10)
    gb, cap = np.array([[20.0], [12], [28]]), np.array([[2.0], [9], [9]])
    found = simulate(project, Amounts(np.zeros((3, 1)), gb, cap))

    assert found.finish[:, 0].tolist() == pytest.approx([10, 3, 5])


def test_slots_and_setup() -> None:
    """One slot: 1 h setup and 10 GB at 10 GB/h, twice; nothing flows during a setup."""
    project = Project((Task(),) * 2, bandwidth=10, slots=1)
    ten = np.full((2, 1), 10.0)
    assert simulate(project, Amounts(np.ones((2, 1)), ten)).finish[:, 0].tolist() == [2, 4]

    wide = Project((Task(),) * 2, bandwidth=10, slots=2)
    setup = np.array([[0.0], [0.5]])  # alone for half an hour, then shared: 5 left at 5/h, …
    assert simulate(wide, Amounts(setup, ten)).finish[:, 0].tolist() == [1.5, 2]


@pytest.mark.parametrize(("people", "takes"), [(3, 12), (4, 15)])
def test_grahams_anomaly(people: int, takes: float) -> None:
    """More people can be slower: the classic nine jobs, 12 with three and 15 with four."""
    hours = np.array([[3.0], [2], [2], [2], [4], [4], [4], [4], [9]])
    after = [(), (), (), (), (3,), (3,), (3,), (3,), (0,)]
    tasks = tuple(Task("any", each) for each in after)

    assert makespans(Project(tasks, workers(people)), hours).tolist() == [takes]


# ---------------------------------------------------------------------------------------------
# Bounds on every run
# ---------------------------------------------------------------------------------------------


def random_tasks(seed: int, count: int, transfers: float = 0.0) -> tuple[Task, ...]:
    draw = rng(seed)
    return tuple(
        Task(
            "" if draw.random() < transfers else "any",
            tuple({int(k) for k in draw.integers(0, index, 2)}) if index else (),
        )
        for index in range(count)
    )


def longest_path(tasks: tuple[Task, ...], hours: Floats) -> Floats:
    ends = np.zeros_like(hours)
    for index, each in enumerate(tasks):
        before = [ends[other] for other in each.after]
        ends[index] = hours[index] + (np.max(before, axis=0) if before else 0)
    return np.asarray(ends.max(axis=0))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("people", [1, 2, 5])
def test_every_run_keeps_to_the_bounds_of_list_scheduling(seed: int, people: int) -> None:
    """max(path, work/W) <= makespan <= work/W + (1 - 1/W) path (Graham 1969), in each run."""
    tasks = random_tasks(seed, 25)
    hours = rng(seed).lognormal(0, 0.8, (25, 500))
    found = makespans(Project(tasks, workers(people)), hours)
    path, work = longest_path(tasks, hours), hours.sum(axis=0)

    assert (found >= np.maximum(path, work / people) - 1e-9).all()
    assert (found <= work / people + (1 - 1 / people) * path + 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_no_run_is_faster_than_its_bytes(seed: int) -> None:
    tasks = random_tasks(seed, 30, transfers=0.4)
    draw = rng(seed)
    hours, gb = draw.lognormal(-1, 0.5, (30, 300)), draw.lognormal(3, 1, (30, 300))
    is_transfer = np.array([not each.skill for each in tasks])
    found = simulate(
        Project(tasks, workers(3), bandwidth=40, slots=3), Amounts(hours, gb[is_transfer])
    ).finish
    alone = hours + np.where(is_transfer[:, None], gb / 40, 0)

    assert not np.isnan(found).any()
    assert (found.max(axis=0) >= gb[is_transfer].sum(axis=0) / 40 - 1e-9).all()
    assert (found.max(axis=0) >= longest_path(tasks, alone) - 1e-9).all()


def optimum(tasks: tuple[Task, ...], hours: list[float], people: int) -> float:
    """The least makespan, over all orders: serial generation makes every active schedule."""
    best = math.inf
    for order in itertools.permutations(range(len(tasks))):
        ends: dict[int, float] = {}
        placed: list[tuple[float, float]] = []
        for task in order:
            if not set(tasks[task].after) <= ends.keys():
                break
            ready = max((ends[other] for other in tasks[task].after), default=0.0)
            for begin in sorted({ready, *(end for _, end in placed if end > ready)}):
                edges = [begin, *(at for at, _ in placed if begin < at < begin + hours[task])]
                load = max(sum(a <= edge < b for a, b in placed) for edge in edges)
                if load < people:
                    break
            placed.append((begin, begin + hours[task]))
            ends[task] = begin + hours[task]
        else:
            best = min(best, max(ends.values()))
    return best


def test_never_better_than_the_optimum_and_seldom_far_from_it() -> None:
    """Six tasks, two people, all orders tried: between the optimum and (2 - 1/W) times it."""
    gaps = []
    for seed in range(12):
        tasks = random_tasks(100 + seed, 6)
        hours = rng(seed).integers(1, 10, 6).astype(float)
        best = optimum(tasks, hours.tolist(), 2)
        found = float(makespans(Project(tasks, workers(2)), hours[:, None])[0])
        assert best - 1e-9 <= found <= 1.5 * best + 1e-9
        gaps.append(found / best - 1)

    assert np.mean(gaps) < 0.08
    assert max(gaps) > 0  # else the optimum was not looked for


def test_on_average_one_more_person_does_not_harm() -> None:
    """Per run it may (Graham); on the mean of these it does not."""
    tasks = random_tasks(5, 40)
    hours = rng(5).lognormal(0, 0.6, (40, 2_000))
    means = [makespans(Project(tasks, workers(people)), hours).mean() for people in range(1, 8)]

    assert means == sorted(means, reverse=True)


# ---------------------------------------------------------------------------------------------
# Shifts, skills, repeats
# ---------------------------------------------------------------------------------------------

DAY = Calendar(((8, 16),), period=24, clocked=False)


@pytest.mark.parametrize(
    ("people", "handover", "ends"),
    [
        ((Person(ANY, Calendar(((0, 8),), 24, clocked=False)),), 0.0, 26.0),
        ((Person(ANY, Calendar(((0, 8),), 24, clocked=False)),), 0.5, 26.5),
        ((Person(ANY, DAY),), 0.0, 34.0),
        ((Person(ANY, DAY), Person(ANY, Calendar(((0, 8),), 24, clocked=False))), 0.25, 10.25),
        ((Person(ANY, Calendar(((20, 28),), 24, clocked=False)),), 0.0, 46.0),  # none before it
    ],
)
def test_work_stands_still_when_its_shift_ends(
    people: tuple[Person, ...], handover: float, ends: float
) -> None:
    """Ten hours of work: the next on shift goes on, after what the handover costs."""
    project = Project((Task("any"),), people, handover=handover)

    assert makespans(project, np.full((1, 1), 10.0)).tolist() == pytest.approx([ends])


@pytest.mark.parametrize(
    ("attack", "ends"),
    [(8.0, 2.0), (15.0, 18.0), (4 * 24 + 20.0, 62.0), (6 * 24 + 23.5, 10.5), (0.0, 10.0)],
)
def test_the_week_counts_from_monday(attack: float, ends: float) -> None:
    """Two hours of work, Monday to Friday 8 to 16; an attack on Friday 20:00 waits for Monday."""
    week = Calendar(tuple((24 * day + 8.0, 24 * day + 16.0) for day in range(5)))
    project = Project((Task("any"),), workers(1, week))
    found = simulate(project, Amounts(np.full((1, 1), 2.0), phase=np.array([attack])))

    assert found.finish[0, 0] == pytest.approx(ends)


def test_who_can_do_least_is_asked_first() -> None:
    project = Project(
        (Task("a"), Task("b")), (Person(frozenset({"a", "b"})), Person(frozenset({"a"})))
    )

    assert makespans(project, np.ones((2, 1))).tolist() == [1]


def test_a_bad_copy_is_fetched_again_once() -> None:
    """Transfer 2 h, check 1 h, bad; again 4 h and 0.5 h from the offline copy."""
    project = Project((Task(), Task("any", (0,))), workers(1), repeats=((1, 0),))
    hours = np.array([[2.0, 2], [1, 1]])
    amounts = Amounts(
        hours,
        bad=np.array([[True, False]]),
        again_hours=np.array([[0.5, 0.5]]),
        again_setup=np.array([[4.0, 4.0]]),
    )

    assert simulate(project, amounts).finish.tolist() == [[7, 2], [7.5, 3]]


def test_what_does_not_exist_in_a_run_costs_nothing() -> None:
    project = Project((Task("any"), Task("any"), Task("any", (1,))), workers(1))
    active = np.array([[True, True], [True, False], [True, False]])
    found = simulate(project, Amounts(np.ones((3, 2)), active=active)).finish

    assert found[:, 0].tolist() == [1, 2, 3]
    assert found[0, 1] == 1
    assert np.isnan(found[1:, 1]).all()


def test_what_comes_after_may_not_exist_either() -> None:
    """The second follows the first where it exists; the third has the person meanwhile."""
    project = Project((Task("any"), Task("any", (0,)), Task("any")), workers(1))
    active = np.array([[True, True], [True, False], [True, True]])
    found = simulate(project, Amounts(np.ones((3, 2)), active=active)).finish

    assert found[:, 0].tolist() == [1, 2, 3]
    assert found[[0, 2], 1].tolist() == [1, 2]
    assert np.isnan(found[1, 1])


def test_the_trace_says_who_waited_for_whom() -> None:
    """One person, 0 before 1; 2 after 0 waits for the person, whom 1 frees."""
    project = Project((Task("any"), Task("any"), Task("any", (0,))), workers(1))
    found = simulate(project, Amounts(np.array([[1.0], [2], [1]])), traced=1)
    assert found.trace is not None

    assert found.finish[:, 0].tolist() == [1, 3, 4]
    assert found.trace.began[:, 0].tolist() == [0, 1, 3]
    assert found.trace.ready[:, 0].tolist() == [0, 0, 1]
    assert found.trace.by[:, 0].tolist() == [-1, -1, 0]
    assert found.trace.freed[:, 0].tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (Project((Task("cook"),), workers(1)), "nobody has the skill cook"),
        (Project((Task("any", (1,)), Task("any", (0,))), workers(1)), "circle"),
        (Project((Task("any"),), workers(63)), "at most 62 people"),
        (Project((Task(), Task("any"), Task("any", (0,))), workers(1), repeats=((1, 0),)), "only"),
    ],
)
def test_what_cannot_be_simulated_is_refused(project: Project, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate(project, Amounts(np.ones((len(project.tasks), 1))))


# ---------------------------------------------------------------------------------------------
# The second opinion
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(9))
def test_the_slow_implementation_agrees_on_every_run(seed: int) -> None:
    """
    Systems with all of it: skills, shifts, handover, slots, caps, bad copies, random starts.

    The bandwidth is short nearly always, now and then, or never.
    """
    draw, systems, runs = rng(seed), 30, 40
    tasks: list[Task] = []
    for index in range(systems):
        after = tuple({3 * int(k) + 2 for k in draw.integers(0, index, 2)}) if index else ()
        first = len(tasks)
        tasks += [Task("net" if index % 3 else "db", after), Task("", (first,))]
        tasks.append(Task("db", (first + 1,)))
    week = Calendar(tuple((24 * day + 7.5, 24 * day + 17.0) for day in range(6)))
    night = Calendar(((18, 30),), 24, clocked=False)
    people = (
        Person(frozenset({"net", "db"})), Person(frozenset({"db"}), week),
        Person(frozenset({"net"}), night), Person(frozenset({"net"}), week),
    )  # fmt: skip
    project = Project(
        tuple(tasks), people[: 2 + seed % 3], bandwidth=(50, 90, 1_000)[seed // 3],
        slots=2 + seed % 4, handover=0.3,
        repeats=tuple((3 * k + 2, 3 * k + 1) for k in range(systems)),
    )  # fmt: skip
    shape = (len(tasks), runs)
    hours, gb = draw.lognormal(-1, 0.6, shape), draw.lognormal(3, 1, shape)
    cap = draw.uniform(5, 60, shape)
    again = [draw.lognormal(0, 0.5, shape) for _ in range(2)]
    again += [gb * 1.1, cap / 2]
    bad = draw.random((systems, runs)) < 0.2
    start, phase = draw.uniform(0, 5, runs), draw.uniform(0, 168, runs)
    checks, moves = slice(2, None, 3), slice(1, None, 3)
    given = (again[0][checks], again[1][moves], again[2][moves], again[3][moves])
    fast = simulate(
        project, Amounts(hours, gb[moves], cap[moves], start, phase, None, bad, *given)
    ).finish

    for run in range(runs):
        slow = one_run(
            project, hours[:, run].tolist(), gb[:, run].tolist(), cap[:, run].tolist(),
            start=float(start[run]), phase=float(phase[run]), bad=bad[:, run].tolist(),
            again=(again[0][:, run].tolist(), again[1][:, run].tolist(),
                   again[2][:, run].tolist(), again[3][:, run].tolist()),
        )  # fmt: skip
        np.testing.assert_allclose(fast[:, run], slow, rtol=1e-7, atol=1e-7)


def test_more_runs_than_a_batch_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = random_tasks(9, 20, transfers=0.3)
    draw = rng(9)
    hours, gb = draw.lognormal(0, 0.5, (20, 70)), draw.lognormal(2, 0.5, (20, 70))
    project = Project(tasks, workers(2), bandwidth=9)
    gb = gb[[not each.skill for each in tasks]]
    whole = simulate(project, Amounts(hours, gb)).finish
    monkeypatch.setattr("cdso_audit.drill.forecast.engine._BATCH", 32)

    np.testing.assert_allclose(simulate(project, Amounts(hours, gb)).finish, whole, rtol=1e-9)
