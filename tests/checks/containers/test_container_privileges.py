"""`container-privileges` knows what gives the host away."""

import pytest
from tests.checks.containers.engines import COMMON, case, container, engine
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_privileges import container_privileges

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(container()), PASS),
    case("good: a small capability", engine(container(caps=["NET_BIND_SERVICE"])), PASS),
    case("bad: privileged", engine(container(privileged=True)), FAIL, "privileged"),
    case("bad: processes", engine(container(pid="host")), FAIL, "pid=host"),
    case("bad: capability", engine(container(caps=["CAP_SYS_ADMIN"])), FAIL, "SYS_ADMIN"),
    case("bad: no seccomp", engine(container(security=["seccomp=unconfined"])), FAIL, "seccomp"),
    case("bad: Podman", MISSING_TOOL, FAIL, podman=engine(container(privileged=True))),
    case("absent: no container", engine(), NONE),
    case(
        "unreadable: one was not described",
        engine(container(), count=2),
        None,
        "2 containers run",
        outcomes={"docker portal": PASS, "docker containers": Outcome.UNKNOWN},
    ),
    case("unreadable: another form", engine({"name": "x"}), Outcome.UNKNOWN),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_privileges, case)
