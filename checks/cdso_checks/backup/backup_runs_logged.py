"""
Each run of a job that makes backups leaves a record.

systemd writes start, end and result of each run into the journal, whatever the program says; cron
writes that it started something. So a timer is recorded where the journal is kept, a cron job where
its own words go to.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.backup_jobs import BackupJob
from cdso_audit.model import Context, Severity, Verdict


@check(
    BackupJob,
    About(
        id="backup-runs-logged",
        title="Each run of a backup job leaves a record",
        severity=Severity.MEDIUM,
        why="A job that fails in silence is found out on the day of the restore.",
        fix="Run the job by a systemd timer and keep the journal on the disk, or give the cron "
        "job a log: `… >>/var/log/backup.log 2>&1`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13", "A.8.15"), "cis-v8": ("11.2",)},
        pitfalls="cron's own log tells that something was started, never how it ended. What a job "
        "runs stays on the host, since command lines hold passwords. Jobs of products with a "
        "console of their own are not seen.",
    ),
)
def backup_runs_logged(job: BackupJob, context: Context) -> Verdict:  # noqa: ARG001, PLR0911 - one return a way
    """The journal on the disk, or a file that something was written to."""
    if job.record == "nowhere":
        return Verdict.failed("whatever {job} says is thrown away (/dev/null)", job=job.subject)
    if job.record == "gone":
        return Verdict.failed("{job} writes to {file}, which is not there",
                              job=job.subject, file=job.file)  # fmt: skip
    if job.record == "journal" and not job.persistent:
        return Verdict.failed(
            "the runs of {job} are recorded in memory only, until the next reboot", job=job.subject
        )
    if job.record == "file" and job.written_at and job.size == 0:
        return Verdict.failed("{file} is empty", file=job.file)
    if job.record == "file" and job.written_at:
        return Verdict.passed(
            "{job} writes to {file}, last on {date}",
            job=job.subject,
            file=job.file,
            date=f"{job.written_at:%Y-%m-%d}",
        )
    if job.by == "timer" and job.last is None:
        return Verdict.unknown("{job} has not run since the host started", job=job.subject)
    if job.record == "journal":
        return Verdict.passed(
            "the journal keeps start, end and result of each run of {job} (last {date}: {result})",
            job=job.subject,
            date=f"{job.last:%Y-%m-%d %H:%M}" if job.last else "-",
            result=job.result or "-",
        )
    return Verdict.unknown(
        "nobody could tell where {job} leaves a record of its end: run it by a systemd timer, or "
        "let it write a log",
        job=job.subject,
    )
