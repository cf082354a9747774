"""
Ansible inventories, INI and YAML: groups become systems, their children roles. Pure.

Read as data: no plug-in, template or lookup of the file is run, and what is encrypted or secret
stays where it is.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cdso_audit import address, yamlfile
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError, Place
from cdso_audit.importing import MOST_HOSTS, Found, FoundHost, Ignored, role_of_word
from cdso_audit.yamlfile import Document, Path, Tagged

_TAGS: Final = frozenset({"!vault", "!vault-encrypted", "!unsafe"})
_RANGE: Final = re.compile(r"\[(\w*):(\w+)(?::(\d+))?\]")
_SECRET: Final = re.compile(r"pass|secret|token|key_data|vault", re.IGNORECASE)
#: Older names of variables, still read by Ansible.
_OLD: Final = {
    "ansible_ssh_host": "ansible_host",
    "ansible_ssh_port": "ansible_port",
    "ansible_ssh_user": "ansible_user",
}
_WANTED: Final = ("ansible_host", "ansible_port", "ansible_user", "ansible_connection")


@dataclass(slots=True)
class _Group:
    name: str
    hosts: dict[str, Place] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Inventory:
    """Groups in the order of the file, and variables by host."""

    file: str
    groups: dict[str, _Group] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, None] = field(default_factory=dict)
    problems: list[ConfigError] = field(default_factory=list)
    count: int = 0

    def group(self, name: str) -> _Group:
        return self.groups.setdefault(name, _Group(name))

    def add_host(self, group: str, pattern: str, place: Place, given: Mapping[str, Any]) -> None:
        try:
            for name in expanded(pattern):
                self.count += 1
                if self.count > MOST_HOSTS:
                    raise ConfigError("the file names too many hosts", place=place)
                self.group(group).hosts.setdefault(name, place)
                self.variables.setdefault(name, {}).update(self.kept(given))
        except InvalidValueError as problem:
            self.wrong(problem, place)

    def kept(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The variables that say how to reach a host; secrets are noted by name and dropped."""
        kept = {}
        for name, value in given.items():
            known = _OLD.get(str(name), str(name))
            if known in _WANTED:
                kept[known] = value
            elif _SECRET.search(known):
                self.secrets[known] = None
        return kept

    def wrong(self, problem: InvalidValueError, place: Place) -> None:
        self.problems.append(
            ConfigError(problem.template, hint=problem.hint, values=problem.values, place=place)
        )


def expanded(pattern: str) -> Iterator[str]:
    """`web[01:03].example.vn` → web01…, web02…, web03…; also `[a:f]` and a step `[1:9:2]`."""
    found = _RANGE.search(pattern)
    if found is None:
        yield pattern
        return
    first, last, step = found[1] or "0", found[2], int(found[3] or 1)
    if first.isdigit() and last.isdigit():
        if step < 1 or int(last) < int(first) or (int(last) - int(first)) // step > MOST_HOSTS:
            raise InvalidValueError("this range of hosts cannot be", hint="an example: web[01:10]")
        width = len(first) if first.startswith("0") and len(first) > 1 else 0
        parts = [str(each).zfill(width) for each in range(int(first), int(last) + 1, step)]
    elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha() and first <= last:
        parts = [chr(each) for each in range(ord(first), ord(last) + 1, max(step, 1))]
    else:
        raise InvalidValueError("this range of hosts cannot be", hint="an example: web[01:10]")
    for part in parts:
        yield from expanded(pattern[: found.start()] + part + pattern[found.end() :])


# ---------------------------------------------------------------------------------------------
# INI
# ---------------------------------------------------------------------------------------------


def parse_ini(text: bytes, file: str) -> Found:
    """The hosts of an INI inventory. Raises ConfigErrors with the line of everything wrong."""
    inventory = _Inventory(file)
    group, kind = "ungrouped", "hosts"
    for number, raw in enumerate(yamlfile.decoded(text, file).splitlines(), start=1):
        line = raw.strip()
        place = Place(file, number, len(raw) - len(raw.lstrip()) + 1)
        if not line or line[0] in "#;":
            continue
        section = re.fullmatch(r"\[([^\]:]+)(?::(\w+))?\]\s*(?:[#;].*)?", line)
        if section:
            group, kind = section[1].strip(), section[2] or "hosts"
            inventory.group(group)
            if kind not in ("hosts", "children", "vars"):
                inventory.problems.append(
                    ConfigError(
                        "a section is [group], [group:children] or [group:vars]", place=place
                    )
                )
        else:
            _ini_line(inventory, group, kind, line, place)
    return _found(inventory)


def _ini_line(inventory: _Inventory, group: str, kind: str, line: str, place: Place) -> None:
    if kind == "vars":
        name, _, value = line.partition("=")
        given = {name.strip(): value.strip().strip("\"'")}
        inventory.group(group).variables.update(inventory.kept(given))
        return
    if kind == "children":
        inventory.group(group).children[line.split(maxsplit=1)[0]] = None
        return
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        inventory.problems.append(ConfigError("a quote is opened and not closed", place=place))
        return
    given = dict(word.partition("=")[::2] for word in words[1:] if "=" in word)
    pattern = words[0]
    port = re.fullmatch(r"([^:\[\]]+|.*\]):(\d+)", pattern)
    if port and not _RANGE.search(pattern[-len(port[2]) - 3 :]):
        pattern = port[1]
        given.setdefault("ansible_port", port[2])
    inventory.add_host(group, pattern, place, given)


# ---------------------------------------------------------------------------------------------
# YAML
# ---------------------------------------------------------------------------------------------


def parse_yaml(text: bytes, file: str) -> Found:
    """The hosts of a YAML inventory. Raises ConfigErrors with the line of everything wrong."""
    document = yamlfile.parse(text, file, tags=_TAGS, merge=True)
    if not isinstance(document.data, Mapping):
        raise ConfigError(
            "this is no Ansible inventory: it must begin with groups of hosts",
            place=document.place(()),
        )
    inventory = _Inventory(file)
    for name, body in document.data.items():
        _yaml_group(inventory, document, str(name), body, (name,))
    return _found(inventory)


def _yaml_group(
    inventory: _Inventory, document: Document, name: str, body: Any, path: Path
) -> None:
    group = inventory.group(name)
    if body is None:
        return
    if not isinstance(body, Mapping) or not set(body) <= {"hosts", "vars", "children"}:
        inventory.problems.append(
            ConfigError(
                "the group {name} must hold nothing but hosts, vars and children",
                values={"name": name},
                place=document.key_place(path),
            )
        )
        return
    variables = body.get("vars")
    if isinstance(variables, Mapping):
        group.variables.update(inventory.kept(variables))
    hosts = body.get("hosts")
    for pattern, given in (hosts if isinstance(hosts, Mapping) else {}).items():
        place = document.key_place((*path, "hosts", pattern))
        inventory.add_host(name, str(pattern), place, given if isinstance(given, Mapping) else {})
    children = body.get("children")
    for child, below in (children if isinstance(children, Mapping) else {}).items():
        group.children[str(child)] = None
        _yaml_group(inventory, document, str(child), below, (*path, "children", child))


# ---------------------------------------------------------------------------------------------
# Groups → systems and roles
# ---------------------------------------------------------------------------------------------

_NO_SYSTEM: Final = frozenset({"all", "ungrouped"})


def _found(inventory: _Inventory) -> Found:
    parents: dict[str, list[str]] = {}
    for group in inventory.groups.values():
        for child in group.children:
            parents.setdefault(child, []).append(group.name)
    members: dict[str, list[str]] = {}
    places: dict[str, Place] = {}
    for group in inventory.groups.values():
        for host, place in group.hosts.items():
            members.setdefault(host, []).append(group.name)
            places.setdefault(host, place)
    hosts = []
    for host, groups in members.items():
        lines = [_line(group, parents) for group in groups]
        above = list(dict.fromkeys(name for line in lines for name in reversed(line)))
        named = [name for name in above if name not in _NO_SYSTEM]
        variables: dict[str, Any] = {}
        for name in ("all", *reversed([name for line in lines for name in line])):
            variables.update(inventory.groups[name].variables if name in inventory.groups else {})
        variables.update(inventory.variables.get(host, {}))
        try:
            hosts.append(_host(host, named, variables))
        except InvalidValueError as problem:
            inventory.wrong(problem, places[host])
    if inventory.problems:
        raise ConfigErrors(yamlfile.in_order(inventory.problems))
    ignored = tuple(
        Ignored("The variable {name} may hold a secret and was left out", {"name": name})
        for name in inventory.secrets
    )
    return Found(tuple(hosts), ignored)


def _line(group: str, parents: Mapping[str, list[str]]) -> list[str]:
    """The group and those above it, nearest first; a circle ends where it closes."""
    line = [group]
    while True:
        above = next((each for each in parents.get(line[-1], []) if each not in line), None)
        if above is None:
            return line
        line.append(above)


def _host(name: str, groups: list[str], variables: Mapping[str, Any]) -> FoundHost:
    texts = {key: _plain(key, value) for key, value in variables.items()}
    port = texts.get("ansible_port", "")
    if port and not (port.isdigit() and 0 < int(port[:9]) <= 65535):  # noqa: PLR2004 - ports
        raise InvalidValueError("a port is 1 to 65535")
    below = [*groups[1:], *(groups[:1] if len(groups) == 1 else [])]
    roles = [role_of_word(each) or (each.lower() if each in groups[1:] else "") for each in below]
    return FoundHost(
        host=address.host(texts.get("ansible_host") or name),
        name=name,
        system=groups[0] if groups else "",
        roles=tuple(dict.fromkeys(each for each in roles if each)),
        user=texts.get("ansible_user", ""),
        port=int(port) if port else None,
        windows=texts.get("ansible_connection") in ("winrm", "psrp"),
    )


def _plain(name: str, value: Any) -> str:
    """A variable's value as text; what is encrypted or a template is refused."""
    if isinstance(value, Tagged) and value.tag.startswith("!vault"):
        raise InvalidValueError(
            "{name} is encrypted by ansible-vault", hint="write it out in the inventory", name=name
        )
    text = str(value.value if isinstance(value, Tagged) else value)
    if "$ANSIBLE_VAULT" in text:
        raise InvalidValueError(
            "{name} is encrypted by ansible-vault", hint="write it out in the inventory", name=name
        )
    if "{{" in text or "{%" in text:
        raise InvalidValueError(
            "{name} is a template, and nothing in this file is run",
            hint="write the value out in its place",
            name=name,
        )
    return text
