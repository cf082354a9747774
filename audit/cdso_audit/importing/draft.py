"""
agency.yaml as `init` writes it: what is known, and comments that say what to do with it. Pure.

Comments are in the language of the person. The text parses by `parse_agency`; `init` proves it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cdso_audit import address
from cdso_audit.importing import Found, FoundHost
from cdso_audit.inventory import VERSION, identifier
from cdso_audit.language import Language, said
from cdso_audit.profiles import PROFILES, kind_for_roles
from cdso_audit.yamlfile import resolved

#: A level to start from where nobody said one: that of most systems of a province or ministry.
ASSUMED_LEVEL: Final = 3


@dataclass(frozen=True, slots=True)
class DraftSystem:
    """A system to write down. `level_known` is False where the level is only assumed."""

    id: str
    name: str
    kind: str
    level: int
    assets: tuple[Mapping[str, Any], ...] = ()
    level_known: bool = True
    seen_ports: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An inventory to write down."""

    id: str
    name: str
    owner: str = ""
    user: str = ""
    systems: tuple[DraftSystem, ...] = ()


class Names:
    """Ids that are each given once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def new(self, text: str, otherwise: str) -> str:
        """An id made of `text`, with a number behind it when it is taken."""
        stem = identifier(text) or identifier(otherwise) or "x"
        name, number = stem, 2
        while name in self.taken:
            tail = f"-{number}"
            name, number = stem[: 63 - len(tail)] + tail, number + 1
        self.taken.add(name)
        return name


def systems_of(found: Found, names: Names, user: str = "") -> tuple[DraftSystem, ...]:
    """The systems that a file names; hosts without one go together. `user` is everybody's."""
    by_system: dict[str, list[FoundHost]] = {}
    for each in found.hosts:
        by_system.setdefault(each.system, []).append(each)
    ids = Names()
    return tuple(_system(name, hosts, ids, names, user) for name, hosts in by_system.items())


def _system(
    name: str, hosts: Sequence[FoundHost], ids: Names, names: Names, user: str
) -> DraftSystem:
    levels = [each.level for each in hosts if each.level is not None]
    roles = frozenset(role for each in hosts for role in each.roles)
    kind = _kind_named(name) or kind_for_roles(roles)
    assets: list[Mapping[str, Any]] = []
    ports: dict[str, tuple[int, ...]] = {}
    for each in hosts:
        label = each.name if address.ip(each.name) is None else ""
        asset = names.new(label.partition(".")[0], each.name or each.host)
        assets.append(_host_asset(asset, each, user))
        if each.open_ports:
            ports[asset] = each.open_ports
        for url in each.urls:
            shown = address.url_host(url)
            pinned = (
                {}
                if shown == each.host or address.ip(each.host) is None
                else {"address": each.host}
            )
            assets.append({"id": names.new(f"{asset}-url", "url"), "url": url, **pinned})
    usual = PROFILES[kind].level
    return DraftSystem(
        id=ids.new(name, "hosts"),
        name=name,
        kind=kind,
        level=max(levels) if levels else usual or ASSUMED_LEVEL,
        level_known=bool(levels),
        assets=tuple(assets),
        seen_ports=ports,
    )


def _kind_named(name: str) -> str:
    """The kind whose own id the system bears, as some do."""
    return identifier(name) if identifier(name) in PROFILES else ""


def _host_asset(asset: str, each: FoundHost, user: str) -> Mapping[str, Any]:
    ssh = {
        key: value
        for key, value in (("user", each.user), ("port", each.port))
        if value and value not in (user, 22)
    }
    return {
        "id": asset,
        "host": each.host,
        **({"os": "windows"} if each.windows else {}),
        **({"roles": list(each.roles)} if each.roles else {}),
        **({"access": {"ssh": ssh}} if ssh and not each.windows else {}),
    }


# ---------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------

_PLAIN: Final = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./-]*")


def scalar(value: Any) -> str:
    """A value as YAML's flow style has it; text is quoted unless it is plainly a word."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key}: {scalar(each)}" for key, each in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(scalar(each) for each in value)}]"
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and isinstance(resolved(value), str) and value[-1] != ":":
            return value
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
    return json.dumps(value)


def text(draft: Draft, lang: Language) -> str:
    """The file. Values of others stand in it quoted, and never in a comment."""

    def _(template: str, **values: Any) -> str:
        return said(template, values, lang)

    known = ", ".join(PROFILES)
    lines = [
        *_comment(
            _(
                "The inventory of cdso-audit: what the agency runs, and how to look at it. "
                "Nothing that does not stand here is ever contacted."
            )
        ),
        *_comment(_("Never write a password here: name a variable or a file, as shown below.")),
        f"apiVersion: {VERSION}",
        "agency: " + scalar({"id": draft.id, "name": draft.name, "owner": draft.owner}),
        "defaults:",
        *_comment(
            _(
                "Without a rulebook each system is judged by the rules in force, and one that was "
                "approved under Decree 85/2016 by the earlier ones until 2027-06-30."
            ),
            2,
        ),
        "  #    rulebook: [vn-2026, ransomware-6]",
        *_comment(
            _(
                "How to log in to Linux hosts: an account with the sudo rules that "
                "`cdso-audit scan --sudoers` prints. What is not written here comes from "
                "~/.ssh/config and the ssh-agent."
            ),
            2,
        ),
        "  ssh: " + scalar({"user": draft.user or "cdso-audit", "sudo": True}),
        "  #    identity: keys/cdso_ed25519",
        "  #    password: {ref: env:CDSO_SSH_PASSWORD}",
        "  #    jump: bastion.example.vn",
    ]
    if not draft.systems:
        lines += [
            *_comment(_("The systems: remove the # and write your own in place of these.")),
            "systems: []",
            *_example(_("Online public service portal")),
        ]
    else:
        lines.append("systems:")
        for system in draft.systems:
            lines += _system_lines(system, _)
    lines += _comment(_("The kinds of systems: {known}", known=known))
    return "\n".join(lines) + "\n"


def _example(name: str) -> list[str]:
    return [
        f"#  - id: dvc\n#    name: {scalar(name)}",
        "#    kind: public-service-portal",
        "#    level: 3",
        "#    approved: {on: 2026-03-10, under: decree-331-2026, max_outage: 24h, rpo: 4h}",
        "#    assets:",
        "#      - {id: dvc-db1, host: 10.1.2.10, roles: [database]}",
        "#      - {id: dvc-web, url: https://dvc.example.vn}",
        "#      - {id: dvc-dns, domain: dvc.example.vn}",
        "#      - {id: fw-core, device: cisco-ios, config: configs/fw-core.txt}",
        "#      - {id: dvc-pg, database: postgresql, dsn: {ref: env:DVC_PG_DSN}}",
        "#    declared: {ports: {dvc-web: [80, 443]}, admins: [ops]}",
        "#    scope: [10.1.2.0/24]",
    ]


def _system_lines(system: DraftSystem, _: Any) -> Iterable[str]:
    yield f"  - id: {scalar(system.id)}"
    yield f"    name: {scalar(system.name)}"
    yield f"    kind: {system.kind}"
    if not system.level_known:
        yield from _comment(
            _("Nobody said the level: this one is assumed. Write the approved one."), 4
        )
    yield f"    level: {system.level}"
    yield from _comment(
        _("When approved, by which decree; the longest outage and loss of data allowed:"),
        4,
    )
    yield "    # approved: {on: 2026-03-10, under: decree-331-2026, max_outage: 24h, rpo: 4h}"
    if system.assets:
        yield "    assets:"
        for asset in system.assets:
            yield f"      - {scalar(asset)}"
    if system.seen_ports:
        yield from _comment(
            _("Ports that the scan saw open. Keep those that must be, and remove the #:"), 4
        )
        yield f"    # declared: {scalar({'ports': dict(system.seen_ports)})}"


def _comment(sentence: str, indent: int = 0) -> list[str]:
    """A sentence as comment lines of at most 100 characters."""
    lines, line = [], ""
    for word in sentence.split():
        if line and len(line) + len(word) + indent + 3 > 100:  # noqa: PLR2004 - our line length
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [f"{' ' * indent}# {each}" for each in [*lines, line]]
