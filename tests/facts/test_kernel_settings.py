"""Saved kernel settings: what the reader calls the winner is what systemd-sysctl really writes."""

import os
import random
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


PLACES: Final = ("usr/lib/sysctl.d", "run/sysctl.d", "etc/sysctl.d")
#: For each folder of configurations: what the probe prints, what stands there after the start.
START: Final = r"""
set -e
mount -t tmpfs run /run
for each in /etc/sysctl.d /usr/lib/sysctl.d; do
  mkdir -p "$each"; mount -t tmpfs files "$each"
done
ip link add up0 type veth peer name up1
ip link add up0.5 type veth peer name up2
cd /proc/sys
set -- "$1" $(ls -d net/ipv4/conf/*/rp_filter net/ipv4/conf/*/log_martians \
  net/ipv4/conf/*/accept_redirects net/ipv4/conf/*/send_redirects net/ipv6/conf/*/accept_ra)
here=$1; shift
for each in "$here"/*/; do
  rm -rf /run/sysctl.d /etc/sysctl.d/* /usr/lib/sysctl.d/*; mkdir /run/sysctl.d
  cp -r "$each/usr/lib/sysctl.d/." /usr/lib/sysctl.d/
  cp -r "$each/etc/sysctl.d/." /etc/sysctl.d/
  cp -r "$each/run/sysctl.d/." /run/sysctl.d/
  for key in "$@"; do echo 2 >"$key" 2>/dev/null || echo 1 >"$key"; done
  { grep -H '' "$@"; echo end:; } >"$each/before"
  /usr/lib/systemd/systemd-sysctl --cat-config >"$each/config"
  /usr/lib/systemd/systemd-sysctl 2>"$each/errors" || :
  { grep -H '' "$@"; echo end:; } >"$each/after"
done
"""


def assignment(chance: random.Random) -> str:
    """One line in any of the ways to write it."""
    place = chance.choice(("all", "default", "up0", "up0.5", "lo", "*", "up*", "[al]*", "up?"))
    family, name = chance.choice((
        ("ipv4", "rp_filter"), ("ipv4", "log_martians"), ("ipv4", "accept_redirects"),
        ("ipv4", "send_redirects"), ("ipv6", "accept_ra"), ("ipv4", "no_such_key"),
    ))  # fmt: skip
    if chance.random() < 0.5:
        key = f"net/{family}/conf/{place}/{name}"
    else:
        key = f"net.{family}.conf.{place.replace('.', '/')}.{name}"
    if chance.random() < 0.12:
        return f"-{key}"
    comment = chance.choice(("", "", "", "", "# ", ";"))
    blank = chance.choice(("", " ", "  "))
    sign = f"{blank}={blank}"
    return f"{comment}{chance.choice(('', '', '-', ' '))}{key}{sign}{chance.choice('0011')}"


@pytest.mark.daemon
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces")
@pytest.mark.skipif(not SYSTEMD.exists(), reason="needs apt package systemd")
@pytest.mark.parametrize("seed", range(2))
def test_every_start_is_foretold(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(120):
        for place in PLACES:
            folder = tmp_path / f"{number:03}" / place
            folder.mkdir(parents=True)
            for name in ("10-a.conf", "50-b.conf", "90-c.conf", "99-d", ".hidden.conf"):
                if chance.random() < 0.35:
                    lines = [assignment(chance) for _ in range(chance.randint(0, 4))]
                    (folder / name).write_text("\n".join(lines) + chance.choice(("\n", "")))
                elif chance.random() < 0.04:
                    (folder / name).symlink_to("/dev/null")
    command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", START, "sh"]
    subprocess.run([*command, str(tmp_path)], check=True, capture_output=True)

    changed = 0
    for folder in sorted(tmp_path.iterdir()):
        before, _ = parse_live((folder / "before").read_text())
        after, _ = parse_live((folder / "after").read_text())
        saved, _ = parse_saved((folder / "config").read_text().splitlines(), before)
        assert after == before | saved, folder
        changed += len(saved)
    assert changed > 300


def test_the_first_separator_decides() -> None:
    assert normal_key("net/ipv4/conf/eth0.5/rp_filter") == "net.ipv4.conf.eth0/5.rp_filter"
    assert normal_key("net.ipv4.conf.eth0/5.rp_filter") == "net.ipv4.conf.eth0/5.rp_filter"
    assert normal_key("kernel.sysrq") == "kernel.sysrq"


def test_a_spared_key_takes_no_pattern() -> None:
    lines = ["-net.ipv4.conf.all.rp_filter", "net.ipv4.conf.*.rp_filter = 2"]
    live = dict.fromkeys(["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.eth0.rp_filter"], "0")

    assert parse_saved(lines, live)[0] == {"net.ipv4.conf.eth0.rp_filter": "2"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["kernel.dmesg_restrict = 1", "-kernel.dmesg_restrict"], {}),
        (["-kernel.dmesg_restrict", "kernel.dmesg_restrict=1"], {"kernel.dmesg_restrict": "1"}),
        (["kernel.dm* = 1", "-kernel.dm*"], {}),
        (["kernel.dm* = 1", "kernel.*t = 0", "kernel.dm* = 1"], {"kernel.dmesg_restrict": "0"}),
        (["kernel.dm* = 0", "kernel.*t = 0", "kernel.dm* = 1"], {"kernel.dmesg_restrict": "1"}),
        (["kernel.dmesg_restrict"], {}),
    ],
)
def test_a_later_line_takes_the_place_of_the_same(
    lines: list[str], expected: dict[str, str]
) -> None:
    assert parse_saved(lines, {"kernel.dmesg_restrict": "0"})[0] == expected
