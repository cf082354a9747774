"""`device-log-source-arrives`: the platform has the device, whose configuration sends."""

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.facts.devices.samples import IOS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import LogSourceRow, Outcome
from cdso_checks.lists.device_log_source_arrives import device_log_source_arrives

SENDS = changed(IOS)
SILENT = (
    re.sub(rb"(?m)^logging host .*\n", b"", SENDS)
    if isinstance(SENDS, bytes)
    else re.sub(r"(?m)^logging host .*\n", "", str(SENDS))
)


def source(last: date = date(2026, 11, 20), name: str = "sw-core") -> object:
    return lists(log_sources=(LogSourceRow(asset=name, platform="SIEM", last_event=last),))


CASES = [
    Case("good", {DEVICE_CONFIG: SENDS}, Outcome.PASS, asset=IOS, lists=source()),
    Case(
        "bad: silent",
        {DEVICE_CONFIG: SILENT},
        Outcome.FAIL,
        asset=IOS,
        says="sends none",
        lists=source(),
    ),
    Case(
        "bad: the platform does not have it",
        {DEVICE_CONFIG: SENDS},
        Outcome.FAIL,
        asset=IOS,
        lists=source(name="x"),
    ),
    Case(
        "bad: long silent",
        {DEVICE_CONFIG: SENDS},
        Outcome.FAIL,
        asset=IOS,
        lists=source(date(2026, 11, 1)),
    ),
    Case("absent: no list", {DEVICE_CONFIG: SENDS}, Outcome.UNKNOWN, asset=IOS),
    *(replace(each, lists=source()) for each in UNREADABLE),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_log_source_arrives, case)
