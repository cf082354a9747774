"""The Vietnamese catalogues must be compiled before a report can speak."""

from pathlib import Path

import hatch_build
import pytest

from cdso_audit import language

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    sources = [path for folder in hatch_build.ROOTS for path in (ROOT / folder).rglob("*.po")]
    stale = [
        path
        for path in sources
        if not path.with_suffix(".mo").is_file()
        or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    if stale:
        hatch_build.compile_catalogues(ROOT)
        language._catalogues.cache_clear()
        language.translated.cache_clear()
