"""oscap and lynis on a machine of the corpus while it runs; what they said is kept as data."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.corpus.machines import HERE
from tests.lab.site import LabError

from cdso_audit.plugins import installed_checks

if TYPE_CHECKING:
    from tests.corpus.machines import Running

PEERS: Final = HERE / "peers"
CONTENT: Final = Path("/usr/share/xml/scap/ssg/content")
RELEASES_WITH_CONTENT: Final = (11,)
"""Debian 12's packages go up to Debian 11's rules; 12 and 13 have none."""
#: Rules of ComplianceAsCode that judge what one of our checks judges, besides those that the
#: checks themselves name.
MORE_RULES: Final = {
    "accounts_maximum_age_login_defs": "account-admin-password-age",
    "accounts_password_all_shadowed": "file-account-databases",
    "accounts_password_minlen_login_defs": "password-length",
    "apt_conf_disallow_unauthenticated": "package-signing",
    "apt_sources_list_official": "third-party-repositories",
    "file_permissions_backup_etc_group": "file-account-databases",
    "file_permissions_backup_etc_gshadow": "file-account-databases",
    "file_permissions_backup_etc_passwd": "file-account-databases",
    "file_permissions_backup_etc_shadow": "file-account-databases",
    "file_permissions_etc_group": "file-account-databases",
    "file_permissions_etc_gshadow": "file-account-databases",
    "file_permissions_home_dirs": "account-home-modes",
    "file_permissions_var_log_syslog": "log-file-modes",
    "no_empty_passwords": "account-empty-password",
    "package_inetutils-telnetd_removed": "legacy-services",
    "package_nis_removed": "legacy-services",
    "package_telnetd-ssl_removed": "legacy-services",
    "package_telnetd_removed": "legacy-services",
    "rsyslog_files_permissions": "log-file-modes",
    "service_rsyslog_enabled": "log-persistent",
    "service_systemd-journald_enabled": "log-persistent",
    "service_ufw_enabled": "host-firewall",
    "set_iptables_default_rule": "host-firewall",
    "sshd_enable_warning_banner": "ssh-banner",
    "sshd_set_keepalive_0": "ssh-idle-timeout",
    "sudo_require_authentication": "sudo-nopasswd",
    "sysctl_fs_protected_hardlinks": "sysctl-kernel",
    "sysctl_fs_protected_symlinks": "sysctl-kernel",
} | {
    f"file_{what}_{place}_{name}": "file-account-databases"
    for what in ("owner", "groupowner")
    for place in ("etc", "backup_etc")
    for name in ("group", "gshadow", "passwd", "shadow")
}  # fmt: skip
_PREFIX: Final = "xccdf_org.ssgproject.content_"


def asked(machine: Running, directory: Path) -> None:
    """Let both look, and keep what they say."""
    PEERS.mkdir(exist_ok=True)
    name = machine.machine.id
    said = {"lynis": lynis(machine, directory)}
    if machine.machine.release in RELEASES_WITH_CONTENT:
        said["oscap"] = oscap(machine)
    text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)
    (PEERS / f"{name}.json").write_text(f"{text}\n")


def named() -> dict[str, str]:
    """Rule of ComplianceAsCode → the check of ours that judges the same."""
    by_checks = {
        rule: check.about.id
        for check in installed_checks().values()
        for rule in check.about.references.get("ssg", ())
    }
    return by_checks | MORE_RULES


def rules(content: str) -> list[str]:
    """The rules to compare that the content has."""
    there = set(re.findall(rf'Rule [^>]*id="{_PREFIX}rule_([a-z0-9_-]+)"', content))
    return sorted(named().keys() & there)


def oscap(machine: Running) -> dict[str, str]:
    """Rule → result, by this machine's oscap with its libraries inside the root for a while."""
    release = machine.machine.release
    stream = CONTENT / f"ssg-debian{release}-ds.xml"
    chosen = rules((CONTENT / f"ssg-debian{release}-xccdf.xml").read_text())
    place = machine.root / "opt" / "oscap"
    place.mkdir(parents=True)
    libraries = subprocess.run(
        ["ldd", "/usr/bin/oscap"], capture_output=True, text=True, check=True
    ).stdout
    for library in re.findall(r"/\S+\.so\S*", libraries):
        shutil.copy(library, place)
    shutil.copy("/usr/bin/oscap", place)
    shutil.copytree("/usr/share/openscap", place / "share")
    shutil.copy(stream, place)
    selects = "\n".join(
        f'<select idref="{_PREFIX}rule_{rule}" selected="true"/>' for rule in chosen
    )
    (place / "tailoring.xml").write_text(
        '<Tailoring xmlns="http://checklists.nist.gov/xccdf/1.2" '
        'id="xccdf_cdso_tailoring_corpus"><version time="2026-01-01T00:00:00">1</version>'
        f'<Profile id="xccdf_cdso_profile_corpus"><title>corpus</title>{selects}</Profile>'
        "</Tailoring>\n"
    )
    done = machine.exec(
        "cd /opt/oscap; export OSCAP_SCHEMA_PATH=share/schemas OSCAP_CPE_PATH=share/cpe "
        "OSCAP_XSLT_PATH=share/xsl; ./ld-linux-x86-64.so.2 --library-path . ./oscap xccdf eval "
        "--tailoring-file tailoring.xml --profile xccdf_cdso_profile_corpus "
        f"{stream.name}"
    )
    shutil.rmtree(place)
    found = dict(
        re.findall(
            rf"^Rule\s+{_PREFIX}rule_(\S+)$.*?^Result\s+(\S+)$",
            done.stdout,
            re.MULTILINE | re.DOTALL,
        )
    )
    if not found:
        raise LabError(f"oscap judged nothing: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return {rule: found[rule] for rule in sorted(chosen) if rule in found}


def lynis(machine: Running, directory: Path) -> dict[str, list[str]]:
    """Warnings, suggestions and details of lynis, unpacked into the root for a while."""
    place = machine.root / "opt" / "lynis"
    subprocess.run(
        ["apt-get", "download", "-qq", "lynis"], cwd=directory, capture_output=True, check=True
    )
    package = next(directory.glob("lynis*.deb"))
    subprocess.run(["dpkg-deb", "-x", str(package), str(place)], check=True)
    share = place / "usr/share/lynis"
    for each in ("usr/sbin/lynis", "etc/lynis/default.prf"):
        shutil.copy(place / each, share / Path(each).name)
    (share / "plugins").mkdir(exist_ok=True)
    machine.exec(
        "cd /opt/lynis/usr/share/lynis && chown -R root:root . && "
        "./lynis audit system --quick --quiet --no-log --report-file /opt/report.dat"
    )
    report = (machine.root / "opt/report.dat").read_text(errors="replace")
    shutil.rmtree(place)
    kept: dict[str, list[str]] = {"version": [package.name.split("_")[1]]}
    for line in report.splitlines():
        key, _, value = line.partition("=")
        if key in ("warning[]", "suggestion[]", "details[]"):
            kept.setdefault(key.removesuffix("[]"), []).append(value.rstrip("|-"))
        elif key in ("tests_executed", "tests_skipped"):
            kept[key] = sorted(each for each in value.split("|") if each)
    return kept
