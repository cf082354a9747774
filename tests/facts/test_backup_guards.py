"""The probe about what guards a backup, held against the real programs, in every shell."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.backup_guards import BACKUP_GUARDS, parse_guards
from cdso_audit.facts.os_release import sections

pytestmark = pytest.mark.daemon

SHELLS = [["dash"], ["bash"], ["busybox", "sh"]]


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"needs the package of {program}")
    return found


def ran(*words: str | Path, home: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "BORG_PASSPHRASE": "x"}
    env |= {"RESTIC_PASSWORD": "x", "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}
    subprocess.run(words, check=True, capture_output=True, env=env)


def asked(*places: tuple[str, Path], shell: list[str] | None = None) -> dict[str, str]:
    """What the probe says of these places, by section."""
    words = shell or ["sh"]
    needs(words[0])
    assert isinstance(BACKUP_GUARDS.run, str)
    given = [str(word) for tool, place in places for word in (tool, place)]
    said = subprocess.run(
        [*words, "-c", BACKUP_GUARDS.run, "probe", *given],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    assert said.stderr == ""
    return sections(said.stdout)


@pytest.mark.parametrize(
    ("mode", "encrypted"),
    [
        ("none", False),
        ("authenticated", False),
        ("repokey", True),
        ("keyfile", True),
        ("repokey-blake2", True),
        ("keyfile-blake2", True),
    ],
)
def test_the_cipher_of_a_real_borg_repository(tmp_path: Path, mode: str, encrypted: bool) -> None:
    borg, place = needs("borg"), tmp_path / "it's a $(repo)"
    (tmp_path / "data").write_text("x")
    ran(borg, "init", "-e", mode, place, home=tmp_path)
    ran(borg, "create", f"{place}::one", tmp_path / "data", home=tmp_path)

    found = parse_guards(asked(("borg", place))["backup-0"], "borg")
    ran(borg, "config", place, "append_only", "1", home=tmp_path)

    assert found["encrypted"] is encrypted
    assert "append_only" not in found
    assert parse_guards(asked(("borg", place))["backup-0"], "borg")["append_only"]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
def test_a_real_restic_repository_and_one_that_is_none(tmp_path: Path, shell: list[str]) -> None:
    place = tmp_path / "r"
    ran(needs("restic"), "init", "-q", "-r", place, home=tmp_path)
    (tmp_path / "other").mkdir()

    said = asked(("restic", place), ("restic", tmp_path / "other"), shell=shell)

    assert parse_guards(said["backup-0"], "restic")["encrypted"] is True
    assert "encrypted" not in parse_guards(said["backup-1"], "restic")
    assert said["end"] == ""


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
@pytest.mark.parametrize(
    ("command", "encrypted"),
    [
        ("gzip -c <IN >OUT", False),
        ("xz -c <IN >OUT", False),
        ("tar cf OUT IN", False),
        ("cat <IN >OUT", False),
        ("openssl enc -aes-256-cbc -pbkdf2 -k x <IN >OUT", True),
        ("gpg --batch --passphrase x --pinentry-mode loopback -c -o OUT IN", True),
        ("gpg --batch --passphrase x --pinentry-mode loopback -c -a -o OUT IN", True),
        ("head -c 900 /dev/urandom >OUT", None),
    ],
)
def test_plain_files_by_their_magic(
    tmp_path: Path, command: str, encrypted: bool | None, shell: list[str]
) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "out").mkdir()
    needs("gpg" if command.startswith("gpg") else command.split(maxsplit=1)[0])
    (tmp_path / "in").write_text("-- bản sao các bảng: họ tên, địa chỉ\n" * 90)
    out = str(tmp_path / "out" / "dvc 2026-11-21")
    text = command.replace("IN", f"'{tmp_path}/in'").replace("OUT", f"'{out}'")
    ran("sh", "-c", text, home=tmp_path / "home")

    found = parse_guards(asked(("files", tmp_path / "out"), shell=shell)["backup-0"], "files")

    assert found["encrypted"] is encrypted
    assert [each.name for each in found["names"]] == ["dvc 2026-11-21"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
def test_one_file_and_folders(tmp_path: Path, shell: list[str]) -> None:
    (tmp_path / "daily.0" / "etc").mkdir(parents=True)
    (tmp_path / "daily.0" / "etc" / "a").write_text("x")
    (tmp_path / "one.sql").write_text("select 1;")

    said = asked(("files", tmp_path), ("files", tmp_path / "one.sql"), shell=shell)

    whole = parse_guards(said["backup-0"], "files")["names"]
    assert {each.name for each in whole} == {"daily.0/etc/a", "one.sql"}  # type: ignore[attr-defined]
    alone = parse_guards(said["backup-1"], "files")["names"]
    assert [each.name for each in alone] == ["one.sql"]  # type: ignore[attr-defined]


def test_a_server_that_only_lets_append(tmp_path: Path) -> None:
    needs("bash")
    served = subprocess.Popen(
        ["bash", "-c", 'exec -a /usr/bin/rest-server sh -c "sleep 60; :" x "$@"', "bash",
         "--path", str(tmp_path), "--append-only"],
        start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(50):
            said = asked(("restic", tmp_path))
            if said["servers"]:
                break
        assert said["servers"] == f"server {tmp_path}"
    finally:
        os.killpg(served.pid, signal.SIGKILL)
        served.wait()


def test_attributes_and_mounts(tmp_path: Path) -> None:
    chattr = needs("chattr")
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    if subprocess.run([chattr, "+a", tmp_path / "a"], check=False, capture_output=True).returncode:
        pytest.skip("needs root and a file system with attributes")
    try:
        found = parse_guards(asked(("files", tmp_path))["backup-0"], "files")
    finally:
        subprocess.run([chattr, "-a", tmp_path / "a"], check=True)

    assert found["attributes"] == (2, 1)
    assert found["read_only"] is False
