"""What the owner's lists would prove: named by comply, counted by the score, told by the result."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from tests.audit import small_rules
from tests.audit.small_rules import AT, agency, requirement, rulebook
from tests.checks.lists.rows import lists

from cdso_audit.comply import comply
from cdso_audit.lists.standing import last_day, list_infos, unseen
from cdso_audit.model import Agency, AssetRow, Finding, GapReason, HostAsset, ListFile, Outcome
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Text
from cdso_audit.rulebook import Rulebook
from cdso_audit.score import Cell, Item, Sheet, gains_of_lists, listings, way_up

CHECKS = installed_checks()
WEB = HostAsset(id="web1", host="10.1.2.3")


def cell(state: str = "unknown", *missing: str, asset: str = "web1") -> Cell:
    return Cell(asset, state, missing=missing)  # type: ignore[arg-type]


def sheet(*cells: tuple[Cell, ...], weight: int = 5) -> Sheet:
    return Sheet(
        items={
            f"r{number}": Item(
                id=f"r{number}",
                title=Text(vi=f"yc {number}", en=f"r {number}"),
                weight=weight,
                critical=False,
                cells=each,
            )
            for number, each in enumerate(cells)
        },
        drilled=False,
    )


class TestScore:
    def test_a_list_gains_what_it_alone_is_missing_for(self) -> None:
        """Two wait for accounts; one of them waits for a paper too; one for two lists."""
        gains = gains_of_lists(
            sheet(
                (cell("pass"),),
                (cell("unknown", "list:accounts"),),
                (cell("unknown", "list:accounts", "attestation:rest"),),
                (cell("unknown", "list:zones+assets"),),
            )
        )

        assert {name: each[:2] for name, each in gains.items()} == {
            "accounts": (2, 1),
            "assets": (1, 0),
            "zones": (1, 0),
        }
        assert gains["accounts"][2] > Fraction(0)
        assert gains["zones"][2] == Fraction(0)

    def test_a_list_that_nobody_lacks_gains_nothing(self) -> None:
        assert gains_of_lists(sheet((cell("unknown", "check:x"),), (cell("pass"),))) == {}

    def test_the_way_up_names_the_list_and_its_gain_is_what_it_says(self) -> None:
        told = way_up(sheet(*[(cell("pass"),)] * 9, (cell("unknown", "list:accounts"),)))

        assert told[0].do == "Write and confirm the list accounts; requirements that wait for it: 1"
        assert told[0].do_vi.startswith("Lập và xác nhận danh sách accounts")
        assert told[0].value == 100

    def test_several_lists_of_one_check_are_one_action(self) -> None:
        (action,) = listings(sheet((cell("unknown", "list:zones+assets"),)))

        assert action.do.startswith("Write and confirm the list zones, assets;")
        assert action.effort == 2

    def test_a_failure_stays_one_whatever_list_is_written(self) -> None:
        (action,) = listings(sheet((cell("fail", "list:accounts"),)))

        assert [each.state for each in action.items["r0"].cells] == ["fail"]


@pytest.fixture
def book() -> Rulebook:
    return rulebook(
        "requirements:\n  accounts-listed:\n"
        "    all_of: [{check: account-listed}]\n    lists: [accounts]\n",
        requirement("accounts-listed"),
    )


def finding(outcome: Outcome, gap: GapReason | None = None) -> Finding:
    return small_rules.finding("account-listed", outcome).model_copy(update={"gap": gap})


class TestComply:
    def missing(self, book: Rulebook, who: Agency, *findings: Finding) -> tuple[str, ...]:
        ((_, (status,)),) = comply(book, who, findings, (), (), (), AT, CHECKS)
        return tuple(each for state in status.assets for each in state.missing)

    def test_without_a_list_the_list_is_what_is_missing(self, book: Rulebook) -> None:
        assert self.missing(book, agency(WEB), finding(Outcome.UNKNOWN)) == ("list:accounts",)

    def test_a_gap_is_not_mended_by_a_list(self, book: Rulebook) -> None:
        told = self.missing(book, agency(WEB), finding(Outcome.UNKNOWN, GapReason.DENIED))
        assert told == ("check:account-listed",)

    def test_with_a_list_that_stands_it_is_the_check(self, book: Rulebook) -> None:
        who = agency(WEB).model_copy(update={"lists": lists(accounts=())})
        assert self.missing(book, who, finding(Outcome.UNKNOWN)) == ("check:account-listed",)

    def test_nobody_looked_is_not_mended_by_a_list(self, book: Rulebook) -> None:
        assert self.missing(book, agency(WEB)) == ("check:account-listed",)

    def test_a_draft_counts_as_none(self, book: Rulebook) -> None:
        who = agency(WEB).model_copy(update={"lists": lists(None, accounts=())})
        assert self.missing(book, who, finding(Outcome.UNKNOWN)) == ("list:accounts",)


class TestLint:
    def test_a_rulebook_that_names_lists_names_them_all(self, book: Rulebook) -> None:
        assert book.lint(CHECKS) == []
        wrong = rulebook(
            "requirements:\n  a:\n    all_of: [{check: account-listed}]\n    lists: [zones]\n",
            requirement("a"),
        )
        assert any("compare with accounts" in each for each in wrong.lint(CHECKS))


class TestStanding:
    def infos(self, book: Rulebook, who: Agency, *findings: Finding) -> dict[str, tuple[str, int]]:
        told = dict(comply(book, who, findings, (), (), (), AT, CHECKS))
        governing = {each.id: book for each in who.systems}
        return {
            each.name: (each.state, each.waits) for each in list_infos(who, governing, told, (), AT)
        }

    def test_a_list_that_is_needed_is_told_though_it_is_not_there(self, book: Rulebook) -> None:
        told = self.infos(book, agency(WEB), finding(Outcome.UNKNOWN))
        assert told == {"accounts": ("absent", 1)}

    def test_a_list_that_is_there_is_told_though_nobody_needs_it(self, book: Rulebook) -> None:
        who = agency(WEB).model_copy(update={"lists": lists(accounts=(), zones=())})
        told = self.infos(book, who, finding(Outcome.PASS))
        assert told == {"accounts": ("stands", 0), "zones": ("stands", 0)}

    def test_the_last_day_is_one_year_on(self) -> None:
        file = ListFile(
            name="zones", file="x", rows=0, confirmed_by="A", confirmed_on=date(2025, 11, 21)
        )
        assert last_day(file) == date(2026, 11, 21)
        assert last_day(None) is None
        at = datetime.fromisoformat("2026-11-21T16:59:00+00:00")  # 23:59 in Vietnam
        held = lists(date(2025, 11, 21), zones=())
        assert held.standing("zones", at) == "stands"

    def test_devices_of_the_register_that_nobody_looks_at_are_counted(self) -> None:
        rows = tuple(
            AssetRow.model_validate({"name": "x", "kind": kind, **more})
            for kind, more in (
                ("server", {}),
                ("server", {"asset": "web1"}),
                ("workstation", {}),
                ("network", {"status": "in-use"}),
                ("server", {"status": "retired"}),
            )
        )
        assert unseen(lists(assets=rows)) == 2
