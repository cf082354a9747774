"""How the owner's lists stand at a run, and how much each would prove that is lacking. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from cdso_audit.language import both
from cdso_audit.lists.columns import KINDS
from cdso_audit.model import LIST_HOLDS, Agency, DrillOutcome, ListFile, Lists
from cdso_audit.result import ListInfo, RequirementStatus
from cdso_audit.rulebook import Rulebook
from cdso_audit.score import floored, gains_of_lists, sheets_of

#: Kinds of devices that an inventory names, so that they are looked at.
LOOKED_AT = frozenset({"server", "virtual", "cloud", "network", "security"})


def list_infos(
    agency: Agency,
    governing: Mapping[str, Rulebook],
    statuses: Mapping[str, Sequence[RequirementStatus]],
    drills: Sequence[DrillOutcome],
    at: datetime,
) -> Iterator[ListInfo]:
    """
    Each list that a requirement of a system needs: those that would add most first.

    Numbers of requirements are summed over the systems; the points are those of the technical view
    of the system that gains most, were everything seen as the list says.
    """
    waits: dict[str, int] = {}
    proves: dict[str, int] = {}
    gains: dict[str, float] = {}
    needed: set[str] = set()
    for system in agency.systems:
        book = governing[system.id]
        for each in book.for_level(system.level):
            needed.update(each.proof.lists)
        sheets = sheets_of(book, system, statuses.get(system.id, ()), drills, at)
        for name, (waiting, proved, points) in gains_of_lists(sheets["technical"]).items():
            waits[name] = waits.get(name, 0) + waiting
            proves[name] = proves.get(name, 0) + proved
            gains[name] = max(gains.get(name, 0), floored(points))
    held = {each.name for each in agency.lists.files}
    order = sorted(
        (needed | held) & KINDS.keys(),
        key=lambda name: (-gains.get(name, 0), -waits.get(name, 0), list(KINDS).index(name)),
    )
    for name in order:
        found = agency.lists.file_of(name)
        on = found.confirmed_on if found else None
        yield ListInfo(
            name=name,
            title=both(KINDS[name].title),
            file=found.file if found else f"lists/{name}.csv",
            state=agency.lists.standing(name, at),
            rows=found.rows if found else 0,
            confirmed_by=found.confirmed_by if found else "",
            confirmed_on=on,
            until=last_day(found),
            waits=waits.get(name, 0),
            proves=proves.get(name, 0),
            points=gains.get(name, 0),
            unseen=unseen(agency.lists) if name == "assets" else 0,
        )


def last_day(found: ListFile | None) -> date | None:
    """The last day on which a list counts; None for a draft."""
    if found is None or found.confirmed_on is None:
        return None
    return found.confirmed_on + LIST_HOLDS - timedelta(days=1)


def unseen(lists: Lists) -> int:
    """Rows of the register that are in use, could be looked at, and stand in no inventory."""
    return sum(
        not row.asset and row.kind in LOOKED_AT and row.status in (None, "in-use")
        for row in lists.assets
    )
