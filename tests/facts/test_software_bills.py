"""SBOMs in each of their forms, as generators write them; hostile ones are refused with a place."""

import json
from datetime import UTC, datetime

import pytest
from tests.checks.development.sboms import (
    ASSESSED,
    SPDX,
    SPDX_TAGS,
    cyclonedx,
    cyclonedx_xml,
)

from cdso_audit.facts.reading import UnreadableError
from cdso_audit.facts.software_bills import KnownFlaw, SoftwareBill, parse_bill

MADE = datetime(2026, 11, 1, 1, tzinfo=UTC)
NESTED = (
    '<components><component type="library"><name>shaded</name><components>'
    '<component type="library"><name>deeper</name></component></components></component>'
    "</components>"
)
FLAWS = (
    "<vulnerability><id>CVE-2026-0001</id><analysis><state>exploitable</state></analysis>"
    "</vulnerability><vulnerability><id>CVE-2026-0002</id><ratings/></vulnerability>"
)


def bill(text: str) -> SoftwareBill:
    return SoftwareBill(subject="portal", file="f", **parse_bill(text))


@pytest.mark.parametrize("spec", ["1.4", "1.5", "1.6"])
def test_cyclonedx_is_one_in_json_and_xml(spec: str) -> None:
    one = bill(cyclonedx(spec=spec, flaws=ASSESSED, made="2026-11-01T01:00:00Z"))
    other = bill(cyclonedx_xml(spec=spec, flaws=FLAWS, component=NESTED))

    assert one.form == other.form == f"CycloneDX {spec}"
    assert one.made_at == other.made_at == MADE
    assert (one.name, one.version) == (other.name, other.version) == ("portal", "4.2.0")
    assert (one.parts, other.parts) == (2, 3)
    assert one.flaws == (
        KnownFlaw(id="CVE-2026-0001", state="exploitable"),
        KnownFlaw(id="CVE-2026-0002", state="not_affected"),
    )
    assert other.flaws == (
        KnownFlaw(id="CVE-2026-0001", state="exploitable"),
        KnownFlaw(id="CVE-2026-0002"),
    )


def test_a_part_may_hold_others_in_json_too() -> None:
    given = json.loads(cyclonedx(parts=1))
    given["components"][0]["components"] = [{"name": "shaded", "components": [{"name": "deeper"}]}]
    given["metadata"]["component"]["components"] = [{"name": "module"}]

    assert bill(json.dumps(given)).parts == 4


@pytest.mark.parametrize(
    ("made", "at"),
    [
        ("2026-11-01T01:00:00Z", MADE),
        ("2026-11-01T08:00:00+07:00", MADE),
        ("2026-11-01T01:00:00", MADE),
        ("2026-11-01T08:00:00.000000123+07:00", MADE),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_moment_is_read_as_generators_write_it(made: str, at: datetime | None) -> None:
    found = bill(cyclonedx(made=made))

    assert (found.made, found.made_at) == (made, at)


@pytest.mark.parametrize(
    ("flaws", "seen"), [(None, None), ((), ()), ((("X", ""),), (KnownFlaw(id="X"),))]
)
def test_no_section_and_an_empty_one_are_told_apart(
    flaws: tuple[tuple[str, str], ...] | None, seen: tuple[KnownFlaw, ...] | None
) -> None:
    assert bill(cyclonedx(flaws=flaws)).flaws == seen


def test_no_section_and_an_empty_one_in_xml() -> None:
    assert bill(cyclonedx_xml()).flaws is None
    assert bill(cyclonedx_xml(flaws="")).flaws == ()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (SPDX, "SPDX 2.3"),
        (SPDX_TAGS, "SPDX 2.2"),
        (f"# written by hand\n\n{SPDX_TAGS}", "SPDX 2.2"),
        (json.dumps({"sbom": json.loads(SPDX)}), "SPDX 2.3"),
    ],
)
def test_spdx_says_the_same_in_each_form(text: str, form: str) -> None:
    found = bill(text)

    assert (found.form, found.name, found.version) == (form, "portal", "4.2.0")
    assert found.made_at == MADE
    assert found.flaws is None
    assert found.parts == (1 if form == "SPDX 2.2" else 2)


@pytest.mark.parametrize(
    "change",
    [
        {"documentDescribes": ["SPDXRef-root"], "relationships": []},
        {
            "relationships": [
                {
                    "spdxElementId": "SPDXRef-root",
                    "relatedSpdxElement": "SPDXRef-DOCUMENT",
                    "relationshipType": "DESCRIBED_BY",
                }
            ]
        },
    ],
)
def test_spdx_names_what_it_describes_in_other_ways(change: dict[str, object]) -> None:
    found = bill(json.dumps({**json.loads(SPDX), **change}))

    assert (found.name, found.parts) == ("portal", 2)


@pytest.mark.parametrize("kind", ["CONTAINS", "DESCRIBED_BY"])
def test_any_other_relationship_describes_nothing(kind: str) -> None:
    found = bill(SPDX.replace('"DESCRIBES"', f'"{kind}"'))

    assert (found.name, found.version, found.parts) == ("", "", 3)


BOMB = '<!DOCTYPE bom [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE bom SYSTEM "file:///etc/passwd">\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("PK\x03\x04", "neither CycloneDX nor SPDX"),
        ("[]", "neither CycloneDX nor SPDX"),
        ("{}", "neither CycloneDX nor SPDX"),
        ('{"sbom": 1}', "neither CycloneDX nor SPDX"),
        (cyclonedx()[:300], "line 1[0-9]: "),
        ('{\n"bomFormat":\n}', "line 3: Expecting value"),
        ('{"a":' * 100_000, "no JSON that can be read"),
        ('{"a": ' + "1" * 5000 + "}", "no JSON that can be read"),
        (cyclonedx().replace('"CycloneDX"', '"Other"'), "bomFormat is not CycloneDX"),
        (cyclonedx().replace("{", '{"vulnerabilities": ["CVE-2026-0001"],', 1), "no list"),
        (cyclonedx().replace("{", '{"vulnerabilities": {},', 1), "no list"),
        (cyclonedx().replace("{", '{"vulnerabilities": null,', 1), "no list"),
        ('{"@context": "https://spdx.org/rdf/3.0.1", "@graph": []}', "SPDX 3"),
        (SPDX.replace("SPDX-2.3", "SPDX-3.0"), "only version 2"),
        (SPDX_TAGS.replace("SPDX-2.2", "SPDX-1.2"), "only version 2"),
        ("<bom/>", "not of CycloneDX"),
        ("<nmaprun><x/></nmaprun>", "not of CycloneDX"),
        (cyclonedx_xml().replace("/bom/", "/vex/"), "not of CycloneDX"),
        (cyclonedx_xml()[:-10], "the XML is damaged"),
        ("SPDXVersion: SPDX-2.3\n" + "<text>" * 2_000_000, "a <text> has no end"),
        ("<bom>\n<a></b></bom>", "line 2: the XML is damaged"),
        (cyclonedx_xml(head=BOMB), "definitions of its own"),
        (cyclonedx_xml(head=OUTSIDE), "definitions of its own"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(UnreadableError, match=says):
        parse_bill(text)


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": 1},
        {"metadata": {"timestamp": 1, "component": [1]}},
        {"components": {"name": "x"}},
        {"components": [1, "x", None]},
        {"specVersion": 1.5},
    ],
)
def test_words_of_another_kind_are_none(change: dict[str, object]) -> None:
    """Nothing is made up of what is no text, no list and no block."""
    found = bill(json.dumps({**json.loads(cyclonedx()), **change}))

    assert found.name in ("", "portal")
    assert found.parts in (0, 2)
    assert found.form in ("CycloneDX", "CycloneDX 1.5")


def test_half_a_character_ends_nothing() -> None:
    assert (
        bill('{"bomFormat": "CycloneDX", "metadata": {"component": {"name": "a\\ud800"}}}').name
        == "a?"
    )


@pytest.mark.parametrize("made", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_moment_at_the_end_of_time_can_be_compared(made: str) -> None:
    found = bill(cyclonedx(made=made)).made_at

    assert found is not None
    assert abs((found - MADE).days) > 300_000


def test_a_hundred_thousand_parts_within_each_other_are_counted() -> None:
    deep = "<component><components>" * 2000 + "</components></component>" * 2000
    found = bill(cyclonedx_xml(component=f"<components>{deep}</components>"))

    assert found.parts == 2001
