"""`container-host-mounts` knows the folders with which a container is the host."""

import pytest
from tests.checks.containers.engines import COMMON, bind, case, container, engine
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_host_mounts import container_host_mounts

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(container(mounts=[bind("/srv/data")])), PASS),
    case("good: a volume", engine(container(mounts=[bind("/") | {"Type": "volume"}])), PASS),
    case("good: read-only", engine(container(mounts=[bind("/", rw=False)])), PASS),
    case("bad: the root", engine(container(mounts=[bind("/")])), FAIL, "/ -> /x"),
    case("bad: /etc", engine(container(mounts=[bind("/etc/")])), FAIL),
    case(
        "bad: the socket, read-only",
        engine(container(mounts=[bind("/run/docker.sock", rw=False)])),
        FAIL,
        "docker.sock",
    ),
    case(
        "good: allowed",
        engine(container(mounts=[bind("/sys")])),
        PASS,
        parameters={"allowed": ("/sys",)},
    ),
    case("absent: no container", engine(), NONE),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_host_mounts, case)
