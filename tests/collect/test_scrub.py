"""What looks like a secret does not survive; what only looks like one to a careless eye does."""

import time

import pytest

from cdso_audit.collect.scrub import scrubbed

SECRETS = [
    "root:$6$saltsalt$Zm9vYmFyYmF6cXV4:19000:0:99999:7:::",
    "x $y$j9T$abcdefgh$hhhhhhhhhhhhhhhh y",
    '"password": "hunter2hunter2"',
    "DB_PASSWORD=hunter2hunter2",
    "Environment=API_KEY='hunter2hunter2'",
    "postgresql://portal:hunter2hunter2@db/dvc",
    "db.example.vn:5432:*:portal:hunter2hunter2",
    "Authorization: Basic aHVudGVyMmh1bnRlcjI=",
    "SCRAM-SHA-256$4096:c2FsdA==$aHVudGVyMg==:aHVudGVyMg==",
    "-----BEGIN OPENSSH PRIVATE KEY-----\naHVudGVyMg\n-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\naHVudGVyMg and then the output was cut",
]
HARMLESS = [
    "passwd: files systemd",
    "password requisite pam_pwquality.so retry=3 minlen=14",
    "Defaults passwd_tries=3, passwd_timeout=5",
    "passwordauthentication no",
    "root $6$ locked",
    'tcp LISTEN 0 128 0.0.0.0:22 users:(("sshd",pid=1,fd=3))',
    "token_timeout = 5m",
    "deb http://deb.example.vn/debian bookworm main",
    "PASS_MAX_DAYS 90",
    "scheme $y$",
    "PermitEmptyPasswords=no",
    "/etc/pam.d/common-password\n== file /etc/pam.d/su",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_taken_out(text: str) -> None:
    clean, count = scrubbed(text.encode())

    assert count == 1
    for part in (b"hunter2hunter2", b"aHVudGVyMg", b"Zm9vYmFy", b"hhhhhhhh"):
        assert part not in clean


@pytest.mark.parametrize("text", HARMLESS)
def test_a_setting_stays(text: str) -> None:
    assert scrubbed(text.encode()) == (text.encode(), 0)


def test_the_scheme_of_a_hash_stays() -> None:
    assert scrubbed(b"a:$6$salt$hashhashhash:1")[0] == b"a:$6$[removed: password hash]:1"


def test_json_stays_json() -> None:
    assert scrubbed(b'{"password": "x y z"}')[0] == b'{"password": "[removed: value]"}'


@pytest.mark.parametrize(
    "word", ["secret", "token.", "pwd-", "api_key_", "secret=", '"secret', "a.", "$1", "://a:b"]
)
def test_a_long_answer_costs_its_length_and_no_more(word: str) -> None:
    """A hostile host may send half a MiB of such words; squared, that would be minutes."""
    before = time.process_time()
    scrubbed((word * (512 * 1024 // len(word))).encode())

    assert time.process_time() - before < 5
