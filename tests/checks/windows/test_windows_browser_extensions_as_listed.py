"""`windows-browser-extensions-as-listed`: what policies name must be on the list."""

import pytest
from tests.checks.lists.rows import lists, software
from tests.checks.windows.browsers import STAR, A, B, case, unread
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.windows.windows_browser_extensions_as_listed import (
    windows_browser_extensions_as_listed,
)

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
ROWS = lists(software=(software(A, kind="browser-extension"), software(B, kind="application")))
CASES = [
    case("good: listed", PASS, "chrome", Google_Chrome_ExtensionInstallBlocklist=STAR,
         Google_Chrome_ExtensionInstallAllowlist={"1": A}, says="all 1 ", lists=ROWS),
    case("good: forced and listed", PASS, "msedge", Microsoft_Edge_ExtensionInstallBlocklist=STAR,
         Microsoft_Edge_ExtensionInstallForcelist={"1": f"{A};https://example.org/"}, lists=ROWS),
    case("bad: forced and not listed", FAIL, "msedge",
         Microsoft_Edge_ExtensionInstallBlocklist=STAR,
         Microsoft_Edge_ExtensionInstallForcelist={"1": f"{B};https://example.org/"}, says=B,
         lists=ROWS),
    case("bad: allowed and not listed", FAIL, "chrome",
         Google_Chrome_ExtensionInstallAllowlist={"1": B}, says=B, lists=ROWS),
    case("bad: Firefox", FAIL, "firefox", says="x@y", lists=ROWS,
         Mozilla_Firefox={"ExtensionSettings": '{"*":{"installation_mode":"blocked"},"x@y":{}}'}),
    case("unreadable: others may run", UNKNOWN, "chrome", lists=ROWS,
         Google_Chrome_ExtensionInstallAllowlist={"1": A}, says="profiles"),
    case("unreadable: nobody may install, yet what is there runs", UNKNOWN, "firefox", lists=ROWS,
         Mozilla_Firefox_InstallAddonsPermission={"Default": 0}),
    case("absent: no browser", Outcome.NOT_APPLICABLE, lists=ROWS),
    case("absent: no list", UNKNOWN, "chrome", Google_Chrome_ExtensionInstallBlocklist=STAR),
    *unread(ROWS),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_browser_extensions_as_listed, case)
