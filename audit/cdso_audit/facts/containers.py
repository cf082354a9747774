"""
Containers of Docker and Podman, as their engine describes them to root.

The engine is asked for named fields only, since the variables of a container hold passwords. It is
asked only while it runs: `docker` would start it by its socket, and `podman` makes its folders.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

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
    '{"name":{{json .Name}},"image":{{json .Config.Image}},"user":{{json .Config.User}},'
    '"privileged":{{json .HostConfig.Privileged}},"network":{{json .HostConfig.NetworkMode}},'
    '"pid":{{json .HostConfig.PidMode}},"caps":{{json .HostConfig.CapAdd}},'
    '"security":{{json .HostConfig.SecurityOpt}},"mounts":{{json .Mounts}}}'
)
#: Containers that are described in one go.
MOST = 500

# `s` mode, owner and group of the socket; `i` the engine; `c` a container; `n` how many run; `off`;
# `x` the end. No backslash: sudo takes one for an escape.
_AWK = (
    'BEGIN { one = sprintf("%c", 39); cmd = "test -" kind " " sign " && echo on"; cmd | getline on;'
    ' if (on != "on") { print "off"; print "x"; exit }'
    ' cmd = "stat -L -c " one "%a %U %G %n" one " " sockets " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "s", l;'
    ' cmd = engine " info --format " one info one " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "i", l;'
    ' cmd = engine " ps -q 2>/dev/null";'
    ' while ((cmd | getline l) > 0) if (l ~ "^[0-9a-f]+$") { n++;'
    f' if (n <= {MOST}) ids = ids " " l }} print "n", n + 0;'
    ' if (n) { cmd = engine " inspect --format " one each one ids " 2>/dev/null";'
    ' while ((cmd | getline l) > 0) print "c", l } print "x" }'
)


def _command(engine: str, kind: str, sign: str, sockets: str, info: str) -> tuple[str, ...]:
    given = {"engine": engine, "kind": kind, "sign": sign, "sockets": sockets}
    words = [word for name, text in given.items() for word in ("-v", f"{name}={text}")]
    return ("/usr/bin/awk", *words, "-v", f"info={info}", "-v", f"each={_CONTAINER}", _AWK)


DOCKER = Probe(
    id="docker",
    run=_command("/usr/bin/docker", "s", "/run/docker.pid", "/run/docker.sock", _DOCKER_INFO),
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
        "/usr/bin/podman",
        "d",
        "/var/lib/containers/storage",
        "/run/podman/podman.sock",
        _PODMAN_INFO,
    ),
    root=True,
    tool="/usr/bin/podman",
    deadline=30,
    cap=4 * MIB,
    why="how root's Podman and its containers are set up: rights, mounts, registries; no variables",
    lane="containers",
)


class HostMount(Frozen):
    """A folder or file of the host inside a container."""

    source: str
    target: str
    is_writable: bool


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
    added: tuple[str, ...]
    """Capabilities beyond the engine's own choice."""
    security: tuple[str, ...]
    mounts: tuple[HostMount, ...]
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
    """Addresses at which it takes orders without TLS, in its own warning's words."""
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


def _told(outputs: Outputs, probe: Probe, name: str) -> Iterator[Fact | Missing]:
    """What one engine says; nothing when it does not run."""
    lines = outputs.lines(probe)
    if not lines or lines[-1] != "x":
        raise UnreadableError("the engine's answer has no end")
    if lines[0] == "off":
        return
    parts: dict[str, list[str]] = {}
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        parts.setdefault(word, []).append(rest)
    try:
        info = json.loads("".join(parts.get("i", ())))
        count = int(parts["n"][0])
        containers = [json.loads(each) for each in parts.get("c", ())]
    except (ValueError, KeyError) as problem:
        raise UnreadableError(f"{name} did not describe itself: {problem}") from problem
    options = [str(each) for each in info.get("security") or ()]
    sockets = [each.split(" ", 3) for each in parts.get("s", ())]
    yield ContainerEngine(
        subject=name,
        version=str(info.get("version") or ""),
        sockets=tuple(
            Socket(path=path, mode=int(mode, 8), owner=owner, group=group)
            for mode, owner, group, path in sockets
        ),
        unencrypted=tuple(
            str(each) for each in info.get("warnings") or () if "without encryption" in str(each)
        ),
        insecure_registries=_insecure(info.get("registries")),
    )
    is_remapped = any("name=userns" in each or "name=rootless" in each for each in options)
    if len(containers) != count:
        detail = f"{count} containers run, {len(containers)} were described"
        yield Missing(f"{name} containers", GapReason.UNPARSABLE, detail)
    for each in containers:
        yield _container(each, name, is_remapped)


def _container(each: Any, engine: str, is_remapped: bool) -> Container:
    try:
        mounts = [one for one in each["mounts"] or () if str(one.get("Type")) == "bind"]
        return Container(
            subject=f"{engine} {str(each['name']).lstrip('/')}",
            engine=engine,
            image=str(each["image"]),
            user=str(each["user"] or ""),
            is_privileged=bool(each["privileged"]),
            shares_network=each["network"] == "host",
            shares_processes=each["pid"] == "host",
            added=tuple(str(one).removeprefix("CAP_") for one in each["caps"] or ()),
            security=tuple(str(one) for one in each["security"] or ()),
            mounts=tuple(
                HostMount(
                    source=str(one.get("Source")),
                    target=str(one.get("Destination")),
                    is_writable=bool(one.get("RW")),
                )
                for one in mounts
            ),
            is_remapped=is_remapped,
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise UnreadableError(f"not a container's description: {problem}") from problem


NO_ENGINE = Absent("no container engine runs for the whole host (Docker, Podman of root)")


def _engines(outputs: Outputs, wanted: type[Fact]) -> Iterator[Any]:
    said = False
    for probe, name in ((DOCKER, "docker"), (PODMAN, "podman")):
        if not outputs.has_tool(probe):
            continue
        try:
            for each in _told(outputs, probe, name):
                if isinstance(each, wanted | Missing):
                    said = True
                    yield each
        except UnavailableError as problem:
            said = True
            yield Missing(name, problem.reason, problem.detail)
        except UnreadableError as problem:
            said = True
            yield Missing(name, GapReason.UNPARSABLE, str(problem))
    if not said:
        yield NO_ENGINE if wanted is ContainerEngine else NO_CONTAINER


NO_CONTAINER = Absent("no container of Docker or of root's Podman runs here")


@reader(ContainerEngine, DOCKER, PODMAN)
def read_engines(outputs: Outputs) -> Iterator[ContainerEngine | Missing | Absent]:
    """One fact an engine."""
    yield from _engines(outputs, ContainerEngine)


@reader(Container, DOCKER, PODMAN)
def read_containers(outputs: Outputs) -> Iterator[Container | Missing | Absent]:
    """One fact a container."""
    yield from _engines(outputs, Container)
