"""The summary fits the terminal, says what is missing, and never hands a host the screen."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from tests.reports import sample
from tests.reports.golden import agree

from cdso_audit.result import Result, Text
from cdso_reports import Lang
from cdso_reports.terminal import parts, summary

REPORT = "cdso-audit-out/20261121T011511Z/report.html"


def printed(result: Result, lang: Lang, width: int = 80, *, colour: bool = False) -> str:
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        legacy_windows=False,
        color_system="standard" if colour else None,
    )
    console.print(summary(result, lang, width, report=REPORT))
    return out.getvalue()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("make", [sample.small, sample.lab, sample.empty])
def test_reads_as_before(make: Callable[[], Result], lang: Lang) -> None:
    agree(f"{make.__name__}.{lang}.terminal.txt", printed(make(), lang).encode())


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("make", [sample.lab, sample.hostile])
def test_no_line_is_wider_than_the_terminal(make: Callable[[], Result], width: int) -> None:
    for row in printed(make(), "vi", width).splitlines():
        assert cell_len(row) <= width, row


@pytest.mark.parametrize("length", range(60, 84))
def test_a_long_remedy_is_cut_within_the_width(length: int) -> None:
    result = sample.lab()
    fix = Text(vi="", en=f"{'x' * 60} {'y' * length} {'z' * 30} end")
    checks = tuple(each.model_copy(update={"fix": fix}) for each in result.checks)
    text = printed(result.model_copy(update={"checks": checks}), "en")

    assert all(cell_len(row) <= 80 for row in text.splitlines())
    assert "\n…" not in text


def test_a_hostile_host_cannot_touch_the_screen() -> None:
    text = printed(sample.hostile(), "vi", colour=True)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text)  # what rich itself writes

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufffe]", bare)
    assert "[bold" in bare, "markup of a host is text"
    assert "\\e[31mred" in bare, "the escape is shown, not obeyed"


def test_without_colour_no_escape_is_written() -> None:
    assert "\x1b" not in printed(sample.lab(), "en")


def test_what_was_not_looked_at_is_said_with_its_reasons() -> None:
    text = " ".join(printed(sample.lab(), "en").split())

    assert "Not looked at: 83" in text
    assert "could not be reached 69" in text
    assert "Nothing came back from: lgsp-app1" in text


def test_a_run_that_saw_nothing_says_so() -> None:
    assert "Nothing was assessed." in printed(sample.empty(), "en")


def test_five_failures_a_system_and_the_count_of_the_rest() -> None:
    text = printed(sample.lab(), "en")

    assert text.count("  5. ") == 2
    assert "  6. " not in text
    assert "20 more kinds of failure" in text


SHARE = st.floats(min_value=0, max_value=100)


@given(st.tuples(SHARE, SHARE, SHARE), st.integers(min_value=10, max_value=90))
def test_a_bar_is_full_and_hides_nothing(shares: tuple[float, float, float], cells: int) -> None:
    made = parts(shares, cells)

    assert sum(made) == cells
    for share, length in zip(shares, made, strict=True):
        assert length >= (1 if share > 0 else 0)
