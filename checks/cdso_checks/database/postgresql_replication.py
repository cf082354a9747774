"""
PostgreSQL's changes leave for another server as they are made.

Between two backups only that saves what was entered. A standby that is set up and does not take the
changes is worse than none, since everybody relies on it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlReplication
from cdso_audit.model import Context, Severity, Verdict

#: What pg_stat_replication says of a standby for which a commit waits.
SYNCHRONOUS = ("sync", "quorum")


@check(
    PostgresqlReplication,
    About(
        id="postgresql-replication",
        title="Another server takes PostgreSQL's changes as they are made",
        severity=Severity.MEDIUM,
        why="When the disk dies at four in the afternoon, the backup of last night lacks a day.",
        fix="Set up a standby (`pg_basebackup -R -C -S standby1 -h PRIMARY -D DIRECTORY`), and "
        "name it in synchronous_standby_names where no change may be lost.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.14",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://www.postgresql.org/docs/current/warm-standby.html",),
        },
        pitfalls="A standby is no backup: a wrong DELETE is there a second later. pg_receivewal "
        "shows as a standby too. Copies that the storage makes below the server are not seen.",
    ),
    synchronous=False,
    max_lag_seconds=60,
)
def postgresql_replication(copies: PostgresqlReplication, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """A standby streams, in time; synchronously where the server or the rule demands it."""
    if copies.in_recovery:
        return Verdict.not_applicable("a standby; its primary tells who takes the changes")
    seen = "\n".join(
        f"{each.state or '?'} {each.sync or '?'} {0 if each.lag is None else round(each.lag, 1)} s"
        for each in copies.standbys
    )
    if any(not each.state for each in copies.standbys):
        return Verdict.unknown(
            "the asking account may not see the state of the standbys: grant it pg_monitor",
            seen=seen,
        )
    streaming = [each for each in copies.standbys if each.state == "streaming"]
    synchronous = [each for each in streaming if each.sync in SYNCHRONOUS]
    if copies.demanded and not synchronous:
        return Verdict.failed(
            "a synchronous standby is demanded (synchronous_standby_names), and none is there",
            seen=seen,
        )
    if synchronous and copies.commit not in ("off", "local"):
        return Verdict.passed(
            "{count} standbys, {synchronous} of them synchronously",
            count=len(streaming),
            synchronous=len(synchronous),
            seen=seen,
        )
    limit = context.number("max_lag_seconds")
    timely = [each for each in streaming if (each.lag or 0) <= limit]
    if timely and not context.number("synchronous"):
        return Verdict.passed(
            "{count} standbys take the changes, at most {limit} s behind",
            count=len(timely),
            limit=limit,
            seen=seen,
        )
    if streaming:
        return Verdict.failed(
            "the standbys are more than {limit} s behind, or take the changes asynchronously",
            limit=limit,
            seen=seen,
        )
    if copies.standbys or copies.idle_slots:
        return Verdict.failed(
            "standbys are set up, and none takes the changes: {standbys} connected, {slots} slots "
            "without one",
            standbys=len(copies.standbys),
            slots=copies.idle_slots,
            seen=seen,
        )
    return Verdict.unknown(
        "no standby takes the changes; whether the storage below the server copies them is not "
        "seen from it"
    )
