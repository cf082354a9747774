"""
The oldest log entry that is really kept, beside what the configuration promises.

A host that is younger than the period cannot have logs that old: that is not yet provable, unless
the configuration already says that they will be deleted too early.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LogRetention, LogSource
from cdso_audit.model import Context, Severity, Verdict

#: What must be kept → the logs of which one must be old enough.
GROUPS = {
    "logins": ("auth.log", "secure", "journal"),
    "system": ("syslog", "messages", "journal"),
    "audit": ("audit.log",),
}


@check(
    LogRetention,
    About(
        id="log-retention",
        title="Logs are kept as long as the level demands",
        severity=Severity.MEDIUM,
        why="An intrusion is often noticed months later, when short logs have forgotten its start.",
        fix="Set `rotate 52` and `weekly` in /etc/logrotate.d/rsyslog, or `MaxRetentionSec=1year` "
        "and a large enough `SystemMaxUse=` in /etc/systemd/journald.conf.d/retention.conf.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.10",)},
        pitfalls="A promise in logrotate is no log: what is on the disk is judged. A central log "
        "server may keep more; let the owner attest that.",
    ),
    min_days=90,
)
def log_retention(logs: LogRetention, context: Context) -> Verdict:
    """In each group of logs one reaches back far enough."""
    wanted = context.number("min_days")
    needed = context.at - timedelta(days=wanted)
    seen = "; ".join(
        f"{each.name}: {each.oldest:%Y-%m-%d}, {each.files} files, "
        f"promised {'-' if each.promised_days is None else each.promised_days} d"
        for each in logs.sources
    )
    expected = f">= {wanted} d"
    best: list[LogSource] = []
    for group, names in GROUPS.items():
        members = [each for each in logs.sources if each.name in names]
        if members:
            best.append(min(members, key=lambda each: each.oldest))
        elif group != "audit":
            return Verdict.failed("no log of {group} is kept", group=group, expected=expected)
    short = [each for each in best if each.oldest > needed]
    if not short:
        worst = max(best, key=lambda each: each.oldest)
        return Verdict.passed(
            "logs reach back to {oldest}, {days} days",
            oldest=f"{worst.oldest:%Y-%m-%d}",
            days=(context.at - worst.oldest).days,
            seen=seen,
            expected=expected,
        )
    worst = max(short, key=lambda each: each.oldest)
    broken = [each for each in short if _will_be_short(each, logs.sources, wanted)]
    if broken:
        return Verdict.failed(
            "{log} reaches back to {oldest} only and is set to be deleted after {promised} days; "
            "{wanted} days are demanded",
            log=broken[0].name,
            oldest=f"{broken[0].oldest:%Y-%m-%d}",
            promised=broken[0].promised_days or 0,
            wanted=wanted,
            seen=seen,
            expected=expected,
        )
    if logs.first_boot is None or logs.first_boot > needed:
        return Verdict.unknown(
            "not yet provable: the host exists since {since}, {log} reaches back to {oldest}, and "
            "{wanted} days are demanded",
            since=f"{logs.first_boot:%Y-%m-%d}" if logs.first_boot else "?",
            log=worst.name,
            oldest=f"{worst.oldest:%Y-%m-%d}",
            wanted=wanted,
            seen=seen,
        )
    return Verdict.failed(
        "{log} reaches back to {oldest} only, {days} days, though the host exists since {since}; "
        "{wanted} days are demanded",
        log=worst.name,
        oldest=f"{worst.oldest:%Y-%m-%d}",
        days=(context.at - worst.oldest).days,
        since=f"{logs.first_boot:%Y-%m-%d}",
        wanted=wanted,
        seen=seen,
        expected=expected,
    )


def _will_be_short(log: LogSource, sources: tuple[LogSource, ...], wanted: float) -> bool:
    """
    Every log of this one's group is promised, and none for long enough. Which of them reaches back
    a second farther says nothing: a journal and auth.log begin at the same start.
    """
    group = next(names for names in GROUPS.values() if log.name in names)
    promised = [each.promised_days for each in sources if each.name in group]
    return all(days is not None and days < wanted for days in promised)
