"""
The distribution's end of life, by a dated table.

Free long-term support counts, since its updates reach everybody. A paid extension counts only where
its package source was seen.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.os_release import OsRelease
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.updates.support_dates import TABLE_DATE, support_of


@check(
    OsRelease,
    About(
        id="os-end-of-life",
        title="The operating system still gets security updates",
        severity=Severity.HIGH,
        why="After the end of support, every newly found hole stays open for good.",
        fix="Plan the upgrade to a supported release now, for example by `apt full-upgrade` after "
        "changing the suite in /etc/apt/sources.list.d/, or buy and enable the extended support.",
        since="0.1.0",
        references={
            "ssg": ("installed_OS_is_vendor_supported",),
            "iso27001-2022": ("A.8.8",),
            "cis-v8": ("2.2",),
        },
        pitfalls="LTS reaches everybody; ELTS, ESM, ELS and LTSS need a contract, so they count "
        "only when their package source is there.",
    ),
)
def os_end_of_life(system: OsRelease, context: Context) -> Verdict:
    """Today is before the end of the support that this host has."""
    support = support_of(system.id, system.version, system.fields.get("NAME", ""))
    today = context.at.date()
    if support is None:
        return Verdict.unknown(
            "{name} is not in the table of support dates (as of {table})",
            name=system.name,
            table=TABLE_DATE.isoformat(),
            seen=system.name,
        )
    if today <= support.regular:
        return Verdict.passed(
            "{name} is supported until {until} (table of {table})",
            name=system.name,
            until=support.regular.isoformat(),
            table=TABLE_DATE.isoformat(),
            seen=system.name,
        )
    if today <= support.free:
        return Verdict.passed(
            "{name} has long-term support (LTS) until {until}; regular support ended on {ended} "
            "(table of {table})",
            name=system.name,
            until=support.free.isoformat(),
            ended=support.regular.isoformat(),
            table=TABLE_DATE.isoformat(),
            seen=system.name,
        )
    if support.paid and today <= support.paid:
        if system.extended:
            return Verdict.passed(
                "{name} has paid support ({tier}) until {until}, and its package source is set "
                "(table of {table})",
                name=system.name,
                tier=support.tier,
                until=support.paid.isoformat(),
                table=TABLE_DATE.isoformat(),
                seen=system.name,
            )
        return Verdict.failed(
            "support of {name} ended on {ended}; {tier} goes on until {until} with a contract, and "
            "no sign of one was seen (table of {table})",
            name=system.name,
            ended=support.free.isoformat(),
            tier=support.tier,
            until=support.paid.isoformat(),
            table=TABLE_DATE.isoformat(),
            seen=system.name,
        )
    return Verdict.failed(
        "support of {name} ended on {ended} (table of {table})",
        name=system.name,
        ended=(support.paid or support.free).isoformat(),
        table=TABLE_DATE.isoformat(),
        seen=system.name,
    )
