"""
The files that are made from the code: JSON Schemas, compiled rulebooks, the catalogue of checks and
rules in docs/, and the numbers in the READMEs.

Without arguments they are written; with `--check` the program ends with 1 if any is not current.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.drill.forecast.plan import plan_schema
from cdso_audit.drill.plan import plan_schema as drill_plan_schema
from cdso_audit.drill.playbook import playbook_schema
from cdso_audit.inventory import agency_schema
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Result
from cdso_audit.rulebook import Rulebook, compiled, coverage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import import_rules
from tools.catalogue import pages

ROOT = Path(__file__).resolve().parent.parent
RULEBOOKS = import_rules.FOLDER
LEVELS = (1, 2, 3, 4, 5)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of what people and other programs write and read."""
    result = Result.model_json_schema(by_alias=True, mode="serialization")
    return {
        "agency": agency_schema(),
        "drill-plan": drill_plan_schema(),
        "forecast": plan_schema(),
        "playbook": playbook_schema(),
        "result": result,
    }


#: Language → the words of the paragraph with numbers.
SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{checks} checks and {count} requirements of the rulebook `{book}`. How the "
        "requirements of each level are proved:",
        "level": "Level",
        "checks": "by checks alone",
        "checks-and-attestation": "by checks and an attestation of the rest",
        "attestation": "by an attestation",
        "drill": "by a timed drill",
        "all": "all",
        "others": "Other rulebooks ([all of them](docs/rules/README.md), "
        "[all checks](docs/checks/README.md)), with the requirements of each level and, in "
        "brackets, how many of them checks help to prove:",
        "book": "Rulebook",
    },
    "vi": {
        "head": "{checks} phép kiểm tra và {count} yêu cầu của bộ quy định `{book}`. Yêu cầu của "
        "mỗi cấp độ được chứng minh bằng cách nào:",
        "level": "Cấp độ",
        "checks": "chỉ bằng phép kiểm tra",
        "checks-and-attestation": "phép kiểm tra, kèm xác nhận phần còn lại",
        "attestation": "bằng xác nhận",
        "drill": "bằng diễn tập có bấm giờ",
        "all": "tất cả",
        "others": "Các bộ quy định khác ([danh mục đầy đủ](docs/rules/README.vi.md), "
        "[mọi phép kiểm tra](docs/checks/README.vi.md)), với số yêu cầu của mỗi cấp độ và, trong "
        "ngoặc, số yêu cầu có phép kiểm tra góp phần chứng minh:",
        "book": "Bộ quy định",
    },
}
PROVED = ("checks", "checks-and-attestation", "attestation", "drill")
READMES = {"README.md": "en", "README.vi.md": "vi"}


def ours() -> dict[str, Check[Any]]:
    """The checks that come with the program."""
    return {name: each for name, each in installed_checks().items() if each.origin == "cdso-audit"}


def numbers(
    checks: Mapping[str, Check[Any]], books: Mapping[str, Rulebook], said: Mapping[str, str]
) -> str:
    """The paragraph with numbers, in one language."""
    book = books["vn-2026"]
    found = {level: coverage(book, level, checks) for level in LEVELS}
    heads = " | ".join(str(level) for level in LEVELS)
    rule = "| --- |" + " ---: |" * len(LEVELS)

    def line(title: str, cells: Iterable[object]) -> str:
        return f"| {title} | " + " | ".join(str(each) for each in cells) + " |"

    lines = [
        said["head"].format(checks=len(checks), count=len(book.requirements), book=book.id),
        "",
        f"| {said['level']} | {heads} |",
        rule,
        *(line(said[key], (found[level].counts.get(key, 0) for level in LEVELS)) for key in PROVED),
        line(said["all"], (len(found[level].rows) for level in LEVELS)),
        "",
        said["others"],
        "",
        f"| {said['book']} | {heads} |",
        rule,
    ]
    for name, other in books.items():
        if name != book.id:
            rows = [coverage(other, level, checks).rows for level in LEVELS]
            cells = (f"{len(each)} ({sum(bool(row.checks) for row in each)})" for each in rows)
            lines.append(line(f"`{name}`", cells))
    return "\n".join(lines)


def made() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    checks, books = ours(), import_rules.rulebooks(RULEBOOKS)
    files = {
        ROOT / "docs" / "schemas" / f"{name}.json": json.dumps(
            schema, ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n"
        for name, schema in schemas().items()
    }
    files |= {RULEBOOKS / f"{name}.json": compiled(book) for name, book in books.items()}
    catalogue = pages(checks, list(books.values()))
    files |= {ROOT / "docs" / name: text for name, text in catalogue.items()}
    for name, lang in READMES.items():
        path = ROOT / name
        text = numbers(checks, books, SAID[lang])
        files[path] = re.sub(
            r"(<!-- numbers -->\n).*?(\n<!-- /numbers -->)",
            lambda found, text=text: found[1] + text + found[2],
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
    return files


def left_over(files: Mapping[Path, str]) -> list[Path]:
    """Pages of the catalogue that nothing makes any more."""
    folders = (ROOT / "docs" / "checks", ROOT / "docs" / "rules")
    return sorted(path for place in folders for path in place.rglob("*.md") if path not in files)


def main(arguments: list[str]) -> int:
    """Write, or check."""
    files = made()
    stale = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    gone = left_over(files)
    if "--check" in arguments:
        for path in (*stale, *gone):
            print(f"{path.relative_to(ROOT)} is not current: run `make docs`")
        return 1 if stale or gone else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    for path in gone:
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
