"""
Asking the usual ports of databases, caches, engines and consoles one question each.

Without a name or password, nothing that changes anything, no content kept. Each port has its own
short patience, and all are asked side by side, so that a host that filters costs one wait.
"""

import contextlib
import json
import re
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdso_audit.collect.connecting import Deadline, TooMuchError, Wire, addresses, reason_of
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.facts.services_open import State
from cdso_audit.model import Asset, GapReason, HostAsset, System

#: Seconds for one port, of them for the connection (with one more try of the kernel's, after one
#: second); ports asked at a time; bytes of an answer that are looked at.
PATIENCE, CONNECT, AT_ONCE, ANSWER = 3.0, 1.6, 32, 65536
#: Modules of rsync that are asked for.
MODULES = 5
#: Ports of which an answer shows that the host is there.
SIGNS_OF_LIFE = (22, 80, 443)


@dataclass(frozen=True, slots=True)
class Service:
    """A service, where it usually listens, and how it is asked."""

    name: str
    ports: tuple[int, ...]
    ask: Callable[[Wire, str], State]


def _until(wire: Wire, is_enough: Callable[[bytes], bool]) -> bytes:
    """What comes until that is enough, or the other side has nothing more to say."""
    data = b""
    with contextlib.suppress(TimeoutError, TooMuchError, ConnectionResetError):
        while len(data) < ANSWER and not is_enough(data):
            more = wire.read()
            if not more:
                break
            data += more
    return data


def said(question: bytes, is_open: bytes, is_protected: bytes) -> Callable[[Wire, str], State]:
    """A question of one line, and what its two answers look like from their beginning."""

    def ask(wire: Wire, _host: str) -> State:
        wire.write(question)
        answer = _until(wire, lambda data: b"\n" in data)
        if re.match(is_open, answer):
            return "open"
        return "protected" if is_protected and re.match(is_protected, answer) else "other"

    return ask


def page(path: str, is_open: bytes, *, header: bytes = b"") -> Callable[[Wire, str], State]:
    """
    A GET. Open is 200 with this in the body (and this header); 401 and 403 are protected, but only
    with the header where one is the service's mark.
    """

    def ask(wire: Wire, host: str) -> State:
        name = f"[{host}]" if ":" in host else host
        wire.write(
            f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\nAccept: */*\r\n"
            "User-Agent: cdso-audit (security audit by the owner)\r\n\r\n".encode()
        )
        answer = _until(wire, lambda _: False)
        head, _, body = answer.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
        if status is None or (header and header.lower() not in head.lower()):
            return "other"
        if status[1] == b"200":
            return "open" if re.search(is_open, body) else "other"
        return "protected" if status[1] in (b"401", b"403") else "other"

    return ask


def _mongodb(wire: Wire, _host: str) -> State:
    """OP_MSG {listDatabases: 1, nameOnly: true, $db: "admin"}: refused unless nobody logs in."""
    document = (
        b"\x10listDatabases\0\x01\0\0\0" + b"\x08nameOnly\0\x01" + b"\x02$db\0\x06\0\0\0admin\0"
    )
    body = struct.pack("<i", 4 + len(document) + 1) + document + b"\0"
    message = struct.pack("<iiiii", 16 + 4 + 1 + len(body), 1, 0, 2013, 0) + b"\0" + body
    wire.write(message)

    def is_whole(data: bytes) -> bool:
        return len(data) >= 4 and len(data) >= int(struct.unpack("<i", data[:4])[0])  # noqa: PLR2004

    answer = _until(wire, is_whole)
    if b"\x01ok\0" + struct.pack("<d", 1) in answer:
        return "open"
    return "protected" if b"\x01ok\0" + struct.pack("<d", 0) in answer else "other"


def _cassandra(wire: Wire, _host: str) -> State:
    """STARTUP of protocol 4; the answer's opcode says whether a password is asked for."""
    body = b"\0\x01\0\x0bCQL_VERSION\0\x053.0.0"
    wire.write(b"\x04\0\0\0\x01" + struct.pack(">i", len(body)) + body)
    answer = _until(wire, lambda data: len(data) >= 9)  # noqa: PLR2004 - a whole header
    if answer[:1] not in (b"\x83", b"\x84", b"\x85"):
        return "other"
    ready, authenticate, error = b"\x02", b"\x03", b"\x00"
    code = answer[4:5]
    return "open" if code == ready else "protected" if code in (authenticate, error) else "other"


def _vnc(wire: Wire, _host: str) -> State:
    """The kinds of security that the server offers (RFC 6143 7.1.2); 1 is none."""
    if not _until(wire, lambda data: b"\n" in data).startswith(b"RFB 003."):
        return "other"
    wire.write(b"RFB 003.008\n")
    answer = _until(wire, lambda data: bool(data) and len(data) > data[0])
    kinds = answer[1 : 1 + answer[0]] if answer else b""
    return "open" if 1 in kinds else "protected" if kinds else "other"


def _rsync(wire: Wire, host: str) -> State:
    """The list of modules, and whether one of them lets a stranger in."""
    if not _until(wire, lambda data: b"\n" in data).startswith(b"@RSYNCD: "):
        return "other"
    wire.write(b"@RSYNCD: 30.0\n#list\n")
    lines = _until(wire, lambda data: b"@RSYNCD: EXIT" in data).splitlines()
    modules = [each.partition(b"\t")[0].strip() for each in lines if b"\t" in each]
    port = int(wire.connection.getpeername()[1])
    for module in modules[:MODULES]:
        second = Wire.to(host, port, wire.deadline)
        try:
            second.write(b"@RSYNCD: 30.0\n" + module + b"\n")
            ends = (b"@RSYNCD: OK", b"@RSYNCD: AUTHREQD", b"@ERROR")
            answer = _until(second, lambda data: any(each in data for each in ends))  # noqa: B023
        finally:
            second.close()
        if b"@RSYNCD: OK" in answer:
            return "open"
    return "protected"


SERVICES = (
    Service("Redis", (6379, 6380, 16379),
            said(b"PING\r\n", rb"\+PONG", rb"-(NOAUTH|DENIED|ERR|WRONG)")),
    Service("memcached", (11211,), said(b"version\r\n", rb"VERSION ", rb"(CLIENT_)?ERROR")),
    Service("ZooKeeper", (2181,), said(b"srvr\n", rb"Zookeeper version", rb"")),
    Service("MongoDB", (27017, 27018), _mongodb),
    Service("Cassandra", (9042,), _cassandra),
    Service("Elasticsearch", (9200,), page("/", rb'"cluster_name"')),
    Service("CouchDB", (5984,), page("/_all_dbs", rb"\A\s*\[")),
    Service("InfluxDB", (8086,), page("/query?q=SHOW+DATABASES", rb'"results"')),
    Service("Solr", (8983,), page("/solr/admin/info/system?wt=json", rb'"lucene"')),
    Service("etcd", (2379,), page("/v2/keys", rb'"node"')),
    Service("Consul", (8500,), page("/v1/agent/self", rb'"Config"')),
    Service("Hadoop", (9870, 50070), page("/webhdfs/v1/?op=LISTSTATUS", rb'"FileStatuses"')),
    Service("Docker", (2375,), page("/version", rb'"ApiVersion"')),
    Service("kubelet", (10255,), page("/pods", rb'"PodList"')),
    Service("Kibana", (5601,), page("/api/status", rb'"version"', header=b"kbn-")),
    Service("Grafana", (3000,), page("/api/org", rb'"id":\s*\d+,\s*"name"')),
    Service("Jenkins", (8080,), page("/api/json", rb'"_class"', header=b"x-jenkins")),
    Service("Prometheus", (9090,), page("/api/v1/status/buildinfo", rb'"goVersion"')),
    Service("VNC", (5900, 5901), _vnc),
    Service("rsync", (873,), _rsync),
)  # fmt: skip


def ask(service: Service, address: str, port: int, deadline: Deadline) -> State:
    """What one port does. Raises TimeoutError when the deadline for all of them is over."""
    wire = None
    _ = deadline.left
    try:
        wire = Wire.to(address, port, deadline.within(CONNECT))
    except ConnectionRefusedError:
        return "closed"
    except OSError:
        return "silent"
    wire.deadline = deadline.within(PATIENCE)
    try:
        return service.ask(wire, address)
    except OSError:
        return "other"
    finally:
        wire.close()


def collect(
    probe: Probe, asset: Asset, system: System, *, at: Callable[[], datetime], deadline: float
) -> Observation:
    """Ask one host. Whatever fails is an observation with a gap, or a part of one."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, HostAsset):
        return gap(GapReason.BUG, f"a {asset.type} has no ports of its own")
    if asset.local:
        return gap(
            GapReason.UNREACHABLE,
            "a machine cannot see itself from outside; scan it from another machine",
        )
    end = Deadline.after(deadline)
    try:
        address = addresses(asset.host, end)[0]
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))
    ssh = asset.access.ssh
    signs = (
        *(system.declared.ports.get(asset.id, ())[:5]),
        *((ssh.port,) if ssh and ssh.port else ()),
        *SIGNS_OF_LIFE,
    )
    output = json.dumps(_asked(address, signs, end), indent=1, sort_keys=True).encode() + b"\n"
    return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=output)


def _asked(address: str, signs: tuple[int, ...], end: Deadline) -> dict[str, Any]:
    """The answers of all services, and whether the host is there at all."""

    def one(service: Service, port: int) -> tuple[str, int, State | None]:
        try:
            return service.name, port, ask(service, address, port, end)
        except TimeoutError:
            return service.name, port, None

    pairs = [(service, port) for service in SERVICES for port in service.ports]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda pair: one(*pair), pairs))
    alive = any(state not in (None, "silent") for _, _, state in told) or any(
        _answers(address, port, end) for port in dict.fromkeys(signs)
    )
    return {
        "alive": alive,
        "answers": [
            {"service": name, "port": port, "state": state} for name, port, state in told if state
        ],
        "unasked": [{"service": name, "port": port} for name, port, state in told if not state],
    }


def _answers(address: str, port: int, end: Deadline) -> bool:
    """Whether the port takes a connection or refuses one."""
    try:
        Wire.to(address, port, end.within(CONNECT)).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return True
