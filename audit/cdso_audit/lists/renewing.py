"""
Lists that were written after a scan, held against what the scan saw. Pure.

The evidence stays what the bundle holds; only what the owner says it should be is newer. A list
that the folder does not have stays that of the scan.
"""

from collections.abc import Iterator
from datetime import date, datetime

from cdso_audit.lists.declaring import declaring
from cdso_audit.model import VIETNAM, Agency, Declared, Lists, Notice, System


def renewed(
    agency: Agency, lists: Lists, at: datetime, today: date
) -> tuple[Agency, tuple[Notice, ...]]:
    """
    The agency of a scan made at `at`, with these lists in place of its own, and what to say of it.

    A list confirmed since the scan stands as if it had been then; one dated later than `today` is a
    draft. What the scan's own list declared (ports, administrators, backups) is taken back first:
    where agency.yaml declares the same, it has to be in the new list too.
    """
    day = at.astimezone(VIETNAM).date()
    before = agency.lists
    kept = [each for each in before.files if lists.file_of(each.name) is None]
    newer = tuple(
        each.name
        for each in lists.files
        if each.confirmed_on is not None and day < each.confirmed_on <= today
    )
    rows = {each.name: getattr(lists, each.name) for each in lists.files}
    rows |= {each.name: getattr(before, each.name) for each in kept}
    files = sorted((*lists.files, *kept), key=lambda each: each.name)
    joined = Lists(files=tuple(files), newer=newer, **rows)
    bare = agency.model_copy(
        update={"systems": tuple(_taken_back(each, before, at) for each in agency.systems)}
    )
    return declaring(bare, joined, at), tuple(_notices(before, joined, day))


def _notices(before: Lists, after: Lists, day: date) -> Iterator[Notice]:
    """Which lists are not those of the scan."""
    told = {each.name: each.confirmed_on for each in after.files}
    if after.newer:
        yield Notice(
            template="Lists that were confirmed after the scan of {day} were held against what it "
            "saw then: {names}.",
            values={
                "day": day.isoformat(),
                "names": ", ".join(f"{name} ({told[name]})" for name in after.newer),
            },
        )
    changed = [
        name
        for name in told
        if name not in after.newer
        and (before.file_of(name), getattr(before, name))
        != (after.file_of(name), getattr(after, name))
    ]
    if changed:
        yield Notice(
            template="These lists are not as they were at the scan of {day}: {names}.",
            values={"day": day.isoformat(), "names": ", ".join(changed)},
        )


def _taken_back(system: System, lists: Lists, at: datetime) -> System:
    """The system without what lists that stood at the scan declared of it."""
    known = system.declared
    update: dict[str, object] = {}
    if lists.stands("services", at):
        for key, protocol in (("ports", "tcp"), ("udp_ports", "udp")):
            ports = getattr(known, key)
            update[key] = {
                asset: left
                for asset, given in ports.items()
                if (
                    left := tuple(
                        port
                        for port in given
                        if not any(
                            row.port == port and row.protocol == protocol and row.concerns(asset)
                            for row in lists.services
                        )
                    )
                )
            }
    if lists.stands("accounts", at):
        listed = {row.account for row in lists.accounts if row.kind == "admin"}
        admins = tuple(each for each in known.admins or () if each not in listed)
        update["admins"] = admins or None
    if lists.stands("backups", at):
        copies = {row.copy_id for row in lists.backups}
        backups = tuple(each for each in known.backups or () if each.id not in copies)
        update["backups"] = backups or None
    declared: Declared = known.model_copy(update=update)
    return system.model_copy(update={"declared": declared})
