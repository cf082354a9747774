"""What the engines say, as the probes' program prints it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import MISSING_TOOL, Answer, Case

from cdso_audit.facts.containers import DOCKER, OTHERS, PODMAN
from cdso_audit.model import GapReason, Outcome

SOCKET = "660 root docker /run/docker.sock"
LOOPBACK = {"InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
            "IndexConfigs": {"docker.io": {"Name": "docker.io", "Secure": True}}}  # fmt: skip


def container(**more: Any) -> dict[str, Any]:
    """A container as `docker inspect` describes it with the probe's fields."""
    usual = {
        "name": "/portal", "image": "portal:1", "user": "app", "privileged": False,
        "network": "bridge", "pid": "", "caps": None, "security": None, "mounts": [],
    }  # fmt: skip
    return usual | more


def bind(source: str, rw: bool = True) -> dict[str, Any]:
    return {"Type": "bind", "Source": source, "Destination": "/x", "Mode": "", "RW": rw}


def engine(
    *containers: Mapping[str, Any],
    count: int = -1,
    socket: str = SOCKET,
    pid: int = 0,
    more: str = "",
    **info: Any,
) -> str:
    """An engine with these containers; `more` is what else the probe printed."""
    usual = {"version": "24.0.7", "security": ["name=seccomp,profile=builtin"], "warnings": None,
             "registries": LOOPBACK}  # fmt: skip
    lines = [f"s {socket}", f"i {json.dumps(usual | info)}",
             f"n {len(containers) if count < 0 else count}"]  # fmt: skip
    start = f"c {pid} " if pid else "c "
    lines += [start + json.dumps(each) for each in containers]
    return "\n".join([*lines, *([more] if more else []), "x"]) + "\n"


def case(
    name: str,
    docker: str | Answer,
    outcome: Outcome | None,
    says: str = "",
    podman: str | Answer = MISSING_TOOL,
    others: str | Answer = "x\n",
    **more: Any,
) -> Case:
    return Case(name, {DOCKER: docker, PODMAN: podman, OTHERS: others}, outcome, says=says, **more)


COMMON = [
    case("absent: no engine", MISSING_TOOL, Outcome.NOT_APPLICABLE),
    case("absent: it does not run", "off\nx\n", Outcome.NOT_APPLICABLE, podman="off\nx\n"),
    case("unreadable: no root", Answer(gap=GapReason.DENIED), Outcome.UNKNOWN),
    case("unreadable: timeout", Answer(gap=GapReason.TIMEOUT), Outcome.UNKNOWN),
    case("unreadable: it says nothing of itself", "n 0\nx\n", Outcome.UNKNOWN),
    case("absent: it is stopped and has none", "off\nd 0 0\nx\n", Outcome.NOT_APPLICABLE),
    case("unreadable: it is stopped", "off\nd 2 0\nx\n", Outcome.UNKNOWN, "docker is stopped"),
    case("unreadable: stopped, its folder elsewhere", "off\nd 0 1\nx\n", Outcome.UNKNOWN),
    case("unreadable: nobody answers at the socket", engine(version=""), Outcome.UNKNOWN),
    case(
        "unreadable: an engine without its client",
        MISSING_TOOL,
        Outcome.UNKNOWN,
        "Docker runs for the account root",
        others="1 dockerd root -\nx\n",
    ),
    case(
        "unreadable: Kubernetes",
        MISSING_TOOL,
        Outcome.UNKNOWN,
        "containerd runs for the account root",
        others="7 containerd-shim root k8s.io\nx\n",
    ),
    case("unreadable: processes are hidden", MISSING_TOOL, Outcome.UNKNOWN, others="hidden\nx\n"),
    case("unreadable: processes are cut", MISSING_TOOL, Outcome.UNKNOWN, others="1 conmon root -"),
    case(
        "unreadable: processes take too long",
        MISSING_TOOL,
        Outcome.UNKNOWN,
        others=Answer(gap=GapReason.TIMEOUT),
    ),
    case("unreadable: cut", engine(container()).removesuffix("x\n"), Outcome.UNKNOWN),
]

RECORDED = Path(__file__).parent / "outputs"
#: The processes beside them.
DOCKERS = "29 containerd-shim root moby\n1 dockerd root -\nx\n"
PODMANS = "37 conmon root -\nx\n"


def recorded(name: str) -> str:
    """What a real engine with containers of many shapes said."""
    return (RECORDED / name).read_text(encoding="utf-8")


def verdicts(name: str, *fails: str, passes: tuple[str, ...] = ()) -> dict[str, Outcome]:
    """By container: those fail, or, where `passes` is given, only those do not."""
    engine_name = name.partition("-")[0]
    named = re.findall(r'^c [0-9]+ [{]"name":"/?([a-z]+)"', recorded(name), re.MULTILINE)
    bad = [each for each in named if (each not in passes if passes else each in fails)]
    assert set(fails) | set(passes) <= set(named)
    return {
        f"{engine_name} {each}": Outcome.FAIL if each in bad else Outcome.PASS for each in named
    }
