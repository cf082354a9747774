"""
What the lists say that agency.yaml could say too: ports, administrators, backups.

A list that stands is added to what is declared there: planning, looking and judging know it then.
"""

from datetime import datetime

from cdso_audit.model import Agency, Declared, DeclaredBackup, HostAsset, Lists, Port, System


def declaring(agency: Agency, lists: Lists, at: datetime) -> Agency:
    """The agency with its lists; those that stand at that moment also declare."""
    systems = tuple(
        system.model_copy(update={"declared": _declared(system, lists, at)})
        for system in agency.systems
    )
    return agency.model_copy(update={"systems": systems, "lists": lists})


def _declared(system: System, lists: Lists, at: datetime) -> Declared:
    """What is declared of the system, by agency.yaml and by the lists."""
    known = system.declared
    return known.model_copy(
        update={
            **(_ports(system, lists) if lists.stands("services", at) else {}),
            **(_admins(system, lists) if lists.stands("accounts", at) else {}),
            **(_backups(system, lists) if lists.stands("backups", at) else {}),
        }
    )


def _ports(system: System, lists: Lists) -> dict[str, dict[str, tuple[Port, ...]]]:
    """Ports a host, by protocol. A host that no row speaks of may offer nothing."""
    made = {}
    declared = {"tcp": system.declared.ports, "udp": system.declared.udp_ports}
    for protocol, key in (("tcp", "ports"), ("udp", "udp_ports")):
        ports = {name: set(given) for name, given in declared[protocol].items()}
        for asset in system.assets:
            if isinstance(asset, HostAsset):
                ports.setdefault(asset.id, set()).update(
                    row.port
                    for row in lists.services
                    if row.protocol == protocol and row.concerns(asset.id)
                )
        made[key] = {name: tuple(sorted(some)) for name, some in sorted(ports.items())}
    return made


def _admins(system: System, lists: Lists) -> dict[str, tuple[str, ...]]:
    """Active administrators of the system's assets."""
    listed = (
        row.account
        for row in lists.accounts
        if row.kind == "admin"
        and row.state == "active"
        and any(row.concerns(asset.id) for asset in system.assets)
    )
    return {"admins": tuple(dict.fromkeys((*(system.declared.admins or ()), *listed)))}


def _backups(system: System, lists: Lists) -> dict[str, tuple[DeclaredBackup, ...]]:
    """Copies of tools that we can look into. A copy of another tool declares nothing."""
    known = {each.id: each for each in system.declared.backups or ()}
    here = {asset.id for asset in system.assets if isinstance(asset, HostAsset)}
    for row in lists.backups:
        if row.asset in here and row.tool != "other" and row.location:
            where = "path" if row.tool == "files" else "repository"
            known.setdefault(
                row.copy_id,
                DeclaredBackup(
                    id=row.copy_id,
                    on=row.asset,
                    tool=row.tool,
                    rpo=row.every,
                    **{where: row.location},
                ),
            )
    return {"backups": tuple(known.values())} if known else {}
