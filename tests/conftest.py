"""What every test shares: one language, and an honest last word on what was left out."""

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["CDSO_AUDIT_LANG"] = "en"
# Where Debian has its servers; an ordinary user's own list leaves it out.
os.environ["PATH"] += ":/usr/sbin:/sbin"

# The same cases in every run, so that a red run is due to a change. `make explore` draws new ones.
settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """
    Each run has a folder of its own. A second run would close pytest's common one to the accounts
    that servers of the first run have (postgres, www-data). What failed is kept for a day.
    """
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        for old in Path(tempfile.gettempdir()).glob("cdso-tests-*"):
            with suppress(OSError):  # another run may have removed it
                if old.stat().st_mtime < time.time() - 86400:
                    shutil.rmtree(old, ignore_errors=True)
        config.option.basetemp = folder = tempfile.mkdtemp(prefix="cdso-tests-")
        config.stash[FAILED] = False

        def clean() -> None:
            if not config.stash[FAILED] or not any(Path(folder).iterdir()):
                shutil.rmtree(folder, ignore_errors=True)

        config.add_cleanup(clean)


#: The files that wait longest go first, so that no worker is left alone with one at the end.
LONG = (
    "tests/e2e/test_lab_scan.py",
    "tests/reports/test_browser.py",
    "tests/drill/test_real_databases.py",
    "tests/drill/test_real_files.py",
    "tests/drill/test_crash.py",
    "tests/drill/test_real_services.py",
    "tests/drill/test_real_faults.py",
    "tests/drill/test_real_systemd.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; the order is else as collected."""
    order = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda each: order.get(each.nodeid.partition("::")[0], len(LONG)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remember whether anything failed."""
    session.config.stash[FAILED] = bool(session.testsfailed)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are compared in English unless a test chooses otherwise."""
    from cdso_audit.cli import console

    console.choose(None)
    yield
    console.choose(None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out and how to get it, as the last lines before the count."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    reasons: Counter[str] = Counter()
    for report in skipped:
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    terminalreporter.section("left out")
    for reason, count in sorted(reasons.items(), key=lambda each: -each[1]):
        terminalreporter.write_line(f"{count:4} tests: {reason}")
    if os.geteuid() != 0:
        terminalreporter.write_line(
            "To run them all: `make test` as root (it installs what is missing with apt)."
        )
