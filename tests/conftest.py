"""What every test shares: one language, and an honest last word on what was left out."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

os.environ["CDSO_AUDIT_LANG"] = "en"

# The same cases in every run, so that a red run is due to a change. `make explore` draws new ones.
settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


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
