"""
The report in a real browser: locked, quiet, legible to everybody, and quick.

Debian's Chromium renders the file from disk. Any request that leaves fails the test.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reports import sample

from cdso_reports import render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="needs Chromium (apt install chromium)"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("reports")
    made = {}
    for make in (sample.lab, sample.brief, sample.hostile, sample.empty, sample.small,
                 sample.regimes, sample.drilled):  # fmt: skip
        path = folder / f"{make.__name__}.html"
        path.write_bytes(render(make(), "html"))
        made[make.__name__] = path.as_uri()
    return made


@pytest.fixture
def opened(browser: Any, reports: dict[str, str]) -> Iterator[Any]:
    """A function that opens a report and afterwards asserts that it was quiet and stayed home."""
    complaints: list[str] = []
    contexts = []

    def open_(name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda problem: complaints.append(f"error: {problem}"))
        page.on(
            "request",
            lambda request: (
                None
                if re.match(r"(file|data|blob):", request.url)
                else complaints.append(f"left: {request.url}")
            ),
        )
        page.goto(reports[name])
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready='1']", state="attached")
        return page

    open_.complaints = complaints  # type: ignore[attr-defined]
    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("name", ["lab", "hostile", "empty", "small", "regimes", "drilled"])
def test_opens_without_a_word_and_without_the_network(opened: Any, name: str) -> None:
    page = opened(name)

    assert page.inner_text("#s1").strip()
    assert page.evaluate("document.querySelectorAll('img, iframe').length") == 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["regimes", "drilled"])
def test_axe_finds_no_violation(opened: Any, name: str, lang: str, scheme: str, width: int) -> None:
    """WCAG 2.2 AA with contrast on, with every fold open."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(
        name,
        bypass_csp=True,  # axe brings its own script; the policy is tested below
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    page.click(f"label[for=lang-{lang}]")
    if name == "drilled":  # what is its own: the conclusion and the drills
        page.evaluate(
            "document.querySelectorAll('main > section').forEach((each) => "
            "{ if (!each.querySelector('h1, #s1, #s8')) each.remove(); })"
        )
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    done = Axe().run(
        page,
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "resultTypes": ["violations"],
        },
    )
    told = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}"
        for each in done.response["violations"]
    ]

    assert told == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(opened: Any, width: int) -> None:
    page = opened("hostile", viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_policy_stops_what_was_injected(opened: Any) -> None:
    page = opened("lab")
    blocked = page.evaluate(
        """async () => {
          const stopped = [];
          document.addEventListener('securitypolicyviolation',
            (event) => stopped.push(event.effectiveDirective));
          const html = '<img src=x onerror="window.hacked = 1">';
          try { document.body.innerHTML = html; } catch { stopped.push('trusted-types'); }
          const image = document.createElement('img');
          try { image.setAttribute('onerror', 'window.hacked = 1'); } catch { stopped.push('on'); }
          image.src = 'https://198.18.0.1/x.png';
          document.body.append(image);
          const script = document.createElement('script');
          try { script.textContent = 'window.hacked = 1'; } catch { stopped.push('script'); }
          document.body.append(script);
          try { await fetch('https://198.18.0.1/'); } catch { stopped.push('fetch'); }
          await new Promise((done) => setTimeout(done, 300));
          return {stopped, hacked: window.hacked === 1};
        }"""
    )
    opened.complaints.clear()  # the browser reports each of them on the console, as it should

    assert blocked["hacked"] is False
    assert {"trusted-types", "img-src", "fetch"} <= set(blocked["stopped"])


def test_the_language_changes_without_a_reload(opened: Any) -> None:
    page = opened("lab")
    assert page.locator("h1").inner_text() == "Báo cáo đánh giá an ninh mạng và khả năng khôi phục"

    page.click("label[for=lang-en]")

    assert page.locator("h1").inner_text() == "Cybersecurity and recovery assessment"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().startswith("Cybersecurity")
    assert "of 355 rows" in page.inner_text("#f-count")
    assert page.locator("#f-outcome option").nth(1).inner_text() == "FAILED"


def test_language_and_colours_change_without_scripts(opened: Any) -> None:
    page = opened("lab", java_script_enabled=False)
    page.click("label[for=lang-en]")

    assert page.locator("h1").inner_text() == "Cybersecurity and recovery assessment"
    assert page.locator(".script-less").is_visible()
    assert not page.locator("#findings").is_visible()

    page.click("label[for=theme-dark]")
    colour = page.locator("html").evaluate("(each) => getComputedStyle(each).backgroundColor")
    assert colour == "rgb(17, 22, 27)"


class TestTheFullList:
    def count(self, page: Any) -> int:
        page.wait_for_timeout(400)
        return int(page.inner_text("#f-count").split("/")[0].strip().replace(".", ""))

    def test_search_ignores_diacritics(self, opened: Any) -> None:
        page = opened("lab")
        page.fill("#f-text", "mat khau trong")
        folded = self.count(page)
        page.fill("#f-text", "mật khẩu trống")

        assert folded == self.count(page) == 5

    def test_d_with_stroke_is_a_d(self, opened: Any) -> None:
        page = opened("lab")
        page.fill("#f-text", "Đăng nhập")
        whole = self.count(page)
        page.fill("#f-text", "dang nhap")

        assert self.count(page) == whole > 0

    def test_filters_narrow_and_say_how_many_are_left(self, opened: Any) -> None:
        result = sample.lab()
        page = opened("lab")
        page.select_option("#f-outcome", "2")
        assert self.count(page) == sum(each.outcome == "unknown" for each in result.findings)

        page.select_option("#f-system", "1")
        page.fill("#f-asset", "app1")
        expected = [e for e in result.findings if e.outcome == "unknown" and e.asset == "lgsp-app1"]
        assert self.count(page) == len(expected)
        assert page.locator("#f-count").get_attribute("role") == "status"

    def test_pages_reach_every_row(self, opened: Any) -> None:
        page = opened("lab")
        seen = page.locator("#f-rows tr").count()
        while page.locator("#f-next").is_enabled():
            page.click("#f-next")
            page.wait_for_timeout(150)
            seen += page.locator("#f-rows tr").count()

        assert seen == 355


def test_the_matrix_filters_by_status(opened: Any) -> None:
    page = opened("lab")
    page.select_option("#m-status", "waived")
    page.wait_for_timeout(100)

    assert page.locator("#matrix tr.rq:visible").count() == 1
    assert page.inner_text("#m-count").startswith("1 / 70")


def test_a_cell_leads_to_its_requirement(opened: Any) -> None:
    page = opened("lab")
    link = page.locator("#matrix td.cell a").nth(5)
    target = link.get_attribute("href")
    link.click()
    page.wait_for_timeout(1200)

    assert page.locator(target).is_visible(), "the fold opened"
    assert page.locator(target).evaluate("(each) => each.getBoundingClientRect().top") < 900


def test_copying_gives_the_commands_alone(opened: Any) -> None:
    page = opened("lab", permissions=["clipboard-read", "clipboard-write"])
    box = page.locator(".fix", has_text="chmod 640 /etc/shadow").first
    box.locator("button").click()

    page.wait_for_timeout(200)

    assert page.evaluate("navigator.clipboard.readText()") == (
        "chmod 640 /etc/shadow && chown root:shadow /etc/shadow"
    )


def test_paper_shows_what_the_screen_folds_and_names_itself(opened: Any, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (apt install poppler-utils)")
    import subprocess

    page = opened("lab", color_scheme="dark")
    path = tmp_path / "report.pdf"
    page.pdf(path=str(path), prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    pages = text.split("\f")[:-1]

    assert len(pages) > 5
    assert all("so-khcn-example-20261121-0815 · 05b3abf2579a" in each for each in pages)
    assert "Giải pháp sao lưu tập trung" in text
    assert "chmod 640 /etc/shadow" in text
