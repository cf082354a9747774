"""
agency.yaml → Agency. Pure: the caller reads the file and resolves paths against its folder.

Whatever is wrong in the file is told at once, each with its line and what to write instead.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field

from cdso_audit import address, yamlfile
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError
from cdso_audit.model import (
    Agency,
    AgencyIdentity,
    Defaults,
    Frozen,
    HostAsset,
    Notice,
    System,
    asset_type,
)
from cdso_audit.profiles import PROFILES
from cdso_audit.yamlfile import Document, Path

VERSION: Final = "cdso/agency-v1"
FILE_NAME: Final = "agency.yaml"


class AgencyFile(Frozen):
    """agency.yaml: an agency, what holds for all its systems, and the systems with their assets."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/agency-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/agency-v1."
    )
    agency: AgencyIdentity
    defaults: Defaults = Defaults()
    systems: tuple[System, ...] = Field(default=(), description="The information systems.")


def parse_agency(text: str | bytes, file: str = FILE_NAME) -> Agency:
    """The agency that the text describes. Raises ConfigError, or ConfigErrors with all problems."""
    document = yamlfile.parse(text, file)
    if not isinstance(document.data, Mapping):
        raise ConfigError(
            "this is no inventory: it must begin with apiVersion, agency, systems",
            hint="`cdso-audit init` writes one to start from",
            place=document.place(()),
        )
    complete, notices = _with_levels(document)
    read = yamlfile.validated(AgencyFile, complete, _reference_problems)
    systems = tuple(_with_parameters(each, read.defaults) for each in read.systems)
    return Agency(agency=read.agency, defaults=read.defaults, systems=systems, notices=notices)


def _with_parameters(system: System, defaults: Defaults) -> System:
    """The system with the owner's values for all systems below its own."""
    if not defaults.parameters:
        return system
    names = dict.fromkeys((*defaults.parameters, *system.parameters))
    merged = {
        name: {**defaults.parameters.get(name, {}), **system.parameters.get(name, {})}
        for name in names
    }
    return system.model_copy(update={"parameters": merged})


def this_machine(host_name: str) -> Agency:
    """The inventory when there is none: the machine at hand, at level 3, no service declared."""
    name = identifier(host_name) or "localhost"
    asset = HostAsset(id=name, host="localhost", local=True)
    system = System(id=name, name=host_name or name, level=3, assets=(asset,))
    return Agency(
        agency=AgencyIdentity(id=name, name=host_name or name),
        systems=(system,),
        this_machine_only=True,
    )


def identifier(text: str) -> str:
    """An id made of any name: small letters and digits, accents dropped, the rest a '-'."""
    plain = text.replace("đ", "d").replace("Đ", "D")
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(each for each in plain if not unicodedata.combining(each)).lower()
    plain = re.sub(r"[^a-z0-9._-]+", "-", plain)
    return re.sub(r"-{2,}", "-", plain).strip("-._")[:63].strip("-._")


def agency_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of agency.yaml, for editors."""
    made = AgencyFile.model_json_schema(by_alias=True, mode="validation")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cdso-audit agency.yaml"
    system = made["$defs"]["System"]["properties"]
    system["kind"]["enum"] = list(PROFILES)
    system["kind"]["description"] = "What the system is for; it brings the usual level."
    system["level"].pop("default", None)
    made["$defs"]["LinkAsset"]["required"].append("type")  # its address alone is an endpoint's
    return made


# ---------------------------------------------------------------------------------------------
# What the model alone cannot see
# ---------------------------------------------------------------------------------------------


def _with_levels(document: Document) -> tuple[Document, tuple[Notice, ...]]:
    """The document with each level that its system leaves to its kind, and a notice for each."""
    notices = []
    systems = []
    for _, system in _systems(document):
        kind = system.get("kind", "generic")
        profile = PROFILES.get(kind) if isinstance(kind, str) else None
        if "level" not in system and profile is not None and profile.level is not None:
            notices.append(
                Notice(
                    template="The inventory does not say the level of {system}: "
                    "{level} was taken, as usual for its kind {kind} ({because})",
                    values={
                        "system": str(system.get("id", "")),
                        "level": profile.level,
                        "kind": profile.kind,
                        "because": profile.because,
                    },
                )
            )
            systems.append({**system, "level": profile.level})
        else:
            systems.append(dict(system))
    if not notices:
        return document, ()
    original = document.data["systems"]
    filled = iter(systems)
    data = {
        **document.data,
        "systems": [next(filled) if isinstance(each, Mapping) else each for each in original],
    }
    return replace(document, data=data), tuple(notices)


def _systems(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    yield from _blocks(document.data, ("systems",), "systems")


def _blocks(data: Any, path: Path, key: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The blocks of a list, with their paths; what is no block the model tells."""
    found = data.get(key) if isinstance(data, Mapping) else None
    for at, each in enumerate(found if isinstance(found, list) else []):
        if isinstance(each, Mapping):
            yield (*path, at), each


def _assets(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for path, system in _systems(document):
        yield from _blocks(system, (*path, "assets"), "assets")


_REFERENCE_TEXT = {
    "system twice": "the system id {id} stands twice",
    "asset twice": "the asset id {id} stands twice",
    "no system": "there is no system {id} in this file",
    "no asset for ports": "ports are declared for {id}, which is no asset of this system",
    "no asset for backup": "a backup is declared on {id}, which is no asset",
    "no asset for sbom": "an SBOM is declared on {id}, which is no host or URL of this system",
    "application twice": "the application {id} stands twice",
}


def _reference_problems(document: Document) -> Iterator[ConfigError]:
    """Everything that concerns more than one value."""
    yield from _repeated(document, _systems(document), _REFERENCE_TEXT["system twice"])
    yield from _repeated(document, _assets(document), _REFERENCE_TEXT["asset twice"])
    for path, system in _systems(document):
        yield from _kind_problems(document, path, system)
        yield from _dependency_problems(document, path, system)
        yield from _declared_problems(document, path, system)
        yield from _scope_problems(document, path, system)


def _repeated(
    document: Document, blocks: Iterator[tuple[Path, Mapping[str, Any]]], template: str
) -> Iterator[ConfigError]:
    first: dict[str, Path] = {}
    for path, block in blocks:
        name = block.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            line = document.place((*first[name], "id")).line
            yield ConfigError(
                template,
                hint="the first is in line {line}; give this one another id",
                values={"id": name, "line": line},
                place=document.place((*path, "id")),
            )
        else:
            first[name] = path


def _kind_problems(
    document: Document, path: Path, system: Mapping[str, Any]
) -> Iterator[ConfigError]:
    kind = system.get("kind", "generic")
    if not isinstance(kind, str):
        return
    if kind not in PROFILES:
        near = yamlfile.nearest(kind, list(PROFILES))
        yield ConfigError(
            "the kind of system {kind} is not known",
            hint="did you mean {near}?" if near else "the kinds are: {known}",
            values={"kind": kind, "near": near, "known": ", ".join(PROFILES)},
            place=document.place((*path, "kind")),
        )
    elif "level" not in system and PROFILES[kind].level is None:
        yield ConfigError(
            "the key {key} is missing",
            hint="write `level: 1` to `level: 5`, as approved; the kind {kind} has no usual level",
            values={"key": "level", "kind": kind},
            place=document.place(path),
        )


def _unknown_name(
    document: Document, path: Path, name: str, known: list[str], template: str, *, key: bool = False
) -> ConfigError:
    near = yamlfile.nearest(name, known)
    return ConfigError(
        template,
        hint="did you mean {near}?" if near else "known are: {known}" if known else "",
        values={"id": name, "near": near, "known": ", ".join(known)},
        place=document.key_place(path) if key else document.place(path),
    )


def _dependency_problems(
    document: Document, path: Path, system: Mapping[str, Any]
) -> Iterator[ConfigError]:
    ids = [str(each.get("id")) for _, each in _systems(document)]
    needed = system.get("depends_on")
    for at, name in enumerate(needed if isinstance(needed, list) else []):
        here = (*path, "depends_on", at)
        if name == system.get("id"):
            yield ConfigError("a system cannot depend on itself", place=document.place(here))
        elif isinstance(name, str) and name not in ids:
            yield _unknown_name(
                document,
                here,
                name,
                ids,
                _REFERENCE_TEXT["no system"],
            )


def _declared_problems(
    document: Document, path: Path, system: Mapping[str, Any]
) -> Iterator[ConfigError]:
    declared = system.get("declared")
    if not isinstance(declared, Mapping):
        return
    ids = [str(each.get("id")) for _, each in _blocks(system, (), "assets")]
    for key in ("ports", "udp_ports"):
        ports = declared.get(key)
        for name in ports if isinstance(ports, Mapping) else []:
            if str(name) not in ids:
                here = (*path, "declared", key, name)
                template = _REFERENCE_TEXT["no asset for ports"]
                yield _unknown_name(document, here, str(name), ids, template, key=True)
    everywhere = [str(each.get("id")) for _, each in _assets(document)]
    for here, backup in _blocks(declared, (*path, "declared", "backups"), "backups"):
        on = backup.get("on")
        if isinstance(on, str) and on not in everywhere:
            template = _REFERENCE_TEXT["no asset for backup"]
            yield _unknown_name(document, (*here, "on"), on, everywhere, template)
    yield from _sbom_problems(document, path, system, declared)


def _sbom_problems(
    document: Document, path: Path, system: Mapping[str, Any], declared: Mapping[str, Any]
) -> Iterator[ConfigError]:
    """Each application stands once, on a host or URL of the system: nothing else runs it."""
    running = [
        str(each.get("id"))
        for _, each in _blocks(system, (), "assets")
        if asset_type(each) in ("host", "endpoint")
    ]
    known: set[str] = set()
    for here, sbom in _blocks(declared, (*path, "declared", "sboms"), "sboms"):
        on, name = sbom.get("on"), sbom.get("application")
        if isinstance(on, str) and on not in running:
            template = _REFERENCE_TEXT["no asset for sbom"]
            yield _unknown_name(document, (*here, "on"), on, running, template)
        if isinstance(name, str) and name in known:
            yield ConfigError(
                _REFERENCE_TEXT["application twice"],
                values={"id": name},
                place=document.place((*here, "application")),
            )
        known.add(str(name))


def _scope_problems(
    document: Document, path: Path, system: Mapping[str, Any]
) -> Iterator[ConfigError]:
    scope = system.get("scope")
    if not isinstance(scope, list) or not scope:
        return
    try:
        networks = tuple(address.network(each) for each in scope if isinstance(each, str))
    except InvalidValueError:
        return  # the model tells it
    for here, asset in _blocks(system, (*path, "assets"), "assets"):
        if asset.get("local") is True:
            continue
        for key in ("host", "address", "url"):
            given = asset.get(key)
            if not isinstance(given, str):
                continue
            shown = _host_of_url(given) if key == "url" else given
            if address.ip(shown) is not None and not address.inside(shown, networks):
                yield ConfigError(
                    "{address} lies outside the scope of this system",
                    hint="nothing outside it is ever contacted: correct the one or the other",
                    values={"address": shown},
                    place=document.place((*here, key)),
                )


def _host_of_url(text: str) -> str:
    try:
        return address.url_host(address.url(text))
    except InvalidValueError:
        return ""


__all__ = [
    "FILE_NAME",
    "VERSION",
    "AgencyFile",
    "ConfigErrors",
    "agency_schema",
    "identifier",
    "parse_agency",
    "this_machine",
]
