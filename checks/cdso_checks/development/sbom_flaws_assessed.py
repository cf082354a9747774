"""Whether somebody assessed each known vulnerability that an SBOM notes (VEX)."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software_bills import SoftwareBill
from cdso_audit.model import Context, Severity, Verdict

#: States of an analysis in CycloneDX that say what was found; `in_triage` says that nobody has yet.
ASSESSED = ("resolved", "resolved_with_pedigree", "exploitable", "false_positive", "not_affected")

#: How many names a message spells out; the rest is in `seen`.
NAMED = 12


@check(
    SoftwareBill,
    About(
        id="sbom-flaws-assessed",
        title="Each known vulnerability in the SBOM has an assessment",
        severity=Severity.MEDIUM,
        why="A vulnerability that everybody noted and nobody weighed is the one that is used.",
        fix="Compare the SBOM with known vulnerabilities (Dependency-Track, `grype sbom:FILE`), "
        "write down for each whether it concerns the application (`analysis.state`), and keep "
        "the file with both: in Dependency-Track, export the inventory with vulnerabilities.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.8", "A.8.28"),
            "cis-v8": ("16.4", "16.5"),
            "url": ("https://cyclonedx.org/capabilities/vex/",),
        },
        pitfalls="A rating that a scanner copied is no assessment, nor is `in_triage`. SPDX 2 has "
        "no place for vulnerabilities. An empty section proves nothing either: trivy writes one "
        "also when it did not look for any.",
    ),
)
def sbom_flaws_assessed(bill: SoftwareBill, context: Context) -> Verdict:
    """Each one has a state that says what was found."""
    del context
    if not bill.form:
        return Verdict.unknown("agency.yaml names the application and no SBOM of it")
    if bill.flaws is None:
        return Verdict.unknown(
            "{file} ({form}) has no section of vulnerabilities", file=bill.file, form=bill.form
        )
    if not bill.flaws:
        return Verdict.unknown(
            "{file} notes no vulnerability, and does not show whether anybody looked for them",
            file=bill.file,
        )
    lacking = [each for each in bill.flaws if each.state not in ASSESSED]
    if lacking:
        names = ", ".join(each.id or "?" for each in lacking[:NAMED])
        return Verdict.failed(
            "{count} known vulnerabilities have no assessment: {names}",
            count=len(lacking),
            names=names + (" …" if len(lacking) > NAMED else ""),
            seen="\n".join(f"{each.id or '?'}: {each.state or '-'}" for each in lacking),
        )
    return Verdict.passed(
        "all {count} known vulnerabilities are assessed; exploitable: {open}",
        count=len(bill.flaws),
        open=sum(each.state == "exploitable" for each in bill.flaws),
    )
