"""An import rewrites the requirements and nothing else: no field lost, no proof touched."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import import_rules

from cdso_audit.rulebook import parse_rulebook

RECORD: dict[str, Any] = {
    "id": "tcvn-14423-2026.backup.restore-test",
    "rule_set": "tcvn",
    "group": "backup",
    "title_vi": "Kiểm tra khôi phục",
    "title_en": "Restore test",
    "text_vi": "Bản sao lưu được khôi phục thử.",
    "text_en": "Backups are test-restored.",
    "refs": [
        {"instrument": "tcvn-14423-2026", "clause_by_level": {4: "6.11 a", 5: "7.11 a"}},
        {"instrument": "qcvn-12-2026-bca", "article": "3.12", "scope": "stores"},
    ],
    "levels": [4, 5],
    "binding": "required",
    "verify": "drill",
    "asset_kinds": ["backup"],
    "inspect": ["restore log"],
    "evidence": {
        "document_vi": "Biên bản",
        "document_en": "Record",
        "issued_by": "operator",
        "validity": "param:max_interval",
    },
    "parameters_by_level": {"max_interval": {4: 6, 5: None, "unit": "month"}},
    "severity_hint": {"level": "critical", "reason": "untested backups fail"},
    "related": ["tcvn-14423-2026.backup.restore-test"],
    "note": "see the plan",
    "corroborated_by": ["a", "b"],
    "confidence": "medium",
    "confidence_by_level": {4: "medium", 5: "low"},
    "inferred_levels": [5],
    "sources": ["x", "y", "z"],
}
CATALOGUE = {
    "meta": {
        "version": "0.1.0",
        "state_of_knowledge": "2026-11-21",
        "groups": {"backup": {"vi": "Sao lưu", "en": "Backup", "tcvn_section": "x.11"}},
    },
    "requirements": [RECORD],
}


def source(name: str, kind: str) -> dict[str, Any]:
    return {
        "id": name,
        "number": name.upper(),
        "kind": kind,
        "title_vi": "Tên",
        "title_en": "Title",
        "effective": None,
        "status_on_2026_11_21": "in-force",
    }


INSTRUMENTS = [
    source("tcvn-14423-2026", "standard"),
    source("qcvn-12-2026-bca", "circular"),
    source("never-cited", "handbook"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(import_rules, "FOLDER", tmp_path)
    (tmp_path / "catalogue").write_text(yaml.safe_dump(CATALOGUE), "utf-8")
    (tmp_path / "instruments").write_text(yaml.safe_dump(INSTRUMENTS), "utf-8")
    (tmp_path / "vn-2026.proof.yaml").write_text("# by hand\nno_check: {}\n", "utf-8")
    return tmp_path


def imported(folder: Path) -> str:
    import_rules.main(["import", str(folder / "catalogue"), str(folder / "instruments")])
    return (folder / "vn-2026.yaml").read_text("utf-8")


def test_every_field_arrives(folder: Path) -> None:
    book = parse_rulebook(imported(folder), "no_check: {}")
    (made,) = book.requirements

    assert made.title.vi == "Kiểm tra khôi phục"
    assert made.text.en == "Backups are test-restored."
    assert [made.clause(4), made.clause(5)] == ["6.11 a", "7.11 a"]
    assert made.references[1].scope == "stores"
    assert made.parameters["max_interval"].levels == {4: 6, 5: None}
    assert [made.valid_months(4), made.valid_months(5)] == [6, 12]
    assert made.document is not None
    assert made.document.issued_by == "operator"
    assert [made.confidence_at(4), made.confidence_at(5)] == ["medium", "low"]
    assert (made.sources, made.corroborated, made.inferred_levels) == (3, 2, (5,))
    assert (made.severity_reason, made.note) == ("untested backups fail", "see the plan")
    assert made.inspect == ("restore log",)
    assert set(book.instruments) == {"tcvn-14423-2026", "qcvn-12-2026-bca"}
    assert book.instruments["qcvn-12-2026-bca"].authority == "technical-regulation"


def test_the_proofs_are_left_alone(folder: Path) -> None:
    imported(folder)
    assert (folder / "vn-2026.proof.yaml").read_text("utf-8") == "# by hand\nno_check: {}\n"


def test_an_import_of_the_same_is_the_same(folder: Path) -> None:
    assert imported(folder) == imported(folder)


def test_compile_writes_what_is_loaded(folder: Path) -> None:
    imported(folder)
    import_rules.main(["compile"])
    assert '"id": "vn-2026"' in (folder / "vn-2026.json").read_text("utf-8")


def test_anything_else_is_explained() -> None:
    with pytest.raises(SystemExit, match="import CATALOGUE"):
        import_rules.main(["what"])
