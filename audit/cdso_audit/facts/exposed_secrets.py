"""
Secrets that stand where every account of a host may read them.

Looked for in systemd units, cron's tables and jobs, what sets environment variables, the web
servers' files, settings of applications below /opt, /srv and /var/www, and the arguments of running
processes, which the kernel shows to everybody. Only files that others may read count: a secret in a
file of mode 0600 is where it belongs.

No value leaves the host. The probe sends where a secret stands: file, line, the name in front of
it, mode and owner; of a process its unit or its name and the option's name.
"""

# ruff: noqa: E501 - the program for awk

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy

#: Places in the words of the probe → as people read them.
PLACES = {
    "unit": "systemd units",
    "cron": "cron",
    "environment": "environment files",
    "web": "web server files",
    "application": "application settings",
    "argument": "process arguments",
}
ARGUMENTS_CAP = 65536

# One program for all places, on mawk, gawk and busybox. `named` tells a word that announces a
# secret, `literal` a value that is one: no reference to a variable, a file or a vault, no mask, no
# switch. What is said of a hit is the announcing word alone, which `named` holds to letters, digits
# and three signs; a part of it that might be no word (`safe`) becomes a question mark. A process that
# holds the mark of this probe is this probe. In a comment only a value counts that mixes letters with
# digits and is no usual sample (`strong`), after a name among at most four words: settings that
# packages comment out are full of samples.
_LOOK = r"""
function named(w, n, l) {
  n = w; sub(/^[-$]+D?/, "", n); sub(/^env\[/, "", n); sub(/\]$/, "", n)
  if (n !~ /^[A-Za-z_][A-Za-z0-9_.-]*$/ || length(n) > 60) return ""
  l = tolower(n); gsub(/[.-]/, "_", l)
  if (l !~ /passwor[dt]|passwd|passphrase|secret|token|api_?key|access_?key|auth_?key|credential|(^|_)(db|db_?user|root|admin|smtp|ldap|mysql|pg|redis|user|http|ftp|mail|mongo|rabbitmq|bind)?(pass|pwd|pw)$/) return ""
  if (l ~ /^(old)?pwd$|(^|_)(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$|tokens$/) return ""
  if (l ~ /(^|_)(id|len|min|max|age|ttl|ref|env|var|cmd|uri|url|dir|get|use)$|^(no|disable|enable|require|allow|without|skip|ask|prompt|min|max|use|expire|permit|change|reset|force|verify|validate|check)_/) return ""
  if (l ~ /(file|path|name|command|policy|length|days|expiry|expires|expiration|timeout|lifetime|type|method|format|algorithm|encryption|scheme|cost|enabled|disabled|required|mode|count|retries|tries|header|field|param|prompt|store|provider|backend|manager|service|endpoint|server|socket|group|version|interval|authentication|authenticator|dialog|history|reuse|quality|strength|rotation|source|agent|key_id|validity|issuer|audience|stdin|fd|size|limit|bits|seconds|hours|minutes|callback|plugin|class)$/) return ""
  return safe(n)
}
function safe(n, part, i, k, said) {
  k = split(n, part, /[_.-]/)
  for (i = 1; i <= k; i++) {
    if (part[i] ~ /[0-9][^_.-]*[0-9]/ || length(part[i]) > 20) part[i] = "?"
    said = said (i > 1 ? substr(n, at_sign(n, i - 1), 1) : "") part[i]
  }
  return said
}
function at_sign(n, k, i) {
  for (i = 1; i <= length(n); i++) if (substr(n, i, 1) ~ /[_.-]/ && --k == 0) return i
}
function literal(v, whole, l) {
  gsub(/[;,)]+$/, "", v); l = tolower(v)
  if (v == "" || v ~ /^[*xX.]+$/ || v ~ /^[][%@&|<>}{()=!:#+?~^-]/ || v ~ /^[0-9]?[0-9]?[0-9]?[smhd]?$/) return 0
  if (v ~ /^[$][{]?[A-Za-z_0-9:-]*[}]?$/ || v ~ /^[$][({]/ || v ~ /^`/) return 0
  if (!whole) { gsub(/[$][{][^}]*[}]|[$][A-Za-z_][A-Za-z0-9_]*/, "", v); if (length(v) < 4) return 0 }
  if (v ~ /^(\/|\.\/|\.\.\/)[A-Za-z0-9._\/@%-]*$/) return 0
  if (l ~ /^(expr=|(env|file|vault|exec|keyring|ref|arn|cmd|command|prompt|stdin|fd|aws|gcp|ssm|op):)/) return 0
  if (l ~ /^(yes|no|true|false|on|off|none|null|nil|undefined|ask|prompt|stdin|always|never|auto|default|required|optional|disabled?|enabled?|redacted|hidden|masked|placeholder|unset)$/) return 0
  return 1
}
function hit(key) {
  if (kind == "argument") { if (!(pid SUBSEP key in told)) { told[pid, key] = 1; found[++hits] = pid " " key } }
  else print "hit", kind, at, key, FILENAME
}
function url(w, a, b, c) {
  while ((a = index(w, "://")) > 0) {
    w = substr(w, a + 3); b = match(w, /[\/?#]/); c = b ? substr(w, 1, b - 1) : w
    if ((b = index(c, "@")) == 0) continue
    c = substr(c, 1, b - 1); b = index(c, ":")
    if (b && literal(substr(c, b + 1), whole)) hit("URL")
  }
}
function word(w, e, n, b) {
  if (w ~ /^(\||\|\||&&|;|&)$/) { client = ""; ahead = ""; return }
  e = index(w, "=")
  if (index(w, "://")) url(w)
  else if (ahead != "") {
    if (ahead == "-u") { e = index(w, ":"); if (e && literal(substr(w, e + 1), whole)) hit("curl -u") }
    else if (ahead == "Authorization") {
      if (tolower(w) ~ /^(basic|bearer|digest|negotiate|token|apikey)$/) return
      if (literal(w, whole)) hit(ahead)
    } else if (literal(w, whole) && !(e && named(substr(w, 1, e - 1)) != "")) hit(ahead)
    ahead = ""
    if (w !~ /^-/ && !e) return
  }
  ahead = ""
  if (e && (n = named(substr(w, 1, e - 1))) != "") { if (literal(substr(w, e + 1), whole)) hit(n); return }
  if (tolower(w) ~ /^(proxy-)?authorization:?$/) { ahead = "Authorization"; return }
  if (w ~ /^[^=]*:$/ && client == "curl" && (n = named(substr(w, 1, length(w) - 1))) != "") { ahead = n; return }
  if (w ~ /^-/ && (n = named(w)) != "") { ahead = n; return }
  if (w ~ /^pass:/ && literal(substr(w, 6), whole)) { hit("pass:"); return }
  if (client == "mysql" && w ~ /^-p./ && literal(substr(w, 3), whole)) { hit("mysql -p"); return }
  if (client == "sshpass" && w ~ /^-p/) { if (w == "-p") ahead = "sshpass"; else if (literal(substr(w, 3), whole)) hit("sshpass"); return }
  if (client == "curl" && (w == "-u" || w == "--user" || w == "--proxy-user")) { ahead = "-u"; return }
  if (client == "redis" && w == "-a") { ahead = "redis-cli -a"; return }
  if (client == "ldap" && w == "-w") { ahead = "ldap -w"; return }
  b = w; sub(/^.*\//, "", b)
  if (b ~ /^(mysql(dump|admin|check|import|show|pump|sh)?|mariadb(-[a-z]+)?|mariabackup|xtrabackup)$/) client = "mysql"
  else if (b == "sshpass" || b == "curl") client = b
  else if (b == "redis-cli") client = "redis"
  else if (b ~ /^ldap(search|modify|add|delete|passwd|whoami|compare)$/) client = "ldap"
}
function words(t, w, i, n) {
  gsub(/""|\047\047/, "$E", t); gsub(/["\047\\]/, "", t)
  n = split(t, w, /[ \t]+/)
  for (i = 1; i <= n; i++) { if (w[i] == "") continue; if (w[i] ~ /^#/ && kind != "argument") break; word(w[i]) }
}
function web(t, w, n, d, k) {
  gsub(/""|\047\047/, "$E", t); gsub(/["\047\\]/, "", t); sub(/^[ \t]+/, "", t)
  n = split(t, w, /[ \t]+/); d = tolower(w[1]); k = 2
  if (index(t, "://")) url(t)
  if (d == "stats" && w[2] == "auth") { if (index(w[3], ":") && literal(substr(w[3], index(w[3], ":") + 1), 0)) hit("stats auth"); return }
  if (d == "user" && (w[3] == "insecure-password" || w[3] == "password")) { if (w[3] ~ /^i/ && literal(w[4], 0)) hit(w[3]); return }
  if (d == "requestheader" || d == "header") k = 3
  if (d ~ /^env\[/ || d == "env" || d == "dbdparams") { sub(/[ \t]*=[ \t]*/, "=", t); words(t); return }
  if (d ~ /^(fastcgi_param|uwsgi_param|scgi_param|proxy_set_header|grpc_set_header|add_header|set|setenv|requestheader|define|http-request)$/) {
    if (d == "http-request") k = (w[2] ~ /header$/) ? 3 : 99
    if (tolower(w[k]) ~ /authorization$/ ) {
      if (tolower(w[k + 1]) ~ /^(basic|bearer|digest|token|apikey)$/) k++
      if (literal(w[k + 1], 0)) hit("Authorization")
    } else if ((d = named(w[k])) != "" && literal(w[k + 1], 0)) hit(d)
    return
  }
  if (n > 1 && (d = named(w[1])) != "" && literal(w[2], 0)) hit(d)
}
function setting(t, e, k, v, n) {
  if (index(t, "://")) url(t)
  gsub(/["\047]/, "", t); sub(/^[ \t{-]+/, "", t); sub(/^(export|const|define\()[ \t]*/, "", t)
  if (match(t, /[Pp]assword=[^;]+;/) && literal(substr(t, RSTART + 9, RLENGTH - 10), 0)) { hit("Password"); return }
  if (!match(t, /[ \t]*(=>|:=|[=:,])[ \t]*/)) return
  k = substr(t, 1, RSTART - 1); v = substr(t, RSTART + RLENGTH)
  sub(/[ \t]+[#;].*$/, "", v); sub(/[ \t;,)}]+$/, "", v); sub(/[ \t]+$/, "", v)
  if (v ~ /[ \t]/ || v ~ /^[A-Za-z_.]+[[(]/ || v ~ /\|/) return
  if ((n = named(k)) != "" && literal(v, 0)) hit(n)
}
function strong(v, l) {
  l = tolower(v); sub(/[.;,]+$/, "", l); sub(/[.;,]+$/, "", v)
  if (length(v) < 6 || l !~ /[a-z]/ || l !~ /[0-9]/ || !literal(v, 0)) return 0
  if (l ~ /pass|secret|s3cr|token|key|changem|example|sample|dummy|default|your|my_|test|foo|bar|xxx|replace|insert|abc|1234|user|admin|root|value|string|random|hash|digest|crypt|base64|utf|localhost|xxj31|[.](com|org|net|vn|local)/) return 0
  return l !~ /^(sha|md|aes|rsa|hs|rs|es|tls|ssl|oauth|argon|pbkdf|x|pkcs|http|ipv|v|python|php|[a-z]+-)[0-9.]+[a-z]*$|^[0-9.,_-]+[a-z]{1,7}$|^0x|^\$[0-9a-z]+\$|[][()}{<>|]/
}
function comment(t, k, v, w, n, i) {
  sub(/^[ \t]*(#|;|\/\/|\*|\/\*|<!--)+[ \t]*/, "", t); sub(/[ \t]*(-->|\*\/)[ \t]*$/, "", t)
  gsub(/["\047`]/, "", t); sub(/[ \t]+$/, "", t)
  gsub(/[Mm](ậ|a)t [Kk]h(ẩ|a)u/, "password", t); sub(/^(export|const|define\()[ \t]*/, "", t)
  if (!match(t, /[ \t]*(=>|:=|[=:,])[ \t]*/)) return
  k = substr(t, 1, RSTART - 1); v = substr(t, RSTART + RLENGTH); sub(/[ \t;,)}]+$/, "", v)
  if (v ~ /[ \t]/ || !strong(v)) return
  n = split(k, w, /[ \t()]+/)
  if (n < 5) for (i = 1; i <= n; i++) if ((k = named(w[i])) != "") { hit("# " k); return }
}
function tell(i, p, l, c, u, o) {
  for (i = 1; i <= hits; i++) {
    split(found[i], p, " "); c = ""; u = ""; o = "?"
    if ((getline l < ("/proc/" p[1] "/comm")) > 0) c = l
    while ((getline l < ("/proc/" p[1] "/cgroup")) > 0) if (l ~ /^(0:|[0-9]+:name=systemd:).*\.service$/) { u = l; sub(/^.*\//, "", u) }
    while ((getline l < ("/proc/" p[1] "/status")) > 0) if (l ~ /^Uid:/) { split(l, p, /[ \t]+/); o = p[2] }
    split(found[i], p, " "); gsub(/[^A-Za-z0-9_.@:-]/, "", c); gsub(/[^A-Za-z0-9_.@:-]/, "", u)
    if (u == "") u = c
    print "process", o, (u == "" ? "?" : u), substr(found[i], length(p[1]) + 2)
  }
}
function place(f) {
  if (f ~ /^[^.]*\/systemd\//) return "unit"
  if (f ~ /^\/etc\/(ana)?cron|^\/var\/spool\//) return "cron"
  if (f ~ /^\/(opt|srv|var\/www)\//) return "application"
  return f ~ /^\/(usr|etc\/(nginx|apache2|httpd|haproxy|php))/ ? "web" : "environment"
}
BEGIN {
  whole = (kind == "argument")
  for (i = 1; i < ARGC; i++) if ((getline l < ARGV[i]) < 0) { print "closed", place(ARGV[i]), ARGV[i]; delete ARGV[i] } else { close(ARGV[i]); seen[place(ARGV[i])]++ }
}
kind == "argument" {
  if ($0 ~ /^==> \/proc\/[0-9]+\/cmdline <==$/) { if (size >= 65535) print "cut", name; split($0, part, "/"); pid = part[3]; size = 0; client = ""; ahead = ""; own = 0; next }
  if ($0 == "") next
  if (!size) { seen[kind]++; name = $0; sub(/^.*\//, "", name); sub(/ .*/, "", name); gsub(/[^A-Za-z0-9_.@-]/, "", name); name = substr(name, 1, 30) }
  size += length($0) + 1
  if (index($0, "cdso-looks-for-secrets")) own = 1
  if (!own) words($0)
  next
}
FNR == 1 { held = ""; kind = place(FILENAME) }
{
  if (held == "") at = FNR
  line = held $0; held = ""; sub(/\r$/, "", line)
  if (line ~ /^[ \t]*#/ || (kind == "unit" && line ~ /^[ \t]*;/) || (kind == "application" && line ~ /^[ \t]*(;|\/\/|\*|\/\*|<!--)/)) { comment(line); next }
  if (match(line, /[ \t]#/)) comment(substr(line, RSTART + 1))
  if (line ~ /\\$/) { held = substr(line, 1, length(line) - 1) " "; next }
  if (tolower(line) !~ /pass|pwd|pw|secret|token|key|credential|:\/\/|authorization|auth|-[pPuaw]/) next
  client = ""; ahead = ""; whole = 0
  if (kind == "web") { web(line); next }
  if (kind == "application") { setting(line); next }
  if (kind == "unit") {
    if (line ~ /^[ \t]*Environment[ \t]*=/) whole = 1
    else if (line ~ /^[ \t]*SetCredential[ \t]*=/) { sub(/^[^=]*=[ \t]*/, "", line); split(line, part, ":"); if (named(part[1]) != "") hit("SetCredential"); next }
    else if (line !~ /^[ \t]*Exec[A-Za-z]*[ \t]*=/) next
    sub(/^[^=]*=[ \t]*[-@:+!|]*/, "", line)
  } else { sub(/^[ \t]*(export|readonly|declare -x)[ \t]+/, "", line); sub(/[ \t]*=[ \t]*/, "=", line) }
  words(line)
}
END { if (kind == "argument") { if (size >= 65535) print "cut", name; tell() } for (kind in seen) print "seen", kind, seen[kind] }
"""
SECRETS = Probe(
    id="exposed-secrets",
    run="look='"
    + _LOOK
    + r"""'
: cdso-looks-for-secrets
passable() {
  folder=${1%/*}
  while [ "$folder" ]; do
    case $(stat -c %a "$folder") in *[1357]) ;; *) return 1 ;; esac
    folder=${folder%/*}
  done
}
unmerged=; [ -L /lib ] || unmerged=/usr/lib/systemd/system
for each in \
  /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /lib/systemd/system \
  $unmerged /etc/crontab /etc/anacrontab /etc/cron.d /etc/cron.hourly /etc/cron.daily \
  /etc/cron.weekly /etc/cron.monthly /var/spool/cron /etc/environment /etc/environment.d \
  /etc/default /etc/sysconfig /etc/profile /etc/profile.d /etc/bash.bashrc /etc/bashrc \
  /etc/nginx /usr/local/nginx/conf /etc/apache2 /etc/httpd /etc/haproxy /etc/php /etc/php-fpm.d \
  /etc/php-fpm.conf
do [ -e "$each" ] && set -- "$@" "$each"
done
{
  [ $# = 0 ] || find -L "$@" -type f -perm -0004 -exec awk "$look" {} +
  set --
  for each in /opt /srv /var/www; do [ -d "$each" ] && set -- "$@" "$each"; done
  [ $# = 0 ] || find "$@" -maxdepth 6 -xdev -type d \( ! -perm -0001 -o -name node_modules \
    -o -name vendor -o -name site-packages -o -name .git -o -name lang -o -name locales \) -prune \
    -o -type f -perm -0004 ! -name '*.example' ! -name '*.sample' ! -name '*.dist' \
    \( -name '.env' -o -name '.env.*' -o -name '*.env' -o -name '*.ini' -o -name '*.conf' \
    -o -name '*.cfg' -o -name '*.cnf' -o -name '*.properties' -o -name '*.yml' -o -name '*.yaml' \
    -o -name '*.toml' -o -name 'config*.php' -o -name 'wp-config*.php' -o -name 'database.php' \
    -o -name 'settings*.php' -o -name 'settings*.py' -o -name 'appsettings*.json' \
    -o -name 'config*.json' \) -exec awk "$look" {} +
} 2>/dev/null |
while read -r word kind line rest; do
  case $word in
  hit)
    path=/${rest#*/}; key=${rest%% /*}; path=$(readlink -f "$path") && passable "$path" &&
      printf 'hit %s %s %s %s|%s\n' "$kind" "$line" "$(stat -c '%a %U' "$path")" "$key" "$path" ;;
  *) echo "$word $kind $line $rest" ;;
  esac
done
echo "hidepid $(awk '$2 == "/proc" && match($4, /hidepid=[a-z0-9]+/) {
  print substr($4, RSTART + 8, RLENGTH - 8) }' /proc/self/mounts)"
head -c 65536 /proc/[0-9]*/cmdline 2>/dev/null | tr '\000' '\n' | awk -v kind=argument "$look"
echo '== end'
""",
    why="where units, cron, environment files, web servers, applications and process arguments hold "
    "secrets that every account may read: file, line and name, never the value",
    deadline=30,
    lane="contents",
)


class SecretPlace(Frozen):
    """Where a secret stands. `key` is the name in front of it; a process has no line."""

    where: str
    """The file, or the process by its unit or its name."""
    line: int = 0
    key: str
    owner: str
    """A name for files, a number for processes."""
    mode: int | None = None

    def __str__(self) -> str:
        if self.mode is None:
            return f"{self.where} (uid {self.owner}): {self.key}"
        return f"{self.mode:04o} {self.owner} {self.where}:{self.line} {self.key}"


class ExposedSecrets(Fact):
    """Secrets of one kind of place that every account of the host may read."""

    kind: Literal["exposed-secrets"] = "exposed-secrets"
    known_by: KnownBy = KnownBy.FILE
    places: tuple[SecretPlace, ...]
    looked_at: int
    """Files, or processes."""
    is_hidden: bool = False
    """The kernel shows arguments to the process's owner alone (hidepid)."""


_HIT = re.compile(r"hit (\w+) (\d+) ([0-7]+) (\S+) ([^|]+)\|(/.*)")
_PROCESS = re.compile(r"process (\d+|\?) (\S+) (.+)")


@dataclass(slots=True)
class _Answer:
    """What the probe said, by kind of place."""

    found: dict[str, dict[SecretPlace, None]]
    seen: dict[str, int]
    hidden: str = ""


def _parsed(line: str, answer: _Answer) -> Missing | None:
    """Take one line in, or say what could not be looked at. Raises UnreadableError."""
    word, _, rest = line.partition(" ")
    kind, _, more = rest.strip().partition(" ")
    if word == "hidepid":
        answer.hidden = rest.strip()
    elif word == "seen":
        answer.seen[kind] += int(more)
    elif word == "closed":
        return Missing(PLACES[kind], GapReason.DENIED, f"{more} could not be read")
    elif word == "cut":
        detail = f"the arguments of {rest} are longer than {ARGUMENTS_CAP} bytes"
        return Missing(PLACES["argument"], GapReason.TOO_LARGE, detail)
    elif (hit := _HIT.fullmatch(line)) is not None:
        file = SecretPlace(
            where=hit[6], line=int(hit[2]), key=hit[5], owner=hit[4], mode=int(hit[3], 8)
        )
        answer.found[hit[1]][file] = None
    elif (hit := _PROCESS.fullmatch(line)) is not None:
        answer.found["argument"][SecretPlace(where=hit[2], key=hit[3], owner=hit[1])] = None
    else:
        raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
    return None


@reader(ExposedSecrets, SECRETS)
def read_exposed_secrets(outputs: Outputs) -> Iterator[ExposedSecrets | Missing | Absent]:
    """One fact a kind of place that exists; a gap for what was closed or cut."""
    lines = outputs.lines(SECRETS)
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of places has no end")
    answer = _Answer({place: {} for place in PLACES}, dict.fromkeys(PLACES, 0))
    for line in lines[:-1]:
        missing = _parsed(line, answer)
        if missing is not None:
            yield missing
    if not answer.seen["argument"]:
        raise UnreadableError("not one process was seen, not even this one")
    for kind, place in PLACES.items():
        if not answer.seen[kind]:
            yield Absent("there is no file of this kind that every account may read", subject=place)
            continue
        yield ExposedSecrets(
            subject=place,
            known_by=KnownBy.DAEMON if kind == "argument" else KnownBy.FILE,
            places=tuple(answer.found[kind]),
            looked_at=answer.seen[kind],
            is_hidden=kind == "argument" and answer.hidden not in ("", "0", "off"),
        )
