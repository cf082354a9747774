"""
What will be asked, before anybody is contacted. Pure.

The plan is the union of the probes that the chosen checks need, each once an asset, cheap ones
first. It prints itself for `--plan`, and makes the least sudoers drop-in that lets it run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cdso_audit.collect.program import root_command
from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import Fact, Probe, kind_of, reader_for
from cdso_audit.model import Agency, Asset, HostAsset, System


@dataclass(frozen=True, slots=True)
class AssetPlan:
    """What one asset will be asked, and for which kinds of facts."""

    system: System
    asset: Asset
    probes: tuple[Probe, ...]
    facts: tuple[type[Fact], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What every asset will be asked. An asset that stands in two systems is asked once each."""

    assets: tuple[AssetPlan, ...]

    @property
    def probes(self) -> list[Probe]:
        """Every probe of the plan, once, in the order of the assets."""
        return list({each.id: each for plan in self.assets for each in plan.probes}.values())


def make_plan(
    agency: Agency,
    selections: Mapping[str, Iterable[Selection]],
    *,
    systems: frozenset[str] = frozenset(),
    assets: frozenset[str] = frozenset(),
) -> Plan:
    """
    The plan for these systems and assets (all of them when empty). `selections` are by system id.

    Raises ValueError if two different probes have one id, which is a fault of a plug-in.
    """
    plans = []
    for system in agency.systems:
        if systems and system.id not in systems:
            continue
        chosen = list(selections.get(system.id, ()))
        for asset in system.assets:
            if assets and asset.id not in assets:
                continue
            plans.append(_for_asset(system, asset, chosen))
    return Plan(tuple(plans))


def _for_asset(system: System, asset: Asset, selections: Iterable[Selection]) -> AssetPlan:
    facts: dict[str, type[Fact]] = {}
    probes: dict[str, Probe] = {}
    for selection in selections:
        reader = reader_for(selection.check.fact, asset)
        if reader is not None:
            facts[kind_of(reader.fact)] = reader.fact
            for probe in reader.probes:
                if probes.setdefault(probe.id, probe) != probe:
                    raise ValueError(f"two different probes are called {probe.id}")
    return AssetPlan(
        system=system,
        asset=asset,
        probes=tuple(sorted(probes.values(), key=lambda each: (each.deadline, each.id))),
        facts=tuple(facts[name] for name in sorted(facts)),
    )


# ---------------------------------------------------------------------------------------------
# The least sudoers drop-in
# ---------------------------------------------------------------------------------------------

#: sudoers(5): these must be escaped in a command's arguments; the second group would be wildcards.
_SPECIAL = ",:=\\" + "*?[]!#"


def sudoers(plan: Plan, user: str) -> str:
    """
    The drop-in that lets `user` run exactly the plan's root probes, with no password, no wildcard
    and no shell. Check it with `visudo -cf FILE` before it goes to /etc/sudoers.d/cdso-audit.
    """
    hosts = [each for each in plan.assets if isinstance(each.asset, HostAsset)]
    probes = {probe.id: probe for each in hosts for probe in each.probes if probe.root}
    lines = [
        "# What `cdso-audit scan` needs of root, and nothing more: one line a question.",
        "# Install: visudo -cf this-file && install -m 0440 this-file /etc/sudoers.d/cdso-audit",
        f"Defaults:{user} !requiretty, env_reset",
    ]
    for probe in probes.values():
        lines.append(f"# {probe.id}: {probe.why}")
        lines.append(f"{user} ALL=(root) NOPASSWD: {_escaped(root_command(probe))}")
    return "\n".join(lines) + "\n"


def _escaped(command: tuple[str, ...]) -> str:
    return " ".join(_escaped_word(word) for word in command)


def _escaped_word(word: str) -> str:
    if word == "":
        return '""'
    return "".join(f"\\{each}" if each in _SPECIAL or each == " " else each for each in word)


def described(plan: Plan) -> list[dict[str, Any]]:
    """The plan as plain data: what `--plan --format json` prints, and what the bundle keeps."""
    return [
        {
            "system": each.system.id,
            "asset": each.asset.id,
            "probes": [
                {
                    "id": probe.id,
                    "via": probe.via,
                    "command": probe.command,
                    "root": probe.root,
                    "follow_up": probe.follow is not None,
                    "deadline": probe.deadline,
                    "cap": probe.cap,
                    "why": probe.why,
                }
                for probe in each.probes
            ],
        }
        for each in plan.assets
    ]
