"""The legacy catalogue becomes a rulebook without a letter that nobody confirmed."""

from typing import Any

import pytest
from tools import legacy_rules

from cdso_audit.rulebook import Rulebook

RECORD: dict[str, Any] = {
    "id": "tcvn-11930.server.logging.retention",
    "clauses": {"level1": "5.2.2.3", "level3": "7.2.2.3 đ", "level4": "8.2.2.3"},
    "clause_basis": {"level1": "memory", "level3": "content", "level4": "inherited"},
    "group": "server",
    "topic": "logging",
    "origin": "tcvn-11930-2017",
    "title_vi": "Lưu nhật ký",
    "title_en": "Log retention",
    "text_vi": "Giữ nhật ký.",
    "text_en": "Logs are kept.",
    "verify": "technical",
    "inspect": ["linux/windows: oldest event", "siem: index age"],
    "parameters_by_level": {
        "level3": {"retention_months_min": 3, "idle_timeout": "set by the organisation"},
        "level4": None,
    },
    "evidence": {"documents": ["a", "b"], "validity_months": 6},
    "sources": ["x"],
    "confidence": "high",
    "confidence_by_level": {"level1": "low", "level3": "high", "level4": "low"},
}
INSTRUMENTS = {
    name: {"number": name, "title": {"vi": "V", "en": "E"}, "authority": "standard"}
    for name in legacy_rules.CITED
}


def made(**more: Any) -> Any:
    given = legacy_rules.rulebook([{**RECORD, **more}], INSTRUMENTS, "0")
    proofs = [
        {**each, "proof": {"all_of": [{"attestation": "rest"}]}} for each in given["requirements"]
    ]
    book = Rulebook.model_validate({**given, "requirements": proofs})
    return book, book.requirements[0]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("7.2.2.3 đ", "7.2.2.3"),
        ("7.2.1.4 c", "7.2.1.4"),
        ("7.2.2.3", "7.2.2.3"),
        ("Phụ lục III II.1.a", "Phụ lục III II.1.a"),
        ("TT 12/2022 Điều 9.9", "Điều 9.9"),
        ("TT 12/2022 PL V I.1.6", "Phụ lục V I.1.6"),
        ("Phụ\n lục IV II.1.a", "Phụ lục IV II.1.a"),
    ],
)
def test_a_clause_loses_only_the_letter_of_its_item(text: str, clause: str) -> None:
    assert legacy_rules.clause(text) == clause


def test_every_field_arrives() -> None:
    book, found = made()
    assert found.levels == (1, 3, 4)
    assert [found.clause(level) for level in found.levels] == ["5.2.2.3", "7.2.2.3", "8.2.2.3"]
    assert found.parameters["min_retention"].levels == {3: 3}
    assert found.parameters["max_idle"].levels == {3: None}, "the text leaves the number open"
    assert found.parameters["max_idle"].unit == "minute"
    assert (found.advisory_levels, found.inferred_levels) == ((1,), (4,))
    assert [book.is_scored(found, level) for level in found.levels] == [False, True, True]
    assert found.asset_kinds == ("host-linux", "host-windows")
    assert (found.rule_set, found.binding, found.severity.value) == ("tcvn", "required", "high")
    assert found.document is not None
    assert (found.document.title.en, found.valid_months(3)) == ("a; b", 6)


def test_what_is_low_at_its_best_is_advice() -> None:
    book, found = made(confidence="low")
    assert (found.rule_set, found.binding, found.severity.value) == (
        "unconfirmed",
        "advisory",
        "low",
    )
    assert not book.is_scored(found)


def test_the_circular_leads_where_it_states_the_duty() -> None:
    origin = "circular-12-2022-in-place-of-tcvn-design-clause"
    _, found = made(origin=origin, circular_12_2022={"level3": "Phụ lục III II.1.b"})
    assert [each.instrument for each in found.references] == [
        "circular-12-2022",
        "tcvn-11930-2017",
    ]
    _, other = made(circular_12_2022={"level3": "Phụ lục III II.2"})
    assert other.references[0].instrument == "tcvn-11930-2017"


@pytest.mark.parametrize(
    ("evidence", "validity"),
    [
        ({"documents": ["a"], "validity_months": 24}, "P24M"),
        ({"documents": ["a"], "validity_months": None, "validity_basis": "contract term"},
         "contract-term"),
        ({"documents": ["a"], "validity_basis": "per leaver"}, "per-event"),
        ({"documents": ["a"]}, "until-changed"),
        ({"documents": []}, None),
        (None, None),
    ],
)  # fmt: skip
def test_a_paper_holds_as_the_catalogue_says(evidence: Any, validity: str | None) -> None:
    _, found = made(evidence=evidence)
    assert (found.document.validity if found.document else None) == validity


def test_a_topic_that_no_chapter_has_stops_the_import() -> None:
    with pytest.raises(StopIteration):
        legacy_rules.group({"group": "management", "topic": "unheard-of"})
