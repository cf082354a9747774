"""JUnit, SARIF, CSV and Markdown: valid, complete, and never green about what nobody saw."""

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from tests.reports import sample

from cdso_audit.model import Outcome
from cdso_audit.result import Result
from cdso_reports import render, sarif
from cdso_reports.spreadsheet import cell

DATA = Path(__file__).parent.parent / "data"
SAMPLES = [sample.small, sample.lab, sample.empty, sample.hostile]
SCHEMA = json.loads((DATA / "sarif-2.1.0.json").read_text("utf-8"))
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufffe]")


def found(result: Result, *outcomes: Outcome) -> int:
    return sum(each.outcome in outcomes for each in result.findings)


class TestJunit:
    @pytest.mark.parametrize("make", SAMPLES)
    def test_fits_the_schema(self, make: Callable[[], Result], tmp_path: Path) -> None:
        if shutil.which("xmllint") is None:
            pytest.skip("needs xmllint (apt install libxml2-utils)")
        path = tmp_path / "junit.xml"
        path.write_bytes(render(make(), "junit"))
        done = subprocess.run(
            ["xmllint", "--nonet", "--noout", "--schema", str(DATA / "junit.xsd"), str(path)],
            capture_output=True,
            check=False,
            text=True,
        )

        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("make", [sample.lab, sample.hostile])
    def test_counts_are_what_stands_there(self, make: Callable[[], Result]) -> None:
        result = make()
        root = ET.fromstring(render(result, "junit"))  # noqa: S314 - our own output
        cases = root.findall("testsuite/testcase")
        bare = [case for case in cases if len(case) == 0]

        assert len(cases) == int(root.attrib["tests"]) == len(result.findings)
        assert len(bare) == found(result, Outcome.PASS)
        assert int(root.attrib["failures"]) == found(result, Outcome.FAIL)
        assert int(root.attrib["errors"]) == found(result, Outcome.UNKNOWN, Outcome.ERROR)
        assert int(root.attrib["skipped"]) == found(result, Outcome.NOT_APPLICABLE)

    def test_an_unknown_tells_its_reason(self) -> None:
        root = ET.fromstring(render(sample.lab(), "junit"))  # noqa: S314 - our own output
        types = {each.attrib["type"] for each in root.iter("error")}

        assert types == {
            "check-broke",
            "unknown:denied",
            "unknown:missing-tool",
            "unknown:timeout",
            "unknown:unreachable",
        }

    def test_nothing_assessed_is_an_error(self) -> None:
        root = ET.fromstring(render(sample.empty(), "junit"))  # noqa: S314 - our own output

        assert root.attrib["errors"] == "1"


class TestSarif:
    @pytest.mark.parametrize("make", SAMPLES)
    def test_fits_the_official_schema(self, make: Callable[[], Result]) -> None:
        log = json.loads(render(make(), "sarif"))

        jsonschema.Draft4Validator(SCHEMA).validate(log)

    def test_a_failure_fails_and_an_unknown_is_open(self) -> None:
        result = sample.lab()
        run = json.loads(render(result, "sarif"))["runs"][0]
        kinds = [each["kind"] for each in run["results"]]

        assert kinds.count("fail") == found(result, Outcome.FAIL)
        assert kinds.count("open") == found(result, Outcome.UNKNOWN, Outcome.ERROR)
        assert set(kinds) == {"fail", "open"}
        for each in run["results"]:
            assert (each["level"] == "none") == (each["kind"] == "open"), "SARIF 3.27.10"

    def test_what_is_unproved_is_notified_by_reason(self) -> None:
        run = json.loads(render(sample.lab(), "sarif", lang="en"))["runs"][0]
        notes = [
            each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]
        ]

        assert "Unproved because could not be reached: 69 findings on 1 assets" in notes

    def test_a_run_that_saw_nothing_did_not_succeed(self) -> None:
        run = json.loads(render(sample.empty(), "sarif"))["runs"][0]

        assert run["invocations"][0]["executionSuccessful"] is False

    def test_fingerprints_outlive_the_text(self) -> None:
        def prints(result: Result) -> list[str]:
            run = json.loads(render(result, "sarif"))["runs"][0]
            return [each["partialFingerprints"]["cdsoFinding/v1"] for each in run["results"]]

        result = sample.lab()
        reworded = result.model_copy(
            update={
                "findings": tuple(
                    each.model_copy(update={"message": "otherwise", "seen": "x", "id": 0})
                    for each in result.findings
                )
            }
        )

        assert prints(result) == prints(reworded)
        assert len(set(prints(result))) == len(prints(result))

    def test_rules_are_cited_by_the_right_index(self) -> None:
        run = json.loads(render(sample.lab(), "sarif"))["runs"][0]
        rules = run["tool"]["driver"]["rules"]

        assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
        assert all(rule["help"]["text"] for rule in rules)

    def test_the_limit_cuts_the_least_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sarif, "LIMIT", 10)
        run = json.loads(render(sample.lab(), "sarif", lang="en"))["runs"][0]
        notes = str(run["invocations"][0]["toolExecutionNotifications"])

        assert len(run["results"]) == 10
        assert {each["properties"]["severity"] for each in run["results"]} <= {"critical", "high"}
        assert "158 more findings" in notes

    def test_brackets_of_a_host_make_no_link(self) -> None:
        run = json.loads(render(sample.hostile(), "sarif"))["runs"][0]

        for each in run["results"]:
            assert not re.search(r"(?<!\\)[\[\]]", each["message"]["text"])


class TestCsv:
    def rows(self, result: Result) -> list[dict[str, str]]:
        text = render(result, "csv").decode("utf-8-sig")
        return list(csv.DictReader(StringIO(text, newline="")))

    def test_has_a_row_a_finding_worst_first(self) -> None:
        result = sample.lab()
        rows = self.rows(result)

        assert len(rows) == len(result.findings)
        assert rows[0]["outcome"] == "fail"
        assert rows[0]["severity"] == "critical"
        assert rows[-1]["outcome"] == "pass"

    def test_no_cell_is_a_formula(self) -> None:
        for row in self.rows(sample.hostile()):
            for text in row.values():
                assert not text.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝"))  # noqa: RUF001

    @pytest.mark.parametrize("formula", [*sample.FORMULAS, " =1+1", "\u200b=1", "＝1+1", "\n=1"])  # noqa: RUF001
    def test_a_formula_becomes_text(self, formula: str) -> None:
        assert cell(formula).startswith(("'", "\\u200b"))

    def test_harmless_text_stays(self) -> None:
        assert cell("permitrootlogin no") == "permitrootlogin no"

    def test_excel_reads_it_as_unicode(self) -> None:
        assert render(sample.lab(), "csv").startswith(b"\xef\xbb\xbf")


class TestMarkdown:
    def test_a_host_cannot_write_markup(self) -> None:
        text = render(sample.hostile(), "md", lang="en").decode()
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)

        assert "<script" not in outside
        assert "<img" not in outside
        assert not re.search(r"(?<!\\)\[[^\]]*\]\(", outside)

    def test_what_was_not_looked_at_is_told(self) -> None:
        text = render(sample.lab(), "md", lang="en").decode()

        assert "could not be reached: 69 (lgsp\\-app1)" in text


@pytest.mark.parametrize("fmt", ["csv", "md", "junit", "sarif"])
def test_unseen_characters_are_named(fmt: str) -> None:
    text = render(sample.hostile(), fmt).decode("utf-8-sig")

    assert not UNSEEN.search(text)
