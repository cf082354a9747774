"""What the engines say, as the probes' program prints it."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support import MISSING_TOOL, Answer, Case

from cdso_audit.facts.containers import DOCKER, PODMAN
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
    *containers: Mapping[str, Any], count: int = -1, socket: str = SOCKET, **info: Any
) -> str:
    """An engine with these containers."""
    usual = {"version": "24.0.7", "security": ["name=seccomp,profile=builtin"], "warnings": None,
             "registries": LOOPBACK}  # fmt: skip
    lines = [f"s {socket}", f"i {json.dumps(usual | info)}",
             f"n {len(containers) if count < 0 else count}"]  # fmt: skip
    return "\n".join([*lines, *(f"c {json.dumps(each)}" for each in containers), "x"]) + "\n"


def case(
    name: str,
    docker: str | Answer,
    outcome: Outcome | None,
    says: str = "",
    podman: str | Answer = MISSING_TOOL,
    **more: Any,
) -> Case:
    return Case(name, {DOCKER: docker, PODMAN: podman}, outcome, says=says, **more)


COMMON = [
    case("absent: no engine", MISSING_TOOL, Outcome.NOT_APPLICABLE),
    case("absent: it does not run", "off\nx\n", Outcome.NOT_APPLICABLE, podman="off\nx\n"),
    case("unreadable: no root", Answer(gap=GapReason.DENIED), Outcome.UNKNOWN),
    case("unreadable: timeout", Answer(gap=GapReason.TIMEOUT), Outcome.UNKNOWN),
    case("unreadable: it says nothing of itself", "n 0\nx\n", Outcome.UNKNOWN),
    case("unreadable: cut", engine(container()).removesuffix("x\n"), Outcome.UNKNOWN),
]
