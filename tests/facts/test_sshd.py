"""The reader of sshd's settings against the real server, over generated configurations."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.support import DENIED, Answer, Case, findings, shipped

from cdso_audit.facts.reading import Probe, UnreadableError
from cdso_audit.facts.sshd import (
    SSHD_MATCH,
    SSHD_ROOT,
    SSHD_USER,
    parse_sshd_settings,
    scopes_of,
)
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_password_login import ssh_password_login
from cdso_checks.ssh.ssh_root_login import ssh_root_login

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")

#: Drop-in, main file, Match block: which of them sets `PermitRootLogin`, and to what.
WRITTEN = [
    dict(zip(("drop_in", "main", "match"), values, strict=True))
    for values in itertools.product(("yes", "no", ""), ("yes", "no", ""), ("yes", "no", ""))
]


def effective_for_root(written: dict[str, str]) -> str:
    """sshd_config(5): the first value wins, a Match block that fits is laid over the rest."""
    plain = written["drop_in"] or written["main"] or "prohibit-password"
    return written["match"] or plain


def ask(tmp_path: Path, config: str, probe: Probe) -> str:
    """The probe's own command on a configuration of ours; no server is started."""
    if SSHD is None:
        pytest.skip("needs apt package openssh-server")
    key = tmp_path / "key"
    if not key.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
        subprocess.run(command, check=True)
    (tmp_path / "sshd_config").write_text(f"HostKey {key}\n{config}")
    # `Missing privilege separation directory` is a state of the machine, not of the reader.
    if not Path("/run/sshd").is_dir():
        if os.geteuid() != 0:
            pytest.skip("needs root, to make the folder that sshd wants")
        Path("/run/sshd").mkdir()
    return subprocess.run(
        [SSHD, *probe.run[1:], "-f", str(tmp_path / "sshd_config")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.daemon
@pytest.mark.parametrize(
    "written", WRITTEN, ids=lambda w: "-".join(v or "unset" for v in w.values())
)
def test_root_login_is_what_the_server_would_do(written: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    if written["drop_in"]:
        (folder / "50.conf").write_text(f"PermitRootLogin {written['drop_in']}\n")
    lines = [f"Include {folder}/*.conf"]
    if written["main"]:
        lines.append(f"PermitRootLogin {written['main']}")
    if written["match"]:
        lines.append(f"Match Address 192.0.2.0/24\n  PermitRootLogin {written['match']}")
    config = "\n".join(lines) + "\n"

    answers = {probe: ask(tmp_path, config, probe) for probe in (SSHD_ROOT, SSHD_USER)}
    found = {each.subject: each for each in findings(ssh_root_login, Case("real", answers))}

    expected = effective_for_root(written)
    assert found["root"].outcome is (Outcome.PASS if expected == "no" else Outcome.FAIL)
    assert found["user"].outcome is Outcome.NOT_APPLICABLE


@pytest.mark.daemon
def test_a_match_block_for_others_than_root_is_seen(tmp_path: Path) -> None:
    config = (
        "PermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "Match User *,!root\n  PasswordAuthentication yes\n  PermitEmptyPasswords yes\n"
    )
    answers = {probe: ask(tmp_path, config, probe) for probe in (SSHD_ROOT, SSHD_USER)}

    for check in (ssh_password_login, shipped("ssh-empty-passwords")):
        found = {each.subject: each.outcome for each in findings(check, Case("real", answers))}

        assert found == {"root": Outcome.PASS, "user": Outcome.FAIL}


@pytest.mark.daemon
def test_repeated_keys_are_kept_apart(tmp_path: Path) -> None:
    settings = parse_sshd_settings(
        ask(tmp_path, "AllowUsers alice bob@10.0.0.0/8\nBanner /etc/issue.net\n", SSHD_USER)
    )

    assert settings["allowusers"] == ("alice", "bob@10.0.0.0/8")
    assert settings["banner"] == ("/etc/issue.net",)
    assert settings["authenticationmethods"] == ("any",)


def test_a_complaint_is_no_list_of_settings() -> None:
    with pytest.raises(UnreadableError):
        parse_sshd_settings("Missing privilege separation directory: /run/sshd\n")


MAIN = "/etc/ssh/sshd_config"
INCLUDE = f"{MAIN}:1:Include /etc/ssh/sshd_config.d/*.conf\n"
TIGHTER = f"{MAIN}:9:Match Address *,!10.0.0.0/8\n{MAIN}:10:PasswordAuthentication no\n"
PLAIN = (
    "port 22\npermitrootlogin {root}\npasswordauthentication no\nkbdinteractiveauthentication no\n"
    "permitemptypasswords no\nclientaliveinterval 100\n"
)


def with_blocks(blocks: str | Answer, root: str = "no") -> dict[Probe, str | Answer]:
    said = PLAIN.format(root=root)
    return {SSHD_ROOT: said, SSHD_USER: said, SSHD_MATCH: blocks}


@pytest.mark.parametrize(
    ("blocks", "root", "expected"),
    [
        ("", "no", {}),
        (Answer(code=1), "no", {}),
        (f"{MAIN}:9:Match Address 10.0.0.0/8\n{MAIN}:10:\tPasswordAuthentication yes\n", "no",
         {"Match Address 10.0.0.0/8": Outcome.FAIL}),
        (f"{MAIN}:9:Match Address 10.0.0.0/8\n{MAIN}:10:\tPasswordAuthentication yes\n", "yes",
         {"Match Address 10.0.0.0/8": Outcome.FAIL,
          "root, Match Address 10.0.0.0/8": Outcome.FAIL}),
        (f"{MAIN}:9:match user backup\n{MAIN}:10:passwordauthentication=yes # old\n", "no",
         {"Match user backup": Outcome.FAIL}),
        (f"{MAIN}:9:Match User root\n{MAIN}:10:PasswordAuthentication yes\n", "no",
         {"root, Match User root": Outcome.PASS}),
        (f"{MAIN}:2:PasswordAuthentication no\n{TIGHTER}", "no", {}),
        (f"{MAIN}:2:PasswordAuthentication yes\n{TIGHTER}", "no", {"Match nothing": Outcome.FAIL}),
        (TIGHTER, "no", {"Match nothing": Outcome.FAIL}),
        (f"{MAIN}:1:Include /etc/crypto-policies/back-ends/opensshserver.config\n", "no", {}),
        (f"{INCLUDE}{MAIN}.d/.9.conf:1:Match all\n{MAIN}.d/.9.conf:2:PasswordAuthentication yes\n",
         "no", {}),
        (f"{INCLUDE}{MAIN}.d/9.conf:1:Include /srv/ssh/*.conf\n", "no",
         {"Match blocks": Outcome.UNKNOWN}),
        (f"{MAIN}:2:PasswordAuthentication yes\n{MAIN}:9:Match Group sftp\n", "no", {}),
        (f"{MAIN}:9:Match Group sftp\n{MAIN}:10:ChallengeResponseAuthentication yes\n", "no",
         {"Match Group sftp": Outcome.FAIL}),
        (f"{INCLUDE}{MAIN}.d/9.conf:1:Match Host a\n{MAIN}.d/9.conf:2:PasswordAuthentication yes\n",
         "no", {"Match Host a": Outcome.FAIL}),
        (f"{INCLUDE}{MAIN}.d/9.bak:1:Match Host a\n{MAIN}.d/9.bak:2:PasswordAuthentication yes\n",
         "no", {}),
        (f"{MAIN}.d/9.conf:1:Match Host a\n{MAIN}.d/9.conf:2:PasswordAuthentication yes\n",
         "no", {}),
        (f"{MAIN}:1:Include /srv/ssh/*.conf\n", "no", {"Match blocks": Outcome.UNKNOWN}),
        (f"{MAIN}:1:Match all\n{INCLUDE}{MAIN}.d/9.conf:1:PasswordAuthentication yes\n", "no",
         {"Match all": Outcome.FAIL}),
        (DENIED, "no", {"Match blocks": Outcome.UNKNOWN}),
    ],
)  # fmt: skip
def test_a_match_block_that_fits_nobody_we_asked_about(
    blocks: str | Answer, root: str, expected: dict[str, Outcome]
) -> None:
    found = findings(ssh_password_login, Case("", with_blocks(blocks, root)))
    outcomes = {each.subject: each.outcome for each in found}

    assert {"root": outcomes.pop("root"), "user": outcomes.pop("user")} == {
        "root": Outcome.PASS, "user": Outcome.PASS
    }  # fmt: skip
    assert outcomes == expected


def test_a_match_block_lets_root_in() -> None:
    blocks = f"{MAIN}:9:Match Address 10.9.8.7\n{MAIN}:10:PermitRootLogin prohibit-password\n"
    found = findings(ssh_root_login, Case("", with_blocks(blocks)))

    assert {each.subject: each.outcome for each in found} == {
        "root": Outcome.PASS,
        "user": Outcome.NOT_APPLICABLE,
        "Match Address 10.9.8.7": Outcome.NOT_APPLICABLE,
        "root, Match Address 10.9.8.7": Outcome.FAIL,
    }


def test_times_of_a_match_block_are_in_seconds() -> None:
    found = scopes_of([f"{MAIN}:1:Match all", f"{MAIN}:2:ClientAliveInterval 1m30s"])

    assert found.blocks == {"all": {"clientaliveinterval": ("90",)}}
