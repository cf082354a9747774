"""The habits of PowerShell 5.1's JSON, and answers that are of no documented form."""

from datetime import UTC, datetime

import pytest
from tests.checks.windows.documented import WINDOWS
from tests.support import SYSTEM, observation

from cdso_audit.facts.reading import READERS, Outputs, UnreadableError, read
from cdso_audit.facts.windows.answers import flag, from_filetime, instant, items, number, tables
from cdso_audit.model import AssetKind, GapReason
from cdso_audit.plugins import load_facts

load_facts()
WINDOWS_READERS = [
    each
    for found in READERS.values()
    for each in found
    if each.on == frozenset([AssetKind.HOST_WINDOWS])
]


def test_lists_are_lists_whatever_powershell_made_of_them() -> None:
    assert items(None) == []
    assert items({"a": 1}) == [{"a": 1}]
    assert items({"value": [1, 2], "Count": 2}) == [1, 2]
    assert items({"value": {"a": 1}, "Count": 1}) == [{"a": 1}]
    assert tables([{"a": 1}]) == [{"a": 1}]
    with pytest.raises(UnreadableError):
        tables(["a"])


def test_words_and_numbers() -> None:
    assert number(" 10 ", "x") == 10
    assert (flag("True", "x"), flag(0, "x")) == (True, False)
    for bad in (True, "ten", None):
        with pytest.raises(UnreadableError):
            number(bad, "x")
    with pytest.raises(UnreadableError):
        flag("2", "x")


def test_moments() -> None:
    assert instant("2026-11-21T12:00:00.1234567Z", "x") is not None
    assert instant(None, "x") is None
    assert from_filetime(0, "x") is None
    assert from_filetime(2**63 - 1, "x") is None
    assert from_filetime(116444736000000000, "x") == datetime(1970, 1, 1, tzinfo=UTC)
    for bad in ("21/11/2026", "2026-11-21T12:00:00", "/Date(1795262400000)/"):
        with pytest.raises(UnreadableError):
            instant(bad, "x")


@pytest.mark.parametrize("reader", WINDOWS_READERS, ids=lambda each: each.fact.__name__)
@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{}", '{"keys": 1}', '{"users": 3, "logs": [1]}', "\u0000", "{" * 9000],
)
def test_no_answer_of_another_form_is_taken_for_a_fact(reader: object, body: str) -> None:
    """Whatever nonsense comes back: a gap, and never one that says `bug`."""
    seen = {
        probe.id: observation(probe, body)
        for probe in reader.probes  # type: ignore[attr-defined]
    }
    outputs = Outputs(seen, WINDOWS, SYSTEM, datetime(2026, 11, 21, tzinfo=UTC))
    facts, gaps, absences = read(reader, outputs)  # type: ignore[arg-type]

    assert not facts
    assert not absences
    assert {each.reason for each in gaps} <= {GapReason.UNPARSABLE, GapReason.BUG}
