"""
Containers of Docker and Podman, as their engine describes them to root.

The engine is asked for named fields only, since the variables of a container hold passwords. It is
asked only while it runs: `docker` would start it by its socket, and `podman` makes its folders.
What the kernel says of a container's first process (its user namespace, its seccomp filter) goes
before what the engine was told. Engines that root's `docker` and `podman` do not see are known by
their processes, and are gaps.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cdso_audit.facts.mounts import unescaped
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
from cdso_audit.model import Frozen, GapReason, KnownBy

_DOCKER_INFO = (
    '{"version":{{json .ServerVersion}},"security":{{json .SecurityOptions}},'
    '"warnings":{{json .Warnings}},"registries":{{json .RegistryConfig}}}'
)
_PODMAN_INFO = '{"version":{{json .Version.Version}},"registries":{{json .Registries}}}'
_CONTAINER = (
    '{{.State.Pid}} {"name":{{json .Name}},"image":{{json .Config.Image}},'
    '"user":{{json .Config.User}},"privileged":{{json .HostConfig.Privileged}},'
    '"network":{{json .HostConfig.NetworkMode}},"pid":{{json .HostConfig.PidMode}},'
    '"ipc":{{json .HostConfig.IpcMode}},"userns":{{json .HostConfig.UsernsMode}},'
    '"caps":{{json .HostConfig.CapAdd}},"devices":{{json .HostConfig.Devices}},'
    '"security":{{json .HostConfig.SecurityOpt}},"mounts":{{json .Mounts}}'
)
#: Docker hides a part of /proc in this list only; Podman does not tell.
_MASKED = ',"masked":{{json .HostConfig.MaskedPaths}}'
#: The place alone: the other options of a volume may hold a password.
_VOLUME = '{"name":{{json .Name}},"device":{{json (index .Options "device")}}}'
#: Containers that are described in one go.
MOST = 500

# `s` mode, owner and group of the socket; `i` the engine; `c` a container; `n` how many run; `u`
# the host's number of root in it; `e` its seccomp mode; `k` namespaces; `m` what is mounted in it
# and `h` on the host, with device, folder there and place; `v` a volume, `w` how many; `off` and
# then `d`: what a stopped engine has; `x` the end. No backslash: sudo takes one for an escape.
_AWK = (
    'BEGIN { one = sprintf("%c", 39); cmd = "test -" kind " " sign " && echo on"; cmd | getline on;'
    ' if (on != "on") { print "off"; if (store) {'
    ' cmd = "ls -A " store " 2>/dev/null | grep -c ."; cmd | getline d;'
    ' cmd = "grep -cs data-root /etc/docker/daemon.json"; cmd | getline m;'
    ' print "d", d + 0, m + 0 } print "x"; exit }'
    ' cmd = "stat -L -c " one "%a %U %G %n" one " " sockets " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "s", l;'
    ' cmd = engine " info --format " one info one " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "i", l;'
    ' cmd = engine " ps -q " which " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) if (l ~ "^[0-9a-f]+$") { n++;'
    f' if (n <= {MOST}) ids = ids " " l }} print "n", n + 0;'
    ' if (n) { f = "/proc/self/mountinfo"; while ((getline l < f) > 0) { split(l, w, " ");'
    ' host[w[3]] = host[w[3]] "h " w[3] " " w[4] " " w[5] sprintf("%c", 10) }'
    ' cmd = engine " inspect --format " one each "}" one ids " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) { print "c", l; split(l, w, " ");'
    ' if (w[1] ~ "^[1-9][0-9]*$") { p = w[1]; ns = ns " /proc/" p "/ns/pid /proc/" p "/ns/ipc";'
    ' f = "/proc/" p "/uid_map";'
    ' while ((getline l < f) > 0) { split(l, w, " "); if (w[1] == 0) print "u", p, w[2] } close(f);'
    ' f = "/proc/" p "/status";'
    ' while ((getline l < f) > 0) { split(l, w, " "); if (w[1] == "Seccomp:") print "e", p, w[2] }'
    ' close(f); f = "/proc/" p "/mountinfo"; while ((getline l < f) > 0) { split(l, w, " ");'
    ' if (w[3] in host) { print "m", p, w[3], w[4], w[5]; used[w[3]] = 1 } } close(f) } }'
    ' for (d in used) printf "%s", host[d];'
    ' cmd = "stat -L -c %n=%i /proc/self/ns/pid /proc/self/ns/ipc" ns " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "k", l;'
    ' cmd = engine " volume ls -q 2>/dev/null";'
    ' while ((cmd | getline l) > 0) if (l ~ "^[A-Za-z0-9][A-Za-z0-9_.-]*$") { v++;'
    f' if (v <= {MOST}) vols = vols " " l }} print "w", v + 0;'
    ' if (v) { cmd = engine " volume inspect --format " one vol one vols " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "v", l } } print "x" }'
)


def _command(**given: str) -> tuple[str, ...]:
    words = [word for name, text in given.items() for word in ("-v", f"{name}={text}")]
    return ("/usr/bin/awk", *words, "-v", f"vol={_VOLUME}", _AWK)


DOCKER = Probe(
    id="docker",
    run=_command(
        engine="/usr/bin/docker",
        kind="s",
        sign="/run/docker.pid",
        store="/var/lib/docker/containers",
        sockets="/run/docker.sock",
        which="",
        info=_DOCKER_INFO,
        each=_CONTAINER + _MASKED,
    ),
    root=True,
    tool="/usr/bin/docker",
    deadline=30,
    cap=4 * MIB,
    why="how Docker and its containers are set up: rights, mounts, registries; no variables",
    lane="containers",
)
PODMAN = Probe(
    id="podman",
    run=_command(
        engine="/usr/bin/podman",
        kind="d",
        sign="/var/lib/containers/storage",
        store="",
        sockets="/run/podman/podman.sock",
        which="--filter status=running --filter status=paused",
        info=_PODMAN_INFO,
        each=_CONTAINER,
    ),
    root=True,
    tool="/usr/bin/podman",
    deadline=30,
    cap=4 * MIB,
    why="how root's Podman and its containers are set up: rights, mounts, registries; no variables",
    lane="containers",
)
# The name of each process that holds or starts containers, the account, and containerd's namespace.
OTHERS = Probe(
    id="container-processes",
    run="""
[ -r /proc/1/comm ] || echo hidden
for p in /proc/[0-9]*; do
  { read -r c <"$p/comm"; } 2>/dev/null || continue
  case $c in
    dockerd|conmon|crio) n=- ;;
    containerd-shim*)
      n=$(tr '\\000' ' ' <"$p/cmdline" 2>/dev/null)
      case $n in *' -namespace '*) n=${n#* -namespace }; n=${n%% *} ;; *) n=- ;; esac ;;
    *) continue ;;
  esac
  u=$(stat -c %U "$p" 2>/dev/null) && echo "$c $u $n"
done | sort | uniq -c
echo x
""",
    why="the programs that hold or start containers, and whose they are",
    lane="containers",
)


class HostMount(Frozen):
    """A folder or file of the host inside a container."""

    source: str
    target: str
    is_writable: bool
    real: str = ""
    """Where the source really is by the kernel's word, if a symbolic link stands in it."""


class Container(Fact):
    """A container that runs. `user` is empty when the image names none, which is root."""

    kind: Literal["container"] = "container"
    known_by: KnownBy = KnownBy.DAEMON
    engine: str
    image: str
    user: str
    is_privileged: bool
    shares_network: bool
    shares_processes: bool
    shares_memory: bool = False
    """It is in the host's IPC namespace."""
    added: tuple[str, ...]
    """Capabilities beyond the engine's own choice."""
    security: tuple[str, ...]
    mounts: tuple[HostMount, ...]
    devices: tuple[str, ...] = ()
    """Devices of the host, by their path there."""
    is_unmasked: bool = False
    """Nothing of /proc and /sys is hidden from it."""
    is_filtered: bool | None = None
    """The kernel filters its system calls (seccomp); None if nobody could tell."""
    is_remapped: bool
    """Root in it is nobody on the host (user namespaces, rootless)."""


class Socket(Frozen):
    """The engine's socket."""

    path: str
    mode: int
    owner: str
    group: str


class ContainerEngine(Fact):
    """An engine that runs."""

    kind: Literal["container-engine"] = "container-engine"
    known_by: KnownBy = KnownBy.DAEMON
    version: str
    sockets: tuple[Socket, ...]
    unencrypted: tuple[str, ...]
    """Addresses at which it takes anybody's orders, in its own warning's words."""
    insecure_registries: tuple[str, ...]
    """Registries, or networks of them, that need not prove who they are."""


def _insecure(registries: Any) -> tuple[str, ...]:
    """Docker's RegistryConfig, or Podman's registries.conf as it tells it."""
    if not isinstance(registries, dict):
        return ()
    found = [str(each) for each in registries.get("InsecureRegistryCIDRs") or ()]
    indexes = registries.get("IndexConfigs") or {}
    found += [name for name, each in indexes.items() if not each.get("Secure", True)]
    found += [
        name for name, each in registries.items() if isinstance(each, dict) and each.get("Insecure")
    ]
    return tuple(dict.fromkeys(found))


def _rest(name: str, off: list[str]) -> Iterator[Missing]:
    """What an engine that does not run has of its own; of older evidence nothing is known."""
    for line in off:
        count, _, moved = line.removeprefix("d ").partition(" ")
        if int(count) or int(moved or 0):
            detail = f"{name} is stopped, so its containers and settings could not be asked for"
            yield Missing(name, GapReason.UNREACHABLE, detail)


@dataclass(frozen=True, slots=True)
class _Kernel:
    """What the kernel says of processes: see the lines `u`, `e` and `k`."""

    root_is: Mapping[str, str]
    seccomp: Mapping[str, str]
    namespaces: Mapping[str, str]
    mounts: Mapping[tuple[str, str], str]
    """Process and place in its container → the folder of the host."""

    def shares(self, pid: str, kind: str) -> bool:
        own = self.namespaces.get(f"/proc/{pid}/ns/{kind}")
        return own is not None and own == self.namespaces.get(f"/proc/self/ns/{kind}")


def _told(outputs: Outputs, probe: Probe, name: str) -> Iterator[Fact | Missing]:
    """What one engine says; nothing when it does not run and has nothing."""
    lines = outputs.lines(probe)
    if not lines or lines[-1] != "x":
        raise UnreadableError("the engine's answer has no end")
    if lines[0] == "off":
        yield from _rest(name, lines[1:-1])
        return
    parts: dict[str, list[str]] = {}
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        parts.setdefault(word, []).append(rest)
    try:
        info = json.loads("".join(parts.get("i", ())))
        count = int(parts["n"][0])
        containers = [_described(each) for each in parts.get("c", ())]
        volumes = [json.loads(each) for each in parts.get("v", ())]
        folders = _host_folders(parts.get("m", ()), parts.get("h", ()))
    except (ValueError, KeyError) as problem:
        raise UnreadableError(f"{name} did not describe itself: {problem}") from problem
    if not info.get("version"):
        # The client describes itself when nobody answers at the socket.
        raise UnavailableError(GapReason.UNREACHABLE, f"{name} does not answer")
    options = [str(each) for each in info.get("security") or ()]
    sockets = [each.split(" ", 3) for each in parts.get("s", ())]
    if probe is DOCKER and not sockets:
        raise UnreadableError("the socket of docker was not found")
    yield ContainerEngine(
        subject=name,
        version=str(info["version"]),
        sockets=tuple(
            Socket(path=path, mode=int(mode, 8), owner=owner, group=group)
            for mode, owner, group, path in sockets
        ),
        unencrypted=tuple(
            str(each)
            for each in info.get("warnings") or ()
            if "without encryption" in str(each) or "without TLS client" in str(each)
        ),
        insecure_registries=_insecure(info.get("registries")),
    )
    is_remapped = any("name=userns" in each or "name=rootless" in each for each in options)
    if len(containers) != count:
        detail = f"{count} containers run, {len(containers)} were described"
        yield Missing(f"{name} containers", GapReason.UNPARSABLE, detail)
    there = int(parts.get("w", ["0"])[0])
    if there != len(volumes):
        detail = f"{there} volumes are there, {len(volumes)} were described"
        yield Missing(f"{name} volumes", GapReason.UNPARSABLE, detail)
    kernel = _Kernel(
        root_is=_pairs(parts.get("u", ()), " "),
        seccomp=_pairs(parts.get("e", ()), " "),
        namespaces=_pairs(parts.get("k", ()), "="),
        mounts=folders,
    )
    places = {str(each["name"]): str(each["device"] or "") for each in volumes}
    for pid, each in containers:
        yield _container(each, pid, name, is_remapped, kernel, places)


def _described(line: str) -> tuple[str, Any]:
    """A container's process number, if the evidence has it, and its description."""
    if line.startswith("{"):
        return "", json.loads(line)
    pid, _, rest = line.partition(" ")
    return pid, json.loads(rest)


def _pairs(lines: Iterable[str], between: str) -> dict[str, str]:
    return {name: value for name, _, value in (each.partition(between) for each in lines)}


def _host_folders(inside: Iterable[str], outside: Iterable[str]) -> dict[tuple[str, str], str]:
    """What is mounted in containers, as folders of the host: the same place on the same device."""
    host: dict[str, list[tuple[str, str]]] = {}
    for device, root, place in (map(unescaped, each.split(" ")) for each in outside):
        host.setdefault(device, []).append((root.rstrip("/"), place.rstrip("/")))
    found: dict[tuple[str, str], str] = {}
    for pid, device, root, place in (map(unescaped, each.split(" ")) for each in inside):
        for top, at in host.get(device, ()):
            if f"{root.rstrip('/')}/".startswith(f"{top}/"):
                found.setdefault((pid, place), (at + root.rstrip("/").removeprefix(top)) or "/")
    return found


def _mounts(
    each: Any, pid: str, kernel: "_Kernel", places: Mapping[str, str]
) -> Iterator[HostMount]:
    """Bind mounts, and volumes that are a bind mount by another name."""
    for one in each["mounts"] or ():
        kind, source = str(one.get("Type")), str(one.get("Source"))
        place = places.get(str(one.get("Name")), "")
        if kind == "bind" or (kind == "volume" and place.startswith("/")):
            source = source if kind == "bind" else place
            target = str(one.get("Destination"))
            real = kernel.mounts.get((pid, target), "")
            yield HostMount(
                source=source,
                target=target,
                is_writable=bool(one.get("RW")),
                real="" if real == (source.rstrip("/") or "/") else real,
            )


def _container(
    each: Any,
    pid: str,
    engine: str,
    is_remapped: bool,
    kernel: _Kernel,
    places: Mapping[str, str],
) -> Container:
    try:
        userns = str(each.get("userns") or "")
        is_remapped = (is_remapped and userns != "host") or userns == "private"
        if pid in kernel.root_is:
            is_remapped = kernel.root_is[pid] != "0"
        seccomp = kernel.seccomp.get(pid)
        return Container(
            subject=f"{engine} {str(each['name']).lstrip('/')}",
            engine=engine,
            image=str(each["image"]),
            user=str(each["user"] or ""),
            is_privileged=bool(each["privileged"]),
            shares_network=each["network"] == "host",
            shares_processes=each["pid"] == "host" or kernel.shares(pid, "pid"),
            shares_memory=each.get("ipc") == "host" or kernel.shares(pid, "ipc"),
            added=tuple(str(one).removeprefix("CAP_") for one in each["caps"] or ()),
            security=tuple(str(one) for one in each["security"] or ()),
            mounts=tuple(_mounts(each, pid, kernel, places)),
            devices=tuple(str(one["PathOnHost"]) for one in each.get("devices") or ()),
            is_unmasked=each.get("masked") == [],
            is_filtered=None if seccomp is None else seccomp != "0",
            is_remapped=is_remapped,
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise UnreadableError(f"not a container's description: {problem}") from problem


#: Engines that are not asked, by the process that holds a container.
_HOLDS = {"dockerd": "Docker", "conmon": "Podman", "crio": "CRI-O", "containerd-shim": "containerd"}


def _unasked(outputs: Outputs, seen: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """The engine, its account, and whether it is root's, of those that nobody asked."""
    lines = outputs.lines(OTHERS)
    if not lines or lines[-1] != "x":
        raise UnreadableError("the list of processes has no end")
    if lines[0] == "hidden":
        raise UnavailableError(GapReason.DENIED, "the processes of other accounts are hidden")
    found = [each.split() for each in lines[:-1]]
    holders = {each[1] for each in found}
    for _, process, account, namespace in found:
        is_root = account == "root"
        if process.startswith("containerd-shim"):
            process = "containerd-shim"  # noqa: PLW2901 - its name has a version
        is_known = {
            "containerd-shim": namespace in ("moby", "plugins.moby"),
            "conmon": is_root and (PODMAN.id in seen or "crio" in holders),
            "dockerd": is_root and DOCKER.id in seen,
        }
        if not is_known.get(process, False):
            yield _HOLDS[process], account, is_root


def _others(outputs: Outputs, wanted: type[Fact], seen: frozenset[str]) -> Iterator[Missing]:
    """Containers of engines that root's `docker` and `podman` do not know."""
    if not outputs.was_asked(OTHERS):
        return
    try:
        for name, account, is_root in _unasked(outputs, seen):
            if is_root or wanted is Container:
                yield Missing(
                    f"{name} ({account})",
                    GapReason.MISSING_TOOL,
                    f"{name} runs for the account {account}, which the scan does not ask",
                )
    except UnavailableError as problem:
        yield Missing("other engines", problem.reason, problem.detail)
    except (UnreadableError, ValueError, KeyError) as problem:
        yield Missing("other engines", GapReason.UNPARSABLE, str(problem))


NO_ENGINE = Absent("no container engine runs for the whole host (Docker, Podman of root)")
NO_CONTAINER = Absent("no container of Docker or of root's Podman runs here")


def _engines(outputs: Outputs, wanted: type[Fact]) -> Iterator[Any]:
    said = False
    answered = set()
    for probe, name in ((DOCKER, "docker"), (PODMAN, "podman")):
        if not outputs.has_tool(probe):
            continue
        try:
            for each in _told(outputs, probe, name):
                answered.add(probe.id)
                if isinstance(each, wanted | Missing):
                    said = True
                    yield each
        except UnavailableError as problem:
            said = True
            answered.add(probe.id)
            yield Missing(name, problem.reason, problem.detail)
        except UnreadableError as problem:
            said = True
            answered.add(probe.id)
            yield Missing(name, GapReason.UNPARSABLE, str(problem))
    for missing in _others(outputs, wanted, frozenset(answered)):
        said = True
        yield missing
    if not said:
        yield NO_ENGINE if wanted is ContainerEngine else NO_CONTAINER


@reader(ContainerEngine, DOCKER, PODMAN, OTHERS)
def read_engines(outputs: Outputs) -> Iterator[ContainerEngine | Missing | Absent]:
    """One fact an engine."""
    yield from _engines(outputs, ContainerEngine)


@reader(Container, DOCKER, PODMAN, OTHERS)
def read_containers(outputs: Outputs) -> Iterator[Container | Missing | Absent]:
    """One fact a container."""
    yield from _engines(outputs, Container)
