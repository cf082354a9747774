"""
Ask one host what a number of checks need, and no more: what a hundred checks more cost.

`python -m tests.bench.width INVENTORY ASSET CHECKS`, in a process of its own. The checks are spread
evenly over the catalogue, by id; 0 means all of them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from cdso_audit.collect.plan import make_plan
from cdso_audit.collect.run import collect
from cdso_audit.inventory import parse_agency
from cdso_audit.plugins import installed_checks
from cdso_audit.rulebook import load_rulebook


def main() -> None:
    """Print how many checks and probes that were."""
    inventory, asset, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    agency = parse_agency(inventory.read_bytes(), str(inventory))
    checks = installed_checks()
    book = load_rulebook("vn-2026")
    system = next(s for s in agency.systems if any(a.id == asset for a in s.assets))
    target = next(a for a in system.assets if a.id == asset)
    fitting = [each for each in book.selections(system, checks) if each.applies_to(target)]
    fitting.sort(key=lambda each: each.check.about.id)
    if count:
        fitting = [
            fitting[int(at * len(fitting) / count)] for at in range(min(count, len(fitting)))
        ]
    plan = make_plan(agency, {system.id: fitting}, systems=frozenset(), assets=frozenset([asset]))
    plan = replace(
        plan,
        assets=tuple(
            replace(each, probes=tuple(p for p in each.probes if p.via == "shell"))
            for each in plan.assets
        ),
    )
    got: list[object] = []
    collect(plan, agency.defaults, inventory.parent, lambda _, seen: got.extend(seen))
    print(len(fitting), len(got))


if __name__ == "__main__":
    main()
