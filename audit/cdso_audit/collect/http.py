"""
HTTP requests, one at a time, without following anything by itself.

Every request is a GET or one TRACE, none carries a secret, none changes anything. Bodies are read
to 256 KiB, looked through for signatures, and dropped. Redirects are walked by hand and only within
the inventory: to the same host, or to another URL that it names.
"""

import contextlib
import json
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from cdso_audit.collect.connecting import (
    Deadline,
    Target,
    TlsWire,
    Wire,
    lenient_context,
    plain,
    reason_of,
    server_name,
    target_of,
)
from cdso_audit.facts.http import HTTP_CONSOLES, HTTP_CONTACT, HTTP_EXPOSURE
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, EndpointAsset, GapReason, System

#: Bytes of a body that are looked through.
BODY = 256 * 1024
#: Redirects that are walked.
HOPS = 5
#: Seconds that one request may take.
REQUEST = 15.0
#: Characters of one header's value that are kept (policies are the longest), and how many headers.
VALUE, HEADERS = 4096, 100
#: Requests without an answer after which no more are made.
GIVE_UP = 4

AGENT = "cdso-audit (security audit by the owner)"
TRACE_HEADER = ("X-Cdso-Audit-Trace", "cdso-audit-4f1d2c")
#: A path that no site has.
NOWHERE = "/cdso-audit-no-such-page-7c1e9b"
#: A path longer than servers take (8 KiB is usual), so the server itself must answer, not the site.
TOO_LONG = "/cdso-audit-" + "a" * 9000

#: Where security.txt lies (RFC 9116, 3), and where it lay before.
CONTACT_PATHS = ("/.well-known/security.txt", "/security.txt")
#: Lines of it that are kept, and how many of each.
CONTACT_LINES = re.compile(rb"(?im)^(contact|expires):[ \t]*(\S[^\r\n]{0,300})")
CONTACTS = 10

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Leftover:
    """A path where something is left by mistake, and what its beginning must look like."""

    path: str
    what: str
    signature: re.Pattern[bytes]


def _left(path: str, what: str, pattern: bytes, flags: int = 0) -> Leftover:
    return Leftover(path, what, re.compile(pattern, flags))


_SQL = rb"\A\s*(?:(?:--|/\*|#)[^\n]*\n\s*)*(?:(?:--|/\*) |CREATE |INSERT |DROP |SET |PGDMP|BEGIN)"
_DUMP = rb"\A(?:PGDMP|-- (?:MySQL|MariaDB|PostgreSQL|phpMyAdmin)|/\*M?!)|" + _SQL
_ZIP = rb"\APK\x03\x04"
_GZIP = rb"\A\x1f\x8b\x08"
_ENV = rb"(?m)\A(?!\s*<)(?:[^\n]*\n){0,200}?(?:export )?[A-Z][A-Z0-9_]{2,}=\S"

LEFTOVERS = (
    _left("/.git/HEAD", "git repository", rb"\A(?:ref: refs/|[0-9a-f]{40}\s*\Z)"),
    _left("/.git/config", "git repository", rb"(?m)^\[core\]"),
    _left("/.svn/entries", "Subversion folder", rb"\A\d{1,2}\n"),
    _left("/.svn/wc.db", "Subversion folder", rb"\ASQLite format 3\0"),
    _left("/.hg/requires", "Mercurial repository", rb"\A(?:dotencode|revlogv1|share-safe)\b"),
    _left("/.env", "settings with secrets", _ENV),
    _left("/.env.production", "settings with secrets", _ENV),
    _left("/.env.bak", "settings with secrets", _ENV),
    _left("/.htpasswd", "password file", rb"\A[\w.@-]+:(?:\$|\{SHA\}|[./0-9A-Za-z]{13}\s)"),
    _left("/.DS_Store", "folder index", rb"\A\0\0\0\x01Bud1"),
    _left("/.ssh/id_rsa", "private key", rb"\A-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    _left("/server.key", "private key", rb"\A-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    _left("/backup.sql", "database dump", _DUMP, _I),
    _left("/dump.sql", "database dump", _DUMP, _I),
    _left("/db.sql", "database dump", _DUMP, _I),
    _left("/database.sql", "database dump", _DUMP, _I),
    _left("/backup.sql.gz", "database dump", _GZIP),
    _left("/backup.zip", "archive", _ZIP),
    _left("/backup.tar.gz", "archive", _GZIP),
    _left("/www.zip", "archive", _ZIP),
    _left("/wp-config.php.bak", "settings with secrets", rb"<\?php[\s\S]*DB_(?:NAME|PASSWORD)"),
    _left("/wp-config.php~", "settings with secrets", rb"<\?php[\s\S]*DB_(?:NAME|PASSWORD)"),
    _left("/config.php.bak", "program source", rb"\A\s*<\?php"),
    _left("/web.config", "server settings", rb"<configuration>[\s\S]*<system\.web"),
    _left("/WEB-INF/web.xml", "server settings", rb"<web-app[\s>]"),
    _left("/server-status", "server status", rb"Apache Server Status for"),
    _left("/nginx_status", "server status", rb"\AActive connections: \d+"),
    _left("/phpinfo.php", "phpinfo()", rb"<title>(?:PHP [\d.]+\S* - )?phpinfo\(\)</title>"),
    _left("/info.php", "phpinfo()", rb"<title>(?:PHP [\d.]+\S* - )?phpinfo\(\)</title>"),
    _left("/actuator/env", "server settings", rb"\A\s*\{\"activeProfiles\""),
)
#: Where programs that administer something usually answer, each by what its own page says.
CONSOLES = (
    *(
        _left(path, "phpMyAdmin", rb"pma_username|<title>phpMyAdmin|phpmyadmin\.css")
        for path in ("/phpmyadmin/", "/phpMyAdmin/", "/pma/")
    ),
    _left("/adminer.php", "Adminer", rb"adminer\.org|<title>[^<]{0,80}Adminer"),
    _left("/adminer/", "Adminer", rb"adminer\.org|<title>[^<]{0,80}Adminer"),
    _left("/pgadmin4/login", "pgAdmin", rb"<title>pgAdmin 4"),
    _left("/phppgadmin/", "phpPgAdmin", rb"<title>phpPgAdmin"),
    _left("/manager/html", "Tomcat Manager", rb"tomcat-users|Tomcat Web Application Manager"),
    _left("/host-manager/html", "Tomcat Manager", rb"tomcat-users|Tomcat Virtual Host Manager"),
    _left("/console/login/LoginForm.jsp", "WebLogic console", rb"WebLogic Server"),
    _left("/jmx-console/", "JBoss console", rb"JBoss (?:JMX )?Management"),
    _left("/jolokia/version", "Jolokia", rb"\"agent\"\s*:\s*\"[\d.]+"),
    _left("/actuator", "Spring Boot actuator", rb"\A\s*\{\"_links\"\s*:[\s\S]{0,200}actuator"),
    _left("/login", "Jenkins", rb"<title>[^<]{0,80}Jenkins"),
    _left("/jenkins/login", "Jenkins", rb"<title>[^<]{0,80}Jenkins"),
    _left("/login", "Grafana", rb"<title>Grafana</title>|grafanaBootData"),
    _left("/grafana/login", "Grafana", rb"<title>Grafana</title>|grafanaBootData"),
    _left("/app/home", "Kibana", rb"kbn-injected-metadata"),
    _left("/kibana/app/home", "Kibana", rb"kbn-injected-metadata"),
    _left("/solr/", "Solr", rb"<title>Solr Admin"),
    _left("/zabbix/", "Zabbix", rb"<title>[^<]{0,80}Zabbix"),
    _left("/nagios/", "Nagios", rb"<title>Nagios|Nagios Access"),
    _left("/server-info", "server status", rb"Apache Server Information"),
    _left("/fpm-status", "server status", rb"\Apool:\s+\S+\s+process manager:"),
    _left("/haproxy?stats", "HAProxy statistics", rb"Statistics Report for HAProxy"),
    _left("/", "RabbitMQ console", rb"<title>RabbitMQ Management"),
    _left("/", "Portainer", rb"<title>Portainer"),
    _left("/", "Webmin", rb"<title>Login to Webmin"),
)
#: Headers that a console's every answer carries.
CONSOLE_HEADERS = {"Jenkins": "x-jenkins", "Kibana": "kbn-name"}
#: Folders that are often listed by mistake.
FOLDERS = ("/", "/uploads/", "/backup/", "/files/", "/images/", "/static/", "/assets/", "/icons/")
LISTING = re.compile(
    rb"<title>Index of /|<h1>Index of /|<title>Directory listing for /"
    rb"|<title>[^<]{1,200} - /[^<]*</title>[\s\S]{0,500}<A HREF=\"/\">\[To Parent Directory\]"
    rb"|\[To Parent Directory\]",
    _I,
)
#: Words of error pages that tell a version, a path or a stack.
LEAKS = tuple(
    re.compile(each)
    for each in (
        (
            rb"\b(?:nginx|openresty|Apache|lighttpd|LiteSpeed|Apache Tomcat|Jetty|Microsoft-IIS|"
            rb"OpenSSL|PHP)/\d[\w.]*(?: \([\w.-]+\))?"
        ),
        rb"(?:Fatal error|Warning|Parse error|Notice)</b>?:[^\n]{0,120} in <b>/[^<\n]{1,160}",
        rb"Traceback \(most recent call last\)",
        rb"\bat (?:java|javax|jakarta|org|com|sun)\.[\w.$]{3,80}\([\w.]+:\d+\)",
        rb"SQLSTATE\[\w{5}\]|ORA-\d{5}: |You have an error in your SQL syntax",
        rb"Microsoft \.NET Framework Version:[\d.]{3,20}",
        rb"<b>Version Information:</b>[^\n<]{0,120}",
        rb"DisallowedHost at /|You're seeing this error because you have <code>DEBUG = True",
        rb"(?:/var/www|/home|/srv|/usr/share)/[\w./-]{3,120}\.(?:php|py|rb|jsp)\b",
    )
)


# ---------------------------------------------------------------------------------------------
# The wire under httpx
# ---------------------------------------------------------------------------------------------


class _Stream(httpcore2.NetworkStream):
    """A wire as httpcore knows it."""

    def __init__(self, wire: Wire | TlsWire) -> None:
        self.wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline holds
        try:
            return self.wire.read(max_bytes)
        except TimeoutError as problem:
            raise httpcore2.ReadTimeout(str(problem)) from problem

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        try:
            self.wire.write(buffer)
        except TimeoutError as problem:
            raise httpcore2.WriteTimeout(str(problem)) from problem

    def close(self) -> None:
        self.wire.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        assert isinstance(self.wire, Wire)  # noqa: S101 - no TLS within TLS here
        tls = TlsWire(self.wire, ssl_context, server_name(server_hostname or ""))
        try:
            tls.handshake()
        except BaseException:
            self.wire.close()
            raise
        return _Stream(tls)

    def get_extra_info(self, info: str) -> Any:  # noqa: ARG002
        return None


class _Backend(httpcore2.NetworkBackend):
    """Connects to the target's address, whatever the URL's name says, within the deadline."""

    def __init__(self, address: str, deadline: Deadline) -> None:
        self.address = address
        self.deadline = deadline

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the address was found once and for all
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        return _Stream(Wire.to(self.address, port, self.deadline))


class _Body(httpx2.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks

    def close(self) -> None:
        if hasattr(self.chunks, "close"):
            self.chunks.close()


class _Transport(httpx2.BaseTransport):
    """httpx over our own wire: one connection a request, so each has its own deadline and cap."""

    def __init__(self, address: str, deadline: Deadline) -> None:
        self.pool = httpcore2.ConnectionPool(
            ssl_context=lenient_context(),
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Backend(address, deadline),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self.pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)  # noqa: S101 - a sync pool's stream is
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self.pool.close()


@dataclass(frozen=True, slots=True)
class Got:
    """One answer with the beginning of its body, which is looked at and then dropped."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    def kept(self) -> dict[str, Any]:
        """What of it becomes evidence: no body, no cookie's value, no query of a redirect."""
        headers = []
        cookies = []
        for name, value in self.headers[:HEADERS]:
            lower = name.lower()
            if lower == "set-cookie":
                first, *rest = value.split(";")
                cookies.append(
                    {
                        "name": plain(first.partition("=")[0].strip(), 100),
                        "attributes": [plain(each.strip(), 200) for each in rest][:20],
                    }
                )
            elif lower == "location":
                headers.append((plain(name, 100), plain(_without_query(value), VALUE)))
            else:
                headers.append((plain(name, 100), plain(value, VALUE)))
        kind = self.header("content-type").lower()
        return {
            "url": plain(_without_query(self.url), VALUE),
            "status": self.status,
            "headers": headers,
            "cookies": cookies,
            "html": "html" in kind or (not kind and b"<html" in self.body[:2048].lower()),
        }


def _without_query(url: str) -> str:
    bare, mark, _ = url.partition("?")
    return f"{bare}?…" if mark else bare.partition("#")[0]


def fetch(
    method: str, url: str, address: str, end: Deadline, headers: dict[str, str] | None = None
) -> Got:
    """One request to `address`, under the name of the URL. Raises OSError or httpx2.HTTPError."""
    deadline = end.within(REQUEST)
    everything = {
        "User-Agent": AGENT,
        "Accept": "text/html,*/*;q=0.8",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **(headers or {}),
    }
    body = b""
    transport = _Transport(address, deadline)
    try:
        with (
            httpx2.Client(transport=transport, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, headers=everything) as answer,
        ):
            found = [
                (name.decode("latin-1"), value.decode("utf-8", "replace"))
                for name, value in answer.headers.raw
            ]
            try:
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) >= BODY:
                        break
            except (OSError, httpx2.HTTPError, httpcore2.TimeoutException):
                pass  # the headers are here, and what came of the body is enough to look at
            return Got(url, answer.status_code, found, body[:BODY])
    except (httpcore2.TimeoutException, httpx2.TimeoutException) as problem:
        raise TimeoutError(str(problem) or "no answer in time") from problem
    except httpcore2.ProtocolError as problem:
        raise ssl.SSLError(f"not HTTP: {plain(problem)}") from problem


# ---------------------------------------------------------------------------------------------
# Collecting
# ---------------------------------------------------------------------------------------------


def collect(
    probe: Probe, asset: Asset, system: System, *, at: Callable[[], datetime], deadline: float
) -> Observation:
    """Ask one endpoint. Whatever fails is an observation with a gap, or a part of one."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, EndpointAsset):
        return gap(GapReason.BUG, f"a {asset.type} has no URL")
    end = Deadline.after(deadline)
    try:
        target = target_of(asset, end)
        if probe.id == HTTP_EXPOSURE.id:
            found = {"leftovers": _leftovers(target, end)}
        elif probe.id == HTTP_CONSOLES.id:
            found = {"consoles": _consoles(target, end)}
        elif probe.id == HTTP_CONTACT.id:
            found = {"contact": _contact(target, asset, system, end)}
        else:
            found = {
                "pages": _pages(target, asset, system, end),
                "plain": _plain(target, asset, system, end),
                "trace": _trace(target, end),
                "errors": _errors(target, end),
            }
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))
    gaps = [each for each in found.values() if each["gap"]]
    if len(gaps) == len(found):
        return gap(GapReason(gaps[0]["gap"]), str(gaps[0]["detail"]))
    output = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    if len(output) > probe.cap:
        return gap(GapReason.TOO_LARGE, f"more than {probe.cap} bytes")
    return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=output)


def _origin(target: Target) -> str:
    usual = 443 if target.scheme == "https" else 80
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{target.scheme}://{host}" + ("" if target.port == usual else f":{target.port}")


def reason(problem: Exception) -> tuple[GapReason, str]:
    """Why a request failed, as a gap says it."""
    if isinstance(problem, httpx2.HTTPError | httpcore2.NetworkError):
        return GapReason.UNPARSABLE, f"not HTTP: {plain(problem)}"
    return reason_of(problem)


def _part(subject: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "gap": None, "detail": "", **more}


def _failed(part: dict[str, Any], problem: Exception) -> dict[str, Any]:
    why, detail = reason(problem)
    return part | {"gap": why, "detail": detail}


def _pages(target: Target, asset: EndpointAsset, system: System, end: Deadline) -> dict[str, Any]:
    return _walk(_origin(target), _origin(target) + target.path, target, asset, system, end)


def _plain(target: Target, asset: EndpointAsset, system: System, end: Deadline) -> dict[str, Any]:
    """http:// of the same host: the URL's own port if it is plain, else port 80."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    origin = _origin(target) if target.scheme == "http" else f"http://{host}"
    return _walk(origin, origin + "/", target, asset, system, end)


def _walk(
    subject: str,
    url: str,
    target: Target,
    asset: EndpointAsset,
    system: System,
    end: Deadline,
) -> dict[str, Any]:
    part = _part(subject, hops=[], stopped="")
    seen: set[str] = set()
    address = target.address
    for _ in range(HOPS + 1):
        if url in seen:
            return part | {"stopped": "the redirects go round in a circle"}
        seen.add(url)
        try:
            got = fetch("GET", url, address, end)
        except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
            return _failed(part, problem)
        part["hops"].append(got.kept())
        location = got.header("location")
        if got.status not in (301, 302, 303, 307, 308) or not location:
            return part
        try:
            url = urljoin(url, location)
            where = _within(url, target, asset, system, end)
        except (ValueError, OSError) as problem:
            return part | {"stopped": f"the redirect cannot be followed: {plain(problem, 100)}"}
        if where is None:
            shown = plain(urlsplit(url).netloc.rpartition("@")[2], 100)
            return part | {"stopped": f"the redirect leads out of the inventory, to {shown}"}
        address = where
    return part | {"stopped": f"more than {HOPS} redirects"}


def _within(
    url: str, target: Target, asset: EndpointAsset, system: System, end: Deadline
) -> str | None:
    """The address for this URL if the inventory covers it: the same host, or an endpoint of it."""
    split = urlsplit(url)
    host = (split.hostname or "").rstrip(".").lower()
    if split.scheme not in ("http", "https") or split.username is not None:
        return None
    if host == target.host.rstrip(".").lower():
        return target.address
    for other in system.assets:
        if isinstance(other, EndpointAsset) and other.type == "endpoint" and other.id != asset.id:
            known = target_of(other, end) if host in other.url.lower() else None
            if known is not None and known.host.rstrip(".").lower() == host:
                return known.address
    return None


def _trace(target: Target, end: Deadline) -> dict[str, Any]:
    part = _part(_origin(target))
    name, value = TRACE_HEADER
    try:
        got = fetch("TRACE", _origin(target) + "/", target.address, end, {name: value})
    except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
        return _failed(part, problem)
    return part | {"status": got.status, "echoed": value.encode() in got.body}


def _errors(target: Target, end: Deadline) -> dict[str, Any]:
    part = _part(_origin(target))
    statuses = []
    leaks: dict[str, None] = {}
    for path in (NOWHERE, TOO_LONG):
        try:
            got = fetch("GET", _origin(target) + path, target.address, end)
        except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
            if path == NOWHERE:
                return _failed(part, problem)
            continue
        statuses.append(got.status)
        for pattern in LEAKS:
            if match := pattern.search(got.body):
                leaks[plain(match[0].decode("utf-8", "replace"), 160)] = None
    return part | {"statuses": statuses, "leaks": list(leaks)}


def _consoles(target: Target, end: Deadline) -> dict[str, Any]:
    """What answers as a console, with its page or with a question for a password."""
    origin = _origin(target)
    part = _part(origin)
    try:
        nowhere = fetch("GET", origin + NOWHERE, target.address, end)
    except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
        return _failed(part, problem)
    found: list[dict[str, str]] = []
    silent: list[str] = []
    for path in dict.fromkeys(each.path for each in CONSOLES):
        got = None
        if len(silent) < GIVE_UP:
            with contextlib.suppress(Exception):
                got = fetch("GET", origin + path, target.address, end)
        if got is None or got.status == 429 or got.status >= 500:  # noqa: PLR2004 - no usable answer
            silent.append(path)
        elif got.status in (200, 401, 403):
            found += [
                {"path": path, "what": each.what}
                for each in CONSOLES
                if each.path == path and _is_console(each, got, nowhere)
            ]
    asked = len({each.path for each in CONSOLES})
    return part | {"asked": asked, "found": found, "silent": silent}


def _contact(target: Target, asset: EndpointAsset, system: System, end: Deadline) -> dict[str, Any]:
    """The first of the two places that holds such a file; pages in HTML are none."""
    origin = _origin(target)
    part = _part(origin, url="", contacts=[], expires=[])
    for path in CONTACT_PATHS:
        try:
            got = _followed(origin + path, target, asset, system, end)
        except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
            return _failed(part, problem)
        if got is None or got.status in (404, 410):
            continue
        if got.status != 200:  # noqa: PLR2004 - neither the file nor a word that there is none
            detail = f"{path}: status {got.status}"
            reason = GapReason.DENIED if got.status in (401, 403) else GapReason.UNPARSABLE
            return part | {"gap": reason, "detail": detail}
        if got.kept()["html"]:
            continue
        for name, value in CONTACT_LINES.findall(got.body):
            lines = part["contacts" if name.lower() == b"contact" else "expires"]
            if len(lines) < CONTACTS:
                lines.append(plain(value.decode("utf-8", "replace").strip(), 300))
        if part["contacts"] or part["expires"]:
            return part | {"url": plain(_without_query(got.url), VALUE)}
    return part


def _followed(
    url: str, target: Target, asset: EndpointAsset, system: System, end: Deadline
) -> Got | None:
    """What a URL leads to within the inventory; None when it leads out of it, or nowhere."""
    address: str | None = target.address
    for _ in range(HOPS + 1):
        if address is None:
            return None
        got = fetch("GET", url, address, end)
        location = got.header("location")
        if got.status not in (301, 302, 303, 307, 308) or not location:
            return got
        url = urljoin(url, location)
        address = _within(url, target, asset, system, end)
    return None


def _is_console(console: Leftover, got: Got, nowhere: Got) -> bool:
    """By a header of its own, or by its page where a page that does not exist is another."""
    header = CONSOLE_HEADERS.get(console.what)
    if header and got.header(header):
        return True
    return bool(console.signature.search(got.body) and not console.signature.search(nowhere.body))


def _leftovers(target: Target, end: Deadline) -> dict[str, Any]:
    origin = _origin(target)
    part = _part(origin)
    try:
        nowhere = fetch("GET", origin + NOWHERE, target.address, end)
    except Exception as problem:  # noqa: BLE001 - any failure is a gap of this part
        return _failed(part, problem)
    files: list[dict[str, str]] = []
    listings: list[dict[str, str]] = []
    silent: list[str] = []
    last: Exception | None = None
    paths = (*(each.path for each in LEFTOVERS), *FOLDERS)
    signatures = {each.path: each for each in LEFTOVERS}
    for path in paths:
        if len(silent) >= GIVE_UP and last is not None:
            silent.append(path)
            continue
        try:
            got = fetch("GET", origin + path, target.address, end)
        except Exception as problem:  # noqa: BLE001 - one path without an answer
            silent.append(path)
            last = problem
            continue
        if got.status == 429 or got.status >= 500:  # noqa: PLR2004 - too many requests, server errors
            silent.append(path)
        elif got.status in (200, 206):
            leftover = signatures.get(path)
            pattern = leftover.signature if leftover else LISTING
            if pattern.search(got.body) and not pattern.search(nowhere.body):
                what = leftover.what if leftover else "directory listing"
                (files if leftover else listings).append({"path": path, "what": what})
    return part | {
        "asked": len(paths),
        "files": files,
        "listings": listings,
        "silent": silent,
        "answers_everything": nowhere.status == 200,  # noqa: PLR2004
    }
