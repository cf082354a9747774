"""
The earlier regime's proofs keep up with those of the present one.

A check that is named under a requirement of vn-2026 is either named under the same duty of
vn-legacy, or `legacy_counterparts.yaml` says why not. So a new check, or a new requirement, cannot
leave the earlier rulebook behind in silence.
"""

from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdso_audit.rulebook import Requirement, load_rulebook

FILE = Path(__file__).with_name("legacy_counterparts.yaml")
GIVEN = yaml.safe_load(FILE.read_text(encoding="utf-8"))
PAIRS: dict[str, dict[str, Any]] = GIVEN["requirements"]
REASONS: dict[str, str] = GIVEN["reasons"]
FRONT = "tcvn-11930."
PRESENT = load_rulebook("vn-2026")
LEGACY = load_rulebook("vn-legacy")
CHECKED = [each for each in PRESENT.requirements if each.proof.checks]


def entry(name: str) -> dict[str, Any]:
    """What the file says of it; nothing, if it does not know it."""
    if name in PAIRS:
        return PAIRS[name]
    return next((given for pattern, given in PAIRS.items() if fnmatch(name, pattern)), {})


@cache
def checks(name: str) -> frozenset[str]:
    return frozenset(each.check for each in LEGACY.by_id[FRONT + name].proof.checks)


def behind(requirement: Requirement) -> dict[str, str]:
    """The checks that the earlier rulebook lacks and nobody explained, and where they belong."""
    given = entry(requirement.id)
    if "none" in given:
        return {}
    known = set().union(*(checks(each) for each in given.get("as", ())), given.get("without", ()))
    where = ", ".join(given.get("as", ())) or f"nowhere yet: add it to {FILE.name}"
    return {each.check: where for each in requirement.proof.checks if each.check not in known}


@pytest.mark.parametrize("requirement", CHECKED, ids=lambda each: each.id)
def test_no_check_is_missing_without_a_reason(requirement: Requirement) -> None:
    assert behind(requirement) == {}


def test_it_sees_a_check_that_is_missing() -> None:
    """The guard itself: take a check away, take an entry away."""
    firewall = PRESENT.by_id["tcvn-14423-2026.secure-configuration.host-firewall"]
    proof = firewall.proof.checks[0].model_copy(update={"check": "a-new-check"})
    changed = firewall.model_copy(
        update={"proof": firewall.proof.model_copy(update={"all_of": (proof,)})}
    )

    assert behind(changed) == {"a-new-check": "server.intrusion-prevention.host-firewall"}
    unknown = changed.model_copy(update={"id": "tcvn-14423-2026.new"})
    assert behind(unknown) == {"a-new-check": f"nowhere yet: add it to {FILE.name}"}


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_an_entry_is_about_something(name: str) -> None:
    """No requirement that is gone, no reason that nobody needs any more."""
    given = PAIRS[name]
    known = [each for each in CHECKED if fnmatch(each.id, name)]
    asked = {each.check for requirement in known for each in requirement.proof.checks}

    assert known, "no requirement of vn-2026 that a check proves"
    assert given.keys() in ({"none"}, {"as"}, {"as", "without"})
    for other in given.get("as", ()):
        assert FRONT + other in LEGACY.by_id
        assert checks(other) & asked, f"{other} shares no check with it"
    for check, reason in given.get("without", {}).items():
        assert check in asked
        assert not any(check in checks(other) for other in given["as"]), f"{check} is there"
        assert reason in REASONS or reason.endswith(".")
    if "none" in given:
        assert given["none"] in REASONS or given["none"].endswith(".")


def test_every_reason_is_used() -> None:
    used = {given.get("none") for given in PAIRS.values()}
    used |= {reason for given in PAIRS.values() for reason in given.get("without", {}).values()}

    assert REASONS.keys() - used == set()
