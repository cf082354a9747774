"""Units that failed: a backup, an agent or a filter that everybody believes to run."""

from cdso_audit.checking import About, check
from cdso_audit.facts.services import FailedUnits
from cdso_audit.model import Context, Severity, Verdict


@check(
    FailedUnits,
    About(
        id="failed-units",
        title="No unit of systemd has failed",
        severity=Severity.LOW,
        why="What failed is often the very backup, agent or filter that everybody believes to run.",
        fix="See why with `systemctl status NAME` and `journalctl -u NAME`, mend it, then "
        "`systemctl reset-failed`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.6", "A.8.16")},
    ),
    ignored=(),
)
def failed_units(units: FailedUnits, context: Context) -> Verdict:
    """None but those in `ignored`."""
    found = [each for each in units.names if each not in context.names("ignored")]
    if found:
        return Verdict.failed(
            "{count} units have failed: {names}",
            count=len(found),
            names=", ".join(found),
            seen="\n".join(found),
        )
    return Verdict.passed("no unit has failed")
