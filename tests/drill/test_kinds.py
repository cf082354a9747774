"""What each kind of step sees on a real server: a journey, a port, files, a database's words."""

import http.server
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.drill.books import SMALL
from tests.drill.held import NONCE
from tests.servers import dripping, endless, free_port, saying, talking
from tests.sshd import running

from cdso_audit.drill.plan import Plan, PlannedHost
from cdso_audit.drill.playbook import (
    FileStep,
    HttpStep,
    SqlStep,
    TcpStep,
    ValueExpect,
    parse_playbook,
)
from cdso_audit.drill.run import programs
from cdso_audit.drill.run.kinds import (
    Outcome,
    Surroundings,
    compared,
    perform,
    read_manifest,
    sql_client,
)
from cdso_audit.drill.run.shells import Hosts
from cdso_audit.model import SshAccess

T = {"vi": "a", "en": "a"}


def around(
    folder: Path, hosts: dict[str, PlannedHost] | None = None, **values: str
) -> Surroundings:
    """What the engine gives a step, without an engine."""
    plan = Plan(
        playbook=parse_playbook(SMALL, "small.yaml"),
        system="dvc",
        mode="full",  # type: ignore[arg-type]
        hosts=hosts or {},
        nonce=NONCE,
    )
    return Surroundings(
        plan=plan,
        hosts=Hosts(plan.hosts, folder),
        folder=folder,
        values=lambda: values,
        secret={"pass": "p'w$(id)"}.__getitem__,
        permit=lambda _: programs.Permit("/m", NONCE, "j" * 16, 1, 1, "t", 1, "0" * 64),
        stop=lambda: False,
    )


class Portal(http.server.BaseHTTPRequestHandler):
    """A small portal: a login gives a cookie, and only with it is there a dossier."""

    def do_GET(self) -> None:
        if self.path == "/":
            self.answer(200, b'<input name="csrf" value="t0k3n">')
        elif self.path.startswith("/dossier/7") and "session=yes" in self.headers.get("Cookie", ""):
            self.answer(200, "hồ sơ 7".encode())
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.answer(403, b"no")

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        good = "csrf=t0k3n" in form and "password=p%27w%24%28id%29" in form
        self.send_response(200 if good else 401)
        if good:
            self.send_header("Set-Cookie", "session=yes; Path=/; HttpOnly")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


@pytest.fixture
def portal() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def journey(port: int, *requests: dict[str, Any], scheme: str = "http", **more: Any) -> HttpStep:
    base = f"{scheme}://dvc.example.vn:{port}"
    return HttpStep.model_validate(
        {
            "id": "j", "title": T, "kind": "http", "address": "127.0.0.1", "timeout": "5s",
            "requests": [{**each, "url": base + each["url"]} for each in requests], **more,
        }
    )  # fmt: skip


LOGIN: list[dict[str, Any]] = [
    {"url": "/", "capture": {"csrf": 'value="([^"]+)"'}},
    {
        "method": "POST",
        "url": "/login",
        "form": {"csrf": "{{csrf}}", "password": "{{secret.pass}}"},
    },
    {"url": "/dossier/{{number}}", "expect": {"contains": ["hồ sơ 7"]}},
]


def test_a_journey_logs_in_and_reads_a_record(portal: int, tmp_path: Path) -> None:
    seen = perform(journey(portal, *LOGIN), around(tmp_path, number="7"))

    assert (seen.passed, seen.why) == (True, "")
    assert seen.captured == {"csrf": "t0k3n"}
    assert len(seen.kept) == 3


@pytest.mark.parametrize(
    ("requests", "why"),
    [
        ([LOGIN[2]], "request 1: status 403"),
        ([LOGIN[0], {**LOGIN[1], "form": {"csrf": "x"}}], "request 2: status 401"),
        ([{"url": "/moved"}], "request 1: status 302"),
        ([{"url": "/", "expect": {"lacks": ["csrf"]}}], "'csrf' is there"),
        ([{"url": "/", "capture": {"x": "nothing(.)"}}], "no x in the answer"),
    ],
)
def test_a_journey_that_is_not_as_expected_fails_and_was_answered(
    portal: int, tmp_path: Path, requests: list[dict[str, Any]], why: str
) -> None:
    seen = perform(journey(portal, *requests), around(tmp_path, number="7"))

    assert (seen.passed, seen.reached) == (False, True)
    assert why in seen.why


@pytest.mark.parametrize(
    "talk",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n", drop=b"X: y\r\n", pause=0.3),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        saying(b"\0\1\2 nonsense"),
        saying(b""),
    ],
    ids=["slow body", "slow headers", "cut short", "nonsense", "silence"],
)
def test_a_hostile_server_costs_no_more_than_the_timeout(talk: Any, tmp_path: Path) -> None:
    import time

    with talking(talk) as port:
        began = time.monotonic()
        seen = perform(journey(port, {"url": "/"}, timeout="1s"), around(tmp_path))

    assert time.monotonic() - began < 4
    assert (seen.passed, seen.reached) == (False, False)


def test_an_endless_answer_is_cut(tmp_path: Path) -> None:
    with talking(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)) as port:
        seen = perform(journey(port, {"url": "/"}), around(tmp_path))

    assert seen.passed
    assert seen.kept[0][2]


def test_nobody_there_is_no_answer(tmp_path: Path) -> None:
    seen = perform(journey(free_port(), {"url": "/"}), around(tmp_path))

    assert (seen.passed, seen.reached) == (False, False)


def test_a_certificate_is_verified(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=dvc.example.vn", "-addext",
         "subjectAltName=DNS:dvc.example.vn", "-keyout", "key.pem", "-out", "ca.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        page = {"url": "/"}
        unknown = perform(journey(port, page, scheme="https"), around(tmp_path))
        known = perform(journey(port, page, scheme="https", ca="ca.pem"), around(tmp_path))
        other = journey(port, page, scheme="https", ca="ca.pem")
        url = f"https://other.example.vn:{port}/"
        request = other.requests[0].model_copy(update={"url": url})
        wrong = perform(other.model_copy(update={"requests": (request,)}), around(tmp_path))
        server.shutdown()

    assert "certificate verify failed" in unknown.why
    assert known.passed
    assert "doesn't match" in wrong.why or "not valid for" in wrong.why


@pytest.mark.daemon
def test_looking_from_another_host(portal: int, tmp_path: Path) -> None:
    """Through the SSH connection of the vantage: journey, open port, closed port."""
    with running(tmp_path / "sshd") as server:
        access = SshAccess(
            user=server.user,
            port=server.port,
            identity=str(server.identity),
            known_hosts=str(server.known_hosts),
        )
        place = around(tmp_path, {"eye": PlannedHost(host="127.0.0.1", ssh=access)}, number="7")
        seen = perform(journey(portal, *LOGIN, vantage="eye"), place)
        opened = perform(tcp(portal, vantage="eye"), place)
        closed = perform(tcp(free_port(), vantage="eye", open=False), place)
        place.hosts.close()
        log = server.log.read_text()

    assert (seen.passed, seen.why) == (True, "")
    assert (opened.passed, closed.passed) == (True, True)
    assert "direct-tcpip" in log


@pytest.mark.daemon
def test_a_vantage_that_forwards_nothing_has_seen_nothing(portal: int, tmp_path: Path) -> None:
    with running(tmp_path / "sshd", extra="AllowTcpForwarding no\n") as server:
        access = SshAccess(
            user=server.user,
            port=server.port,
            identity=str(server.identity),
            known_hosts=str(server.known_hosts),
        )
        place = around(tmp_path, {"eye": PlannedHost(host="127.0.0.1", ssh=access)})
        seen = perform(tcp(portal, vantage="eye", open=False), place)
        place.hosts.close()

    assert (seen.passed, seen.reached) == (False, False)
    assert "AllowTcpForwarding" in seen.why


def tcp(port: int, **more: Any) -> TcpStep:
    return TcpStep.model_validate(
        {"id": "t", "title": T, "kind": "tcp", "address": "127.0.0.1", "port": port,
         "timeout": "3s", **more}
    )  # fmt: skip


@pytest.mark.parametrize(("there", "wanted"), [(True, True), (True, False), (False, False)])
def test_a_port_is_as_it_must_be(tmp_path: Path, there: bool, wanted: bool) -> None:
    with talking(saying(b"")) as port:
        step = tcp(port if there else free_port(), open=wanted)
        seen = perform(step, around(tmp_path))

    assert seen.passed == (there == wanted)
    assert seen.reached


def test_a_name_that_does_not_resolve_is_no_closed_port(tmp_path: Path) -> None:
    step = tcp(80, open=False).model_copy(update={"address": "no-such-host.invalid"})

    assert not perform(step, around(tmp_path)).reached


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of files with awkward names, and its manifest."""
    root = tmp_path / "cây thư mục"
    (root / "a b").mkdir(parents=True)
    for name in ("x", "a b/y ü", "a b/-z", "đ'q\"$(id)"):
        (root / name).write_text(name)
    listed = subprocess.run(
        ["sh", "-c", "find . -type f -print0 | xargs -0 sha256sum"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    (tmp_path / "manifest").write_text(listed)
    return root


def manifest(root: Path, **more: Any) -> FileStep:
    return FileStep.model_validate(
        {"id": "f", "title": T, "kind": "file", "path": str(root),
         "expect": {"manifest": "manifest", **more}}
    )  # fmt: skip


def test_a_tree_is_compared_with_its_manifest(tree: Path, tmp_path: Path) -> None:
    seen = perform(manifest(tree), around(tmp_path))

    assert (seen.passed, seen.seen) == (True, "4 of 4 files compared: 0 missing, 0 wrong")
    assert perform(manifest(tree, sample=2), around(tmp_path)).seen.startswith("2 of 4")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda root: (root / "x").unlink(), "1 missing, 0 wrong"),
        (lambda root: (root / "x").write_text("other"), "0 missing, 1 wrong"),
        (lambda root: (root.parent / "manifest").write_text(""), "is empty"),
        (lambda root: (root.parent / "manifest").write_text("junk"), "cannot be read"),
        (lambda root: (root.parent / "manifest").unlink(), "cannot read"),
    ],
    ids=["missing", "wrong", "empty", "junk", "none"],
)
def test_what_is_missing_or_wrong_fails(
    tree: Path, tmp_path: Path, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(tree)

    seen = perform(manifest(tree), around(tmp_path))

    assert not seen.passed
    assert why in seen.why


@pytest.mark.parametrize(
    "text", ["a" * 64 + "  /etc/passwd", "a" * 64 + "  ../x", "A" * 64 + "  x"]
)
def test_a_manifest_stays_inside_its_tree(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_manifest(text)


@pytest.mark.parametrize(
    ("expect", "passed"),
    [
        ({}, True),
        ({"exists": False}, False),
        ({"at_least_bytes": 1}, True),
        ({"at_least_bytes": 2}, False),
        ({"sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}, True),
        ({"sha256": "0" * 64}, False),
    ],
)
def test_a_file_is_as_it_must_be(tree: Path, tmp_path: Path, expect: Any, passed: bool) -> None:
    step = FileStep.model_validate(
        {"id": "f", "title": T, "kind": "file", "path": str(tree / "x"), "expect": expect}
    )

    assert perform(step, around(tmp_path)).passed is passed


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    step = FileStep.model_validate(
        {"id": "f", "title": T, "kind": "file", "path": f"{tmp_path}/none"}
    )
    gone = step.model_copy(update={"expect": step.expect.model_copy(update={"exists": False})})

    assert not perform(step, around(tmp_path)).passed
    assert perform(gone, around(tmp_path)).passed


# ---------------------------------------------------------------------------------------------
# SQL
# ---------------------------------------------------------------------------------------------


def sql(engine: str, **more: Any) -> SqlStep:
    return SqlStep.model_validate(
        {"id": "q", "title": T, "kind": "sql", "engine": engine, "query": "select 1",
         "connection": {"database": "d", "password": "pass"}, "values": {"x": "{{x}}"}, **more}
    )  # fmt: skip


HOSTILE = "'; drop table t; -- \\ \" $(id)"


def test_a_value_is_bound_by_psql_and_the_password_stands_in_no_argument(tmp_path: Path) -> None:
    argv, env, text = sql_client(sql("postgresql"), around(tmp_path, x=HOSTILE))

    assert f"x={HOSTILE}" in argv
    assert env == {"PGPASSWORD": "p'w$(id)"}
    assert text == "SET default_transaction_read_only = on;\nselect 1;\n"
    assert not any("p'w" in each for each in argv)


def test_a_value_is_bound_as_bytes_by_mariadb(tmp_path: Path) -> None:
    argv, env, text = sql_client(sql("mariadb"), around(tmp_path, x=HOSTILE))

    assert HOSTILE.encode().hex() in text
    assert "drop" not in text
    assert text.startswith("SET SESSION TRANSACTION READ ONLY;\n")
    assert env == {"MYSQL_PWD": "p'w$(id)"}
    assert not any("p'w" in each for each in argv)


@pytest.mark.parametrize(
    ("expect", "value", "passed"),
    [
        ({"equals": 5}, "5", True),
        ({"equals": 5}, "5.0", True),
        ({"equals": 5}, "6", False),
        ({"equals": "t"}, "t", True),
        ({"equals": True}, "true", True),
        ({"equals": "{{n}}"}, "100", True),
        ({"at_least": 5}, "5", True),
        ({"at_least": 5}, "4.9", False),
        ({"at_least": 5}, "many", False),
        ({"at_most": 5}, "5", True),
        ({"at_most": 5}, "5.1", False),
        ({"of": "{{n}}", "within_percent": 2}, "98", True),
        ({"of": "{{n}}", "within_percent": 2}, "97.9", False),
        ({"of": "{{n}}", "within_percent": 2}, "102", True),
        ({"of": "{{n}}", "within_percent": 0}, "100", True),
        ({"of": "{{n}}", "within_percent": 2}, "", False),
    ],
)
def test_a_value_is_compared(expect: Any, value: str, passed: bool) -> None:
    wanted = ValueExpect.model_validate(expect)

    assert (compared(wanted, value, lambda text: text.replace("{{n}}", "100")) == "") is passed


def test_a_value_that_nothing_gave_is_no_answer(tmp_path: Path) -> None:
    seen = perform(sql("postgresql"), around(tmp_path))

    assert seen == Outcome(False, why="nothing gave the value x", reached=False)
