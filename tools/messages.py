"""
Every sentence that people see, and whether it has its Vietnamese.

Collected from the source itself: first arguments of `Verdict.passed` and its like, of `Absent`,
`tell`, `word`, `both` and `_`, texts of `About(...)` and `why=` of `Probe(...)`. Run it to list
what is missing; the test `tests/test_messages.py` fails on the same list.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "audit/cdso_audit",
    "checks/cdso_checks",
    "playbooks/cdso_playbooks",
    "reports/cdso_reports",
)
FIRST = {
    "passed", "failed", "not_applicable", "unknown", "Absent", "Ignored",
    "tell", "word", "both", "_",
}  # fmt: skip
#: Errors of programmers, which nobody but them reads.
BUILTIN = {"ValueError", "TypeError", "RuntimeError", "KeyError", "AssertionError"}
NAMED = {
    "About": ("title", "why", "fix", "pitfalls"),
    "Probe": ("why",),
    "Notice": ("template",),
}


@cache
def sentences() -> dict[str, str]:
    """Sentence → where it stands first."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            constants = _constants(tree)
            for node in ast.walk(tree):
                for text in _texts(node, constants):
                    found.setdefault(text, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}")
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    """Module-level names that hold a literal string."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _texts(node: ast.AST, constants: dict[str, str]) -> Iterator[str]:  # noqa: C901, PLR0912 - a list
    if isinstance(node, ast.FunctionDef) and any(
        getattr(getattr(each, "func", None), "attr", "") in {"command", "group"}
        for each in node.decorator_list
    ):
        yield inspect.cleandoc(ast.get_docstring(node) or "")
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id.endswith("_TEXT") for target in node.targets
    ):
        for each in ast.walk(node.value):
            if isinstance(each, ast.Tuple):
                yield from (text for value in each.elts for text in _literal(value, constants))
            if isinstance(each, ast.Dict):
                yield from (text for value in each.values for text in _literal(value, constants))
    if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "COMMANDS":
        for each in ast.walk(node):
            if isinstance(each, ast.Tuple) and len(each.elts) == 2:  # noqa: PLR2004
                yield from _literal(each.elts[1], constants)
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in FIRST and node.args:
        yield from _literal(node.args[0], constants)
    if name.endswith("Error") and name not in BUILTIN:
        for each in [*node.args[:1], *(k.value for k in node.keywords if k.arg == "hint")]:
            yield from _literal(each, constants)
    if name in {"option", "argument"}:
        yield from (
            text for k in node.keywords if k.arg == "help" for text in _literal(k.value, constants)
        )
    if name == "Field" and any(k.arg == "pattern" for k in node.keywords):
        # what a pattern means is the hint when it is not met
        yield from (
            text
            for k in node.keywords
            if k.arg == "description"
            for text in _literal(k.value, constants)
        )
    for keyword in node.keywords:
        if keyword.arg in NAMED.get(name, ()):
            yield from _literal(keyword.value, constants)


def _literal(node: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]
    elif isinstance(node, ast.IfExp):
        yield from _literal(node.body, constants)
        yield from _literal(node.orelse, constants)
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from _literal(each, constants)


@cache
def mentioned() -> set[str]:
    """Every text that stands in any source, said or not: what a translation may still belong to."""
    found: set[str] = set(sentences())
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found |= {
                node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
        for path in sorted((ROOT / package).rglob("*.j2")):
            found |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")))
    return found


def translations() -> dict[str, str]:
    """English → Vietnamese, from every catalogue."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package / "locale" / "vi").glob("*.po")):
            with path.open("rb") as lines:
                for message in read_po(lines, abort_invalid=True):
                    if isinstance(message.id, str) and message.id and message.string:
                        found[message.id] = str(message.string)
    return found


def missing() -> dict[str, str]:
    """Sentences without a translation, with their places."""
    known = translations()
    return {text: place for text, place in sentences().items() if text not in known}


def main() -> int:
    """Print what is missing; 1 if anything is."""
    lacking = missing()
    for text, place in lacking.items():
        print(f"{place}: {text!r}")
    print(f"{len(lacking)} of {len(sentences())} sentences have no Vietnamese")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
