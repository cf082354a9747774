"""
Ask one host what some of the checks need, and no more.

`python -m tests.bench.width INVENTORY ASSET CHECKS`, in a process of its own. CHECKS is a number of
them, spread evenly over the catalogue by id; `all`; or `peer`: those whose questions testinfra is
asked too (peer_properties.py). Nothing is judged, for the peer judges nothing either.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from cdso_audit.cli import seldom_collected
from cdso_audit.collect.plan import make_plan
from cdso_audit.collect.run import collect
from cdso_audit.inventory import parse_agency
from cdso_audit.plugins import installed_checks
from cdso_audit.rulebook import load_rulebook

#: The subjects that peer_properties.py asks about, by the packages of `cdso_checks`.
PEER = (
    *("accounts", "backup", "files", "integrity", "kernel", "logging", "malware", "network"),
    *("passwords", "services", "ssh", "sudo", "timekeeping", "updates"),
)
#: Of these packages, what it does not ask.
NOT_PEER = (
    *("account-credential-files", "account-trust-files", "backup-encrypted", "backup-keys-apart"),
    *("backup-immutable-as-listed", "backup-runs-logged", "backup-versions", "central-login"),
    *("browser-mail-supported", "browser-mail-updates", "dhcp-server-logging", "log-personal-data"),
    *("log-rewrite-guarded", "monitoring-agent", "remote-control-tools", "removable-media-guarded"),
    *("mail-attachments-blocked", "mail-malware-filter", "server-link-redundancy"),
)


def main() -> None:
    """Print how many checks and probes that were."""
    inventory, asset, chosen = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    agency = parse_agency(inventory.read_bytes(), str(inventory))
    checks = installed_checks()
    book = load_rulebook("vn-2026")
    system = next(s for s in agency.systems if any(a.id == asset for a in s.assets))
    target = next(a for a in system.assets if a.id == asset)
    fitting = [each for each in book.selections(system, checks) if each.applies_to(target)]
    fitting.sort(key=lambda each: each.check.about.id)
    if chosen == "peer":
        fitting = [
            each
            for each in fitting
            if each.check.judge.__module__.split(".")[1] in PEER
            and each.check.about.id not in NOT_PEER
        ]
    elif chosen != "all":
        step = len(fitting) / int(chosen)
        fitting = [fitting[int(at * step)] for at in range(int(chosen))]
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
    with seldom_collected():
        main()
