"""
Numbers of people in logs that every account may read.

Only logs that others may read are counted; what a closed log holds is another question. The numbers
themselves stay on the host.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.personal_data import PersonalDataLogs
from cdso_audit.model import Context, Severity, Verdict


@check(
    PersonalDataLogs,
    About(
        id="log-personal-data",
        title="No log that every account may read holds people's numbers",
        severity=Severity.HIGH,
        why="Citizens' and telephone numbers in an open log are personal data for whoever gets "
        "into any account of the host.",
        fix="Run `chmod o-r LOG`, set the mode in logrotate's `create`, and keep such numbers out "
        "of the application's logs or mask them.",
        since="0.2.0",
        references={"iso27001-2022": ("A.5.34", "A.8.11", "A.8.12"), "cis-v8": ("3.3", "3.11")},
        pitfalls="Serial numbers may look like a citizen's number by chance: a log counts from "
        "`least` numbers on. Compressed logs, and those older than a month, are not opened.",
    ),
    least=10,
)
def log_personal_data(held: PersonalDataLogs, context: Context) -> Verdict:
    """Fewer than `least` numbers in each."""
    least = context.number("least")
    found = [each for each in held.logs if each.citizens + each.mobiles >= least]
    shown = "\n".join(
        f"{each.path}: {each.citizens} CCCD, {each.mobiles} mobile"
        for each in (found or held.logs)[:20]
    )
    if found:
        return Verdict.failed(
            "{count} open logs hold people's numbers, the first is {path} ({citizens} of citizens, "
            "{mobiles} of telephones)",
            count=len(found),
            path=found[0].path,
            citizens=found[0].citizens,
            mobiles=found[0].mobiles,
            seen=shown,
            expected=f"< {least}",
        )
    return Verdict.passed(
        "none of {count} open logs holds people's numbers",
        count=held.looked_at,
        seen=shown,
        expected=f"< {least}",
    )
