"""What leaves the host of passwords and logins, and how it is read."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, accounts, logins
from tests.lab.canaries import SHADOW_DB, SHADOW_LEGACY, SHADOW_WEB

from cdso_audit.facts.accounts import (
    ACCOUNTS,
    LOGINS,
    SHADOW,
    parse_accounts,
    parse_logins,
    parse_passwords,
    sections,
)
from cdso_audit.facts.reading import Probe, UnreadableError
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS, SSH_FILES
from cdso_audit.facts.sudo import SUDOERS

AWKS = ["mawk", "gawk", "busybox awk", "original-awk"]
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
#: A field of shadow(5) → scheme and lock, as the probe says them.
FIELDS = {
    SHADOW_WEB: "$y$:0",
    SHADOW_DB: "$6$:0",
    f"!{SHADOW_LEGACY}": "$1$:1",
    f"!!{SHADOW_LEGACY}": "$1$:1",
    "$gy$j9T$salt$hash": "$gy$:0",
    "$2b$10$abcdefghijklmnopqrstuv": "$2b$:0",
    "ab0123456789.": "des:0",
    "!ab0123456789.": "des:1",
    "_J9..rasmBYk8r9AiWNc": "bsdi:0",
    "": "empty:0",
    "!": "none:1",
    "!!": "none:1",
    "*": "none:1",
    "!*": "none:1",
    "x": "x:0",
    "NP": "none:1",
    "$": "odd:0",
    "$5": "odd:0",
    "$toolongforascheme$x": "odd:0",
    "plaintext password": "none:1",
}


@pytest.mark.parametrize("name", AWKS)
def test_only_the_scheme_of_a_hash_leaves_the_host(name: str, tmp_path: Path) -> None:
    words = name.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    shadow = tmp_path / "shadow"
    lines = [f"u{n}:{field}:20000:0:99999:7::20500:" for n, field in enumerate(FIELDS)]
    shadow.write_text("\n".join(lines) + "\n")

    out = subprocess.run(
        [*words, *SHADOW.run[1:-1], str(shadow)],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    ).stdout

    assert out.splitlines() == [
        f"u{n}:{said}:20000:0:99999:7::20500" for n, said in enumerate(FIELDS.values())
    ]


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox sh"])
def test_no_hash_of_passwd_itself_leaves_the_host(shell: str, tmp_path: Path) -> None:
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    passwd = tmp_path / "passwd"
    passwd.write_text(
        f"root:x:0:0:root:/root:/bin/bash\nold:{SHADOW_LEGACY}:1:1::/:/bin/sh\n"
        "open::2:2::/:/bin/sh\n+@nis::::::\n"
    )
    assert isinstance(ACCOUNTS.run, str)
    script = ACCOUNTS.run.replace("/etc/passwd", str(passwd))

    out = subprocess.run(
        [*words, "-c", script], check=True, capture_output=True, text=True, env=ENVIRONMENT
    ).stdout
    local = [each for each in parse_accounts(out).accounts if each.name in ("old", "open")]

    assert SHADOW_LEGACY not in out
    assert [(each.name, each.field) for each in local] == [("old", "$1$:0"), ("open", "empty:0")]


@pytest.mark.parametrize(
    "probe", [SSHD_ROOT, SSHD_USER, SSH_FILES, AUTHORIZED_KEYS, SHADOW, SUDOERS], ids=lambda p: p.id
)
def test_sudo_can_match_what_root_runs(probe: Probe) -> None:
    """In a rule of sudo a backslash escapes, so a command with one never equals its rule."""
    assert "\\" not in "".join(probe.run)
    assert "\n" not in "".join(probe.run)


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox sh"])
def test_the_probe_of_logins_runs_everywhere(shell: str) -> None:
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    assert isinstance(LOGINS.run, str)

    out = subprocess.run(
        [*words, "-c", LOGINS.run], check=True, capture_output=True, text=True, env=ENVIRONMENT
    ).stdout

    assert sections(out)
    parse_logins(out)


def test_an_account_of_a_directory_is_told_from_a_local_one() -> None:
    found = parse_accounts(
        accounts(everyone=LOCAL + "dave:none/1:5000:27:Dave:/home/dave:/bin/bash\n")
    )
    by_name = {each.name: each for each in found.accounts}

    assert by_name["alice"].is_local
    assert not by_name["dave"].is_local
    assert found.members("sudo") == {"alice", "dave"}
    assert [each.name for each in found.accounts if found.is_person(each)] == [
        *("alice", "bob", "dave"),
    ]


def test_an_account_without_a_line_in_shadow_has_no_password() -> None:
    found = parse_passwords(parse_accounts(accounts()), SHADOW_LINES.splitlines()[:3])

    assert [each.account.name for each in found if each.opens] == ["alice"]


@pytest.mark.parametrize("line", ["root", "root:none", "root:none:2:::::::", "a:b:c:d:e:f:g:h:i"])
def test_an_odd_line_of_shadow_is_not_guessed(line: str) -> None:
    with pytest.raises(UnreadableError):
        parse_passwords(parse_accounts(accounts()), [line])


def test_the_newest_record_of_a_login_counts() -> None:
    found = parse_logins(
        logins(
            lastlog="alice  pts/0  10.0.0.5   Sun Nov  1 10:00:00 +0700 2026\n",
            last=(
                "alice    pts/0  10.0.0.5  2026-11-20T09:00:00+07:00 - crash\n"
                "\nwtmp begins 2026-09-01T08:00:00+07:00\n"
            ),
        )
    )

    assert found.last["alice"] == datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert found.since == datetime(2026, 9, 1, 1, tzinfo=UTC)
    assert found.names == ("lastlog", "wtmp")
