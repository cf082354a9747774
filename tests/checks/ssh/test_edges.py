"""Limits of the checks of SSH, on this side and on the other."""

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.sshfiles import AuthorizedKey, AuthorizedKeys, FileMode, SshFiles
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_authorized_keys import ssh_authorized_keys
from cdso_checks.ssh.ssh_file_modes import ssh_file_modes

PASS, FAIL = Outcome.PASS, Outcome.FAIL
KEY = "/etc/ssh/ssh_host_rsa_key"


def key(type_: str, bits: int | None = None) -> AuthorizedKeys:
    one = AuthorizedKey(path="/home/an/.ssh/authorized_keys", line=1, type=type_, bits=bits)
    return AuthorizedKeys(subject="an", account="an", keys=(one,))


def file(path: str, mode: int, uid: int = 0, gid: int = 0, group: str = "root") -> SshFiles:
    one = FileMode(path=path, mode=mode, uid=uid, gid=gid, owner="root", group=group)
    return SshFiles(subject="/etc/ssh", files=(one,))


EDGES = [
    Edge(ssh_authorized_keys, key("ssh-rsa", 2048), PASS),
    Edge(ssh_authorized_keys, key("ssh-rsa", 2047), FAIL),
    Edge(ssh_authorized_keys, key("ssh-rsa"), FAIL),
    Edge(ssh_authorized_keys, key("ssh-ed25519", 256), PASS),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o644), PASS),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o646), FAIL),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o664), PASS),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o664, gid=27), FAIL),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o644, gid=27), PASS),
    Edge(ssh_file_modes, file("/etc/ssh/sshd_config", 0o644, uid=1), FAIL),
    Edge(ssh_file_modes, file(KEY, 0o600), PASS),
    Edge(ssh_file_modes, file(KEY, 0o640), PASS),
    Edge(ssh_file_modes, file(KEY, 0o640, gid=27, group="ops"), FAIL),
    Edge(ssh_file_modes, file(KEY, 0o640, gid=998, group="ssh_keys"), PASS),
    Edge(ssh_file_modes, file(KEY, 0o644), FAIL),
    Edge(ssh_file_modes, file(f"{KEY}.pub", 0o644), PASS),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
