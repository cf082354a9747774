"""The collector of links on real servers: slow, failing, demanding, with a wrong clock, hostile."""

import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from tests.servers import (
    Talk,
    asked,
    dripping,
    endless,
    free_port,
    needs,
    now,
    resetting,
    running,
    saying,
    talking,
)

from cdso_audit.collect.endpoints import collect_endpoint
from cdso_audit.collect.links import GIVE_UP, collect
from cdso_audit.facts.links import LINK, LinkCertificate, LinkClientAuth, LinkClock, LinkTraffic
from cdso_audit.facts.reading import Fact, Observation, Snapshot, snapshot
from cdso_audit.model import GapReason, LinkAsset, System

NAME = "lgsp.lab.example"
FACTS: tuple[type[Fact], ...] = (LinkTraffic, LinkCertificate, LinkClientAuth, LinkClock)


def link(port: int, scheme: str = "https", **more: Any) -> LinkAsset:
    given = {"probes": 3, "pause": timedelta(milliseconds=200), "address": "127.0.0.1", **more}
    return LinkAsset(id="lgsp", url=f"{scheme}://{NAME}:{port}/status?x=1", **given)


def seen_by(asset: LinkAsset, seen: Observation) -> Snapshot:
    return snapshot(asset, System(id="dvc", assets=(asset,)), [seen], FACTS, at=now())


def fact(found: Snapshot, kind: type[Fact]) -> Any:
    return next((each for each in found.facts if isinstance(each, kind)), None)


def http(status: str = "200 OK", date: datetime | None = None, pause: float = 0) -> Talk:
    def talk(client: socket.socket) -> None:
        client.recv(4096)
        time.sleep(pause)
        told = f"Date: {format_datetime(date or datetime.now(UTC), usegmt=True)}\r\n"
        client.sendall(f"HTTP/1.1 {status}\r\n{told}Content-Length: 0\r\n\r\n".encode())

    return talk


class TestPlain:
    def test_each_request_is_told(self) -> None:
        heard: list[bytes] = []

        def talk(client: socket.socket) -> None:
            heard.append(client.recv(4096))
            client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        with talking(talk) as port:
            asset = link(port, "http")
            seen, _ = asked(collect, LINK, asset)

        traffic = fact(seen_by(asset, seen), LinkTraffic)
        assert [each.status for each in traffic.attempts] == [204, 204, 204]
        assert traffic.errors == 0
        assert all(each.connect_ms is not None and each.tls_ms is None for each in traffic.attempts)
        assert len(heard) == 3
        assert heard[0].startswith(b"GET /status?x=1 HTTP/1.1\r\nHost: lgsp.lab.example:")
        assert b"Authorization" not in heard[0]
        assert fact(seen_by(asset, seen), LinkClientAuth).encrypted is False

    def test_failures_are_counted_and_not_gaps(self) -> None:
        answers = iter([b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 503 Busy\r\n\r\n", b""])

        def talk(client: socket.socket) -> None:
            client.recv(4096)
            client.sendall(next(answers))

        with talking(talk) as port:
            asset = link(port, "http")
            seen, _ = asked(collect, LINK, asset)

        traffic = fact(seen_by(asset, seen), LinkTraffic)
        assert [each.is_error for each in traffic.attempts] == [False, True, True]

    def test_latency_is_measured(self) -> None:
        with talking(http(pause=0.15)) as port:
            asset = link(port, "http", probes=2)
            seen, _ = asked(collect, LINK, asset)

        assert 150 <= fact(seen_by(asset, seen), LinkTraffic).median_ms < 2000

    @pytest.mark.parametrize("off", [-90, 0, 3600])
    def test_the_clock_is_compared(self, off: int) -> None:
        with talking(http(date=datetime.now(UTC) + timedelta(seconds=off))) as port:
            asset = link(port, "http", probes=2)
            seen, _ = asked(collect, LINK, asset)

        clock = fact(seen_by(asset, seen), LinkClock)
        assert abs(clock.offset_s - off) < 3
        assert clock.answers == 2

    def test_the_pause_is_kept_and_the_number_too(self) -> None:
        with talking(http()) as port:
            _, seconds = asked(collect, LINK, link(port, "http", pause=timedelta(seconds=0.3)))

        assert 0.6 <= seconds < 5

    def test_a_dead_link_is_given_up_soon(self) -> None:
        asset = link(free_port(), "http", probes=20)
        seen, _ = asked(collect, LINK, asset)

        traffic = fact(seen_by(asset, seen), LinkTraffic)
        assert len(traffic.attempts) == GIVE_UP
        assert traffic.errors == GIVE_UP

    def test_no_such_name_is_a_gap(self) -> None:
        asset = link(1, "http", address="no-such-host.invalid")
        seen, _ = asked(collect, LINK, asset)

        assert seen.gap in (GapReason.UNREACHABLE, GapReason.TIMEOUT)
        assert {each.reason for each in seen_by(asset, seen).gaps} == {seen.gap}

    def test_another_kind_of_asset_is_never_asked(self) -> None:
        from tests.endpoints import ENDPOINT

        assert asked(collect, LINK, ENDPOINT)[0].gap is GapReason.BUG

    @pytest.mark.parametrize(
        "talk",
        [
            resetting,
            saying(b"\xff\xfe not http"),
            saying(b"HTTP/1.1 abc\r\nDate: yesterday\r\n\r\n"),
            saying(b"HTTP/1.1 200 OK\r\nDate: Fri, 99 Foo 9999 99:99:99 GMT\r\n\r\n"),
            saying(b"HTTP/1.1 200 OK\r\nDate: " + b"A" * 100_000),
            endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        ],
    )
    def test_a_hostile_server_ends_within_the_deadline(self, talk: Talk) -> None:
        with talking(talk) as port:
            asset = link(port, "http", probes=2)
            seen, seconds = asked(collect, LINK, asset, 20)

        found = seen_by(asset, seen)
        assert seconds < 15
        assert fact(found, LinkTraffic) is not None
        assert not [each for each in found.gaps if each.reason is GapReason.BUG]

    def test_a_drip_ends_with_the_deadline(self) -> None:
        with talking(dripping(b"H", b"x", 0.2)) as port:
            _, seconds = asked(collect, LINK, link(port, "http", probes=2), 3)

        assert seconds < 6


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("links")
    openssl = needs("openssl", "openssl")
    (here / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n")
    (here / "own.ext").write_text(f"subjectAltName=DNS:{NAME}\n")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=here, check=True, capture_output=True)

    for name in ("root", "server"):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.csr", "-subj", f"/CN={name}")  # fmt: skip
    run("x509", "-req", "-in", "root.csr", "-key", "root.key", "-days", "90",
        "-extfile", "ca.ext", "-out", "root.pem")  # fmt: skip
    run("x509", "-req", "-in", "server.csr", "-CA", "root.pem", "-CAkey", "root.key",
        "-CAcreateserial", "-days", "60", "-extfile", "own.ext", "-out", "server.pem")  # fmt: skip
    return here


@pytest.mark.daemon
class TestOpenSsl:
    """`openssl s_server -WWW` serves a file; `-Verify` demands a certificate, `-verify` asks."""

    @staticmethod
    def seen(pki: Path, tmp_path: Path, *words: str, ca: bool = True) -> Snapshot:
        port = free_port()
        asset = link(port, ca=str(pki / "root.pem") if ca else None)
        command = ["openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}", "-www"]
        command += ["-cert", str(pki / "server.pem"), "-key", str(pki / "server.key"), *words]
        with running(*command, port=port, folder=tmp_path):
            seen, _ = asked(collect, LINK, asset, 60)
        assert seen.gap is None, seen.detail
        return seen_by(asset, seen)

    @pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
    def test_nothing_is_demanded(self, pki: Path, tmp_path: Path, version: str) -> None:
        found = self.seen(pki, tmp_path, version)

        auth = fact(found, LinkClientAuth)
        assert (auth.asked, auth.refused) == (False, False)
        certificate = fact(found, LinkCertificate)
        assert {each.store: each.state for each in certificate.trust} == {
            "system": "rejected",
            "agency": "accepted",
        }
        assert all(each.tls_ms for each in fact(found, LinkTraffic).attempts)

    @pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
    def test_a_certificate_is_demanded(self, pki: Path, tmp_path: Path, version: str) -> None:
        found = self.seen(pki, tmp_path, version, "-Verify", "2", "-verify_return_error")

        auth = fact(found, LinkClientAuth)
        assert (auth.asked, auth.refused) == (True, True)
        assert fact(found, LinkTraffic).errors == 0
        certificate = fact(found, LinkCertificate)
        assert certificate.name == "CN=server"
        assert {each.store: each.state for each in certificate.trust} == {
            "system": "rejected",
            "agency": "accepted",
        }

    @pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
    def test_a_certificate_is_asked_for_and_not_demanded(
        self, pki: Path, tmp_path: Path, version: str
    ) -> None:
        auth = fact(self.seen(pki, tmp_path, version, "-verify", "2"), LinkClientAuth)

        assert (auth.asked, auth.refused) == (True, False)

    def test_another_name_is_not_trusted(self, pki: Path, tmp_path: Path) -> None:
        port = free_port()
        asset = LinkAsset(
            id="x", url=f"https://other.lab.example:{port}/", address="127.0.0.1", probes=2,
            pause=timedelta(milliseconds=200), ca=str(pki / "root.pem"),
        )  # fmt: skip
        command = ["openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}", "-www"]
        command += ["-cert", str(pki / "server.pem"), "-key", str(pki / "server.key")]
        with running(*command, port=port, folder=tmp_path):
            seen, _ = asked(collect, LINK, asset, 60)

        trust = {each.store: each for each in fact(seen_by(asset, seen), LinkCertificate).trust}
        assert trust["agency"].state == "rejected"
        assert "mismatch" in trust["agency"].detail.lower()


@pytest.fixture
def nginx(pki: Path, tmp_path: Path) -> Iterator[int]:
    program = needs("nginx", "nginx-light")
    port = free_port()
    (tmp_path / "nginx.conf").write_text(
        f"""daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;
events {{}}
http {{ access_log off;
 client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p; fastcgi_temp_path {tmp_path}/f;
 uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
 server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {pki}/server.pem;
  ssl_certificate_key {pki}/server.key; ssl_client_certificate {pki}/root.pem; ssl_verify_client on;
  location / {{ return 200; }} }} }}
"""
    )
    command = (program, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path))
    with running(*command, port=port, folder=tmp_path):
        yield port


@pytest.mark.daemon
def test_nginx_refuses_by_400_and_tells_the_time(pki: Path, nginx: int) -> None:
    asset = link(nginx, ca=str(pki / "root.pem"))
    found = seen_by(asset, collect_endpoint([LINK], asset, System(id="dvc", assets=(asset,)))[0])

    auth = fact(found, LinkClientAuth)
    assert (auth.asked, auth.refused, auth.status) == (True, True, 400)
    assert abs(fact(found, LinkClock).offset_s) < 3
    assert fact(found, LinkTraffic).errors == 0
    trust = {each.store: each.state for each in fact(found, LinkCertificate).trust}
    assert trust["agency"] == "accepted"


@pytest.mark.parametrize("wrong", [{"pause": timedelta(0)}, {"probes": 21}, {"probes": 1}])
def test_nobody_can_declare_a_hammer(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="equal to"):
        link(1, **wrong)


def test_only_the_probe_of_links_is_planned_for_a_link() -> None:
    """Somebody else's service is never searched as the agency's own endpoints are."""
    from cdso_audit.collect.plan import make_plan
    from cdso_audit.model import Agency, AgencyIdentity
    from cdso_audit.plugins import installed_checks
    from cdso_audit.rulebook import load_rulebook

    system = System(id="dvc", assets=(link(443),))
    agency = Agency(agency=AgencyIdentity(id="a"), systems=(system,))
    chosen = {"dvc": load_rulebook("vn-2026").selections(system, installed_checks())}

    plan = make_plan(agency, chosen)

    assert [probe.id for each in plan.assets for probe in each.probes] == ["link"]
