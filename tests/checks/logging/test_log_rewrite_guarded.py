"""`log-rewrite-guarded` wants a copy that leaves, a seal, or a file that may only grow."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.checks.logging.test_log_forwarding import NEW, SHIPPED, seen
from tests.support import DENIED, HOST, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.log_guards import LOG_ATTRIBUTES, is_sealed, parse_attributes
from cdso_audit.facts.logging import JOURNAL_HEADER, LOG_FORWARDING
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.logging.log_rewrite_guarded import log_rewrite_guarded

#: As systemd 252 and 257 print it, shortened.
FILE = """File path: /var/log/journal/4c/{name}.journal
File ID: 7d5b2f3f0d9b4f6f8a3f9e6f5d3f8f11
State: {state}
Compatible flags:{flags}
Incompatible flags: COMPRESSED-ZSTD KEYED-HASH COMPACT
Head realtime timestamp: Fri 2026-11-20 08:00:00 UTC (64405a1d7c1a0)
"""
PLAIN = FILE.format(name="system", state="ONLINE", flags="")
SEALED = FILE.format(name="system", state="ONLINE", flags=" SEALED TAIL_ENTRY_BOOT_ID")
OLD = FILE.format(name="system@1", state="ARCHIVED", flags=" SEALED")
GROWS = (
    "-----a--------e------- /var/log/auth.log\n--------------e------- /var/log/audit/audit.log\n"
)
OPEN = GROWS.replace("-a-", "---", 1)


def host(
    daemons: str = "rsyslogd",
    journal: str | Answer = PLAIN,
    attributes: str | Answer = OPEN,
    **config: str,
) -> dict[Probe, str | Answer]:
    found = seen(daemons, **config)
    given = {each: text for each, text in found.items() if isinstance(each, Probe)}
    return {**given, JOURNAL_HEADER: journal, LOG_ATTRIBUTES: attributes}


CASES = [
    Case(
        "good: a copy leaves",
        host(rsyslog=SHIPPED + NEW, journal=DENIED, attributes=DENIED),
        Outcome.PASS,
        says="198.18.77.53",
    ),
    Case("good: sealed", host(journal=PLAIN.replace("ONLINE", "ARCHIVED") + SEALED), Outcome.PASS),
    Case(
        "good: may only grow",
        host(attributes=Answer(GROWS, code=1)),
        Outcome.PASS,
        says="/var/log/auth.log may only",
    ),
    Case("good: no journal here", host(journal=MISSING_TOOL, attributes=GROWS), Outcome.PASS),
    Case("bad: as installed", host(rsyslog=SHIPPED), Outcome.FAIL, says="/var/log/auth.log"),
    Case("bad: the shipper is dead", host("systemd-journal", rsyslog=NEW), Outcome.FAIL),
    Case("bad: only old files are sealed", host(journal=OLD + PLAIN), Outcome.FAIL),
    Case(
        "bad: one login log of two",
        host(attributes=GROWS + "--------------e------- /var/log/secure\n"),
        Outcome.FAIL,
    ),
    Case(
        "bad: journald alone",
        host("systemd-journal", attributes=Answer(code=1)),
        Outcome.FAIL,
        says="and the journal is not sealed",
    ),
    Case(
        "absent: it keeps the logs of others",
        host(rsyslog=SHIPPED),
        Outcome.NOT_APPLICABLE,
        asset=HOST.model_copy(update={"roles": ("log",)}),
    ),
    Case(
        "unreadable: no daemon is to be seen",
        host("", rsyslog=NEW),
        Outcome.UNKNOWN,
        says="rsyslog is set",
    ),
    Case("unreadable: sudo refused", host(journal=DENIED), Outcome.UNKNOWN),
    Case("unreadable: attributes refused", host(attributes=DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: the shipper's configuration",
        host("filebeat", filebeat="unreadable /etc/filebeat/filebeat.yml"),
        Outcome.UNKNOWN,
        says="/etc/filebeat/filebeat.yml",
    ),
    Case("unreadable: cut", {**host(), LOG_FORWARDING: "@@ rsyslog\n"}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_rewrite_guarded, case)


@pytest.mark.parametrize(
    ("text", "sealed"),
    [("", False), (OLD, False), (SEALED, True), (SEALED + OLD, True), (SEALED + PLAIN, False)],
)
def test_every_open_file_must_be_sealed(text: str, sealed: bool) -> None:
    assert is_sealed(text) is sealed


@pytest.mark.daemon
def test_what_the_real_lsattr_prints(tmp_path: Path) -> None:
    lsattr, chattr = shutil.which("lsattr"), shutil.which("chattr")
    if not lsattr or not chattr:
        pytest.skip("needs the package e2fsprogs")
    path = tmp_path / "auth.log"
    path.write_text("x")
    if subprocess.run([chattr, "+a", path], check=False, capture_output=True).returncode:
        pytest.skip("needs root and a file system with attributes")
    try:
        said = subprocess.run(
            [lsattr, "-d", path, tmp_path / "none"], capture_output=True, text=True, check=False
        )
    finally:
        subprocess.run([chattr, "-a", path], check=True)

    assert said.returncode == 1
    assert "a" in parse_attributes(said.stdout)[str(path)]
