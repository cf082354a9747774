"""`discovery-scan-covers`: every zone, by scans of the period together."""

from datetime import date

import pytest
from tests.checks.lists.rows import CUT, DMZ, SERVERS, lists, network
from tests.support import Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Lists, Outcome, ScanRow, ZoneRow
from cdso_checks.lists.discovery_scan_covers import discovery_scan_covers

HERE = network("198.18.77.10")
DAYS = {"max_days": 31}
SIX = ZoneRow(zone="v6", kind="server", networks=("2001:db8:1::/64",))


def scan(*networks: str, on: date = date(2026, 11, 1)) -> ScanRow:
    return ScanRow(scanned=on, networks=networks)


def told(*rows: ScanRow, zones: tuple[ZoneRow, ...] = (DMZ, SERVERS)) -> Lists:
    return lists(scans=rows, zones=zones)


BOTH = ("198.18.77.0/24", "10.1.2.0/24")
CASES = [
    Case(
        "good: on the last day",
        HERE,
        Outcome.PASS,
        says="scans up to 2026-10-21 went over all 2 zones",
        parameters=DAYS,
        lists=told(scan(*BOTH, on=date(2026, 10, 21))),
    ),
    Case(
        "good: today in Vietnam",
        HERE,
        Outcome.PASS,
        parameters=DAYS,
        lists=told(scan(*BOTH, on=date(2026, 11, 21))),
    ),
    Case(
        "good: three months unless a rule says less",
        HERE,
        Outcome.PASS,
        lists=told(scan(*BOTH, on=date(2026, 8, 21))),
    ),
    Case(
        "bad: a day more than three months",
        HERE,
        Outcome.FAIL,
        says="93 days ago",
        lists=told(scan(*BOTH, on=date(2026, 8, 20))),
    ),
    Case(
        "good: two scans together, one of them in halves",
        HERE,
        Outcome.PASS,
        says="2026-11-05",
        lists=told(
            scan("198.18.77.0/25", "198.18.77.128/25"),
            scan("10.1.0.0/16", on=date(2026, 11, 5)),
        ),
    ),
    Case("good: IPv6", HERE, Outcome.PASS, lists=told(scan("2001:db8::/32"), zones=(SIX,))),
    Case(
        "bad: too long ago",
        HERE,
        Outcome.FAIL,
        says="last scanned on 2026-10-20, 32 days ago",
        parameters=DAYS,
        lists=told(scan(*BOTH, on=date(2026, 10, 20))),
    ),
    Case(
        "bad: one zone by an old scan alone",
        HERE,
        Outcome.FAIL,
        says="no scan of the last 31 days went over Máy chủ (10.1.2.0/24)",
        parameters=DAYS,
        lists=told(scan("198.18.77.0/24"), scan("10.1.2.0/24", on=date(2026, 10, 20))),
    ),
    Case(
        "bad: half of a zone",
        HERE,
        Outcome.FAIL,
        says="DMZ (198.18.77.0/24)",
        lists=told(scan("198.18.77.0/25", "10.1.2.0/24")),
    ),
    Case(
        "bad: IPv4 says nothing of IPv6",
        HERE,
        Outcome.FAIL,
        says="v6 (2001:db8:1::/64)",
        lists=told(scan("0.0.0.0/0"), zones=(SIX,)),
    ),
    Case(
        "bad: dated after this scan",
        HERE,
        Outcome.FAIL,
        says="went over DMZ",
        lists=told(scan(*BOTH, on=date(2026, 11, 22))),
    ),
    Case("bad: none", HERE, Outcome.FAIL, says="Máy chủ", lists=told()),
    Case("absent: no list", HERE, Outcome.UNKNOWN, lists=lists(zones=(DMZ,))),
    Case("absent: no plan", HERE, Outcome.UNKNOWN, lists=lists(scans=(scan(*BOTH),))),
    Case(
        "absent: an empty plan",
        HERE,
        Outcome.UNKNOWN,
        says="empty",
        lists=told(scan(*BOTH), zones=()),
    ),
    Case("unreadable: the network", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=told(scan(*BOTH))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(discovery_scan_covers, case)
