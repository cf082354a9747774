"""Readers of logs: what leaves the host, and what the kernel's process list shows."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.auditd import AUDIT_DISK
from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.facts.clock import TARGET_CLOCK, TIME_CONFIG, TIME_DAEMONS
from cdso_audit.facts.integrity import INTEGRITY_TOOLS
from cdso_audit.facts.logging import (
    LOG_DAEMONS,
    LOG_FORWARDING,
    LOG_ROTATION,
    journal_days,
    rsyslog_targets,
    shipper_targets,
    syslog_ng_targets,
)
from cdso_audit.facts.malware import MALWARE_PRODUCTS
from cdso_audit.facts.os_release import HOST_NATURE, OWN_PROCESSES, sections
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.updates import (
    AUTOMATIC_UPDATES,
    PACKAGE_SOURCES,
    REBOOT_STATE,
    UPDATE_HISTORY,
)

CANARY = "c4nary-Pa55"
CONFIGURATIONS = [
    f'action(type="omelasticsearch" server="log.example.vn" uid="u" pwd="{CANARY}")',
    f'action(type="omhttp" server="log.example.vn" httpheadervalue="Token {CANARY}")',
    f"  password => '{CANARY}'",
    f"output.elasticsearch:\n  hosts: [log.example.vn:9200]\n  password: {CANARY}",
    f"  api_key: id:{CANARY}",
    f"<enrollment><password>{CANARY}</password></enrollment>",
    f"    HTTP_Passwd {CANARY}",
    f"    Shared_Key  {CANARY}",
    f'destination d {{ sql(username("u") password("{CANARY}")); }};',
    f"URL=https://u:{CANARY}@log.example.vn:19532",
    f'*.* action(type="omsnmp" snmpv1dynsource="x" community="{CANARY}")',
    f'auth.token = "{CANARY}"',
]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_passwords_of_log_shippers_stay_on_the_host(text: str, tmp_path: Path) -> None:
    """The probe's own filter, run by the shell that a host would run it with."""
    script = LOG_FORWARDING.run
    assert isinstance(script, str)
    show = script.partition("echo '@@ rsyslog'")[0] + 'show "$1"'
    (tmp_path / "a.conf").write_text(text + "\n")

    said = subprocess.run(
        ["sh", "-c", show, "probe", str(tmp_path / "a.conf")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert CANARY not in said.stdout
    assert said.stdout.strip()


def test_a_target_survives_the_filter(tmp_path: Path) -> None:
    """Striking out a key must not take the rest of its line along."""
    script = LOG_FORWARDING.run
    assert isinstance(script, str)
    (tmp_path / "a.conf").write_text(
        'action(type="omfwd" StreamDriver.KeyFile="/etc/k.pem" target="log.example.vn" '
        'port="6514" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1")\n'
    )

    said = subprocess.run(
        [
            "sh",
            "-c",
            script.partition("echo '@@ rsyslog'")[0] + 'show "$1"',
            "p",
            str(tmp_path / "a.conf"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    [target] = rsyslog_targets(said.stdout)

    assert (target.host, target.port, target.encrypted) == ("log.example.vn", 6514, True)


PROBES = [
    HOST_NATURE,
    AUDIT_DISK,
    TIME_DAEMONS,
    TIME_CONFIG,
    LOG_DAEMONS,
    LOG_FORWARDING,
    LOG_ROTATION,
    AUTOMATIC_UPDATES,
    UPDATE_HISTORY,
    REBOOT_STATE,
    PACKAGE_SOURCES,
    MALWARE_PRODUCTS,
    INTEGRITY_TOOLS,
    BACKUP_TRACES,
    TARGET_CLOCK,
]


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_probes_run_quietly_on_every_shell(probe: Probe, shell: str) -> None:
    """An ordinary shell, this machine: exit code 0, a whole answer, no complaint of syntax."""
    found = shutil.which(shell)
    if not found:
        pytest.skip(f"needs the package {shell}")
    assert isinstance(probe.run, str)
    words = [found, "sh"] if shell == "busybox" else [found]

    said = subprocess.run(
        [*words, "-c", probe.run],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert b"yntax" not in said.stderr
    assert probe is TARGET_CLOCK or "end" in sections(said.stdout.decode()) or probe is AUDIT_DISK


def test_own_processes_are_seen() -> None:
    said = subprocess.run(["sh", "-c", OWN_PROCESSES], capture_output=True, text=True, check=True)

    assert Path("/proc/self/comm").read_text().strip()[:15] in said.stdout.split("\n")


def test_processes_of_a_container_are_not_the_hosts() -> None:
    """The filter, fed with what the kernel writes of a process in a pid namespace of its own."""
    status = "Name:\tchronyd\nPid:\t91\nNSpid:\t91\t5\nName:\trsyslogd\nPid:\t7\nNSpid:\t7\n"
    status += "Name:\told-kernel\nPid:\t8\n"
    script = OWN_PROCESSES.replace("cat /proc/[0-9]*/status 2>/dev/null", "cat")

    said = subprocess.run(
        ["sh", "-c", script], input=status, capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["old-kernel", "rsyslogd"]


def test_targets_of_ipv6_and_of_several_drivers() -> None:
    text = 'destination d { network("2001:db8::5" port(514) transport("udp")); tcp("a.vn"); };\n'

    found = {(each.host, each.port, each.protocol) for each in syslog_ng_targets(text)}

    assert found == {("2001:db8::5", 514, "udp"), ("a.vn", 0, "tcp")}
    assert [each.host for each in rsyslog_targets("*.* @@[2001:db8::7]:10514\n")] == ["2001:db8::7"]


def test_a_local_sink_is_no_target() -> None:
    assert shipper_targets("vector", 'address = "127.0.0.1:8686"\n') == []
    assert rsyslog_targets("*.* /var/log/all@host\nmail.* -/var/log/mail.log\n") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1year", 365), ("3month", 91), ("90day", 90), ("0", None), ("2 weeks", 14), ("x", None),
        ("1y 6month", 547), ("infinity", None), ("90day\nMaxRetentionSec=often", 90), ("", None),
    ],
)  # fmt: skip
def test_max_retention(text: str, days: int | None) -> None:
    assert journal_days(f"MaxRetentionSec={text}") == days
