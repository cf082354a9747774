"""Numbers from few drills: intervals that cover what they promise, and refusals."""

import math
import random
from datetime import timedelta

import pytest
from pydantic import ValidationError

from cdso_audit.drill.statistics import (
    PRIOR_SD,
    AtLeast,
    Change,
    Claim,
    Measured,
    Projected,
    ProjectionRefusedError,
    Restore,
    Standing,
    against_budget,
    against_earlier,
    against_target,
    censored_normal,
    incomplete_beta,
    lower_bound,
    pass_rate_lower_bound,
    project,
    t_cdf,
    t_quantile,
)

H = timedelta(hours=1)


def restore(gb: float, hours: float, *, completed: bool = True) -> Restore:
    return Restore(gb=gb, took=hours * H, completed=completed)


def hours(span: timedelta) -> float:
    return span / H


# Quantiles of Student's t as printed (NIST/SEMATECH e-Handbook 1.3.6.7.2), rows nu.
TABLE = {
    1: (3.078, 6.314, 12.706, 31.821, 63.657),
    2: (1.886, 2.920, 4.303, 6.965, 9.925),
    3: (1.638, 2.353, 3.182, 4.541, 5.841),
    4: (1.533, 2.132, 2.776, 3.747, 4.604),
    5: (1.476, 2.015, 2.571, 3.365, 4.032),
    9: (1.383, 1.833, 2.262, 2.821, 3.250),
    10: (1.372, 1.812, 2.228, 2.764, 3.169),
    30: (1.310, 1.697, 2.042, 2.457, 2.750),
    100: (1.290, 1.660, 1.984, 2.364, 2.626),
}


@pytest.mark.parametrize("freedom", TABLE)
def test_t_quantiles_are_those_of_the_tables(freedom: int) -> None:
    for p, printed in zip((0.90, 0.95, 0.975, 0.99, 0.995), TABLE[freedom], strict=True):
        assert round(t_quantile(p, freedom), 3) == pytest.approx(printed, abs=1e-9)
        assert t_quantile(1 - p, freedom) == -t_quantile(p, freedom)


@pytest.mark.parametrize("p", [0.6, 0.9, 0.95, 0.975, 0.999, 0.99999])
def test_t_quantiles_of_one_and_two_degrees_have_a_closed_form(p: float) -> None:
    assert t_quantile(p, 1) == pytest.approx(math.tan(math.pi * (p - 0.5)), rel=1e-9)
    two = (2 * p - 1) * math.sqrt(2 / (4 * p * (1 - p)))
    assert t_quantile(p, 2) == pytest.approx(two, rel=1e-9)
    assert t_cdf(t_quantile(p, 7), 7) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 3), (5, 1), (1, 7), (4, 4), (20, 3)])
@pytest.mark.parametrize("x", [0.0, 0.1, 0.5, 0.83, 1.0])
def test_the_beta_function_is_the_binomial_tail(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert incomplete_beta(x, a, b) == pytest.approx(tail, abs=1e-12)


@pytest.mark.parametrize("wrong", [(0.0, 3), (1.0, 3), (0.5, 0)])
def test_there_is_no_quantile_of_nothing(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="t_quantile"):
        t_quantile(*wrong)


@pytest.mark.parametrize(
    ("passes", "proved"), [(1, 0.05), (3, 0.3684), (5, 0.5493), (10, 0.7411), (59, 0.9505)]
)
def test_a_streak_of_passes_proves_little(passes: int, proved: float) -> None:
    assert pass_rate_lower_bound(passes) == pytest.approx(proved, abs=1e-4)


def test_the_bound_with_failures_is_exact() -> None:
    bound = pass_rate_lower_bound(8, 10)
    tail = sum(math.comb(10, k) * bound**k * (1 - bound) ** (10 - k) for k in range(8, 11))

    assert tail == pytest.approx(0.05, abs=1e-10)
    assert bound == pytest.approx(0.4931, abs=1e-4)  # Clopper-Pearson, one-sided 95 %
    assert pass_rate_lower_bound(0, 4) == 0
    with pytest.raises(ValueError, match="passed"):
        pass_rate_lower_bound(3, 2)


# ---------------------------------------------------------------------------------------------
# Projection
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(2, 11))
def test_the_upper_bound_covers_what_it_promises(count: int) -> None:
    """One-sided 95 % bounds cover 94-96 %; the simulation's own error is 0.2 points."""
    random.seed(20261122 + count)
    trials, covered = 10_000, 0
    factor = t_quantile(0.95, count - 1) * math.sqrt(1 + 1 / count)
    for _ in range(trials):
        logs = [random.gauss(1, 0.35) for _ in range(count)]
        mean = sum(logs) / count
        sd = math.sqrt(sum((each - mean) ** 2 for each in logs) / (count - 1))
        covered += random.gauss(1, 0.35) <= mean + factor * sd

    assert 0.94 <= covered / trials <= 0.96
    # and `project` gives that very bound
    times = [restore(100, math.exp(each)) for each in logs]
    assert math.log(hours(project(times, 100).high)) == pytest.approx(mean + factor * sd, abs=1e-4)


def test_the_usual_bound_would_cover_too_little() -> None:
    """The negative control of the test above: mean + 1.645 sd covers about 80 % with two drills."""
    random.seed(1)
    covered = 0
    for _ in range(10_000):
        one, other = random.gauss(1, 0.35), random.gauss(1, 0.35)
        covered += random.gauss(1, 0.35) <= (one + other) / 2 + 1.645 * abs(one - other) / 2**0.5

    assert 0.78 <= covered / 10_000 <= 0.82


def test_the_bound_with_a_setup_and_two_sizes_covers() -> None:
    """T = 0.5 h + GB/100, sizes 20 to 80, projected to 200 GB: linearised, so 93-97.5 %."""
    random.seed(7)
    trials, covered = 1_000, 0
    for _ in range(trials):
        samples = [
            restore(gb, (0.5 + gb / 100) * math.exp(random.gauss(0, 0.1)))
            for gb in (20, 20, 40, 80, 80)
        ]
        truth = (0.5 + 200 / 100) * math.exp(random.gauss(0, 0.1))
        covered += truth <= hours(project(samples, 200).high)

    assert 0.93 <= covered / trials <= 0.975


def test_exact_samples_of_two_sizes_give_the_setup_back() -> None:
    samples = [restore(gb, 0.5 + gb / 100) for gb in (20, 40, 80)]
    found = project(samples, 200)

    assert hours(found.median) == pytest.approx(2.5, rel=1e-3)
    assert found.setup is not None
    assert hours(found.setup) == pytest.approx(0.5, rel=1e-2)


def test_dividing_a_small_sample_by_its_size_would_be_wrong() -> None:
    """One sample alone: 10 GB in 0.6 h of which 0.5 is setup; no projection can know it."""
    alone = project([restore(10, 0.6)], 200)

    assert hours(alone.median) == pytest.approx(12)
    assert alone.setup is None
    assert any("setup" in each.template for each in alone.notices)


def test_one_restore_is_a_prior_and_says_so() -> None:
    one = project([restore(100, 4)], 100)
    z = 1.6448536269514722

    assert one.from_prior
    assert any("not data" in each.template for each in one.notices)
    assert hours(one.high) == pytest.approx(4 * math.exp(z * PRIOR_SD * 2**0.5), rel=1e-6)
    assert not project([restore(100, 4), restore(100, 5)], 100).from_prior


def test_two_sizes_once_each_are_a_prior_too() -> None:
    assert project([restore(50, 1), restore(100, 2)], 100).from_prior
    assert not project([restore(50, 1), restore(100, 2), restore(100, 2.2)], 100).from_prior


def test_the_interval_widens_with_the_distance() -> None:
    for samples in (
        [restore(100, 1), restore(100, 1.2), restore(100, 1.1)],
        [restore(50, 0.6), restore(100, 1.2), restore(100, 1.1), restore(60, 0.8)],
    ):
        widths = [
            math.log(project(samples, gb).high / project(samples, gb).low)
            for gb in (100, 300, 900, 4000)
        ]
        assert widths == sorted(widths)
        assert widths[-1] > widths[0] + 0.02


def test_times_that_do_not_grow_with_the_size_are_told() -> None:
    samples = [restore(10, 1), restore(20, 0.95), restore(40, 1.05), restore(80, 1)]
    found = project(samples, 400)

    assert any("hardly grow" in each.template for each in found.notices)
    assert found.high > 2 * found.median  # and the interval does not pretend to know


@pytest.mark.parametrize(
    ("gb", "weak", "refused"),
    [(100, False, False), (999, False, False), (1001, True, False), (5001, True, True)],
)
def test_far_projections_are_weak_then_refused(gb: float, *, weak: bool, refused: bool) -> None:
    samples = [restore(100, 1), restore(100, 1.2)]
    if refused:
        with pytest.raises(ProjectionRefusedError, match="50 times the largest") as told:
            project(samples, gb)
        assert told.value.exit_code == 2
        assert "restore at least 100 GB once" in told.value.hint
        return
    found = project(samples, gb)
    assert found.weak is weak
    assert any("weak projection" in each.template for each in found.notices) is weak


def test_an_aborted_sample_does_not_carry_a_projection() -> None:
    """Only completed restores say how far the data reach."""
    with pytest.raises(ProjectionRefusedError):
        project([restore(1, 1), restore(1000, 3, completed=False)], 100)


def test_equal_times_do_not_make_a_certainty() -> None:
    found = project([restore(100, 2), restore(100, 2)], 100)

    assert found.high > found.median > found.low
    assert any("equal" in each.template for each in found.notices)


# ---------------------------------------------------------------------------------------------
# Aborted attempts
# ---------------------------------------------------------------------------------------------


def test_an_aborted_restore_makes_the_projection_longer() -> None:
    done = [restore(100, 2), restore(100, 2.5), restore(100, 3)]
    aborted = [*done, restore(100, 9, completed=False)]
    early = [*done, restore(100, 0.1, completed=False)]

    assert project(aborted, 100).median > project(done, 100).median * 1.1
    assert project(aborted, 100).high > project(done, 100).high
    assert hours(project(early, 100).median) == pytest.approx(
        hours(project(done, 100).median), rel=1e-2
    )
    assert project(aborted, 100).aborted == 1
    assert any("longer than" in each.template for each in project(aborted, 100).notices)


def test_nothing_completed_proves_only_a_lower_bound() -> None:
    aborted = [restore(100, 9, completed=False), restore(100, 4, completed=False)]

    with pytest.raises(ProjectionRefusedError, match="no restore was completed"):
        project(aborted, 100)
    assert lower_bound(aborted) == AtLeast(longer_than=9 * H, aborted=2)
    assert lower_bound([restore(1, 1)]) is None


def test_the_censored_likelihood_is_at_its_maximum() -> None:
    values = [(1.0, True), (1.4, True), (0.7, True), (1.6, False), (1.2, False)]
    mean, sd, best = censored_normal(values)

    def likelihood(m: float, s: float) -> float:
        return sum(
            -math.log(s * math.sqrt(2 * math.pi)) - ((v - m) / s) ** 2 / 2
            if seen
            else math.log(math.erfc((v - m) / s / math.sqrt(2)) / 2)
            for v, seen in values
        )

    assert best == pytest.approx(likelihood(mean, sd), abs=1e-9)
    for dm, ds in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        assert likelihood(mean + dm, sd + ds) < best


def test_censored_estimates_find_the_truth() -> None:
    """Half of 4,000 values cut at the mean: 1 and 0.5 come back within four standard errors."""
    random.seed(3)
    drawn = [random.gauss(1, 0.5) for _ in range(4_000)]
    mean, sd, _ = censored_normal([(min(each, 1), each < 1) for each in drawn])

    assert mean == pytest.approx(1, abs=0.05)
    assert sd == pytest.approx(0.5, abs=0.05)


def test_bounds_with_an_aborted_attempt_still_cover() -> None:
    """Attempts are cut at 1.3 times the median; at least three end. No less than 93 %."""
    random.seed(11)
    covered = trials = 0
    while trials < 1_500:
        drawn = [random.gauss(0, 0.35) for _ in range(5)]
        cut = math.log(1.3)
        samples = [restore(10, math.exp(min(each, cut)), completed=each < cut) for each in drawn]
        if sum(each.completed for each in samples) < 3:
            continue
        trials += 1
        covered += math.exp(random.gauss(0, 0.35)) <= hours(project(samples, 10).high)

    assert covered / trials >= 0.93


# ---------------------------------------------------------------------------------------------
# Comparing
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_nothing_below_a_full_restore_can_be_called_measured(level: int) -> None:
    with pytest.raises(ValidationError):
        Measured.model_validate({"level": level, "took": H})


def projected(median: float, low: float, high: float, *, weak: bool = False) -> Projected:
    return Projected(
        gb=1, median=median * H, low=low * H, high=high * H, completed=3, ratio=1,
        mean_log=0, spread=0.1, freedom=2, weak=weak,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        (Measured(level=4, took=24 * H), Standing.IN),
        (Measured(level=6, took=24 * H + timedelta(seconds=1)), Standing.OUT),
        (projected(10, 6, 24), Standing.LIKELY_IN),
        (projected(10, 6, 24, weak=True), Standing.OPEN),
        (projected(10, 6, 24.1), Standing.OPEN),
        (projected(30, 24.1, 40), Standing.LIKELY_OUT),
        (projected(30, 23, 40), Standing.OPEN),
        (AtLeast(longer_than=9 * H, aborted=1), Standing.OPEN),
        (AtLeast(longer_than=24 * H, aborted=1), Standing.OUT),
    ],
)
def test_against_the_target(claim: Claim, standing: Standing) -> None:
    assert against_target(claim, 24 * H) is standing


def test_every_phase_stands_beside_its_budget() -> None:
    found = against_budget(
        {"detect": 3 * H, "restore": 5 * H, "lunch": H},
        {"detect": H, "restore": 8 * H, "verify": H},
    )

    assert [(each.phase, each.over) for each in found] == [
        ("detect", 2 * H), ("restore", 0 * H), ("verify", 0 * H), ("lunch", 0 * H),
    ]  # fmt: skip
    assert found[2].spent is None
    assert found[3].budget is None


EARLIER = [restore(100, 2.0), restore(100, 2.2), restore(100, 2.1), restore(100, 2.3)]


@pytest.mark.parametrize(
    ("new", "earlier", "change"),
    [
        (restore(100, 2.4), EARLIER, Change.USUAL),  # 10 % slower, and nothing unusual
        (restore(100, 3.0), EARLIER, Change.SLOWER),
        (restore(100, 1.4), EARLIER, Change.FASTER),
        (restore(100, 3.0, completed=False), EARLIER, Change.SLOWER),
        (restore(100, 1.0, completed=False), EARLIER, Change.NO_BASIS),
        (restore(200, 4.3), EARLIER, Change.USUAL),  # a larger base is no regression
        (restore(100, 3.0), EARLIER[:1], Change.USUAL),  # one former drill proves little
        (restore(100, 30.0), EARLIER[:1], Change.SLOWER),
        (restore(100, 3.0), [], Change.NO_BASIS),
        (restore(9000, 3.0), EARLIER, Change.NO_BASIS),
    ],
)
def test_a_drill_beside_the_former_ones(
    new: Restore, earlier: list[Restore], change: Change
) -> None:
    found = against_earlier(new, earlier)

    assert found.change is change
    assert found.alarm is (change is Change.SLOWER)
