"""`windows-browser-extensions-controlled`: policies of the machine, by browser."""

import pytest
from tests.checks.windows.browsers import STAR, A, case, unread
from tests.support import Case, agree, findings

from cdso_audit.model import Outcome
from cdso_checks.windows.windows_browser_extensions_controlled import (
    windows_browser_extensions_controlled,
)

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
SETTINGS = '{"*": {"installation_mode": "blocked"}, "x@y": {"installation_mode": "allowed"}}'
CHROME_SETTINGS = '{"*": {"installation_mode": "blocked"}}'
CASES = [
    case("good: Chrome", PASS, "chrome", Google_Chrome_ExtensionInstallBlocklist=STAR,
         Google_Chrome_ExtensionInstallAllowlist={"1": A}, says="but for 1"),
    case("good: Chrome, by settings", PASS, "chrome",
         Google_Chrome={"ExtensionSettings": CHROME_SETTINGS}),
    case("good: Chrome forgives a comma", PASS, "chrome",
         Google_Chrome={"ExtensionSettings": '{"*": {"installation_mode": "blocked"},}'}),
    case("bad: Firefox does not", FAIL, "firefox",
         Mozilla_Firefox={"ExtensionSettings": '{"*": {"installation_mode": "blocked"},}'},
         says="Mozilla\\Firefox (ExtensionSettings is not valid)"),
    case("good: Edge", PASS, "msedge", Microsoft_Edge_ExtensionInstallBlocklist=STAR),
    case("bad: Edge, by another", FAIL, "msedge", Google_Chrome_ExtensionInstallBlocklist=STAR),
    case("good: types", PASS, "msedge", Microsoft_Edge_ExtensionAllowedTypes={"1": "theme"}),
    case("bad: Edge as installed", FAIL, "msedge", says="no policy"),
    case("bad: a few", FAIL, "chrome", Google_Chrome_ExtensionInstallBlocklist={"1": A}),
    case("bad: settings with a slip", FAIL, "chrome", Google_Chrome={"ExtensionSettings": "{"},
         says="ExtensionSettings is not valid"),
    case("bad: settings with a wrong mode", FAIL, "chrome",
         Google_Chrome={"ExtensionSettings": '{"*": {"installation_mode": "no"}}'},
         says="ExtensionSettings is not valid"),
    case("good: Firefox", PASS, "firefox", Mozilla_Firefox={"ExtensionSettings": SETTINGS},
         says="but for 1"),
    case("good: Firefox, in several lines", PASS, "firefox",
         Mozilla_Firefox={"ExtensionSettings": SETTINGS.split(" ")}),
    case("good: nobody may install", PASS, "firefox",
         Mozilla_Firefox_InstallAddonsPermission={"Default": 0}),
    case("bad: everybody may install", FAIL, "firefox",
         Mozilla_Firefox_InstallAddonsPermission={"Default": 1}),
    case("bad: settings of Firefox with a slip", FAIL, "firefox",
         Mozilla_Firefox={"ExtensionSettings": "{"}, says="ExtensionSettings is not valid"),
    case("bad: settings of Firefox that are no table", FAIL, "firefox",
         Mozilla_Firefox={"ExtensionSettings": "[]"}, says="ExtensionSettings is not valid"),
    case("good: Thunderbird", PASS, "thunderbird",
         Mozilla_Thunderbird={"ExtensionSettings": SETTINGS}),
    case("unreadable: Firefox has no policy in the registry", UNKNOWN, "firefox",
         says="policies.json"),
    case("unreadable: settings as a key", UNKNOWN, "chrome",
         Google_Chrome_ExtensionSettings={}),
    case("unreadable: its maker's console", UNKNOWN, "chrome",
         Google_Chrome={"CloudManagementEnrollmentToken?": True}, says="console"),
    case("bad: no console", FAIL, "chrome",
         Google_Chrome={"CloudManagementEnrollmentToken?": False}),
    case("unreadable: the list may not be read", UNKNOWN, "chrome",
         Google_Chrome_ExtensionInstallBlocklist={"!": "Requested registry access"}),
    case("absent: no browser", Outcome.NOT_APPLICABLE),
    *unread(),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_browser_extensions_controlled, case)


def test_the_key_is_shown_where_there_is_one() -> None:
    there = case("a few", FAIL, "chrome", Google_Chrome={})
    (found,) = findings(windows_browser_extensions_controlled, there)
    assert found.seen == r"HKLM:\SOFTWARE\Policies\Google\Chrome"
    (found,) = findings(windows_browser_extensions_controlled, case("none", FAIL, "chrome"))
    assert found.seen == "-"
