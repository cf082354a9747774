"""`windows-time-synchronised`: whether the clock follows another."""

import pytest
from tests.checks.windows.documented import NOT_JSON, W32TM, WINDOWS, registry, w32tm
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_TIME
from cdso_audit.facts.windows.registry import TIME_PARAMETERS, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_time_synchronised import windows_time_synchronised

CASES = [
    Case(
        "good",
        {
            WINDOWS_TIME: w32tm(),
            WINDOWS_REGISTRY: registry(
                {TIME_PARAMETERS: {"Type": "NTP", "NtpServer": "ntp1.vidu.example,0x8"}}
            ),
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: words of another language",
        {
            WINDOWS_TIME: w32tm(
                W32TM.replace("Leap Indicator", "Sprungindikator").replace("Stratum", "Ebene")
            ),
            WINDOWS_REGISTRY: registry({TIME_PARAMETERS: {"Type": "NT5DS"}}),
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: not synchronised",
        {
            WINDOWS_TIME: w32tm(
                W32TM.replace("0(no warning)", "3(not synchronized)").replace(
                    ": 3 (sec", ": 0 (sec"
                )
            ),
            WINDOWS_REGISTRY: registry(),
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: itself",
        {
            WINDOWS_TIME: w32tm(
                W32TM.replace("Stratum: 3", "Stratum: 1").replace(
                    "ntp1.vidu.example", "Local CMOS Clock"
                )
            ),
            WINDOWS_REGISTRY: registry(),
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: the service is stopped",
        {
            WINDOWS_TIME: w32tm(
                "The following error occurred: The service has not been started. (0x80070426)",
                -2147023834,
            ),
            WINDOWS_REGISTRY: registry(),
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: refused",
        {
            WINDOWS_TIME: w32tm(
                "The following error occurred: Access is denied. (0x80070005)", -2147024891
            ),
            WINDOWS_REGISTRY: registry(),
        },
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no JSON",
        {WINDOWS_TIME: NOT_JSON, WINDOWS_REGISTRY: registry()},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_time_synchronised, case)
