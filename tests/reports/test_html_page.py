"""The HTML report: one locked file, harmless whatever it shows, readable without scripts."""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.reports import sample

import cdso_reports
from cdso_audit.model import Outcome
from cdso_audit.result import Result
from cdso_reports import html_page, render

PACKAGE = Path(cdso_reports.__file__).parent
SAMPLES = [sample.small, sample.lab, sample.empty, sample.hostile, sample.drilled]
VOID = {"meta", "input", "br", "use", "path", "rect", "circle", "line"}


class Seen(HTMLParser):
    """What a browser would make elements and attributes of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self.blocks: dict[str, str] = {}
        self.text = ""
        self.order: list[str] = []
        self._in = ""
        self._attrs: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.order.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._in, self._attrs = tag, dict(attrs)

    def handle_data(self, data: str) -> None:
        if self._in == "script" and "type" in self._attrs:
            self.blocks[str(self._attrs["id"])] = data
        elif self._in in self.texts:
            self.texts[self._in].append(data)
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = ""

    def values(self, name: str) -> list[str]:
        return [value for _, key, value in self.attributes if key == name]


def page(make: Callable[[], Result]) -> str:
    return render(make(), "html").decode()


@pytest.mark.parametrize("make", SAMPLES)
class TestEveryPage:
    def test_policy_comes_first_and_pins_the_one_script_and_style(
        self, make: Callable[[], Result]
    ) -> None:
        text = page(make)
        seen = Seen(text)
        policy = seen.values("content")[0]
        script, style = "".join(seen.texts["script"]), "".join(seen.texts["style"])

        def pin(of: str) -> str:
            return "sha256-" + base64.b64encode(sha256(of.encode()).digest()).decode()

        assert '<head><meta http-equiv="Content-Security-Policy"' in text
        assert len(seen.texts["script"]) == len(seen.texts["style"]) == 1
        assert f"script-src '{pin(script)}'" in policy
        assert f"style-src '{pin(style)}'" in policy
        for rule in (
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ):
            assert rule in policy
        assert "unsafe" not in policy

    def test_holds_only_elements_of_ours(self, make: Callable[[], Result]) -> None:
        seen = Seen(page(make))

        assert seen.elements["script"] == len(seen.blocks) + 1
        assert not set(seen.elements) & {"img", "iframe", "object", "embed", "link", "base"}
        assert not [name for _, name, _ in seen.attributes if name.startswith("on")]
        assert not seen.values("style")
        assert not seen.values("src")

    def test_leads_nowhere_else(self, make: Callable[[], Result]) -> None:
        seen = Seen(page(make))
        ids = set(seen.values("id"))

        assert all(link.startswith("#") and link[1:] in ids for link in seen.values("href"))
        assert "@import" not in seen.texts["style"][0]
        assert not re.findall(r"url\(\"(?!data:font/woff2;base64,)", seen.texts["style"][0])

    def test_every_id_stands_once(self, make: Callable[[], Result]) -> None:
        ids = Counter(Seen(page(make)).values("id"))

        assert [name for name, times in ids.items() if times > 1] == []

    def test_data_blocks_hold_no_character_of_markup(self, make: Callable[[], Result]) -> None:
        for data in Seen(page(make)).blocks.values():
            assert re.fullmatch(r"[A-Za-z0-9+/=]+", data)

    def test_the_full_list_has_every_finding(self, make: Callable[[], Result]) -> None:
        result = make()
        blocks = Seen(page(make)).blocks

        def unpacked(name: str) -> bytes:
            return gzip.decompress(base64.b64decode(blocks[name]))

        head = json.loads(unpacked("d-head"))
        rows = sum(
            len(json.loads(unpacked(name))["columns"][0])
            for name in blocks
            if re.fullmatch(r"d-findings-\d+", name)
        )

        assert head["findings"] == rows == len(result.findings)
        assert len(unpacked("d-findings")) == 10 * len(result.findings)


def test_without_scripts_the_whole_conclusion_stands_there() -> None:
    text = " ".join(Seen(page(sample.lab)).text.split())

    for words in ("Kết luận", "Conclusion", "48,6", "48.6", "chưa từng diễn tập khôi phục",
                  "no recovery drill was ever held", "Không thu được gì từ:", "lgsp-app1",
                  "độ tin cậy thấp", "CHƯA CHỨNG MINH", "UNPROVED"):  # fmt: skip
        assert words in text


def test_every_failure_and_unknown_of_the_laboratory_stands_in_the_page() -> None:
    seen = Seen(page(sample.lab))
    result = sample.lab()

    for each in result.findings:
        if each.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            assert each.message in seen.text
            assert each.message_vi in seen.text


def test_hostile_text_is_shown_as_text() -> None:
    text = page(sample.hostile)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text
    assert "{{ 7*7 }}" in text, "a template in collected text stays text"
    assert "\u202e" not in text
    assert "\u2028" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_opens_in_the_language_asked_for(lang: cdso_reports.Lang) -> None:
    text = render(sample.lab(), "html", lang=lang).decode()

    assert f'<html lang="{lang}">' in text
    assert re.search(rf'id="lang-{lang}" autocomplete="off" checked', text)


def test_nothing_assessed_proves_nothing() -> None:
    assert "This report proves nothing." in page(sample.empty)


def test_a_missing_drill_is_never_hidden() -> None:
    assert "A recovery drill was never held" in page(sample.lab)


def test_a_commands_digest_tells_from_where_a_finding_was_seen() -> None:
    assert "ssh, cdso-audit + sudo" in page(sample.lab)


def test_no_template_marks_text_as_safe() -> None:
    for path in PACKAGE.glob("templates/*"):
        text = path.read_text("utf-8")
        assert not re.search(
            r"\|\s*safe\b|autoescape\s+false|innerHTML|outerHTML|insertAdjacent", text
        )
    assert html_page.template().environment.autoescape is True


def test_only_the_root_itself_asks_what_is_chosen() -> None:
    """`:root:has(…) span` is asked anew by every span on paper: half a minute for 71 pages."""
    css = (PACKAGE / "templates" / "report.css").read_text("utf-8")

    assert ":root:has(" in css
    assert re.findall(r":root:has\([^)]*\)+[\s>~+][^{,]*", css) == []


def test_markup_is_made_in_one_module_only() -> None:
    makers = [path.name for path in PACKAGE.glob("*.py") if "Markup(" in path.read_text("utf-8")]

    assert makers == ["html_page.py"]


def test_a_large_result_keeps_the_page_small() -> None:
    """Budgets of docs/report.md, at a tenth of the size that is measured there."""
    result = sample.large(assets=300, per_asset=100, systems=10)
    text = render(result, "html").decode()
    seen = Seen(text)
    data = sum(map(len, seen.blocks.values()))

    assert len(result.findings) == 30_000
    assert data < 1_500_000
    assert len(text) - data < 2_500_000
    assert seen.elements["tr"] < html_page.STATIC_ROWS + 1500
