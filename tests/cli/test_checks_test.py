"""`checks test`: an officer sees what a YAML check would say before anybody relies on it."""

import json
from pathlib import Path

import pytest

from cdso_audit.cli import run
from cdso_audit.declarative import parse_check, tried, where_lost
from cdso_audit.errors import ConfigError
from cdso_audit.facts.sshd import SshdSettings

CHECK = """\
apiVersion: cdso/check-v1
id: ssh-x11-off-here
title: {vi: Máy chủ SSH không chuyển tiếp X11, en: The SSH server forwards no X11}
why: {vi: Lộ phím, en: Keys leak}
fix: {vi: Tắt đi, en: Switch it off}
severity: low
since: "2026-11"
fact: sshd-settings
field: settings.x11forwarding[0]
operator: equals
value: no
tests:
  - {seen: no, outcome: pass}
  - {seen: yes, outcome: fail}
  - {outcome: unknown}
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "agency.yaml").write_text(
        "apiVersion: cdso/agency-v1\nagency: {id: example}\nsystems:\n  - id: s\n    level: 1\n"
        "    assets: [{id: here, host: localhost, local: true}]\n"
    )
    run(["collect", "-i", str(folder / "agency.yaml"), "-o", str(folder / "out"), "-q"])
    return folder / "out/latest/bundle.zip"


def saved(folder: Path, text: str) -> str:
    path = folder / "x.check.yaml"
    path.write_text(text)
    return str(path)


def test_its_own_tests_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "checks", "test", saved(tmp_path, CHECK)]) == 0

    out = capsys.readouterr().out
    assert "3 of 3 tests hold" in out
    assert "✓ 14: yes → fail" in out


def test_a_test_that_does_not_hold_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CHECK.replace("{seen: yes, outcome: fail}", "{seen: yes, outcome: pass}")

    assert run(["--lang", "en", "checks", "test", saved(tmp_path, wrong)]) == 1
    assert "✗ 14: yes → fail · should be pass" in capsys.readouterr().out


def test_against_a_bundle_it_says_what_and_why(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a fact that every host has, with the line of the evidence it came from."""
    text = CHECK.replace("sshd-settings", "os-release").replace("settings.x11forwarding[0]", "id")
    text = text.replace("operator: equals\nvalue: no", "operator: one-of\nvalue: [debian, ubuntu]")
    file = saved(tmp_path, text[: text.index("tests:")])

    assert run(["checks", "test", file, "--against", str(bundle), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["asset"] for each in found] == ["here"]
    assert found[0]["outcome"] in ("pass", "fail")
    assert found[0]["expected"] == "one-of debian, ubuntu"
    assert run(["--lang", "en", "checks", "test", file, "--against", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert "known by:" in out
    assert "no tests of its own" in out


def test_a_path_that_leaves_the_fact_is_answered_with_the_nearest(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CHECK.replace("sshd-settings", "os-release")
    text = text.replace("settings.x11forwarding[0]", "fields.VERSION_CODENAM")
    file = saved(tmp_path, text)

    run(["--lang", "en", "checks", "test", file, "--against", str(bundle)])

    out = capsys.readouterr().out
    assert "unknown" in out
    assert "did you mean fields.VERSION_CODENAME?" in out


def test_a_bundle_without_such_assets(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CHECK.replace("sshd-settings", "dmarc-record").replace(
        "settings.x11forwarding[0]", "text"
    )

    run(["--lang", "en", "checks", "test", saved(tmp_path, text), "--against", str(bundle)])

    assert "No asset of the bundle has the fact dmarc-record." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        ("- {seen: no, outcome: good}", "13:25"),
        ("- {sen: no, outcome: pass}", "sen"),
        ("- {seen: no}", "outcome"),
        ("- no", "13"),
    ],
)
def test_a_wrong_test_is_told_with_its_place(tests: str, says: str) -> None:
    text = f"{CHECK[: CHECK.index('tests:')]}tests:\n  {tests}\n"
    with pytest.raises(ConfigError) as caught:
        parse_check(text, "x.check.yaml")

    assert says in str(caught.value)


def test_lists_spans_and_another_value_in_a_test() -> None:
    text = CHECK.replace("settings.x11forwarding[0]", "settings.ciphers")
    text = text.replace("operator: equals\nvalue: no", "operator: not-contains\nvalue: 3des-cbc")
    text = text[: text.index("tests:")] + (
        "tests:\n  - {seen: [aes256-ctr], outcome: pass}\n  - {seen: [3des-cbc], outcome: fail}\n"
        "  - {seen: [aes256-ctr], value: aes256-ctr, outcome: fail}\n"
        "  - {seen: 3, outcome: unknown}\n"
    )

    assert [each.holds for each in tried(text, "x")] == [True, True, True, True]


def test_where_a_path_leaves_a_fact() -> None:
    fact = SshdSettings(subject="user", settings={"port": ("22", "2222"), "banner": ("none",)})

    assert where_lost(fact, "settings.port[1]") is None
    lost = where_lost(fact, "settings.prot[0]")
    assert lost
    assert (lost.after, lost.asked, lost.near) == ("settings", "prot", "port")
    far = where_lost(fact, "settings.port[7]")
    assert far
    assert (far.after, far.known) == ("settings.port", ("[0]", "[1]"))
