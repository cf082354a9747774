"""
MariaDB's or MySQL's changes leave for another server as they are made: by Galera, by replication
that a commit waits for, or by replication alone.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbReplication
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbReplication,
    About(
        id="mariadb-replication",
        title="Another server takes MariaDB's changes as they are made",
        severity=Severity.MEDIUM,
        why="When the disk dies at four in the afternoon, the backup of last night lacks a day.",
        fix="Set up a replica (`log_bin = ON`, then `CHANGE MASTER TO …` there), with "
        "rpl_semi_sync_master_enabled where no change may be lost, or a cluster of Galera.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.14",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://mariadb.com/kb/en/standard-replication/",),
        },
        pitfalls="A replica is no backup: a wrong DELETE is there a second later. How late a "
        "replica is, only it tells; mysqlbinlog that copies the log shows as one too. Copies that "
        "the storage makes below the server are not seen.",
    ),
    synchronous=False,
)
def mariadb_replication(copies: MariadbReplication, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """A cluster with other nodes, a replica that commits wait for, or a replica."""
    if copies.cluster and not copies.in_cluster:
        return Verdict.failed("this node of Galera is not in the part that may write")
    if copies.cluster == 1:
        return Verdict.failed("Galera is set up, and this node is alone in it")
    if copies.cluster:
        return Verdict.passed("one of {count} nodes of Galera", count=copies.cluster)
    if copies.waits and copies.waited_for:
        return Verdict.passed(
            "a commit waits for one of {count} replicas (semi-sync)", count=copies.waited_for
        )
    if copies.waits:
        return Verdict.failed("commits are to wait for a replica (semi-sync), and none is there")
    if copies.streams and not context.number("synchronous"):
        return Verdict.passed("{count} replicas take the changes", count=copies.streams)
    if copies.streams:
        return Verdict.failed("no commit waits for any of {count} replicas", count=copies.streams)
    if copies.is_replica:
        return Verdict.not_applicable("a replica; its source tells who takes the changes")
    return Verdict.unknown(
        "no replica takes the changes; whether the storage below the server copies them is not "
        "seen from it"
    )
