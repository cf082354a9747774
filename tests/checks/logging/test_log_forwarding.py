"""`log-forwarding` reads both syntaxes of rsyslog, and wants the shipper alive."""

import pytest
from tests.support import HOST, Answer, Case, agree

from cdso_audit.facts.logging import LOG_DAEMONS, LOG_FORWARDING
from cdso_audit.model import Declared, Outcome
from cdso_checks.logging.log_forwarding import log_forwarding

SHIPPED = """module(load="imuxsock") # provides support for local system logging
module(load="imklog")   # provides kernel logging support
$FileCreateMode 0640
$IncludeConfig /etc/rsyslog.d/*.conf
*.*;auth,authpriv.none\t\t-/var/log/syslog
auth,authpriv.*\t\t\t/var/log/auth.log
*.emerg\t\t\t\t:omusrmsg:*
"""
NEW = """*.* action(
  type="omfwd" target="198.18.77.53" port="514" protocol="tcp"
  queue.type="LinkedList" queue.filename="fwd"
  action.resumeRetryCount="-1")
"""
SYSLOG_NG = """destination d_net { syslog("198.18.77.53" transport("tls") port(6514)); };
destination d_auth { file("/var/log/auth.log"); };
log { source(s_src); destination(d_net); };
"""


def seen(daemons: str, connections: str = "", **config: str) -> dict[object, str]:
    names = ("rsyslog", "syslog-ng", "journal-upload", "vector", "fluent-bit", "filebeat", "wazuh")
    text = "".join(f"@@ {name}\n{config.get(name.replace('-', '_'), '')}\n" for name in names)
    return {
        LOG_FORWARDING: f"{text}@@ connections\n{connections}\n@@ end\n",
        LOG_DAEMONS: f"@@ daemons\n{daemons}\n@@ journald\n@@ directories\n@@ end\n",
    }


STANDS = "198.18.77.53:514\n198.18.77.250:51514"
CASES = [
    Case(
        "good: new syntax, connected",
        seen("rsyslogd", STANDS, rsyslog=SHIPPED + NEW),
        Outcome.PASS,
        says="the connection stands",
    ),
    Case(
        "good: old syntax",
        seen("rsyslogd", rsyslog=SHIPPED + "*.* @@(o)loghost.example.vn:514;RSYSLOG_Format\n"),
        Outcome.PASS,
        says="loghost.example.vn; no open connection",
    ),
    Case(
        "good: old syntax by UDP",
        seen("rsyslogd", rsyslog="auth,authpriv.* @198.18.77.53\n"),
        Outcome.PASS,
    ),
    Case("good: syslog-ng", seen("syslog-ng", syslog_ng=SYSLOG_NG), Outcome.PASS),
    Case(
        "good: the journal is uploaded",
        seen("systemd-journal-upload", journal_upload="[Upload]\nURL=https://log.example.vn:19532"),
        Outcome.PASS,
    ),
    Case(
        "good: wazuh",
        seen("wazuh-agentd", wazuh="<client>\n<server>\n<address>siem.example.vn</address>"),
        Outcome.PASS,
    ),
    Case(
        "good: fluent-bit",
        seen("fluent-bit", fluent_bit="[OUTPUT]\n  Name forward\n  Host log.example.vn\n  tls on"),
        Outcome.PASS,
    ),
    Case(
        "good: filebeat",
        seen("filebeat", filebeat='output.logstash:\n  hosts: ["log.example.vn:5044"]'),
        Outcome.PASS,
    ),
    Case(
        "good: the server is declared",
        seen("rsyslogd", STANDS, rsyslog=NEW),
        Outcome.PASS,
        declared=Declared(log_servers=("198.18.77.53:514",)),
    ),
    Case(
        "bad: another server is declared",
        seen("rsyslogd", STANDS, rsyslog=NEW),
        Outcome.FAIL,
        says="not among the declared",
        declared=Declared(log_servers=("198.18.77.99",)),
    ),
    Case(
        "bad: configured, but nothing runs",
        seen("systemd-journal", rsyslog=NEW),
        Outcome.FAIL,
        says="does not run",
    ),
    Case(
        "bad: files only", seen("rsyslogd", rsyslog=SHIPPED), Outcome.FAIL, says="stay on the host"
    ),
    Case(
        "bad: to itself",
        seen("rsyslogd", rsyslog="*.* @@localhost:514\n*.* @127.0.0.1\n"),
        Outcome.FAIL,
    ),
    Case(
        "good: the file is closed, the connection to the declared server stands",
        seen("rsyslogd", STANDS, rsyslog="unreadable /etc/rsyslog.d/60-forward.conf"),
        Outcome.PASS,
        says="its configuration cannot be read",
        declared=Declared(log_servers=("198.18.77.53",)),
    ),
    Case(
        "unreadable: the file is closed, a web connection to the declared server is no log",
        seen("rsyslogd", "198.18.77.53:443", rsyslog="unreadable /etc/rsyslog.d/60-forward.conf"),
        Outcome.UNKNOWN,
        declared=Declared(log_servers=("198.18.77.53",)),
    ),
    Case(
        "absent: the log server itself",
        seen("rsyslogd", rsyslog=SHIPPED),
        Outcome.NOT_APPLICABLE,
        asset=HOST.model_copy(update={"roles": ("log",)}),
    ),
    Case("absent: no logger", seen(""), Outcome.FAIL),
    Case(
        "unreadable: a drop-in is closed",
        seen("rsyslogd", rsyslog=SHIPPED + "unreadable /etc/rsyslog.d/90-forward.conf\n"),
        Outcome.UNKNOWN,
        says="90-forward.conf",
    ),
    Case(
        "unreadable: cut short",
        {LOG_FORWARDING: "@@ rsyslog\n", LOG_DAEMONS: Answer("@@ daemons\n@@ end\n")},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_forwarding, case)
