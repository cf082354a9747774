"""
What few timed restores allow to say: intervals instead of single numbers. Pure, no dependency.

Restore times are taken as log-normal, since they multiply (size, speed, contention) and never fall
below zero. A number that rests on a prior instead of drills says so in its `notices`. Nothing here
reads a clock or a file, and nothing here may call a sample's time "measured": `Measured` exists
for full restores alone (L4 and above), `Projected` for everything that was computed.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from statistics import NormalDist
from typing import Annotated, Final, Literal

from pydantic import Field

from cdso_audit.errors import UsageError
from cdso_audit.model import Frozen, Notice

#: One-sided confidence of every bound here; two such bounds make an interval of 90 %.
CONFIDENCE: Final = 0.95
#: Standard deviation of the log of a restore time while drills are too few to estimate it. Our
#: planning prior: the 95 % bound is then 2.3 times the median (3.2 times after one drill).
PRIOR_SD: Final = 0.5
#: Spread that no run of equal times can undercut: clocks round, and two drills are not a law.
LEAST_SD: Final = 0.02
#: How uncertain the scaling of time with size is, in log time per log size, while all samples have
#: one size. Our prior: at ten times the size the time is uncertain by a further factor of 1.3.
SCALING_SD: Final = 0.1
#: A projection beyond this multiple of the largest completed restore is marked weak, …
WEAK_BEYOND: Final = 10.0
#: … and beyond this one it is refused. Both are the project's own choice, not a standard's.
REFUSED_BEYOND: Final = 50.0

_NORMAL = NormalDist()
HOUR = timedelta(hours=1)


# ---------------------------------------------------------------------------------------------
# Distributions
# ---------------------------------------------------------------------------------------------


def incomplete_beta(x: float, a: float, b: float) -> float:
    """
    The regularised incomplete beta function I_x(a, b), the CDF of the beta distribution.

    By its continued fraction (DLMF 8.17.22), evaluated by Lentz's method; the relative error is
    about 1e-13 for the arguments used here. Raises ValueError outside 0 <= x <= 1, a, b > 0.
    """
    if not (0 <= x <= 1 and a > 0 and b > 0):
        raise ValueError("incomplete_beta needs 0 <= x <= 1 and a, b > 0")
    if x in (0, 1):
        return float(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    fraction = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            step = c * d
            fraction *= step
        if abs(step - 1) < 1e-15:  # noqa: PLR2004 - the precision of a double
            break
    return front * fraction / a


def t_cdf(t: float, freedom: float) -> float:
    """P(T <= t) of Student's t distribution; DLMF 8.17(ii) relates it to I_x(freedom/2, 1/2)."""
    tail = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return 1 - tail if t > 0 else tail


@cache
def t_quantile(p: float, freedom: float) -> float:
    """
    The value that Student's t stays below with probability `p`, by bisection of `t_cdf`.

    Agrees with printed tables to every digit that they give. Raises ValueError unless 0 < p < 1
    and freedom > 0.
    """
    if not (0 < p < 1 and freedom > 0):
        raise ValueError("t_quantile needs 0 < p < 1 and freedom > 0")
    if p < 0.5:  # noqa: PLR2004 - the distribution is symmetric
        return -t_quantile(1 - p, freedom)
    high = 1.0
    while t_cdf(high, freedom) < p:
        high *= 2
    return _root(lambda t: t_cdf(t, freedom) - p, 0.0, high)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where the function passes zero, to 1e-13, by bisection."""
    below, above = _bracket(rising, low, high)  # what lies outside need not be asked for again
    for _ in range(200):
        middle = (low + high) / 2
        if high - low <= 1e-13 * middle or middle in (low, high):
            break
        if middle <= below or (middle < above and rising(middle) < 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _bracket(rising: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Values on both sides of the root and near it: halvings, then the Illinois method."""
    at_low = at_high = 0.0
    moved = 0
    for turn in range(40):
        if high - low <= 1e-11 * high:
            break
        middle = (low + high) / 2
        if turn > 4 and at_low < 0 < at_high:  # noqa: PLR2004 - first near, then fast
            middle = min(max((low * at_high - high * at_low) / (at_high - at_low), low), high)
        value = rising(middle)
        if value < 0:
            low, at_low = middle, value
            at_high /= 2 if moved < 0 else 1  # the end that stands still counts half
            moved = -1
        else:
            high, at_high = middle, value
            at_low /= 2 if moved > 0 else 1
            moved = 1
    return low * (1 - 1e-11), high * (1 + 1e-11)  # beyond what rounding can turn around


def pass_rate_lower_bound(
    passed: int, attempts: int | None = None, confidence: float = CONFIDENCE
) -> float:
    """
    The exact lower bound of the chance that the next drill passes (Clopper and Pearson, 1934).

    With passes alone it is (1 - confidence)^(1/n), the success-run theorem: 1 pass proves 5 %,
    3 prove 37 %, 59 prove 95 %. Raises ValueError unless 0 <= passed <= attempts.
    """
    attempts = passed if attempts is None else attempts
    if not 0 <= passed <= attempts:
        raise ValueError("pass_rate_lower_bound needs 0 <= passed <= attempts")
    if passed == 0:
        return 0.0
    if passed == attempts:
        return float((1 - confidence) ** (1 / attempts))
    a, b = passed, attempts - passed + 1
    return _root(lambda p: incomplete_beta(p, a, b) - (1 - confidence), 0.0, 1.0)


# ---------------------------------------------------------------------------------------------
# What was timed, and what may be said of it
# ---------------------------------------------------------------------------------------------


class Restore(Frozen):
    """A timed restore of `gb` (10^9 bytes). Not completed: aborted, it would have taken longer."""

    gb: Annotated[float, Field(gt=0)]
    took: Annotated[timedelta, Field(gt=timedelta(0))]
    completed: bool = True
    drill: str = ""


class Measured(Frozen):
    """The time of one full recovery, proved from outside: L4 and above, nothing less."""

    kind: Literal["measured"] = "measured"
    level: Literal[4, 5, 6]
    took: timedelta
    drill: str = ""


class Projected(Frozen):
    """
    What a full restore would take, computed from samples; never "measured".

    `low` and `high` are one-sided 95 % prediction bounds, so 90 % of future restores lie between.
    """

    kind: Literal["projected"] = "projected"
    gb: float
    median: timedelta
    low: timedelta
    high: timedelta
    completed: int
    aborted: int = 0
    setup: timedelta | None = None
    """The part that does not grow with the size; only from samples of two sizes or more."""
    ratio: float
    """How many times the largest completed restore this is."""
    mean_log: float
    spread: float
    """Standard deviation of the log of the next restore's hours, its estimate's error included."""
    freedom: int = 0
    """Degrees of freedom of the t distribution; 0: the spread is a prior, and normal."""
    weak: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def from_prior(self) -> bool:
        """Whether the spread is our assumption instead of the agency's drills."""
        return self.freedom == 0


class AtLeast(Frozen):
    """All that aborted restores prove: it takes longer than this."""

    kind: Literal["at-least"] = "at-least"
    longer_than: timedelta
    aborted: int


Claim = Measured | Projected | AtLeast


class ProjectionRefusedError(UsageError):
    """The samples are too small, or none of them was completed: no number would be honest."""


# ---------------------------------------------------------------------------------------------
# From samples to the full size
# ---------------------------------------------------------------------------------------------

_NOTICE_TEXT = {
    "prior": "Too few completed restores to know how much they vary: the interval is our prior "
    "(standard deviation of the logarithm {sd}), not data",
    "one size": "All restores had one size: the setup time cannot be told from the speed, and how "
    "time grows with size is our prior ({sd} per log size), not data",
    "weak": "The full size is {ratio} times the largest completed restore: a weak projection; "
    "restore more than a tenth before relying on it",
    "flat": "The times hardly grow with the size: setup hides the speed; restore a larger part",
    "aborted": "{count} aborted restores count as “took longer than”",
    "least": "The times are equal; a spread of {sd} is assumed all the same",
}


def project(restores: Sequence[Restore], gb: float, confidence: float = CONFIDENCE) -> Projected:
    """
    The time of a restore of `gb`, from restores of this or smaller sizes.

    One size: the throughput is log-normal, and the next time lies below
    exp(m + t(n-1) s sqrt(1 + 1/n)), the prediction bound of the normal distribution (Hahn and
    Meeker, Statistical Intervals, 4.2). Two sizes or more: T = (setup + gb / speed) x noise, the
    setup fitted by maximum likelihood, the bound that of the regression (linearised), so that it
    widens with the distance. Aborted restores enter the likelihood as "longer than".

    Raises ProjectionRefusedError when none was completed, or when `gb` is more than 50 times the
    largest completed one.
    """
    done = [each for each in restores if each.completed]
    if not done:
        raise ProjectionRefusedError(
            "no restore was completed, so there is nothing to project from",
            hint="aborted restores alone prove only a lower bound; complete one",
        )
    largest = max(each.gb for each in done)
    ratio = gb / largest
    if ratio > REFUSED_BEYOND:
        raise ProjectionRefusedError(
            "the full size is {ratio} times the largest completed restore: beyond {limit} times "
            "no projection is made",
            hint="restore at least {least} GB once",
            values={
                "ratio": f"{ratio:.0f}",
                "limit": f"{REFUSED_BEYOND:.0f}",
                "least": f"{gb / REFUSED_BEYOND:.3g}",
            },
        )
    fit = _fitted(restores, gb)
    notices = list(_notices(fit, restores, ratio))
    quantile = t_quantile(confidence, fit.freedom) if fit.freedom else _NORMAL.inv_cdf(confidence)
    extra = 0.0 if fit.several else SCALING_SD * abs(math.log(ratio))
    reach = math.hypot(quantile * fit.spread, _NORMAL.inv_cdf(confidence) * extra)
    return Projected(
        gb=gb,
        median=_span(fit.mean),
        low=_span(fit.mean - reach),
        high=_span(fit.mean + reach),
        completed=len(done),
        aborted=len(restores) - len(done),
        setup=_span(math.log(fit.setup)) if fit.setup else None,
        ratio=ratio,
        mean_log=fit.mean,
        spread=math.hypot(fit.spread, extra),
        freedom=fit.freedom,
        weak=ratio > WEAK_BEYOND,
        notices=tuple(notices),
    )


#: The longest span shown; more than a century is "never" to a person, and timedelta has an end.
_LONGEST_LOG: Final = math.log(24 * 36525)


def _span(log_hours: float) -> timedelta:
    return timedelta(hours=math.exp(min(log_hours, _LONGEST_LOG)))


class _Fit(Frozen):
    mean: float
    spread: float
    freedom: int
    several: bool
    setup: float = 0.0
    flat: bool = False
    least: bool = False


#: From this share of setup in the largest sample on, the speed is hardly seen.
_FLAT_SHARE: Final = 0.9
#: Median and setup share: what a fit over several sizes spends of its observations.
_PARAMETERS: Final = 2


def _notices(fit: _Fit, restores: Sequence[Restore], ratio: float) -> Iterator[Notice]:
    if not fit.freedom:
        yield Notice(template=_NOTICE_TEXT["prior"], values={"sd": PRIOR_SD})
    if not fit.several and abs(math.log(ratio)) > 0.01:  # noqa: PLR2004 - not the same size
        yield Notice(template=_NOTICE_TEXT["one size"], values={"sd": SCALING_SD})
    if ratio > WEAK_BEYOND:
        yield Notice(template=_NOTICE_TEXT["weak"], values={"ratio": f"{ratio:.0f}"})
    if fit.flat:
        yield Notice(template=_NOTICE_TEXT["flat"])
    if fit.least:
        yield Notice(template=_NOTICE_TEXT["least"], values={"sd": LEAST_SD})
    aborted = sum(not each.completed for each in restores)
    if aborted:
        yield Notice(template=_NOTICE_TEXT["aborted"], values={"count": aborted})


def _fitted(restores: Sequence[Restore], gb: float) -> _Fit:
    sizes = {each.gb for each in restores if each.completed}
    return _fit_one_size(restores, gb) if len(sizes) == 1 else _fit_sizes(restores, gb)


def _log_hours(each: Restore) -> float:
    return math.log(each.took / HOUR)


def _fit_one_size(restores: Sequence[Restore], gb: float) -> _Fit:
    """Time in proportion to the size: the log of hours per GB is normal."""
    logs = [(_log_hours(each) - math.log(each.gb), each.completed) for each in restores]
    done = sum(completed for _, completed in logs)
    freedom = done - 1
    mean, sd, _ = censored_normal(logs, None if freedom else PRIOR_SD)
    if freedom:
        sd *= math.sqrt(done / freedom)
    least = sd < LEAST_SD
    return _Fit(
        mean=mean + math.log(gb),
        spread=max(sd, LEAST_SD) * math.sqrt(1 + 1 / done),
        freedom=freedom,
        several=False,
        least=least,
    )


def _fit_sizes(restores: Sequence[Restore], gb: float) -> _Fit:
    """
    Times with a setup: log(T) = level + log(w + (1-w) gb/middle) + noise.

    `w` is the setup's share at the middle size; it is found by profile likelihood, the prediction
    error by the delta method (Seber and Wild, Nonlinear Regression, 5.1). With as many parameters
    as completed restores the spread is the prior.
    """
    done = [each for each in restores if each.completed]
    middle = math.exp(sum(math.log(each.gb) for each in done) / len(done))
    freedom = max(len(done) - _PARAMETERS, 0)

    def shape(w: float, size: float) -> float:
        return w + (1 - w) * size / middle

    def level(w: float) -> tuple[float, float, float]:
        logs = [
            (_log_hours(each) - math.log(shape(w, each.gb) or 1e-300), each.completed)
            for each in restores
        ]
        return censored_normal(logs, None if freedom else PRIOR_SD)

    w = _maximum(lambda share: level(share)[2])
    mean, sd, _ = level(w)
    if freedom:
        sd *= math.sqrt(len(done) / freedom)
    least = sd < LEAST_SD
    sd = max(sd, LEAST_SD)

    def slope(size: float) -> float:
        return (1 - size / middle) / shape(w, size)

    slopes = [slope(each.gb) for each in done]
    centre = sum(slopes) / len(slopes)
    across = sum((each - centre) ** 2 for each in slopes)
    widening = 1 + 1 / len(done) + (slope(gb) - centre) ** 2 / across
    largest = max(each.gb for each in done)
    return _Fit(
        mean=mean + math.log(shape(w, gb)),
        spread=sd * math.sqrt(widening),
        freedom=freedom,
        several=True,
        setup=math.exp(mean) * w,
        flat=w / shape(w, largest) > _FLAT_SHARE,
        least=least,
    )


def _maximum(function: Callable[[float], float]) -> float:
    """Where on [0, 1] the function is largest: a grid, then a golden section about its best."""
    steps = 64
    best = max(range(steps + 1), key=lambda at: function(at / steps))
    low, high = max(best - 1, 0) / steps, min(best + 1, steps) / steps
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if function(left) < function(right):
            low = left
        else:
            high = right
    found = (low + high) / 2
    return max((found, best / steps), key=function)


def censored_normal(
    values: Sequence[tuple[float, bool]], sd: float | None = None
) -> tuple[float, float, float]:
    """
    Mean, standard deviation and log likelihood of normal values, some known only as "more than".

    Each value comes with whether it was seen (else it is a lower limit). Maximum likelihood by the
    EM algorithm (Dempster, Laird and Rubin, 1977, example 4.3); with `sd` given only the mean is
    estimated. The standard deviation is the likelihood's own, with divisor n.
    Raises ValueError when no value was seen.
    """
    seen = [value for value, complete in values if complete]
    limits = [value for value, complete in values if not complete]
    if not seen:
        raise ValueError("censored_normal needs a value that was seen")
    count = len(seen) + len(limits)
    mean = math.fsum(seen) / len(seen)
    fixed = sd
    sd = fixed or math.sqrt(math.fsum((each - mean) ** 2 for each in seen) / len(seen))
    sd = max(sd, 1e-6)
    for _ in range(5_000 if limits else 1):
        hazards = [_hazard((limit - mean) / sd) for limit in limits]
        tails = [mean + sd * hazard for hazard in hazards]
        squares = [
            sd**2 + mean**2 + sd * hazard * (limit + mean)
            for hazard, limit in zip(hazards, limits, strict=True)
        ]
        updated = (math.fsum(seen) + math.fsum(tails)) / count
        spread = fixed or math.sqrt(
            max(
                math.fsum((each - updated) ** 2 for each in seen)
                + math.fsum(
                    square - 2 * updated * tail + updated**2
                    for square, tail in zip(squares, tails, strict=True)
                ),
                0.0,
            )
            / count
        )
        moved = abs(updated - mean) + abs(spread - sd)
        mean, sd = updated, max(spread, 1e-6)
        if moved < 1e-12:  # noqa: PLR2004 - nothing moves any more
            break
    likelihood = math.fsum(
        -math.log(sd) - 0.5 * math.log(2 * math.pi) - 0.5 * ((each - mean) / sd) ** 2
        for each in seen
    ) + math.fsum(_log_tail((limit - mean) / sd) for limit in limits)
    return mean, sd, likelihood


#: Beyond this many standard deviations the normal tail underflows towards its asymptote.
_FAR: Final = 30.0


def _log_tail(z: float) -> float:
    """The log of P(Z > z)."""
    if z > _FAR:
        return -0.5 * z * z - math.log(z * math.sqrt(2 * math.pi))
    return math.log(0.5 * math.erfc(z / math.sqrt(2)))


def _hazard(z: float) -> float:
    """The density at z over the probability beyond: how far the mean beyond z lies, in sd."""
    if z > _FAR:
        return z + 1 / z
    return math.exp(-0.5 * z * z - _log_tail(z)) / math.sqrt(2 * math.pi)


def lower_bound(restores: Sequence[Restore]) -> AtLeast | None:
    """What aborted restores prove when none was completed; None when there are none."""
    aborted = [each for each in restores if not each.completed]
    if not aborted:
        return None
    return AtLeast(longer_than=max(each.took for each in aborted), aborted=len(aborted))


# ---------------------------------------------------------------------------------------------
# Comparing
# ---------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """How a claim stands to a target. Only a measured one is in or out; a projection leans."""

    IN = "in"
    OUT = "out"
    LIKELY_IN = "likely-in"
    LIKELY_OUT = "likely-out"
    OPEN = "open"


def against_target(claim: Claim, target: timedelta) -> Standing:
    """
    The claim against the longest outage allowed.

    A projection is likely in only with its upper 95 % bound, likely out only with its lower one,
    and open between; a weak one is never likely in.
    """
    match claim:
        case Measured():
            return Standing.IN if claim.took <= target else Standing.OUT
        case AtLeast():
            return Standing.OUT if claim.longer_than >= target else Standing.OPEN
        case Projected():
            if claim.low > target:
                return Standing.LIKELY_OUT
            if claim.high <= target and not claim.weak:
                return Standing.LIKELY_IN
            return Standing.OPEN


class PhaseSpent(Frozen):
    """A phase beside its budget; `spent` is None where the drill never came there."""

    phase: str
    budget: timedelta | None
    spent: timedelta | None

    @property
    def over(self) -> timedelta:
        """By how much the budget was exceeded; zero where either is unknown."""
        if self.budget is None or self.spent is None:
            return timedelta(0)
        return max(self.spent - self.budget, timedelta(0))


def against_budget(
    spent: Mapping[str, timedelta], budget: Mapping[str, timedelta]
) -> tuple[PhaseSpent, ...]:
    """Every phase that has a budget or a time, budgeted ones first, none left out."""
    names = [*budget, *(name for name in spent if name not in budget)]
    return tuple(
        PhaseSpent(phase=name, budget=budget.get(name), spent=spent.get(name)) for name in names
    )


class Change(StrEnum):
    """How a drill stands to the former ones."""

    SLOWER = "slower"
    FASTER = "faster"
    USUAL = "usual"
    NO_BASIS = "no-basis"


class AgainstEarlier(Frozen):
    """A restore beside what the former ones predicted for its size."""

    change: Change
    expected: Projected | None = None

    @property
    def alarm(self) -> bool:
        """Whether somebody must look: slower than the former restores allow."""
        return self.change is Change.SLOWER


#: Two-sided 95 %: one false alarm a direction in forty drills when nothing has changed.
_ALARM_CONFIDENCE: Final = 0.975


def against_earlier(new: Restore, earlier: Sequence[Restore]) -> AgainstEarlier:
    """
    Whether a restore lies outside the 95 % prediction interval of the former ones.

    Not "ten per cent slower": what counts as unusual depends on how much the former ones vary. No
    former one completed, or sizes too far apart: there is no basis, and that is said.
    """
    try:
        expected = project(earlier, new.gb, _ALARM_CONFIDENCE)
    except ProjectionRefusedError:
        return AgainstEarlier(change=Change.NO_BASIS)
    if new.took > expected.high:
        return AgainstEarlier(change=Change.SLOWER, expected=expected)
    if new.completed and new.took < expected.low:
        return AgainstEarlier(change=Change.FASTER, expected=expected)
    if not new.completed:
        return AgainstEarlier(change=Change.NO_BASIS, expected=expected)
    return AgainstEarlier(change=Change.USUAL, expected=expected)
