"""
Logs that leave the host, so that an intruder with root cannot erase them.

Told by the shippers' configuration and by whether the shipper runs; an established connection to
the target is said where there is one: UDP has none, and an idle TCP sender may have closed it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LogForwarding
from cdso_audit.model import Context, Severity, Verdict


@check(
    LogForwarding,
    About(
        id="log-forwarding",
        title="Logs are sent to another machine",
        severity=Severity.MEDIUM,
        why="Whoever takes over a host erases its own logs first.",
        fix='Write `action(type="omfwd" target="<log server>" port="6514" protocol="tcp")` '
        "into /etc/rsyslog.d/90-forward.conf and `systemctl restart rsyslog`.",
        since="0.1.0",
        references={
            "ssg": ("rsyslog_remote_loghost",),
            "cis-debian12": ("6.1.3.6",),
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.9",),
        },
        pitfalls="rsyslog has two syntaxes, and a configured target that nobody serves proves "
        "nothing: the shipper must run.",
    ),
)
def log_forwarding(logs: LogForwarding, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """A running shipper has a target that is declared, if the owner declares any."""
    declared = context.system.declared.log_servers
    expected = ", ".join(declared or ())
    alive = [each for each in logs.targets if each.running]
    seen = "; ".join(f"{each.program} -> {each.host} ({each.protocol})" for each in logs.targets)
    if "log" in context.asset.roles:
        return Verdict.not_applicable("this host's role is to receive the logs of others")
    shippers = [name for name in logs.daemons if name != "journald"]
    reached = [host for host in logs.peers if host in _hosts(declared or ())]
    if not alive and logs.unreadable and shippers and reached:
        return Verdict.passed(
            "{program} runs and the connection to the declared log server {host} stands; its "
            "configuration cannot be read",
            program=shippers[0],
            host=reached[0],
            seen=reached[0],
            expected=expected,
        )
    if not alive and logs.unreadable:
        return Verdict.unknown(
            "the configuration of log forwarding cannot be read: {files}",
            files=", ".join(logs.unreadable),
        )
    if not logs.targets:
        return Verdict.failed(
            "logs stay on the host: no program is set to send them", seen=seen, expected=expected
        )
    if not alive:
        return Verdict.failed(
            "{program} is set to send logs to {host}, but does not run",
            program=logs.targets[0].program,
            host=logs.targets[0].host,
            seen=seen,
        )
    if declared is not None:
        alive = [each for each in alive if each.host.lower() in _hosts(declared)]
        if not alive:
            return Verdict.failed(
                "logs go to {hosts}, which is not among the declared log servers",
                hosts=", ".join(each.host for each in logs.targets),
                seen=seen,
                expected=expected,
            )
    best = max(alive, key=lambda each: each.connected)
    if best.connected:
        return Verdict.passed(
            "{program} sends logs to {host}, and the connection stands",
            program=best.program,
            host=best.host,
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "{program} runs and is set to send logs to {host}; no open connection was seen",
        program=best.program,
        host=best.host,
        seen=seen,
        expected=expected,
    )


def _hosts(declared: tuple[str, ...]) -> set[str]:
    """The hosts of declared log servers, whether written as a name, with a port or as a URL."""
    return {name.rpartition("://")[2].split(":")[0].lower() for name in declared}
