"""Firefox and Chromium themselves: their policies, and the lists that they keep of extensions."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.browser_extensions import (
    BROWSER_PROFILES,
    LIST_CAP,
    Extension,
    parse_profiles,
)
from cdso_audit.facts.browser_policies import BROWSER_POLICIES, BrowserPolicy
from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.software import INSTALLED_SOFTWARE

FIREFOX: Final = "/usr/lib/firefox-esr/firefox-esr"
CHROMIUM: Final = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a namespace of its own"),
]
needs_firefox = pytest.mark.skipif(
    not Path(FIREFOX).exists(), reason="needs Firefox (apt install firefox-esr)"
)

#: In a namespace with a network of its own: Firefox with a profile, and what a script in it says.
MARIONETTE: Final = r"""
import json, os, pathlib, socket, subprocess, sys, time

firefox, profile, script = sys.argv[1:]
pathlib.Path(profile, "user.js").write_text(
    'user_pref("browser.shell.checkDefaultBrowser", false);'
    'user_pref("xpinstall.signatures.required", false);'
)
environment = {**os.environ, "HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"}
browser = subprocess.Popen(
    [firefox, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
     "--profile", profile],
    env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
try:
    for _ in range(300):
        try:
            wire = socket.create_connection(("127.0.0.1", 2828), 1)
            break
        except OSError:
            time.sleep(0.1)
    wire.settimeout(40)
    stream = wire.makefile("rb")

    def heard():
        size = b""
        while (one := stream.read(1)) != b":":
            size += one
        return json.loads(stream.read(int(size)))

    def asked(number, command, **given):
        text = json.dumps([0, number, command, given]).encode()
        wire.sendall(str(len(text)).encode() + b":" + text)
        return heard()[3]

    heard()
    asked(1, "WebDriver:NewSession")
    asked(2, "Marionette:SetContext", value="chrome")
    print(json.dumps(asked(3, "WebDriver:ExecuteAsyncScript", script=script, args=[],
                           sandbox="system")["value"]))
finally:
    browser.terminate()
    browser.wait(20)
"""
SCRIPT: Final = """
set -e
ip link set lo up
mount --bind "$1" /etc/firefox; shift
exec "$@"
"""
#: Whether a stranger's extension may be installed and run, and one with an entry of its own.
MAY: Final = """
const done = arguments[arguments.length - 1];
const {AddonManager} =
  ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
const may = (id) => Services.policies.mayInstallAddon({id, type: "extension"});
done({stranger: may("stranger@example.org"), named: may("named@example.org"),
      install: AddonManager.isInstallEnabled("application/x-xpinstall")});
"""
STAR: Final = {"*": {"installation_mode": "blocked"}}
NAMED: Final = "named@example.org"
CASES: Final[dict[str, Any]] = {
    "one by name": {"policies": {"ExtensionSettings": {**STAR, NAMED: {}}}},
    "a slip beside": {
        "policies": {"ExtensionSettings": {**STAR, NAMED: {"installation_mode": "alowed"}}}
    },
    "a mode of Chromium": {
        "policies": {"ExtensionSettings": {"*": {"installation_mode": "removed"}}}
    },
    "types": {"policies": {"ExtensionSettings": {"*": {"allowed_types": ["theme"]}}}},
    "no installing": {"policies": {"InstallAddonsPermission": {"Default": False}}},
    "a mark": '\ufeff{"policies": {"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}}',
}  # fmt: skip


@pytest.fixture
def mounted() -> Iterator[None]:
    with mount_points("/etc/firefox", "/home"):
        yield


def firefox(etc: Path, profile: Path, script: str) -> Any:
    """What a script in Firefox's own context says."""
    profile.mkdir(exist_ok=True, parents=True)
    done = subprocess.run(
        ["unshare", "-m", "-n", "sh", "-c", SCRIPT, "sh", str(etc), sys.executable, "-c",
         MARIONETTE, FIREFOX, str(profile), script],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    return json.loads(done.stdout)


@needs_firefox
@pytest.mark.usefixtures("mounted")
@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_the_reader_finds_what_firefox_finds(tmp_path: Path, given: Any) -> None:
    (tmp_path / "etc/policies").mkdir(parents=True)
    text = given if isinstance(given, str) else json.dumps(given)
    (tmp_path / "etc/policies/policies.json").write_text(text)

    may = firefox(tmp_path / "etc", tmp_path / "profile", MAY)
    told = subprocess.run(
        ["unshare", "-m", "-n", "sh", "-c", SCRIPT, "sh", str(tmp_path / "etc"),
         "sh", "-c", BROWSER_POLICIES.run],
        capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"},
    ).stdout  # fmt: skip
    seen = [
        observation(INSTALLED_SOFTWARE, "== dpkg\nii  firefox-esr 1\n== end\n"),
        observation(BROWSER_POLICIES, told),
    ]
    (fact,) = snapshot(HOST, SYSTEM, seen, [BrowserPolicy], at=AT).facts
    assert isinstance(fact, BrowserPolicy)
    rules = fact.rules
    assert rules.refuses == (not may["stranger"] or not may["install"])
    assert rules.stops("stranger@example.org") == (not may["stranger"])
    assert rules.stops(NAMED) == (not may["named"])


def profiles(home: Path) -> tuple[dict[Any, list[Extension]], list[str]]:
    """What the probe says when that folder is /home."""
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount --bind "$1" /home; shift; exec "$@"', "sh", str(home),
         *BROWSER_PROFILES.run],
        capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    assert done.stderr == ""
    told = [line for line in done.stdout.splitlines() if "/root/" not in line]
    return parse_profiles("\n".join(told))


#: Two add-ons: one stays, one is switched off.
INSTALL: Final = """
const done = arguments[arguments.length - 1];
const {AddonManager} =
  ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
const {setTimeout} = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const file = Components.Constructor("@mozilla.org/file/local;1", "nsIFile", "initWithPath");
(async () => {
  Services.prefs.setBoolPref("xpinstall.signatures.required", false);
  for (const each of ["on", "off"]) {
    const made = await AddonManager.getInstallForFile(new file(`FOLDER/${each}.xpi`));
    await made.install();
  }
  await (await AddonManager.getAddonByID("off@example.org")).disable();
  setTimeout(() => done("ok"), 1500);
})().catch((problem) => done(String(problem)));
"""


@needs_firefox
@pytest.mark.usefixtures("mounted")
def test_the_add_ons_of_a_real_profile_of_firefox(tmp_path: Path) -> None:
    for each in ("on", "off"):
        manifest = {
            "manifest_version": 2, "name": 'a "name" {', "version": "1",
            "browser_specific_settings": {"gecko": {"id": f"{each}@example.org"}},
        }  # fmt: skip
        with zipfile.ZipFile(tmp_path / f"{each}.xpi", "w") as made:
            made.writestr("manifest.json", json.dumps(manifest))
    (tmp_path / "etc").mkdir()
    profile = tmp_path / "home/an/.mozilla/firefox/x.default"

    assert firefox(tmp_path / "etc", profile, INSTALL.replace("FOLDER", str(tmp_path))) == "ok"
    found, odd = profiles(tmp_path / "home")

    assert found == {
        "firefox": [
            Extension(id="on@example.org", profile="/home/an/.mozilla/firefox/x.default"),
            Extension(
                id="off@example.org", profile="/home/an/.mozilla/firefox/x.default", enabled=False
            ),
        ]
    }
    assert odd == []


LOAD: Final = r"""
import sys
from playwright.sync_api import sync_playwright

chromium, profile, on, off = sys.argv[1:]
with sync_playwright() as playwright:
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        ignore_default_args=["--disable-extensions"],
        args=["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
              "--disable-background-networking", "--enable-unsafe-extension-debugging"],
    )
    page = context.new_page()
    page.goto("chrome://extensions")
    session = context.browser.new_browser_cdp_session()
    ids = [session.send("Extensions.loadUnpacked", {"path": each})["id"] for each in (on, off)]
    page.evaluate("(id) => new Promise((done) => chrome.management.setEnabled(id, false, done))",
                  ids[1])
    page.wait_for_timeout(300)
    context.close()
    print(" ".join(ids))
"""


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (apt install chromium)")
@pytest.mark.usefixtures("mounted")
def test_the_extensions_of_a_real_profile_of_chromium(tmp_path: Path) -> None:
    for each in ("on", "off"):
        (tmp_path / each).mkdir()
        manifest = {"manifest_version": 3, "name": 'a "name" {', "version": "1"}
        (tmp_path / each / "manifest.json").write_text(json.dumps(manifest))
    profile = tmp_path / "home/DOMAIN/an/.config/chromium"
    profile.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, CHROMIUM, str(profile), *(str(tmp_path / each) for each in (
            "on", "off"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    on, off = done.stdout.split()
    shutil.copytree(profile / "Default", tmp_path / "home/DOMAIN/an/Downloads/Default")

    found, odd = profiles(tmp_path / "home")

    place = "/home/DOMAIN/an/.config/chromium/Default"
    assert sorted(found["chromium"], key=lambda each: each.id != on) == [
        Extension(id=on, profile=place),
        Extension(id=off, profile=place, enabled=False),
    ]
    assert odd == []


@pytest.mark.usefixtures("mounted")
def test_what_the_walk_does_not_enter_is_told(tmp_path: Path) -> None:
    """Links on the way to a profile, and lists that are too large; other links are not."""
    home = tmp_path / "home"
    for folder in (
        "an/.config",
        "an/Pictures/old/.mozilla/firefox/p",
        "bo/.mozilla/firefox/p",
        "x",
    ):
        (home / folder).mkdir(parents=True)
    (home / "an/Desktop").symlink_to("/srv")
    (home / "an/.config/other").symlink_to("/srv")
    (home / "an/.config/chromium").symlink_to("/srv/chromium")
    (home / "an/.mozilla").symlink_to("/srv/mozilla")
    (home / "cy").symlink_to("/srv/cy")
    with (home / "bo/.mozilla/firefox/p/extensions.json").open("wb") as large:
        large.truncate(LIST_CAP)
    (home / "an/Pictures/old/.mozilla/firefox/p/extensions.json").write_text('{"addons": [')
    (home / "bo/.mozilla/firefox/q").mkdir()
    (home / "bo/.mozilla/firefox/q/extensions.json").write_text('{"addons": [{"id": "a@b"')

    found, odd = profiles(home)

    assert found == {}
    assert sorted(odd) == [
        "/home/an/.config/chromium",
        "/home/an/.mozilla",
        "/home/bo/.mozilla/firefox/p/extensions.json",
        "/home/bo/.mozilla/firefox/q/extensions.json",
        "/home/cy",
    ]
