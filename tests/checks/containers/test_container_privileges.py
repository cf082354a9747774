"""`container-privileges` knows what gives the host away."""

import pytest
from tests.checks.containers.engines import (
    COMMON,
    DOCKERS,
    PODMANS,
    case,
    container,
    engine,
    recorded,
    verdicts,
)
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_privileges import container_privileges

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(container()), PASS),
    case("good: a small capability", engine(container(caps=["NET_BIND_SERVICE"])), PASS),
    case("bad: privileged", engine(container(privileged=True)), FAIL, ": privileged"),
    case("bad: processes", engine(container(pid="host")), FAIL, ": pid=host"),
    case("bad: capability", engine(container(caps=["CAP_SYS_ADMIN"])), FAIL, "SYS_ADMIN"),
    case("bad: no seccomp", engine(container(security=["seccomp=unconfined"])), FAIL, "seccomp"),
    case("bad: no AppArmor", engine(container(security=["apparmor=unconfined"])), FAIL, "apparmor"),
    case("bad: no SELinux", engine(container(security=["label=disable"])), FAIL, "label=disable"),
    case("bad: shared memory", engine(container(ipc="host")), FAIL, ": ipc=host"),
    case(
        "bad: a disk",
        engine(container(devices=[{"PathOnHost": "/dev/sda1"}])),
        FAIL,
        "device=/dev/sda1",
    ),
    case("bad: every device", engine(container(devices=[{"PathOnHost": "/dev"}])), FAIL),
    case("good: a card", engine(container(devices=[{"PathOnHost": "/dev/dri/card0"}])), PASS),
    case("bad: nothing hidden", engine(container(masked=[])), FAIL, ": systempaths"),
    case("good: hidden", engine(container(masked=["/proc/kcore"])), PASS),
    case(
        "bad: the engine filters nothing",
        engine(container(), pid=77, more="u 77 0\ne 77 0"),
        FAIL,
        "no seccomp filter",
    ),
    case(
        "bad: no filter, as it was asked to be: told once",
        engine(container(security=["seccomp=unconfined"]), pid=77, more="u 77 0\ne 77 0"),
        FAIL,
        "host: seccomp=unconfined)",
    ),
    case("good: filtered", engine(container(), pid=77, more="u 77 0\ne 77 2"), PASS),
    case(
        "bad: the processes of a container that has the host's",
        engine(
            container(pid="container:9"),
            pid=77,
            more="k /proc/self/ns/pid=4026531836\nk /proc/77/ns/pid=4026531836",
        ),
        FAIL,
        "pid=host",
    ),
    case(
        "bad: Docker's own words",
        recorded("docker-20.10.txt"),
        None,
        others=DOCKERS,
        outcomes=verdicts(
            "docker-20.10.txt",
            *("hostpid", "hostipc", "capadd", "noseccomp", "noaa", "nolabel", "dev", "paths"),
        ),
    ),
    case(
        "bad: Podman's own words",
        MISSING_TOOL,
        None,
        podman=recorded("podman-4.3.txt"),
        others=PODMANS,
        outcomes=verdicts(
            "podman-4.3.txt",
            *("priv", "hostpid", "hostipc", "capadd", "capall", "noseccomp", "noaa", "nolabel"),
        ),
    ),
    case(
        "unreadable: containers of an account",
        engine(container()),
        None,
        others="1 conmon alice -\nx\n",
        outcomes={"docker portal": PASS, "Podman (alice)": Outcome.UNKNOWN},
    ),
    case(
        "unreadable: CRI-O beside Podman",
        MISSING_TOOL,
        None,
        podman=engine(container()),
        others="1 crio root -\n3 conmon root -\nx\n",
        outcomes={"podman portal": PASS, "CRI-O (root)": Outcome.UNKNOWN},
    ),
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
