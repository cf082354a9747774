"""Where code may do what: read from the imports, so that no review has to watch for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = (
    "audit/cdso_audit",
    "checks/cdso_checks",
    "playbooks/cdso_playbooks",
    "reports/cdso_reports",
)

#: Modules whose import is a sign of I/O or of a clock.
OUTSIDE = {
    "asyncio", "ctypes", "dns.query", "dns.resolver", "ftplib", "getpass", "glob", "http", "httpx",
    "httpx2", "multiprocessing", "nmap", "os", "paramiko", "requests", "select", "selectors",
    "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile",
    "threading", "time", "urllib.request",
}  # fmt: skip

#: Where I/O belongs: collect, drill.run, store and cli; plug-ins and packaged data are imports.
DOORS = (
    "audit/cdso_audit/collect/",
    "audit/cdso_audit/store/",
    "audit/cdso_audit/cli/",
    "audit/cdso_audit/drill/run",
)

#: Calls that read a clock, wherever they stand.
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def pure_modules() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(DOORS):
                yield path


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offences(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [
        name
        for name in imported(tree)
        if name in OUTSIDE or name.partition(".")[0] in OUTSIDE - {"http", "dns"}
    ]
    found += [
        f"{node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
    ]
    found += [
        "open()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    return found


@pytest.mark.parametrize("path", list(pure_modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_module_neither_asks_the_outside_nor_the_clock(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "fault",
    [
        "import socket",
        "from subprocess import run",
        "import os.path",
        "from datetime import datetime\nx = datetime.now()",
        "import time",
        "open('x')",
        "import paramiko",
        "from urllib import request",
    ],
)
def test_the_guard_sees_a_planted_fault(fault: str) -> None:
    assert offences(fault)


def test_checks_know_no_law() -> None:
    """
    The rulebook maps requirements to checks; a check that said a clause would age with it.

    A comment may name the source of a default.
    """
    for path in sorted((ROOT / "checks/cdso_checks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "tcvn" not in node.value.lower(), path
                assert "NĐ " not in node.value, path


def test_renderers_decide_nothing() -> None:
    """A renderer sees the result alone: nothing that judges, scores or collects."""
    judging = ("evaluate", "comply", "score", "rulebook", "collect", "store", "facts", "plugins")
    for path in sorted((ROOT / "reports/cdso_reports").rglob("*.py")):
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert not name.startswith(tuple(f"cdso_audit.{each}" for each in judging)), path


@pytest.mark.parametrize("source", SOURCES)
def test_no_module_has_a_name_that_says_nothing(source: str) -> None:
    for path in (ROOT / source).rglob("*.py"):
        assert path.stem not in {"utils", "util", "helpers", "common", "base", "misc"}, path
