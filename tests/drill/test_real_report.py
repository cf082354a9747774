"""
From a real restore to the page that an auditor opens: a shipped playbook on a real PostgreSQL, its
journal, what it proves, and the drills of the report in a browser, in both languages.
"""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from tests.drill.held import Held
from tests.drill.staged import Stage, carried_out, stage, story
from tests.drill.test_real_databases import BIN
from tests.drill.test_real_faults import dumped
from tests.reports.test_browser import FLAGS

from cdso_audit.assessment import assess
from cdso_audit.evidence import Evidence, Run
from cdso_audit.inventory import parse_agency
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Result, Tool
from cdso_audit.rulebook import load_rulebook
from cdso_audit.store.drills import load_drills
from cdso_reports import render

pytestmark = [
    pytest.mark.daemon,
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="needs Chromium (apt install chromium)"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("CDSO_DRILL_DB_PASSWORD", "citizen's word")
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}:/usr/sbin")
    with stage(tmp_path) as made:
        yield made


@pytest.fixture
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield found
        found.close()


def judged(drill: Held, folder: Path) -> Result:
    """A run that looked at nothing and found that journal beside its inventory."""
    (folder / "drills").symlink_to(drill.folder)
    inventory = "apiVersion: cdso/agency-v1\nagency: {id: so-x}\nsystems: [{id: dvc, level: 3}]\n"
    who = parse_agency(inventory, "agency.yaml")
    found = load_drills(folder, who)
    assert found.notices == ()
    run = Run(
        tool=Tool(version="0"), started_at=datetime.now(UTC), rulebook="vn-2026", agency=who,
        drills=found.drills, playbooks=found.playbooks,
    )  # fmt: skip
    return assess(Evidence(run), load_rulebook("vn-2026"), installed_checks())


def seen(page: Any, lang: Literal["vi", "en"]) -> str:
    """The drills of the report as they stand on the screen, every fold open; axe is content."""
    from axe_playwright_python.sync_playwright import Axe

    page.click(f"label[for=lang-{lang}]")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(
        "document.querySelectorAll('main > section').forEach((each) => "
        "{ if (!each.querySelector('h1, #s1, #s8')) each.remove(); })"
    )
    done = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert [each["id"] for each in done.response["violations"]] == []
    text: str = page.locator("section", has=page.locator("#s8")).inner_text()
    return " ".join(text.split())


@pytest.mark.parametrize("whole", [True, False], ids=["restored", "a table is missing"])
def test_a_real_drill_reaches_the_page(
    place: Stage, tmp_path: Path, browser: Any, whole: bool
) -> None:
    drill = dumped(place, options=() if whole else ("--exclude-table=dossier",))
    state = carried_out(drill)
    assert state.closed is not None
    assert state.closed.outcome == ("succeeded" if whole else "failed"), story(drill)
    (tmp_path / "agency").mkdir()

    result = judged(drill, tmp_path / "agency")
    (shown,) = result.drills
    path = tmp_path / "report.html"
    path.write_bytes(render(result, "html"))
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready='1']", state="attached")
        vi, en = seen(page, "vi"), seen(page, "en")
        bars = page.locator("section:has(#s8) svg rect").count()
        page.screenshot(path=str(tmp_path / "drill.png"), full_page=True)
    finally:
        context.close()

    assert complaints == []
    assert bars > len(shown.phases)
    for phase in shown.phases:  # the drawing has a lane for each phase that was begun
        assert phase.phase.capitalize() in en
    assert "Restore PostgreSQL from a dump" in en
    assert "PostgreSQL" in vi
    assert re.search(r"[ăâđêôơư]", vi)
    # the wording of the tests' short looks: proved, and yet nothing that may be called measured
    assert "Measured:" not in en
    assert shown.level == (3 if whole else None)
    assert ("likely in time, not measured" in en) is whole
    assert ("Not recovered: it would have taken longer than" in en) is not whole
    for each in shown.not_proved:
        assert " ".join(each.en.split()) in en
        assert each.vi != each.en
    for each in shown.caps:
        assert " ".join(each.why.en.split()) in en
    if whole:
        assert "How old the copy was is not known." in en
        assert {each.rule for each in shown.caps} >= {"few-looks", "short-hold"}
    else:
        assert "1 is not within 0 % of 2" in en
        assert "1 is not within" not in vi
        assert result.recoveries[0].holds == "fail"
