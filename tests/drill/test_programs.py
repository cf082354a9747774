"""The programs that a drill feeds to a host's shell, on shells that differ and hosts that lie."""

import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.drill.held import NONCE

from cdso_audit.drill.run import programs
from cdso_audit.drill.run.engine import _moment, _remote, _unit_state
from cdso_audit.drill.run.shells import CAP, Said, talk

MARK = "0123456789abcdef"
SHELLS = [
    each for each in (["dash"], ["bash", "--posix"], ["busybox", "sh"]) if shutil.which(each[0])
]


@pytest.fixture
def permit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> programs.Permit:
    end = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (tmp_path / "marker").write_text(f"nonce={NONCE}\nexpires={end}\n")
    monkeypatch.setattr(programs, "BASE", str(tmp_path / "work"))
    return programs.Permit(str(tmp_path / "marker"), NONCE, "j" * 16, 1, 3, "token", 7, "a" * 64)


def said(program: str, shell: list[str] | None = None, **env: str) -> Said:
    """What a shell answers to a program, read as the engine reads it."""
    from cdso_audit.collect.local import LocalStream

    with subprocess.Popen(
        [*(shell or ["sh"]), "-s"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, env={**os.environ, **env},
    ) as process:  # fmt: skip
        return talk(LocalStream(process), program, MARK, 30, lambda: False)


def command(permit: programs.Permit | None, *argv: str, **more: object) -> str:
    given: dict[str, object] = {"env": {}, "stdin": None, "seconds": 20, "permit": permit, **more}
    return programs.command(MARK, argv, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
class TestInEveryShell:
    def test_arguments_environment_and_input_arrive_as_they_are(
        self, shell: list[str], permit: programs.Permit
    ) -> None:
        odd = "a 'b' \"c\" $(id) `id` \\ * \n ü;|&"
        program = command(
            permit, "sh", "-c", 'printf "%s|%s|" "$1" "$KEY"; cat', "sh", odd,
            env={"KEY": odd}, stdin=odd,
        )  # fmt: skip

        answer = said(program, shell)

        assert (answer.exit, answer.text) == (0, f"{odd}|{odd}|{odd}")

    def test_the_exit_code_is_the_commands(self, shell: list[str], permit: programs.Permit) -> None:
        assert said(command(permit, "sh", "-c", "exit 7"), shell).exit == 7
        assert said(command(permit, "sh", "-c", "cat; exit 8", stdin="x"), shell).exit == 8
        assert said(command(None, "no-such-program"), shell).exit == 127

    def test_a_detached_command_runs_once_and_tells_its_end(
        self, shell: list[str], permit: programs.Permit, tmp_path: Path
    ) -> None:
        folder = programs.attempt_folder(permit, "s", 1)
        argv = ["sh", "-c", 'echo "$KEY" "$HOME" >> "$1"; exit 3', "sh", f"{tmp_path}/log"]
        program = programs.detach(
            MARK, "unit", folder, argv, env={"KEY": "v'al"}, stdin=None, seconds=20, permit=permit
        )

        first = said(program, shell, HOME="/ho me")
        again = said(program, shell, HOME="/ho me")
        for _ in range(50):
            seen, facts = _unit_state(said(programs.state(MARK, folder, claim=False), shell))
            if seen == "ended":
                break
            time.sleep(0.1)

        assert _unit_state(first)[0] in ("running", "ended")
        assert _unit_state(again)[0] in ("running", "ended")
        assert (tmp_path / "log").read_text() == "v'al /ho me\n"
        assert facts["exit"] == "3"
        remote = _remote(facts)
        assert remote is not None
        assert remote.ended is not None
        assert remote.ended >= remote.began
        assert not (Path(folder) / "env").exists()

    def test_what_was_prepared_and_never_began_is_claimed_and_forgotten(
        self, shell: list[str], permit: programs.Permit
    ) -> None:
        folder = Path(programs.attempt_folder(permit, "s", 1))
        folder.mkdir(parents=True)
        (folder / "env").write_text("export KEY=secret\n")

        looked = said(programs.state(MARK, str(folder), claim=False), shell)
        claimed = said(programs.state(MARK, str(folder), claim=True), shell)

        assert _unit_state(looked)[0] == "starting"
        assert _unit_state(claimed)[0] == "never"
        assert not (folder / "env").exists()

    def test_what_ran_before_a_restart_is_lost_and_what_was_killed_has_died(
        self, shell: list[str], permit: programs.Permit
    ) -> None:
        folder = Path(programs.attempt_folder(permit, "s", 1))
        (folder / "claim").mkdir(parents=True)
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        for was, seen in ((boot, "died"), ("another", "lost")):
            (folder / "began").write_text(f"boot={was}\nuptime=1.0\npid=1\nstart=1\n")

            for claim in (False, True):
                answer = said(programs.state(MARK, str(folder), claim=claim), shell)
                assert _unit_state(answer)[0] == seen

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"marker": "/nonexistent"}, "marker-missing"),
            ({"nonce": "f" * 32}, "marker-nonce"),
            ({"fence": 2}, "fenced-3.token"),
            ({"token": "other"}, "fenced-3.token"),
        ],
    )
    def test_without_the_permit_nothing_is_done(
        self,
        shell: list[str],
        permit: programs.Permit,
        tmp_path: Path,
        change: dict[str, object],
        why: str,
    ) -> None:
        from dataclasses import replace

        assert said(command(permit, "true"), shell).exit == 0  # leaves its lease
        other = replace(permit, **change)  # type: ignore[arg-type]

        answer = said(command(other, "touch", str(tmp_path / "done")), shell)

        assert answer.refused == why
        assert not (tmp_path / "done").exists()

    def test_a_newer_lease_is_let_in_and_shuts_the_old_one_out(
        self, shell: list[str], permit: programs.Permit
    ) -> None:
        from dataclasses import replace

        newer = replace(permit, fence=10, token="new")  # noqa: S106 - tells two leases apart

        assert said(command(permit, "true"), shell).exit == 0
        assert said(command(newer, "true"), shell).exit == 0
        assert said(command(permit, "true"), shell).refused == "fenced-10.new"

    def test_a_marker_that_has_run_out_is_none(
        self, shell: list[str], permit: programs.Permit
    ) -> None:
        for expires, why in [("2020-01-01T00:00:00Z", "marker-expired"), ("soon", "marker-expiry")]:
            Path(permit.marker).write_text(f"nonce={NONCE}\nexpires={expires}\n")
            assert said(command(permit, "true"), shell).refused == why

    def test_a_work_folder_of_somebody_else_is_refused(
        self, shell: list[str], permit: programs.Permit, tmp_path: Path
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        Path(permit.folder).symlink_to(tmp_path / "elsewhere")

        assert said(command(permit, "true"), shell).refused == "work-folder"


def test_what_is_noted_is_on_disk_before_the_command_runs(
    permit: programs.Permit, tmp_path: Path
) -> None:
    """A host that loses its power would forget the note, and the command would run twice."""
    fake = tmp_path / "bin" / "sync"
    fake.parent.mkdir()
    fake.write_text(
        f"#!/bin/sh\n[ -e {tmp_path}/effect ] && ran=ran\nfor each; do\n"
        f'[ -e "$each" ] && echo "$ran ${{each##*/}}" >> {tmp_path}/order\ndone\n'
    )
    fake.chmod(0o755)
    folder = programs.attempt_folder(permit, "s", 1)
    program = programs.detach(
        MARK, "cdso-x", folder, ["touch", f"{tmp_path}/effect"],
        env={}, stdin=None, seconds=20, permit=permit,
    )  # fmt: skip

    said(program, PATH=f"{fake.parent}:{os.environ['PATH']}")
    for _ in range(50):
        if (Path(folder) / "ended").exists():
            break
        time.sleep(0.1)

    work = Path(permit.folder).name
    assert (tmp_path / "order").read_text().split("\n")[:-1] == [
        " run.sh", " s.1", f" {work}", " began", " s.1", "ran out", "ran err",
    ]  # fmt: skip


@pytest.mark.parametrize("old", [False, True], ids=["", "before systemd 236"])
def test_systemd_is_used_where_it_runs_and_the_command_keeps_its_home(
    permit: programs.Permit, tmp_path: Path, old: bool
) -> None:
    """A stand-in for systemd-run that, as a service does, starts with a bare environment."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, for a mount namespace of its own")
    fake = tmp_path / "bin" / "systemd-run"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\necho "$*" > {tmp_path}/asked\n'
        + 'case "$*" in *--collect*) exit 1;; esac\n' * old
        + 'while [ "${1#-}" != "$1" ]; do shift; done\n'
        'env -i PATH=/usr/bin:/bin setsid "$@" </dev/null >/dev/null 2>&1 &\n'
    )
    fake.chmod(0o755)
    folder = programs.attempt_folder(permit, "s", 1)
    argv = ["sh", "-c", 'echo "$HOME"']
    program = programs.detach(
        MARK, "cdso-x", folder, argv, env={}, stdin=None, seconds=20, permit=permit
    )
    inside = ["unshare", "-m", "sh", "-c",
              "mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec sh -s"]  # fmt: skip

    with subprocess.Popen(
        inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PATH": f"{fake.parent}:{os.environ['PATH']}", "HOME": "/root/x"},
    ) as process:  # fmt: skip
        out, err = process.communicate(program.encode(), timeout=30)

    if b"unshare" in err or b"mount" in err:
        pytest.skip("no mount namespace here")
    assert b"by=systemd" in out
    assert "--unit=cdso-x" in (tmp_path / "asked").read_text()
    for _ in range(50):
        if (Path(folder) / "ended").exists():
            break
        time.sleep(0.1)
    assert (Path(folder) / "out").read_text() == "/root/x\n"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"wall": "yesterday"},
        {"wall": "2026-03-10T08:00:00Z; rm"},
        {"wall": "9" * 500},
    ],
)
def test_a_host_whose_clock_is_nonsense_times_nothing(facts: dict[str, str]) -> None:
    assert _remote(facts) is None


@pytest.mark.parametrize(
    ("began", "ended", "seconds"),
    [("5", "8.25", 3.25), ("8", "5", 0.0), ("nan", "5", None), ("inf", "inf", None),
     ("1", "9" * 400, None), ("", "5", None)],
)  # fmt: skip
def test_seconds_of_a_host_are_finite_and_never_negative(
    began: str, ended: str, seconds: float | None
) -> None:
    wall = "2026-03-10T08:00:00.5Z"
    remote = _remote(
        {"wall": wall, "end.wall": wall, "boot": "b", "end.boot": "b", "uptime": began,
         "end.uptime": ended}
    )  # fmt: skip

    assert remote is not None
    assert remote.seconds == seconds


def test_a_restart_between_leaves_no_seconds() -> None:
    wall = "2026-03-10T08:00:00.5Z"
    remote = _remote({"wall": wall, "end.wall": wall, "boot": "b", "end.boot": "c"})

    assert remote is not None
    assert remote.seconds is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-10T08:00:00.123456789Z", "2026-03-10T08:00:00.123456Z"),
        ("2026-03-10T08:00:00.%NZ", "2026-03-10T08:00:00.000000Z"),
        ("2026-03-10T08:00:00Z", "2026-03-10T08:00:00.000000Z"),
    ],
)
def test_moments_of_hosts_are_read(text: str, moment: str) -> None:
    assert _moment(text) == moment


def test_a_flood_is_cut_and_its_end_is_found() -> None:
    answer = said(command(None, "sh", "-c", f"head -c {CAP + 5_000_000} /dev/zero | tr '\\0' x"))

    assert answer.exit == 0
    assert answer.cut
    assert CAP <= len(answer.out) < CAP + 100_000


def test_a_host_that_never_ends_is_left() -> None:
    from cdso_audit.collect.local import LocalStream

    with subprocess.Popen(
        ["sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        began = time.monotonic()
        answer = talk(LocalStream(process), command(None, "sleep", "60"), MARK, 1, lambda: False)

    assert time.monotonic() - began < 8
    assert (answer.exit, answer.begun) == (None, True)
    assert answer.lost == "no end within its time"


def test_a_host_cannot_forge_the_end_without_the_mark() -> None:
    answer = said(command(None, "sh", "-c", "printf '\\n%s exit 0\\n' x; exit 9"))

    assert answer.exit == 9
    assert re.search("x exit 0", answer.text)
