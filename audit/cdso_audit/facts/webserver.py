"""
Web servers on a host, as their own configuration dumps tell: nginx -T, apache2ctl -D DUMP_CONFIG.

A dump holds passwords (headers to upstreams, variables of applications), so a program for awk
reduces it on the host: only the directives of `NGINX_KEPT` and `APACHE_KEPT` pass, of a redirection
only its code, of an upstream nothing. In a path, a part that might be a token becomes `...`.

Where Apache lets folders change its settings (AllowOverride), their files (.htaccess) are read in
the second program and merged as Apache does it; what could not be read is said at the site.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Literal

from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sockets import SOCKET_NAMES, parse_names
from cdso_audit.model import GapReason, KnownBy

#: Directives whose arguments leave the host.
NGINX_KEPT = (
    *("include", "user", "server_tokens", "autoindex", "ssl_protocols", "ssl_reject_handshake"),
    *("listen", "server_name", "root", "alias", "client_max_body_size", "access_log", "error_log"),
    *("deny", "allow", "internal", "satisfy", "stub_status", "dav_methods", "limit_req"),
    *("limit_conn", "limit_req_dry_run", "limit_conn_dry_run", "modsecurity"),
    *("modsecurity_rules_file",),
)  # fmt: skip
#: Directives of which only the name leaves, with the first argument if that is a number.
NGINX_NAMED = (
    *("return", "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"),
    *("memcached_pass", "auth_basic", "auth_request", "auth_jwt", "perl", "try_files", "rewrite"),
)


def _runs(names: str, odd: str, usual: str) -> str:
    """
    End the program unless a process of such a name runs on this very root, no container's. `odd` is
    the pattern of its arguments when it was started with another file of settings.
    """
    return (
        'cmd = "for p in /proc/[0-9]*/comm; do read -r c 2>/dev/null <$p && case $c in '
        f"{names}) [ ${{p%comm}}root -ef / ] && case $(cat ${{p%comm}}cmdline) in "
        f'{odd}) echo odd; break ;; {usual}) echo on; break ;; esac ;; esac; done 2>/dev/null";'
        ' cmd | getline on; if (on == "odd") { print "odd"; print "x 0"; exit }'
        ' if (on != "on") { print "off"; print "x 0"; exit }'
    )


# No backslash stands in it: sudo takes one for an escape when it compares a command with its rule.
# Asked only while it runs: a server that does not would get its pid file and its logs made by `-T`.
# A statement is printed as `d NAME TAB ARGUMENT …`, a block as `b NAME …` to `e`, a file as
# `f PATH`, the version as `v`, a complaint as `p PLACE`, the end as `x CODE`.
_NGINX_AWK = (
    'BEGIN { tab = sprintf("%c", 9); esc = sprintf("%c", 92); one = sprintf("%c", 39);'
    ' two = sprintf("%c", 34); dollar = sprintf("%c", 36);'
    f" {_runs('nginx', '*master*?-[cp]?/*', '*master*')}"
    ' while (("/usr/sbin/nginx -v 2>&1" | getline l) > 0)'
    ' if (l ~ "^nginx version: ") print "v", substr(l, 16, 60);'
    ' cmd = "/usr/sbin/nginx -T 2>&1"; while ((cmd | getline l) > 0) line(l);'
    ' print "x", close(cmd) }'
    " function line(l, i, n, c) {"
    ' if (!q && !n_w && l ~ "^nginx: ") { fault(l); return }'
    ' if (!q && l ~ "^# configuration file /.*:$") { end_word();'
    ' print "f", substr(l, 22, length(l) - 22); n_w = 0; return }'
    " n = length(l); for (i = 1; i <= n; i++) { c = substr(l, i, 1);"
    ' if (lua) { if (c == "{") lua++; if (c == "}" && --lua == 0) print "e"; continue }'
    " if (c == esc) { w = w c substr(l, i + 1, 1); i++; word = 1; continue }"
    " if (q) { if (c == q) { q = 0; word = 1 } else w = w c; continue }"
    " if ((c == one || c == two) && !word) { q = c; continue }"
    ' if (c == "#" && !word) return;'
    ' if (c == " " || c == tab) { end_word(); continue }'
    ' if (c == "{" && substr(l, i - 1, 1) == dollar) { brace = 1; w = w c; continue }'
    ' if (c == "}" && brace) { brace = 0; w = w c; continue }'
    ' if (c == ";") { end_word(); say("d"); continue }'
    ' if (c == "{") { end_word(); if (ws[1] ~ "_by_lua_block$") lua = 1; say("b"); continue }'
    ' if (c == "}") { end_word(); n_w = 0; print "e"; continue }'
    " w = w c; word = 1 } if (!q) end_word(); else w = w one }"
    ' function end_word() { if (word) { ws[++n_w] = w } w = ""; word = 0; brace = 0 }'
    " function say(kind, i, out) { if (!n_w) return; out = ws[1];"
    ' if (kind == "b") { if (ws[1] == "location") for (i = 2; i <= n_w; i++)'
    " out = out tab masked(ws[i]) }"
    f' else if (ws[1] ~ "^({"|".join(NGINX_KEPT)})$")'
    " for (i = 2; i <= n_w; i++) out = out tab masked(ws[i]);"
    f' else if (ws[1] ~ "^({"|".join(NGINX_NAMED)})$") {{'
    ' if (ws[2] ~ "^([0-9]+|off)$") out = out tab ws[2] }'
    ' else out = ""; if (out != "" || kind == "b") print kind, out; n_w = 0 }'
    " function masked(v, p, n, i, out) { gsub(tab, one, v);"
    ' n = split(v, p, "/"); for (i = 1; i <= n; i++) {'
    ' if (length(p[i]) > 19 && p[i] ~ "^[A-Za-z0-9_=-]*[0-9][A-Za-z0-9_=-]*$") p[i] = "...";'
    ' out = out (i > 1 ? "/" : "") p[i] } return out }'
    ' function fault(l) { if (l ~ "[[](emerg|alert|crit|error)[]]") {'
    ' if (match(l, " in /[^ ]*:[0-9]+$")) print "p", substr(l, RSTART + 4); else print "p" } }'
)
NGINX = Probe(
    id="nginx-config",
    run=("/usr/bin/awk", _NGINX_AWK),
    root=True,
    tool="/usr/sbin/nginx",
    cap=2 * MIB,
    why="the settings of nginx that matter here, out of `nginx -T`; no header or upstream",
)


#: Directives of Apache, in lower case, whose arguments leave the host.
APACHE_KEPT = (
    *("servertokens", "servername", "serveralias", "documentroot", "options", "sslengine"),
    *("sslprotocol", "limitrequestbody", "user", "userdir", "indexoptions", "allowoverride"),
    *("secruleengine", "qs_srvmaxconnperip", "dospagecount", "dossitecount"),
    *("allowoverridelist", "accessfilename"),
)
#: Those of which one argument, or none, leaves it.
APACHE_NAMED = (
    *("require", "redirect", "redirectmatch", "customlog", "transferlog", "proxypass", "alias"),
    *("proxypassmatch", "rewriterule", "sethandler", "authtype"),
)

# A statement is printed as in nginx's program.
_APACHE_WORDS = (
    " function line(l, w, n, i, d, out) {"
    ' sub("^[ " tab "]+", "", l); if (l ~ "^# In file: /") { print "f", substr(l, 12); return }'
    ' if (l == "" || substr(l, 1, 1) == "#") return;'
    ' if (l ~ "^AH[0-9]+: .*[Ss]yntax error on line [0-9]+ of ") {'
    ' sub("^.*[Ss]yntax error on ", "", l); sub(":$", "", l); print "p", l; return }'
    ' if (l ~ "^AH[0-9]+: ") return;'
    ' if (substr(l, 1, 2) == "</") { print "e"; return }'
    ' open = substr(l, 1, 1) == "<"; if (open) { l = substr(l, 2); sub(">$", "", l) }'
    " n = words(l, w); d = tolower(w[1]); out = d;"
    ' if (open) { if (d ~ "^(virtualhost|directory|directorymatch|location|locationmatch|files|'
    'filesmatch|ifmodule)$") for (i = 2; i <= n; i++) out = out tab masked(w[i]);'
    ' print "b", out; return }'
    f' if (d ~ "^({"|".join(APACHE_KEPT)})$") for (i = 2; i <= n; i++) out = out tab masked(w[i]);'
    f' else if (d ~ "^({"|".join(APACHE_NAMED)})$") {{'
    ' if (d == "require" && w[2] == "all") out = out tab w[2] tab w[3];'
    ' if (d == "redirectmatch" && w[2] ~ "^4[0-9][0-9]$") out = out tab w[2] tab masked(w[3]);'
    ' if (d == "proxypass" && w[2] == "/") out = out tab w[2];'
    ' if (d == "alias") out = out tab masked(w[2]) tab masked(w[3]) }'
    ' else return; print "d", out }'
    " function words(l, w, i, c, n, q, t, had) { n = 0;"
    " for (i = 1; i <= length(l); i++) { c = substr(l, i, 1);"
    ' if (q) { if (c == q) q = ""; else t = t c; continue }'
    " if (c == one || c == two) { q = c; had = 1; continue }"
    ' if (c == " " || c == tab) { if (t != "" || had) w[++n] = t; t = ""; had = 0; continue }'
    ' t = t c } if (t != "" || had) w[++n] = t; w[n + 1] = ""; w[n + 2] = ""; return n }'
    " function masked(v, p, n, i, out) { gsub(tab, one, v);"
    ' n = split(v, p, "/"); for (i = 1; i <= n; i++) {'
    ' if (length(p[i]) > 19 && p[i] ~ "^[A-Za-z0-9_=-]*[0-9][A-Za-z0-9_=-]*$") p[i] = "...";'
    ' out = out (i > 1 ? "/" : "") p[i] } return out }'
)
# `-D DUMP_CONFIG` is mod_info's: the configuration as it holds, every include in its place, one
# statement a line. It is asked of the program itself, since apache2ctl makes folders.
_APACHE_AWK = (
    'BEGIN { tab = sprintf("%c", 9); two = sprintf("%c", 34); one = sprintf("%c", 39);'
    f" {_runs('apache2|httpd', '*-f/*', '*')}"
    " while (((program version) | getline l) > 0)"
    ' if (l ~ "^Server version: ") print "v", substr(l, 17, 60);'
    ' cmd = program " -t -D DUMP_CONFIG 2>&1"; while ((cmd | getline l) > 0) line(l);'
    ' print "x", close(cmd) }'
    f"{_APACHE_WORDS}"
)


def _apache(program: str) -> tuple[str, ...]:
    return ("/usr/bin/awk", "-v", "version= -v", "-v", f"program={program}", _APACHE_AWK)


APACHE = Probe(
    id="apache-config",
    run=_apache(
        ". /etc/apache2/envvars; /usr/sbin/apache2 -C "
        "'LoadModule info_module /usr/lib/apache2/modules/mod_info.so'"
    ),
    root=True,
    tool="/usr/sbin/apache2",
    cap=2 * MIB,
    why="the settings of Apache that matter here, out of its own dump; no header or upstream",
)
HTTPD = Probe(
    id="httpd-config",
    run=_apache("/usr/sbin/httpd"),
    root=True,
    tool="/usr/sbin/httpd",
    cap=2 * MIB,
    why="the settings of Apache that matter here, out of its own dump; no header or upstream",
)


# ---------------------------------------------------------------------------------------------
# Facts
# ---------------------------------------------------------------------------------------------


class WebServer(Fact):
    """One web server of the host. `user` is who its workers run as; empty when nobody says."""

    kind: Literal["web-server"] = "web-server"
    known_by: KnownBy = KnownBy.DAEMON
    version: str
    user: str


class WebSite(Fact):
    """One site (server block, virtual host), with what it inherits."""

    kind: Literal["web-site"] = "web-site"
    known_by: KnownBy = KnownBy.DAEMON
    software: str
    names: tuple[str, ...]
    listens: tuple[str, ...]
    shows_version: bool
    lists: tuple[str, ...]
    """Places in it whose folders are listed."""
    tls: tuple[str, ...] | None
    """TLS versions it is set to speak; None when it speaks none."""
    dot_files: Literal["denied", "served", "not-from-disk"]
    """What becomes of a request for /.git/config."""
    body_limit: int
    """Bytes of a request's body, the largest of its places; 0 is no limit."""
    without_log: tuple[str, ...]
    """Places in it whose requests are not logged; `/` is the whole site."""
    roots: tuple[str, ...]
    """Folders it serves."""
    is_default: bool
    """It answers requests for names that no site has."""
    is_only_redirect: bool = False
    unread: str = ""
    """The file in its folders (.htaccess) of which nobody knows what it changes, if any."""


# ---------------------------------------------------------------------------------------------
# nginx
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Block:
    """A block of nginx's configuration, or the whole."""

    name: str
    args: tuple[str, ...] = ()
    directives: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def all(self, name: str) -> list[tuple[str, ...]]:
        """Arguments of every directive of this name, here and not above."""
        return [args for each, args in self.directives if each == name]

    def has(self, *names: str) -> bool:
        """Whether one of these stands here."""
        return any(each in names for each, _ in self.directives)


#: Its kind (`d`, `b`, `e`) and its words.
Statement = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Dump:
    """What the reduced dump says: version, files in order, problems."""

    version: str = ""
    files: list[tuple[str, list[Statement]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_off: bool = False
    """The server is installed and does not run, so it was not asked."""
    is_odd: bool = False
    """It was started with another file of settings, so what it would say holds for nobody."""


def parse_dump(text: str) -> Dump:
    """Lines of the awk program, file by file. Raises UnreadableError."""
    found = Dump()
    current: list[Statement] | None = None
    done = False
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            found.version = rest.strip()
        elif kind == "f":
            current = []
            found.files.append((rest, current))
        elif kind == "p":
            found.problems.append(rest)
        elif kind in ("off", "odd"):
            found.is_off, found.is_odd = kind == "off", kind == "odd"
        elif kind == "x":
            done = True
        elif kind in ("d", "b", "e") and current is not None:
            current.append((kind, tuple(rest.split("\t")) if rest else ()))
        else:
            raise UnreadableError(f"not a line of the dump: {line[:60]!r}")
    if not done:
        raise UnreadableError("the dump has no end")
    return found


def nginx_tree(parts: Sequence[tuple[str, Sequence[Statement]]]) -> Block:
    """The whole configuration, with every include in its place. Raises UnreadableError."""
    files = dict(parts)
    main = parts[0][0]
    top = Block("")
    _fill(main, main, files, [top])
    return top


def _fill(
    path: str, main: str, files: Mapping[str, Sequence[Statement]], stack: list[Block]
) -> None:
    """Put the statements of one file into the block that is open, its includes too."""
    height = len(stack)
    if height > DEEPEST:
        raise UnreadableError("includes without end")
    for kind, words in files[path]:
        if kind == "e":
            if len(stack) == height:
                raise UnreadableError(f"{path} closes a block that it did not open")
            stack.pop()
        elif kind == "b":
            block = Block(words[0] if words else "", words[1:])
            stack[-1].blocks.append(block)
            stack.append(block)
        elif words[:1] == ("include",):
            for each in _included(words[1], main, files):
                _fill(each, main, files, stack)
        elif words:
            stack[-1].directives.append((words[0], words[1:]))
    if len(stack) != height:
        raise UnreadableError(f"{path} leaves a block open")


def _included(pattern: str, main: str, files: Mapping[str, Sequence[Statement]]) -> list[str]:
    """The files that an include names; a relative one is beside the main file."""
    whole = pattern if pattern.startswith("/") else f"{main.rpartition('/')[0]}/{pattern}"
    return sorted(each for each in files if each != main and matches(each, whole))


def matches(path: str, pattern: str) -> bool:
    """Whether glob(3) would find the path: a star crosses no slash and finds no dot in front."""
    ours, theirs = path.split("/"), pattern.split("/")
    return len(ours) == len(theirs) and all(
        fnmatch(one, two) and not (one.startswith(".") and not two.startswith("."))
        for one, two in zip(ours, theirs, strict=True)
    )


_HANDLERS = (
    *("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"),
    *("stub_status", "perl"),
)
#: Blocks in blocks; nginx itself gives up long before.
DEEPEST = 60
#: A path that no site means to serve.
DOT_FILE = "/.git/config"
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
#: Defaults of nginx: server_tokens on, client_max_body_size 1m (ngx_http_core_module).
DEFAULT_BODY = 1024**2


def size(text: str) -> int:
    """`10m` in bytes. Raises UnreadableError."""
    found = re.fullmatch(r"(\d+)([kmg]?)", text.lower())
    if found is None:
        raise UnreadableError(f"not a size: {text[:20]!r}")
    return int(found[1]) * _UNITS[found[2]]


def default_protocols(version: str) -> tuple[str, ...]:
    """What nginx speaks when nobody says (changes of 1.23.4 and 1.27.3)."""
    numbers = tuple(int(each) for each in re.findall(r"\d+", version)[:3]) or (0,)
    if numbers >= (1, 27, 3):
        return ("TLSv1.2", "TLSv1.3")
    old = ("TLSv1", "TLSv1.1", "TLSv1.2")
    return (*old, "TLSv1.3") if numbers >= (1, 23, 4) else old


def inherited(levels: Sequence[Block], name: str) -> list[tuple[str, ...]]:
    """The directive where it stands nearest: nginx joins no two levels."""
    return next((found for level in reversed(levels) if (found := level.all(name))), [])


def _one(levels: Sequence[Block], name: str, default: str) -> str:
    found = inherited(levels, name)
    return found[-1][0] if found and found[-1] else default


def places(server: Block, above: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Every location of the site, and the site itself where none is for all of it."""
    if ("/",) not in [each.args[-1:] for each in server.blocks if _is_for_prefix(each)]:
        yield "/", [*above, server]

    def inside(block: Block, levels: list[Block]) -> Iterator[tuple[str, list[Block]]]:
        for each in block.blocks:
            here = [*levels, each]
            if each.name == "location":
                yield " ".join(each.args), here
            if each.name in ("location", "if", "limit_except"):
                yield from inside(each, here)

    yield from inside(server, [*above, server])


def _is_for_prefix(block: Block) -> bool:
    return block.name == "location" and (len(block.args) == 1 or block.args[0] == "^~")


def location_for(block: Block, path: str) -> list[Block]:
    """The locations that a request for the path ends in, outermost first (nginx's own order)."""
    best: Block | None = None
    longest, is_final = -1, False
    regular: list[Block] = []
    for each in (one for one in block.blocks if one.name == "location"):
        mark, pattern = ("", *each.args)[-2:]
        if mark in ("~", "~*"):
            regular.append(each)
        elif mark == "=":
            if path == pattern:
                return [each]
        elif path.startswith(pattern) and len(pattern) > longest:
            best, longest, is_final = each, len(pattern), mark == "^~"
    inner = location_for(best, path) if best else []
    if inner and inner[-1].args[0] in ("~", "~*", "="):
        return [best, *inner] if best else inner
    for each in [] if is_final else regular:
        try:
            found = re.search(each.args[1], path, re.IGNORECASE if each.args[0] == "~*" else 0)
        except re.error:
            continue
        if found:
            return [each, *location_for(each, path)]
    return [best, *inner] if best else []


def _is_from_disk(levels: Sequence[Block]) -> bool:
    """Whether files answer there: handlers hold for their own place, a return for all below it."""
    answers = any(each.all("return") for each in levels)
    return not (answers or levels[-1].has(*_HANDLERS) or _is_closed(levels))


def _is_closed(levels: Sequence[Block]) -> bool:
    """Whether nobody is let in: `deny all` without an exception, or internal."""
    rules = inherited(levels, "deny")
    return levels[-1].has("internal") or (("all",) in rules and not inherited(levels, "allow"))


def _dot_files(server: Block) -> Literal["denied", "served", "not-from-disk"]:
    chosen = location_for(server, DOT_FILE)
    levels = [server, *chosen]
    if any(each.all("return") for each in levels):
        return "denied"
    last = levels[-1]
    if _is_closed(levels):
        return "denied"
    return "not-from-disk" if last.has(*_HANDLERS) else "served"


def _without_log(server: Block, above: Sequence[Block]) -> list[str]:
    """Places whose requests are logged nowhere. nginx logs by default."""
    silent = []
    for place, levels in places(server, above):
        logs = inherited(levels, "access_log")
        if logs and all(args[:1] == ("off",) for args in logs):
            silent.append(place)
    return ["/"] if "/" in silent else silent


def nginx_sites(top: Block, version: str) -> Iterator[WebSite]:
    """Every server block under http."""
    seen: dict[str, int] = {}
    for http in (each for each in top.blocks if each.name == "http"):
        servers = [each for each in http.blocks if each.name == "server"]
        first = _defaults(servers)
        for server in servers:
            yield _nginx_site(server, [top, http], version, server in first, seen)


def _defaults(servers: Sequence[Block]) -> list[Block]:
    """Who answers unknown names: marked so, or the first on each address."""
    chosen: dict[str, Block] = {}
    marked: dict[str, Block] = {}
    for server in servers:
        for args in server.all("listen") or [("80",)]:
            chosen.setdefault(args[0], server)
            if "default_server" in args or "default" in args:
                marked[args[0]] = server
    return list({**chosen, **marked}.values())


def _nginx_site(
    server: Block, above: list[Block], version: str, is_default: bool, seen: dict[str, int]
) -> WebSite:
    levels = [*above, server]
    listens = server.all("listen") or [("80",)]
    names = tuple(each for args in server.all("server_name") for each in args)
    is_tls = any("ssl" in args or "quic" in args for args in listens) and not any(
        args == ("on",) for args in server.all("ssl_reject_handshake")
    )
    protocols = inherited(levels, "ssl_protocols")
    everywhere = list(places(server, above))
    limits = [
        size(_one(each, "client_max_body_size", str(DEFAULT_BODY)))
        for _, each in everywhere
        if not _is_closed(each) and not any(level.all("return") for level in each)
    ] or [DEFAULT_BODY]
    roots = {args[0] for _, each in everywhere for args in inherited(each, "root")[-1:] if args}
    roots |= {args[0] for _, each in everywhere for args in each[-1].all("alias")[-1:] if args}
    subject = f"nginx {(names or ('_',))[0]} {', '.join(args[0] for args in listens)}"
    seen[subject] = seen.get(subject, 0) + 1
    if seen[subject] > 1:
        subject += f" ({seen[subject]})"
    return WebSite(
        subject=subject,
        software="nginx",
        names=names,
        listens=tuple(args[0] for args in listens),
        shows_version=any(
            _one(each, "server_tokens", "on") in ("on", "build") for _, each in everywhere
        ),
        lists=tuple(
            place
            for place, each in everywhere
            if _one(each, "autoindex", "off") == "on" and _is_from_disk(each)
        ),
        tls=None if not is_tls else protocols[-1] if protocols else default_protocols(version),
        dot_files=_dot_files(server),
        body_limit=0 if 0 in limits else max(limits),
        without_log=tuple(_without_log(server, above)),
        roots=tuple(sorted(roots)),
        is_default=is_default,
        is_only_redirect=server.has("return"),
    )


def _elsewhere(outputs: Outputs, *programs: str) -> bool:
    """Whether such a program waits for connections although it is not where we look for it."""
    try:
        names = parse_names(outputs.text(SOCKET_NAMES))
    except (UnavailableError, UnreadableError):
        return False
    return any(each in programs for each in names.values())


# ---------------------------------------------------------------------------------------------
# Apache
# ---------------------------------------------------------------------------------------------

#: Before 2.4.54 a body had no limit; since then it is 1 GiB (core, LimitRequestBody).
APACHE_BODY = 1024**3
_ALL_TLS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def apache_tree(parts: Sequence[tuple[str, Sequence[Statement]]]) -> Block:
    """The whole configuration. Files follow each other in the order in which they hold."""
    top = Block("")
    stack = [top]
    for _, statements in parts:
        for kind, words in statements:
            if kind == "e":
                if len(stack) == 1:
                    raise UnreadableError("a section ends that never began")
                stack.pop()
            elif kind == "b":
                block = Block(words[0], words[1:])
                stack[-1].blocks.append(block)
                stack.append(block)
            elif words:
                stack[-1].directives.append((words[0], words[1:]))
    if len(stack) > 1:
        raise UnreadableError("a section never ends")
    return top


def protocols_of(words: Sequence[str]) -> tuple[str, ...]:
    """SSLProtocol as OpenSSL knows it: `all -SSLv3`, `TLSv1.2 TLSv1.3`, `-all +TLSv1.3`."""
    found: dict[str, None] = {}
    for word in words:
        name = word.lstrip("+-")
        each = _ALL_TLS if name.lower() == "all" else (name,)
        for one in each:
            proper = next((known for known in _ALL_TLS if known.lower() == one.lower()), one)
            if word.startswith("-"):
                found.pop(proper, None)
            else:
                found[proper] = None
    return tuple(found)


def _sections(levels: Sequence[Block], names: tuple[str, ...]) -> list[Block]:
    """Sections of these names, also those inside others, in order."""
    found: list[Block] = []

    def collect(block: Block) -> None:
        for each in block.blocks:
            if each.name in names:
                found.append(each)
            if each.name != "virtualhost":
                collect(each)

    for level in levels:
        collect(level)
    return found


def _covers(section: Block, folder: str) -> bool:
    """Whether a <Directory> or <DirectoryMatch> is about this folder."""
    args = [each for each in section.args if each]
    if not args:
        return False
    path = folder.rstrip("/") + "/"
    if section.name == "directorymatch" or args[0] == "~":
        try:
            return re.search(args[-1], path) is not None
        except re.error:
            return False
    pattern = args[-1].rstrip("/")
    parts = path.rstrip("/").split("/")
    wanted = pattern.split("/")
    return len(wanted) <= len(parts) and all(
        fnmatch(one, two) for one, two in zip(parts, wanted, strict=False)
    )


def _options(section: Block, before: bool) -> bool:
    """Whether folders are listed after this section."""
    for args in section.all("options"):
        words = [each.lower() for each in args]
        if any(not each.startswith(("+", "-")) for each in words):
            before = "indexes" in words or "all" in words
        before = (before or "+indexes" in words) and "-indexes" not in words
    return before


def _ordered(levels: Sequence[Block], files: Sequence[Block] = ()) -> list[Block]:
    """Sections about folders in the order in which they hold; a file follows its folder's own."""
    sections = _sections(levels, ("directory", "directorymatch"))
    plain = [
        each
        for each in sections
        if each.name == "directory" and each.args and each.args[0] not in ("", "~")
    ]
    named = [(each, 0) for each in plain] + [(each, 1) for each in files]
    named.sort(key=lambda each: (each[0].args[-1].rstrip("/").count("/"), each[1]))
    return [each for each, _ in named] + [each for each in sections if each not in plain]


def _listed(levels: Sequence[Block], root: str, files: Sequence[Block] = ()) -> list[str]:
    """The root, and folders below it with a section or file of their own, that are listed."""
    ordered = _ordered(levels, files)
    below = [
        each.args[-1].rstrip("/")
        for each in ordered
        if each.name == "directory" and each.args[0] != "~"
        and each.args[-1].startswith(root.rstrip("/") + "/")
    ]  # fmt: skip
    found = []
    for folder in dict.fromkeys([root.rstrip("/") or "/", *below]):
        shown = False
        for level in levels:
            shown = _options(level, shown)
        for each in ordered:
            if _covers(each, folder):
                shown = _options(each, shown)
        if shown:
            found.append(folder)
    return found


#: The name of such a file, as Apache has it by default.
NAME = ".htaccess"
#: What a directive in it needs, besides `All`.
_NEEDS = {"options": "options", "redirectmatch": "fileinfo", "limitrequestbody": "all"}
#: Sections of a file whose contents hold only if something else does.
_CONDITIONS = (
    *("ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"),
    *("if", "else", "elseif"),
)
_AUTOINDEX = (("mod_autoindex.c",), ("autoindex_module",))


def _override(levels: Sequence[Block], folder: str) -> frozenset[str]:
    """Directives of `_NEEDS` that a file in this folder may use. Apache 2.4 allows none."""
    words: list[str] = []
    listed: list[str] = []
    for each in _ordered(levels):
        if each.name == "directory" and each.args[0] != "~" and _covers(each, folder):
            for args in each.all("allowoverride"):
                words = [word.lower() for word in args]
            for args in each.all("allowoverridelist"):
                listed = [word.lower() for word in args]
    if "all" in words:
        return frozenset(_NEEDS)
    some = {each.partition("=")[2] for each in words if each.startswith("options=")}
    if any("indexes" in each for each in some):
        words.append("options")
    return frozenset(each for each, need in _NEEDS.items() if need in words or each in listed)


def _may_override(levels: Sequence[Block], root: str) -> bool:
    """Whether a file in the root, or in a folder below that has a section, may change anything."""
    below = [
        each.args[-1].rstrip("/")
        for each in _ordered(levels)
        if each.name == "directory" and each.args[0] != "~"
        and each.args[-1].startswith(root.rstrip("/") + "/")
    ]  # fmt: skip
    return any(_override(levels, folder) for folder in [root, *below])


def _flat(block: Block, *, with_conditions: bool) -> Block:
    """What a file says for its whole folder."""
    found = Block(block.name, block.args, list(block.directives))
    for each in block.blocks:
        # Without this module nothing is listed at all.
        is_sure = each.name == "ifmodule" and each.args[:1] in _AUTOINDEX
        if is_sure or (with_conditions and each.name in _CONDITIONS):
            found.directives += _flat(each, with_conditions=with_conditions).directives
    return found


def _merged(
    levels: Sequence[Block], files: Mapping[str, Block], *, with_conditions: bool
) -> list[Block]:
    """The files as sections of their folders, with only what they may say there."""
    made = []
    for folder, file in files.items():
        may = _override(levels, folder)
        flat = _flat(file, with_conditions=with_conditions)
        kept = [each for each in flat.directives if each[0] in may]
        made.append(Block("directory", (folder,), kept))
    return made


def _denies(section: Block) -> bool:
    return ("all", "denied") in section.all("require")


def _apache_dot_files(
    levels: Sequence[Block], root: str, files: Sequence[Block] = ()
) -> Literal["denied", "served", "not-from-disk"]:
    for each in _sections(levels, ("directorymatch", "directory")):
        if _denies(each) and _covers(each, root.rstrip("/") + "/.git") and not _covers(each, root):
            return "denied"
    for each in _sections(levels, ("locationmatch", "location")):
        if _denies(each) and _is_for(each, DOT_FILE) and not _is_for(each, "/index.html"):
            return "denied"
    own = [each for each in files if _covers(each, root)]
    for level in [*levels, *own]:
        for args in level.all("redirectmatch"):
            try:
                if len(args) > 1 and re.search(args[1], DOT_FILE):
                    return "denied"
            except re.error:
                continue
    if any(args[:1] == ("/",) for level in levels for args in level.all("proxypass")):
        return "not-from-disk"
    return "served"


def _is_for(section: Block, path: str) -> bool:
    args = [each for each in section.args if each]
    if not args:
        return False
    if section.name == "locationmatch" or args[0] == "~":
        try:
            return re.search(args[-1], path) is not None
        except re.error:
            return False
    return path.startswith(args[-1])


def _limits(files: Sequence[Block]) -> list[int]:
    """What they say of the size of a body."""
    said = (args for each in files for args in each.all("limitrequestbody") if args)
    return [int(args[0]) for args in said if args[0].isdigit()]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Files that change settings, by folder, and those that are not known, by folder."""

    files: Mapping[str, Block]
    unread: Mapping[str, str]


def _site_files(
    levels: Sequence[Block], root: str, overrides: Overrides | None
) -> tuple[dict[str, Block], str]:
    """Those that are about this root, and one that is and is not known."""
    if not root or not _may_override(levels, root):
        return {}, ""
    names = [args for level in levels for args in level.all("accessfilename")]
    if names and names[-1] != (NAME,):
        return {}, f"{root}/{names[-1][0] if names[-1] else '?'}"
    if overrides is None:
        return {}, f"{root}/{NAME}"
    inside = root.rstrip("/") + "/"

    def is_about(folder: str) -> bool:
        return (folder.rstrip("/") + "/").startswith(inside) or inside.startswith(
            folder.rstrip("/") + "/"
        )

    unread = [file for folder, file in overrides.unread.items() if is_about(folder)]
    files = {folder: file for folder, file in overrides.files.items() if is_about(folder)}
    return files, next(iter(unread), "")


def apache_sites(top: Block, version: str, overrides: Overrides | None = None) -> Iterator[WebSite]:
    """Every virtual host; the main server where there is none."""
    hosts = [each for each in top.blocks if each.name == "virtualhost"]
    numbers = tuple(int(each) for each in re.findall(r"\d+", version)[:3])
    tokens = _one([top], "servertokens", "Full").lower()
    has_listings = any(each == "indexoptions" for each, _ in top.directives)
    taken: set[str] = set()
    seen: dict[str, int] = {}
    for host in hosts or [Block("virtualhost", ("*",))]:
        levels = [top, host]
        root = _one(levels, "documentroot", "")
        names = tuple(
            each for name in ("servername", "serveralias") for args in host.all(name)
            for each in args
        )  # fmt: skip
        protocols = inherited(levels, "sslprotocol")
        logs = [*inherited(levels, "customlog"), *inherited(levels, "transferlog")]
        listens = tuple(each for each in host.args if each)
        subject = f"apache {(names or ('_',))[0]} {', '.join(listens)}"
        seen[subject] = seen.get(subject, 0) + 1
        limit = _one(levels, "limitrequestbody", "")
        own_limit = int(limit) if limit.isdigit() else APACHE_BODY if numbers >= (2, 4, 54) else 0
        files, unread = _site_files(levels, root, overrides)
        sure = _merged(levels, files, with_conditions=False)
        all_ = _merged(levels, files, with_conditions=True)
        lists = _listed(levels, root, sure)
        if not unread and lists != _listed(levels, root, all_):
            unread = f"{root}/{NAME} <If…>"
        for each in sorted(sure, key=lambda each: len(each.args[0])):
            if _covers(each, root):
                own_limit = next(iter(_limits([each])), own_limit)
        limits = [own_limit, *_limits([each for each in all_ if each not in sure])]
        limits += _limits([each for each in sure if not _covers(each, root)])
        yield WebSite(
            subject=subject if seen[subject] == 1 else f"{subject} ({seen[subject]})",
            software="apache",
            names=names,
            listens=listens,
            shows_version=tokens not in ("prod", "productonly"),
            lists=tuple(lists) if has_listings and root else (),
            tls=(protocols_of(protocols[-1]) if protocols else _ALL_TLS)
            if _one(levels, "sslengine", "off").lower() in ("on", "optional")
            else None,
            dot_files=_apache_dot_files(levels, root, sure) if root else "not-from-disk",
            body_limit=0 if 0 in limits else max(limits),
            without_log=() if logs else ("/",),
            roots=(root,) if root else (),
            is_default=not set(listens) & taken,
            is_only_redirect=any(args[:1] == ("/",) for args in host.all("redirect")),
            unread=unread,
        )  # fmt: skip
        taken |= set(listens)


# ---------------------------------------------------------------------------------------------
# Readers
# ---------------------------------------------------------------------------------------------

NO_SERVER = Absent("neither nginx nor Apache runs here")
_SERVERS = (
    (NGINX, nginx_tree, ("nginx",), "nginx"),
    (APACHE, apache_tree, ("apache2",), "apache"),
    (HTTPD, apache_tree, ("httpd",), "apache"),
)


def dumps(outputs: Outputs) -> Iterator[tuple[Dump, Block, str] | Missing]:
    """Each server that is installed, with its whole configuration."""
    for probe, tree, programs, name in _SERVERS:
        if not outputs.has_tool(probe):
            if _elsewhere(outputs, *programs):
                detail = f"{name} runs here, and {probe.tool} is not there to be asked"
                yield Missing(name, GapReason.MISSING_TOOL, detail)
            continue
        try:
            dump = parse_dump(outputs.text(probe))
            if dump.is_off:
                continue
            if dump.is_odd:
                detail = f"{name} was started with another file of settings than its own"
                yield Missing(name, GapReason.UNPARSABLE, detail)
                continue
            if dump.problems or not dump.files:
                where = f": {dump.problems[0]}" if dump.problems and dump.problems[0] else ""
                yield Missing(name, GapReason.UNPARSABLE, f"{name} refuses its own settings{where}")
                continue
            yield dump, tree(dump.files), name
        except UnavailableError as problem:
            yield Missing(name, problem.reason, problem.detail)
        except UnreadableError as problem:
            yield Missing(name, GapReason.UNPARSABLE, str(problem))


@reader(WebServer, NGINX, APACHE, HTTPD, SOCKET_NAMES)
def read_web_servers(outputs: Outputs) -> Iterator[WebServer | Missing | Absent]:
    """One fact a server."""
    said = False
    for each in dumps(outputs):
        said = True
        if isinstance(each, Missing):
            yield each
            continue
        dump, top, name = each
        users = [args[0] for args in top.all("user") if args]
        yield WebServer(subject=name, version=dump.version, user=users[-1] if users else "")
    if not said:
        yield NO_SERVER


def _with_overrides(outputs: Outputs) -> Sequence[str] | None:
    """Folders of Apache's sites in which a file may change the settings."""
    found: dict[str, None] = {}
    for each in dumps(outputs):
        if isinstance(each, Missing) or each[2] != "apache":
            continue
        top = each[1]
        for host in [top, *(one for one in top.blocks if one.name == "virtualhost")]:
            levels = [top] if host is top else [top, host]
            root = _one(levels, "documentroot", "").rstrip("/")
            if root.startswith("/") and _may_override(levels, root):
                found[root] = None
    return list(found) or None


_HTACCESS_AWK = (
    'BEGIN { tab = sprintf("%c", 9); two = sprintf("%c", 34); one = sprintf("%c", 39);'
    ' esc = sprintf("%c", 92) }'
    " { l = part $0; if (substr(l, length(l)) == esc) { part = substr(l, 1, length(l) - 1); next }"
    ' part = ""; if (l !~ "^[ " tab "]*#") line(l) }'
    f"{_APACHE_WORDS}"
)
#: Larger files, in blocks of 1 KiB, are a gap.
LARGEST = 64
HTACCESS = Probe(
    id="htaccess",
    run=f"""
text='{_HTACCESS_AWK}'
each='
text=$1; shift
for file do
  [ "$(printf %s "$file" | wc -l)" = 0 ] || {{ echo "p ${{file%%/.htaccess*}}"; continue; }}
  if [ -r "$file" ] && [ -z "$(find -H "$file" -size +{LARGEST}k 2>&1)" ]
  then echo "h ${{file%/.htaccess}}"; awk "$text" "$file"; echo x
  else echo "p ${{file%/.htaccess}}"
  fi
done'
for root do
  [ -d "$root" ] || {{ echo "g $root"; continue; }}
  up=$root
  while up=${{up%/*}}; [ "$up" ]; do
    [ -f "$up/.htaccess" ] && sh -c "$each" sh "$text" "$up/.htaccess"
  done
  find -H "$root" -xdev -type f -name .htaccess -exec sh -c "$each" sh "$text" {{}} + 2>/dev/null ||
    echo "c $root"
done
echo end
""",
    follow=_with_overrides,
    deadline=30,
    cap=2 * MIB,
    why="the settings of .htaccess that matter here, where Apache lets such a file change its own",
    lane="disks",
)


def parse_overrides(text: str) -> Overrides:
    """The answer of the probe `htaccess`. Raises UnreadableError."""
    lines = text.removesuffix("\n").split("\n")
    if lines[-1] != "end":
        raise UnreadableError("the list of .htaccess files has no end")
    files: dict[str, Block] = {}
    unread: dict[str, str] = {}
    folder = ""
    statements: list[Statement] = []
    for line in lines[:-1]:
        kind, _, rest = line.partition(" ")
        if kind == "h":
            folder, statements = rest, []
        elif kind == "p":
            unread[rest] = f"{rest}/{NAME}"
        elif kind == "g":
            # The folder is not there, or its name was masked as a token.
            unread[rest] = f"{rest}/{NAME}"
        elif kind == "c":
            unread.setdefault(rest, f"{rest}/…/{NAME}")
        elif kind == "x":
            try:
                files[folder] = apache_tree([("", statements)])
            except UnreadableError:
                unread[folder] = f"{folder}/{NAME}"
        elif kind in ("d", "b", "e"):
            statements.append((kind, tuple(rest.split("\t")) if rest else ()))
    return Overrides(files, unread)


def _overrides(outputs: Outputs) -> Overrides | None:
    if not outputs.was_asked(HTACCESS):
        return None
    try:
        return parse_overrides(outputs.text(HTACCESS))
    except (UnavailableError, UnreadableError):
        return None


@reader(WebSite, NGINX, APACHE, HTTPD, SOCKET_NAMES, HTACCESS)
def read_web_sites(outputs: Outputs) -> Iterator[WebSite | Missing | Absent]:
    """One fact a site."""
    said = False
    for each in dumps(outputs):
        said = True
        if isinstance(each, Missing):
            yield each
            continue
        dump, top, name = each
        found = list(
            nginx_sites(top, dump.version)
            if name == "nginx"
            else apache_sites(top, dump.version, _overrides(outputs))
        )
        yield from found
        if not found:
            yield Absent("this web server has no site", subject=name)
    if not said:
        yield NO_SERVER
