"""Saved kernel settings: what the reader calls the winner is what systemd-sysctl really writes."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from cdso_audit.facts.kernel import normal_key, parse_live, parse_saved

SYSTEMD: Final = Path("/usr/lib/systemd/systemd-sysctl")
FILES: Final = {
    "usr/lib/sysctl.d/50-default.conf": """
net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.*.rp_filter = 2
-net.ipv4.conf.all.rp_filter
net.ipv4.conf.all.log_martians = 1
""",
    "usr/lib/sysctl.d/60-vendor.conf": "net.ipv4.conf.all.send_redirects = 0\n",
    "etc/sysctl.d/60-vendor.conf": "# masks the other\n-net/ipv4/conf/all/accept_redirects = 0\n",
    "run/sysctl.d/70-run.conf": "net.ipv4.conf.all.accept_source_route=1\n",
    "etc/sysctl.d/80-site.conf": """
; a comment of the other kind
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.log_martians=0
net.ipv4.conf.all.log_martians = 1
net/ipv4/conf/*/accept_redirects = 1
net.ipv4.conf.up0/5.rp_filter = 0
net/ipv4/conf/up0.5/log_martians = 1
""",
}
SCRIPT: Final = r"""
set -e
mount -t tmpfs run /run
for each in /etc/sysctl.d /usr/lib/sysctl.d; do
  mkdir -p "$each"; mount -t tmpfs files "$each"
done
mkdir -p /run/sysctl.d
cp -r "$1/usr/lib/sysctl.d/." /usr/lib/sysctl.d/
cp -r "$1/etc/sysctl.d/." /etc/sysctl.d/
cp -r "$1/run/sysctl.d/." /run/sysctl.d/
ip link add up0 type veth peer name up1
ip link add up0.5 type veth peer name up2
/usr/lib/systemd/systemd-sysctl --cat-config
echo '== set'
/usr/lib/systemd/systemd-sysctl --prefix=/net/ipv4/conf
cd /proc/sys
grep -H '' net/ipv4/conf/*/rp_filter net/ipv4/conf/*/log_martians \
  net/ipv4/conf/*/accept_redirects net/ipv4/conf/*/accept_source_route \
  net/ipv4/conf/*/send_redirects
echo end:
"""


@pytest.mark.daemon
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces")
@pytest.mark.skipif(not SYSTEMD.exists(), reason="needs apt package systemd")
def test_the_winner_is_what_systemd_writes(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = subprocess.run(
        [
            "unshare",
            "--net",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            SCRIPT,
            "sh",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    config, _, listed = done.stdout.partition("== set\n")
    live, _ = parse_live(listed)
    saved, places = parse_saved(config.splitlines(), live)

    assert saved["net.ipv4.conf.up0/5.rp_filter"] == "0"
    assert "net.ipv4.conf.all.rp_filter" not in saved
    assert "net.ipv4.conf.all.send_redirects" not in saved
    assert places["net.ipv4.conf.all.accept_source_route"] == "/etc/sysctl.d/80-site.conf"
    assert saved == {key: live[key] for key in saved}


def test_the_first_separator_decides() -> None:
    assert normal_key("net/ipv4/conf/eth0.5/rp_filter") == "net.ipv4.conf.eth0/5.rp_filter"
    assert normal_key("net.ipv4.conf.eth0/5.rp_filter") == "net.ipv4.conf.eth0/5.rp_filter"
    assert normal_key("kernel.sysrq") == "kernel.sysrq"


def test_a_spared_key_takes_no_pattern() -> None:
    lines = ["-net.ipv4.conf.all.rp_filter", "net.ipv4.conf.*.rp_filter = 2"]
    live = dict.fromkeys(["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.eth0.rp_filter"], "0")

    assert parse_saved(lines, live)[0] == {"net.ipv4.conf.eth0.rp_filter": "2"}
