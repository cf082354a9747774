"""The files of the SSH server, and the awk program that reduces keys on the host."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS, parse_authorized_keys, rsa_bits

RSA = (
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDR3MuzN0TXiD3g6r3/mshLnQjzwAW9WEN9SLT/7Z9cZQ4N4PSc"
    "fSha0Xa/mun185n0KXjLbGcoR4+SUuwGKNnyV0o59t4DGhjlyVXX/MzIxhSl5r357VOJa1gSw64pjcRM"
    "R4cnupjkSZeqJldJD0YYcVa8TIFdwlmLFgUH1omUJw=="
)
ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIMUdzuXx4khXgUGxbG3FcOUgHvq0BedadY31yxXfyX/b"
SHADOW = "root:$y$j9T$salt$hash:20000:0:99999:7:::"


def awk(name: str) -> list[str]:
    """The awk of that name, if this machine has it."""
    words = name.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    return words


def ask(words: list[str], tmp_path: Path, text: str) -> str:
    """Run the probe's own program over one account whose home is a folder of ours."""
    home = tmp_path / "alice"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/authorized_keys").write_text(text)
    passwd = tmp_path / "passwd"
    passwd.write_text(
        f"alice:x:1000:1000:Alice,,,:{home}:/bin/bash\nbob:x:1001:1001::/none:/bin/sh"
    )
    return subprocess.run(
        [*words, AUTHORIZED_KEYS.run[1], "/proc/self/mounts", str(passwd)],
        check=True,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    ).stdout


@pytest.mark.parametrize("name", ["mawk", "gawk", "busybox awk", "original-awk"])
def test_keys_are_reduced_alike_by_every_awk(name: str, tmp_path: Path) -> None:
    text = (
        f"# a comment\n\nssh-ed25519 {ED25519} alice@laptop\n"
        f'from="10.0.0.0/8",command="/bin/x \\"s3cret, no\\" y",no-pty ssh-rsa {RSA} old key\r\n'
        f"restrict  ssh-rsa\t{RSA}\nssh-rsa broken\n"
    )

    out = ask(awk(name), tmp_path, text)
    homes, _, keys, odd = parse_authorized_keys(out.splitlines())

    assert list(homes) == ["alice", "bob"]
    assert [(each.line, each.type, each.bits, each.options) for each in keys["alice"]] == [
        (3, "ssh-ed25519", None, ()),
        (4, "ssh-rsa", 1024, ("from", "command", "no-pty")),
        (5, "ssh-rsa", 1024, ("restrict",)),
    ]
    assert [each.rpartition(":")[2] for each in odd["alice"]] == ["6"]
    assert "s3cret" not in out


@pytest.mark.parametrize("name", ["mawk", "gawk", "busybox awk", "original-awk"])
def test_a_link_to_another_file_shows_nothing_of_it(name: str, tmp_path: Path) -> None:
    out = ask(
        awk(name),
        tmp_path,
        f"{SHADOW}\ntoken = AAAAsecret\npassword AAAAhunter2 z\nssh-rsa AAAAhunter2 z\n",
    )

    assert "$y$" not in out
    assert "20000" not in out
    assert "hunter2" not in out


def test_the_size_of_a_key_is_read_from_its_head() -> None:
    assert rsa_bits(RSA[:64]) == 1024
    assert rsa_bits(ED25519[:64]) is None
    assert rsa_bits("AAAA") is None
    assert rsa_bits("not base64!!") is None
