"""`windows-dhcp-logging`: the audit log of the role DHCP Server."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import DHCP_PARAMETERS, DHCP_SERVICE, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_dhcp_logging import windows_dhcp_logging


def case(name: str, outcome: Outcome, start: int | None, **parameters: int) -> Case:
    keys: dict[str, dict[str, object]] = {DHCP_PARAMETERS: dict(parameters)}
    if start is not None:
        keys[DHCP_SERVICE] = {"Start": start}
    return Case(name, {WINDOWS_REGISTRY: registry(keys)}, outcome, asset=WINDOWS)


CASES = [
    case("good: as installed", Outcome.PASS, 2),
    case("good: on", Outcome.PASS, 2, ActivityLogFlag=1),
    case("bad: off", Outcome.FAIL, 2, ActivityLogFlag=0),
    case("bad: off, started by hand", Outcome.FAIL, 3, ActivityLogFlag=0),
    case("absent: disabled", Outcome.NOT_APPLICABLE, 4, ActivityLogFlag=0),
    Case(
        "absent: no such role",
        {WINDOWS_REGISTRY: registry()},
        Outcome.NOT_APPLICABLE,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(DHCP_PARAMETERS)},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_REGISTRY: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_REGISTRY: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_dhcp_logging, case)
