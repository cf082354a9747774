"""`ssh-authorized-keys` judges what lets an account in, by type and size."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.sshd import SSHD_ROOT
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_authorized_keys import ssh_authorized_keys

# What the probe prints for keys of `ssh-keygen`.
RSA1024 = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDR3MuzN0TXiD3g6r3/mshLnQjzwAW9WEN9 204"
RSA3072 = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDDck9Li3uiXOMpIEH5JneNUh5tHDGbs31Q 544"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMUdzuXx4khXgUGxbG3FcOUgHvq0BedadY31yxXf 68"
DSA = "ssh-dss AAAAB3NzaC1kc3MAAACBAKAa07wDrMjTxR5/G5TnqtIy+EZXkbyxupizEmN7/fur 580"
ECDSA521 = (
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGRQ5mak3lr 232"
)
SSHD = (
    "port 22\nauthorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2\n"
    "authorizedkeyscommand none\ntrustedusercakeys none\n"
)
HOMES = "mount nfs4 /srv/nfs\nhome root /root\nhome alice /home/alice\n"
FILE = "/home/alice/.ssh/authorized_keys"


def keys(*kinds: str) -> str:
    lines = [f"key alice {n} {kind} - {FILE}" for n, kind in enumerate(kinds, start=1)]
    return HOMES + "\n".join(lines) + f"\nfile alice {len(kinds)} {FILE}\n"


CASES = [
    Case(
        "good: strong keys",
        {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: keys(ED25519, RSA3072, ECDSA521)},
        outcomes={"alice": Outcome.PASS},
    ),
    Case(
        "bad: RSA of 1024 bits",
        {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: keys(ED25519, RSA1024)},
        outcomes={"alice": Outcome.FAIL},
    ),
    Case("bad: DSA", {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: keys(DSA)}, Outcome.FAIL),
    Case(
        "bad: a limit that the rulebook sets",
        {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: keys(RSA3072)},
        Outcome.FAIL,
        parameters={"min_rsa_bits": 4096},
    ),
    Case(
        "bad: a line that is no key",
        {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: HOMES + f"odd alice 3 {FILE}\n"},
        Outcome.FAIL,
        says="1 lines that are no key",
    ),
    Case("absent: no keys", {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: HOMES}, Outcome.NOT_APPLICABLE),
    Case("absent", {SSHD_ROOT: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: denied", {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: a home on the network",
        {SSHD_ROOT: SSHD, AUTHORIZED_KEYS: HOMES + "home bob /srv/nfs/bob\n"},
        outcomes={"bob": Outcome.UNKNOWN},
    ),
    Case(
        "unreadable: keys come from a command",
        {
            SSHD_ROOT: SSHD.replace("command none", "command /usr/bin/sss_ssh_authorizedkeys"),
            AUTHORIZED_KEYS: keys(ED25519),
        },
        outcomes={
            "alice": Outcome.PASS,
            "authorizedkeyscommand /usr/bin/sss_ssh_authorizedkeys": Outcome.UNKNOWN,
        },
    ),
    Case(
        "unreadable: keys lie elsewhere",
        {
            SSHD_ROOT: "port 22\nauthorizedkeysfile /srv/keys/%u\n",
            AUTHORIZED_KEYS: HOMES,
        },
        outcomes={"/srv/keys/%u": Outcome.UNKNOWN},
    ),
    Case(
        "unreadable: sshd does not say where it looks",
        {SSHD_ROOT: DENIED, AUTHORIZED_KEYS: keys(ED25519)},
        outcomes={"alice": Outcome.PASS, "keys elsewhere": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_authorized_keys, case)
