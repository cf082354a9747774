"""
The kernel's network settings.

For each interface the value counts that the kernel makes of its own and of `all`; for the next
start the values of `all` and `default` count, since interfaces come up with those.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel import KernelSettings
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.kernel.settings import Rule, judged

V4, V6 = "net.ipv4.conf", "net.ipv6.conf"
RULES = (
    Rule(f"{V4} rp_filter", (1, 2), "max"),
    Rule(f"{V4} accept_redirects", (0,), "or"),
    Rule(f"{V4} send_redirects", (0,), "or"),
    Rule(f"{V4} accept_source_route", (0,), "and"),
    Rule(f"{V6} accept_redirects", (0,), "own"),
    Rule(f"{V6} accept_source_route", (0, -1), "own"),
    Rule("net.ipv4.tcp_syncookies", (1, 2)),
    Rule("net.ipv4.icmp_echo_ignore_broadcasts", (1,)),
    Rule("net.ipv4.icmp_ignore_bogus_error_responses", (1,)),
)
LOGGING = Rule(f"{V4} log_martians", (1,), "or")


@check(
    KernelSettings,
    About(
        id="sysctl-network",
        title="The kernel refuses redirects, source routes and forged senders",
        severity=Severity.MEDIUM,
        why="A neighbour in the same network otherwise bends the host's traffic through his own "
        "machine.",
        fix="Write `net.ipv4.conf.all.accept_redirects = 0` and the other keys of the finding, "
        "each for `all`, `default` and the interfaces that it names, into "
        "/etc/sysctl.d/90-cdso.conf and run `sysctl --system`.",
        since="0.1.0",
        references={
            "ssg": (
                "sysctl_net_ipv4_conf_all_accept_redirects",
                "sysctl_net_ipv4_conf_all_send_redirects",
                "sysctl_net_ipv4_conf_all_rp_filter",
                "sysctl_net_ipv4_tcp_syncookies",
            ),
            "cis-debian12": ("3.3.2", "3.3.3", "3.3.4", "3.3.5", "3.3.7", "3.3.8", "3.3.10"),
            "iso27001-2022": ("A.8.9", "A.8.20"),
        },
        pitfalls="A value may be right now and saved nowhere, or saved and changed since by a "
        "script; both are said. In a container nothing is saved, so only what holds now counts.",
    ),
    log_martians="no",
)
def sysctl_network(kernel: KernelSettings, context: Context) -> Verdict:
    """Every rule holds now and after the next start."""
    rules = (*RULES, LOGGING) if context.text("log_martians") == "yes" else RULES
    now, saved = judged(kernel, rules)
    if kernel.container != "none":
        saved = []
        if now:
            return Verdict.failed(
                "{count} settings are wrong in the network of this container",
                count=len(now),
                seen="\n".join(now),
            )
    if now and saved:
        return Verdict.failed(
            "{count} settings are wrong now, and {saved} would be after the next start",
            count=len(now),
            saved=len(saved),
            seen="\n".join(["now:", *now, "after the next start:", *saved]),
        )
    if now:
        return Verdict.failed(
            "{count} settings are saved rightly and wrong now: something changed them since",
            count=len(now),
            seen="\n".join(now),
        )
    if saved:
        return Verdict.failed(
            "{count} settings are right now and will be wrong after the next start",
            count=len(saved),
            seen="\n".join(saved),
        )
    return Verdict.passed("all network settings are right, now and after the next start")
