"""
Hosts, domains, URLs and networks as people write them, checked and brought into one form. Pure.

A name that is not ASCII becomes its A-label (`xn--…`), since that is what goes over the wire.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from cdso_audit.errors import InvalidValueError

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_DOMAIN_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_DOMAIN_HINT = "an example: dvc.example.vn"
_URL_HINT = "an example: https://dvc.example.vn"

#: RFC 1035, 2.3.4: 255 octets on the wire are 253 characters of text.
LONGEST_NAME = 253
DNS_PORT, LAST_PORT = 53, 65535


#: The name of a network interface: what may stand behind `%` in a link-local address.
_ZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,14}")


def ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that `text` is (brackets allowed), or None if it is a name."""
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    # Python lets anything stand behind the `%` of a zone, blanks and options of programs too.
    if isinstance(found, ipaddress.IPv6Address) and found.scope_id is not None:
        return found if _ZONE.fullmatch(found.scope_id) else None
    return found


def _ascii(text: str) -> str:
    name = text.removesuffix(".")
    if name.isascii():
        return name.lower()
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError as problem:
        raise InvalidValueError("this is no name that DNS can carry") from problem


def host(text: str) -> str:
    """A host name or IP address. Raises InvalidValueError on anything that is more or less."""
    if ip(text) is not None:
        return text.strip("[]")
    if "://" in text:
        raise InvalidValueError(
            "this is a URL, not a host",
            hint="for a web service write `url: …` in place of `host: …`",
        )
    if "@" in text:
        raise InvalidValueError(
            "a user does not belong here", hint="write it as `user` under access, ssh"
        )
    if "/" in text:
        raise InvalidValueError(
            "this is a network or a path, not a host",
            hint="an asset is one host: write one asset for each, and the network under `scope`",
        )
    if re.fullmatch(r"[^:]+:\d+|\[.*\]:\d+", text):
        raise InvalidValueError(
            "a port does not belong here", hint="write it as `port` under access, ssh"
        )
    name = _ascii(text)
    if re.fullmatch(r"[0-9.]+", name):
        raise InvalidValueError("this is no IP address", hint="an example: 10.1.2.10")
    if len(name) > LONGEST_NAME or not all(_LABEL.fullmatch(each) for each in name.split(".")):
        raise InvalidValueError(
            "this is neither a host name nor an IP address",
            hint="examples: db1.example.vn, 10.1.2.10, 2001:db8::10",
        )
    return name


def resolver_parts(text: str) -> tuple[str, int]:
    """
    IP address and port of a DNS resolver: `10.1.2.53`, `127.0.0.1:5353`, `[::1]:53`.

    A name would need another resolver first, so only an address is taken.
    """
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})", text)
    whole = ip(text) if "%" not in text else None
    if whole is not None:
        return str(whole), DNS_PORT
    where = ip(found[1] or found[2] or "") if found else None
    port = int(found[3]) if found else 0
    if where is None or not 1 <= port <= LAST_PORT:
        raise InvalidValueError(
            "this is no IP address of a resolver", hint="examples: 10.1.2.53, 10.1.2.53:5353"
        )
    return str(where), port


def resolver(text: str) -> str:
    """A resolver's IP address, with a port where it is not 53."""
    resolver_parts(text)
    return text


def domain(text: str) -> str:
    """A DNS domain of at least two labels."""
    if "://" in text or "/" in text:
        raise InvalidValueError("this is a URL, not a domain", hint=_DOMAIN_HINT)
    if ip(text) is not None:
        raise InvalidValueError("this is an IP address, not a domain", hint=_DOMAIN_HINT)
    name = _ascii(text)
    labels = name.split(".")
    good = len(labels) > 1 and all(_DOMAIN_LABEL.fullmatch(each) for each in labels)
    if not good or len(name) > LONGEST_NAME or labels[-1].isdigit():
        raise InvalidValueError("this is no domain name", hint=_DOMAIN_HINT)
    return name


def url(text: str) -> str:
    """An http or https URL with a host. A user or a password in it is refused, and not repeated."""
    if not text.isprintable() or " " in text:
        raise InvalidValueError("this is no URL", hint=_URL_HINT)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as problem:
        raise InvalidValueError("this is no URL", hint=_URL_HINT) from problem
    if parts.scheme not in ("http", "https"):
        raise InvalidValueError("the URL does not begin with https:// or http://", hint=_URL_HINT)
    if parts.username is not None or parts.password is not None:
        raise InvalidValueError("a user or password must not stand in a URL", hint=_URL_HINT)
    if not parts.hostname:
        raise InvalidValueError("the URL names no host", hint=_URL_HINT)
    if port == 0:
        raise InvalidValueError("the URL's port is none", hint=_URL_HINT)
    name = host(parts.hostname)
    shown = f"[{name}]" if ":" in name else name
    where = f"{shown}:{port}" if port else shown
    return parts._replace(netloc=where, fragment="").geturl()


def url_host(text: str) -> str:
    """The host of a URL that `url` accepted."""
    return urlsplit(text).hostname or ""


def network(text: str) -> str:
    """A network in CIDR form, or one address."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError as problem:
        raise InvalidValueError(
            "this is no network", hint="write it as 10.1.2.0/24, or one address as 10.1.2.10"
        ) from problem
    raise InvalidValueError(
        "this address stands inside a network; which of the two is meant?",
        hint="write {network} for the network, or the address without the part after /",
        network=str(loose),
    )


def inside(text: str, networks: tuple[str, ...]) -> bool:
    """Whether the IP address stands in one of the networks."""
    found = ip(text)
    if found is None:
        return False
    known = (ipaddress.ip_network(each) for each in networks)
    return any(found in each for each in known if each.version == found.version)


def uncovered(wanted: Iterable[str], given: Iterable[str]) -> list[str]:
    """The wanted networks that do not lie wholly within the given ones, taken together."""
    known = [ipaddress.ip_network(each) for each in given]
    four = list(
        ipaddress.collapse_addresses(n for n in known if isinstance(n, ipaddress.IPv4Network))
    )
    six = list(
        ipaddress.collapse_addresses(n for n in known if isinstance(n, ipaddress.IPv6Network))
    )

    def lies_within(text: str) -> bool:
        net = ipaddress.ip_network(text)
        if isinstance(net, ipaddress.IPv4Network):
            return any(net.subnet_of(each) for each in four)
        return any(net.subnet_of(each) for each in six)

    return [each for each in wanted if not lies_within(each)]
