"""
The same questions as pytest-testinfra's own modules ask them: one property, one command.

A test of this file asks what a check of ours judges, the way the peer's documentation shows it:
`host.file(p).mode`, `host.service(n).is_enabled`, `host.sysctl(k)`. Where it has no module, the
answer of one command is kept for all tests that need it, and nothing runs as root that need not:
both favour the peer. Nothing is judged here, for a weak host would only fail.

Which accounts, files, units and keys there are comes from a scan of ours, made beforehand; the peer
does not pay for finding them. Not collected by `make test`; `python -m tests.bench` runs it.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from testinfra.backend.paramiko import ParamikoBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

FACTS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(os.environ["CDSO_BENCH_FACTS"]).read_text()
)


def listed(kind: str, field: str, name: str) -> list[str]:
    """The values of one field over every entry of a kind of fact, each once."""
    entries = (entry for fact in FACTS.get(kind, ()) for entry in fact[field])
    return sorted({entry[name] for entry in entries})


ACCOUNTS = listed("accounts", "accounts", "name")
FILES = sorted(
    {
        *listed("account-files", "files", "path"),
        *listed("cron-files", "files", "path"),
        *listed("ssh-files", "files", "path"),
    }
)
LOGS = listed("log-files", "files", "path")
HOMES = listed("home-directories", "homes", "path")
KEYS = sorted({key for fact in FACTS.get("kernel-settings", ()) for key in fact["live"]})
SET_ID = listed("set-id-files", "entries", "path")
UNITS = (
    *("telnet", "inetutils-telnetd", "rsh", "rlogin", "tftpd-hpa", "atftpd", "vsftpd", "proftpd"),
    *("pure-ftpd", "ypserv", "talkd", "fingerd", "inetd", "xinetd", "avahi-daemon", "cups"),
    *("rpcbind", "nfs-server", "smbd", "snmpd", "bluetooth", "isc-dhcp-server", "slapd"),
)
PACKAGES = (
    *("telnetd", "inetutils-telnetd", "rsh-server", "ypserv", "talkd", "fingerd", "vsftpd"),
    *("unattended-upgrades", "aide", "tripwire", "samhain", "auditd", "clamav-daemon"),
)
DAEMONS = (
    *("auditd", "rsyslog", "syslog-ng", "systemd-journal-upload", "chrony", "ntpsec"),
    *("systemd-timesyncd", "clamav-daemon", "clamav-freshclam", "wazuh-agent", "falcon-sensor"),
    *("apparmor", "nftables", "netfilter-persistent", "ufw", "firewalld"),
)
TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")
SETTINGS = (
    *("permitrootlogin", "passwordauthentication", "permitemptypasswords", "maxauthtries"),
    *("ciphers", "macs", "kexalgorithms", "clientaliveinterval", "allowtcpforwarding"),
    *("x11forwarding", "allowusers", "banner"),
)
POINTS = (
    *("/tmp", "/var/tmp", "/dev/shm", "/home"),  # noqa: S108 - names to ask for
    *("/var", "/var/log", "/var/log/audit", "/boot"),
)
MODULES = (
    *("cramfs", "freevxfs", "hfs", "hfsplus", "jffs2", "udf", "squashfs", "dccp", "sctp", "rds"),
    *("tipc", "usb_storage", "bluetooth", "firewire_core"),
)
PAM = ("common-auth", "common-account", "common-password", "sshd", "login", "su", "other")
TEXTS = (
    *("/etc/login.defs", "/etc/security/pwquality.conf", "/etc/security/faillock.conf"),
    *("/etc/profile", "/etc/bash.bashrc", "/etc/os-release", "/etc/apt/sources.list"),
    *("/etc/logrotate.conf", "/etc/logrotate.d/rsyslog", "/etc/rsyslog.conf", "/etc/inetd.conf"),
    *("/etc/systemd/journald.conf", "/etc/systemd/timesyncd.conf", "/etc/chrony/chrony.conf"),
    *("/etc/apt/apt.conf.d/20auto-upgrades", "/etc/apt/apt.conf.d/50unattended-upgrades"),
    *("/etc/issue.net", "/etc/security/limits.conf"),
)
ROOT_TEXTS = ("/etc/sudoers", "/etc/audit/auditd.conf", "/etc/ssh/sshd_config", "/etc/shadow")
COMMANDS = (
    *("apt list --upgradable", "apt-mark showhold", "apt-config dump"),
    *("ss -Htuln", "lsblk -o NAME,TYPE,MOUNTPOINT", "systemd-detect-virt", "cat /proc/modules"),
    *("systemctl list-unit-files --type=service --no-legend", "systemctl --failed --no-legend"),
    *("chronyc -n tracking", "chronyc -n sources", "timedatectl show", "date +%s.%N"),
    *("find /etc/sysctl.d /usr/lib/sysctl.d -type f", "cat /proc/sys/kernel/core_pattern"),
    *("last -F", "lastlog", "modprobe --showconfig", "find /etc/cron.d /etc/cron.daily -type f"),
    *("find /var/log/apt -type f", "stat -c %Y /etc/machine-id", "df -P /srv", "df -P /"),
)
ROOT_COMMANDS = (
    *("nft list ruleset", "iptables-save", "ip6tables-save", "auditctl -l", "auditctl -s"),
    *("aa-status", "journalctl --header", "journalctl -n 1 SYSLOG_FACILITY=10", "ss -Htulnp"),
    *("find /srv/backup -maxdepth 3 -type f", "find /etc/sudoers.d -type f"),
)
WALKS = (
    "find / -xdev -type f -perm /6000",
    "find / -xdev -type f -perm -0002",
    "find / -xdev -type d -perm -0002 ! -perm -1000",
    "find / -xdev \\( -nouser -o -nogroup \\)",
)


@pytest.fixture(autouse=True, scope="session")
def counted() -> Iterator[None]:
    """Say at the end how many commands that were."""
    asked = 0
    run = ParamikoBackend._exec_command

    def counting(self: ParamikoBackend, command: bytes) -> Any:
        nonlocal asked
        asked += 1
        return run(self, command)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParamikoBackend, "_exec_command", counting)
        yield
    print(f"\ncommands: {asked}")


@cache
def sshd(host: Any, user: str) -> str:
    """The settings of sshd for one user, asked once for all tests that read them."""
    with host.sudo():
        return str(host.check_output("sshd -T -C user=%s,host=x,addr=192.0.2.1", user))


@pytest.mark.parametrize("user", ["root", "nobody"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_sshd(host: Any, user: str, setting: str) -> None:
    assert sshd(host, user) or setting


@pytest.mark.parametrize("name", ACCOUNTS)
def test_account(host: Any, name: str) -> None:
    account = host.user(name)
    assert account.exists
    assert account.uid is not None
    assert account.gid is not None
    assert account.home is not None
    assert account.shell is not None


@pytest.mark.parametrize("name", ACCOUNTS)
def test_password(host: Any, name: str) -> None:
    with host.sudo():
        account = host.user(name)
        assert account.password is not None
        assert account.password_max_days != -1
        assert account.expiration_date != 0


@pytest.mark.parametrize("path", FILES)
def test_file(host: Any, path: str) -> None:
    with host.sudo():
        file = host.file(path)
        assert file.mode >= 0
        assert file.user
        assert file.group


@pytest.mark.parametrize("path", LOGS)
def test_log(host: Any, path: str) -> None:
    with host.sudo():
        file = host.file(path)
        assert file.mode >= 0
        assert file.user
        assert file.group
        assert file.mtime
        assert file.size >= 0


@pytest.mark.parametrize("path", HOMES)
def test_home(host: Any, path: str) -> None:
    with host.sudo():
        home = host.file(path)
        assert home.mode >= 0
        assert home.user
        keys = host.file(f"{path}/.ssh/authorized_keys")
        assert not keys.exists or keys.content_string is not None


@pytest.mark.parametrize("key", KEYS)
def test_sysctl(host: Any, key: str) -> None:
    assert host.sysctl(key) is not None


@pytest.mark.parametrize("path", SET_ID)
def test_owner_of_set_id_file(host: Any, path: str) -> None:
    assert host.run("dpkg-query -S %s", path) is not None


@pytest.mark.parametrize("name", UNITS)
def test_unneeded_service(host: Any, name: str) -> None:
    service = host.service(name)
    assert service.is_enabled in (True, False)
    assert service.is_running in (True, False)


@pytest.mark.parametrize("name", [*DAEMONS, *TIMERS])
def test_needed_service(host: Any, name: str) -> None:
    service = host.service(name)
    assert service.is_enabled in (True, False)
    assert service.is_running in (True, False)


@pytest.mark.parametrize("name", PACKAGES)
def test_package(host: Any, name: str) -> None:
    assert host.package(name).is_installed in (True, False)


@pytest.mark.parametrize("path", POINTS)
def test_mount(host: Any, path: str) -> None:
    point = host.mount_point(path)
    assert not point.exists or point.options


@pytest.mark.parametrize("name", MODULES)
def test_module(host: Any, name: str) -> None:
    assert host.run("modprobe -n -v %s", name) is not None


@pytest.mark.parametrize("path", [*TEXTS, *(f"/etc/pam.d/{each}" for each in PAM)])
def test_text(host: Any, path: str) -> None:
    file = host.file(path)
    assert not file.exists or file.content_string is not None


@pytest.mark.parametrize("path", ROOT_TEXTS)
def test_text_of_root(host: Any, path: str) -> None:
    with host.sudo():
        file = host.file(path)
        assert not file.exists or file.content_string is not None


@pytest.mark.parametrize("command", COMMANDS)
def test_command(host: Any, command: str) -> None:
    assert host.run(command) is not None


@pytest.mark.parametrize("command", [*ROOT_COMMANDS, *WALKS])
def test_command_of_root(host: Any, command: str) -> None:
    with host.sudo():
        assert host.run(command) is not None
