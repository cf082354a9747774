"""`log-forwarding-encrypted` wants TLS on every way that logs take."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.logging import LOG_DAEMONS, LOG_FORWARDING
from cdso_audit.model import Outcome
from cdso_checks.logging.log_forwarding_encrypted import log_forwarding_encrypted


def seen(daemons: str, **config: str) -> dict[object, str]:
    names = ("rsyslog", "syslog-ng", "journal-upload", "vector", "fluent-bit", "filebeat", "wazuh")
    text = "".join(f"@@ {name}\n{config.get(name.replace('-', '_'), '')}\n" for name in names)
    return {
        LOG_FORWARDING: f"{text}@@ connections\n@@ end\n",
        LOG_DAEMONS: f"@@ daemons\n{daemons}\n@@ journald\n@@ directories\n@@ end\n",
    }


TLS = """global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="/etc/ssl/ca.pem")
action(type="omfwd" target="log.example.vn" port="6514" protocol="tcp"
       StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name")
"""
OLD_TLS = """$DefaultNetstreamDriver gtls
$ActionSendStreamDriverMode 1
*.* @@log.example.vn:6514
"""
CASES = [
    Case("good: new syntax", seen("rsyslogd", rsyslog=TLS), Outcome.PASS),
    Case("good: old syntax", seen("rsyslogd", rsyslog=OLD_TLS), Outcome.PASS),
    Case(
        "good: RELP over TLS",
        seen(
            "rsyslogd", rsyslog='action(type="omrelp" target="a.example.vn" port="20" tls="on")\n'
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: plain TCP",
        seen("rsyslogd", rsyslog='action(type="omfwd" target="198.18.77.53" protocol="tcp")\n'),
        Outcome.FAIL,
        says="198.18.77.53 (tcp)",
    ),
    Case(
        "bad: the driver is there, its mode is not",
        seen("rsyslogd", rsyslog=TLS.replace('StreamDriverMode="1"', 'StreamDriverMode="0"')),
        Outcome.FAIL,
    ),
    Case(
        "bad: one of two ways is plain",
        seen("rsyslogd", rsyslog=TLS + "*.* @198.18.77.9\n"),
        Outcome.FAIL,
        says="198.18.77.9 (udp)",
    ),
    Case(
        "bad: http upload",
        seen("systemd-journal-upload", journal_upload="URL=http://log.example.vn:19532"),
        Outcome.FAIL,
    ),
    Case("absent: nothing is sent", seen("rsyslogd"), Outcome.NOT_APPLICABLE),
    Case(
        "unreadable: closed",
        seen("rsyslogd", rsyslog="unreadable /etc/rsyslog.conf"),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: broken",
        {LOG_FORWARDING: Answer(code=2), LOG_DAEMONS: "@@ daemons\n@@ end\n"},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_forwarding_encrypted, case)
