"""Lists as officers keep them: read whole, refused with the place of every mistake."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from tests.support import HOST, SYSTEM

from cdso_audit.errors import ConfigError, ConfigErrors
from cdso_audit.facts.software import InstalledSoftware, Software
from cdso_audit.lists import KINDS, joined, list_schema, parse_list, table
from cdso_audit.lists.declaring import declaring
from cdso_audit.lists.reading import kind_of_file
from cdso_audit.model import (
    AccountRow,
    Agency,
    AgencyIdentity,
    AssetRow,
    BackupRow,
    Context,
    Frozen,
    ListFile,
    Lists,
    Outcome,
    ServiceRow,
    SoftwareRow,
    mac_address,
)
from cdso_checks.lists.software_listed import software_listed

ASSETS = ("web1", "dvc-db1", "dvc-db2")
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)

#: As a Vietnamese Excel saves it: a mark, `;`, Windows line ends, quotes, empty cells at the end.
EXCEL = (
    "\ufeff# Tài khoản;;;;;;\r\n"
    '"# confirmed_by: Nguyễn Văn A; Trưởng phòng";;;;;;\r\n'
    "# confirmed_on: 01/10/2026;;;;;;\r\n"
    "Tài sản (mã, mẫu như dvc-*, hoặc *);Tài khoản;Loại tài khoản;Tình trạng;Người sử dụng;"
    "Đơn vị;Ngày kích hoạt;\r\n"
    'dvc-*;an.nv;Quản trị;;"Nguyễn Văn An";Phòng CNTT;10/03/2025;\r\n'
    ";;;;;;;\r\n"
    "web1 dvc-db1;backup;dịch vụ;Hoạt động;;;;\r\n"
).encode()


def read(
    text: str | bytes, file: str = "lists/accounts.csv"
) -> tuple[ListFile, tuple[Frozen, ...]]:
    return parse_list(text.encode() if isinstance(text, str) else text, file, ASSETS)


def told(text: str | bytes, file: str = "lists/accounts.csv") -> list[str]:
    """What is wrong, as `place: message (hint)`."""
    with pytest.raises(ConfigError) as caught:
        read(text, file)
    each = caught.value
    found = each.problems if isinstance(each, ConfigErrors) else (each,)
    return [f"{one.place}: {one.message} ({one.hint})" for one in found]


def test_what_a_vietnamese_excel_saves_is_read() -> None:
    head, rows = read(EXCEL)

    assert head == ListFile(
        name="accounts",
        file="lists/accounts.csv",
        rows=2,
        confirmed_by="Nguyễn Văn A; Trưởng phòng",
        confirmed_on=date(2026, 10, 1),
    )
    assert rows == (
        AccountRow(
            assets=("dvc-*",),
            account="an.nv",
            kind="admin",
            holder="Nguyễn Văn An",
            unit="Phòng CNTT",
            activated=date(2025, 3, 10),
        ),
        AccountRow(assets=("web1", "dvc-db1"), account="backup", kind="service"),
    )


def test_yaml_says_the_same() -> None:
    head, rows = read(
        """
apiVersion: cdso/list-v1
list: accounts
confirmed_by: Nguyễn Văn A
confirmed_on: 2026-10-01
rows:
  - {assets: [web1, dvc-db1], account: backup, kind: service}
""",
        "lists/accounts.yaml",
    )

    assert head.confirmed_on == date(2026, 10, 1)
    assert rows == (AccountRow(assets=("web1", "dvc-db1"), account="backup", kind="service"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("assets,acount,kind\n", "1:2: unknown key acount (did you mean account?)"),
        ("assets,kind\n", "1:1: the column account is missing"),
        ("assets,account,kind,account\n", "1:4: the column account stands twice"),
        ("assets,account,kind\nweb1,=1+1,user\n", "2:2: the cell account holds a formula"),
        ("assets,account,kind\nweb1,an,admn\n", "2:3: kind: admn is none of the words"),
        ("assets,account,kind\nweb1,an,admn\n", "did you mean admin?"),
        ("assets,account,kind\nweb2,an,user\n", "2:1: assets: the inventory has no asset web2"),
        ("assets,account,kind\nweb2,an,user\n", "did you mean web1?"),
        (
            "# confirmed_by: A\n# confirmed_on: 2026-01-01\nassets,account,kind\nweb1,,user\n",
            "4: the cell account is empty",
        ),
        ("assets,account,kind\nweb1,an,user,more\n", "2:4: a cell outside the table"),
        ("assets,account,kind,activated\nweb1,an,user,soon\n", "2:4: activated: soon is no day"),
        ("# confirmed_by: A\nassets,account,kind\n", "1:1: a confirmed list names both"),
        ("# confirmd_by: A\nassets,account,kind\n", "did you mean confirmed_by?"),
        ("", "the table has no headings"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(text: str, says: str) -> None:
    assert any(f"lists/accounts.csv:{says}" in each or says in each for each in told(text))


def test_all_mistakes_are_told_at_once() -> None:
    head = "# confirmed_by: A\n# confirmed_on: 2026-01-01\n"
    assert len(told(f"{head}assets,account,kind\nweb2,=x,admn\nweb1,,user\n")) == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rows: []", "apiVersion must be cdso/list-v1"),
        ("apiVersion: cdso/list-v1\nlist: zones\nrows: []", "says that it is the list zones"),
        ("apiVersion: cdso/list-v1\nconfirmd_by: A\nrows: []", "2:1: unknown key confirmd_by"),
        ("apiVersion: cdso/list-v1\n", "the key rows is missing"),
        ("apiVersion: cdso/list-v1\nrows: [{acount: x}]", "did you mean account?"),
        ("apiVersion: cdso/list-v1\nrows: [x]", "a row is a block"),
        ("[]", "this is no list"),
    ],
)
def test_yaml_is_refused_likewise(text: str, says: str) -> None:
    assert any(says in each for each in told(text, "lists/accounts.yaml"))


def test_a_file_that_is_no_list_is_told_by_its_nearest() -> None:
    assert "did you mean accounts?" in told("a,b\n", "lists/acounts.csv")[0]
    assert kind_of_file("lists/log-sources.csv") is KINDS["log_sources"]


def test_values_of_a_row_are_refused_at_their_cell() -> None:
    assert "lists/assets.csv:2:3: addresses: 10.1 is no IP address ()" in told(
        "name,kind,addresses\nweb,server,10.1\n", "lists/assets.csv"
    )
    assert (
        "2:3: macs: 12:34 is no MAC address"
        in told("name,kind,macs\nweb,server,12:34\n", "lists/assets.csv")[0]
    )
    assert (
        "2:3: 99999 is no value for port"
        in told("assets,purpose,port\n*,web,99999\n", "lists/services.csv")[0]
    )


def test_an_old_code_page_is_refused() -> None:
    assert "not UTF-8" in told(b"assets,account,kind\nweb1,Nguy\xec\xean\n")[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", list(KINDS))
def test_what_is_written_is_read_again(name: str, lang: str) -> None:
    """A draft, in either language, with one row of every column that must be filled."""
    given: dict[str, object] = {}
    for column in KINDS[name].columns:
        match column.form:
            case "choice":
                given[column.key] = next(iter(column.choices or {}))
            case "day":
                given[column.key] = date(2026, 3, 1)
            case "number":
                given[column.key] = 443
            case "flag":
                given[column.key] = True
            case "networks":
                given[column.key] = ["10.1.0.0/16", "10.2.0.0/16"]
            case _:
                given[column.key] = "web1" if column.asset else "10.1.2.3"
    given |= {"every": "24h"} if "every" in given else {}
    given |= {"macs": "aa:bb:cc:00:11:22"} if "macs" in given else {}

    text = table(name, [given], "vi" if lang == "vi" else "en")
    head, rows = read("\ufeff" + text, f"lists/{name}.csv")

    assert head.confirmed_by == ""
    assert len(rows) == 1
    for column in KINDS[name].columns:
        assert getattr(rows[0], column.key) not in (None, (), "")


def test_a_cell_is_never_a_formula_and_comes_back_as_it_was() -> None:
    text = table("accounts", [{"assets": "web1", "account": "=HYPERLINK(1)", "kind": "user"}], "en")

    assert ",'=HYPERLINK(1)," in text
    _, rows = read(text)
    assert getattr(rows[0], "account") == "=HYPERLINK(1)"  # noqa: B009 - a row of unknown type


# -- what stands ------------------------------------------------------------------------------

VIETNAM = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("by", "on", "at", "standing"),
    [
        ("A", date(2026, 11, 21), AT, "stands"),
        ("A", date(2026, 11, 22), AT, "draft"),
        ("A", date(2025, 11, 21), AT, "stands"),
        ("A", date(2025, 11, 20), AT, "expired"),
        ("", None, AT, "draft"),
        ("  ", date(2026, 11, 1), AT, "draft"),
        ("A", None, AT, "draft"),
        # the day is that of Vietnam: 23:00 UTC on the 20th is the 21st there
        ("A", date(2026, 11, 21), datetime(2026, 11, 20, 23, tzinfo=UTC), "stands"),
        ("A", date(2026, 11, 21), datetime(2026, 11, 20, 16, tzinfo=UTC), "draft"),
    ],
)
def test_a_list_stands_for_a_year_after_somebody_confirmed_it(
    by: str, on: date | None, at: datetime, standing: str
) -> None:
    lists = Lists(
        files=(
            ListFile(
                name="zones", file="lists/zones.csv", rows=0, confirmed_by=by, confirmed_on=on
            ),
        )
    )

    assert lists.standing("zones", at) == standing
    assert lists.standing("assets", at) == "absent"


def lists_of(confirmed: bool = True, **rows: tuple[Frozen, ...]) -> Lists:
    """Lists with these rows, confirmed or drafts."""
    heads = [
        ListFile.model_validate(
            {
                "name": name,
                "file": f"lists/{name}.csv",
                "rows": len(some),
                "confirmed_by": "A" if confirmed else "",
                "confirmed_on": date(2026, 11, 1) if confirmed else None,
            }
        )
        for name, some in rows.items()
    ]
    return joined(zip(heads, rows.values(), strict=True))


AGENCY = Agency(agency=AgencyIdentity(id="a"), systems=(SYSTEM,))
SERVICES = (
    ServiceRow(assets=("web*",), port=443, purpose="web"),
    ServiceRow(assets=("*",), port=123, protocol="udp", purpose="time"),
    ServiceRow(assets=("other",), port=5432, purpose="database"),
)


def test_a_list_that_stands_declares_and_a_draft_does_not() -> None:
    declared = declaring(AGENCY, lists_of(services=SERVICES), AT).systems[0].declared
    assert declared.ports == {"web1": (443,)}
    assert declared.udp_ports == {"web1": (123,)}

    drafted = declaring(AGENCY, lists_of(confirmed=False, services=SERVICES), AT)
    assert drafted.systems[0].declared == SYSTEM.declared
    assert drafted.lists.services == SERVICES


def test_administrators_and_backups_are_declared_by_their_lists() -> None:
    lists = lists_of(
        accounts=(
            AccountRow(assets=("web1",), account="an", kind="admin"),
            AccountRow(assets=("web1",), account="binh", kind="admin", state="locked"),
            AccountRow(assets=("web1",), account="chi", kind="user"),
            AccountRow(assets=("elsewhere",), account="dung", kind="admin"),
        ),
        backups=(
            BackupRow(
                copy_id="db", data="db", asset="web1", tool="restic", location="/srv/restic",
                media="disk", site="HN", every=timedelta(days=1),
            ),
            BackupRow(copy_id="tape", data="db", asset="web1", media="tape", site="DN"),
        ),
    )  # fmt: skip
    declared = declaring(AGENCY, lists, AT).systems[0].declared

    assert declared.admins == ("an",)
    assert [(each.id, each.repository, each.rpo) for each in declared.backups or ()] == [
        ("db", "/srv/restic", timedelta(days=1))
    ]


def test_a_list_of_other_tools_alone_does_not_say_that_there_is_no_backup() -> None:
    lists = lists_of(
        backups=(BackupRow(copy_id="tape", data="db", asset="web1", media="tape", site="DN"),)
    )

    assert declaring(AGENCY, lists, AT).systems[0].declared.backups is None


def test_a_mac_address_has_one_form() -> None:
    assert {mac_address(each) for each in ("AA-BB-CC-00-11-22", "aabb.cc00.1122")} == {
        "aa:bb:cc:00:11:22"
    }
    assert AssetRow(name="x", kind="server", addresses=("2001:DB8::1",)).addresses == (
        "2001:db8::1",
    )


def test_the_schema_names_every_list() -> None:
    made = list_schema()

    assert len(made["oneOf"]) == len(KINDS)
    assert made["$defs"]["AccountRow"]["required"] == ["assets", "account", "kind"]


def test_a_draft_may_have_empty_cells_and_its_row_is_left_out() -> None:
    head, rows = read("assets,account,kind\nweb1,,user\nweb1,an,user\n")

    assert (head.rows, head.incomplete) == (2, 1)
    assert rows == (AccountRow(assets=("web1",), account="an", kind="user"),)


@pytest.mark.parametrize(
    ("assets", "asset", "concerns", "names"),
    [
        (("web1",), "web1", True, True),
        (("web1",), "web10", False, False),
        (("web*",), "web1", True, False),
        (("*",), "web1", True, False),
        (("db1", "web?"), "web1", True, False),
        (("[w]eb1",), "web1", True, False),
        ((), "web1", False, False),
    ],
)
def test_a_row_concerns_by_name_and_by_pattern(
    assets: tuple[str, ...], asset: str, concerns: bool, names: bool
) -> None:
    row = AccountRow(assets=assets, account="an", kind="user")

    assert (row.concerns(asset), row.names(asset)) == (concerns, names)


@pytest.mark.parametrize(
    ("listed", "name", "allows"),
    [
        ("nginx", "nginx", True),
        ("Nginx", "nginx", True),
        ("nginx", "nginx-core", False),
        ("nginx*", "nginx-core", True),
        ("lib?", "liba", True),
        ("lib?", "libab", False),
    ],
)
def test_software_is_known_by_name_and_by_pattern(listed: str, name: str, allows: bool) -> None:
    assert SoftwareRow(software=listed, kind="system").allows(name) is allows


HUNDRED = tuple(f"h{number}" for number in range(100))


def test_a_large_list_costs_little() -> None:
    """Three thousand rows that each name a hundred hosts, against three thousand packages."""
    rows = tuple(
        SoftwareRow(
            software=f"p{n}", kind="system", assets=(*(f"h{m}" for m in range(100)), "web1")
        )
        for n in range(3000)
    )
    pieces = tuple(Software(name=f"p{n}") for n in range(3000))
    fact = InstalledSoftware(subject="software", software=pieces)
    context = Context(at=AT, asset=HOST, system=SYSTEM, lists=lists_of(software=rows))

    began = time.process_time()
    verdict = software_listed.judge(fact, context)

    assert verdict.outcome is Outcome.PASS
    assert time.process_time() - began < 1
