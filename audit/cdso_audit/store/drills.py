"""What was drilled, from the journal in the inventory's folder, and the newest stored forecast."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

import cdso_playbooks
from cdso_audit.drill.assess import assess_all
from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import DrillRegistered, Entry, canonical
from cdso_audit.drill.forecast.result import Forecast
from cdso_audit.drill.ledger import IllegalEventError
from cdso_audit.drill.playbook import Playbook, parse_playbook
from cdso_audit.drill.proof import DrillResult
from cdso_audit.errors import CdsoError, ConfigError, ConfigErrors
from cdso_audit.model import Agency, Notice
from cdso_audit.store import forecasts
from cdso_audit.store.files import read
from cdso_audit.store.journal import NAME, Journal

#: The journal's folder beside agency.yaml.
FOLDER: Final = "drills"


@dataclass(frozen=True, slots=True)
class Drilled:
    """Every drill of the agency, the playbooks as they are now, and a forecast if one is stored."""

    drills: tuple[DrillResult, ...] = ()
    playbooks: Mapping[str, str] = field(default_factory=dict)
    forecast: Forecast | None = None
    notices: tuple[Notice, ...] = ()


def load_drills(folder: Path, agency: Agency) -> Drilled:
    """
    What lies beside agency.yaml.

    A journal that is broken or cannot be read counts for nothing, and the report says so: it does
    not keep anybody from looking at the systems.
    """
    notices: list[Notice] = []
    entries: tuple[Entry, ...] = ()
    drills: tuple[DrillResult, ...] = ()
    try:
        entries = _entries(folder / FOLDER)
        needs = {each.id: each.depends_on for each in agency.systems}
        drills = assess_all(entries, needs) if entries else ()
    except (CdsoError, IllegalEventError) as problem:
        notices.append(
            Notice(
                template="The journal of the drills counts for nothing, since it is not whole or "
                "cannot be read: {why}. `cdso-audit drill verify` says more.",
                because=_behind(problem),
            )
        )
    forecast = None
    try:
        kept = forecasts.kept(folder)
        forecast = kept[-1] if kept else None
    except CdsoError as problem:
        notices.append(
            Notice(template="The stored forecasts are not shown: {why}", because=_behind(problem))
        )
    return Drilled(
        drills=drills,
        playbooks=playbook_hashes(folder, entries) if drills else {},
        forecast=forecast,
        notices=tuple(notices),
    )


def _behind(problem: CdsoError | IllegalEventError) -> Notice:
    if not isinstance(problem, CdsoError):
        return Notice(
            template="the journal contradicts itself: {why}", values={"why": str(problem)}
        )
    values = {
        name: each if isinstance(each, str | int | float) else str(each)
        for name, each in problem.values.items()
    }
    return Notice(template=problem.template, values=values)


def _entries(folder: Path) -> tuple[Entry, ...]:
    if not (folder / NAME).is_file():
        return ()
    with Journal.open(folder, clock=_no_clock, actor="", machine="") as journal:
        return tuple(journal.entries())


def _no_clock() -> Stamp:
    raise TypeError("a reader of the journal writes nothing")


def playbook_hashes(folder: Path, entries: tuple[Entry, ...]) -> dict[str, str]:
    """
    The playbooks as they are now, by id: those that are shipped, and the agency's own beside the
    plans. One that cannot be read is left out, which counts as gone.
    """
    texts = {name: (cdso_playbooks.text(name), name) for name in cdso_playbooks.names()}
    made = {}
    for text, name in texts.values():
        found = _parsed(text, name)
        if found is not None:
            made[found.id] = hash_of(found)
    places = {folder, folder / "playbooks"}
    places |= {
        Path(each.event.source).parent
        for each in entries
        if isinstance(each.event, DrillRegistered) and each.event.source
    }
    for place in sorted(places):
        for path in sorted(place.glob("*.yaml")) if place.is_dir() else []:
            data = _text(path)
            found = _parsed(data, str(path)) if b"cdso/drill-v1" in data[:4096] else None
            if found is not None:
                made[found.id] = hash_of(found)
    return made


def _text(path: Path) -> bytes:
    try:
        return read(path)
    except CdsoError:
        return b""


def _parsed(text: str | bytes, name: str) -> Playbook | None:
    try:
        return parse_playbook(text, name)
    except (ConfigError, ConfigErrors):
        return None


def hash_of(playbook: Playbook) -> str:
    """As `Plan.playbook_hash`, of a playbook that is in no plan yet."""
    return sha256(
        b"cdso/drill-v1\n" + canonical(playbook.model_dump(mode="json", by_alias=True))
    ).hexdigest()
