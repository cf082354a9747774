"""Chromium says what its policies come to; the probe must find the same in the same files."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.browser_policies import BROWSER_POLICIES, BrowserPolicy
from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.software import INSTALLED_SOFTWARE

CHROMIUM: Final = shutil.which("chromium") or ""
A: Final = "aapbdbdomjkkjkaonfhkkikfgjllcleb"
B: Final = "ddkjiahejlhfcafbddmgiahcphecmpfh"
STORE: Final = "update_url:https://clients2.google.com/service/update2/crx"

#: In a namespace of its own: for each folder, what the browser makes of it and what the probe says.
#: `canLoadUnpacked` is false where every extension is refused and none has leave.
BROWSER: Final = r"""
import json, os, pathlib, shutil, subprocess, sys
from playwright.sync_api import sync_playwright

chromium, profile, work, probe = sys.argv[1:]
managed = pathlib.Path("/etc/chromium/policies/managed")
managed.mkdir()
listen = '''async () => {
  const {addWebUiListener} = await import('chrome://resources/js/cr.js');
  addWebUiListener('policies-updated', () => window.updated && window.updated());
  chrome.send('listenPoliciesUpdates');
}'''
reload = '''() => new Promise((done) => {
  window.updated = done;
  chrome.send('reloadPolicies');
})'''
ask = "() => new Promise((done) => chrome.developerPrivate.getProfileConfiguration(done))"
with sync_playwright() as playwright:
    browser = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        ignore_default_args=["--disable-extensions"],
        args=["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
              "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    )
    policies, extensions = browser.new_page(), browser.new_page()
    policies.goto("chrome://policy")
    policies.evaluate(listen)
    policies.wait_for_timeout(300)
    extensions.goto("chrome://extensions")
    extensions.wait_for_function("() => !!(window.chrome && chrome.developerPrivate)")
    for folder in sorted(pathlib.Path(work).iterdir(), key=lambda each: int(each.name)):
        for old in managed.iterdir():
            old.unlink()
        for each in folder.iterdir():
            shutil.copy(each, managed / each.name)
            os.utime(managed / each.name, (1e9, 1e9))  # one just written is left to settle
        policies.evaluate(reload)
        may = extensions.evaluate(ask)["canLoadUnpacked"]
        told = subprocess.run(["sh", "-c", probe], capture_output=True, check=True).stdout
        told = told.decode("utf-8", "replace")
        print(json.dumps({"may": may, "told": told}))
    browser.close()
"""


def settings(**entries: Any) -> dict[str, Any]:
    return {"ExtensionSettings": {name.replace("all", "*"): each for name, each in entries.items()}}


#: Files of a folder, as text or as what becomes JSON.
CASES: Final[list[dict[str, Any]]] = [
    {},
    {"a": {"ExtensionInstallBlocklist": ["*"]}},
    {"a": {"ExtensionInstallBlocklist": ["*"]}, "b": {"ExtensionInstallBlocklist": [B]}},
    {"10": {"ExtensionInstallBlocklist": []}, "9": {"ExtensionInstallBlocklist": ["*"]}},
    {"B": {"ExtensionInstallBlocklist": []}, "a": {"ExtensionInstallBlocklist": ["*"]}},
    {"a.json": {"ExtensionInstallBlocklist": ["*"]}, "a.json~": {"ExtensionInstallBlocklist": []}},
    {".hidden": {"ExtensionInstallBlocklist": ["*"]}},
    {"a": '{"ExtensionInstallBlocklist":["*",],}'},
    {"a": '// it\'s "so"\n{/*"}*/"ExtensionInstallBlocklist":["*"]}'},
    {"a": {"ExtensionInstallBlocklist": ["*"]}, "b": '{"ExtensionInstallBlocklist":[]'},
    {"a": {"ExtensionInstallBlocklist": ["*"]}, "b": "[1]", "c": ""},
    {"a": '\ufeff{"ExtensionInstallBlocklist":["*"]}'},
    {"a": '{"ExtensionInstallBlocklist":["*"],"ExtensionInstallBlocklist":[]}'},
    {"a": {"ExtensionInstallBlocklist": "*"}},
    {"a": {"ExtensionInstallBlocklist": ["*", 1]}},
    {"a": {"ExtensionInstallBlocklist": ["*"]}, "b": '{"ExtensionInstallBlocklist":null}'},
    {"a": b'{"HomepageLocation":"\xe9","ExtensionInstallBlocklist":["*"]}'},
    {"a": '{"HomepageLocation":"C:\\q","ExtensionInstallBlocklist":["*"]}'},
    {"a": '{"HomepageLocation":"a\\"b\\\\","ExtensionInstallBlocklist":["*"]}'},
    {"a": {"HomepageLocation": "cổng, {mới}: [1]", "ExtensionInstallBlocklist": ["*"]}},
    {"a": {"ManagedBookmarks": [{"name": "x", "url": "y"}], "ExtensionInstallBlocklist": ["*"]}},
    {"a": settings(all={"installation_mode": "blocked"})},
    {"a": settings(all={"installation_mode": "removed"})},
    {"a": settings(all={"installation_mode": "block"})},
    {"a": {"ExtensionSettings": '{"*":{"installation_mode":"blocked"}}'}},
    {"a": settings(all={"installation_mode": "blocked"}, **{A: {"installation_mode": "alowed"}})},
    {"a": settings(all={"installation_mode": "blocked"}, **{A: 5})},
    {"a": settings(all={"installation_mode": "blocked", "foo": 1})},
    {"a": settings(all={"installation_mode": "blocked", "allowed_types": "x"})},
    {"a": settings(all={"installation_mode": "blocked"}, **{A: {"installation_mode": "allowed"}})},
    {"a": settings(all={"installation_mode": "blocked"}),
     "b": settings(**{A: {"installation_mode": "blocked"}})},
    {"a": {"ExtensionInstallBlocklist": ["*"], **settings(all={"installation_mode": "allowed"})}},
    {"a": {"ExtensionInstallBlocklist": ["*"], **settings(all={"blocked_permissions": ["usb"]})}},
    {"a": {"ExtensionInstallBlocklist": ["*"], "ExtensionInstallAllowlist": [A]}},
    {"a": {"ExtensionInstallBlocklist": ["*", A], "ExtensionInstallAllowlist": [A]}},
    {"a": {"ExtensionInstallBlocklist": ["*"], "ExtensionInstallAllowlist": [A],
           **settings(**{A: {"installation_mode": "blocked"}})}},
    {"a": {"ExtensionInstallBlocklist": ["*"], "ExtensionInstallAllowlist": ["*"]}},
    {"a": settings(all={"installation_mode": "blocked"},
                   **{f"{A},{B}": {"installation_mode": "allowed"}})},
    {"a": {"ExtensionInstallBlocklist": ["*"],
           "PolicyListMultipleSourceMergeList": ["ExtensionInstallBlocklist"]},
     "b": {"ExtensionInstallBlocklist": []}},
    {"a": {"ExtensionInstallBlocklist": ["*"], "PolicyListMultipleSourceMergeList": ["*"]},
     "b": {"ExtensionInstallBlocklist": 5}},
    {"a": {"PolicyDictionaryMultipleSourceMergeList": ["ExtensionSettings"],
           **settings(all={"installation_mode": "blocked"})},
     "b": settings(all={"blocked_permissions": ["usb"]})},
    {"a": {"PolicyDictionaryMultipleSourceMergeList": ["ExtensionSettings"],
           **settings(all={"blocked_permissions": ["usb"]})},
     "b": settings(all={"installation_mode": "blocked"})},
    {"a": {"PolicyDictionaryMultipleSourceMergeList": ["*"],
           **settings(all={"installation_mode": "blocked"})},
     "b": settings(**{A: {"installation_mode": "allowed"}})},
]  # fmt: skip


def drawn(chance: random.Random) -> dict[str, Any]:
    """A folder of one to three files that speak of the same policies."""
    modes = ("blocked", "allowed", "removed", "blok", None)
    made: dict[str, Any] = {}
    for name in chance.sample(("a.json", "b.json", "B.json", "9", "10.bak", ".c"), 3):
        policies: dict[str, Any] = {}
        if chance.random() < 0.6:
            names = ["*", A, B, 1]
            policies["ExtensionInstallBlocklist"] = chance.sample(names, chance.randint(0, 3))
        if chance.random() < 0.4:
            policies["ExtensionInstallAllowlist"] = chance.sample([A, B, "*"], chance.randint(0, 2))
        if chance.random() < 0.5:
            policies["ExtensionSettings"] = {
                one: {} if mode is None else {"installation_mode": mode}
                for one in chance.sample(["*", A, B], chance.randint(0, 2))
                for mode in [chance.choice(modes)]
            }
        for kind in ("List", "Dictionary"):
            if chance.random() < 0.2:
                policies[f"Policy{kind}MultipleSourceMergeList"] = ["*"]
        made[name] = policies
    return made


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (apt install chromium)")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a namespace of its own")
def test_the_reader_finds_what_chromium_finds(tmp_path: Path) -> None:
    chance = random.Random(20260819)  # noqa: S311 - cases, not secrets
    cases = [*CASES, *(drawn(chance) for _ in range(20))]
    work = tmp_path / "work"
    for number, files in enumerate(cases):
        folder = work / str(number)
        folder.mkdir(parents=True)
        for name, given in files.items():
            text = given if isinstance(given, str | bytes) else json.dumps(given)
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    script = 'mount -t tmpfs -o mode=755 own /etc/chromium/policies && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", BROWSER]
    with mount_points("/etc/chromium/policies"):
        done = subprocess.run(
            [*command, CHROMIUM, str(tmp_path / "profile"), str(work), BROWSER_POLICIES.run],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert len(answers) == len(cases), done.stderr[-2000:]
    refused = 0
    for files, answer in zip(cases, answers, strict=True):
        seen = [
            observation(INSTALLED_SOFTWARE, "== dpkg\nii  chromium 156.0\n== end\n"),
            observation(BROWSER_POLICIES, answer["told"]),
        ]
        (fact,) = snapshot(HOST, SYSTEM, seen, [BrowserPolicy], at=AT).facts
        assert isinstance(fact, BrowserPolicy)
        rules = fact.rules
        assert answer["may"] == (not rules.refuses or bool(rules.allowed)), (files, fact)
        refused += rules.refuses
    assert 10 < refused < len(cases) - 10
