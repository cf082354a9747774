"""Jobs of backups and sealed journals, asked of a whole Debian host with its own systemd."""

import shlex
import time
from collections.abc import Iterator

import pytest
from tests.drill.whole import Whole, whole

from cdso_audit.facts.backup_jobs import BACKUP_JOBS
from cdso_audit.facts.integrity import systemd_time
from cdso_audit.facts.log_guards import is_sealed
from cdso_audit.facts.logging import JOURNAL_HEADER
from cdso_audit.facts.os_release import sections

pytestmark = pytest.mark.daemon

UNITS = r"""
mkdir -p /var/log/journal; cd /etc/systemd/system
say='[Service]\nType=oneshot\nExecStart='
printf "$say/bin/true -p SECRET restic\n" >nightly.service
printf '[Timer]\nOnActiveSec=1\nAccuracySec=1\nOnCalendar=yearly\n' >nightly.timer
printf "$say/bin/false\n" >db-backup.service
printf '[Timer]\nOnCalendar=yearly\n' >db-backup.timer
printf "$say/bin/true\n" >other.service
printf '[Timer]\nOnCalendar=yearly\n' >other.timer
systemctl daemon-reload; systemctl start nightly.timer db-backup.timer other.timer
systemctl start db-backup.service || :
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Whole]:
    with whole() as made:
        made.sh(UNITS)
        yield made


def test_timers_are_known_by_name_and_by_what_they_run(host: Whole) -> None:
    assert isinstance(BACKUP_JOBS.run, str)
    for _ in range(50):
        said = host.sh(BACKUP_JOBS.run)
        if systemd_time(said):
            break
        time.sleep(0.2)

    told = {line.split()[0]: line.split()[1:] for line in sections(said)["timers"].splitlines()}
    assert set(told) == {"nightly.service", "db-backup.service"}
    assert told["nightly.service"][0] == "Result=success"
    assert systemd_time(" ".join(told["nightly.service"]))
    assert told["db-backup.service"] == ["Result=exit-code"]
    assert "SECRET" not in said


def test_a_journal_is_sealed_when_it_has_keys(host: Whole) -> None:
    assert isinstance(JOURNAL_HEADER.run, tuple)
    asks = shlex.join(JOURNAL_HEADER.run)
    host.sh("systemctl restart systemd-journald")
    before = host.sh(asks)
    host.sh("journalctl --setup-keys >/dev/null 2>&1; journalctl --rotate")
    host.sh("systemctl restart systemd-journald; logger sealed; sleep 1")

    assert "State: ONLINE" in before
    assert not is_sealed(before)
    assert is_sealed(host.sh(asks))
