"""
The files that are made from the code: JSON Schemas, and the numbers in the READMEs.

Without arguments they are written; with `--check` the program ends with 1 if any is not current.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from cdso_audit.inventory import agency_schema
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Result
from cdso_audit.rulebook import coverage, load_rulebook

ROOT = Path(__file__).resolve().parent.parent
LEVELS = (1, 2, 3, 4, 5)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of what people and other programs write and read."""
    result = Result.model_json_schema(by_alias=True, mode="serialization")
    return {"agency": agency_schema(), "result": result}


def numbers() -> dict[str, str]:
    """The paragraph with numbers, by language."""
    checks = {
        name: each for name, each in installed_checks().items() if each.origin == "cdso-audit"
    }
    book = load_rulebook("vn-2026")
    rows = {level: coverage(book, level, checks) for level in LEVELS}
    head = "| | " + " | ".join(str(level) for level in LEVELS) + " |"
    rule = "| --- |" + " ---: |" * len(LEVELS)

    def line(title: str, *keys: str) -> str:
        counts = [sum(rows[level].counts.get(key, 0) for key in keys) for level in LEVELS]
        return f"| {title} | " + " | ".join(str(each) for each in counts) + " |"

    total = [str(len(rows[level].rows)) for level in LEVELS]
    english = [
        (
            f"{len(checks)} checks and {len(book.requirements)} requirements of the rulebook "
            f"`{book.id}`. How the requirements of each level are proved:"
        ),
        "",
        head.replace("| |", "| Level |", 1),
        rule,
        line("by checks alone", "checks"),
        line("by checks and an attestation of the rest", "checks-and-attestation"),
        line("by an attestation", "attestation"),
        line("by a timed drill", "drill"),
        "| all | " + " | ".join(total) + " |",
    ]
    vietnamese = [
        (
            f"{len(checks)} phép kiểm tra và {len(book.requirements)} yêu cầu của bộ quy định "
            f"`{book.id}`. Yêu cầu của mỗi cấp độ được chứng minh bằng cách nào:"
        ),
        "",
        head.replace("| |", "| Cấp độ |", 1),
        rule,
        line("chỉ bằng phép kiểm tra", "checks"),
        line("phép kiểm tra, kèm xác nhận phần còn lại", "checks-and-attestation"),
        line("bằng xác nhận", "attestation"),
        line("bằng diễn tập có bấm giờ", "drill"),
        "| tất cả | " + " | ".join(total) + " |",
    ]
    return {"README.md": "\n".join(english), "README.vi.md": "\n".join(vietnamese)}


def made() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    files = {
        ROOT / "docs" / "schemas" / f"{name}.json": json.dumps(
            schema, ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n"
        for name, schema in schemas().items()
    }
    for name, text in numbers().items():
        path = ROOT / name
        files[path] = re.sub(
            r"(<!-- numbers -->\n).*?(\n<!-- /numbers -->)",
            lambda found, text=text: found[1] + text + found[2],
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
    return files


def main(arguments: list[str]) -> int:
    """Write, or check."""
    stale = [
        path
        for path, text in made().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not current: run `make docs`")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made()[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
