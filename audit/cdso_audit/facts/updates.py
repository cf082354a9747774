"""
Package updates: what is pending, how old the lists are that say so, who installs them, from where.

Nothing is refreshed: apt, dnf and zypper are asked about what they already know, and the age of
that knowledge is part of the same fact, since old lists say that all is well.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.os_release import HAS_UNIT, HOST_NATURE, container_of, moment, sections
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

PACKAGE_UPDATES = Probe(
    id="package-updates",
    run=r"""
if command -v apt-get >/dev/null; then
  echo '@@ manager-apt'
  echo '@@ lists'
  for f in /var/lib/apt/lists/*InRelease /var/lib/apt/lists/*_Release; do
    [ -f "$f" ] && echo "$(stat -c %Y "$f") ${f##*/}"
  done
  f=/var/lib/apt/periodic/update-success-stamp
  [ -f "$f" ] && echo "$(stat -c %Y "$f") update-success-stamp"
  echo '@@ held'
  dpkg-query -W -f='${db:Status-Want} ${Package}\n' 2>/dev/null | sed -n 's/^hold //p'
  echo '@@ pending'
  # a simulated upgrade takes five times as long, and is silent on what it would keep back
  list=$(apt -o APT::Cmd::Disable-Script-Warning=true list --upgradable 2>&1); code=$?
  echo "$list" | grep -E '^(Listing|E: |[a-z0-9][^/ ]*/)'
  echo "exit $code"
  echo '@@ versions'
  echo "$list" |
    sed -n 's,^\([a-z0-9][^/ ]*\)/[^ ]* [^ ]* \([a-z0-9-]*\) .*,\1:\2,p' | sed 's/:all$//' |
    xargs -r apt-cache policy 2>/dev/null | awk '
      /^[^ ].*:$/ { print; newer = 0; next }
      /^  Version table:/ { newer = 1; next }
      /^ [*][*][*] / { newer = 0 }
      newer'
  echo '@@ releases'
  apt-cache policy 2>/dev/null
elif command -v dnf >/dev/null || command -v yum >/dev/null; then
  echo '@@ manager-dnf'
  echo '@@ lists'
  for f in /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml \
    /var/cache/yum/*/*/*/repomd.xml; do
    [ -f "$f" ] && echo "$(stat -c %Y "$f") $f"
  done
  echo '@@ pending'
  c=dnf; command -v dnf >/dev/null || c=yum
  $c -q -C updateinfo list --security 2>&1; echo "exit $?"
elif command -v zypper >/dev/null; then
  echo '@@ manager-zypper'
  echo '@@ lists'
  for f in /var/cache/zypp/raw/*/repodata/repomd.xml; do
    [ -f "$f" ] && echo "$(stat -c %Y "$f") $f"
  done
  echo '@@ pending'
  zypper --non-interactive --no-refresh list-patches --category security 2>&1; echo "exit $?"
fi
echo '@@ end'
:
""",
    why="pending security updates and the age of the package lists; nothing is refreshed",
    deadline=60,
    lane="packages",
)
AUTOMATIC_UPDATES = Probe(
    id="automatic-updates",
    run=HAS_UNIT
    + r"""
echo '@@ apt'
command -v apt-config >/dev/null &&
  apt-config dump 2>/dev/null | grep -iE '^(APT::Periodic|Unattended-Upgrade)'
echo '@@ unattended'
command -v unattended-upgrade unattended-upgrades 2>/dev/null | head -n 1
echo '@@ dnf'
for f in /etc/dnf/automatic.conf /etc/dnf/dnf5-plugins/automatic.conf /etc/yum/yum-cron.conf
do
  [ -f "$f" ] &&
  sed -n '/^[[:space:]]*\(apply_updates\|upgrade_type\|update_cmd\)[[:space:]]*=/p' "$f"
done
echo '@@ timers'
for t in apt-daily.timer apt-daily-upgrade.timer dnf-automatic.timer dnf-automatic-install.timer \
  dnf5-automatic.timer yum-cron.service packagekit-offline-update.service transactional-update.timer
do has_unit "$t" && s=$(systemctl is-enabled "$t" 2>/dev/null) && echo "$t $s"; done
[ -x /etc/cron.daily/apt-compat ] && ! [ -d /run/systemd/system ] &&
  echo 'cron.daily/apt-compat enabled'
[ -x /etc/cron.daily/0yum-daily.cron ] && echo 'cron.daily/0yum-daily.cron enabled'
echo '@@ manager'
for m in apt-get dnf yum zypper; do command -v $m >/dev/null && { echo $m; break; }; done
echo '@@ ran'
for f in /var/lib/apt/periodic/unattended-upgrades-stamp /var/lib/apt/periodic/upgrade-stamp; do
  [ -f "$f" ] && stat -c %Y "$f"
done
echo '@@ end'
:
""",
    why="whether security updates install themselves: settings, timers, the last run",
)
UPDATE_HISTORY = Probe(
    id="update-history",
    run=r"""
echo '@@ dpkg'
for f in /var/log/dpkg.log /var/log/dpkg.log.1; do
  [ -r "$f" ] && awk '$3 == "upgrade" && $5 != $6' "$f" | tail -n 1
done
[ -d /var/lib/dpkg/info ] && for f in /var/log/dpkg.log.*.gz; do
  [ -r "$f" ] && gzip -cd "$f" | awk '$3 == "upgrade" && $5 != $6' | tail -n 1
done
echo '@@ rpm'
command -v rpm >/dev/null && [ -d /var/lib/rpm ] &&
  rpm -qa --qf '%{INSTALLTIME}\n' 2>/dev/null | sort -n | tail -n 1
echo '@@ logs'
ls -d /var/log/dpkg.log 2>/dev/null
echo '@@ zone'
date +%z
echo '@@ end'
:
""",
    why="when packages were last upgraded",
    deadline=20,
)
REBOOT_STATE = Probe(
    id="reboot-state",
    run=r"""
echo '@@ flag'
[ -e /run/reboot-required ] && { echo required; cat /run/reboot-required.pkgs 2>/dev/null; }
echo '@@ running'
uname -r
echo '@@ installed'
for d in /lib/modules/*/; do
  v=${d%/}; v=${v##*/}
  { [ -e "$d/kernel" ] || [ -e "$d/modules.dep" ]; } || continue
  { [ -e "/boot/vmlinuz-$v" ] || [ -e "$d/vmlinuz" ]; } && echo "$v"
done
echo '@@ rpm'
command -v rpm >/dev/null && [ -d /var/lib/rpm ] &&
  rpm -q --last kernel-core kernel kernel-default kernel-uek 2>/dev/null | grep -v 'not installed'
echo '@@ booted'
sed -n 's/^btime //p' /proc/stat
echo '@@ livepatch'
ls /sys/kernel/livepatch 2>/dev/null
echo '@@ end'
:
""",
    why="whether an installed update waits for a reboot",
)
PACKAGE_SOURCES = Probe(
    id="package-sources",
    run=r"""
show() {
  for f in "$@"; do
    [ -f "$f" ] || continue
    echo "@file $f"
    [ -r "$f" ] || { echo unreadable; continue; }
    sed -e 's#://[^/@ ]*@#://***@#g' -e 's/^\([[:space:]]*password[[:space:]]*=\).*/\1***/' "$f"
    echo
  done
}
echo '@@ list'
show /etc/apt/sources.list /etc/apt/sources.list.d/*.list
echo '@@ deb822'
show /etc/apt/sources.list.d/*.sources
echo '@@ apt'
command -v apt-config >/dev/null && apt-config dump 2>/dev/null |
  grep -iE '^(APT::Get::AllowUnauthenticated|Acquire::Allow|Acquire::Check-Valid-Until)'
echo '@@ yum'
show /etc/yum.conf /etc/dnf/dnf.conf /etc/yum.repos.d/*.repo
show /etc/zypp/zypp.conf /etc/zypp/repos.d/*.repo
echo '@@ manager'
for m in apt-get dnf yum zypper; do command -v $m >/dev/null && { echo $m; break; }; done
echo '@@ end'
:
""",
    why="where packages come from and whether their signatures are checked",
)


_NO_MANAGER = "neither apt, dnf, yum nor zypper is there"


class PackageUpdates(Fact):
    """Pending updates as the package manager knows them, and how old that knowledge is."""

    kind: Literal["package-updates"] = "package-updates"
    known_by: KnownBy = KnownBy.DAEMON
    manager: str
    lists_from: AwareDatetime | None = None
    """When the lists that tell of security updates were made; None when there are none."""
    security: tuple[str, ...] = ()
    """Name and new version of each security update; of zypper and dnf the patch or advisory."""
    newer: tuple[str, ...] = ()
    """The packages of which a newer version is known: of apt all, of dnf those with an advisory."""
    held: tuple[str, ...] = ()

    @property
    def others(self) -> int:
        """How many packages wait for an update that closes no hole."""
        return len(set(self.newer) - {each.partition(" ")[0] for each in self.security})


class AutomaticUpdates(Fact):
    """What would install security updates without a person."""

    kind: Literal["automatic-updates"] = "automatic-updates"
    manager: str
    installed: bool = False
    settings: Mapping[str, str] = {}
    timers: Mapping[str, str] = {}
    last_run: AwareDatetime | None = None


class UpdateHistory(Fact):
    """When packages were last upgraded; None when the log that is there tells of no upgrade."""

    kind: Literal["update-history"] = "update-history"
    last: AwareDatetime | None = None
    first_boot: AwareDatetime | None = None


class RebootState(Fact):
    """The running kernel, the installed ones, and whether the host asks for a reboot."""

    kind: Literal["reboot-state"] = "reboot-state"
    known_by: KnownBy = KnownBy.DAEMON
    required: bool = False
    packages: tuple[str, ...] = ()
    running: str
    newest: str = ""
    booted: AwareDatetime | None = None
    livepatch: bool = False


class PackageSource(Frozen):
    """One place that packages come from. `checked` is whether signatures must be good."""

    file: str
    uri: str
    suite: str = ""
    checked: bool = True
    why: str = ""
    """What switches the checking off."""


class PackageSources(Fact):
    """Every enabled source, and settings that hold for all."""

    kind: Literal["package-sources"] = "package-sources"
    manager: str
    sources: tuple[PackageSource, ...] = ()
    settings: Mapping[str, str] = {}
    unreadable: tuple[str, ...] = ()


def whole(outputs: Outputs, probe: Probe) -> dict[str, str]:
    """The sections of a probe's answer; raises UnreadableError when its end is missing."""
    parts = sections(outputs.text(probe))
    if "end" not in parts:
        raise UnreadableError(f"{probe.id}: the answer is cut short")
    return parts


# ---------------------------------------------------------------------------------------------
# Pending updates
# ---------------------------------------------------------------------------------------------

_UPGRADABLE = re.compile(r"^([a-z0-9][^/\s]*)/\S* (\S+) ([a-z0-9-]+) \[", re.MULTILINE)
#: Any line of that list but its head and its end.
_LISTED = re.compile(r"^(?!Listing|exit \d+$).+", re.MULTILINE)
#: A place that packages come from, as `apt-cache policy` names it, and what its release says.
_RELEASE = re.compile(r"^ +-?\d+ (\S.*)\n +release (.*)", re.MULTILINE)
_VERSION_FROM = re.compile(r"^ {8} *-?\d+ (\S.*)", re.MULTILINE)
#: The release of a security archive. Up to Debian 10 its label alone tells it from the main one.
_SECURITY = re.compile(r"(?:^|,)(?:l=Debian-Security|[an]=[\w-]+-security)(?:,|$)")
_ADVISORY = re.compile(r"^(\S+)\s+(?:\S+/Sec\.|security\s+\S+)\s+(\S+)", re.MULTILINE)
#: The name in name-version-release.arch.
_NAME = re.compile(r"^(\S+)-[^-\s]+-[^-\s]+$", re.MULTILINE)
_PATCH = re.compile(r"^[^|\n]*\|\s*(\S+)\s*\|\s*security\s*\|\s*(\w+)\s*\|", re.MULTILINE)


def apt_pending(
    upgradable: str, versions: str, releases: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Security updates (name and new version), and the names of all packages that have a newer one.

    An update closes a hole when any version newer than the installed one came from a security
    archive: a point release takes such a version over, and the newest then comes from elsewhere.
    Raises UnreadableError when apt does not tell where an update comes from.
    """
    secure = {place for place, told in _RELEASE.findall(releases) if _SECURITY.search(told)}
    places: dict[str, set[str]] = {}
    for part in re.split(r"^(?=\S)", versions, flags=re.MULTILINE):
        name, _, table = part.partition(":\n")
        places[name] = set(_VERSION_FROM.findall(table))
    security: dict[str, None] = {}
    newer: dict[str, None] = {}
    found = _UPGRADABLE.findall(upgradable)
    if len(found) != len(_LISTED.findall(upgradable)):
        raise UnreadableError("apt's list of updates has a line of another form")
    for name, new, architecture in found:
        known = places.get(f"{name}:{architecture}", places.get(name))
        if not known:
            raise UnreadableError(f"apt-cache does not tell where {name} {new} comes from")
        newer[name] = None
        if known & secure:
            security[f"{name} {new}"] = None
    return tuple(security), tuple(newer)


#: A list of a security suite by the name of its file: `…_dists_bookworm-security_InRelease`, or
#: `…_dists_buster_updates_InRelease` as it was before Debian 11.
_SECURITY_LIST = re.compile(r"_dists_[\w.-]+-security_|security.*_dists_\w+?_updates_")


def security_lists(text: str, *, apt: bool) -> datetime | None:
    """
    The age of the lists: with apt, of the newest list of a security suite (or of the last whole
    success of `apt update`); else of the oldest repository, since any of them may carry one.
    """
    found = []
    for line in text.splitlines():
        stamp, _, name = line.partition(" ")
        at = moment(stamp)
        if (at and (not apt or "security" in name)) or (
            at and apt and name == "update-success-stamp"
        ):
            found.append(at)
    if apt and not _SECURITY_LIST.search(text):
        return None
    return (max(found) if apt else min(found)) if found else None


@reader(PackageUpdates, PACKAGE_UPDATES)
def read_package_updates(outputs: Outputs) -> Iterator[PackageUpdates | Missing | Absent]:
    """One fact a host, whichever of three package managers it has."""
    parts = whole(outputs, PACKAGE_UPDATES)
    manager = next((name for name in ("apt", "dnf", "zypper") if f"manager-{name}" in parts), "")
    if not manager:
        yield Missing("packages", GapReason.MISSING_TOOL, _NO_MANAGER)
        return
    pending = parts.get("pending", "")
    newer: tuple[str, ...] = ()
    if manager == "apt":
        if not re.search(r"^Listing", pending, re.MULTILINE) or not pending.endswith("\nexit 0"):
            said = re.search(r"^E: .*", pending, re.MULTILINE)
            raise UnreadableError(f"apt could not tell: {said[0] if said else pending}")
        security, newer = apt_pending(pending, parts["versions"], parts["releases"])
    else:
        if not re.search(r"^exit 0$", pending, re.MULTILINE):
            complaint = pending.partition("\n")[0]
            raise UnreadableError(f"{manager} could not tell: {complaint}")
        found = (_ADVISORY if manager == "dnf" else _PATCH).findall(pending)
        security = tuple(dict.fromkeys(f"{one} {two}" for one, two in found))
        if manager == "dnf":
            newer = tuple(_NAME.findall("\n".join(two for _, two in found)))
    yield PackageUpdates(
        subject="packages",
        manager=manager,
        lists_from=security_lists(parts["lists"], apt=manager == "apt"),
        security=security,
        newer=newer,
        held=tuple(parts.get("held", "").split()),
    )


# ---------------------------------------------------------------------------------------------
# Automatic updates, history, reboot
# ---------------------------------------------------------------------------------------------


@reader(AutomaticUpdates, AUTOMATIC_UPDATES)
def read_automatic_updates(outputs: Outputs) -> Iterator[AutomaticUpdates | Missing | Absent]:
    """Settings under the names that apt (in lower case) and dnf give them; the last one wins."""
    parts = whole(outputs, AUTOMATIC_UPDATES)
    manager = parts["manager"].strip()
    if not manager:
        yield Missing("packages", GapReason.MISSING_TOOL, _NO_MANAGER)
        return
    settings = {
        key.lower(): value
        for key, value in re.findall(r"^([\w:-]+) \"([^\"]*)\";", parts["apt"], re.MULTILINE)
    }
    origins = re.findall(
        r"^Unattended-Upgrade::(?:Origins-Pattern|Allowed-Origins)::[\w-]* \"([^\"]*)\";",
        parts["apt"],
        re.MULTILINE | re.IGNORECASE,
    )
    if origins:
        settings["origins"] = "; ".join(origins)
    settings |= dict(re.findall(r"^\s*(\w+)\s*=\s*(\S+)", parts["dnf"], re.MULTILINE))
    runs = [at for line in parts["ran"].splitlines() if (at := moment(line))]
    yield AutomaticUpdates(
        subject="packages",
        manager=manager,
        installed=bool(parts["unattended"].strip() or parts["dnf"].strip()),
        settings=settings,
        timers=dict(line.split(maxsplit=1) for line in parts["timers"].splitlines() if " " in line),
        last_run=max(runs, default=None),
    )


@reader(UpdateHistory, UPDATE_HISTORY, HOST_NATURE)
def read_update_history(outputs: Outputs) -> Iterator[UpdateHistory | Missing | Absent]:
    """Dpkg's log writes local time, so the host's zone is asked along."""
    parts = whole(outputs, UPDATE_HISTORY)
    zone = parts["zone"].strip() or "+0000"
    found = [
        datetime.strptime(f"{match} {zone}", "%Y-%m-%d %H:%M:%S %z")
        for match, _ in re.findall(
            r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) upgrade (?!\S+ (\S+) \2$)",
            parts["dpkg"],
            re.MULTILINE,
        )
    ]
    found += [at for line in parts["rpm"].splitlines() if (at := moment(line))]
    if not found and not parts["logs"].strip() and not parts["rpm"].strip():
        yield Missing("packages", GapReason.MISSING_TOOL, "neither dpkg's log nor rpm is there")
        return
    nature = sections(outputs.text(HOST_NATURE))
    yield UpdateHistory(
        subject="packages",
        last=max(found, default=None),
        first_boot=moment(nature.get("first-boot", "")),
    )


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """A kernel's version in the order of its numbers; letters sort below any number."""
    return tuple(
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.findall(r"\d+|[a-z]+", version)
    )


def flavour(version: str) -> str:
    """The word after the numbers, such as `amd64` or `cloud-amd64`: kernels compare within it."""
    match = re.search(r"[-.]([a-z][\w-]*)$", version)
    return match[1] if match else ""


@reader(RebootState, REBOOT_STATE, HOST_NATURE)
def read_reboot_state(outputs: Outputs) -> Iterator[RebootState | Missing | Absent]:
    """One fact a host; a container starts no kernel of its own."""
    parts = whole(outputs, REBOOT_STATE)
    installed = parts["installed"].split()
    required = "required" in parts["flag"].split()
    container = container_of(outputs)
    if container and not required and not installed:
        yield Absent(
            "this is a container ({container}) without a kernel of its own, and nothing in it asks "
            "for a reboot",
            {"container": container},
        )
        return
    running = parts["running"].strip()
    same = [each for each in installed if flavour(each) == flavour(running)]
    yield RebootState(
        subject="kernel",
        required=required,
        packages=tuple(word for word in parts["flag"].split() if word != "required"),
        running=running,
        newest=max(same, key=version_key, default=""),
        booted=moment(parts["booted"]),
        livepatch=bool(parts["livepatch"].strip()),
    )


# ---------------------------------------------------------------------------------------------
# Sources
# ---------------------------------------------------------------------------------------------

_ONE_LINE = re.compile(r"^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)")
_OPTIONS_OFF = ("trusted", "allow-insecure", "allow-weak", "allow-downgrade-to-insecure")
#: The files that apt reads: it passes over those with other names (apt_preferences(5)).
_APT_NAME = re.compile(r"[\w.-]+", re.ASCII)


def _files(text: str) -> Iterator[tuple[str, list[str]]]:
    name = ""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("@file /"):
            if name:
                yield name, lines
            name, lines = line.removeprefix("@file "), []
        else:
            lines.append(line)
    if name:
        yield name, lines


def apt_true(value: str | None, *, default: bool = False) -> bool:
    """What apt takes for true (`StringToBool` of apt-pkg/contrib/strutl.cc)."""
    words = {"1": True, "yes": True, "true": True, "with": True, "on": True, "enable": True}
    words |= {"0": False, "no": False, "false": False, "without": False, "off": False}
    words |= {"disable": False}
    return words.get((value or "").lower(), default)


def one_line_sources(name: str, lines: list[str]) -> Iterator[PackageSource]:
    """`deb [options] uri suite …` lines; `deb-src` brings no programs to run."""
    for line in lines:
        match = _ONE_LINE.match(line)
        if match:
            options = dict(
                word.lower().partition("=")[::2] for word in (match[1] or "").split() if "=" in word
            )
            off = [f"{key}={options[key]}" for key in _OPTIONS_OFF if apt_true(options.get(key))]
            yield PackageSource(
                file=name, uri=match[2], suite=match[3], checked=not off, why=", ".join(off)
            )


def deb822_sources(name: str, lines: list[str]) -> Iterator[PackageSource]:
    """Stanzas with `Types:`, `URIs:`, `Suites:`; `Enabled: no` takes one out."""
    text = "\n".join(line for line in lines if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.splitlines():
            if line[:1].isspace() and key:
                fields[key] += " " + line.strip()
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or "uris" not in fields:
            continue
        if not apt_true(fields.get("enabled"), default=True):
            continue
        off = [f"{key}: {fields[key]}" for key in _OPTIONS_OFF if apt_true(fields.get(key))]
        for uri in fields["uris"].split():
            yield PackageSource(
                file=name,
                uri=uri,
                suite=fields.get("suites", ""),
                checked=not off,
                why=", ".join(off),
            )


def yum_sources(files: list[tuple[str, list[str]]]) -> Iterator[PackageSource]:
    """Sections of `.repo` files; `gpgcheck` of `[main]` holds where a section is silent."""
    default = "0"
    for name, lines in files:
        section = ""
        fields: dict[str, dict[str, str]] = {}
        for line in lines:
            head = re.match(r"^\s*\[([^\]]+)\]", line)
            key, equals, value = line.partition("=")
            if head:
                section = head[1]
                fields[section] = {}
            elif equals and section and not key.lstrip().startswith(("#", ";")):
                fields[section][key.strip().lower()] = value.strip()
        if "main" in fields and name.endswith(".conf"):
            default = fields["main"].get("gpgcheck", default)
            continue
        for values in fields.values():
            if values.get("enabled", "1").lower() in ("0", "no", "false"):
                continue
            uri = values.get("baseurl") or values.get("mirrorlist") or values.get("metalink") or ""
            checked = values.get("gpgcheck", default).lower() in ("1", "yes", "true")
            yield PackageSource(
                file=name, uri=uri, checked=checked, why="" if checked else "gpgcheck=0"
            )


def _is_read_by_apt(path: str) -> bool:
    return _APT_NAME.fullmatch(path.rpartition("/")[2]) is not None


@reader(PackageSources, PACKAGE_SOURCES)
def read_package_sources(outputs: Outputs) -> Iterator[PackageSources | Missing | Absent]:
    """One fact a host."""
    parts = whole(outputs, PACKAGE_SOURCES)
    manager = parts["manager"].strip()
    if not manager:
        yield Missing("packages", GapReason.MISSING_TOOL, _NO_MANAGER)
        return
    lists, stanzas, repos = (list(_files(parts[key])) for key in ("list", "deb822", "yum"))
    if manager == "zypper":  # checks signatures unless told otherwise (zypp.conf, gpgcheck = on)
        repos.insert(0, ("zypp-default.conf", ["[main]", "gpgcheck=1"]))
    lists, stanzas = (
        [each for each in found if _is_read_by_apt(each[0])] for found in (lists, stanzas)
    )
    sources = [each for name, lines in lists for each in one_line_sources(name, lines)]
    sources += [each for name, lines in stanzas for each in deb822_sources(name, lines)]
    sources += yum_sources(repos)
    yield PackageSources(
        subject="packages",
        manager=manager,
        sources=tuple(sources),
        settings={
            key.lower(): value.lower()
            for key, value in re.findall(r"^([\w:-]+) \"([^\"]*)\";", parts["apt"], re.MULTILINE)
        },
        unreadable=tuple(
            name for name, lines in (*lists, *stanzas, *repos) if lines[:1] == ["unreadable"]
        ),
    )
