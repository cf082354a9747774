"""`ssh-algorithms` reads what is offered, not what is written."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_algorithms import ssh_algorithms

PORT = "port 22\n"


def both(text: str) -> dict[Probe, str | Answer]:
    """The same settings for root and for an ordinary user."""
    return {SSHD_ROOT: PORT + text, SSHD_USER: PORT + text}


CASES = [
    Case(
        "good",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: defaults of Debian 12",
        both(
            "ciphers "
            "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
            "aes128-gcm@openssh.com,aes256-gcm@openssh.com\n"
            "macs "
            "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,"
            "hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,"
            "umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1\n"
            "kexalgorithms "
            "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,"
            "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
            "ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,"
            "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
            "diffie-hellman-group14-sha256\n"
            "hostkeyalgorithms "
            "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
            "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
            "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
            "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,"
            "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
            "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,"
            "rsa-sha2-256\n"
            "pubkeyacceptedalgorithms "
            "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
            "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
            "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
            "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,"
            "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
            "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,"
            "rsa-sha2-256\n"
        ),
        Outcome.FAIL,
        says="umac-64-etm@openssh.com, hmac-sha1-etm@openssh.com, umac-64@openssh.com, hmac-sha1)",
    ),
    Case(
        "bad: CBC",
        both(
            "ciphers aes256-cbc,chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
        ),
        Outcome.FAIL,
        says="aes256-cbc",
    ),
    Case(
        "bad: Diffie-Hellman with SHA-1",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms diffie-hellman-group14-sha1,sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
        ),
        Outcome.FAIL,
        says="group14-sha1",
    ),
    Case(
        "bad: group 1",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms diffie-hellman-group1-sha1,sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: RSA with SHA-1 in Debian 11",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\n"
            "pubkeyacceptedkeytypes ssh-rsa,ssh-ed25519\n"
        ),
        Outcome.FAIL,
        says="ssh-rsa",
    ),
    Case(
        "bad: GSSAPI key exchange is on",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
            "gssapikeyexchange yes\ngssapikexalgorithms gss-group14-sha256-,gss-group14-sha1-\n"
        ),
        Outcome.FAIL,
        says="gss-group14-sha1-",
    ),
    Case(
        "good: GSSAPI key exchange is off",
        both(
            "ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
            "macs hmac-sha2-256-etm@openssh.com\n"
            "kexalgorithms sntrup761x25519-sha512,curve25519-sha256\n"
            "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\npubkeyacceptedalgorithms ssh-ed25519\n"
            "gssapikeyexchange no\ngssapikexalgorithms gss-group14-sha1-\n"
        ),
        Outcome.PASS,
    ),
    Case("unreadable: the lists are not told", both("permitrootlogin no\n"), Outcome.UNKNOWN),
    Case("absent", {SSHD_ROOT: MISSING_TOOL, SSHD_USER: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", {SSHD_ROOT: DENIED, SSHD_USER: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: privilege separation directory is missing",
        {
            SSHD_ROOT: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
            SSHD_USER: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
        },
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_algorithms, case)
