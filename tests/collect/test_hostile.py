"""
Whatever a host does, each question ends as an answer or as a gap with its reason, and soon.

A real sshd on loopback; behind it an honest shell, a crippled one, or a liar that has read our
program.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from tests.sshd import Sshd, keygen, running

from cdso_audit.collect.conversation import collect_shell
from cdso_audit.collect.ssh import Connections
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Access, GapReason, HostAsset, SshAccess, System

pytestmark = pytest.mark.daemon

LIAR = [sys.executable, str(Path(__file__).with_name("liar.py"))]
HELLO = Probe(id="hello", run="echo hello", why="")
WHO = Probe(id="who", run="id -un", why="")
SECRET = Probe(id="secret", run=("/usr/bin/id", "-u"), root=True, why="")
PROBES = [HELLO, WHO, SECRET]


def asset(server: Sshd, **access: object) -> HostAsset:
    settings: dict[str, object] = {
        "user": server.user,
        "port": server.port,
        "identity": str(server.identity),
        "known_hosts": str(server.known_hosts),
        "sudo": True,
        "timeout": 3,
    }
    return HostAsset(id="h", host="127.0.0.1", access=Access(ssh=SshAccess(**(settings | access))))


def ask(target: HostAsset, probes: list[Probe] = PROBES) -> dict[str, Observation]:
    connections = Connections(Path("/"), SshAccess(), paramiko.SSHConfig())
    session = connections.session(target)
    system = System(id="s", assets=(target,))
    try:
        found = collect_shell(session, target, system, probes, sudo=True)
    finally:
        session.close()
        connections.close()

    assert [each.probe for each in found] == [each.id for each in probes]
    return {each.probe: each for each in found}


def reasons(found: dict[str, Observation]) -> set[GapReason | None]:
    return {each.gap for each in found.values()}


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def test_an_honest_host_answers_on_one_connection_with_one_session(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        found = ask(asset(server))

        assert found["hello"].output == b"hello\n"
        assert found["who"].output.decode().strip() == server.user
        log = server.log.read_text()

    assert log.count("Accepted publickey") == 1
    assert log.count("Starting session: command") == 1


def test_a_follow_up_costs_the_second_session_and_no_more(tmp_path: Path) -> None:
    follow = Probe(
        id="follow",
        run='printf "[%s]" "$@"',
        why="",
        follow=lambda outputs: [outputs.text(HELLO).strip(), "$(touch x); `y` '"],
    )
    with running(tmp_path) as server:
        found = ask(asset(server), [HELLO, follow])
        log = server.log.read_text()

    assert found["follow"].output == b"[hello][$(touch x); `y` ']"
    assert log.count("Accepted publickey") == 1
    assert log.count("Starting session: command") == 2


def test_unreachable(honest: Sshd) -> None:
    found = ask(asset(honest, port=1))

    assert reasons(found) == {GapReason.REFUSED}
    assert "port 1" in found["hello"].detail


def test_a_name_that_does_not_resolve(honest: Sshd) -> None:
    target = asset(honest).model_copy(update={"host": "no-such-host.invalid"})

    assert reasons(ask(target)) == {GapReason.UNREACHABLE}


def test_an_unknown_host_key_is_refused_and_the_mending_is_told(
    honest: Sshd, tmp_path: Path
) -> None:
    found = ask(asset(honest, known_hosts=str(tmp_path / "none")))

    assert reasons(found) == {GapReason.REFUSED}
    assert "SHA256:" in found["hello"].detail
    assert f"ssh-keyscan -p {honest.port} 127.0.0.1 >> " in found["hello"].detail


def test_a_wrong_host_key_is_refused(honest: Sshd, tmp_path: Path) -> None:
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text().split()[:2]
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{honest.port} {' '.join(other)}\n")

    found = ask(asset(honest, known_hosts=str(file)))

    assert reasons(found) == {GapReason.REFUSED}
    assert "NOT the one in known_hosts" in found["hello"].detail


def test_a_refused_key(honest: Sshd, tmp_path: Path) -> None:
    found = ask(asset(honest, identity=str(keygen(tmp_path / "stranger")), agent=False))

    assert reasons(found) == {GapReason.DENIED}


def test_a_key_that_is_not_there(honest: Sshd) -> None:
    found = ask(asset(honest, identity="/nonexistent/key"))

    assert reasons(found) == {GapReason.DENIED}
    assert "/nonexistent/key does not exist" in found["hello"].detail


def test_a_password_reference_that_leads_nowhere(honest: Sshd) -> None:
    found = ask(asset(honest, password={"ref": "env:CDSO_TEST_NO_SUCH"}))

    assert reasons(found) == {GapReason.DENIED}
    assert "CDSO_TEST_NO_SUCH is not set" in found["hello"].detail


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become an ordinary user")
def test_sudo_denied_is_a_gap_of_the_privileged_question_alone(tmp_path: Path) -> None:
    command = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"]
    with running(tmp_path, command) as server:
        found = ask(asset(server))

    assert found["hello"].gap is None
    assert found["who"].output == b"nobody\n"
    assert found["secret"].gap is GapReason.DENIED
    assert "sudo" in found["secret"].detail


def test_a_hung_command_costs_its_deadline_and_nothing_else(honest: Sshd) -> None:
    hung = Probe(id="hung", run="trap '' TERM; sleep 60", why="", deadline=0.5)

    found = ask(asset(honest), [hung, HELLO])

    assert found["hung"].gap is GapReason.TIMEOUT
    assert found["hello"].output == b"hello\n"


def test_endless_output_is_cut(honest: Sshd) -> None:
    endless = Probe(id="endless", run="yes", why="", cap=1000)

    found = ask(asset(honest), [endless, HELLO])

    assert found["endless"].gap is GapReason.TOO_LARGE
    assert len(found["endless"].output) == 1000
    assert found["hello"].gap is None


def test_endless_complaints_are_cut(honest: Sshd) -> None:
    endless = Probe(id="endless", run="yes >&2; echo done", why="")

    found = ask(asset(honest), [endless, HELLO])

    assert len(found["endless"].errors) <= 4096
    assert found["hello"].gap is None


def test_output_that_imitates_our_framing_stays_output(honest: Sshd) -> None:
    forged = Probe(
        id="forged",
        run=f"m={'a' * 48}; printf '\\n%s end forged 0\\n\\n%s begin hello\\nlie\\n' $m $m",
        why="",
    )

    found = ask(asset(honest), [forged, HELLO])

    assert b"lie" in found["forged"].output
    assert found["hello"].output == b"hello\n"


def test_a_noisy_shell_is_not_heard(tmp_path: Path) -> None:
    noisy = tmp_path / "noisy.sh"
    noisy.write_text(
        "printf '\\033[31mWelcome, hello end 0\\n'; echo complaint >&2\n"
        "PATH=/nowhere; export PATH; LC_ALL=vi_VN.UTF-8; export LC_ALL; exec /bin/sh -s\n"
    )
    with running(tmp_path / "d", ["/bin/sh", str(noisy)]) as server:
        found = ask(asset(server))

    assert found["hello"].output == b"hello\n"
    assert found["hello"].errors == b""


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("endless", GapReason.TOO_LARGE),
        ("endless-errors", GapReason.TOO_LARGE),
        ("silent", GapReason.TIMEOUT),
        ("no-shell", GapReason.UNREACHABLE),
        ("codes", GapReason.UNPARSABLE),
    ],
)
def test_a_host_that_runs_no_shell(tmp_path: Path, mode: str, reason: GapReason) -> None:
    with running(tmp_path, [*LIAR, mode]) as server:
        found = ask(asset(server))

    assert reasons(found) == {reason}


def test_a_connection_cut_in_the_middle_keeps_what_had_come(tmp_path: Path) -> None:
    with running(tmp_path, [*LIAR, "cut"]) as server:
        found = ask(asset(server))

    assert found["hello"].output == b"first"
    assert found["who"].gap is GapReason.UNREACHABLE
    assert found["secret"].gap is GapReason.UNREACHABLE


def test_forged_frames_with_the_true_marker_never_reach_another_question(tmp_path: Path) -> None:
    with running(tmp_path, [*LIAR, "imitation"]) as server:
        found = ask(asset(server))

    assert found["secret"].gap is not None
    assert found["secret"].output != b"forged"
