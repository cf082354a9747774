"""The playbooks that come with the program: right by themselves, and in both languages."""

from pathlib import Path

import pytest

import cdso_playbooks
from cdso_audit.drill.assess import LEAST_HOLD, LEAST_LOOKS, LEAST_SPREAD
from cdso_audit.drill.playbook import (
    AutomaticBase,
    FileStep,
    ManualStep,
    Playbook,
    SshStep,
    parse_playbook,
)

FOLDER = Path(cdso_playbooks.__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
#: These restore something by machine; the others lead people through it.
AUTOMATIC = {
    "certificate-loss", "dns-zone", "files-borg", "files-restic", "mariadb-dump",
    "mariadb-physical", "portal-chain", "postgresql-dump", "postgresql-pitr", "website-rebuild",
}  # fmt: skip


def book(path: Path) -> Playbook:
    return parse_playbook(path.read_bytes(), path.name)


def test_there_are_those_that_the_study_asks_for() -> None:
    assert {each.stem for each in FILES} >= AUTOMATIC | {
        "ad-forest", "agency-tabletop", "ioc-dashboard", "key-person-absent", "lgsp-outage",
        "network-isolation", "offline-copy", "ransomware-file-server", "vm-image",
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestEach:
    def test_is_right_and_named_as_its_file(self, path: Path) -> None:
        assert book(path).id == path.stem

    def test_never_takes_longer_than_a_day_by_its_own_budget(self, path: Path) -> None:
        found = book(path)

        assert found.target.max_outage.total_seconds() <= 24 * 3600
        assert found.budget.whole.total_seconds() > 0

    def test_somebody_declares_and_two_accept(self, path: Path) -> None:
        people = [step for _, step in book(path).steps() if isinstance(step, ManualStep)]

        assert people
        if path.stem not in ("offline-copy", "agency-tabletop"):
            assert any(step.accepts == "declaration" for step in people)
            assert any(step.accepts == "recovery" and step.four_eyes for step in people)

    def test_what_restores_by_machine_is_proved_by_machine(self, path: Path) -> None:
        steps = [step for _, step in book(path).steps() if isinstance(step, AutomaticBase)]
        if path.stem in AUTOMATIC:
            assert any(step.negative_control for step in steps)
            assert any(step.proves == "service" and step.consecutive >= 5 and step.hold
                       for step in steps)  # fmt: skip
            assert any(step.marks == "restore-started" for _, step in book(path).steps())
            cleaned = {name for _, step in book(path).steps() for name in step.cleanup}
            assert cleaned == {step.id for step in book(path).cleanup}

    def test_the_service_is_watched_as_long_as_a_measured_time_demands(self, path: Path) -> None:
        """One look of "the service" would keep the whole drill from ever being measured."""
        for _, step in book(path).steps():
            if isinstance(step, AutomaticBase) and step.proves == "service":
                assert step.consecutive >= LEAST_LOOKS, step.id
                assert step.every * (step.consecutive - 1) >= LEAST_SPREAD, step.id
                assert step.hold is not None, step.id
                assert step.hold >= LEAST_HOLD, step.id

    def test_both_languages_differ(self, path: Path) -> None:
        found = book(path)
        texts = [found.title, *(step.title for _, step in found.steps())]
        texts += [step.ask for _, step in found.steps() if isinstance(step, ManualStep)]

        for each in texts:
            assert each.vi
            assert each.en
            assert each.vi != each.en

    def test_what_a_cleanup_removes_was_not_there_before(self, path: Path) -> None:
        """A folder that somebody named by mistake must stop the drill, not be removed by it."""
        removed = {
            step.id: (step.host, {each for each in step.run[1:] if not each.startswith("-")})
            for step in book(path).cleanup
            if isinstance(step, SshStep) and step.run[0] == "rm"
        }
        absent: set[tuple[str | None, str]] = set()
        for _, step in book(path).steps():
            for name in set(step.cleanup) & removed.keys():
                host, paths = removed[name]
                assert paths
                assert {(host, each) for each in paths} <= absent, (step.id, name)
            if isinstance(step, FileStep) and not step.expect.exists:
                absent.add((step.host, step.path))
