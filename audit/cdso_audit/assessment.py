"""
Evidence + rulebook + checks → Result. Pure: the same evidence gives the same result, byte for byte,
whether it was collected a second or a year ago.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cdso_audit import attesting, waiving
from cdso_audit.checking import Check
from cdso_audit.comply import comply
from cdso_audit.confirming import confirmed
from cdso_audit.deadlines import deadlines
from cdso_audit.details import detail_in
from cdso_audit.drill.recovery import forecast_info, outcomes, recoveries
from cdso_audit.evaluate import Selection, evaluate
from cdso_audit.evidence import Evidence, Run
from cdso_audit.facts.reading import (
    Fact,
    Observation,
    Probe,
    Snapshot,
    kind_of,
    reader_for,
    readers_of,
    snapshot,
)
from cdso_audit.language import Language, both, said, translated
from cdso_audit.lists.standing import list_infos
from cdso_audit.model import (
    Asset,
    DatabaseAsset,
    DeviceAsset,
    DomainAsset,
    EndpointAsset,
    Finding,
    Gap,
    GapReason,
    HostAsset,
    Notice,
    System,
)
from cdso_audit.regime import (
    Books,
    Chosen,
    binding_from,
    chosen,
    key_of,
    only,
    regime_notices,
)
from cdso_audit.result import (
    AgencyBeside,
    AssetInfo,
    Beside,
    CheckInfo,
    Command,
    EvidenceInfo,
    FindingResult,
    RequirementStatus,
    Result,
    SystemResult,
    Text,
)
from cdso_audit.rulebook import Rulebook, canonical
from cdso_audit.score import score

Checks = Mapping[str, Check[Any]]

#: Said of an asset that the person left out of this run.
NOT_ASKED = "this asset was not part of this run"


def assess(evidence: Evidence, rulebook: Rulebook | Books, checks: Checks) -> Result:
    """Everything that the evidence says, judged by the rulebook, or by several."""
    run = evidence.run
    checks = confirmed(checks, run.confirmations)
    books = rulebook if isinstance(rulebook, Books) else Books(rulebook)
    at = run.finished_at or run.started_at
    wanted = {each.id: chosen(books, each, checks, at) for each in run.agency.systems}
    judged = [
        _judge(system, asset, evidence, [each.selection for each in wanted[system.id]])
        for system in run.agency.systems
        for asset in system.assets
    ]
    findings = tuple(
        finding.model_copy(update={"id": number})
        for number, finding in enumerate(
            (each for _, _, found in judged for each in found), start=1
        )
    )
    governing = {each.id: books.governing(each, at) for each in run.agency.systems}
    used = books.used(run.agency, at)
    told: dict[str, list[RequirementStatus]] = {}
    for book in used:
        own = [name for name, each in governing.items() if each.id == book.id]
        told |= dict(_complied(book, own, run, findings, checks, at))
    scores, agency_score = score(
        used[0],
        run.agency,
        list(told.items()),
        drills=outcomes(run.drills, at),
        at=at,
        governing=governing,
    )
    beside, agency_beside = _beside(books, run, findings, checks, at)
    by_system = {
        name: (*statuses, *(status for each in beside[name] for status in each.requirements))
        for name, statuses in told.items()
    }
    joined = books.joined()
    only_beside = _only_beside(wanted)
    levels = {system.level for system in run.agency.systems}
    snapshots = {asset.id: found for asset, found, _ in judged}
    due = deadlines(run.agency, books.dated(), run.attestations, run.waivers, at)
    judging = {each.check for each in findings}
    return Result(
        tool=run.tool,
        rulebook=used[0].info(levels),
        rulebooks=tuple(each.info(levels) for each in used[1:]),
        started_at=run.started_at,
        finished_at=at,
        agency=run.agency.agency,
        this_machine_only=run.agency.this_machine_only,
        score=agency_score,
        beside=tuple(agency_beside),
        systems=tuple(
            SystemResult(
                id=system.id,
                name=system.name,
                kind=system.kind,
                level=system.level,
                approved=system.approved,
                depends_on=system.depends_on,
                assets=tuple(_asset_info(each, snapshots, evidence) for each in system.assets),
                rulebook=governing[system.id].id if len(used) > 1 else "",
                score=scores[system.id],
                requirements=tuple(told[system.id]),
                beside=beside[system.id],
            )
            for system in run.agency.systems
        ),
        checks=tuple(check_info(checks[name]) for name in sorted(judging & checks.keys())),
        findings=tuple(
            FindingResult(
                **each.model_dump(),
                message_vi=_in_vietnamese(each),
                beside=only_beside.get((each.system, each.check, canonical(each.parameters)), ()),
            )
            for each in findings
        ),
        gaps=tuple(gap for _, found, _ in judged for gap in found.gaps),
        drills=run.drills,
        recoveries=recoveries(
            run.agency,
            run.drills,
            at,
            playbooks=run.playbooks,
            versions=_versions(run.agency.systems, snapshots),
        )
        if not run.agency.this_machine_only
        else (),
        forecast=forecast_info(run.forecast),
        waivers=run.waivers,
        attestations=run.attestations,
        commands=tuple(_commands(evidence, probes_of(checks.values()))),
        deadlines=tuple(due),
        lists=tuple(list_infos(run.agency, governing, told, outcomes(run.drills, at), at)),
        evidence=EvidenceInfo(manifest_sha256=evidence.manifest_sha256, files=evidence.files),
        notices=tuple(notices(run, used))
        + tuple(regime_notices(books, run.agency, at))
        + tuple(_owner_values(run, checks))
        + tuple(_proof_notices(run, joined, by_system, at)),
    )


def _versions(
    systems: Iterable[System], snapshots: Mapping[str, Snapshot]
) -> dict[str, tuple[str, ...]]:
    """The products with their versions that were seen on each system, as they say it themselves."""
    return {
        system.id: tuple(
            dict.fromkeys(
                version
                for asset in system.assets
                if asset.id in snapshots
                for fact in snapshots[asset.id].facts
                if isinstance(version := getattr(fact, "version", None), str)
                and version[:1].isalpha()
            )
        )
        for system in systems
    }


def _complied(
    book: Rulebook,
    systems: Iterable[str],
    run: Run,
    findings: Sequence[Finding],
    checks: Checks,
    at: datetime,
) -> list[tuple[str, list[RequirementStatus]]]:
    """The state of each requirement of the book, for these systems."""
    return comply(
        book,
        only(run.agency, systems),
        findings,
        attestations=run.attestations,
        waivers=run.waivers,
        drills=outcomes(run.drills, at),
        at=at,
        checks=checks,
    )


def _beside(
    books: Books, run: Run, findings: Sequence[Finding], checks: Checks, at: datetime
) -> tuple[dict[str, tuple[Beside, ...]], list[AgencyBeside]]:
    """
    How the systems stand by the rulebooks that do not govern them, and the agency by each of those
    that stands beside for all of its systems.
    """
    made: dict[str, tuple[Beside, ...]] = {each.id: () for each in run.agency.systems}
    agency: list[AgencyBeside] = []
    for book in books.used(run.agency, at):
        systems = [
            each
            for each in run.agency.systems
            if book.id in {other.id for other in books.others(each, at)}
        ]
        if not systems:
            continue
        part = only(run.agency, (each.id for each in systems))
        told = _complied(
            book, made.keys() & {each.id for each in systems}, run, findings, checks, at
        )
        scores, whole = score(book, part, told, drills=outcomes(run.drills, at), at=at)
        for name, statuses in told:
            own = books.governing(next(each for each in systems if each.id == name), at)
            comes = own.id != books.first.id and book.id == books.first.id
            one = Beside(
                rulebook=book.id,
                binds_from=binding_from(own) if comes else None,
                score=scores[name],
                requirements=tuple(statuses),
            )
            made[name] = (*made[name], one)
        if len(systems) == len(run.agency.systems):
            agency.append(AgencyBeside(**dict(whole), rulebook=book.id))
    return made, agency


def _only_beside(
    wanted: Mapping[str, Sequence[Chosen]],
) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """System, check and parameters → the rulebooks beside that alone ask for them."""
    return {
        (system, *key_of(each.selection)): each.beside
        for system, several in wanted.items()
        for each in several
        if each.beside
    }


def _in_vietnamese(finding: Finding) -> str:
    values = dict(finding.values)
    if finding.gap is not None and "detail" in values:
        values["detail"] = detail_in(str(values["detail"]), "vi")
    return said(finding.template, values, "vi")


def _judge(
    system: System, asset: Asset, evidence: Evidence, selections: Iterable[Selection]
) -> tuple[Asset, Snapshot, list[Finding]]:
    chosen = [each for each in selections if each.applies_to(asset)]
    facts = {kind_of(each.check.fact): each.check.fact for each in chosen}
    seen = evidence.observations.get(asset.id, ())
    at = min((each.at for each in seen), default=evidence.run.started_at)
    if not chosen:
        return asset, _nothing_to_ask(asset, system, at, evidence.run), []
    observations = seen or not_asked(asset, facts.values(), at)
    found = snapshot(
        asset, system, observations, facts.values(), at=at, tool_version=evidence.run.tool.version
    )
    by_probe = {each.probe: each for each in observations}
    lists = evidence.run.agency.lists
    return asset, found, evaluate(found, asset, system, chosen, by_probe, lists)


def not_asked(asset: Asset, facts: Iterable[type[Fact]], at: datetime) -> list[Observation]:
    """The observations of an asset that was left out: gaps, one a probe."""
    probes: dict[str, Probe] = {}
    for fact in facts:
        reader = reader_for(fact, asset)
        if reader is not None:
            probes.update((each.id, each) for each in reader.probes)
    return [
        Observation(probe=name, asset=asset.id, gap=GapReason.UNREACHABLE, detail=NOT_ASKED, at=at)
        for name in sorted(probes)
    ]


def _nothing_to_ask(asset: Asset, system: System, at: datetime, run: Run) -> Snapshot:
    gap = Gap(
        fact="asset",
        asset=asset.id,
        subject=asset.id,
        reason=GapReason.MISSING_TOOL,
        detail=f"no check is installed for assets of the kind {asset.kind}",
    )
    return Snapshot(
        asset=asset.id, system=system.id, taken_at=at, tool_version=run.tool.version, gaps=(gap,)
    )


def _asset_info(asset: Asset, snapshots: Mapping[str, Snapshot], evidence: Evidence) -> AssetInfo:
    seen = evidence.observations.get(asset.id, ())
    return AssetInfo(
        id=asset.id,
        type=asset.type,
        kind=asset.kind,
        address=address(asset),
        roles=asset.roles,
        taken_at=snapshots[asset.id].taken_at if seen else None,
        looked_at=any(each.gap is None for each in seen),
    )


def address(asset: Asset) -> str:
    """Where an asset is, as a person says it."""
    match asset:
        case HostAsset():
            return asset.host
        case EndpointAsset():
            return asset.url
        case DomainAsset():
            return asset.domain
        case DeviceAsset():
            return asset.host or asset.config or asset.device
        case DatabaseAsset():
            return asset.database


def check_info(check: Check[Any]) -> CheckInfo:
    """A check's texts in both languages."""
    about = check.about
    return CheckInfo(
        id=about.id,
        title=both(about.title),
        why=both(about.why),
        fix=both(about.fix),
        severity=about.severity,
        fact=kind_of(check.fact),
        origin=check.origin,
        references=about.references,
        experimental=about.experimental,
        confirmed=check.confirmations,
        lists=tuple(dict.fromkeys((*about.lists, *about.or_lists))),
    )


def probes_of(checks: Iterable[Check[Any]]) -> dict[str, Probe]:
    """Every probe that these checks could ask, by id."""
    return {
        probe.id: probe
        for check in checks
        for reader in readers_of(check.fact)
        for probe in reader.probes
    }


def _commands(evidence: Evidence, probes: Mapping[str, Probe]) -> Iterable[Command]:
    for asset, seen in sorted(evidence.observations.items()):
        for each in seen:
            probe = probes.get(each.probe)
            yield Command(
                asset=asset,
                probe=each.probe,
                via=probe.via if probe else "",
                command=probe.command if probe else "",
                root=bool(probe and probe.root),
                why=both(probe.why) if probe else Text(vi="", en=""),
                run_as=each.run_as,
                at=each.at,
                seconds=round(each.seconds, 3),
                exit_code=each.exit_code,
                gap=each.gap,
                bytes=len(each.output),
                digest=each.digest,
            )


def _owner_values(run: Run, checks: Checks) -> Iterable[Text]:
    """The owner's own values, which a reader must know beside what they made pass."""
    for system in run.agency.systems:
        own = [
            f"{name}.{key} = {value} ({checks[name].parameters.get(key)})"
            for name, given in sorted(system.parameters.items())
            if name in checks
            for key, value in sorted(given.items())
        ]
        if own:
            yield both(
                "The owner of the system {system} set values of its own, which count where they "
                "are stricter than the rule or the rule gives none (in brackets the default of "
                "the tool): {values}.",
                system=system.id,
                values="; ".join(own),
            )


def _proof_notices(
    run: Run,
    rulebook: Rulebook,
    statuses: Mapping[str, Sequence[RequirementStatus]],
    at: datetime,
) -> Iterable[Text]:
    """What does not count of that which people signed."""
    lapsed = attesting.standing_notices(run.attestations, run.agency, rulebook, at)
    idle = waiving.standing_notices(run.waivers, statuses, at)
    for each in (*run.notices, *lapsed, *idle):
        yield in_both(each)


def in_both(notice: Notice) -> Text:
    """The notice in both languages, with what lies behind it; a known reason is translated too."""

    def said_in(each: Notice, lang: Language) -> str:
        why = each.values.get("why")
        values = dict(each.values)
        if each.because is not None:
            values["why"] = said_in(each.because, lang)
        elif isinstance(why, str):
            values["why"] = translated(why, lang)
        return said(each.template, values, lang)

    return Text(vi=said_in(notice, "vi"), en=said_in(notice, "en"))


def notices(run: Run, rulebooks: Sequence[Rulebook]) -> Iterable[Text]:
    """What a reader must know besides the findings."""
    if run.agency.this_machine_only:
        yield both(
            "No inventory was given: only this machine was assessed, as part of a level 3 system. "
            "No service is declared, so recovery drills are not judged. Write an inventory with "
            "`cdso-audit init`."
        )
    yield both(
        "The 24-hour recovery target is a direction of the Prime Minister (conference of "
        "19 July 2024) and ministry guidance of 2024; no law sets it. It is not the 24-hour duty "
        "to report a serious incident (Decree 331/2026, Article 31)."
    )
    yield from (each.note for each in rulebooks if each.note is not None)
    for each in run.agency.notices:
        yield in_both(each)
    for system in run.agency.systems:
        if system.approved is None and not run.agency.this_machine_only:
            yield both(
                "The inventory names no approved level for the system {system}; it was judged at "
                "level {level}.",
                system=system.id,
                level=system.level,
            )
