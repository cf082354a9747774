"""`browser-extensions-controlled` judges what browsers make of their policies."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.checks.lists.rows import installed
from tests.support import Answer, Case, agree

from cdso_audit.facts.browser_policies import BROWSER_POLICIES
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.updates.browser_extensions_controlled import browser_extensions_controlled

CHROMIUM = "/etc/chromium/policies/managed"
CHROME = "/etc/opt/chrome/policies/managed"
FIREFOX = "/etc/firefox/policies/policies.json"
ESR = "/usr/lib/firefox-esr/distribution/policies.json"
A = "aapbdbdomjkkjkaonfhkkikfgjllcleb"
STAR = {"ExtensionInstallBlocklist": ["*"]}
BLOCKED = {"installation_mode": "blocked"}


def policies(files: Mapping[str, Any] | None = None, *lines: str) -> str:
    """What the probe says of these files; a text stands as it is."""
    told = ""
    for path, given in (files or {}).items():
        text = given if isinstance(given, str) else json.dumps(given)
        told += f"file {path}\n" + "".join(f"| {each}\n" for each in text.split("\n"))
    return "== managed\n" + told + "".join(f"{each}\n" for each in lines) + "== end\n"


def host(
    *software: str,
    files: Mapping[str, Any] | None = None,
    lines: tuple[str, ...] = ("folder /usr/lib/firefox-esr",),
    **more: str,
) -> dict[Probe, str | Answer]:
    return {**installed(*software, **more), BROWSER_POLICIES: policies(files, *lines)}


def mozilla(settings: Any = None, **policies: Any) -> dict[str, Any]:
    given = {} if settings is None else {"ExtensionSettings": settings}
    return {"policies": {**given, **policies}}


SHUT = mozilla(InstallAddonsPermission={"Default": False})
OPEN = mozilla(InstallAddonsPermission={"Default": True})
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
CASES = [
    Case(
        "good: Chromium",
        host("chromium 1", files={f"{CHROMIUM}/a": {**STAR, "ExtensionInstallAllowlist": [A]}}),
        PASS,
        says="but for 1",
    ),
    Case(
        "bad: the folder of another browser is no help",
        host("google-chrome-stable 1", files={f"{CHROMIUM}/a.json": STAR}),
        FAIL,
        says="anybody may install extensions: no policy",
    ),
    *(
        Case(f"good: {name}", host(f"{name} 1", files={f"{place}/policies/managed/a": STAR}), PASS)
        for name, place in (
            ("google-chrome-stable", "/etc/opt/chrome"),
            ("microsoft-edge-stable", "/etc/opt/edge"),
            ("brave-browser", "/etc/brave"),
        )
    ),
    Case(
        "good: settings of all",
        host("chromium 1", files={f"{CHROMIUM}/a": {"ExtensionSettings": {"*": BLOCKED}}}),
        PASS,
        says="but for 0",
    ),
    Case(
        "good: types without extensions",
        host("chromium 1", files={f"{CHROMIUM}/a": {"ExtensionAllowedTypes": ["theme"]}}),
        PASS,
    ),
    Case(
        "bad: types with extensions",
        host("chromium 1", files={f"{CHROMIUM}/a": {"ExtensionAllowedTypes": ["extension"]}}),
        FAIL,
    ),
    Case("bad: no policy at all", host("chromium 1"), FAIL, says="no policy"),
    Case(
        "bad: only some are refused",
        host("chromium 1", files={f"{CHROMIUM}/a": {"ExtensionInstallBlocklist": [A]}}),
        FAIL,
    ),
    Case(
        "bad: another file wins",
        host(
            "chromium 1",
            files={f"{CHROMIUM}/a.json": STAR, f"{CHROMIUM}/a.json~": {
                "ExtensionInstallBlocklist": []}},
        ),
        FAIL,
    ),
    Case(
        "bad: a broken file counts for nothing",
        host("chromium 1", files={f"{CHROMIUM}/a.json": '{"ExtensionInstallBlocklist": ["*"]'}),
        FAIL,
        says=f"{CHROMIUM}/a.json (it is no JSON)",
    ),
    Case(
        "good: a broken file beside a good one",
        host("chromium 1", files={f"{CHROMIUM}/a": STAR, f"{CHROMIUM}/b": "[]"}),
        PASS,
    ),
    Case(
        "bad: one mode with a slip voids all settings",
        host(
            "chromium 1",
            files={f"{CHROMIUM}/a": {"ExtensionSettings": {
                "*": BLOCKED, A: {"installation_mode": "alowed"}}}},
        ),
        FAIL,
        says="ExtensionSettings is not valid",
    ),
    Case(
        "bad: a text for a list",
        host("chromium 1", files={f"{CHROMIUM}/a": {"ExtensionInstallBlocklist": "*"}}),
        FAIL,
        says="is no list",
    ),
    Case(
        "bad: a whole store",
        host(
            "chromium 1",
            files={f"{CHROMIUM}/a": {"ExtensionSettings": {
                "*": BLOCKED,
                "update_url:https://clients2.google.com/service/update2/crx": {
                    "installation_mode": "allowed"}}}},
        ),
        FAIL,
        says="https://clients2.google.com/service/update2/crx",
    ),
    Case(
        "good: a store that is refused",
        host(
            "chromium 1",
            files={f"{CHROMIUM}/a": {"ExtensionSettings": {
                "*": BLOCKED, "update_url:https://example.org/": BLOCKED}}},
        ),
        PASS,
    ),
    Case("good: Firefox, in /etc", host("firefox-esr 1", files={FIREFOX: mozilla({"*": BLOCKED})}),
         PASS, says="but for 0"),
    Case("good: Firefox, beside the program",
         host("firefox-esr 1", files={ESR: mozilla({"*": BLOCKED, "a@b": {}})}),
         PASS, says="but for 1"),
    Case("good: Firefox of RHEL",
         host("firefox 1", lines=("folder /usr/lib64/firefox",),
              files={"/usr/lib64/firefox/distribution/policies.json": mozilla({"*": BLOCKED})}),
         PASS),
    Case("good: nobody may install",
         host("firefox-esr 1", files={FIREFOX: SHUT}),
         PASS),
    Case("bad: everybody may install",
         host("firefox-esr 1", files={FIREFOX: OPEN}),
         FAIL),
    Case("good: Firefox, only themes",
         host("firefox-esr 1", files={FIREFOX: mozilla({"*": {"allowed_types": ["theme"]}})}),
         PASS),
    Case("bad: Firefox, extensions too",
         host("firefox-esr 1", files={FIREFOX: mozilla({"*": {"allowed_types": ["extension"]}})}),
         FAIL),
    Case("good: the Firefox snap reads /etc",
         host("firefox 1:1snap1-0ubuntu2", snap="ii firefox 140\n", lines=(),
              files={FIREFOX: mozilla({"*": BLOCKED})}),
         outcomes={"firefox (snap)": PASS}),
    Case("bad: the Firefox snap without", host("x 1", snap="ii firefox 140\n", lines=()), FAIL),
    Case("good: the tarball in /opt",
         host("x 1", beside="/opt/firefox\n", lines=("folder /opt/firefox",),
              files={"/opt/firefox/distribution/policies.json": mozilla({"*": BLOCKED})}),
         outcomes={"/opt/firefox": PASS}),
    Case("good: Thunderbird",
         host("thunderbird 1",
              files={"/etc/thunderbird/policies/policies.json": mozilla({"*": BLOCKED})}), PASS),
    Case("bad: Thunderbird does not read Firefox's",
         host("thunderbird 1", files={FIREFOX: mozilla({"*": BLOCKED})},
              lines=("folder /usr/lib/thunderbird",)), FAIL),
    Case("bad: the one in /etc hides the other",
         host("firefox-esr 1", files={FIREFOX: mozilla(), ESR: mozilla({"*": BLOCKED})}), FAIL),
    Case("bad: the one in /etc is broken",
         host("firefox-esr 1", files={FIREFOX: '{"policies": {},}', ESR: mozilla({"*": BLOCKED})}),
         FAIL, says="it is no JSON of policies"),
    Case("bad: it is empty", host("firefox-esr 1", files={FIREFOX: ""}), FAIL, says="no policy"),
    Case("bad: no table of policies",
         host("firefox-esr 1", files={FIREFOX: {"ExtensionSettings": {"*": BLOCKED}}}), FAIL,
         says="it is no JSON of policies"),
    Case("bad: a mode that Firefox does not know",
         host("firefox-esr 1", files={FIREFOX: mozilla({"*": {"installation_mode": "removed"}})}),
         FAIL),
    Case("bad: one of two browsers",
         host("firefox-esr 1", "chromium 1", files={f"{CHROMIUM}/a": STAR}),
         outcomes={"chromium": PASS, "firefox-esr": FAIL}),
    Case("good: its maker's console says nothing against it",
         host("google-chrome-stable 1", lines=("enrolled /etc/opt/chrome/x",),
              files={f"{CHROME}/a": STAR}), PASS),
    Case("unreadable: only its maker's console may refuse them",
         host("google-chrome-stable 1", lines=("enrolled /etc/opt/chrome/x",)), UNKNOWN,
         says="console"),
    Case("bad: the console is Chrome's alone",
         host("chromium 1", lines=("enrolled /etc/opt/chrome/x",)), FAIL),
    Case("absent: no browser", host("libc6 2", "mutt 1"), Outcome.NOT_APPLICABLE),
    Case("absent: only the package that brings the snap",
         host("firefox 1:1snap1-0ubuntu2"), Outcome.NOT_APPLICABLE),
    Case("unreadable: a file is closed",
         host("chromium 1", files={f"{CHROMIUM}/a": STAR}, lines=(f"closed {CHROMIUM}/b",)),
         UNKNOWN),
    Case("unreadable: the folder is closed", host("chromium 1", lines=(f"closed {CHROMIUM}",)),
         UNKNOWN),
    Case("good: a closed folder of another browser",
         host("chromium 1", files={f"{CHROMIUM}/a": STAR}, lines=(f"closed {CHROME}",)), PASS),
    Case("unreadable: a file is too large", host("chromium 1", lines=(f"large {CHROMIUM}/a",)),
         UNKNOWN),
    Case("unreadable: Firefox's file is closed",
         host("firefox-esr 1", lines=("folder /usr/lib/firefox-esr", f"closed {FIREFOX}")),
         UNKNOWN),
    Case("unreadable: the file beside the program is closed",
         host("firefox-esr 1", lines=("folder /usr/lib/firefox-esr", f"closed {ESR}")), UNKNOWN),
    Case("good: a closed file that the one in /etc hides",
         host("firefox-esr 1", files={FIREFOX: mozilla({"*": BLOCKED})}, lines=(f"closed {ESR}",)),
         PASS),
    Case("unreadable: installed nobody knows where", host("firefox-esr 1", lines=()), UNKNOWN),
    Case("unreadable: settings as text",
         host("firefox-esr 1", files={FIREFOX: mozilla("")}), UNKNOWN),
    *(
        Case(f"unreadable: {name}", host(f"{name} 1"), UNKNOWN)
        for name in ("chromium-browser", "opera-stable", "epiphany-browser", "falkon")
    ),
    Case("unreadable: a flatpak and a snap",
         {INSTALLED_SOFTWARE: "== dpkg\nii  x 1\n== snap\nii chromium 1\n== flatpak\n"
          "ii org.mozilla.firefox 1\n== end\n", BROWSER_POLICIES: policies()},
         outcomes={"chromium (snap)": UNKNOWN, "org.mozilla.firefox (flatpak)": UNKNOWN}),
    Case("unreadable: cut", {**installed("chromium 1"), BROWSER_POLICIES: "== managed\n"}, UNKNOWN),
    Case("unreadable: a strange line",
         {**installed("chromium 1"), BROWSER_POLICIES: "== managed\nhello\n== end\n"}, UNKNOWN),
    Case("unreadable: no package database",
         {INSTALLED_SOFTWARE: "== none\n== end\n", BROWSER_POLICIES: policies()}, UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(browser_extensions_controlled, case)
