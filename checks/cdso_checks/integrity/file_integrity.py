"""
Files that are compared with how they were: a tool, its database, its schedule, its last run.

No tool at all is a failure, not something that does not apply.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.integrity import FileIntegrity
from cdso_audit.model import Context, Severity, Verdict


@check(
    FileIntegrity,
    About(
        id="file-integrity",
        title="Changed system files are noticed within a week",
        severity=Severity.MEDIUM,
        why="An intruder replaces programs, and only a comparison with their old state shows it.",
        fix="`apt install aide aide-common && aideinit && mv /var/lib/aide/aide.db.new "
        "/var/lib/aide/aide.db && systemctl enable --now dailyaidecheck.timer`.",
        since="0.1.0",
        references={
            "ssg": ("package_aide_installed", "aide_build_database", "aide_periodic_cron_checking"),
            "cis-debian12": ("6.3.1", "6.3.2"),
            "iso27001-2022": ("A.8.15", "A.8.16"),
        },
        pitfalls="Debian's timer is called dailyaidecheck.timer; a schedule without a database "
        "compares nothing.",
    ),
    max_days=7,
)
def file_integrity(files: FileIntegrity, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """A daemon that watches, or AIDE with database, schedule and a recent run."""
    if not files.tools:
        return Verdict.failed("no file integrity tool is installed", expected="AIDE, Wazuh, …")
    watching = [each for each in files.tools if each.alive and each.name in DAEMONS]
    if watching:
        return Verdict.passed(
            "{tool} watches the files", tool=watching[0].name, seen=watching[0].schedule
        )
    tool = files.tools[0]
    seen = (
        f"{tool.name}: database {tool.database_at or '-'}, schedule {tool.schedule or '-'}, "
        f"last run {tool.last_run or '-'}"
    )
    if tool.name in DAEMONS:
        return Verdict.failed("{tool} is installed but does not run", tool=tool.name, seen=seen)
    if tool.name == "AIDE" and tool.database_at is None:
        return Verdict.failed("AIDE has no database to compare with", seen=seen)
    if not tool.schedule:
        return Verdict.failed("neither a timer nor cron starts {tool}", tool=tool.name, seen=seen)
    if tool.failed:
        return Verdict.failed(
            "the last run of {tool} broke: {failed}",
            tool=tool.name,
            failed=tool.failed,
            seen=seen,
        )
    if tool.last_run is None:
        return Verdict.unknown(
            "{tool} is scheduled ({schedule}), but no run has left a trace",
            tool=tool.name,
            schedule=tool.schedule,
            seen=seen,
        )
    date = f"{tool.last_run:%Y-%m-%d}"
    days = (context.at - tool.last_run).days
    if context.at - tool.last_run > timedelta(days=context.number("max_days")):
        return Verdict.failed(
            "{tool} last ran {days} days ago, on {date}",
            tool=tool.name,
            days=days,
            date=date,
            seen=seen,
        )
    return Verdict.passed(
        "{tool} last ran on {date}, started by {schedule}",
        tool=tool.name,
        date=date,
        schedule=tool.schedule,
        seen=seen,
    )


#: Tools that watch all the time.
DAEMONS = ("Wazuh", "osquery", "Samhain")
