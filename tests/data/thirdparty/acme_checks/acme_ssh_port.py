"""The SSH port of the agency's own rule."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="acme-ssh-port",
        title="SSH listens on the agency's port",
        severity=Severity.LOW,
        why="The firewalls of the agency know that port alone.",
        fix="Set `Port 2222` in sshd_config, then `systemctl reload ssh`.",
        since="1.0",
        references={"iso27001-2022": ("A.8.20",)},
    ),
    port=2222,
)
def acme_ssh_port(sshd: SshdSettings, context: Context) -> Verdict:
    """Compare the port with the agency's."""
    if sshd.one("port") == str(context.number("port")):
        return Verdict.passed("SSH listens on {port}", port=sshd.one("port"))
    return Verdict.failed("SSH listens on {port}", port=sshd.one("port"))
