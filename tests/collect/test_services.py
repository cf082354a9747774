"""Services asked on loopback: real ones where Debian has them, hand-made answers for the others."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.servers import asked, dripping, endless, free_port, needs, running, saying, talking

from cdso_audit.collect import services
from cdso_audit.collect.connecting import Deadline
from cdso_audit.collect.services import SERVICES, ask, collect
from cdso_audit.facts.services_open import OPEN_SERVICES
from cdso_audit.model import HostAsset

BY_NAME = {each.name: each for each in SERVICES}


def state(name: str, port: int, seconds: float = 5) -> str:
    return ask(BY_NAME[name], "127.0.0.1", port, Deadline.after(seconds))


def http(status: str, body: str, header: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{header}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def mongo(ok: int) -> bytes:
    body = b"\x01ok\0" + struct.pack("<d", ok) + b"\0"
    return struct.pack("<i", 4 + len(body)) + body


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("options", "wanted"),
    [((), "open"), (("--requirepass", "x1y2z3"), "protected")],
)
def test_redis(options: tuple[str, ...], wanted: str, tmp_path: Path) -> None:
    port = free_port()
    program = needs("redis-server", "redis-server")
    with running(
        program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options,
        port=port, folder=tmp_path,
    ):  # fmt: skip
        assert state("Redis", port) == wanted


@pytest.mark.daemon
def test_memcached(tmp_path: Path) -> None:
    port = free_port()
    program = needs("memcached", "memcached")
    with running(
        program, "-u", "nobody", "-l", "127.0.0.1", "-p", str(port), port=port, folder=tmp_path
    ):
        assert state("memcached", port) == "open"
        assert state("Redis", port) == "other"


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ("list = yes", "open"),
        ("list = no", "protected"),
        ("auth users = x\nsecrets file = /none", "protected"),
        ("hosts deny = *", "protected"),
    ],
)
def test_rsync(settings: str, wanted: str, tmp_path: Path) -> None:
    port = free_port()
    program = needs("rsync", "rsync")
    (tmp_path / "rsyncd.conf").write_text(
        f"use chroot = no\n[data]\npath = {tmp_path}\ncomment = x\n{settings}\n"
    )
    with running(
        program, "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}",
        f"--config={tmp_path}/rsyncd.conf", port=port, folder=tmp_path,
    ):  # fmt: skip
        assert state("rsync", port) == wanted


@pytest.mark.parametrize(
    ("name", "answer", "wanted"),
    [
        ("MongoDB", mongo(1), "open"),
        ("MongoDB", mongo(0), "protected"),
        ("MongoDB", b"HTTP/1.0 400 Bad Request\r\n\r\n", "other"),
        ("Cassandra", b"\x84\0\0\0\x02\0\0\0\0", "open"),
        ("Cassandra", b"\x84\0\0\0\x03\0\0\0\0", "protected"),
        ("Cassandra", b"hello, who is there?", "other"),
        ("ZooKeeper", b"Zookeeper version: 3.8.0\nMode: standalone\n", "open"),
        ("ZooKeeper", b"srvr is not executed because it is not in the whitelist.\n", "other"),
        ("Elasticsearch", http("200 OK", '{"name": "x", "cluster_name": "y"}'), "open"),
        ("Elasticsearch", http("401 Unauthorized", "{}"), "protected"),
        ("Elasticsearch", http("200 OK", "<html>It works</html>"), "other"),
        ("CouchDB", http("200 OK", '["_users"]'), "open"),
        ("Docker", http("200 OK", '{"ApiVersion": "1.43"}'), "open"),
        ("Jenkins", http("200 OK", '{"_class": "hudson"}', "X-Jenkins: 2.4\r\n"), "open"),
        ("Jenkins", http("403 Forbidden", "", "X-Jenkins: 2.4\r\n"), "protected"),
        ("Jenkins", http("403 Forbidden", ""), "other"),
        ("Grafana", http("401 Unauthorized", "{}"), "protected"),
        ("Redis", b"-DENIED Redis is running in protected mode\r\n", "protected"),
        ("VNC", b"RFB 003.008\n\x01\x01", "open"),
        ("VNC", b"RFB 003.008\n\x02\x02\x10", "protected"),
        ("VNC", b"SSH-2.0-x\r\n", "other"),
    ],
)
def test_answers(name: str, answer: bytes, wanted: str) -> None:
    def talk(client: socket.socket) -> None:
        if name == "VNC":
            head, _, rest = answer.partition(b"\n")
            client.sendall(head + b"\n")
            client.recv(4096)
            client.sendall(rest)
        else:
            client.recv(4096)
            client.sendall(answer)

    with talking(talk) as port:
        assert state(name, port) == wanted


@pytest.mark.parametrize("talk", [dripping(b""), endless(b"", b"x" * 4096), saying(b"")])
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_a_hostile_server_holds_nobody(
    name: str, talk: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PATIENCE", 0.3)
    with talking(talk) as port:
        assert state(name, port) in ("other", "protected")


def test_a_host_that_refuses_everything_is_there() -> None:
    asset = HostAsset(id="web1", host="127.0.0.91")
    seen, _ = asked(collect, OPEN_SERVICES, asset)
    found = json.loads(seen.output)

    assert found["alive"]
    assert {each["state"] for each in found["answers"]} == {"closed"}
    assert not found["unasked"]


def test_without_time_nothing_is_claimed() -> None:
    asset = HostAsset(id="web1", host="127.0.0.91")
    seen, _ = asked(collect, OPEN_SERVICES, asset, deadline=0.0001)

    assert seen.gap or json.loads(seen.output)["unasked"]


def test_a_machine_does_not_ask_itself() -> None:
    seen, _ = asked(collect, OPEN_SERVICES, HostAsset(id="web1", host="localhost", local=True))

    assert seen.gap
