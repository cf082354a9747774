"""A drill's clock: what is read, what is noticed, and no span that flatters."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drill.times import stamp

from cdso_audit.drill.clock import (
    Exchange,
    Jump,
    NegativeSpanError,
    Reboot,
    Sleep,
    best,
    between,
    elapsed,
    total,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("after", "seen"),
    [
        (stamp(10), []),
        (stamp(10, wall=11.9), []),
        (stamp(10, wall=12.1), [Jump(timedelta(seconds=2.1))]),
        (stamp(10, wall=10 - 3 * 3600), [Jump(-3 * HOUR)]),
        (stamp(3600, awake=0), [Sleep(HOUR)]),
        (stamp(3600, awake=3599), []),
        (stamp(3600, awake=0, wall=0), [Sleep(HOUR), Jump(-HOUR)]),
        (stamp(20, boot="b2"), [Reboot(timedelta(seconds=20))]),
        (stamp(20, boot="b2", wall=-60), [Reboot(timedelta(seconds=-60))]),
    ],
    ids=["quiet", "slewed", "stepped", "back", "slept", "slept a second", "both", "reboot", "back"],
)
def test_what_happened_to_the_clocks_is_seen(after: object, seen: list[object]) -> None:
    assert list(between(stamp(0), after)) == seen  # type: ignore[arg-type]


def test_a_step_of_the_clock_changes_no_span() -> None:
    assert elapsed(stamp(0), stamp(60, wall=60 - 3 * 3600)).length == timedelta(seconds=60)
    assert elapsed(stamp(0), stamp(60, wall=60 + 3 * 3600)).length == timedelta(seconds=60)


def test_sleep_counts() -> None:
    assert elapsed(stamp(0), stamp(3600, awake=1)).length == HOUR


def test_across_a_reboot_utc_counts_with_its_error() -> None:
    span = elapsed(stamp(0), stamp(60, boot="b2"), wall_error=timedelta(seconds=3))

    assert (span.length, span.bound) == (timedelta(seconds=60), timedelta(seconds=3))
    assert span.longest == timedelta(seconds=63)


@pytest.mark.parametrize("after", [stamp(-1), stamp(60, boot="b2", wall=-1)])
def test_a_negative_span_is_refused(after: object) -> None:
    with pytest.raises(NegativeSpanError):
        elapsed(stamp(0), after)  # type: ignore[arg-type]


def test_only_the_stretch_between_two_boots_rests_on_utc() -> None:
    span = total(
        [stamp(0), stamp(3600, wall=0), stamp(3700, boot="b2", wall=100), stamp(7300, boot="b2")]
    )

    assert span.length == timedelta(seconds=3600 + 100 + 3600)
    assert span.bound == timedelta(seconds=5)


@given(
    offset=st.floats(-1e5, 1e5),
    there=st.floats(0.0001, 5),
    back=st.floats(0.0001, 5),
    spent=st.floats(0, 5),
)
def test_the_true_offset_lies_within_the_bound(
    offset: float, there: float, back: float, spent: float
) -> None:
    t1 = 1e9
    exchange = Exchange(
        t1,
        t1 + there + offset,
        t1 + there + spent + offset,
        t1 + there + spent + back,
    )

    assert abs(exchange.offset - offset) <= exchange.bound + 1e-5


def test_the_shortest_way_tells_most() -> None:
    long, short = Exchange(0, 5, 5, 4), Exchange(0, 1.1, 1.1, 0.2)

    assert best([long, short]) is short
    assert (short.offset, short.bound) == (pytest.approx(1.0), pytest.approx(0.1))
