"""SBOMs as programs write them, and the answer that holds them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support import Answer

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.software_bills import SBOM_FILES, heading
from cdso_audit.model import Declared, DeclaredSbom, GapReason

MARK = "5ac0ffee5ac0ffee5ac0ffee5ac0ffee"
FILE = "sboms/portal.cdx.json"
DECLARED = Declared(sboms=(DeclaredSbom(application="portal", on="web1", file=FILE),))
WITHOUT_FILE = Declared(sboms=(DeclaredSbom(application="portal", on="web1"),))
ELSEWHERE = Declared(sboms=(DeclaredSbom(application="portal", on="other", file=FILE),))

#: One flaw that reaches the application, one that does not.
ASSESSED = (("CVE-2026-0001", "exploitable"), ("CVE-2026-0002", "not_affected"))


def answer(**files: str | Answer) -> Mapping[Probe, str | Answer]:
    """The observation of these files, by application; an Answer with a gap is a file without."""
    told = [f"{MARK}\n"]
    for name, given in files.items():
        if isinstance(given, Answer):
            told.append(heading(MARK, name, given.gap, given.detail))
        else:
            told += [heading(MARK, name), given, "\n"]
    return {SBOM_FILES: "".join(told)}


UNREADABLE = answer(
    portal=Answer(gap=GapReason.DENIED, detail="portal.cdx.json cannot be read: denied")
)


def cyclonedx(
    *,
    made: str = "2026-11-01T08:00:00+07:00",
    name: str = "portal",
    version: str = "4.2.0",
    parts: int = 2,
    flaws: tuple[tuple[str, str], ...] | None = None,
    spec: str = "1.5",
) -> str:
    """CycloneDX as JSON."""
    listed = [
        {"type": "library", "name": f"part{at}", "version": "1.0", "purl": f"pkg:npm/part{at}@1.0"}
        for at in range(parts)
    ]
    given: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": spec,
        "version": 1,
        "metadata": {
            "timestamp": made,
            "component": {"type": "application", "name": name, "version": version},
        },
        "components": listed,
    }
    if flaws is not None:
        given["vulnerabilities"] = [
            {
                "id": flaw,
                "ratings": [{"severity": "high", "score": 8.1}],
                **({"analysis": {"state": state}} if state else {}),
            }
            for flaw, state in flaws
        ]
    return json.dumps(given, indent=2)


def cyclonedx_xml(
    *, flaws: str | None = None, head: str = "", component: str = "", spec: str = "1.6"
) -> str:
    """CycloneDX as XML; `flaws` are blocks of vulnerabilities, `head` stands before the root."""
    section = "" if flaws is None else f"<vulnerabilities>{flaws}</vulnerabilities>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}'
        f'<bom xmlns="http://cyclonedx.org/schema/bom/{spec}" version="1">\n'
        "<metadata><timestamp>2026-11-01T01:00:00Z</timestamp>\n"
        '<component type="application"><name>portal</name><version>4.2.0</version></component>\n'
        "</metadata>\n<components>\n"
        '<component type="library"><name>log4j-core</name><version>2.24.0</version>'
        f"{component}</component>\n</components>{section}</bom>\n"
    )


SPDX = json.dumps(
    {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "portal-4.2.0",
        "creationInfo": {"created": "2026-11-01T01:00:00Z", "creators": ["Tool: syft-1.4"]},
        "packages": [
            {"name": "portal", "SPDXID": "SPDXRef-root", "versionInfo": "4.2.0"},
            {"name": "lodash", "SPDXID": "SPDXRef-a", "versionInfo": "4.17.21"},
            {"name": "express", "SPDXID": "SPDXRef-b", "versionInfo": "4.19.2"},
        ],
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relatedSpdxElement": "SPDXRef-root",
                "relationshipType": "DESCRIBES",
            }
        ],
    }
)

SPDX_TAGS = """SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: portal
DocumentComment: <text>
PackageName: not a package
</text>
Created: 2026-11-01T01:00:00Z

PackageName: portal
SPDXID: SPDXRef-root
PackageVersion: 4.2.0

PackageName: lodash
SPDXID: SPDXRef-a
PackageVersion: 4.17.21
FileName: ./index.js
SPDXID: SPDXRef-root-file
PackageVersion: 9

Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root
Relationship: SPDXRef-root CONTAINS SPDXRef-a
"""
