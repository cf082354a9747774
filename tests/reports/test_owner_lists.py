"""Every report says which of the owner's lists would prove how much, and how each stands."""

from datetime import date

import pytest
from tests.reports import sample
from tests.reports.test_terminal import printed

from cdso_audit.confirming import Confirmation
from cdso_audit.result import ListInfo, Result, Text
from cdso_reports import render

ACCOUNTS = ListInfo(
    name="accounts",
    title=Text(vi="Tài khoản <b>", en="Accounts <b>"),
    file="lists/accounts.csv",
    state="draft",
    rows=3,
    waits=8,
    proves=6,
    points=6.3,
)
ASSETS = ListInfo(
    name="assets",
    title=Text(vi="Sổ thiết bị", en="Register"),
    file="lists/assets.csv",
    state="stands",
    rows=9,
    confirmed_by="Trần Thị B <script>",
    confirmed_on=date(2026, 11, 1),
    until=date(2027, 11, 1),
    unseen=4,
)


@pytest.fixture(scope="module")
def result() -> Result:
    return sample.small().model_copy(update={"lists": (ACCOUNTS, ASSETS)})


def test_the_page_has_the_table_with_nothing_of_others_in_it_as_markup(result: Result) -> None:
    page = render(result, "html").decode()
    told = page[page.index('<h3 id="lists">') :][:9000]

    assert "lists/accounts.csv" in told
    assert "bản nháp" in told
    assert ">6,3<" in told
    assert "Trần Thị B &lt;script&gt;" in told
    assert "01/11/2027" in told
    assert "không có trong danh mục" in told
    assert "<script>" not in told[: told.index("</table>")]


def test_without_lists_the_page_says_nothing_of_them() -> None:
    assert 'id="lists"' not in render(sample.small(), "html").decode()


def test_markdown_has_a_row_a_list(result: Result) -> None:
    told = render(result, "md", lang="en").decode()

    assert "| `lists/accounts.csv` | a draft: proves nothing" in told
    assert "| 8 | 6 | +6.3 |" in told
    assert "| `lists/assets.csv` | confirmed | 0 | 0 |  |" in told


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "accounts 8 (+6.3)"), ("vi", "accounts 8 (+6,3)")]
)
def test_the_terminal_names_the_list_that_lacks_and_no_other(
    result: Result, lang: str, says: str
) -> None:
    told = " ".join(printed(result, "vi" if lang == "vi" else "en").split())

    assert says in told
    assert "assets" not in told


def test_the_page_says_who_confirmed_an_experimental_check(result: Result) -> None:
    word = Confirmation(check="x", by="A <i>", where="Windows Server 2022", on=date(2026, 11, 2))
    checks = tuple(
        each.model_copy(update={"experimental": True, "confirmed": (word,)})
        for each in result.checks
    )
    plain = tuple(each.model_copy(update={"experimental": True}) for each in result.checks)

    page = render(result.model_copy(update={"checks": checks}), "html").decode()
    assert "xác nhận bởi A &lt;i&gt;, ngày 02/11/2026, trên Windows Server 2022" in page
    before = render(result.model_copy(update={"checks": plain}), "html").decode()
    assert "xác nhận bởi" not in before
    assert "thử nghiệm" in before
