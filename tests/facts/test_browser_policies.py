"""The probe of policies on every shell and awk: what leaves the host, and what is gap."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mounts import mount_points

from cdso_audit.facts.browser_policies import (
    BROWSER_POLICIES,
    FILE_CAP,
    MOST_FILES,
    chromium_policies,
    parse_policies,
)

AWKS: Final = [each for each in ("mawk", "gawk", "original-awk") if shutil.which(each)]
BUSYBOX: Final = shutil.which("busybox") or ""
MANAGED: Final = "/etc/chromium/policies/managed"
SCRIPT: Final = """
set -e
mount -t tmpfs -o mode=755 own /etc/chromium
cp -rp "$1/." /etc/chromium/
PATH=$2:$PATH LC_ALL=C exec sh -c "$3"
"""
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a namespace of its own")


def asked(tmp_path: Path, files: Mapping[str, Any], awk: str = "", mode: int = 0o755) -> str:
    """What the probe says of these files in Chromium's folder."""
    folder = tmp_path / "etc/policies/managed"
    folder.mkdir(parents=True)
    for name, given in files.items():
        text = given if isinstance(given, str | bytes) else json.dumps(given)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    folder.chmod(mode)
    tools = tmp_path / "bin"
    tools.mkdir()
    if awk:
        how = f"{BUSYBOX} awk" if awk == "busybox" else str(shutil.which(awk))
        (tools / "awk").write_text(f'#!/bin/sh\nexec {how} "$@"\n')
        (tools / "awk").chmod(0o755)
    with mount_points("/etc/chromium"):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", SCRIPT, "sh",
             str(tmp_path / "etc"), str(tools), BROWSER_POLICIES.run],
            capture_output=True,
            check=True,
        )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


SECRETS: Final = {
    "ProxySettings": {"ProxyServer": "http://user:hunter2@proxy:8080", "n": 4711},
    "3rdparty": {"extensions": {"a" * 32: {"apiKey": 'top"secret\\', "ExtensionSettings": "no"}}},
    "ExtensionInstallForcelist": ["b" * 32 + ";https://store.example/?token=hidden"],
    "ExtensionSettings": {
        "c" * 32: {"update_url": "https://u:hunter2@x/", "installation_mode": "allowed"}
    },
    "ExtensionInstallBlocklist": ["*"],
    "HomepageLocation": "hunter2",
    "hunter2": True,
}  # fmt: skip


@pytest.mark.parametrize("awk", [*AWKS, *(["busybox"] if BUSYBOX else [])])
def test_only_what_concerns_extensions_leaves_the_host(tmp_path: Path, awk: str) -> None:
    broken = json.dumps(SECRETS).replace('"ExtensionSettings"', 'ExtensionSettings"')
    comment = '{/* hunter2 " */ "HomepageLocation": "x" // top secret "4711"\n}'
    files = {"a": SECRETS, "b": broken, "c": comment, "d": '{"x": hunter2, "y": 4711'}

    told = asked(tmp_path, files, awk)
    policies, ignored = chromium_policies(parse_policies(told).files)

    for secret in ("hunter2", "secret", "hidden", "4711", "proxy"):
        assert secret not in told
    assert policies["ExtensionInstallBlocklist"] == ["*"]
    assert policies["ExtensionInstallForcelist"] == ["b" * 32]
    assert policies["ExtensionSettings"]["c" * 32] == {
        "update_url": "",
        "installation_mode": "allowed",
    }
    assert [each.path for each in ignored] == [f"{MANAGED}/b", f"{MANAGED}/d"]


def test_what_some_accounts_may_not_read_is_told_to_be_closed(tmp_path: Path) -> None:
    told = parse_policies(asked(tmp_path, {"a": {}}, mode=0o750))

    assert told.closed == [MANAGED]
    assert not told.files


def test_a_file_that_is_too_large_is_told_and_not_read(tmp_path: Path) -> None:
    full = '{"x":"' + "x" * (FILE_CAP - 8) + '"}'
    told = parse_policies(asked(tmp_path, {"a": full, "b": full + " "}))

    assert list(told.files) == [f"{MANAGED}/a"]
    assert told.large == [f"{MANAGED}/b"]


@pytest.mark.parametrize(("more", "large"), [(0, []), (1, [MANAGED])])
def test_a_folder_of_too_many_files_is_told_and_not_read(
    tmp_path: Path, more: int, large: list[str]
) -> None:
    told = parse_policies(asked(tmp_path, {str(n): {} for n in range(MOST_FILES + more)}))

    assert told.large == large
    assert len(told.files) == (0 if more else MOST_FILES)
