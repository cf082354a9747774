"""`os-end-of-life` tells regular, long-term and paid support apart, and dates its own table."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.updates.os_end_of_life import os_end_of_life
from cdso_checks.updates.support_dates import SUPPORT

BOOKWORM = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
"""


def system(fields: str, extended: str = "") -> dict[object, str]:
    return {
        HOST_NATURE: f"@@ os-release\n{fields}\n@@ container\nnone\n@@ kernel\n6.1\n"
        f"@@ first-boot\n1790000000\n@@ extended\n{extended}\n@@ end\n"
    }


def named(name: str, version: str, extended: str = "", pretty: str = "") -> dict[object, str]:
    text = f'ID="{name}"\nVERSION_ID="{version}"\nNAME="{pretty or name}"\n'
    return system(text + f'PRETTY_NAME="{pretty or name} {version}"\n', extended)


CASES = [
    Case("good: long-term support", system(BOOKWORM), Outcome.PASS, says="(LTS) until 2028-06-30"),
    Case("good: regular", named("debian", "13"), Outcome.PASS, says="until 2028-08-09"),
    Case("good: a minor release", named("rhel", "9.4"), Outcome.PASS, says="2032-05-31"),
    Case("good: Rocky", named("rocky", "8.10"), Outcome.PASS),
    Case("good: CentOS Stream", named("centos", "9", pretty="CentOS Stream"), Outcome.PASS),
    Case(
        "good: paid support whose source is set",
        named("ubuntu", "20.04", "/etc/apt/sources.list.d/ubuntu-esm-infra.sources"),
        Outcome.PASS,
        says="ESM",
    ),
    Case(
        "good: the last day",
        system(BOOKWORM),
        Outcome.PASS,
        at=datetime(2028, 6, 30, 23, tzinfo=UTC),
    ),
    Case(
        "bad: the day after",
        system(BOOKWORM),
        Outcome.FAIL,
        says="ended on 2028-06-30",
        at=datetime(2028, 7, 1, 1, tzinfo=UTC),
    ),
    Case("bad: paid support, no contract seen", named("ubuntu", "20.04"), Outcome.FAIL, says="ESM"),
    Case("bad: CentOS 7", named("centos", "7"), Outcome.FAIL, says="2024-06-30"),
    Case("bad: CentOS Linux 8", named("centos", "8", pretty="CentOS Linux"), Outcome.FAIL),
    Case("bad: service pack", named("sles", "15.5"), Outcome.FAIL, says="LTSS"),
    Case("absent: not in the table", named("void", ""), Outcome.UNKNOWN, says="not in the table"),
    Case("unreadable: no os-release", system(""), Outcome.UNKNOWN),
    Case("unreadable: broken", {HOST_NATURE: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(os_end_of_life, case)


@pytest.mark.parametrize(
    ("distribution", "free", "paid"),
    [("debian", "eol-lts", "eol-elts"), ("ubuntu", "eol", "eol-esm")],
)
def test_the_table_agrees_with_distro_info(distribution: str, free: str, paid: str) -> None:
    """Debian's `distro-info-data` is the source, where it is installed and as new as the table."""
    source = Path(f"/usr/share/distro-info/{distribution}.csv")
    if not source.is_file():
        pytest.skip("needs the package distro-info-data")
    rows = {
        row["version"].split()[0]: row
        for row in csv.DictReader(source.read_text().splitlines())
        if row["version"]
    }
    for version, support in SUPPORT[distribution].items():
        row = rows.get(version)
        if row is None or not row["eol"]:
            continue
        assert support.regular == date.fromisoformat(row["eol"]), version
        if row.get(free):
            assert support.free == date.fromisoformat(row[free]), version
        if row.get(paid) and support.paid:
            assert support.paid == date.fromisoformat(row[paid]), version


def test_dates_are_in_order() -> None:
    for releases in SUPPORT.values():
        for support in releases.values():
            assert support.regular <= support.free <= (support.paid or date.max)
            assert bool(support.paid) == bool(support.tier)
    assert AT.year == 2026
