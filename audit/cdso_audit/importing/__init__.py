"""
Hosts out of files that an agency has: an nmap scan, a table, an Ansible inventory. Pure.

Nothing of a file is executed, and no secret of it is carried over.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from cdso_audit.errors import ConfigError, Place

#: More hosts than an agency has; a range such as [1:999999999] ends here.
MOST_HOSTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class FoundHost:
    """A host as a file names it; what the file does not say is empty."""

    host: str
    name: str = ""
    system: str = ""
    level: int | None = None
    roles: tuple[str, ...] = ()
    user: str = ""
    port: int | None = None
    windows: bool = False
    urls: tuple[str, ...] = ()
    open_ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """What of a file was left out, and why: a template with its values, as notices are."""

    template: str
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file gave."""

    hosts: tuple[FoundHost, ...]
    ignored: tuple[Ignored, ...] = ()


#: Usual role of a host by a port that it offers.
_ROLE_OF_PORT: Final = {
    **dict.fromkeys((80, 443, 8080, 8443), "web"),
    **dict.fromkeys((1433, 1521, 3306, 5432, 6379, 9200, 27017), "database"),
    **dict.fromkeys((25, 465, 587, 993, 995), "mail"),
    **dict.fromkeys((389, 636), "directory"),
    **dict.fromkeys((514, 6514), "log"),
    53: "dns",
    123: "time",
    445: "file",
}
_ROLE_WORDS: Final = {
    "web": "web|www|nginx|apache|frontend|portal|cong",
    "app": "app|api|tomcat|backend|ungdung",
    "database": "db|database|postgres|pgsql|mysql|mariadb|oracle|mssql|csdl",
    "mail": "mail|smtp|thu",
    "dns": "dns|ns",
    "backup": "backup|bkp|saoluu",
    "log": "log|logs|syslog|siem",
    "directory": "ldap|ad|dc",
    "firewall": "firewall|fw|tuonglua",
    "file": "file|nas|smb",
}


def roles_of_ports(ports: tuple[int, ...]) -> tuple[str, ...]:
    """The roles that open ports make likely."""
    return tuple(dict.fromkeys(_ROLE_OF_PORT[port] for port in ports if port in _ROLE_OF_PORT))


def role_of_word(word: str) -> str:
    """The role that the name of a group or a host makes likely, or nothing."""
    stem = re.sub(r"[\d_-]*(servers?|hosts?|s)?[\d_-]*$", "", word.lower()) or word.lower()
    return next(
        (role for role, words in _ROLE_WORDS.items() if re.fullmatch(words, stem)),
        "",
    )


def read_hosts(text: bytes, file: str) -> Found:
    """The hosts of a file of any form that is known. Raises ConfigError with a place."""
    from cdso_audit.importing import ansible, hosts_csv, nmap  # noqa: PLC0415 - they import this

    head = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"$ANSIBLE_VAULT"):
        raise ConfigError(
            "the file is encrypted by ansible-vault",
            hint="give the inventory that names the hosts; secrets are not needed",
            place=Place(file, 1, 1),
        )
    suffix = file.lower().rpartition(".")[2] if "." in file else ""
    if head.startswith(b"<"):
        found = nmap.parse(text, file)
    elif suffix in ("yaml", "yml"):
        found = ansible.parse_yaml(text, file)
    elif suffix in ("csv", "tsv", "txt") or text.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = hosts_csv.parse(text, file)
    elif re.search(rb"^[ \t]*\[[^\]\n]+\][ \t]*(?:[#;].*)?\r?$", text, re.MULTILINE):
        found = ansible.parse_ini(text, file)
    elif re.search(rb"[;,\t]", head.splitlines()[0] if head else b""):
        found = hosts_csv.parse(text, file)
    else:
        found = ansible.parse_ini(text, file)
    if not found.hosts:
        raise ConfigError(
            "the file names no host",
            hint="known forms: XML of nmap -oX, a table (CSV) with headings, an Ansible inventory",
            place=Place(file),
        )
    return replace(found, hosts=_once(found.hosts))


def _once(hosts: tuple[FoundHost, ...]) -> tuple[FoundHost, ...]:
    """Each host once a system, with the roles and addresses of all its lines."""
    kept: dict[tuple[str, str, int | None], FoundHost] = {}
    for each in hosts:
        key = (each.system, each.host, each.port)
        known = kept.get(key)
        kept[key] = (
            each
            if known is None
            else replace(
                known,
                roles=tuple(dict.fromkeys((*known.roles, *each.roles))),
                urls=tuple(dict.fromkeys((*known.urls, *each.urls))),
                open_ports=tuple(sorted({*known.open_ports, *each.open_ports})),
            )
        )
    return tuple(kept.values())
