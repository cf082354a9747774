"""The XML of `nmap -oX`: hosts that are up, their names, open TCP ports and web services. Pure."""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cdso_audit.errors import ConfigError, Place
from cdso_audit.importing import MOST_HOSTS, Found, FoundHost, Ignored, roles_of_ports

#: A scan of a whole /16 is about this large.
LARGEST: Final = 64 * 1024 * 1024


def parse(text: bytes, file: str) -> Found:
    """The hosts that nmap found up. Raises ConfigError; entities are never expanded."""
    if len(text) > LARGEST:
        raise ConfigError(
            "the file is larger than {limit} MiB",
            values={"limit": LARGEST // 1024 // 1024},
            hint="scan one network a file",
            place=Place(file),
        )
    try:
        root = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as problem:
        raise ConfigError(
            "the XML defines entities, which nmap never does: it was not read",
            hint="make the file anew with nmap -oX",
            place=Place(file),
        ) from problem
    except ParseError as problem:
        line, column = problem.position
        raise ConfigError(
            "the XML ends too early or is damaged",
            hint="make the file anew with nmap -oX, and let the scan finish",
            place=Place(file, line, column + 1),
        ) from problem
    if root.tag != "nmaprun":
        raise ConfigError(
            "this is XML, but not of nmap -oX", hint="make it with nmap -oX", place=Place(file)
        )
    hosts: list[FoundHost] = []
    down = 0
    for node in root.iter("host"):
        status = node.find("status")
        if status is not None and status.get("state") != "up":
            down += 1
            continue
        hosts.extend(_host(node))
        if len(hosts) > MOST_HOSTS:
            raise ConfigError("the file names too many hosts", place=Place(file))
    ignored = (
        (Ignored("{count} addresses of the scan were down and left out", {"count": down}),)
        if down
        else ()
    )
    return Found(tuple(hosts), ignored)


def _host(node: Any) -> Iterator[FoundHost]:
    addresses = {each.get("addrtype"): each.get("addr", "") for each in node.iter("address")}
    host = addresses.get("ipv4") or addresses.get("ipv6")
    if not host:
        return
    names = [each.get("name", "") for each in node.iter("hostname") if each.get("name")]
    ports = []
    urls = []
    for port in node.iter("port"):
        state = port.find("state")
        if port.get("protocol") != "tcp" or state is None or state.get("state") != "open":
            continue
        number = port.get("portid", "")
        if not number.isdigit() or not 0 < int(number) <= 65535:  # noqa: PLR2004 - ports
            continue
        ports.append(int(number))
        url = _url(port.find("service"), int(number), names[0] if names else host)
        if url:
            urls.append(url)
    systems = [each.get("osfamily", "") for each in node.iter("osclass")]
    yield FoundHost(
        host=host,
        name=names[0] if names else "",
        roles=roles_of_ports(tuple(ports)),
        windows=bool(systems) and systems[0] == "Windows",
        urls=tuple(urls),
        open_ports=tuple(sorted(ports)),
    )


def _url(service: Any, port: int, host: str) -> str:
    name = service.get("name", "") if service is not None else ""
    tunnel = service.get("tunnel", "") if service is not None else ""
    secure = name == "https" or (name.startswith("http") and tunnel == "ssl")
    plain = name in ("http", "http-proxy", "http-alt") and not secure
    if not secure and not plain:
        return ""
    shown = f"[{host}]" if ":" in host else host
    usual = 443 if secure else 80
    where = shown if port == usual else f"{shown}:{port}"
    return f"{'https' if secure else 'http'}://{where}"
