"""`browser-extensions-as-listed` compares ids of policies and of profiles with the list."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.checks.accounts.machine import accounts
from tests.checks.lists.rows import installed, lists, software
from tests.checks.updates.test_browser_extensions_controlled import policies
from tests.support import DENIED, Answer, Case, agree, findings

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.facts.browser_extensions import BROWSER_PROFILES
from cdso_audit.facts.browser_policies import BROWSER_POLICIES
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Finding, Outcome
from cdso_checks.lists.browser_extensions_as_listed import browser_extensions_as_listed

A, B, C = (letter * 32 for letter in "abc")
PEOPLE = "root:x:0:0::/root:/bin/bash\nan:x:1000:1000::/home/an:/bin/bash\n"
CHROMIUM = "/home/an/.config/chromium/Default/Preferences"
FIREFOX = "/home/an/.mozilla/firefox/p/extensions.json"
BLOCKED = {"installation_mode": "blocked"}
ROWS = lists(
    software=(
        software(A, kind="browser-extension"),
        software("*@example.org", kind="browser-extension"),
        software(C, kind="application"),
    )
)
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def host(
    *profiles: str,
    files: Mapping[str, Any] | None = None,
    software: str = "chromium 1",
    passwd: str = PEOPLE,
    walk: str | Answer = "",
    walk_more: str = "",
    lines: tuple[str, ...] = ("folder /usr/lib/firefox-esr", "folder /usr/lib/thunderbird"),
) -> dict[Probe, str | Answer]:
    """A host with these lines of profiles, each list told to its end."""
    ends = dict.fromkeys("list " + line.split(" ", 5)[-1] for line in profiles)
    told = "".join(f"{each}\n" for each in (*profiles, *ends))
    return {
        **installed(software),
        BROWSER_POLICIES: policies(files, *lines),
        BROWSER_PROFILES: walk or told + walk_more,
        ACCOUNTS: accounts(passwd),
    }


def managed(**given: Any) -> dict[str, Any]:
    return {"/etc/chromium/policies/managed/a.json": given}


def mozilla(**entries: Any) -> dict[str, Any]:
    settings = {"*" if name == "all" else name: each for name, each in entries.items()}
    return {"/etc/firefox/policies/policies.json": {"policies": {"ExtensionSettings": settings}}}


STAR = {"ExtensionInstallBlocklist": ["*"]}
AWAY = PEOPLE + "bo:x:1001:1001::/srv/homes/bo:/bin/bash\n"


def case(name: str, outcome: Outcome, answers: Any, says: str = "") -> Case:
    return Case(name, answers, outcome, says=says, lists=ROWS)


CASES = [
    case("good: it is listed", PASS, host(f"chromium {A} 1 - - {CHROMIUM}"), "all 1 "),
    case("good: none at all", PASS, host(), "all 0 "),
    case("good: by a pattern", PASS,
         host(f"mozilla x@example.org app-profile false false {FIREFOX}",
              software="firefox-esr 1")),
    case("bad: it is not listed", FAIL, host(f"chromium {B} 1 - - {CHROMIUM}"), B),
    case("bad: a row of another kind", FAIL, host(f"chromium {C} 1 - - {CHROMIUM}"), C),
    case("bad: one that was not unpacked from the store", FAIL,
         host(f"chromium {B} 4 - - {CHROMIUM}"), B),
    case("bad: one that works, as older versions write it", FAIL,
         host(f"chromium {B} 1 1 0 {CHROMIUM}"), B),
    case("bad: Firefox", FAIL,
         host(f"mozilla x@y app-profile false false {FIREFOX}", software="firefox-esr 1"), "x@y"),
    case("bad: of the whole machine", FAIL,
         host(f"mozilla x@y app-system-share false false {FIREFOX}", software="firefox-esr 1")),
    case("good: parts of Firefox", PASS,
         host(*(f"mozilla x@y {each} false false {FIREFOX}" for each in (
             "app-builtin", "app-builtin-addons", "app-system-defaults", "app-system-addons",
             "app-system-profile")), software="firefox-esr 1"), "all 0 "),
    case("good: parts of Chromium", PASS,
         host(f"chromium {B} 5 - - {CHROMIUM}", f"chromium {C} 10 - - {CHROMIUM}"), "all 0 "),
    case("good: switched off by hand", PASS,
         host(f"chromium {B} 1 - 1 {CHROMIUM}", f"chromium {C} 1 0 - {CHROMIUM}",
              f"chromium {C} 1 2 - {CHROMIUM}"), "all 0 "),
    case("good: switched off in Firefox", PASS,
         host(f"mozilla x@y app-profile true false {FIREFOX}",
              f"mozilla z@y app-profile false true {FIREFOX}", software="firefox-esr 1"), "all 0 "),
    case("good: the policy stops it", PASS,
         host(f"chromium {B} 1 - - {CHROMIUM}", files=managed(**STAR))),
    case("good: the policy stops it by name", PASS,
         host(f"chromium {B} 1 - - {CHROMIUM}", files=managed(ExtensionInstallBlocklist=[B]))),
    case("bad: the policy stops another", FAIL,
         host(f"chromium {B} 1 - - {CHROMIUM}", files=managed(ExtensionInstallBlocklist=[A]))),
    case("bad: the policy allows it", FAIL,
         host(files=managed(**STAR, ExtensionInstallAllowlist=[B])), B),
    case("bad: the policy installs it", FAIL,
         host(files=managed(**STAR, ExtensionInstallForcelist=[B])), B),
    case("good: the policy installs what is listed", PASS,
         host(files=managed(**STAR, ExtensionInstallForcelist=[A])), "all 1 "),
    case("bad: a whole store is open", FAIL,
         host(f"chromium {B} 1 - - {CHROMIUM}", files=managed(ExtensionSettings={
             "*": BLOCKED, "update_url:https://example.org/x": {"installation_mode": "allowed"}}))),
    case("good: Firefox's policy stops it", PASS,
         host(f"mozilla x@y app-profile false false {FIREFOX}", software="firefox-esr 1",
              files=mozilla(all=BLOCKED))),
    case("bad: nobody may install, and one is there", FAIL,
         host(f"mozilla x@y app-profile false false {FIREFOX}", software="firefox-esr 1",
              files={"/etc/firefox/policies/policies.json": {
                  "policies": {"InstallAddonsPermission": {"Default": False}}}})),
    case("bad: Firefox's policy allows it", FAIL,
         host(software="firefox-esr 1", files=mozilla(all=BLOCKED, **{"x@y": {}})), "x@y"),
    case("good: Thunderbird's are Thunderbird's", PASS,
         host("mozilla x@y app-profile false false /home/an/.thunderbird/p/extensions.json",
              software="firefox-esr 1"), "all 0 "),
    case("bad: Thunderbird", FAIL,
         host("mozilla x@y app-profile false false /home/an/.thunderbird/p/extensions.json",
              software="thunderbird 1"), "x@y"),
    *(
        case(f"bad: {name}", FAIL, host(f"chromium {B} 1 - - {path}/Preferences",
                                        software=f"{name} 1"), B)
        for name, path in (
            ("google-chrome-stable", "/home/an/.config/google-chrome/Default"),
            ("microsoft-edge-stable", "/home/an/.config/microsoft-edge/Profile 1"),
            ("brave-browser", "/root/.config/BraveSoftware/Brave-Browser/Default"),
            ("firefox-esr", "/home/an/.config/mozilla/firefox/p"),
        )
    ),
    case("good: a copy of a profile in a folder of a home", PASS,
         host(f"chromium {B} 1 - - /home/an/old/.config/chromium/Default/Preferences",
              walk_more="odd /home/an/old/.config/chromium/Default/Preferences\n")),
    case("bad: the home of an account of a domain", FAIL,
         host(f"chromium {B} 1 - - /home/SO/an/.config/chromium/Default/Preferences"), B),
    case("bad: Firefox's snap", FAIL,
         {**host("mozilla x@y app-profile false false "
                 "/home/an/snap/firefox/common/.mozilla/firefox/p/extensions.json"),
          **installed("x 1", snap="ii firefox 1\n")}, "x@y"),
    case("good: those of a browser that is not here", PASS,
         host(f"chromium {B} 1 - - /home/an/.config/google-chrome/Default/Preferences")),
    case("good: root has no home", PASS,
         host(walk=Answer("", 1, "find: '/home': No such file or directory\n"))),
    case("unreadable: no sudo", UNKNOWN, host(walk=DENIED)),
    case("good: no sudo, and the policy stops all", PASS,
         host(walk=DENIED, files=managed(**STAR))),
    case("unreadable: no sudo, and a store is open", UNKNOWN,
         host(walk=DENIED, files=managed(ExtensionSettings={
             "*": BLOCKED, "update_url:https://example.org/x": {"installation_mode": "allowed"}}))),
    case("unreadable: a home that find could not enter", UNKNOWN,
         host(walk=Answer("", 1, "find: '/home/an': Permission denied\n"))),
    case("unreadable: a home elsewhere", UNKNOWN, host(passwd=AWAY), "/srv/homes/bo"),
    case("bad: a home elsewhere, and one that is not listed here", FAIL,
         host(f"chromium {B} 1 - - {CHROMIUM}", passwd=AWAY), B),
    case("good: a home elsewhere, and the policy stops all", PASS,
         host(passwd=AWAY, files=managed(**STAR))),
    case("unreadable: a home elsewhere, and a store is open", UNKNOWN,
         host(passwd=AWAY, files=managed(ExtensionSettings={
             "*": BLOCKED, "update_url:https://example.org/x": {"installation_mode": "allowed"}}))),
    case("good: a person without a home", PASS,
         host(passwd=PEOPLE + "bo:x:1001:1001:::/bin/bash\n")),
    case("good: a home that no person has", PASS,
         host(passwd=PEOPLE + "pg:x:110:110::/var/lib/pg:/bin/bash\n")),
    case("unreadable: a home on the network, a link, a list that is too large", UNKNOWN,
         host(walk="/home/bo\n"), "/home/bo"),
    case("unreadable: a list that makes no sense", UNKNOWN,
         host(walk=f"odd {CHROMIUM}\n"), CHROMIUM),
    case("unreadable: a list without an end", UNKNOWN,
         host(walk=f"chromium {A} 1 - - {CHROMIUM}\n")),
    case("unreadable: a strange line", UNKNOWN, host(walk="hello\n")),
    case("unreadable: a line of another kind", UNKNOWN, host(f"opera {A} 1 - - {CHROMIUM}")),
    case("unreadable: a short line", UNKNOWN, host(walk=f"chromium {A} 1 -\n")),
    case("unreadable: policies cut", UNKNOWN,
         {**host(), BROWSER_POLICIES: "== managed\n"}),
    case("absent: no browser", Outcome.NOT_APPLICABLE, host(software="libc6 2")),
    Case("absent: no list", host(), UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(browser_extensions_as_listed, case)


def test_eight_are_spelled_out_and_each_is_shown_with_its_place() -> None:
    def verdict(count: int) -> Finding:
        names = [letter * 32 for letter in "bcdefghij"[:count]]
        lines = (f"chromium {each} 1 - - {CHROMIUM}" for each in names)
        (found,) = findings(browser_extensions_as_listed, case("many", FAIL, host(*lines)))
        return found

    assert "…" not in verdict(8).message
    assert verdict(9).message.endswith("i" * 32 + " …")
    assert verdict(1).seen == f"{B} ({CHROMIUM.rpartition('/')[0]})"
