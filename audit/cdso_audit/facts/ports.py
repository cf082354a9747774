"""
TCP ports of a host as the scanner sees them, from nmap's own XML.

A port that a firewall drops looks like a host that is off, and a scanner that an intrusion
prevention system blocks sees a perfect host. So "nothing answered" is kept apart from "closed".
"""

from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cdso_audit.facts.reading import Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import AssetKind, GapReason, KnownBy

HOST_PORTS = Probe(
    id="host-ports",
    via="ports",
    run="TCP connections (nmap -sT -Pn -n) to ports 1-1025, some 500 usual service ports above, "
    "and the declared ones",
    why="which TCP ports of the host answer from where the scanner stands",
    deadline=420,
    cap=2 * 1024 * 1024,
)


class OpenPorts(Fact):
    """What a connect scan of one host saw, from where the scanner stands."""

    kind: Literal["open-ports"] = "open-ports"
    known_by: KnownBy = KnownBy.NETWORK
    address: str
    open: tuple[int, ...]
    scanned: int
    filtered: int
    closed: int

    @property
    def answered(self) -> bool:
        """Whether anything at all came back: an open port or a refusal."""
        return bool(self.open) or self.closed > 0


def parse_ports(xml: bytes, subject: str) -> OpenPorts:
    """One host of nmap's XML. Raises UnreadableError."""
    try:
        root: Element = fromstring(xml, forbid_dtd=False)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise UnreadableError(f"not nmap's XML: {problem}") from problem
    finished = root.find("runstats/finished")
    if root.tag != "nmaprun" or finished is None or finished.get("exit") != "success":
        raise UnreadableError("nmap did not finish its scan")
    hosts = root.findall("host")
    if len(hosts) != 1:
        raise UnreadableError(f"nmap tells of {len(hosts)} hosts, not of one")
    host = hosts[0]
    if host.get("timedout") == "true":
        raise UnreadableError("nmap gave the host up before the scan was done")
    states: dict[str, int] = {}
    seen = []
    for port in host.findall("ports/port"):
        state = port.find("state")
        name = "" if state is None else state.get("state", "")
        states[name] = states.get(name, 0) + 1
        if name == "open" and port.get("protocol") == "tcp":
            seen.append(int(port.get("portid", "0")))
    for extra in host.findall("ports/extraports"):
        name = extra.get("state", "")
        states[name] = states.get(name, 0) + int(extra.get("count", "0"))
    scanned = sum(states.values())
    if not scanned:
        raise UnreadableError("nmap tells of no port")
    address = host.find("address")
    return OpenPorts(
        subject=subject,
        address="" if address is None else address.get("addr", ""),
        open=tuple(sorted(seen)),
        scanned=scanned,
        filtered=scanned - len(seen) - states.get("closed", 0),
        closed=states.get("closed", 0),
    )


@reader(OpenPorts, HOST_PORTS, on=(AssetKind.HOST_LINUX, AssetKind.HOST_WINDOWS))
def read_open_ports(outputs: Outputs) -> Iterator[OpenPorts | Missing]:
    """The ports of one host; nmap's warnings of ports given up make it a gap."""
    xml = outputs.raw(HOST_PORTS)
    warnings = outputs.observation(HOST_PORTS).errors.decode("utf-8", "replace")
    if "giving up" in warnings:
        yield Missing(
            "tcp", GapReason.TIMEOUT, "nmap gave some ports up: " + warnings[:200].strip()
        )
        return
    yield parse_ports(xml, "tcp")
