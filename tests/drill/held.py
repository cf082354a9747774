"""A drill on this machine, in a folder of its own: registered, approved, ready to run."""

import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cdso_audit.drill.events import (
    Approved,
    DrillRegistered,
    Entry,
    ManualSigned,
    Mode,
    StepEvent,
)
from cdso_audit.drill.ledger import DrillState
from cdso_audit.drill.plan import Plan, made_plan, parse_plan_file
from cdso_audit.drill.playbook import parse_playbook
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.drill.run.engine import Engine
from cdso_audit.drill.run.guards import Production
from cdso_audit.drill.run.programs import BASE
from cdso_audit.drill.run.shells import Hosts
from cdso_audit.store.journal import NAME, Journal

NONCE = "0123456789abcdef0123456789abcdef"
ELSEWHERE = Production(
    frozenset({"db1.example.vn"}), frozenset({"10.1.2.10"}), frozenset({"f" * 32})
)

HEAD = """\
apiVersion: cdso/drill-v1
id: small
title: {vi: Thử, en: Trial}
scenario: {name: loss, lost: [online], copy: offline}
target: {max_outage: 24h, minimum_service: {vi: có, en: some}}
safety: {class: isolated, marker: MARKER}
hosts: {db: {side: target}}
roles: {owner: {vi: chủ quản, en: owner}}
params: {log: {type: path}}
"""

PLAN = """\
apiVersion: cdso/drill-plan-v1
playbook: small
system: dvc
hosts: {db: {local: true}}
params: {log: LOG}
people: {owner: [Bình, Chi]}
"""

#: Every command that changes something leaves a line in the log of effects.
NOTE = "kind: ssh, host: db, run: [sh, -c, 'echo \"$2\" >> \"$1\"', sh, '{{log}}'"


def text(vi: str) -> str:
    """A title in both languages."""
    return f"{{vi: {vi}, en: {vi}}}"


@dataclass(slots=True)
class Held:
    """A drill's folder, and what a test needs of it."""

    folder: Path
    plan: Plan
    number: int = 1
    nonce: str = NONCE
    production: Production | None = ELSEWHERE
    told: list[DrillState] = field(default_factory=list)

    @property
    def effects(self) -> list[str]:
        """What the steps have really done, in order."""
        path = self.folder / "effects"
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        with Journal.open(
            self.folder, clock=read_stamp, actor="An (an@here)", machine="here"
        ) as book:
            yield book

    def engine(self, journal: Journal, **changes: object) -> Engine:
        """An engine on this drill; `changes` are its fields."""
        made: dict[str, object] = {
            "journal": journal,
            "number": self.number,
            "hosts": Hosts(self.plan.hosts, self.folder),
            "folder": self.folder,
            "production": self.production,
            "clock": read_stamp,
            "tell": self.told.append,
            **changes,
        }
        return Engine(**made)  # type: ignore[arg-type]

    def run(self, why: str = "run", **changes: object) -> DrillState:
        with self.journal() as book:
            if "clock" in changes:
                book._clock = changes["clock"]  # type: ignore[assignment]
            return self.engine(book, **changes).run(why)  # type: ignore[arg-type]

    def entries(self) -> list[Entry]:
        with self.journal() as book:
            return list(book.entries())

    def events(self, step: str = "") -> list[str]:
        """The types of the events, of one step or of all."""
        return [
            each.event.type  # type: ignore[union-attr]
            for each in self.entries()
            if not step or (isinstance(each.event, StepEvent) and each.event.step == step)
        ]

    def sign(self, step: str, by: str, *, accepted: bool = True) -> None:
        with self.journal() as book:
            attempt = book.ledger().drill(self.number).step(step).attempt
            book.append(
                self.number,
                ManualSigned(step=step, attempt=attempt, by=by, role="owner", accepted=accepted),
            )

    @property
    def path(self) -> Path:
        return self.folder / NAME


def marker(path: Path, nonce: str = NONCE, expires: str = "") -> None:
    """What the administrator of a target writes, to say that it is for drills."""
    from datetime import UTC, datetime, timedelta

    end = expires or (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(f"cdso-drill-target v1\nnonce={nonce}\nexpires={end}\n")


def held(
    folder: Path,
    phases: str,
    *,
    cleanup: str = "",
    head: Callable[[str], str] = lambda text: text,
    plan: Callable[[str], str] = lambda text: text,
    mode: Mode = Mode.FULL,
    approve: bool = True,
    mark: bool = True,
    production: Production | None = ELSEWHERE,
) -> Held:
    """Register a drill with those phases (YAML), and approve it by somebody else."""
    folder.mkdir(parents=True, exist_ok=True)
    written = head(HEAD).replace("MARKER", str(folder / "marker"))
    written += "phases:\n" + textwrap.indent(textwrap.dedent(phases), "  ")
    if cleanup:
        written += "cleanup:\n" + textwrap.indent(textwrap.dedent(cleanup), "  ")
    (folder / "small.yaml").write_text(written, encoding="utf-8")
    book = parse_playbook(written, "small.yaml")
    file, document = parse_plan_file(
        plan(PLAN).replace("LOG", str(folder / "effects")) + f"mode: {mode.value}\n", "plan.yaml"
    )
    made = made_plan(book, file, document, None, NONCE)
    if mark:
        marker(folder / "marker")
    with Journal.create(
        folder, "so-x", clock=read_stamp, actor="An (an@here)", machine="here"
    ) as journal:
        journal.append(
            1,
            DrillRegistered(
                playbook=book.id,
                system="dvc",
                mode=made.mode,
                plan=made.as_json,
                plan_hash=made.hash,
                software="test",
            ),
        )
        if approve:
            journal.append(1, Approved(plan_hash=made.hash, by="Bình", own=False))
        work = work_folder(journal.ledger().journal)
        shutil.rmtree(work, ignore_errors=True)
    return Held(folder, made, production=production)


def work_folder(journal: str, drill: int = 1) -> Path:
    """Where a drill of that journal keeps its files on this machine."""
    return Path(f"{BASE}-{journal[:8]}-{drill}")


@contextmanager
def tidy(drill: Held) -> Iterator[Held]:
    """Take away what a drill leaves on this machine: its fence."""
    try:
        yield drill
    finally:
        with drill.journal() as book:
            shutil.rmtree(work_folder(book.ledger().journal), ignore_errors=True)
