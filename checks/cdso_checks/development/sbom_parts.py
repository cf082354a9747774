"""Whether there is an SBOM that names what it describes, and parts of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software_bills import SoftwareBill
from cdso_audit.model import Context, Severity, Verdict


@check(
    SoftwareBill,
    About(
        id="sbom-parts",
        title="Software made in-house or to order has an SBOM that lists its parts",
        severity=Severity.MEDIUM,
        why="When the next Log4Shell comes, nobody knows which of the applications carry it.",
        fix="Make it where the software is built (`cyclonedx-npm`, `mvn "
        "cyclonedx:makeAggregateBom`, `syft DIR -o cyclonedx-json`), put it beside agency.yaml "
        "and name it there: "
        "`declared: {sboms: [{application: portal, on: dvc-web, file: sboms/portal.cdx.json}]}`.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.28",),
            "cis-v8": ("16.4",),
            "url": ("https://cyclonedx.org/specification/overview/",),
        },
        pitfalls="That it lists parts is seen, not that it lists all of them. CycloneDX as JSON or "
        "XML and SPDX 2 as JSON or tag-value are read. A file that cannot be read is unknown.",
    ),
)
def sbom_parts(bill: SoftwareBill, context: Context) -> Verdict:
    """A file, at least one part, and the name of the whole."""
    del context
    if not bill.form:
        return Verdict.failed("agency.yaml names the application and no SBOM of it")
    seen = f"{bill.form}: {bill.name} {bill.version}".strip()
    if not bill.parts:
        return Verdict.failed("{file} lists no part", file=bill.file, seen=seen)
    if not bill.name:
        return Verdict.failed(
            "{file} lists {count} parts and does not say of what",
            file=bill.file,
            count=bill.parts,
            seen=seen,
        )
    return Verdict.passed(
        "{file} lists {count} parts of {name}",
        file=bill.file,
        count=bill.parts,
        name=f"{bill.name} {bill.version}".strip(),
        seen=seen,
    )
