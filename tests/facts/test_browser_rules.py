"""What policies of extensions come to, by hand-made values; the programs are asked elsewhere."""

import json
from typing import Any

import pytest
from tests.checks.lists.rows import installed
from tests.checks.lists.test_browser_extensions_as_listed import host
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.facts.browser_extensions import BrowserExtensions
from cdso_audit.facts.browser_policies import (
    BrowserPolicy,
    ExtensionRules,
    chromium_json,
    chromium_policies,
    chromium_rules,
    mozilla_rules,
    parse_policies,
)
from cdso_audit.facts.reading import Snapshot, snapshot
from cdso_audit.model import GapReason

A, B = "a" * 32, "b" * 32
BLOCKED, ALLOWED = {"installation_mode": "blocked"}, {"installation_mode": "allowed"}
FORCED, NORMAL = {"installation_mode": "force_installed"}, {"installation_mode": "normal_installed"}
CLOSED = {"refuses": True, "disables": True}
STAR = {"ExtensionInstallBlocklist": ["*"]}


def settings(default: Any = None, **entries: Any) -> dict[str, Any]:
    return {"ExtensionSettings": {**({} if default is None else {"*": default}), **entries}}


CHROMIUM: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"ExtensionInstallForcelist": [A]}, {"forced": (A,)}),
    ({"ExtensionInstallAllowlist": [B, A]}, {"allowed": (A, B)}),
    ({**STAR, "ExtensionInstallAllowlist": [A, "*"]}, {**CLOSED, "allowed": (A,)}),
    ({"ExtensionInstallBlocklist": [A], "ExtensionInstallAllowlist": [A]}, {"blocked": (A,)}),
    ({"ExtensionInstallBlocklist": [A], "ExtensionInstallForcelist": [A]}, {"forced": (A,)}),
    (settings({"installation_mode": "removed"}), CLOSED),
    ({**STAR, **settings(ALLOWED)}, {}),
    ({**STAR, **settings({"blocked_permissions": ["usb"]})}, CLOSED),
    ({**STAR, **settings(**{A: {}})}, CLOSED),
    (settings(**{A: FORCED, B: NORMAL}), {"forced": (A, B)}),
    (settings(**{f"{A}, {B}": {"installation_mode": "removed"}}), {"blocked": (A, B)}),
    ({"ExtensionInstallForcelist": [A], **settings(**{A: BLOCKED})}, {"blocked": (A,)}),
    ({"ExtensionInstallAllowlist": [A], **settings(**{A: {"update_url": "x"}})}, {"allowed": (A,)}),
    (settings(BLOCKED, **{"update_url:https://x/": ALLOWED}), {**CLOSED, "stores": ("https://x/",)}),
    (settings(BLOCKED, **{"update_url:https://x/": {}}), CLOSED),
    # one wrong value voids all
    (settings(BLOCKED, **{A: {"toolbar_pin": 5}}), {}),
    (settings(BLOCKED, **{A: {"update_url": []}}), {}),
    (settings(BLOCKED, **{A: {"override_update_url": "x"}}), {}),
    (settings(BLOCKED, **{A: []}), {}),
    (settings(FORCED), {}),
    ({"ExtensionSettings": [BLOCKED]}, {}),
    (settings(BLOCKED, **{A: {**ALLOWED, "override_update_url": True, "update_url": "x",
                              "allowed_types": [], "unheard": 5}}), {**CLOSED, "allowed": (A,)}),
    ({"ExtensionAllowedTypes": []}, CLOSED),
    ({"ExtensionAllowedTypes": "theme"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("policies", "expected"), CHROMIUM, ids=str)
def test_rules_of_chromium(policies: dict[str, Any], expected: dict[str, Any]) -> None:
    assert chromium_rules(policies) == ExtensionRules(**expected)


MOZILLA: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (settings(BLOCKED, **{"a@x": {}, "b@x": FORCED, "c@x": NORMAL, "d@x": BLOCKED, "e@x": ALLOWED}),
     {**CLOSED, "allowed": ("a@x", "e@x"), "forced": ("b@x", "c@x"), "blocked": ("d@x",)}),
    (settings(BLOCKED, **{"a@x": {"installation_mode": "removed"}}), CLOSED),
    (settings(BLOCKED, **{"a@x": "allowed"}), CLOSED),
    (settings(FORCED), {}),
    (settings(ALLOWED), {}),
    ({"ExtensionSettings": [1]}, {}),
    (settings({"allowed_types": "theme"}), {}),
    ({"InstallAddonsPermission": {"Default": "false"}}, {"refuses": True}),
    ({"InstallAddonsPermission": {"Allow": ["https://x/"]}}, {}),
    ({"InstallAddonsPermission": False}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("policies", "expected"), MOZILLA, ids=str)
def test_rules_of_firefox(policies: dict[str, Any], expected: dict[str, Any]) -> None:
    assert mozilla_rules(policies) == ExtensionRules(**expected)


@pytest.mark.parametrize(
    ("rules", "stopped"),
    [
        (ExtensionRules(), []),
        (ExtensionRules(refuses=True), []),
        (ExtensionRules(**CLOSED), ["a", "b"]),
        (ExtensionRules(**CLOSED, allowed=("a",)), ["b"]),
        (ExtensionRules(**CLOSED, forced=("a",)), ["b"]),
        (ExtensionRules(**CLOSED, stores=("x",)), []),
        (ExtensionRules(blocked=("a",)), ["a"]),
    ],
    ids=str,
)
def test_what_the_rules_stop(rules: ExtensionRules, stopped: list[str]) -> None:
    assert [each for each in ("a", "b") if rules.stops(each)] == stopped


def merged(*files: dict[str, Any]) -> dict[str, Any]:
    texts = {f"{number}.json": json.dumps(each) for number, each in enumerate(files)}
    return dict(chromium_policies(texts)[0])


def test_the_last_file_wins_unless_policies_merge() -> None:
    lists = {"PolicyListMultipleSourceMergeList": ["*"]}
    one = {"PolicyListMultipleSourceMergeList": ["L"]}
    tables = {"PolicyDictionaryMultipleSourceMergeList": ["*"]}

    assert merged({"L": [1], "M": [1]}, {"L": [2]}) == {"L": [2], "M": [1]}
    assert merged({"L": [1], **lists}, {"M": 5}, {"L": [2]})["L"] == [1, 2]
    assert merged({"L": [1], **lists}, {"L": "x"}, {"L": [2]})["L"] == [1, 2]
    assert merged({"L": [1], **lists}, {"L": "x"})["L"] == "x"
    assert merged({"L": [1], "M": [1], **one}, {"L": [2], "M": [2]})["L"] == [1, 2]
    assert merged({"L": [1], "M": [1], **one}, {"L": [2], "M": [2]})["M"] == [2]
    assert merged({"L": [1], "T": {"a": 1}, **lists}, {"T": {"b": 2}})["T"] == {"b": 2}
    assert merged({"T": {"a": 1}, **tables}, {"T": {"a": 2, "b": 2}})["T"] == {"a": 1, "b": 2}
    assert merged({"T": {"a": 1}, **tables}, {"T": "x"}, {"T": {"b": 2}})["T"] == {"a": 1, "b": 2}
    assert merged({"L": [1], "S": "x", **tables}, {"L": [2], "S": "y"})["L"] == [2]
    assert merged({"L": [1], "S": "x", **tables}, {"L": [2], "S": "y"})["S"] == "y"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"a": 0}', True),
        ('/**/{"a": [0,],}', True),
        ('\ufeff{"a": 0}', True),
        ('{"a": "\n"}', True),
        ('{"\ufffd": 0}', False),
        ('{"a": 0', False),
        ("[]", False),
        pytest.param("[" * 100_000, False, id="deep"),
        ("", False),
    ],
)
def test_which_files_chromium_reads(text: str, read: bool) -> None:
    assert (chromium_json(text) is not None) is read


def read(answers: Any, *kinds: Any) -> Snapshot:
    return snapshot(
        HOST, SYSTEM, [observation(each, text) for each, text in answers.items()], kinds, at=AT
    )


def test_each_browser_is_a_subject_and_a_gap_is_of_the_browser_that_needs_the_profiles() -> None:
    denied = Answer("", 1, "find: '/home/an': Permission denied\n")
    odd = Answer("", 1, "find: '/home/an': Input/output error\n")
    answers = {
        **host(files={"/etc/chromium/policies/managed/a": STAR}, walk=denied),
        **installed("chromium 1", "firefox-esr 1", snap="ii brave 1\n"),
    }

    found = read(answers, BrowserExtensions)

    assert [each.subject for each in found.facts] == ["chromium"]
    assert [(each.subject, each.reason) for each in found.gaps] == [
        ("firefox-esr", GapReason.DENIED),
        ("brave (snap)", GapReason.UNREACHABLE),
    ]
    (gap,) = read({**host(walk=odd)}, BrowserExtensions).gaps
    assert gap.reason is GapReason.UNPARSABLE


def test_a_policy_names_the_files_that_count() -> None:
    etc = "/etc/firefox/policies/policies.json"
    with_one = host(files={etc: {"policies": {}}}, software="firefox-esr 1")

    (fact,) = read(with_one, BrowserPolicy).facts
    assert isinstance(fact, BrowserPolicy)
    assert fact.files == (etc,)
    (fact,) = read(host(software="firefox-esr 1"), BrowserPolicy).facts
    assert isinstance(fact, BrowserPolicy)
    assert fact.files == ()


def test_only_what_chromium_refuses_for_its_form_is_told_to_be_ignored() -> None:
    managed = "/etc/chromium/policies/managed"

    def ignored(**policies: Any) -> list[str]:
        (fact,) = read(host(files={f"{managed}/a": policies}), BrowserPolicy).facts
        assert isinstance(fact, BrowserPolicy)
        return [each.why for each in fact.ignored]

    assert ignored() == ignored(ExtensionInstallBlocklist=[A]) == []
    assert ignored(ExtensionInstallBlocklist="*") == ["ExtensionInstallBlocklist is no list"]
    assert ignored(ExtensionSettings={}) == ignored(**settings(BLOCKED, **{A: FORCED})) == []
    assert ignored(ExtensionSettings="{}") == ["ExtensionSettings is not valid"]


def test_the_answer_of_the_probe() -> None:
    told = parse_policies("== managed\nfile /a\n| {\n| }\nclosed /b\nlarge /c\nfolder /d\n== end\n")

    assert told.files == {"/a": "{\n}"}
    assert (told.closed, told.large, told.folders) == (["/b"], ["/c"], ["/d"])
    assert not told.enrolled
