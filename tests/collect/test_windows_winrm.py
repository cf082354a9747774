"""WinRM: every way of getting no answer is a gap of every question. No real server is at hand."""

import importlib.util
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.collect.test_windows_program import answered

from cdso_audit.collect.winrm import HTTP_PORT, TLS_PORT, _settings, collect_windows
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Access, GapReason, HostAsset, SecretRef, WinrmAccess

PROBES = [
    Probe(id="one", via="powershell", run="@{}", why="", deadline=1),
    Probe(id="two", via="powershell", run="@{}", why="", deadline=1),
    Probe(id="host-ports", via="ports", run="", why=""),
]
HERE = Path("/")


def host(**access: object) -> HostAsset:
    given = {"user": "an", "password": SecretRef(ref="env:CDSO_TEST_WINRM"), "timeout": 2} | access
    return HostAsset(
        id="w",
        host="127.0.0.1",
        os="windows",
        access=Access(winrm=WinrmAccess.model_validate(given)),
    )


def gaps(found: list[Observation]) -> set[GapReason | None]:
    assert [each.probe for each in found] == ["one", "two"]
    return {each.gap for each in found}


@pytest.fixture
def refusing() -> Iterator[int]:
    """A tiny server that refuses every logon."""

    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Negotiate")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def pypsrp(monkeypatch: pytest.MonkeyPatch) -> None:
    if not importlib.util.find_spec("pypsrp"):
        pytest.skip("pip install pypsrp")
    monkeypatch.setenv("CDSO_TEST_WINRM", "not-a-password")


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pypsrp.wsman", None)
    found = collect_windows(host(), PROBES, HERE)

    assert gaps(found) == {GapReason.MISSING_TOOL}
    assert "pip install" in found[0].detail


def test_without_access_it_names_the_collector_by_hand() -> None:
    found = collect_windows(HostAsset(id="w", host="127.0.0.1", os="windows"), PROBES, HERE)

    assert gaps(found) == {GapReason.UNREACHABLE}
    assert "cdso-audit collector windows" in found[0].detail


def test_nobody_there_is_a_gap(pypsrp: None) -> None:  # noqa: ARG001 - needs the package
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = collect_windows(host(port=taken.getsockname()[1], tls=False), PROBES, HERE)

    assert gaps(found) <= {GapReason.REFUSED, GapReason.UNREACHABLE}


def test_a_refused_logon_is_a_gap(pypsrp: None, refusing: int) -> None:  # noqa: ARG001
    found = collect_windows(host(port=refusing, tls=False), PROBES, HERE)

    assert None not in gaps(found)


def test_no_certificate_no_answer(pypsrp: None, refusing: int) -> None:  # noqa: ARG001
    """A server that speaks no TLS is not asked without it."""
    found = collect_windows(host(port=refusing), PROBES, HERE)

    assert None not in gaps(found)


def test_whoever_never_answers_is_given_up(pypsrp: None) -> None:  # noqa: ARG001
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        found = collect_windows(host(port=deaf.getsockname()[1], tls=False), PROBES, HERE)

    assert gaps(found) == {GapReason.TIMEOUT}


def test_answers_go_through_the_frames() -> None:
    def run(_asset: HostAsset, text: str, _folder: Path, limit: float) -> tuple[str, str]:
        marker = text.partition("$marker = '")[2].partition("'")[0]
        assert limit == 2
        told = answered("one", "{}", 0) + answered("two", "", 5, "Access is denied.")
        return told.replace("a1" * 24, marker), "VIDU\\an"

    one, two = collect_windows(host(), PROBES, HERE, run)

    assert (one.gap, one.output.strip(), one.run_as) == (None, b"{}", "VIDU\\an")
    assert (two.gap, two.detail) == (GapReason.DENIED, "Access is denied.")


@pytest.mark.parametrize(
    ("tls", "port", "encryption"), [(True, TLS_PORT, "auto"), (False, HTTP_PORT, "always")]
)
def test_nothing_goes_in_plain_text(*, tls: bool, port: int, encryption: str) -> None:
    access = WinrmAccess(user="an", tls=tls)
    made = _settings(access, HERE)

    assert (made["ssl"], made["port"], made["encryption"]) == (tls, port, encryption)
    assert made["cert_validation"] is True
