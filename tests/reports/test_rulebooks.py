"""A result under several rulebooks: one grades, the others are told apart from it everywhere."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from tests.reports import sample

from cdso_audit.cli.options import gate
from cdso_audit.model import Outcome, Severity
from cdso_audit.result import Result
from cdso_reports import render
from cdso_reports.html_page import DUE_ROWS, Page
from cdso_reports.outline import Outline

RESULT = sample.regimes()
MARKED = next(each for each in RESULT.findings if each.beside)


def page(result: Result = RESULT) -> str:
    return render(result, "html", lang="en").decode()


def chapter(html: str, number: int) -> str:
    return html.partition(f'<section aria-labelledby="s{number}">')[2].partition("</section>")[0]


class TestPage:
    def test_each_system_says_what_grades_it_and_what_stands_beside(self) -> None:
        text = chapter(page(), 1)
        assert text.count("Graded by:") == 2
        assert "it binds this system from 2027-07-01" in text
        assert "it was asked for" in text
        assert "none of them applies to this system" in text

    def test_each_rulebook_has_its_table_of_the_systems_that_it_judges(self) -> None:
        tables = chapter(page(), 4).split("<table")[1:]
        heads = [re.findall(r'<th scope="col">(dvc|lgsp)</th>', each) for each in tables]
        assert heads == [["dvc", "lgsp"], ["dvc"], ["dvc", "lgsp"]]

    def test_no_id_stands_twice_and_every_link_leads_somewhere(self) -> None:
        html = page()
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)

    def test_what_only_another_rulebook_asks_for_says_so_and_is_not_fixed_first(self) -> None:
        html = page()
        assert "(only by ransomware-6)" in html
        cards = Page(Outline(RESULT)).top(100)
        assert not any(card.first.beside for card in cards)
        assert cards

    def test_one_rulebook_reads_as_ever(self) -> None:
        html = page(sample.brief())
        assert "Graded by:" not in html
        assert 'id="book-' not in html
        assert "stands beside" not in html

    def test_a_lower_confidence_at_a_level_is_told_where_it_counts(self) -> None:
        book = sample.brief().rulebook
        unsure = book.model_copy(
            update={
                "requirements": tuple(
                    each.model_copy(update={"confidence_by_level": {3: "low"}})
                    for each in book.requirements
                )
            }
        )
        html = page(sample.brief().model_copy(update={"rulebook": unsure}))
        assert "Confidence in the text at level 3:" in html
        rows = chapter(html, 4).split('<tr class="rq"')[1:]
        assert rows
        assert all("low confidence" in each for each in rows)
        assert "Confidence in the text at level" not in page(sample.brief())


class TestDue:
    def rows(self, result: Result = RESULT) -> list[str]:
        table = page(result).partition('class="rows due"')[2].partition("</table>")[0]
        return table.partition("<tbody>")[2].split("</tr>")[:-1]

    def test_the_soonest_stands_first_with_its_standing_in_words(self) -> None:
        rows = self.rows()
        said = ["overdue", "within 60 days", "done, as attested", "later"]
        assert len(rows) == 4
        assert all(word in row for word, row in zip(said, rows, strict=True))

    def test_systems_that_owe_the_same_share_a_row(self) -> None:
        assert "dvc, lgsp" in self.rows()[1]

    def test_no_notice_repeats_it(self) -> None:
        assert "Due by" not in page()

    def test_many_are_cut_and_the_rest_is_told(self) -> None:
        one = sample.DEADLINES[0]
        many = tuple(one.model_copy(update={"clause": str(n)}) for n in range(DUE_ROWS + 5))
        result = RESULT.model_copy(update={"deadlines": many})
        assert len(self.rows(result)) == DUE_ROWS
        assert "5 more stand in result.json" in page(result)

    def test_nothing_due_shows_nothing(self) -> None:
        assert 'id="due"' not in page(RESULT.model_copy(update={"deadlines": ()}))


class TestMachines:
    def test_junit_skips_it_with_what_was_found(self) -> None:
        root = ET.fromstring(render(RESULT, "junit", lang="en"))  # noqa: S314 - our own
        skipped = [each.get("message") or "" for each in root.iter("skipped")]
        (told,) = [each for each in skipped if "ransomware-6" in each]
        assert told.startswith("FAIL") or "fail" in told.lower()
        plain = ET.fromstring(render(sample.brief(), "junit", lang="en"))  # noqa: S314 - our own
        assert int(root.get("failures", 0)) == int(plain.get("failures", 0)) - 1

    def test_sarif_makes_it_a_note(self) -> None:
        run = json.loads(render(RESULT, "sarif", lang="en"))["runs"][0]
        marked = [each for each in run["results"] if "beside" in each["properties"]]
        assert [(each["level"], each["properties"]["beside"]) for each in marked] == [
            ("note", ["ransomware-6"])
        ]
        assert run["properties"]["rulebooks"] == ["vn-legacy 2026.1", "ransomware-6 2026.1"]
        plain = json.loads(render(sample.brief(), "sarif", lang="en"))["runs"][0]
        assert "rulebooks" not in plain["properties"]

    @pytest.mark.parametrize("fmt", ["md", "csv"])
    def test_others_say_by_which_rulebook(self, fmt: str) -> None:
        assert "ransomware-6" in render(RESULT, fmt, lang="en").decode().replace("\\", "")

    def test_no_gate_looks_at_it(self) -> None:
        alone = RESULT.model_copy(
            update={
                "findings": (
                    *(each for each in RESULT.findings if each.outcome is not Outcome.FAIL),
                    MARKED.model_copy(update={"severity": Severity.CRITICAL}),
                )
            }
        )
        only = alone.model_copy(update={"findings": (MARKED,)})
        nothing = {"fail_on": None, "fail_under": None, "view": "whole", "min_coverage": None}
        assert gate(only, **nothing)[0] == 3  # type: ignore[arg-type]
        asked = {"fail_on": "low", "fail_under": None, "view": "whole", "min_coverage": None}
        assert gate(alone, **asked)[0] == 0  # type: ignore[arg-type]
        counted = alone.model_copy(
            update={
                "findings": tuple(each.model_copy(update={"beside": ()}) for each in alone.findings)
            }
        )
        assert gate(counted, **asked)[0] == 1  # type: ignore[arg-type]
