"""Every sentence of the reports has its Vietnamese, and no Vietnamese has lost its sentence."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

import cdso_reports
from cdso_reports import columns, drills, html_page, markdown, words
from cdso_reports.plain import clipped, line, visible

PACKAGE = Path(cdso_reports.__file__).parent
SAYERS = {"say", "_said"}


def _literals(tree: ast.AST) -> set[str]:
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in SAYERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def sentences() -> set[str]:
    """What the package says: literals in code and templates, and the tables of labels."""
    said: set[str] = set()
    for path in PACKAGE.glob("*.py"):
        said |= _literals(ast.parse(path.read_text("utf-8")))
    for path in PACKAGE.glob("templates/*.j2"):
        for call in (
            jinja2.Environment(autoescape=True).parse(path.read_text()).find_all(nodes.Call)
        ):
            if isinstance(call.node, nodes.Name) and call.node.name == "say":
                first = call.args[0]
                assert isinstance(first, nodes.Const), f"{path.name}:{call.lineno}: not a literal"
                said.add(first.value)
    for name, table in [*vars(words).items(), *vars(drills).items()]:
        if name.isupper() and isinstance(table, dict):
            said |= set(table.values())
    said |= set(words.GLOSSARY) | set(columns.WORDS.values()) | set(markdown.COLUMNS)
    return said | {name for _, name in html_page.CONTENTS}


def catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((PACKAGE / "locale/vi").glob("*.po")):
        with path.open("rb") as lines:
            found |= {str(each.id): str(each.string) for each in read_po(lines) if each.id}
    return found


def test_every_sentence_has_its_vietnamese() -> None:
    assert sentences() - set(catalogue()) == set()


def test_no_vietnamese_without_its_sentence() -> None:
    assert set(catalogue()) - sentences() == set()


@pytest.mark.parametrize("english", sorted(catalogue()))
def test_both_languages_have_the_same_places(english: str) -> None:
    places = re.compile(r"\{\w+\}|`[^`]*`")

    assert sorted(places.findall(english)) == sorted(places.findall(catalogue()[english]))


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [(59, "59,0", "59.0"), (89.96, "89,9", "89.9"), (0.04, "0,0", "0.0"), (100, "100,0", "100.0"),
     (82.3, "82,3", "82.3"), (0.3, "0,3", "0.3"), (-0.01, "0,0", "0.0")],
)  # fmt: skip
def test_a_score_is_cut_never_rounded_up(number: float, vi: str, en: str) -> None:
    assert words.decimal(number) == words.Text(vi=vi, en=en)


def test_a_moment_is_told_in_vietnams_time() -> None:
    at = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)

    assert words.moment(at).vi == "03:30 21/11/2026"
    assert words.moment(at).en == "2026-11-21 03:30"
    assert words.day(at).vi == "21/11/2026"


@pytest.mark.parametrize(
    ("length", "vi"),
    [(timedelta(minutes=40), "40 phút"), (timedelta(hours=24), "24 giờ"),
     (timedelta(days=2, minutes=5), "48 giờ 5 phút")],
)  # fmt: skip
def test_a_duration_is_told_in_hours(length: timedelta, vi: str) -> None:
    assert words.duration(length).vi == vi


@pytest.mark.parametrize(
    ("given", "shown"),
    [("\x1b[2J", "\\e[2J"), ("a\u202eb", "a\\u202eb"), ("e\u0323\u0302", "ệ"), ("\x9b", "\\x9b"),
     ("a\r\nb", "a\\nb"), ("\ud800", "\\ud800"), ("\U000e0041", "\\ue0041")],
)  # fmt: skip
def test_what_cannot_be_seen_is_named(given: str, shown: str) -> None:
    assert line(given) == shown


def test_line_ends_stay_where_lines_are_shown() -> None:
    assert visible("a\nb\tc") == "a\nb\tc"


def test_clipping_shows_that_it_cut() -> None:
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("abcd", 4) == "abcd"
