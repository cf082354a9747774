"""
SBOMs: what software made in-house or to order consists of, and which known flaws its parts have.

CycloneDX as JSON and XML, SPDX 2 as JSON and tag-value. Only what is judged is read: when it was
made, what it describes, how many parts it lists, and of each known vulnerability the state of its
analysis. SPDX 2 has no place for vulnerabilities, and CycloneDX may leave the section out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import AwareDatetime

from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import AssetKind, DeclaredSbom, Frozen, GapReason

#: The SBOM of a large Java or JavaScript application with its vulnerabilities has some MiB.
LARGEST: Final = 16 * MIB

SBOM_FILES = Probe(
    id="sbom-files",
    via="sbom",
    run="the files that agency.yaml names below `declared.sboms` for this asset",
    why="SBOMs of software made in-house or to order, from the files beside agency.yaml",
    cap=4 * LARGEST,
)


class KnownFlaw(Frozen):
    """A vulnerability that the SBOM notes, and the state of its analysis; empty without one."""

    id: str
    state: str = ""


class SoftwareBill(Fact):
    """
    One SBOM, as it was written. Without `form` the owner says that the application has none.

    `flaws` is None where the file has no section of vulnerabilities.
    """

    kind: Literal["software-bill"] = "software-bill"
    file: str = ""
    form: str = ""
    """Its format with the version, such as `CycloneDX 1.5`."""
    made: str = ""
    """When it was made, as it stands there."""
    made_at: AwareDatetime | None = None
    name: str = ""
    version: str = ""
    parts: int = 0
    flaws: tuple[KnownFlaw, ...] | None = None


# ---------------------------------------------------------------------------------------------
# The frame: one answer for all files of an asset
# ---------------------------------------------------------------------------------------------


def heading(mark: str, application: str, gap: GapReason | None = None, detail: str = "") -> str:
    """The line above a file's text: whose it is, and why there is no text."""
    told = f" {gap} {' '.join(detail.split())}" if gap else ""
    return f"@@ {mark} {application}{told}\n"


def _sections(text: str) -> Mapping[str, str | tuple[GapReason, str]]:
    """By application, the text of its file, or why there is none."""
    mark, _, rest = text.partition("\n")
    found: dict[str, str | tuple[GapReason, str]] = {}
    if not mark:
        return found
    for each in re.split(rf"^@@ {re.escape(mark)} ", rest, flags=re.MULTILINE)[1:]:
        head, _, body = each.partition("\n")
        application, _, told = head.partition(" ")
        reason, _, detail = told.partition(" ")
        found[application] = (GapReason(reason), detail) if reason else body
    return found


@reader(
    SoftwareBill,
    SBOM_FILES,
    on=(AssetKind.HOST_LINUX, AssetKind.HOST_WINDOWS, AssetKind.WEB_ENDPOINT),
)
def read_software_bills(outputs: Outputs) -> Iterator[SoftwareBill | Missing | Absent]:
    """One fact an application that agency.yaml declares on this asset."""
    declared = outputs.system.declared.sboms
    here = [each for each in declared if each.on == outputs.asset.id]
    if not declared:
        yield Missing(
            "sbom",
            GapReason.UNDECLARED,
            "agency.yaml names no SBOM: write each application that was made in-house or to order "
            "into `declared.sboms`",
        )
        return
    if not here:
        yield Absent(
            "agency.yaml names no software made in-house or to order here; it names {names}",
            {"names": ", ".join(each.application for each in declared)},
            subject="sbom",
        )
        return
    sections: Mapping[str, str | tuple[GapReason, str]] = {}
    if any(each.file for each in here):
        sections = _sections(outputs.text(SBOM_FILES))
    for each in here:
        yield _bill(each, sections)


def _bill(
    declared: DeclaredSbom, sections: Mapping[str, str | tuple[GapReason, str]]
) -> SoftwareBill | Missing:
    name = declared.application
    if not declared.file:
        return SoftwareBill(subject=name)
    found = sections.get(name)
    if found is None:
        return Missing(name, GapReason.BUG, "the evidence does not hold its file")
    if isinstance(found, tuple):
        return Missing(name, *found)
    try:
        return SoftwareBill(subject=name, file=declared.file, **parse_bill(found))
    except UnreadableError as problem:
        return Missing(name, GapReason.UNPARSABLE, f"{declared.file}: {problem}")


# ---------------------------------------------------------------------------------------------
# The forms
# ---------------------------------------------------------------------------------------------


def parse_bill(text: str) -> dict[str, Any]:
    """What the file says, as fields of SoftwareBill. Raises UnreadableError with the place."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").lstrip()
    if not text:
        raise UnreadableError("the file is empty")
    if text.startswith("{"):
        return _json(text)
    if text.startswith("<"):
        return _cyclonedx_xml(text)
    if re.match(r"(#.*\n+)*SPDXVersion:", text):
        return _spdx_tags(text)
    raise UnreadableError("neither CycloneDX nor SPDX")


def _json(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError as problem:
        raise UnreadableError(f"line {problem.lineno}: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:
        raise UnreadableError("no JSON that can be read") from problem
    if given.keys() == {"sbom"}:  # as GitHub's API hands it out
        given = _block(given, "sbom")
    if "bomFormat" in given:
        return _cyclonedx_json(given)
    if "spdxVersion" in given:
        return _spdx_json(given)
    if "@graph" in given:
        raise UnreadableError("SPDX 3 is not read; write SPDX 2.3 or CycloneDX")
    raise UnreadableError("neither CycloneDX nor SPDX")


def _cyclonedx_json(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["bomFormat"] != "CycloneDX":
        raise UnreadableError("bomFormat is not CycloneDX")
    about = _block(given, "metadata")
    main = _block(about, "component")
    flaws = None
    if "vulnerabilities" in given:
        listed = _blocks(given, "vulnerabilities")
        if given["vulnerabilities"] != listed:
            raise UnreadableError("vulnerabilities is no list of blocks")
        flaws = tuple(
            KnownFlaw(id=_text(each, "id"), state=_text(_block(each, "analysis"), "state"))
            for each in listed
        )
    return {
        "form": f"CycloneDX {_text(given, 'specVersion')}".strip(),
        **_when(_text(about, "timestamp")),
        "name": _text(main, "name"),
        "version": _text(main, "version"),
        "parts": _inner(given) + _inner(main),
        "flaws": flaws,
    }


def _inner(given: Mapping[str, Any]) -> int:
    """Components below it; a component may hold others."""
    count = 0
    left = _blocks(given, "components")
    while left:
        count += 1
        left += _blocks(left.pop(), "components")
    return count


_XML: Final = re.compile(r"\{http://cyclonedx\.org/schema/bom/(\d+\.\d+)\}bom")


def _cyclonedx_xml(text: str) -> dict[str, Any]:
    try:
        root = fromstring(text, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as problem:
        raise UnreadableError("the XML brings definitions of its own: it was not read") from problem
    except ParseError as problem:
        line, _ = problem.position
        raise UnreadableError(f"line {line}: the XML is damaged") from problem
    kind = _XML.fullmatch(root.tag)
    if kind is None:
        raise UnreadableError("this is XML, but not of CycloneDX")
    space = root.tag.removesuffix("bom")

    def said(at: Element | None, *path: str) -> str:
        found = at.find("/".join(space + each for each in path)) if at is not None else None
        return (found.text or "").strip() if found is not None else ""

    main = root.find(f"{space}metadata/{space}component")
    listed = root.find(f"{space}vulnerabilities")
    flaws = None
    if listed is not None:
        flaws = tuple(
            KnownFlaw(id=said(each, "id"), state=said(each, "analysis", "state"))
            for each in listed.findall(f"{space}vulnerability")
        )
    below = [at.find(f"{space}components") for at in (root, main) if at is not None]
    return {
        "form": f"CycloneDX {kind[1]}",
        **_when(said(root, "metadata", "timestamp")),
        "name": said(main, "name"),
        "version": said(main, "version"),
        "parts": sum(
            1 for each in below if each is not None for _ in each.iter(f"{space}component")
        ),
        "flaws": flaws,
    }


#: Versions of SPDX whose forms are read.
_SPDX: Final = re.compile(r"SPDX-(2\.\d+)")


def _spdx_version(given: str) -> str:
    found = _SPDX.fullmatch(given)
    if found is None:
        raise UnreadableError("of SPDX only version 2 is read")
    return f"SPDX {found[1]}"


def _spdx_json(given: Mapping[str, Any]) -> dict[str, Any]:
    form = _spdx_version(_text(given, "spdxVersion"))
    packages = _blocks(given, "packages")
    described = {str(each) for each in _items(given, "documentDescribes")}
    for each in _blocks(given, "relationships"):
        one, kind = _text(each, "spdxElementId"), _text(each, "relationshipType")
        described |= _described(one, kind, _text(each, "relatedSpdxElement"))
    return {
        "form": form,
        **_when(_text(_block(given, "creationInfo"), "created")),
        **_spdx(
            [
                (_text(each, "SPDXID"), _text(each, "name"), _text(each, "versionInfo"))
                for each in packages
            ],
            described,
        ),
    }


def _described(one: str, kind: str, other: str) -> set[str]:
    """What a relationship says that the document describes."""
    if kind == "DESCRIBES" and one == "SPDXRef-DOCUMENT":
        return {other}
    if kind == "DESCRIBED_BY" and other == "SPDXRef-DOCUMENT":
        return {one}
    return set()


def _spdx(packages: list[tuple[str, str, str]], described: set[str]) -> dict[str, Any]:
    """Of packages (id, name, version), what is described; every other one is a part."""
    main = [each for each in packages if each[0] in described]
    return {
        "name": ", ".join(name for _, name, _ in main if name),
        "version": ", ".join(version for _, _, version in main if version),
        "parts": len(packages) - len(main),
    }


def _spdx_tags(text: str) -> dict[str, Any]:
    if text.rfind("<text>") > text.rfind("</text>"):
        # also: looking for the missing end from each start would take the square of the length
        raise UnreadableError("a <text> has no end")
    form = created = ""
    packages: list[tuple[str, str, str]] = []
    described: set[str] = set()
    package = False
    for line in re.sub(r"<text>.*?</text>", "", text, flags=re.DOTALL).splitlines():
        tag, _, value = (each.strip() for each in line.partition(":"))
        if tag == "SPDXVersion":
            form = _spdx_version(value)
        elif tag == "Created":
            created = value
        elif tag == "PackageName":
            packages.append(("", value, ""))
            package = True
        elif tag in ("FileName", "SnippetSPDXID"):
            package = False
        elif tag == "SPDXID" and package:
            packages[-1] = (value, *packages[-1][1:])
        elif tag == "PackageVersion" and package:
            packages[-1] = (*packages[-1][:2], value)
        elif tag == "Relationship" and len(words := value.split()) == len(("one", "is", "other")):
            described |= _described(*words)
    return {"form": form, **_when(created), **_spdx(packages, described)}


# ---------------------------------------------------------------------------------------------
# Words of a file that anybody may have written
# ---------------------------------------------------------------------------------------------


def _when(text: str) -> dict[str, Any]:
    """The time as it stands there, and as a moment where it is one; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return {"made": text, "made_at": moment}


def _text(given: Any, key: str) -> str:
    found = given.get(key) if isinstance(given, Mapping) else None
    # JSON can write half a character, which no report can hold
    return found.encode("utf-8", "replace").decode().strip() if isinstance(found, str) else ""


def _items(given: Any, key: str) -> list[Any]:
    found = given.get(key) if isinstance(given, Mapping) else None
    return found if isinstance(found, list) else []


def _block(given: Any, key: str) -> Mapping[str, Any]:
    found = given.get(key) if isinstance(given, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _blocks(given: Any, key: str) -> list[Mapping[str, Any]]:
    return [each for each in _items(given, key) if isinstance(each, Mapping)]
