"""
Logs that an intruder with root cannot rewrite unseen.

A copy that leaves at once is out of his reach; a sealed journal shows a change; a file that may
only be appended to stops all but the patient. One of them is enough here; how the central store is
locked is not seen from the host.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.log_guards import LogGuards
from cdso_audit.model import Context, Severity, Verdict


@check(
    LogGuards,
    About(
        id="log-rewrite-guarded",
        title="Nobody can rewrite the logs unseen",
        severity=Severity.HIGH,
        why="An intruder removes his own traces first, and then nobody learns what he took.",
        fix="Send the logs away as they are written (`omfwd` of rsyslog), or seal the journal: "
        "`journalctl --setup-keys`, and keep the verification key elsewhere.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.9",), "nist-csf-2": ("PR.PS-04",)},
        pitfalls="A shipper that is set up and does not run sends nothing. root may take `chattr "
        "+a` away again: it stops scripts, not people.",
    ),
)
def log_rewrite_guarded(guards: LogGuards, context: Context) -> Verdict:  # noqa: PLR0911 - one a way
    """A shipper that runs, a sealed journal, or logs of logins that may only grow."""
    if "log" in context.asset.roles:
        return Verdict.not_applicable(
            "this host's role is to keep the logs of others: how its store is locked is attested"
        )
    alive = [each for each in guards.forwarding.targets if each.running]
    if alive:
        return Verdict.passed(
            "{program} sends a copy to {host} as it is written",
            program=alive[0].program,
            host=alive[0].host,
        )
    if guards.sealed:
        return Verdict.passed("the journal is sealed: a change shows by `journalctl --verify`")
    if guards.logs and guards.logs == guards.append_only:
        return Verdict.passed(
            "{files} may only be appended to", files=", ".join(guards.append_only)
        )
    if guards.forwarding.unreadable:
        return Verdict.unknown(
            "the configuration of log forwarding cannot be read: {files}",
            files=", ".join(guards.forwarding.unreadable),
        )
    if guards.forwarding.targets and not guards.forwarding.daemons:
        return Verdict.unknown(
            "{program} is set to send logs away; whether any log daemon runs was not to be seen",
            program=guards.forwarding.targets[0].program,
        )
    if not guards.logs:
        return Verdict.failed("no copy leaves the host, and the journal is not sealed")
    return Verdict.failed(
        "no copy leaves the host, the journal is not sealed, and {files} may be rewritten",
        files=", ".join(guards.logs),
        expected="a shipper that runs, Seal=yes with keys, or chattr +a",
    )
