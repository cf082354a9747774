"""The heartbeat: the loss from the data itself, missing numbers, and whose hand it was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdso_audit.drill.canary import (
    Canary,
    is_valid,
    judge,
    loss,
    make_canary,
    parse_canaries,
    read,
)
from cdso_audit.errors import UsageError

KEY = b"0123456789abcdef0123456789abcdef"
T0 = datetime(2026, 3, 10, 8, tzinfo=UTC)
BEAT = timedelta(minutes=15)
SYSTEM = "portal-db"


def beats(*numbers: int, last: timedelta = timedelta(minutes=5), of: int = 0) -> list[Canary]:
    """Heartbeats every quarter of an hour, number `of` (else the highest) `last` before T0."""
    top = of or max(numbers)
    return [make_canary(SYSTEM, each, T0 - last - (top - each) * BEAT, KEY) for each in numbers]


def text(found: list[Canary]) -> str:
    return "\n".join(each.line for each in found)


def told(found: list[Canary] | str, **more: object) -> str:
    """What is wrong with them, in words; nothing when they are well."""
    lines = found if isinstance(found, str) else text(found)
    given = {"key": KEY, "system": SYSTEM, "interval": BEAT, "before": T0, **more}
    return read(lines, **given)[1]  # type: ignore[arg-type]


def test_a_line_is_as_other_programs_can_check_it() -> None:
    """Worked by hand: printf %s 'cdso-canary/1 …' | openssl dgst -sha256 -hmac KEY."""
    made = make_canary(SYSTEM, 7, T0, KEY)

    assert made.line == (
        "cdso-canary/1 system=portal-db number=7 at=2026-03-10T08:00:00Z mac="
        "419baff23437817377592848b9fbd0b3ebcf548211f1fd1451061c042982e709"
    )


@given(
    number=st.integers(1, 10**18 - 1),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,62}", fullmatch=True),
    junk=st.text(max_size=30),
)
def test_a_line_survives_what_stands_around_it(
    number: int, at: datetime, name: str, junk: str
) -> None:
    made = make_canary(name, number, at, KEY)

    assert list(parse_canaries(f"{junk}\n> {made.line} \r\n{junk}")) == [made]
    assert is_valid(made, KEY)
    assert not is_valid(made, KEY + b"x")


@given(st.data())
def test_one_changed_character_is_never_valid(data: st.DataObject) -> None:
    line = make_canary(SYSTEM, 1234, T0, KEY).line
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda each: each != line[at]))

    changed = line[:at] + other + line[at + 1 :]

    assert not any(is_valid(each, KEY) for each in parse_canaries(changed))


@pytest.mark.parametrize(
    ("found", "more", "why"),
    [
        (beats(1, 2, 3), {}, ""),
        (beats(1, 2, 3), {"max_loss": timedelta(minutes=5)}, ""),
        (beats(1, 2, 3), {"max_loss": timedelta(minutes=4)}, "more than"),
        # yesterday's backup instead of today's
        (beats(1, 2, 3, last=timedelta(hours=26)), {"max_loss": timedelta(hours=4)}, "more than"),
        # an hour of WAL, or of files, is missing though the newest one is there
        (beats(1, 2, 7, 8), {}, "4 heartbeats are missing, the first ones 3 to 6"),
        # old ones were pruned, which is no gap
        (beats(501, 502, 503), {}, ""),
        ([], {}, "no valid heartbeat"),
        (beats(1, 2, 3), {"system": "other"}, "no valid heartbeat"),
        (beats(1, 2, 3), {"key": KEY + b"x"}, "3 heartbeats have a wrong MAC"),
        (text(beats(1, 2, 3)).replace("number=2", "number=9"), {}, "1 heartbeats have a wrong MAC"),
        (text([*beats(1, 2, 3), *beats(3, last=BEAT)]), {}, "number 3 stands on two"),
        # written by the restored system after its restore: they are no proof, and no fault
        ([*beats(1, 2, 3), *beats(4, last=-timedelta(hours=5))], {}, ""),
        # a clock that is half a minute ahead is no later attack
        (beats(1, 2, 3, last=timedelta(seconds=-30)), {}, ""),
        (beats(4, last=-timedelta(hours=5)), {}, "1 were written after T0"),
        # production itself: it never stopped
        (beats(*range(1, 9), of=5), {}, "this is the running system"),
        (beats(1, 2, 3), {"before": None, "max_loss": timedelta(0)}, ""),
    ],
)
def test_what_is_wrong_is_told(
    found: list[Canary] | str, more: dict[str, object], why: str
) -> None:
    said = told(found, **more)

    assert why in said if why else said == ""


def test_the_loss_is_from_the_newest_valid_one_before_the_attack() -> None:
    found = [*beats(1, 2, 3), *beats(4, last=-timedelta(hours=5))]

    event, _ = read(
        text(found), key=KEY, system=SYSTEM, interval=BEAT, before="2026-03-10T08:00:00Z"
    )

    assert (event.newest_number, event.newest_at) == (3, T0 - timedelta(minutes=5))
    assert event.loss_seconds == 300
    assert event.valid == 4
    assert event.oldest_at == T0 - timedelta(minutes=35)


def test_an_altered_newest_one_does_not_lessen_the_loss() -> None:
    lines = text(beats(1, 2, 3)).replace(
        "number=3 at=2026-03-10T07:55", "number=3 at=2026-03-10T07:59"
    )

    found = judge(lines, system=SYSTEM, key=KEY, interval=BEAT, before=T0)

    assert found.invalid == 1
    assert loss(found, T0) == timedelta(minutes=20)


@given(st.sets(st.integers(1, 60), min_size=1), st.randoms())
def test_every_missing_number_is_named_and_no_other(numbers: set[int], chance: object) -> None:
    found = beats(*numbers)
    chance.shuffle(found)  # type: ignore[attr-defined]

    judged = judge(text(found), system=SYSTEM, key=KEY, interval=BEAT)

    named = {each for first, last in judged.missing for each in range(first, last + 1)}
    assert named == set(range(min(numbers), max(numbers) + 1)) - numbers
    assert judged.missing_count == len(named)
    assert not judged.backwards


def test_a_clock_that_went_back_shows() -> None:
    found = [*beats(1, 2), make_canary(SYSTEM, 3, T0 - timedelta(hours=3), KEY)]

    assert judge(text(found), system=SYSTEM, key=KEY, interval=BEAT).backwards == (3,)


@pytest.mark.parametrize("key", [b"", b"short", b"  0123456789abcd\n "])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(UsageError, match="shorter than 16 bytes"):
        make_canary(SYSTEM, 1, T0, key)


def test_the_end_of_a_key_file_is_no_part_of_the_key() -> None:
    assert make_canary(SYSTEM, 1, T0, KEY + b"\n") == make_canary(SYSTEM, 1, T0, KEY)


@pytest.mark.parametrize(("name", "number"), [("Portal", 1), ("a b", 1), ("a", 0), ("", 1)])
def test_a_name_or_number_that_could_not_be_read_again_is_refused(name: str, number: int) -> None:
    with pytest.raises(UsageError):
        make_canary(name, number, T0, KEY)


def test_no_day_that_does_not_exist_breaks_the_reading() -> None:
    line = make_canary(SYSTEM, 1, T0, KEY).line.replace("03-10", "02-31")

    assert list(parse_canaries(line)) == []
