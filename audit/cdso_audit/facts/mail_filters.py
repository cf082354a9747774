"""
Filters that look at mail on its way through a host: amavis, clamav-milter, rspamd.

amavis's list of forbidden names is Perl, so Perl answers it, with one question for a file of each
kind. rspamd's settings are read from their files: `rspamadm configdump` asks name servers and, as
root, writes caches. Of a file of settings only what is judged here leaves the host; passwords in
other lines stay.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cdso_audit.facts.reading import Probe, UnreadableError
from cdso_audit.model import Frozen

#: Kinds of files of which each list is asked: what Windows runs or opens as a program and both
#: Gmail ("File types blocked in Gmail") and Outlook ("Blocked attachments in Outlook") refuse.
KINDS = (
    *("bat", "chm", "cmd", "com", "cpl", "exe", "hta", "jar", "js", "jse", "lnk", "msc", "msi"),
    *("pif", "ps1", "scr", "vbe", "vbs", "wsf", "wsh"),
)

# Prints settings and what the list of forbidden names answers. A pattern is compiled from a string,
# in which Perl runs no code; \x27 is an apostrophe, which cannot stand in the shell's quotes.
_AMAVIS = r"""
  s/^\s*#.*$//mg; s/[ \t]#[^\x27"\n]*$//mg; s/^__(?:END|DATA)__.*//ms;
  while (/^\s*\$(final_(?:virus|banned)_destiny|bypass_decode_parts)\s*=\s*(\w+)/mg) {
    print "set $1 $2\n";
  }
  while (/^\s*\@(bypass_(?:virus|banned)_checks_maps)\s*=\s*(\([^)]*\))/mg) {
    my ($n, $v) = ($1, $2);
    print "set $n ", ($v =~ /^\(\s*[1-9]\d*\s*,?\s*\)$/ ? "all"
      : $v =~ /^\(\s*0?\s*\)$|^\(\s*\\%/ ? "none" : "odd"), "\n";
  }
  while (/^\s*[\$\@](?:inet_socket_port|unix_socketname|listen_sockets)\s*=\s*([^;]*);/mg) {
    my @at = $1 =~ m{(\d{2,5}|/[\w./-]+)(?![\w.])}g; print "listen @at\n";
  }
  while (/\$interface_policy\{\s*["\x27]?(\d+)["\x27]?\s*\}\s*=\s*["\x27]([\w.-]+)/g) {
    print "port $1 $2\n";
  }
  while (/\$policy_bank\{\s*["\x27]([\w.-]+)["\x27]\s*\}\s*=\s*\{(.*?)^\s*\}\s*;/msg) {
    my ($n, $body) = ($1, $2);
    for my $w ("virus", "banned") {
      print "bank $n $w\n" if $body =~ /bypass_${w}_checks_maps\s*=>\s*\[\s*[1-9]/
        || $body =~ /final_${w}_destiny\s*=>\s*D_PASS/;
    }
  }
  my $daemon = qr/ask_daemon\s*,\s*\[\s*["\x27][^"\x27]*["\x27]\s*,\s*\[?\s*["\x27]([^"\x27\s]+)/;
  for my $list ("av_scanners", "av_scanners_backup") {
    next unless /^\s*\@$list\s*=\s*\((.*?)^\s*\)\s*;/ms;
    my $body = $1; print "new $list\n";
    while ($body =~ /$daemon/g) { print "daemon $1\n" }
    while ($body =~ m{["\x27]([\w./-]+)["\x27]}g) {
      my $name = $1;
      for my $at ($name =~ m{^/} ? $name : map { "$_/$name" } split /:/, $ENV{PATH}) {
        if (-f $at && -x _) { print "scanner $name\n"; last }
      }
    }
  }
  print "odd banned_filename_maps\n" if /^\s*[\@%\$](?:banned_filename_maps|banned_rules)\b/m;
  if (/^\s*\$banned_filename_re\s*=\s*(.*?)\s*;\s*$/ms) {
    my $list = $1; my @rules; print "banned\n";
    if ($list =~ s/^new_RE\s*\((.*)\)$/$1/s) {
      my $q = qr/qr\x27((?:[^\x27\\]|\\.)*)\x27([imsx]*)|qr\/((?:[^\/\\]|\\.)*)\/([imsx]*)/s;
      while ($list =~ s/^[\s,]*(\[\s*)?(?:$q)(?:\s*=>\s*(\d+)\s*)?(?(1)\s*\])[\s,]*//s) {
        my ($re, $f, $v) = (defined $2 ? $2 : $4, defined $3 ? $3 : $5, $6);
        my $made = eval { length $f ? qr/(?$f:$re)/ : qr/$re/ };
        if ($made) { push @rules, [$made, defined $v ? $v : 1] } else { print "odd-name pattern\n" }
      }
    }
    print "odd-name banned_filename_re\n" if $list =~ /\S/ && $list ne "undef";
    for my $kind (@kinds) { for my $rule (@rules) {
      if ("a.$kind" =~ $rule->[0]) { print "ban $kind\n" if $rule->[1]; last }
    } }
  }
"""

MAIL_FILTERS = Probe(
    id="mail-filters",
    run=r"""
echo '@@ unix'
awk '$4 == "00010000" && $8 ~ "^/" && $8 !~ "^/(tmp|home|root|run/user|run/systemd)/" {
  print $8 }' /proc/net/unix 2>/dev/null
echo '@@ clamav-milter'
for f in /etc/clamav/clamav-milter.conf /etc/mail/clamav-milter.conf; do
  [ -e "$f" ] || continue
  [ -r "$f" ] || { echo "closed $f"; continue; }
  awk '$1 ~ /^(MilterSocket|ClamdSocket|OnInfected|OnFail)$/ { print $1, $2 }' "$f"
done
echo '@@ rspamd'
for f in modules.d/antivirus.conf local.d/antivirus.conf override.d/antivirus.conf; do
  f=/etc/rspamd/$f
  [ -e "$f" ] || continue
  [ -r "$f" ] || { echo "closed $f"; continue; }
  echo "file $f"
  awk '{ sub(/^[ \t]*#.*/, ""); sub(/[ \t]#.*/, ""); gsub(/[$][{][^}]*[}]/, "")
    gsub(/[{]/, " {\n"); gsub(/[};]/, "\n&\n"); print }' "$f" | awk '
    { sub(/^[ \t]+/, "") }
    /[{]$/ { sub(/[ \t]*[{]$/, ""); gsub(/"/, ""); print "b", $1; next }
    /^[}]/ { print "e"; next }
    /^[.]include/ { if (!/(dynamic|local[.]d|override[.]d)\/antivirus[.]conf/) print "include" }
    /^"?(type|action|servers|enabled)"?[ \t]*[=:]/ {
      gsub(/["\047\[\],]/, ""); sub(/[ \t]*[=:][ \t]*/, " "); print "k", $0 }'
done
for f in local.d/multimap.conf override.d/multimap.conf local.d/mime_types.conf \
  override.d/mime_types.conf local.d/force_actions.conf override.d/force_actions.conf; do
  [ -e "/etc/rspamd/$f" ] || continue
  grep -sqE '^[^#]*(filename|bad_extensions|MIME_)' "/etc/rspamd/$f"
  [ $? = 1 ] || echo "kinds $f"
done
for f in /etc/rspamd/local.d/worker-proxy.inc /etc/rspamd/override.d/worker-proxy.inc; do
  [ -e "$f" ] && sed -n 's/^[[:space:]]*bind_socket[[:space:]]*=[[:space:]]*/bind /p' "$f"
done
echo '@@ amavis'
for f in /usr/share/amavis/conf.d/* /etc/amavis/conf.d/* /etc/amavisd/amavisd.conf \
  /etc/amavisd.conf; do
  case ${f##*/} in amavisd.conf) ;; *[!A-Za-z0-9_-]*) continue ;; esac
  [ -f "$f" ] || continue
  [ -r "$f" ] || { echo "closed $f"; continue; }
  command -v perl >/dev/null 2>&1 || { echo "closed $f"; continue; }
  echo "file $f"
  perl -0777 -ne 'BEGIN { @kinds = qw("""
    + " ".join(KINDS)
    + ") } "
    + _AMAVIS
    + r"""' "$f" 2>/dev/null || echo "closed $f"
done
echo '@@ end'
:
""",
    why="what amavis, clamav-milter and rspamd do with malware and with files by their kind; no "
    "other line of their settings",
)

#: Milters that sign, check or delay mail and look for no malware, by their names and usual ports.
HARMLESS = re.compile(
    r"opendkim|opendmarc|openarc|dkimpy|pyspf|postgrey|greylist|policyd|:(?:8891|8892|8893|12301)$"
)
#: The milter of rspamd listens here unless told otherwise (worker-proxy).
RSPAMD_PORT = "11332"
#: What the word of a setting of rspamd (UCL) looks like when it says no.
NO = ("false", "no", "off")
#: Actions of rspamd that keep a message from its reader.
RSPAMD_STOPS = ("reject", "discard", "quarantine")


class MailFilter(Frozen):
    """
    One filter that an entrance hands its mail to. None where nobody could tell.

    `listens`: it waits where the mail is sent. `scans`: it looks for malware. `engine_lives`: the
    scanner behind it answers. `stops_malware`: what it finds does not reach the reader; `rule` is
    that in its own words. `stops_kinds`: which of `KINDS` it stops by their names.
    `lets_pass_when_down`: while it does not answer, mail goes on unseen.
    """

    program: str
    at: str
    listens: bool | None = None
    scans: bool | None = None
    engine: str = ""
    engine_lives: bool | None = None
    stops_malware: bool | None = None
    stops_kinds: tuple[str, ...] | None = None
    rule: str = ""
    lets_pass_when_down: bool = False

    @property
    def shown(self) -> str:
        return f"{self.program} ({self.at})"


def first(values: Collection[bool | None]) -> bool | None:
    """True if one is, False if all are, else None."""
    return True if True in values else None if None in values or not values else False


# ---------------------------------------------------------------------------------------------
# Where a filter is, and whether it waits there
# ---------------------------------------------------------------------------------------------


def path_of(text: str) -> str:
    """A socket's path, without Postfix's own root and with one name for /run."""
    path = text.removeprefix("/var/spool/postfix")
    path = path if path.startswith("/") else f"/{path}"
    return path.replace("/var/run/", "/run/", 1) if path.startswith("/var/run/") else path


def is_loopback(host: str) -> bool:
    """Whether only this very host can use an address as Postfix writes it."""
    bare = host.strip("[]")
    return bare.startswith("127.") or bare in ("localhost", "::1", "loopback-only")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a filter is reached: `path` of a socket, or `host` and `port`."""

    text: str
    path: str = ""
    host: str = ""
    port: str = ""
    is_accepting: bool = False
    """Postfix takes the mail while nobody answers there."""

    @property
    def is_here(self) -> bool:
        return bool(self.path) or is_loopback(self.host)


def endpoint(text: str, *, accepting: bool = False) -> Endpoint:
    """`inet:localhost:8891`, `unix:/run/x`, `smtp-amavis:[127.0.0.1]:10024`, `/run/x`."""
    body = text.strip().strip("\"'")
    local = re.search(r"(?:^|:)(?:unix|local):(.+)$", body)
    if local or body.startswith("/"):
        return Endpoint(body, path=path_of(local[1] if local else body), is_accepting=accepting)
    at_sign = re.fullmatch(r"inet6?:(\d+)@(.+)", body)  # libmilter's own form
    if at_sign:
        return Endpoint(body, host=at_sign[2], port=at_sign[1], is_accepting=accepting)
    place = re.search(r"(?:^|:)(\[[^\]]+\]|[^:\s\[\]]+):(\d+)$", body)
    if place:
        return Endpoint(body, host=place[1], port=place[2], is_accepting=accepting)
    return Endpoint(body, is_accepting=accepting)


@dataclass(frozen=True, slots=True)
class Local:
    """What runs and listens on the host; `is_hidden`: an ordinary user sees no processes there."""

    ports: frozenset[str]
    paths: frozenset[str]
    processes: frozenset[str]
    is_hidden: bool

    def listens(self, where: Endpoint) -> bool | None:
        """Whether somebody waits there; None when it is elsewhere, or cannot be told."""
        if not where.is_here:
            return None
        return where.port in self.ports if where.port else where.path in self.paths

    def clamd(self, where: Endpoint) -> bool | None:
        """
        Whether clamd answers there. systemd holds its socket open while clamd itself does not run
        (it starts no clamd without signatures), so a socket of the host is not enough.
        """
        waits = self.listens(where)
        if waits and where.path:
            return True if "clamd" in self.processes else None if self.is_hidden else False
        return waits


# ---------------------------------------------------------------------------------------------
# amavis
# ---------------------------------------------------------------------------------------------

_AMAVIS_WORDS = frozenset(
    (
        *("set", "listen", "port", "bank", "new", "daemon", "scanner"),
        *("banned", "ban", "odd", "odd-name", "closed", "file"),
    )
)


@dataclass(frozen=True, slots=True)
class Amavis:
    """The settings of amavis; what is assigned last holds."""

    is_there: bool
    values: Mapping[str, str]
    listens: frozenset[str]
    banks: Mapping[str, str]
    """Port → the policy bank of mail that comes in there."""
    bypasses: frozenset[tuple[str, str]]
    """(bank, `virus` or `banned`) that the bank switches off."""
    daemons: tuple[str, ...]
    scanners: tuple[str, ...]
    """Programs that exist here, of the many that the lists name."""
    kinds: frozenset[str]
    odd: tuple[str, ...]
    """Settings of names that were written in a way that nobody here understands."""
    closed: tuple[str, ...]


def parse_amavis(text: str) -> Amavis:
    """The probe's part about amavis. Raises UnreadableError."""
    rows = [_pair(line) for line in text.splitlines() if line]
    if any(word not in _AMAVIS_WORDS for word, _ in rows):
        raise UnreadableError("not a line about amavis")

    def told(word: str, since: tuple[str, str] = ("", "")) -> list[str]:
        """What stands behind a word, after the last such line."""
        start = len(rows) - rows[::-1].index(since) if since in rows else 0
        return [rest for each, rest in rows[start:] if each == word]

    scanners: dict[str, tuple[str, str]] = {}
    of = ""
    for word, rest in rows:
        if word == "new":
            of = rest
            scanners = {each: at for each, at in scanners.items() if at[1] != of}
        elif word in ("daemon", "scanner"):
            scanners[rest] = (word, of)
    return Amavis(
        is_there="file" in {word for word, _ in rows},
        values=dict(_pair(each) for each in told("set")),
        listens=frozenset(
            path_of(at) if at.startswith("/") else at
            for each in told("listen")
            for at in each.split()
        ),
        banks=dict(_pair(each) for each in told("port")),
        bypasses=frozenset(_pair(each) for each in told("bank")),
        daemons=tuple(name for name, (word, _) in scanners.items() if word == "daemon"),
        scanners=tuple(name for name, (word, _) in scanners.items() if word == "scanner"),
        kinds=frozenset(told("ban", ("banned", ""))),
        odd=(*told("odd"), *told("odd-name", ("banned", ""))),
        closed=tuple(told("closed")),
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition(" ")
    return name, value


def amavis_filter(where: Endpoint, amavis: Amavis, local: Local) -> MailFilter:
    """What amavis does with mail that comes in at this port; without a line it discards."""
    bank = amavis.banks.get(where.port, "")

    def is_off(what: str) -> bool | None:
        setting = amavis.values.get(f"bypass_{what}_checks_maps", "none")
        off = (bank, what) in amavis.bypasses or setting == "all"
        return None if amavis.closed or setting == "odd" else off

    virus, banned = is_off("virus"), is_off("banned")
    destiny = {
        what: amavis.values.get(f"final_{what}_destiny", "D_DISCARD")
        for what in ("virus", "banned")
    }
    engines = [local.clamd(endpoint(at)) for at in amavis.daemons]
    engines += [True if each == "clamscan" else None for each in amavis.scanners]
    kinds: tuple[str, ...] | None = tuple(each for each in KINDS if each in amavis.kinds)
    is_blind = amavis.values.get("bypass_decode_parts", "0") not in ("0", "undef")
    if banned is None or amavis.odd:
        kinds = None
    elif banned or is_blind or destiny["banned"] == "D_PASS":
        kinds = ()
    return MailFilter(
        program="amavis",
        at=where.text,
        listens=local.listens(where),
        scans=None if virus is None else not virus,
        engine=", ".join((*amavis.daemons, *amavis.scanners)) or "-",
        engine_lives=first(engines) if engines else False,  # none of the scanners is there
        stops_malware=None if amavis.closed else destiny["virus"] != "D_PASS",
        stops_kinds=kinds,
        rule=f"$final_virus_destiny = {destiny['virus']}",
    )


# ---------------------------------------------------------------------------------------------
# clamav-milter
# ---------------------------------------------------------------------------------------------


def parse_clamav_milter(text: str) -> dict[str, str]:
    """Its settings; `closed` names a file that could not be read."""
    return dict(_pair(line) for line in text.splitlines())


def clamav_filter(where: Endpoint, settings: Mapping[str, str], local: Local) -> MailFilter:
    """Without a line it holds infected mail and defers what it cannot scan (clamav-milter.conf)."""
    engine = settings.get("ClamdSocket", "")
    action = settings.get("OnInfected", "Quarantine")
    return MailFilter(
        program="clamav-milter",
        at=where.text,
        listens=local.listens(where),
        scans=True,
        engine=engine,
        engine_lives=local.clamd(endpoint(engine)),
        stops_malware=action.lower() != "accept",
        stops_kinds=(),
        rule=f"OnInfected {action}",
        lets_pass_when_down=where.is_accepting
        or settings.get("OnFail", "Defer").lower() == "accept",
    )


# ---------------------------------------------------------------------------------------------
# rspamd
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rspamd:
    """The settings of rspamd that matter; scanners that several files name are merged by name."""

    scanners: tuple[Mapping[str, str], ...]
    """Those that are switched on."""
    kinds: tuple[str, ...]
    """Files of rules that may look at the names of files."""
    binds: tuple[str, ...]
    closed: tuple[str, ...]


def parse_rspamd(text: str) -> Rspamd:
    """The probe's part about rspamd. Raises UnreadableError."""
    blocks: dict[str, dict[str, str]] = {}
    told: dict[str, list[str]] = {"kinds": [], "bind": [], "closed": [], "include": []}
    path: list[str] = []
    for line in text.splitlines():
        word, rest = _pair(line)
        if word == "file":
            path = []
        elif word == "b":
            path = [*path, rest]
        elif word == "e":
            path = path[:-1]
        elif word == "k":
            # What local.d holds stands inside the block `antivirus` of modules.d.
            inside = ".".join(path).removeprefix("antivirus").removeprefix(".")
            name, value = _pair(rest.strip())
            blocks.setdefault(inside, {})[name] = value.strip()
        elif word in told:
            told[word].append(rest.strip())
        else:
            raise UnreadableError(f"not a line about rspamd: {line[:60]!r}")
    whole = blocks.pop("", {})
    return Rspamd(
        scanners=tuple(
            each
            for name, each in blocks.items()
            if "." not in name
            and each.get("enabled", "true").lower() not in NO
            and whole.get("enabled", "true").lower() not in NO
        ),
        kinds=tuple(told["kinds"]),
        binds=tuple(each.strip('";').split()[0] for each in told["bind"] if each.strip('";')),
        closed=(*told["closed"], *told["include"]),
    )


def rspamd_filter(where: Endpoint, rspamd: Rspamd, local: Local) -> MailFilter:
    """What it does with a found virus is `action`; without one its scores decide, unseen here."""
    lives = [
        local.clamd(endpoint(each.get("servers", "").split()[0]))
        if each.get("type") == "clamav" and each.get("servers")
        else None
        for each in rspamd.scanners
    ]
    actions = [each.get("action", "") for each in rspamd.scanners]
    stops = [each in RSPAMD_STOPS if each else None for each in actions]
    return MailFilter(
        program="rspamd",
        at=where.text,
        listens=local.listens(where),
        scans=None if rspamd.closed else bool(rspamd.scanners),
        engine=", ".join(each.get("servers", each.get("type", "?")) for each in rspamd.scanners),
        engine_lives=first(lives),
        stops_malware=None if rspamd.closed else first(stops),
        stops_kinds=None if rspamd.kinds else (),
        rule=", ".join(f"action = {each}" for each in actions if each),
        lets_pass_when_down=where.is_accepting,
    )


# ---------------------------------------------------------------------------------------------
# All of them
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """Every filter that is known on the host."""

    local: Local
    amavis: Amavis
    clamav: Mapping[str, str]
    rspamd: Rspamd
    programs: Mapping[str, str]
    """Port → program that waits there, as far as root could ask."""

    def at(self, where: Endpoint) -> MailFilter | None:
        """The filter at this place; None for one that is known to look for no malware."""
        program = self.programs.get(where.port, "") if where.is_here else ""
        if where.is_here:
            if HARMLESS.search(where.text) or HARMLESS.search(program):
                return None
            if self._is_amavis(where, program):
                return amavis_filter(where, self.amavis, self.local)
            if self._is_clamav(where):
                return clamav_filter(where, self.clamav, self.local)
            if self._is_rspamd(where):
                return rspamd_filter(where, self.rspamd, self.local)
        return MailFilter(
            program=program or "?",
            at=where.text,
            listens=self.local.listens(where),
            lets_pass_when_down=where.is_accepting,
        )

    def _is_amavis(self, where: Endpoint, program: str) -> bool:
        own = self.amavis.listens | frozenset(self.amavis.banks)
        return self.amavis.is_there and ((where.port or where.path) in own or "amavi" in program)

    def _is_clamav(self, where: Endpoint) -> bool:
        milter = endpoint(self.clamav.get("MilterSocket", ""))
        return (where.path or where.port) in {milter.path, milter.port} - {""}

    def _is_rspamd(self, where: Endpoint) -> bool:
        binds = [endpoint(each) for each in self.rspamd.binds]
        places = {each.port or each.path for each in binds} or {RSPAMD_PORT}
        return (where.port or where.path) in places or "rspamd" in where.path
