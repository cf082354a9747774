"""The TLS collector on real servers: OpenSSL, GnuTLS, and servers that mean harm."""

import json
import subprocess
from pathlib import Path

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

from cdso_audit.collect.tls import CONNECTIONS, client_hello, collect, server_hello
from cdso_audit.facts.reading import Observation, snapshot
from cdso_audit.facts.tls import TLS_ENDPOINT, TlsCertificates, TlsOffer
from cdso_audit.model import EndpointAsset, GapReason, System

NAME = "dvc.lab.example"


def endpoint(port: int, ca: Path | None = None) -> EndpointAsset:
    return EndpointAsset(
        id="web1",
        url=f"https://{NAME}:{port}/",
        address="127.0.0.1",
        ca=str(ca) if ca else None,
    )


def facts(seen: Observation, asset: EndpointAsset) -> tuple[TlsCertificates, TlsOffer]:
    """What the product's own readers make of it."""
    system = System(id="dvc", assets=(asset,))
    found = snapshot(asset, system, [seen], [TlsCertificates, TlsOffer], at=now())
    assert not found.gaps, found.gaps
    certificates, offer = found.facts
    assert isinstance(certificates, TlsCertificates)
    assert isinstance(offer, TlsOffer)
    return certificates, offer


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root, an intermediate and a server certificate, by openssl; and a chain file."""
    here = tmp_path_factory.mktemp("pki")
    openssl = needs("openssl", "openssl")
    (here / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n")
    (here / "own.ext").write_text(f"subjectAltName=DNS:{NAME},IP:127.0.0.1\n")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=here, check=True, capture_output=True)

    for name in ("root", "issuer", "server"):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.csr", "-subj", f"/CN={name}")  # fmt: skip
    run("x509", "-req", "-in", "root.csr", "-key", "root.key", "-days", "30",
        "-extfile", "ca.ext", "-out", "root.pem")  # fmt: skip
    for name, by, ext, days in (
        ("issuer", "root", "ca.ext", "20"),
        ("server", "issuer", "own.ext", "10"),
    ):
        run("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key",
            "-CAcreateserial", "-days", days, "-extfile", ext, "-out", f"{name}.pem")  # fmt: skip
    chain = (here / "server.pem").read_text() + (here / "issuer.pem").read_text()
    (here / "chain.pem").write_text(chain)
    return here


@pytest.mark.daemon
class TestOpenSsl:
    """`openssl s_server`."""

    @staticmethod
    def seen(
        pki: Path, tmp_path: Path, *words: str, chain: str = "issuer.pem", ca: bool = True
    ) -> tuple[TlsCertificates, TlsOffer, Observation]:
        port = free_port()
        asset = endpoint(port, pki / "root.pem" if ca else None)
        command = ["openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}"]
        command += ["-cert", str(pki / "server.pem"), "-key", str(pki / "server.key"), *words]
        if chain:
            command += ["-cert_chain", str(pki / chain)]
        with running(*command, port=port, folder=tmp_path):
            seen, _ = asked(collect, TLS_ENDPOINT, asset, 60)
        assert seen.gap is None, seen.detail
        return (*facts(seen, asset), seen)

    def test_a_modern_server(self, pki: Path, tmp_path: Path) -> None:
        certificates, offer, seen = self.seen(
            pki, tmp_path, "-min_protocol", "TLSv1.2", "-cipher", "ECDHE+AESGCM"
        )

        assert offer.accepted == ("TLS 1.2", "TLS 1.3")
        assert set(offer.versions.values()) == {"accepted", "rejected"}
        assert (offer.weak_state, offer.static_rsa) == ("rejected", "rejected")
        assert [each.subject for each in certificates.chain] == ["CN=server", "CN=issuer"]
        assert certificates.own.dns_names == (NAME,)
        assert certificates.own.ip_addresses == ("127.0.0.1",)
        assert {each.store: each.at_all for each in certificates.trust} == {
            "system": "rejected",
            "agency": "accepted",
        }
        assert len(json.loads(seen.output)["hellos"]) <= CONNECTIONS

    def test_an_old_server(self, pki: Path, tmp_path: Path) -> None:
        """TLS 1.0 and 1.1, static RSA and no encryption at all, as OpenSSL still can."""
        _, offer, _ = self.seen(
            pki, tmp_path, "-min_protocol", "TLSv1", "-cipher", "ALL:eNULL:@SECLEVEL=0"
        )

        assert offer.accepted == ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
        assert offer.weak_state == "accepted"
        assert {each.split()[0] for each in offer.weak} == {"NULL", "anonymous"}
        assert offer.static_rsa == "accepted"

    def test_only_tls_1_0(self, pki: Path, tmp_path: Path) -> None:
        certificates, offer, _ = self.seen(pki, tmp_path, "-tls1", "-cipher", "ALL:@SECLEVEL=0")

        assert offer.accepted == ("TLS 1.0",)
        assert certificates.own.subject == "CN=server"

    def test_only_tls_1_3(self, pki: Path, tmp_path: Path) -> None:
        _, offer, _ = self.seen(pki, tmp_path, "-tls1_3", "-groups", "P-384")

        assert offer.accepted == ("TLS 1.3",)  # by a HelloRetryRequest
        assert (offer.weak_state, offer.static_rsa) == ("rejected", "rejected")

    def test_a_missing_intermediate(self, pki: Path, tmp_path: Path) -> None:
        certificates, _, _ = self.seen(pki, tmp_path, chain="")

        assert len(certificates.chain) == 1
        agency = certificates.trust[-1]
        assert (agency.store, agency.at_all) == ("agency", "rejected")
        assert "issuer" in agency.detail

    def test_a_client_certificate_is_wanted(self, pki: Path, tmp_path: Path) -> None:
        certificates, offer, _ = self.seen(pki, tmp_path, "-Verify", "1", "-tls1_2")

        assert offer.accepted == ("TLS 1.2",)
        assert certificates.own.subject == "CN=server"


@pytest.mark.daemon
def test_rc4_and_3des_are_seen_though_openssl_cannot_offer_them(pki: Path, tmp_path: Path) -> None:
    """GnuTLS still has both."""
    program = needs("gnutls-serv", "gnutls-bin")
    port = free_port()
    priority = "NORMAL:+ARCFOUR-128:+3DES-CBC:+RSA:+VERS-TLS1.0:%COMPAT"
    asset = endpoint(port)
    command = (program, "--priority", priority, "-p", str(port), "-q", "--x509certfile",
               str(pki / "chain.pem"), "--x509keyfile", str(pki / "server.key"))  # fmt: skip
    with running(*command, port=port, folder=tmp_path):
        seen, _ = asked(collect, TLS_ENDPOINT, asset, 60)

    _, offer = facts(seen, asset)
    assert {each.split()[0] for each in offer.weak} == {"RC4", "3DES"}
    assert offer.weak_state == "accepted"
    assert "TLS 1.0" in offer.accepted
    assert offer.versions["SSL 3.0"] == "rejected"


def test_nobody_listens() -> None:
    seen, _ = asked(collect, TLS_ENDPOINT, endpoint(free_port()))

    assert seen.gap is GapReason.REFUSED


def test_a_plain_url_has_no_tls() -> None:
    seen, _ = asked(collect, TLS_ENDPOINT, EndpointAsset(id="web1", url="http://127.0.0.1:9/"))

    assert (seen.gap, seen.output) == (None, b"{}\n")


def test_an_unknown_name_is_unreachable() -> None:
    seen, _ = asked(collect, TLS_ENDPOINT, EndpointAsset(id="web1", url="https://no.invalid/"))

    assert seen.gap in (GapReason.UNREACHABLE, GapReason.TIMEOUT)


REFUSAL, WARNING = b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x03\x00\x02\x01\x70"
HTTP = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<script>alert(1)</script>\x1b[31m"


@pytest.mark.parametrize(
    ("talk", "gap"),
    [
        pytest.param(saying(HTTP), GapReason.UNPARSABLE, id="plain text on the port"),
        pytest.param(saying(b""), GapReason.UNPARSABLE, id="hangs up at once"),
        pytest.param(resetting, GapReason.UNPARSABLE, id="reset"),
        pytest.param(
            saying(b"\x15\x03\x03\x00\x02\x02\x28"), GapReason.UNPARSABLE, id="refuses all"
        ),
        pytest.param(dripping(b"\x16\x03\x03\xff\xff"), GapReason.TIMEOUT, id="slow drip"),
        pytest.param(
            endless(b"", b"\x16\x03\x03\x40\x00\x02\xff\xff\xff" + b"x" * 16380),
            GapReason.TOO_LARGE,
            id="endless handshake",
        ),
        pytest.param(
            endless(b"", b"\x15\x03\x03\x00\x02\x01\x70"),
            GapReason.TOO_LARGE,
            id="endless warnings",
        ),
    ],
)
def test_a_hostile_server_is_a_gap_and_holds_nobody(talk: Talk, gap: GapReason) -> None:
    with talking(talk) as port:
        seen, seconds = asked(collect, TLS_ENDPOINT, endpoint(port), deadline=3)

    assert seconds < 5
    # On a slow machine the deadline may come before the last byte that is allowed.
    late = {GapReason.TIMEOUT} if gap is GapReason.TOO_LARGE else set()
    assert seen.gap in {gap} | late, seen.detail
    assert "\x1b" not in seen.detail


def test_what_a_server_hello_says() -> None:
    assert server_hello(b"") is None
    assert server_hello(b"\x16\x03\x03\x00\x40\x02") is None
    found = server_hello(b"\x16\x03\x01\x00\x06\x02\x00\x00\x02\x03\x03")
    assert found is not None
    assert not found.is_tls  # too short for a ServerHello


def test_the_hello_is_what_openssl_would_read() -> None:
    """Lengths fit: the record's, the message's, and each inner one."""
    data = client_hello(0x0303, (0xC02F,), NAME)

    assert int.from_bytes(data[3:5], "big") == len(data) - 5
    assert int.from_bytes(data[6:9], "big") == len(data) - 9
    assert NAME.encode() in data
