"""Logs on their way to another machine, encrypted."""

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LogForwarding
from cdso_audit.model import Context, Severity, Verdict


@check(
    LogForwarding,
    About(
        id="log-forwarding-encrypted",
        title="Logs travel encrypted",
        severity=Severity.LOW,
        why="Logs name accounts, addresses and mistakes that a listener can use.",
        fix='In the rsyslog action set `StreamDriver="gtls" StreamDriverMode="1" '
        'StreamDriverAuthMode="x509/name"` and use TCP port 6514.',
        since="0.1.0",
        references={
            "ssg": ("rsyslog_remote_tls",),
            "iso27001-2022": ("A.8.24", "A.8.15"),
        },
    ),
)
def log_forwarding_encrypted(logs: LogForwarding, context: Context) -> Verdict:  # noqa: ARG001
    """Every target of a running shipper is reached over TLS or the agent's own encryption."""
    alive = [each for each in logs.targets if each.running]
    if not alive and logs.unreadable:
        return Verdict.unknown(
            "the configuration of log forwarding cannot be read: {files}",
            files=", ".join(logs.unreadable),
        )
    if not alive:
        return Verdict.not_applicable("no program sends logs away")
    plain = [each for each in alive if not each.encrypted]
    seen = "; ".join(f"{each.program} -> {each.host} ({each.protocol})" for each in alive)
    if plain:
        return Verdict.failed(
            "logs go to {hosts} without encryption",
            hosts=", ".join(f"{each.host} ({each.protocol})" for each in plain),
            seen=seen,
        )
    return Verdict.passed(
        "logs go to {hosts} encrypted", hosts=", ".join(each.host for each in alive), seen=seen
    )
