"""A small rulebook, written as people write them: what the tests of judging and scoring share."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cdso_audit.model import (
    Agency,
    AgencyIdentity,
    Asset,
    Finding,
    HostAsset,
    Outcome,
    Severity,
    System,
)
from cdso_audit.rulebook import Rulebook, parse_rulebook

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)

RULES = """\
id: small
version: "1"
title: {vi: Nhỏ, en: Small}
effective: "2026-07-01"
rule_sets:
  law: {title: {vi: Luật, en: Law}, scored: true}
  advice: {title: {vi: Khuyến nghị, en: Advice}, scored: false}
groups:
  all: {vi: Tất cả, en: All}
instruments:
  decree:
    number: 1/2026
    title: {vi: Nghị định, en: Decree}
    authority: decree
requirements:
"""

REQUIREMENT = """\
  - id: {name}
    rule_set: {rule_set}
    group: all
    title: {{vi: "Yêu cầu {name}", en: "Requirement {name}"}}
    text: {{vi: "Phải có {name}", en: "{name} must be"}}
    references: [{{instrument: decree, article: Điều 1}}]
    levels: {levels}
    binding: required
    verify: {verify}
    asset_kinds: {kinds}
    inspect: [look]
    severity: {severity}
    confidence: high
    {extra}
"""


def rulebook(proofs: str, *requirements: str) -> Rulebook:
    """A rulebook of these requirements and proofs."""
    return parse_rulebook(RULES + "".join(requirements), proofs)


def requirement(
    name: str,
    *,
    kinds: str = "[host-linux]",
    verify: str = "mixed",
    severity: str = "high",
    levels: str = "[1, 2, 3, 4, 5]",
    rule_set: str = "law",
    extra: str = "",
) -> str:
    """One requirement, as YAML."""
    return REQUIREMENT.format(
        name=name,
        kinds=kinds,
        verify=verify,
        severity=severity,
        levels=levels,
        rule_set=rule_set,
        extra=extra,
    )


def host(name: str, **more: Any) -> HostAsset:
    return HostAsset(id=name, host="198.18.77.10", **more)


def agency(*assets: Asset, **more: Any) -> Agency:
    """An agency with one system of these assets."""
    system = System(id="dvc", assets=assets, **more)
    return Agency(agency=AgencyIdentity(id="so"), systems=(system,))


def finding(
    check: str,
    outcome: Outcome,
    *,
    asset: str = "web1",
    parameters: Mapping[str, Any] | None = None,
    number: int = 1,
    subject: str = "it",
) -> Finding:
    return Finding(
        id=number,
        check=check,
        parameters=parameters or {},
        system="dvc",
        asset=asset,
        subject=subject,
        outcome=outcome,
        severity=Severity.HIGH,
        message="seen",
    )
