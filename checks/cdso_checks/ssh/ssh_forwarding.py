"""
Tunnels through the SSH server.

A jump host needs TCP forwarding; the parameter `allow_tcp` says so.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="ssh-forwarding",
        title="SSH forwards no X11, no ports and no tunnels",
        severity=Severity.MEDIUM,
        why="A tunnel carries traffic past the firewall between two zones.",
        fix="Set `X11Forwarding no`, `AllowTcpForwarding no` and `PermitTunnel no` in "
        "/etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload "
        "ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_disable_x11_forwarding", "sshd_disable_tcp_forwarding"),
            "cis-debian12": ("5.1.8",),
            "iso27001-2022": ("A.8.22",),
            "cis-v8": ("4.8",),
        },
        pitfalls="`DisableForwarding yes` overrides the single settings and counts.",
    ),
    allow_tcp=False,
)
def ssh_forwarding(sshd: SshdSettings, context: Context) -> Verdict:
    """Each kind of forwarding is off, or all of them are by `DisableForwarding`."""
    wanted = {"x11forwarding": "no", "permittunnel": "no", "gatewayports": "no"}
    if not context.parameters["allow_tcp"]:
        wanted["allowtcpforwarding"] = "no"
        del wanted["gatewayports"]  # without forwarded ports it opens nothing
    expected = ", ".join(f"{key} {value}" for key, value in wanted.items())
    if sshd.settings.get("disableforwarding") == ("yes",):
        return Verdict.passed(
            "all forwarding is disabled", seen="disableforwarding yes", expected=expected
        )
    on = [sshd.line(key) for key, value in wanted.items() if sshd.one(key) != value]
    if on:
        return Verdict.failed(
            "forwarding is on: {settings}",
            settings=", ".join(on),
            seen="\n".join(on),
            expected=expected,
        )
    return Verdict.passed(
        "forwarding is off", seen="\n".join(sshd.line(key) for key in wanted), expected=expected
    )
