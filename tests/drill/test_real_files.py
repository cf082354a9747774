"""Files by restic and borg: destroyed, restored, proved, timed, cleaned up. Real repositories."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.drill.held import Held
from tests.drill.staged import (
    KEY,
    Stage,
    carried_out,
    heartbeat_of,
    heartbeats,
    need,
    recent,
    stage,
    staged,
    story,
)

pytestmark = pytest.mark.daemon
TEXTS = {
    "hồ sơ/đơn 1.txt": "Đơn xin cấp lại giấy phép\n",
    "hồ sơ/đơn 2.txt": "ữ ặ ỗ\n" * 5000,
    "ảnh/quét.bin": "\x00\x01" * 40000,
    "trống": "",
}

#: What was written in the last hour.
LATEST = ("hồ sơ/đơn 2.txt",)


def documents(place: Stage) -> Path:
    """The files of an office, with a heartbeat among them."""
    folder = place.path("files")
    for name, text in TEXTS.items():
        place.write(f"files/{name}", text)
    lines = heartbeats("files", 6, timedelta(hours=1), recent())
    place.write("files/.cdso-canary", "".join(f"{line}\n" for _, line in lines))
    for each in (folder, folder / "hồ sơ", folder / "ảnh"):
        place.own(each)
    return folder


def manifest(place: Stage, folder: Path) -> Path:
    """`sha256sum` of everything, kept by the operator."""
    lines = [
        f"{sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    made = place.folder.parent / "manifest"
    made.write_text("".join(lines), encoding="utf-8")
    return made


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made


def params(place: Stage, folder: Path, **more: object) -> dict[str, object]:
    return {
        "repository": str(place.path("repository")),
        "source": str(folder),
        "destination": str(place.path("restored")),
        "manifest": str(manifest(place, folder)),
        "files": len(TEXTS) + 1,
        **more,
    }


def backup_restic(place: Stage, folder: Path) -> None:
    need("restic")
    word = place.write("word", "open sesame", 0o600)
    common = ["restic", "--no-cache", "--quiet", "--repo", str(place.path("repository")),
              "--password-file", str(word)]  # fmt: skip
    place.run(*common, "init")
    place.run(*common, "backup", folder)


def backup_borg(place: Stage, folder: Path) -> None:
    need("borg")
    environment = ["env", "BORG_PASSPHRASE=open sesame", f"BORG_BASE_DIR={place.folder}", "borg"]
    repository = place.path("repository")
    place.run(*environment, "init", "--encryption=repokey", repository)
    place.run(*environment, "create", f"{repository}::office", folder)


@pytest.mark.parametrize("tool", ["restic", "borg"])
class TestFiles:
    def drill(
        self,
        place: Stage,
        tool: str,
        monkeypatch: pytest.MonkeyPatch,
        lose: tuple[str, ...] = (),
        **more: object,
    ) -> tuple[Held, Path]:
        """A drill of a copy that lacks the files `lose`; the manifest knows all of them."""
        folder = documents(place)
        kept = {name: (folder / name).read_text("utf-8") for name in lose}
        for name in lose:
            (folder / name).unlink()
        self.back_up(place, tool, folder, monkeypatch, more)
        for name, text in kept.items():
            place.write(f"files/{name}", text)
        return staged(place, f"files-{tool}", params=params(place, folder, **more)), folder

    def back_up(
        self,
        place: Stage,
        tool: str,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        more: dict[str, object],
    ) -> None:
        if tool == "restic":
            backup_restic(place, folder)
            monkeypatch.setenv("CDSO_DRILL_RESTIC_PASSWORD", "open sesame")
        else:
            backup_borg(place, folder)
            monkeypatch.setenv("CDSO_DRILL_BORG_PASSPHRASE", "open sesame")
            more["archive"] = "office"

    def test_lost_and_back(self, place: Stage, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
        drill, folder = self.drill(place, tool, monkeypatch)
        shutil.rmtree(folder)

        state = carried_out(drill)

        assert state.closed is not None, story(drill)
        assert (state.closed.outcome, state.closed.why) == ("succeeded", ""), story(drill)
        assert state.closed.cleanup_proved
        assert state.step("hashes").control is True
        assert state.step("opens").hold_kept
        assert state.captured["files"] == str(len(TEXTS) + 1)
        assert int(state.captured["bytes"]) > sum(len(each) for each in TEXTS.values())
        assert not place.path("restored").exists()
        canary = heartbeat_of(drill)
        assert (canary.valid, canary.newest_number, canary.missing) == (6, 6, ())
        text = drill.path.read_bytes()
        assert b"open sesame" not in text
        assert KEY.encode() not in text

    def test_a_copy_that_is_not_what_the_manifest_says_fails(
        self, place: Stage, tool: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drill, _ = self.drill(place, tool, monkeypatch)
        path = Path(str(drill.plan.values["manifest"]))
        path.write_text(path.read_text().replace("a", "b"), encoding="utf-8")

        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome == "failed", story(drill)
        assert state.step("hashes").status == "failed"
        assert not place.path("restored").exists()

    @pytest.mark.parametrize(
        ("lose", "files", "step", "why"),
        [
            (LATEST, {}, "count", "exit 1"),
            (LATEST, {"files": len(TEXTS)}, "hashes", "1 missing, 0 wrong"),
            ((*TEXTS, ".cdso-canary"), {}, "count", "exit 1"),
        ],
        ids=["an hour of files", "an hour of files that the count allows", "all of them"],
    )
    def test_files_that_the_copy_lacks_fail_it(
        self,
        place: Stage,
        tool: str,
        monkeypatch: pytest.MonkeyPatch,
        lose: tuple[str, ...],
        files: dict[str, object],
        step: str,
        why: str,
    ) -> None:
        drill, _ = self.drill(place, tool, monkeypatch, lose, **files)

        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome == "failed", story(drill)
        assert state.step(step).status == "failed", story(drill)
        assert why in state.step(step).why

    def test_a_folder_that_is_there_already_is_left_alone(
        self, place: Stage, tool: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drill, _ = self.drill(place, tool, monkeypatch)
        place.write("restored/precious", "do not remove")

        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome in ("failed", "refused"), story(drill)
        assert place.path("restored/precious").read_text() == "do not remove"
