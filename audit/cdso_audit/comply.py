"""
Findings + attestations + waivers + drills → the state of every requirement on every asset. Pure.

The list of what is judged comes from the rulebook and the inventory, never from the run: what
nobody looked at is in it as `unknown`. A requirement fails on an asset if any of its proofs fails,
passes if all of them pass, and is unknown in between; the missing ones are named.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.facts.reading import readers_of
from cdso_audit.model import (
    Agency,
    Asset,
    AssetKind,
    Attestation,
    DrillOutcome,
    Finding,
    Lists,
    Outcome,
    Status,
    System,
    Waiver,
)
from cdso_audit.result import AssetState, ProofState, RequirementStatus, Text
from cdso_audit.rulebook import (
    MONTHS_A_YEAR,
    WHOLE_SYSTEM,
    AttestationProof,
    CheckProof,
    DrillProof,
    Requirement,
    Rulebook,
    canonical,
)

#: A waiver ends at most this long after its approval (SCORING.md).
LONGEST_WAIVER = timedelta(days=180)

#: The drill id that any verified restore of a service satisfies.
RECOVERY = "recovery"

#: What a status cites where the owner set a value looser than the rule.
LOOSENED = "declared:parameters."

#: The name under which the system as a whole stands among its assets.
WHOLE = ""


def comply(
    rulebook: Rulebook,
    agency: Agency,
    findings: Iterable[Finding],
    attestations: Sequence[Attestation],
    waivers: Sequence[Waiver],
    drills: Sequence[DrillOutcome],
    at: datetime,
    checks: Mapping[str, Check[Any]],
) -> list[tuple[str, list[RequirementStatus]]]:
    """The state of each requirement for each system, in the order of inventory and rulebook."""
    index = _indexed(findings)
    return [
        (
            system.id,
            _Judge(
                rulebook=rulebook,
                system=system,
                found=index.get(system.id, {}),
                attested=_by_requirement(attestations, system),
                waived=_by_requirement(waivers, system),
                drills=[each for each in drills if each.system == system.id],
                at=at,
                checks=checks,
                lists=agency.lists,
            ).statuses(),
        )
        for system in agency.systems
    ]


# ---------------------------------------------------------------------------------------------
# Finding what was said
# ---------------------------------------------------------------------------------------------

#: check id + parameters → asset → findings
_Index = dict[tuple[str, str], dict[str, list[Finding]]]
_Found = Mapping[tuple[str, str], Mapping[str, list[Finding]]]


def _indexed(findings: Iterable[Finding]) -> dict[str, _Index]:
    """Findings by system, by check and parameters, by asset."""
    made: dict[str, _Index] = {}
    for each in findings:
        key = (each.check, canonical(each.parameters))
        made.setdefault(each.system, {}).setdefault(key, {}).setdefault(each.asset, []).append(each)
    return made


def _by_requirement(given: Iterable[Any], system: System) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {}
    for each in given:
        if each.system == system.id:
            made.setdefault(each.requirement, []).append(each)
    return made


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and hour N calendar months on, or the last day of a month that is shorter."""
    years, month = divmod(moment.month - 1 + months, MONTHS_A_YEAR)
    last = monthrange(moment.year + years, month + 1)[1]
    return moment.replace(year=moment.year + years, month=month + 1, day=min(moment.day, last))


# ---------------------------------------------------------------------------------------------
# One proof on one asset
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Proved:
    """What one proof says of one asset."""

    key: str
    state: ProofState
    by: tuple[str, ...] = ()


def outcome_of(findings: Sequence[Finding]) -> ProofState:
    """
    What several findings of one check say together.

    One failure fails. A gap or a broken check leaves it unknown: part of it was not seen.
    """
    outcomes = {each.outcome for each in findings}
    if Outcome.FAIL in outcomes:
        return "fail"
    if not outcomes or outcomes & {Outcome.UNKNOWN, Outcome.ERROR}:
        return "unknown"
    return "pass" if Outcome.PASS in outcomes else "not-applicable"


def together(states: Iterable[ProofState]) -> ProofState:
    """What several proofs say together: all of them are needed; one that does not apply is none."""
    seen = set(states)
    if "fail" in seen:
        return "fail"
    if not seen or "unknown" in seen:
        return "unknown"
    return "pass" if "pass" in seen else "not-applicable"


@dataclass(frozen=True)
class _Judge:
    """One system under one rulebook at one moment."""

    rulebook: Rulebook
    system: System
    found: _Found
    attested: Mapping[str, list[Attestation]]
    waived: Mapping[str, list[Waiver]]
    drills: Sequence[DrillOutcome]
    at: datetime
    checks: Mapping[str, Check[Any]]
    lists: Lists

    def statuses(self) -> list[RequirementStatus]:
        """Every requirement that binds the level of the system."""
        return [self._status(each) for each in self.rulebook.for_level(self.system.level)]

    # -- what is judged --------------------------------------------------------------------

    def _status(self, requirement: Requirement) -> RequirementStatus:
        because = self._not_applicable(requirement)
        if because is not None:
            note, by = because
            return self._told(
                requirement,
                [AssetState(asset=WHOLE, state="not-applicable", by=by)],
                note,
            )
        states = [self._on(requirement, asset) for asset in self._assets(requirement)]
        return self._told(requirement, states, self._notes(requirement, states))

    def _assets(self, requirement: Requirement) -> list[Asset | None]:
        """The assets it concerns; None is the system as a whole, when there is no single one."""
        concerned: list[Asset | None] = [
            asset for asset in self.system.assets if requirement.concerns(asset.kind)
        ]
        return (
            [*concerned, None] if not concerned or self._seen_elsewhere(requirement) else concerned
        )

    def _seen_elsewhere(self, requirement: Requirement) -> bool:
        """
        Whether a check of it looks at other assets of the system than the requirement names.

        A duty of the network is also seen on its hosts; then the system as a whole answers for it.
        """
        return any(
            asset.kind in self._kinds(item)
            for item in requirement.proof.checks_at(self.system.level)
            for asset in self.system.assets
            if not requirement.concerns(asset.kind)
        )

    def _kinds(self, item: CheckProof) -> frozenset[AssetKind]:
        """The kinds of assets on which the check proves something."""
        check = self.checks.get(item.check)
        if check is None:
            return frozenset(item.asset_kinds)
        kinds = frozenset(kind for reader in readers_of(check.fact) for kind in reader.on)
        return kinds & frozenset(item.asset_kinds) if item.asset_kinds else kinds

    def _not_applicable(self, requirement: Requirement) -> tuple[Text, tuple[str, ...]] | None:
        """Why it does not concern this system, if that is proved; a short inventory is no proof."""
        condition = self.rulebook.condition(requirement)
        if condition is not None:
            holds = condition.holds(self.system)
            if holds is False:
                return (
                    Text(
                        vi=f"Chỉ áp dụng khi {condition.vi}; hệ thống này được khai báo là loại"
                        f" {self.system.kind}, cấp độ {self.system.level}",
                        en=f"Applies only if: {condition.en}; this system is declared as"
                        f" {self.system.kind}, level {self.system.level}",
                    ),
                    ("declared:kind",),
                )
            if holds is None:
                accepted = self._attestation(requirement, None, says="not-applicable")
                if accepted is not None:
                    return (
                        Text(
                            vi=f"Chỉ áp dụng khi {condition.vi}; {accepted.by} xác nhận không"
                            f" thuộc trường hợp này: {accepted.statement}",
                            en=f"Applies only if: {condition.en}; {accepted.by} attests that this"
                            f" is not so: {accepted.statement}",
                        ),
                        (_cited(accepted),),
                    )
        kinds = set(requirement.asset_kinds)
        if kinds & WHOLE_SYSTEM or any(requirement.concerns(a.kind) for a in self.system.assets):
            return None
        if kinds <= {kind.value for kind in self.system.declared.absent}:
            named = ", ".join(sorted(kinds))
            return (
                Text(
                    vi=f"Đơn vị chủ quản khai báo hệ thống không có loại tài sản này: {named}",
                    en=f"The owner declares that the system has no such asset: {named}",
                ),
                ("declared:absent",),
            )
        return None

    def _note(self, requirement: Requirement) -> Text | None:
        """The condition under which it applies, where nothing decides that yet."""
        condition = self.rulebook.condition(requirement)
        if condition is None or condition.holds(self.system):
            return None
        return Text(
            vi=f"Áp dụng nếu {condition.vi}; chưa có căn cứ để loại trừ",
            en=f"Applies if: {condition.en}; nothing proves yet that it does not",
        )

    def _notes(self, requirement: Requirement, states: Sequence[AssetState]) -> Text | None:
        """All that is to be said beside the status."""
        told = [self._note(requirement)]
        cited = {by for state in states for by in state.by}
        told += [
            Text(
                vi=f"Đơn vị chủ quản đặt {each.check}.{each.name} = {each.owner}, lỏng hơn quy định"
                f" ({each.rule}): yêu cầu không đạt cho đến khi sửa",
                en=f"The owner sets {each.check}.{each.name} to {each.owner}, looser than the rule"
                f" ({each.rule}): the requirement fails until that is mended",
            )
            for item in requirement.proof.checks_at(self.system.level)
            for each in requirement.loosened(item, self.system)
            if each.cited in cited
        ]
        said = list(dict.fromkeys(each for each in told if each is not None))
        if not said:
            return None
        return Text(vi=". ".join(each.vi for each in said), en=". ".join(each.en for each in said))

    # -- one requirement on one asset ------------------------------------------------------

    def _on(self, requirement: Requirement, asset: Asset | None) -> AssetState:
        both = [
            (item, proved)
            for item in requirement.proof.at(self.system.level)
            if (proved := self._proved(requirement, item, asset)) is not None
        ]
        proofs = [proved for _, proved in both]
        checked = [proved for item, proved in both if isinstance(item, CheckProof)]
        deadly = [
            proved for item, proved in both if isinstance(item, CheckProof) and item.knock_out
        ]
        knock_out = together(each.state for each in deadly) if deadly else None
        if not proofs:  # only checks, and none of them exists for this kind of asset
            proofs = [self._attested(requirement, AttestationProof(attestation="rest"), asset)]
        state = together(each.state for each in proofs)
        technical = together(each.state for each in checked) if checked else None
        telling: ProofState = "pass" if state == "unknown" else state
        loosened = any(cited.startswith(LOOSENED) for each in proofs for cited in each.by)
        waivable = state == "fail" and knock_out != "fail" and not loosened
        waiver = self._waiver(requirement, asset) if waivable else None
        return AssetState(
            asset=asset.id if asset else WHOLE,
            state=state,
            technical=technical,
            knock_out=knock_out,
            waived=waiver is not None,
            by=tuple(
                dict.fromkeys(
                    cited for each in proofs if each.state == telling for cited in each.by
                )
            ),
            missing=tuple(dict.fromkeys(each.key for each in proofs if each.state == "unknown")),
        )

    def _proved(
        self,
        requirement: Requirement,
        item: CheckProof | AttestationProof | DrillProof,
        asset: Asset | None,
    ) -> _Proved | None:
        """What the proof says of the asset; None when it does not exist for its kind."""
        match item:
            case CheckProof():
                return self._checked(requirement, item, asset)
            case AttestationProof():
                return self._attested(requirement, item, asset)
            case DrillProof():
                return self._drilled(requirement, item)

    def _checked(
        self, requirement: Requirement, item: CheckProof, asset: Asset | None
    ) -> _Proved | None:
        kinds = self._kinds(item)
        given = requirement.given(item, self.checks.get(item.check), self.system)
        if given is None:  # the rulebook asks for a check that is not there: nobody looked
            away = asset is not None and item.asset_kinds and asset.kind not in kinds
            return None if away else _Proved(item.key, "unknown")
        if asset is not None and asset.kind not in kinds:
            return None
        loosened = requirement.loosened(item, self.system)
        if loosened and (asset is not None or self._concerned(requirement, kinds)):
            return _Proved(item.key, "fail", tuple(each.cited for each in loosened))
        by_asset = self.found.get((item.check, canonical(given)), {})
        if asset is not None:
            found = by_asset.get(asset.id, [])
            return _judged(self._key(item, found), found)
        everything = [one for some in by_asset.values() for one in some]
        return self._everywhere(requirement, self._key(item, everything), by_asset, kinds)

    def _key(self, item: CheckProof, findings: Sequence[Finding]) -> str:
        """
        What would prove it where it is unknown: the check itself, by looking; or the owner's list,
        when that is all that is missing.
        """
        open_ones = [each for each in findings if each.outcome in (Outcome.UNKNOWN, Outcome.ERROR)]
        about = self.checks[item.check].about
        if any(each.gap or each.outcome is Outcome.ERROR for each in open_ones):
            return item.key
        lacking = [
            name for name in (*about.lists, *about.or_lists) if not self.lists.stands(name, self.at)
        ]
        return f"list:{'+'.join(lacking)}" if open_ones and lacking else item.key

    def _everywhere(
        self,
        requirement: Requirement,
        key: str,
        by_asset: Mapping[str, list[Finding]],
        kinds: frozenset[AssetKind],
    ) -> _Proved | None:
        """
        A check on the system as a whole: on every asset where it exists and that is not judged by
        itself. An asset that was not looked at leaves it unknown.
        """
        concerned = self._concerned(requirement, kinds)
        if not concerned:
            return None
        each = [_judged(key, by_asset.get(asset.id, [])) for asset in concerned]
        state = together(one.state for one in each)
        telling = [one for one in each if one.state == state] if state == "fail" else each
        return _Proved(key, state, tuple(cited for one in telling for cited in one.by))

    def _concerned(self, requirement: Requirement, kinds: Collection[AssetKind]) -> list[Asset]:
        """The assets that a check sees and that are not judged by themselves."""
        return [
            asset
            for asset in self.system.assets
            if asset.kind in kinds and not requirement.concerns(asset.kind)
        ]

    def _attested(
        self, requirement: Requirement, item: AttestationProof, asset: Asset | None
    ) -> _Proved:
        found = self._attestation(requirement, asset)
        if found is None:
            return _Proved(item.key, "unknown")
        return _Proved(item.key, "pass", (_cited(found),))

    def _attestation(
        self, requirement: Requirement, asset: Asset | None, *, says: str = "met"
    ) -> Attestation | None:
        """The valid attestation that lasts longest: for the asset, or for the whole system."""
        months = requirement.valid_months(self.system.level)
        valid = [
            each
            for each in self.attested.get(requirement.id, [])
            if each.says == says
            and each.asset in ({WHOLE, asset.id} if asset else {WHOLE})
            and each.on <= self.at < each.valid_until
            and (months is None or self.at < months_later(each.on, months))
        ]
        return max(valid, key=lambda each: (each.valid_until, each.on), default=None)

    def _drilled(self, requirement: Requirement, item: DrillProof) -> _Proved:
        """
        The newest drill of each service decides. Too late fails and does not expire; not proved,
        expired or never held is unknown.
        """
        held = [
            each
            for each in self.drills
            if each.held_at <= self.at and item.drill in (RECOVERY, each.id)
        ]
        newest: dict[str, DrillOutcome] = {}
        for each in sorted(held, key=lambda each: each.held_at):
            newest[each.service] = each
        states = [self._in_time(requirement, each) for each in newest.values()]
        state = together(states)
        if state == "unknown" and item.record:
            found = self._attestation(requirement, None)
            if found is not None:
                return _Proved(item.key, "pass", (_cited(found),))
        return _Proved(item.key, state, tuple(f"drill:{each.id}" for each in newest.values()))

    def _in_time(self, requirement: Requirement, drill: DrillOutcome) -> ProofState:
        if not drill.verified or drill.took is None:
            return "unknown"
        limit = requirement.parameters.get("max_time")
        hours = limit.levels.get(self.system.level) if limit else None
        if hours and drill.took > timedelta(hours=int(hours)):
            return "fail"
        interval = requirement.parameters.get("max_interval")
        months = interval.levels.get(self.system.level) if interval else None
        until = months_later(drill.held_at, int(months) if months else MONTHS_A_YEAR)
        return "pass" if self.at < until else "unknown"

    def _waiver(self, requirement: Requirement, asset: Asset | None) -> Waiver | None:
        """The waiver that accepts the failure. The caller asks for none from a knock-out."""
        return next(
            (
                each
                for each in self.waived.get(requirement.id, [])
                if each.asset in ({WHOLE, asset.id} if asset else {WHOLE})
                and waiver_holds(each, self.at)
            ),
            None,
        )

    # -- all assets together ---------------------------------------------------------------

    def _told(
        self, requirement: Requirement, states: Sequence[AssetState], note: Text | None
    ) -> RequirementStatus:
        level = self.system.level
        return RequirementStatus(
            id=requirement.id,
            clause=requirement.clause(level),
            status=status_of([each.state for each in states], _waived(states), _any_proof(states)),
            technical=_technical(states),
            by=_cited_by(states),
            assets=tuple(states),
            parameters=requirement.parameters_at(level),
            note=note,
        )


def _judged(key: str, findings: Sequence[Finding]) -> _Proved:
    state = outcome_of(findings)
    telling = [each for each in findings if state != "fail" or each.outcome is Outcome.FAIL]
    return _Proved(key, state, tuple(f"finding:{each.id}" for each in telling))


def _cited(attestation: Attestation) -> str:
    return f"attestation:{attestation.by}, {attestation.on:%Y-%m-%d}"


def waiver_holds(waiver: Waiver, at: datetime) -> bool:
    """Whether it is in force: two people, at most 180 days, neither too early nor over."""
    one, other = waiver.requested_by.strip().casefold(), waiver.approved_by.strip().casefold()
    return (
        one != other
        and bool(one and other)
        and waiver.until - waiver.approved_on <= LONGEST_WAIVER
        and waiver.approved_on <= at < waiver.until
    )


def _waived(states: Sequence[AssetState]) -> bool:
    failed = [each for each in states if each.state == "fail"]
    return bool(failed) and all(each.waived for each in failed)


def _any_proof(states: Sequence[AssetState]) -> bool:
    """Whether anything at all is proved: an asset, or a part of the proof on one."""
    return any(each.state == "pass" or (each.by and each.state == "unknown") for each in states)


def status_of(states: Sequence[ProofState], waived: bool, any_proof: bool) -> Status:
    """The state of a requirement for a system, from its state on each asset."""
    match together(states):
        case "fail":
            return Status.WAIVED if waived else Status.NOT_MET
        case "pass":
            return Status.MET
        case "not-applicable":
            return Status.NOT_APPLICABLE
        case "unknown":
            return Status.PARTLY_MET if any_proof else Status.UNPROVEN


def _technical(states: Sequence[AssetState]) -> Status | None:
    checked = [each for each in states if each.technical is not None]
    if not checked:
        return None
    proved = any(each.technical == "pass" for each in checked)
    failed = [each for each in checked if each.technical == "fail"]
    waived = bool(failed) and all(each.waived for each in failed)
    return status_of([each.technical for each in checked if each.technical], waived, proved)


def _cited_by(states: Sequence[AssetState]) -> tuple[str, ...]:
    """What decided: the failures when there are any, else everything that was said."""
    failed = [each for each in states if each.state == "fail"]
    return tuple(dict.fromkeys(cited for each in failed or states for cited in each.by))
