"""YAML that people write: what it means, where each value stands, and what is refused."""

from typing import Any

import pytest

from cdso_audit.errors import ConfigError, ConfigErrors, Place
from cdso_audit.yamlfile import LARGEST, Tagged, nearest, parse


def said(problem: ConfigError) -> str:
    found = problem.problems if isinstance(problem, ConfigErrors) else (problem,)
    return "\n".join(f"{each.place}: {each.message} ({each.hint})" for each in found)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: y", "y"),
        ("a: true", True),
        ("a: 22:30", "22:30"),
        ("a: 0123", "0123"),
        ("a: 1_000", "1_000"),
        ("a: 12", 12),
        ("a: -3", -3),
        ("a: 0x1f", 31),
        ("a: 1.5", 1.5),
        ("a: 1e400", "1e400"),
        ("a: 1e999", "1e999"),
        ("a: .inf", ".inf"),
        ("a: 2025-03-10", "2025-03-10"),
        ("a: ~", None),
        ("a:", None),
        ('a: "12"', "12"),
        ("a: |\n  x\n  y\n", "x\ny\n"),
        ("a: !!str 12", "12"),
        ("a: Sở", "Sở"),
    ],
)
def test_plain_values_mean_what_yaml_1_2_says(text: str, meant: Any) -> None:
    value = parse(text, "f").data["a"]

    assert value == meant
    assert type(value) is type(meant)


def test_the_key_on_stays_a_word() -> None:
    """YAML 1.1 would make True of it, and the day of approval would be lost."""
    assert parse("approved: {on: 2025-03-10}", "f").data == {"approved": {"on": "2025-03-10"}}


def test_every_value_and_key_has_its_place() -> None:
    document = parse("a:\n  - {b: 1,\n     c: 2}\n", "f.yaml")

    assert document.place(("a", 0, "c")) == Place("f.yaml", 3, 9)
    assert document.key_place(("a", 0, "c")) == Place("f.yaml", 3, 6)
    assert document.place(("a", 0, "nowhere", 7)) == Place("f.yaml", 2, 5)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse("\ufeffa: 1".encode(), "f").data == {"a": 1}


BILLION = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"a: 1\nb: \xff", "f:2:4: the file is not UTF-8"),
        ("a: Sở\n".encode("utf-16"), "f: the file is UTF-16"),
        (b"a: " + b"x" * LARGEST, "larger than 4 MiB"),
        ("a: 1\n\tb: 2\n", "f:2:1: a tab indents this line"),
        ("a: b: c", "f:1:5: a colon where none can be"),
        ("a: [1, 2\nb: 3", "a bracket is opened and not closed"),
        ("a: {b: 1, c:}\n", "leave a blank after a colon"),
        ("a:\n  - b\n c: 1\n", "the indentation does not fit"),
        ('a: "x\n', "a quote is opened and not closed"),
        ("a: *b", "an alias (*) for which there is no"),
        ("a: &b [*b]", "an alias (*) for which there is no finished anchor"),
        ("a: 1\na: 2\n", "f:2:1: the key a stands twice; the first is in line 1"),
        ("a: {b: 1, b: 2}\nc: 1\nc: 2", "f:3:1: the key c stands twice"),
        ("---\na: 1\n---\nb: 2", "f:3:1: a second document begins here"),
        ("a: !!python/object/apply:os.system [id]", "a tag (!) has no meaning here"),
        ("a: !vault x", "a tag (!) has no meaning here"),
        ("? [a]\n: 1", "a list or a mapping cannot be a key"),
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("a: \x07", "a control character"),
        ("[" * 41 + "]" * 41, "nests deeper than 40 levels"),
        ("[" * 100_000, "nests deeper than 40 levels"),
        (BILLION, "more than 500000 values"),
    ],
    ids=range(23),
)
def test_what_cannot_be_is_refused_in_words(text: str | bytes, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")

    assert says in said(caught.value)


def test_two_repeated_keys_are_told_at_once() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse("a: 1\na: 2\nb: 1\nb: 2\n", "f")

    assert len(caught.value.problems) == 2


def test_an_alias_is_its_anchor_over_again() -> None:
    assert parse("a: &x {b: 1}\nc: *x", "f").data == {"a": {"b": 1}, "c": {"b": 1}}


def test_tags_and_merges_of_other_programs_are_kept_when_asked_for() -> None:
    text = "base: &b {x: 1, y: 1}\nc:\n  <<: *b\n  y: 2\n  z: !vault secret\n"

    document = parse(text, "f", tags=frozenset({"!vault"}), merge=True)

    assert document.data["c"] == {"x": 1, "y": 2, "z": Tagged("!vault", "secret")}


def test_the_nearest_word_is_offered_only_when_near() -> None:
    assert nearest("prot", ["port", "user"]) == "port"
    assert nearest("zzz", ["port", "user"]) == ""
