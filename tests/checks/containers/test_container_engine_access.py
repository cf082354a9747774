"""`container-engine-access` looks at the socket and at the engine's own warnings."""

import pytest
from tests.checks.containers.engines import COMMON, case, engine
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_engine_access import container_engine_access

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good: Debian's Docker", engine(), PASS, "only root and the socket's group"),
    case(
        "good: Podman without a socket",
        MISSING_TOOL,
        PASS,
        "no socket",
        podman=engine().partition("\n")[2],
    ),
    case("unreadable: Docker without a socket", engine().partition("\n")[2], Outcome.UNKNOWN),
    case(
        "bad: TLS that asks nobody who he is",
        engine(
            warnings=["API is accessible on https://0.0.0.0:2376 without TLS client verification."]
        ),
        FAIL,
        "from anybody",
    ),
    case(
        "good: rootless ones take no orders for root",
        engine(),
        PASS,
        others="1 conmon alice -\n1 dockerd root -\n2 containerd-shim root moby\nx\n",
    ),
    case(
        "good: Podman",
        MISSING_TOOL,
        PASS,
        podman=engine(socket="600 root root /run/podman/podman.sock"),
    ),
    case(
        "bad: the socket is everybody's",
        engine(socket="666 root docker /run/docker.sock"),
        FAIL,
        "/run/docker.sock",
    ),
    case(
        "bad: TCP without TLS",
        engine(
            warnings=[
                "[DEPRECATION NOTICE]: API is accessible on http://0.0.0.0:2375 without encryption."
            ]
        ),
        FAIL,
        "network",
    ),
    case("good: another warning", engine(warnings=["No swap limit support"]), PASS),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_engine_access, case)
