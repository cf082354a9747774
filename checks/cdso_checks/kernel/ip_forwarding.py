"""Forwarding of packets, which only routers and hosts of containers need."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel import KernelSettings
from cdso_audit.model import Context, Severity, Verdict

KEYS = ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")


@check(
    KernelSettings,
    About(
        id="ip-forwarding",
        title="Only declared routers forward packets",
        severity=Severity.MEDIUM,
        why="A host that forwards joins networks that the firewall between them keeps apart.",
        fix="Set `net.ipv4.ip_forward = 0` and `net.ipv6.conf.all.forwarding = 0` in "
        "/etc/sysctl.d/90-cdso.conf and run `sysctl --system`; or, if the host has to forward, add "
        "the role `router` or `container-host` to the asset in agency.yaml.",
        since="0.1.0",
        references={
            "ssg": ("sysctl_net_ipv4_ip_forward", "sysctl_net_ipv6_conf_all_forwarding"),
            "cis-debian12": ("3.3.1",),
            "iso27001-2022": ("A.8.20", "A.8.22"),
        },
        pitfalls="Docker and Kubernetes switch forwarding on by themselves: then the role says so.",
    ),
    roles=("router", "firewall", "vpn", "container-host", "virtualization-host"),
)
def ip_forwarding(kernel: KernelSettings, context: Context) -> Verdict:
    """Off now and after the next start, unless one of `roles` is declared."""
    seen = "\n".join(
        f"{key}: now {kernel.live[key]}, saved {kernel.saved.get(key, 'nothing')}"
        for key in KEYS
        if key in kernel.live
    )
    role = next((each for each in context.asset.roles if each in context.names("roles")), None)
    now = [key for key in KEYS if kernel.live.get(key, "0") != "0"]
    saved = [key for key in KEYS if kernel.saved.get(key, "0") != "0"]
    if role is not None:
        return Verdict.passed(
            "the host may forward packets: its role is {role}", role=role, seen=seen
        )
    if not any(key in kernel.live for key in KEYS):
        return Verdict.unknown("the kernel told nothing of forwarding")
    if now:
        return Verdict.failed(
            "packets are forwarded ({keys}), and no role of the asset says why",
            keys=", ".join(now),
            seen=seen,
            expected="0",
        )
    if saved and kernel.container == "none":
        return Verdict.failed(
            "packets are not forwarded now, but will be after the next start ({keys})",
            keys=", ".join(saved),
            seen=seen,
            expected="0",
        )
    return Verdict.passed("no packets are forwarded", seen=seen, expected="0")
