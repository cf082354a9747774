"""Every format renders every result in both languages, alike each time, and cheaply imported."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from tests.reports import sample
from tests.reports.golden import agree

from cdso_audit.result import Result
from cdso_reports import FILE_NAMES, FORMATS, Lang, render

SAMPLES = (sample.small, sample.lab, sample.empty, sample.hostile)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
def test_renders_alike_each_time(make: Callable[[], Result], fmt: str, lang: Lang) -> None:
    first = render(make(), fmt, lang=lang)

    assert first
    assert first == render(make(), fmt, lang=lang)
    first.decode("utf-8")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("fmt", ["csv", "md", "junit", "sarif"])
def test_the_laboratory_reads_as_before(fmt: str, lang: Lang) -> None:
    agree(f"lab.{lang}.{fmt}", render(sample.lab(), fmt, lang=lang))


def test_every_format_has_a_file_name() -> None:
    assert set(FILE_NAMES) == set(FORMATS)


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="gopher"):
        render(sample.empty(), "gopher")


def test_importing_the_package_loads_no_library() -> None:
    """`--help` answers in a quarter of a second, so templates and tables load when asked for."""
    script = (
        "import sys, cdso_reports; "
        "print([m for m in ('jinja2', 'rich', 'pydantic', 'csv', 'xml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )

    assert done.stdout.strip() == "[]"


class TestJson:
    def test_survives_the_round_trip(self) -> None:
        result = sample.lab()

        assert Result.model_validate_json(render(result, "json")) == result

    def test_is_canonical(self) -> None:
        text = render(sample.hostile(), "json").decode()
        value = json.loads(text)

        assert (
            text
            == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        )
        assert value["schema"] == "cdso/result-v1"
