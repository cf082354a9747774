"""What the probes of kernel settings print, for the tests of the checks that judge them."""

from collections.abc import Mapping

from tests.checks.kernel.surroundings import HARDWARE
from tests.support import DENIED, Answer

from cdso_audit.facts.kernel import SYSCTL_LIVE, SYSCTL_ROOT, SYSCTL_SAVED
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe

NETWORK = {
    "net/ipv4/ip_forward": "0",
    "net/ipv4/tcp_syncookies": "1",
    "net/ipv4/icmp_echo_ignore_broadcasts": "1",
    "net/ipv4/icmp_ignore_bogus_error_responses": "1",
    "net/ipv6/conf/all/forwarding": "0",
    **{
        f"net/ipv4/conf/{place}/{name}": value
        for place in ("all", "default", "eth0", "eth0.5")
        for name, value in (
            *(("rp_filter", "1"), ("accept_redirects", "0"), ("send_redirects", "0")),
            *(("accept_source_route", "0"), ("log_martians", "0")),
        )
    },
    **{
        f"net/ipv6/conf/{place}/{name}": "0"
        for place in ("all", "default", "eth0")
        for name in ("accept_redirects", "accept_source_route")
    },
}
KERNEL = {
    "kernel/randomize_va_space": "2",
    "kernel/dmesg_restrict": "1",
    "kernel/kptr_restrict": "2",
    "kernel/yama/ptrace_scope": "1",
    "fs/suid_dumpable": "0",
    "fs/protected_hardlinks": "1",
    "fs/protected_symlinks": "1",
    "fs/protected_fifos": "1",
    "fs/protected_regular": "2",
}
SAVED_NETWORK = """# /usr/lib/sysctl.d/50-default.conf
# See sysctl.d(5)
net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.*.rp_filter = 2
-net.ipv4.conf.all.rp_filter

# /etc/sysctl.d/90-cdso.conf
net/ipv4/conf/all/rp_filter = 1
net.ipv4.conf.all.accept_redirects = 0
-net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.*.send_redirects = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv6.conf.default.accept_redirects = 0
"""
SAVED_KERNEL = """# /etc/sysctl.d/90-cdso.conf
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.yama.ptrace_scope = 1
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
fs.protected_fifos = 1
fs.protected_regular = 2
"""


def live(values: Mapping[str, str]) -> str:
    """Lines of grep; `!` for what only root may read."""
    return "".join(f"{path}:{value}\n" for path, value in values.items()) + "end:\n"


def saved(text: str, ufw: str = "", config: str = "") -> str:
    """What systemd-sysctl would set, ufw after it, and the kernel's build."""
    return f"== tool\nsystemd\n== files\n{text}== ufw\n{ufw}\n== config\n{config}== end\n"


def answers(
    now: Mapping[str, str] | Answer,
    files: str | Answer,
    where: str = HARDWARE,
    root: str | Answer = DENIED,
) -> dict[Probe, str | Answer]:
    """Every probe of the reader answered."""
    return {
        SYSCTL_LIVE: now if isinstance(now, Answer) else live(now),
        SYSCTL_ROOT: root,
        SYSCTL_SAVED: files,
        SURROUNDINGS: where,
    }
