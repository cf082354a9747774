"""A saved configuration is read from its file; whatever is wrong with it is a gap."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.facts.devices.samples import FORTI_TEXT, IOS_TEXT, NAMES, TEXTS

from cdso_audit.collect.endpoints import collect_endpoint
from cdso_audit.collect.run import _located
from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.facts.reading import Observation
from cdso_audit.model import DeviceAsset, GapReason, System

SECRETS = ("$9$nhEm", "$6$salt", "0822455D", "hunter2", "SH2abc", "secretname", "abcdefghijkl")


def collected(folder: Path, device: str, config: str | None) -> Observation:
    asset = DeviceAsset(id="fw", device=device, config=config)
    (seen,) = collect_endpoint([DEVICE_CONFIG], _located(asset, folder), System(id="a"))
    return seen


@pytest.mark.parametrize("asset", TEXTS)
def test_the_text_is_kept_without_its_secrets(asset: str, tmp_path: Path) -> None:
    (tmp_path / "fw.txt").write_text(TEXTS[asset])

    seen = collected(tmp_path, NAMES[asset], "fw.txt")
    text = seen.output.decode()

    assert seen.gap is None
    assert text.startswith("[file of ")
    assert "[removed: " in text
    assert not [each for each in SECRETS if each in text]


def test_the_day_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "configs" / "fw.txt"
    path.parent.mkdir()
    path.write_text(IOS_TEXT)
    then = datetime(2026, 11, 5, 12, tzinfo=UTC).timestamp()
    os.utime(path, (then, then))

    seen = collected(tmp_path, "cisco-ios", "configs/fw.txt")

    assert seen.output.startswith(b"[file of 2026-11-05]\n")


def test_windows_terminals_write_utf_16_and_carriage_returns(tmp_path: Path) -> None:
    (tmp_path / "fw.txt").write_bytes(IOS_TEXT.replace("\n", "\r\n").encode("utf-16"))

    assert collected(tmp_path, "Cisco IOS-XE", "fw.txt").gap is None


@pytest.mark.parametrize(
    ("device", "content", "reason", "says"),
    [
        ("cisco-ios", None, GapReason.UNREACHABLE, "No such file"),
        ("cisco-ios", b"", GapReason.UNPARSABLE, "empty"),
        ("cisco-ios", FORTI_TEXT.encode(), GapReason.UNPARSABLE, "Cisco IOS"),
        ("fortigate", IOS_TEXT.encode(), GapReason.UNPARSABLE, "FortiOS"),
        ("huawei-vrp", IOS_TEXT.encode(), GapReason.MISSING_TOOL, "huawei-vrp"),
        ("cisco-ios", b"\x00\x01\x02", GapReason.UNPARSABLE, "no text"),
        ("cisco-ios", b"!\n" * (5 << 20), GapReason.TOO_LARGE, "larger"),
        ("cisco-ios", b"fw>show run\n% Invalid input detected", GapReason.UNPARSABLE, "refused"),
        ("cisco-ios", b"Command authorization failed.\n", GapReason.UNPARSABLE, "refused"),
        ("cisco-ios", b"version 15.2\n --More-- \n", GapReason.UNPARSABLE, "without paging"),
        ("junos", b"system {\n---(more 12%)---\n", GapReason.UNPARSABLE, "without paging"),
    ],
)
def test_what_is_wrong_is_a_gap_and_nothing_is_kept(
    tmp_path: Path, device: str, content: bytes | None, reason: GapReason, says: str
) -> None:
    if content is not None:
        (tmp_path / "fw.txt").write_bytes(content)

    seen = collected(tmp_path, device, "fw.txt")

    assert seen.gap is reason, seen.detail
    assert says in seen.detail
    assert seen.output == b""


def test_a_device_without_a_file_is_a_gap(tmp_path: Path) -> None:
    seen = collected(tmp_path, "cisco-ios", None)

    assert seen.gap is GapReason.UNREACHABLE
    assert "names no file" in seen.detail


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert collected(tmp_path, "cisco-ios", ".").gap is GapReason.UNREACHABLE
