"""
What stands before the sites of a web server on its own host: a web application firewall, and bounds
on the connections of one source.

The server's own dump says which site uses them; the rules of ModSecurity lie in files of their own,
of which only the engine's switch and the number of rules leave the host. What stands before the
host (a reverse proxy, a firewall) is not seen from here.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, Literal

from cdso_audit.facts.firewall import IPTABLES, IPTABLES_LEGACY, NFT
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sockets import SOCKET_NAMES
from cdso_audit.facts.webserver import (
    APACHE,
    HTTPD,
    NGINX,
    NO_SERVER,
    Block,
    WebSite,
    apache_sites,
    dumps,
    inherited,
    nginx_sites,
    places,
)
from cdso_audit.model import KnownBy

WEB_GUARDS = Probe(
    id="web-guards",
    run=r"""
echo '== modules'
for m in security2 evasive qos; do [ -e "/etc/apache2/mods-enabled/$m.load" ] && echo "$m"; done
cat /etc/httpd/conf.modules.d/*.conf /etc/httpd/conf.d/*.conf 2>/dev/null |
  awk '$1 == "LoadModule" { sub("20_module|_module", "", $2); print $2 }' |
  grep -xE 'security2|evasive|qos'
echo '== rules'
for f in /etc/nginx/*modsec* /etc/nginx/modsec*/*.conf /etc/nginx/*/modsec*.conf \
  /etc/modsecurity/*.conf /etc/modsecurity.d/*.conf /usr/local/nginx/conf/modsec*.conf; do
  [ -f "$f" ] || continue
  [ -r "$f" ] || { echo "closed $f"; continue; }
  echo "file $f"
  awk '{ k = tolower($1) }
    k == "secruleengine" { gsub(/"/, "", $2); print "engine", $2 }
    k == "include" { gsub(/"/, "", $2); print "include", $2 }
    k == "secrule" || k == "secaction" { n++ }
    END { print "rules", n + 0 }' "$f"
done
echo '== end'
""",
    why="modules of Apache that guard its sites, and the switch of ModSecurity's rule files",
)

#: What the engine does with an attack.
Engine = Literal["block", "detect", "off"]
_ENGINE: Mapping[str, Engine] = {"on": "block", "detectiononly": "detect", "off": "off"}
#: The default of mod_evasive, once it is loaded: 2 of one page, 50 of one site, a second.
_EVASIVE = "mod_evasive"


class WebGuard(Fact):
    """One site and what guards it on this host."""

    kind: Literal["web-guard"] = "web-guard"
    known_by: KnownBy = KnownBy.DAEMON
    is_only_redirect: bool = False
    has_waf: bool
    """A web application firewall is switched on for some of the site."""
    engine: Engine | None = None
    """What its engine does; None when nobody can tell."""
    engine_file: str = ""
    has_rules: bool | None = None
    without_waf: tuple[str, ...] = ()
    """Places of the site that are left out of it."""
    limits: tuple[str, ...] = ()
    """Bounds on the connections or requests of one source."""
    unbounded: tuple[str, ...] = ()
    """Places without any."""
    filter_is_unknown: bool = False
    """The packet filter, which may bound them too, could not be read."""


@dataclass(slots=True)
class RuleFile:
    """A file of rules: switches and includes in their order, and whether it holds a rule."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    rules: int = 0


def parse_guards(text: str) -> tuple[list[str], dict[str, RuleFile], list[str]]:
    """Modules, files by path, files that were closed. Raises UnreadableError."""
    modules: list[str] = []
    files: dict[str, RuleFile] = {}
    closed: list[str] = []
    part = ""
    current = RuleFile()
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "==":
            part = rest
        elif part == "modules":
            modules.append(line.strip())
        elif word == "closed":
            closed.append(rest)
        elif word == "file":
            current = files[rest] = RuleFile()
        elif word in ("engine", "include"):
            current.steps.append((word, rest.strip()))
        elif word == "rules" and rest.isdigit():
            current.rules = int(rest)
        else:
            raise UnreadableError(f"not a line of rule files: {line[:60]!r}")
    if part != "end":
        raise UnreadableError("the list of rule files has no end")
    return modules, files, closed


def engine_of(
    path: str, files: Mapping[str, RuleFile], seen: tuple[str, ...] = ()
) -> tuple[str, str, bool]:
    """The last switch in a file and those that it includes: its word, its file, any rule."""
    word = place = ""
    found = files.get(path)
    if found is None or path in seen:
        return word, place, found is None  # rules that lie elsewhere: the core rule set
    rules = found.rules > 0
    for kind, value in found.steps:
        if kind == "engine":
            word, place = value, path
            continue
        whole = value if value.startswith("/") else f"{path.rpartition('/')[0]}/{value}"
        inside = [each for each in files if fnmatch(each, whole)]
        rules = rules or not inside
        for each in sorted(inside):
            told, where, some = engine_of(each, files, (*seen, path))
            word, place = (told, where) if told else (word, place)
            rules = rules or some
    return word, place, rules


# ---------------------------------------------------------------------------------------------
# The packet filter's own bounds
# ---------------------------------------------------------------------------------------------


def _ports(words: Sequence[str]) -> set[int] | None:
    """Ports that a rule of iptables names; None for all of them."""
    for option in ("--dport", "--dports"):
        if option in words[:-1]:
            return {
                port
                for part in words[words.index(option) + 1].split(",")
                for low, _, high in [part.partition(":")]
                if low.isdigit()
                for port in range(int(low), int(high or low) + 1)
            }
    return None


def iptables_limits(text: str) -> list[tuple[str, set[int] | None]]:
    """Rules that drop what is beyond a number of connections of one source, and their ports."""
    found = []
    for line in text.splitlines():
        if "--connlimit-above" not in line and "--hashlimit-above" not in line:
            continue
        try:
            words = shlex.split(line)
        except ValueError as problem:
            raise UnreadableError(f"not an iptables-save line: {line[:80]!r}") from problem
        target = words[words.index("-j") + 1] if "-j" in words[:-1] else ""
        if target in ("DROP", "REJECT"):
            found.append((line[:200], _ports(words)))
    return found


def nft_limits(document: Any) -> list[tuple[str, set[int] | None]]:
    """The same of nftables: `ct count over`, with the ports of the rule."""
    found: list[tuple[str, set[int] | None]] = []
    for item in document.get("nftables", []) if isinstance(document, dict) else []:
        rule = item.get("rule") if isinstance(item, dict) else None
        expressions = rule.get("expr", []) if isinstance(rule, dict) else []
        counts = any("ct count" in each for each in expressions if isinstance(each, dict))
        counts = counts or any(
            isinstance(each, dict) and "ct count" in str((each.get("set") or {}).get("stmt", ""))
            for each in expressions
        )
        stops = any({"drop", "reject"} & set(each) for each in expressions)
        if not (counts and stops):
            continue
        ports: set[int] | None = None
        for each in expressions:
            match = each.get("match", {})
            payload = match.get("left", {})
            if not isinstance(payload, dict) or payload.get("payload", {}).get("field") != "dport":
                continue
            right = match.get("right")
            values = right.get("set", []) if isinstance(right, dict) else [right]
            ports = {value for value in values if isinstance(value, int)}
        found.append((f"nftables: ct count, {item['rule'].get('chain', '')}", ports))
    return found


def filter_limits(outputs: Outputs) -> tuple[list[tuple[str, set[int] | None]], bool]:
    """Bounds of the packet filter, and whether it could not be read."""
    found: list[tuple[str, set[int] | None]] = []
    unknown = False
    for probe in (IPTABLES, IPTABLES_LEGACY):
        if not outputs.has_tool(probe):
            continue
        try:
            found += iptables_limits(outputs.text(probe))
        except (UnavailableError, UnreadableError):
            unknown = True
    if outputs.has_tool(NFT):
        try:
            found += nft_limits(outputs.json(NFT)) if outputs.text(NFT).strip() else []
        except (UnavailableError, UnreadableError):
            unknown = True
    return found, unknown


def _port_of(listen: str) -> int:
    """`443`, `[::]:443`, `10.1.2.3:443`, `*:443`; a socket of the host has none."""
    last = listen.rpartition(":")[2] if ":" in listen else listen
    return int(last) if last.isdigit() else 80 if listen and "/" not in listen else 0


# ---------------------------------------------------------------------------------------------
# Sites
# ---------------------------------------------------------------------------------------------


def _answers(levels: Sequence[Block]) -> bool:
    return not any(each.all("return") or each.has("internal") for each in levels)


def _is_on(levels: Sequence[Block], name: str) -> bool:
    found = inherited(levels, name)
    return bool(found) and found[-1][:1] == ("on",)


def _nginx_bounds(levels: Sequence[Block]) -> list[str]:
    found = []
    for name in ("limit_conn", "limit_req"):
        rules = inherited(levels, name)
        if rules and not _is_on(levels, f"{name}_dry_run"):
            found.append(f"{name} {' '.join(rules[0])}")
    return found


def _nginx_guard(
    site: WebSite, server: Block, above: list[Block], files: Mapping[str, RuleFile], closed: bool
) -> WebGuard:
    serving = [(name, each) for name, each in places(server, above) if _answers(each)]
    with_waf = [(name, each) for name, each in serving if _is_on(each, "modsecurity")]
    engine: Engine | None = None
    rules: bool | None = None
    where = ""
    if with_waf:
        word = ""
        named: list[str] = []
        for level in with_waf[0][1]:  # rules of outer levels are joined with those of inner ones
            named += [args[0] for args in level.all("modsecurity_rules_file") if args]
        some = False
        for each in named:
            path = each if each.startswith("/") else f"/etc/nginx/{each}"
            told, place, has = engine_of(path, files)
            word, where = (told, place) if told else (word, where)
            some = some or has
        known = bool(named) and all(
            (each if each.startswith("/") else f"/etc/nginx/{each}") in files for each in named
        )
        if known and not closed:
            engine, rules = _ENGINE.get(word.lower(), "off"), some
    bounds = {name: _nginx_bounds(each) for name, each in serving}
    return WebGuard(
        subject=site.subject,
        is_only_redirect=site.is_only_redirect or not serving,
        has_waf=bool(with_waf),
        engine=engine,
        engine_file=where,
        has_rules=rules,
        without_waf=tuple(n for n, _ in serving if n not in dict(with_waf)) if with_waf else (),
        limits=tuple(dict.fromkeys(one for each in bounds.values() for one in each)),
        unbounded=tuple(name for name, each in bounds.items() if not each),
    )


def _apache_guard(site: WebSite, levels: list[Block], modules: Sequence[str]) -> WebGuard:
    words = inherited(levels, "secruleengine")
    word = words[-1][0] if words and words[-1] else "Off"
    limits = []
    if "evasive" in modules:
        own = [*inherited(levels, "dospagecount"), *inherited(levels, "dossitecount")]
        limits.append(f"{_EVASIVE} {' '.join(args[0] for args in own if args)}".strip())
    per_source = inherited(levels, "qs_srvmaxconnperip")
    if per_source:
        limits.append(f"QS_SrvMaxConnPerIP {' '.join(per_source[-1])}")
    has_waf = "security2" in modules or bool(words)
    return WebGuard(
        subject=site.subject,
        is_only_redirect=site.is_only_redirect,
        has_waf=has_waf,
        engine=_ENGINE.get(word.lower()) if has_waf else None,
        engine_file="SecRuleEngine" if words else "",
        has_rules=None,
        limits=tuple(limits),
        unbounded=() if limits else ("/",),
    )


def _guards(top: Block, version: str, name: str, text: str) -> Iterator[tuple[WebSite, WebGuard]]:
    modules, files, closed = parse_guards(text)
    if name == "nginx":
        pairs = [
            (server, [top, http])
            for http in top.blocks
            if http.name == "http"
            for server in http.blocks
            if server.name == "server"
        ]
        for site, (server, above) in zip(nginx_sites(top, version), pairs, strict=True):
            yield site, _nginx_guard(site, server, above, files, bool(closed))
        return
    hosts = [each for each in top.blocks if each.name == "virtualhost"] or [Block("", ("*",))]
    for site, host in zip(apache_sites(top, version), hosts, strict=True):
        yield site, _apache_guard(site, [top, host], modules)


@reader(WebGuard, WEB_GUARDS, NGINX, APACHE, HTTPD, SOCKET_NAMES, NFT, IPTABLES, IPTABLES_LEGACY)
def read_web_guards(outputs: Outputs) -> Iterator[WebGuard | Missing | Absent]:
    """One fact a site; bounds of the packet filter count for the sites at their ports."""
    said = False
    bounds, unknown = filter_limits(outputs)
    for each in dumps(outputs):
        said = True
        if isinstance(each, Missing):
            yield each
            continue
        dump, top, name = each
        found = False
        for site, guard in _guards(top, dump.version, name, outputs.text(WEB_GUARDS)):
            found = True
            ports = {_port_of(listen) for listen in site.listens}
            own = [rule for rule, at in bounds if at is None or ports <= at]
            yield guard.model_copy(
                update={
                    "limits": (*guard.limits, *own),
                    "unbounded": () if own else guard.unbounded,
                    "filter_is_unknown": unknown,
                }
            )
        if not found:
            yield Absent("this web server has no site", subject=name)
    if not said:
        yield NO_SERVER
