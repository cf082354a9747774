"""A shipped playbook on real servers of this machine, from its registration to its cleanup."""

import os
import pwd
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.drill.held import ELSEWHERE, NONCE, Held, marker, work_folder
from tests.servers import let_others_in
from tests.sshd import Sshd
from tests.sshd import running as sshd_running

import cdso_playbooks
from cdso_audit.drill.canary import make_canary
from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import Approved, CanarySeen, DrillRegistered, ManualSigned
from cdso_audit.drill.ledger import DrillState
from cdso_audit.drill.plan import made_plan, parse_plan_file
from cdso_audit.drill.playbook import ManualStep, parse_playbook
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.store.journal import Journal

KEY = "canary-key-of-the-tests-0123456789"
#: What the playbooks of the country wait for, made short. Nothing else of them is changed.
SHORT = (
    (r"every: \d+s", "every: 0.2s"),
    (r"hold: \d+m", "hold: 1s"),
    (r"retry_after: \d+s", "retry_after: 0.5s"),
    (r"timeout: \d+[hm]", "timeout: 90s"),
)


def need(*programs: str) -> None:
    """Skip the test when a program is not installed, and say which."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    for name in programs:
        if not (Path(name).exists() if "/" in name else shutil.which(name, path=path)):
            pytest.skip(f"needs {name}")


@dataclass(slots=True)
class Stage:
    """A folder in which servers run, and the account that runs them: servers refuse to be root."""

    folder: Path
    account: str
    server: Sshd

    @property
    def host(self) -> dict[str, Any]:
        """This machine as a plan names it: reached over SSH, as the account."""
        return {
            "host": "127.0.0.1",
            "ssh": {
                "user": self.account,
                "port": self.server.port,
                "identity": str(self.server.identity),
                "known_hosts": str(self.server.known_hosts),
                "agent": False,
            },
        }

    def path(self, *parts: str) -> Path:
        return self.folder.joinpath(*parts)

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        """A file that the account owns."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        self.own(path)
        return path

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, self.account)

    def run(self, *words: str | Path, stdin: str = "", check: bool = True) -> str:
        """A command as the account, outside of the drill."""
        argv = [str(each) for each in words]
        if os.geteuid() == 0:
            argv = ["runuser", "-u", self.account, "--", *argv]
        done = subprocess.run(
            argv, input=stdin, capture_output=True, text=True, check=False, timeout=300,
            cwd=self.folder,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{argv}\n{done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A stage whose servers run as `postgres` where the tests run as root, else as oneself."""
    account = pwd.getpwuid(os.geteuid()).pw_name
    if account == "root":
        account = "postgres"
        try:
            pwd.getpwnam(account)
        except KeyError:
            pytest.skip("needs the account postgres (apt install postgresql)")
    let_others_in(folder)
    place = folder / "stage"
    place.mkdir()
    with sshd_running(folder / "sshd", account=account) as server:
        made = Stage(place, account, server)
        made.own(place)
        yield made


def heartbeats(
    system: str, count: int, every: timedelta, newest: datetime
) -> list[tuple[int, str]]:
    """Numbered canary lines, the last of them at `newest`."""
    return [
        (number, make_canary(system, number, newest - every * (count - number), KEY.encode()).line)
        for number in range(1, count + 1)
    ]


def staged(
    place: Stage,
    playbook: str,
    *,
    params: Mapping[str, object],
    hosts: Mapping[str, Mapping[str, object]] | None = None,
    earnest: bool = False,
) -> Held:
    """
    Register and approve a drill of the shipped playbook, on this machine but for `hosts`.

    `earnest`: unannounced, of a copy whose age is known, and waiting as long as the playbook says.
    """
    folder = place.folder.parent / "drill"
    folder.mkdir()
    (folder / "keys").mkdir()
    (folder / "keys" / "canary").write_text(KEY)
    (folder / "keys" / "canary").chmod(0o600)
    text = (Path(cdso_playbooks.__file__).parent / f"{playbook}.yaml").read_text("utf-8")
    for pattern, brief in () if earnest else SHORT:
        text = re.sub(pattern, brief, text)
    mark = place.path("marker")
    marker(mark)
    mark.chmod(0o644)
    text = re.sub(r"safety: \{class: (\w+),", rf"safety: {{class: \1, marker: {mark},", text)
    book = parse_playbook(text, f"{playbook}.yaml")
    plan = {
        "apiVersion": "cdso/drill-plan-v1",
        "playbook": playbook,
        "system": "dvc",
        "hosts": {name: dict((hosts or {}).get(name, place.host)) for name in book.hosts},
        "params": dict(params),
        "people": {name: ["Bình", "Chi"] for name in book.roles},
        "copy": {"identity": "trial"},
    }
    if earnest:
        plan["announced"] = False
        plan["copy"] = {"identity": "trial", "taken_at": recent(10).isoformat()}
    file, document = parse_plan_file(yaml.safe_dump(plan, allow_unicode=True), "plan.yaml")
    made = made_plan(book, file, document, None, NONCE)
    with Journal.create(
        folder, "so-x", clock=read_stamp, actor="An (an@here)", machine="here"
    ) as journal:
        journal.append(
            1,
            DrillRegistered(
                playbook=book.id, system="dvc", mode=made.mode, plan=made.as_json,
                plan_hash=made.hash, software="test",
            ),
        )  # fmt: skip
        journal.append(1, Approved(plan_hash=made.hash, by="Bình", own=False))
    return Held(folder, made, production=ELSEWHERE)


def carried_out(drill: Held, **changes: object) -> DrillState:
    """Run it, while the people of the plan sign whatever they are asked."""
    over = threading.Event()

    def sign() -> None:
        signed: set[str] = set()
        people = [step for _, step in drill.plan.playbook.steps() if isinstance(step, ManualStep)]
        while not over.is_set():
            with drill.journal() as book:
                state = book.ledger().drill(1)
                for step in people:
                    if step.id not in signed and state.step(step.id).status == "waiting":
                        signed.add(step.id)
                        for name in ("Bình", "Chi")[: 2 if step.four_eyes else 1]:
                            book.append(
                                1,
                                ManualSigned(
                                    step=step.id, attempt=state.step(step.id).attempt, by=name,
                                    role=step.role, accepted=True, note="seen",
                                ),
                            )  # fmt: skip
            time.sleep(0.1)

    people = threading.Thread(target=sign, daemon=True)
    people.start()
    try:
        return drill.run(**changes)
    finally:
        over.set()
        people.join()
        with drill.journal() as book:
            shutil.rmtree(work_folder(book.ledger().journal), ignore_errors=True)


@dataclass(slots=True)
class Hasty:
    """
    A clock and a way to sleep that let half an hour of watching pass at once: the looks are real,
    only the waiting between them is not. Everything else takes as long as it takes.
    """

    drill: Held
    step: str
    ahead: float = 0.0

    def clock(self) -> Stamp:
        now = read_stamp()
        return now.model_copy(
            update={
                "wall": now.wall + timedelta(seconds=self.ahead),
                "boottime": now.boottime + self.ahead,
                "awake": now.awake + self.ahead,
            }
        )

    def sleep(self, seconds: float) -> None:
        if self.drill.told and self.drill.told[-1].step(self.step).status.is_open:
            self.ahead += seconds
        else:
            time.sleep(seconds)


def heartbeat_of(drill: Held) -> CanarySeen:
    """What the heartbeats of the restored system said."""
    return next(each.event for each in drill.entries() if isinstance(each.event, CanarySeen))


def story(drill: Held) -> str:
    """What happened, for the message of a failing test."""
    lines = []
    for each in drill.entries():
        said = each.event.model_dump(mode="json", exclude_defaults=True)
        said.pop("plan", None)
        lines.append(f"{each.seq} {each.event.type} {str(said)[:600]}")  # type: ignore[union-attr]
    return "\n".join(lines)


def recent(minutes: float = 5) -> datetime:
    """A little while ago, to the second."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
