"""The HTTP collector on real servers: nginx good and bad, and servers that mean harm."""

import json
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from tests.servers import (
    Talk,
    asked,
    dripping,
    endless,
    free_port,
    let_others_in,
    needs,
    now,
    resetting,
    running,
    saying,
    talking,
)

from cdso_audit.collect.http import collect
from cdso_audit.facts.http import (
    HTTP_CONSOLES,
    HTTP_CONTACT,
    HTTP_EXPOSURE,
    HTTP_PAGES,
    HttpConsoles,
    HttpContact,
    HttpErrorPages,
    HttpLeftovers,
    HttpPages,
    HttpTrace,
    PlainHttp,
)
from cdso_audit.facts.reading import Fact, Observation, Probe, snapshot
from cdso_audit.model import EndpointAsset, GapReason, System

NAME = "dvc.lab.example"
SECRET = "hunter2-canary"  # noqa: S105 - a canary


def facts(seen: Observation, asset: EndpointAsset) -> dict[type[Fact], Any]:
    kinds: list[type[Fact]] = [HttpErrorPages, HttpPages, HttpTrace, PlainHttp]
    own: dict[str, type[Fact]] = {
        HTTP_EXPOSURE.id: HttpLeftovers,
        HTTP_CONSOLES.id: HttpConsoles,
        HTTP_CONTACT.id: HttpContact,
    }
    wanted: list[type[Fact]] = [own[seen.probe]] if seen.probe in own else kinds
    found = snapshot(asset, System(id="dvc", assets=(asset,)), [seen], wanted, at=now())
    return {type(each): each for each in found.facts}


def plain(port: int) -> EndpointAsset:
    return EndpointAsset(id="web1", url=f"http://{NAME}:{port}/", address="127.0.0.1")


GOOD = """
server {{ listen 127.0.0.81:80; return 301 https://{name}:{port}$request_uri; }}
server {{
    listen 127.0.0.81:{port} ssl;
    ssl_certificate {here}/cert.pem;
    ssl_certificate_key {here}/key.pem;
    root {here}/site;
    server_tokens off;
    error_page 404 414 /wrong.html;
    location ~ /\\. {{ deny all; }}
    location ~ \\.sql$ {{ return 404; }}
    add_header Strict-Transport-Security "max-age=31536000" always;
    add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'self'" always;
    add_header Set-Cookie "sid={secret}; Path=/; Secure; HttpOnly; SameSite=Lax";
    location = /moved {{ return 302 /?token={secret}; }}
    location = /away {{ return 302 https://elsewhere.example/in?token={secret}; }}
    location = /round {{ return 302 /round; }}
    location = /scheme {{ return 302 file:///etc/passwd; }}
}}
"""
BAD = """
server {{
    listen 127.0.0.82:80;
    listen 127.0.0.82:{port} ssl;
    ssl_certificate {here}/cert.pem;
    ssl_certificate_key {here}/key.pem;
    root {here}/site;
    autoindex on;
    location = / {{ try_files /index.html =404; }}
    location /everything/ {{ try_files $uri /index.html; }}
}}
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One nginx with a good and a bad server on two addresses; its TLS port."""
    program = needs("nginx", "nginx-light")
    try:
        socket.create_server(("127.0.0.81", 80)).close()
    except PermissionError:
        pytest.skip("needs root, to listen on port 80")
    here = tmp_path_factory.mktemp("nginx")
    here.chmod(0o755)
    site = here / "site"
    (site / ".git").mkdir(parents=True)
    (site / "files").mkdir()
    (site / "index.html").write_text("<html><title>Portal</title></html>")
    (site / "wrong.html").write_text("<html>Sorry</html>")
    (site / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (site / ".env").write_text(f"APP_KEY={SECRET}\nDB_PASSWORD={SECRET}\n")
    (site / "backup.sql").write_text("-- MySQL dump 10.19\nINSERT INTO users VALUES (1);\n")
    (site / "backup.zip").write_text("<html>not an archive</html>")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", here / "key.pem",
         "-out", here / "cert.pem", "-days", "9", "-subj", f"/CN={NAME}"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    servers = (GOOD + BAD).format(name=NAME, port=port, here=here, secret=SECRET)
    (here / "nginx.conf").write_text(
        f"daemon off; pid {here}/pid; error_log {here}/error.log; events {{}}\n"
        f"http {{ access_log off; include /etc/nginx/mime.types; {servers} }}\n"
    )
    for each in here.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)
    let_others_in(here)
    with running(
        program, "-c", str(here / "nginx.conf"), port=port, folder=here, host="127.0.0.81"
    ):
        yield port


def good(port: int, path: str = "/") -> EndpointAsset:
    return EndpointAsset(id="web1", url=f"https://{NAME}:{port}{path}", address="127.0.0.81")


def bad(port: int) -> EndpointAsset:
    return EndpointAsset(id="web1", url=f"https://{NAME}:{port}/", address="127.0.0.82")


@pytest.mark.daemon
class TestNginx:
    def test_a_good_server(self, nginx: int) -> None:
        seen, _ = asked(collect, HTTP_PAGES, good(nginx))
        found = facts(seen, good(nginx))

        pages = found[HttpPages]
        assert pages.page is not None
        assert pages.page.header("strict-transport-security") == "max-age=31536000"
        assert pages.page.html
        assert [each.name for each in pages.page.cookies] == ["sid"]
        assert pages.page.cookies[0].has("httponly")
        assert found[PlainHttp].hops[0].header("location").startswith(f"https://{NAME}")
        assert not found[HttpTrace].echoed
        assert found[HttpErrorPages].leaks == ()
        assert SECRET.encode() not in seen.output

    def test_a_good_server_shows_nothing(self, nginx: int) -> None:
        seen, _ = asked(collect, HTTP_EXPOSURE, good(nginx))
        left = facts(seen, good(nginx))[HttpLeftovers]

        assert (left.files, left.listings, left.silent) == ((), (), ())
        assert not left.answers_everything

    def test_a_bad_server(self, nginx: int) -> None:
        seen, _ = asked(collect, HTTP_PAGES, bad(nginx))
        found = facts(seen, bad(nginx))

        assert found[HttpPages].first.header("server").startswith("nginx/1.")
        assert found[PlainHttp].hops[-1].status == 200
        assert found[HttpErrorPages].leaks[0].startswith("nginx/1.")

    def test_a_bad_server_shows_what_was_left(self, nginx: int) -> None:
        seen, _ = asked(collect, HTTP_EXPOSURE, bad(nginx))
        left = facts(seen, bad(nginx))[HttpLeftovers]

        assert {each.path for each in left.files} == {"/.git/HEAD", "/.env", "/backup.sql"}
        assert {each.path for each in left.listings} == {"/files/"}
        assert SECRET.encode() not in seen.output

    @pytest.mark.parametrize(
        ("path", "stopped"),
        [
            ("/away", "out of the inventory, to elsewhere.example"),
            ("/round", "circle"),
            ("/scheme", "out of the inventory"),
        ],
    )
    def test_redirects_that_are_not_followed(self, nginx: int, path: str, stopped: str) -> None:
        seen, _ = asked(collect, HTTP_PAGES, good(nginx, path))
        pages = facts(seen, good(nginx, path))[HttpPages]

        assert stopped in pages.stopped
        assert pages.page is None
        assert SECRET.encode() not in seen.output

    def test_a_redirect_on_the_same_host_is_walked(self, nginx: int) -> None:
        seen, _ = asked(collect, HTTP_PAGES, good(nginx, "/moved"))
        pages = facts(seen, good(nginx, "/moved"))[HttpPages]

        assert [each.status for each in pages.hops] == [302, 200]
        assert SECRET.encode() not in seen.output


def test_a_redirect_to_another_endpoint_of_the_inventory_is_walked() -> None:
    with talking(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Here: yes\r\n\r\n")) as second:
        to = f"http://sso.lab.example:{second}/".encode()
        answer = b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"
        with talking(saying(answer)) as first:
            asset = plain(first)
            sso = EndpointAsset(
                id="sso", url=f"http://sso.lab.example:{second}/", address="127.0.0.1"
            )
            system = System(id="dvc", assets=(asset, sso))
            seen = collect(HTTP_PAGES, asset, system, at=now, deadline=20)

    pages = facts(seen, asset)[HttpPages]
    assert pages.stopped == ""
    assert pages.page is not None
    assert pages.page.header("x-here") == "yes"


def test_a_server_that_answers_everything_is_not_exposed() -> None:
    """A single-page application: 200 and the same page for every path."""
    page = b"<html><title>App</title>APP_KEY=none <title>Index of /</title></html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
    with talking(saying(head + page)) as port:
        seen, _ = asked(collect, HTTP_EXPOSURE, plain(port))

    left = facts(seen, plain(port))[HttpLeftovers]
    assert left.answers_everything
    assert (left.files, left.listings) == ((), ())


def answering(pages: dict[str, bytes], other: bytes) -> Talk:
    """A site with these answers by path."""

    def talk(client: socket.socket) -> None:
        path = client.recv(65536).split(b" ")[1].decode()
        client.sendall(pages.get(path, other))

    return talk


def page(body: bytes, status: bytes = b"200 OK", header: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, header, len(body), body)


def test_consoles_are_known_by_what_they_say() -> None:
    jenkins = b"X-Jenkins: 2.426\r\n"
    pages = {
        "/pma/": page(b'<input name="pma_username">'),
        "/manager/html": page(b"see conf/tomcat-users.xml", b"401 Unauthorized"),
        "/actuator": page(b'{"_links":{"self":{"href":"http://x/actuator"}}}'),
        "/login": page(b"Sign in", header=jenkins),
        "/solr/": page(b"<title>Solr Admin</title>", b"302 Found"),
    }
    with talking(answering(pages, page(b"gone", b"404 Not Found", jenkins))) as port:
        seen, _ = asked(collect, HTTP_CONSOLES, plain(port))

    found = facts(seen, plain(port))[HttpConsoles]
    assert {(each.path, each.what) for each in found.found} == {
        ("/pma/", "phpMyAdmin"),
        ("/manager/html", "Tomcat Manager"),
        ("/actuator", "Spring Boot actuator"),
        ("/login", "Jenkins"),
    }
    assert not found.silent


def test_a_site_that_speaks_of_consoles_everywhere_shows_none() -> None:
    everything = b"<title>Grafana</title> pma_username adminer.org <title>Solr Admin"
    with talking(saying(page(everything))) as port:
        seen, _ = asked(collect, HTTP_CONSOLES, plain(port))

    assert facts(seen, plain(port))[HttpConsoles].found == ()


SECURITY_TXT = (
    b"# Our address\r\nContact: mailto:ungcuu@example.gov.vn\r\ncontact: tel:+84-24-1234-5678\r\n"
    b"Expires: 2027-06-30T00:00:00Z\r\nEncryption: https://example.gov.vn/pgp.txt\r\n"
)
TEXT = b"Content-Type: text/plain\r\n"


@pytest.mark.parametrize(
    "pages",
    [
        {"/.well-known/security.txt": page(SECURITY_TXT, header=TEXT)},
        {"/security.txt": page(SECURITY_TXT, header=TEXT)},
        {
            "/.well-known/security.txt": page(b"", b"302 Found", b"Location: /a.txt\r\n"),
            "/a.txt": page(SECURITY_TXT),
        },
    ],
    ids=["well-known", "where it lay before", "after a redirect"],
)
def test_the_contact_of_a_site_is_read(pages: dict[str, bytes]) -> None:
    with talking(answering(pages, page(b"gone", b"404 Not Found"))) as port:
        seen, _ = asked(collect, HTTP_CONTACT, plain(port))

    found = facts(seen, plain(port))[HttpContact]
    assert found.contacts == ("mailto:ungcuu@example.gov.vn", "tel:+84-24-1234-5678")
    assert found.expires == ("2027-06-30T00:00:00Z",)
    assert b"pgp" not in seen.output


@pytest.mark.parametrize(
    ("answer", "gap"),
    [
        (page(b"gone", b"404 Not Found"), None),
        (page(b"<html>Contact: mailto:x@y.vn</html>", header=b"Content-Type: text/html\r\n"), None),
        (page(b"", b"302 Found", b"Location: https://elsewhere.example/security.txt\r\n"), None),
        (page(b"", b"302 Found", b"Location: /.well-known/security.txt\r\n"), None),
        (page(b"busy", b"429 Too Many Requests"), GapReason.UNPARSABLE),
        (page(b"no", b"403 Forbidden"), GapReason.DENIED),
    ],
    ids=["none", "a page", "out of the inventory", "in a circle", "busy", "forbidden"],
)
def test_no_contact_is_told_apart_from_no_answer(answer: bytes, gap: GapReason | None) -> None:
    with talking(saying(answer)) as port:
        seen, _ = asked(collect, HTTP_CONTACT, plain(port))

    assert seen.gap == gap
    assert HttpContact not in facts(seen, plain(port))


def test_trace_is_known_by_its_echo() -> None:
    def talk(client: socket.socket) -> None:
        data = client.recv(65536)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: message/http\r\nContent-Length: %d\r\n\r\n"
        client.sendall(head % len(data) + data)

    with talking(talk) as port:
        seen, _ = asked(collect, HTTP_PAGES, plain(port))

    assert facts(seen, plain(port))[HttpTrace].echoed


def test_a_rate_limit_is_no_clean_bill() -> None:
    busy = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
    with talking(saying(busy)) as port:
        seen, _ = asked(collect, HTTP_EXPOSURE, plain(port))

    left = facts(seen, plain(port))[HttpLeftovers]
    assert len(left.silent) == left.asked


def test_control_characters_do_not_reach_the_evidence() -> None:
    page = (
        b"HTTP/1.1 200 OK\r\nServer: a\x1b[31mb<script>alert(1)</script>\r\n"
        b"Set-Cookie: \x9b31m=1; Secure\r\nContent-Length: 0\r\n\r\n"
    )
    with talking(saying(page)) as port:
        seen, _ = asked(collect, HTTP_PAGES, plain(port))

    assert b"\x1b" not in seen.output
    assert "\x9b" not in seen.output.decode()


OK = b"HTTP/1.1 200 OK\r\n"
LONG = b"X-Endless: " + b"y" * 9000 + b"\r\n"


@pytest.mark.parametrize(
    "probe", [HTTP_PAGES, HTTP_EXPOSURE, HTTP_CONSOLES, HTTP_CONTACT], ids=lambda each: each.id
)
@pytest.mark.parametrize(
    ("talk", "gap"),
    [
        pytest.param(
            endless(OK, b"X-Endless: " + b"y" * 9000 + b"\r\n"), "unparsable", id="endless headers"
        ),
        pytest.param(dripping(OK, b"X-Drip: y\r\n"), "timeout", id="slow headers"),
        pytest.param(dripping(b"", b"H"), "timeout", id="slow status"),
        pytest.param(saying(b"SSH-2.0-OpenSSH_9.2\r\n"), "unparsable", id="not HTTP"),
        pytest.param(saying(b""), "unparsable", id="hangs up"),
        pytest.param(resetting, "unreachable", id="reset"),
    ],
)
def test_a_hostile_server_is_a_gap_and_holds_nobody(probe: Probe, talk: Talk, gap: str) -> None:
    with talking(talk) as port:
        seen, seconds = asked(collect, probe, plain(port), deadline=3)

    assert seconds < 5
    assert seen.gap == gap, seen.detail


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(endless(OK + b"\r\n", b"z" * 65536), id="endless body"),
        pytest.param(dripping(OK + b"\r\n"), id="slow body"),
        pytest.param(endless(OK + b"Content-Encoding: gzip\r\n\r\n", b"\x1f\x8b\x08\0"), id="bomb"),
    ],
)
def test_a_body_without_end_is_cut_and_its_headers_are_kept(talk: Talk) -> None:
    with talking(talk) as port:
        seen, seconds = asked(collect, HTTP_PAGES, plain(port), deadline=4)

    assert seconds < 6
    assert json.loads(seen.output)["pages"]["hops"][0]["status"] == 200


def test_nobody_listens() -> None:
    seen, _ = asked(collect, HTTP_PAGES, plain(free_port()))

    assert seen.gap is GapReason.REFUSED


def test_plain_text_where_tls_should_be() -> None:
    with talking(saying(OK + b"\r\n")) as port:
        asset = EndpointAsset(id="web1", url=f"https://{NAME}:{port}/", address="127.0.0.83")
        seen, _ = asked(collect, HTTP_PAGES, asset.model_copy(update={"address": "127.0.0.1"}))
        found = facts(seen, asset)

    assert HttpPages not in found
