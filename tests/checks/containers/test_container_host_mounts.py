"""`container-host-mounts` knows the folders with which a container is the host."""

import pytest
from tests.checks.containers.engines import (
    COMMON,
    DOCKERS,
    PODMANS,
    bind,
    case,
    container,
    engine,
    recorded,
    verdicts,
)
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_host_mounts import container_host_mounts

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
#: In process 77 the root of the disk lies at /x.
LINKED = "m 77 8:1 / /x\nh 8:1 / /\nh 0:25 / /run"
CASES = [
    case("good", engine(container(mounts=[bind("/srv/data")])), PASS),
    case("good: a volume", engine(container(mounts=[bind("/") | {"Type": "volume"}])), PASS),
    case("good: read-only", engine(container(mounts=[bind("/var/lib", rw=False)])), PASS),
    case("bad: keys to read", engine(container(mounts=[bind("/", rw=False)])), FAIL, "(ro)"),
    case(
        "bad: the folder of the socket, read-only",
        engine(container(mounts=[bind("/var/run/", rw=False)])),
        FAIL,
    ),
    case("bad: below /etc", engine(container(mounts=[bind("/etc/cron.d")])), FAIL),
    case("bad: a file of /etc", engine(container(mounts=[bind("/etc/shadow", rw=False)])), FAIL),
    case("good: a site of its own", engine(container(mounts=[bind("/etc/nginx/sites")])), PASS),
    case("good: alike in name", engine(container(mounts=[bind("/usr/libx")])), PASS),
    case(
        "bad: a volume that is /etc",
        engine(
            container(mounts=[bind("/v/_data") | {"Type": "volume", "Name": "v"}]),
            more='w 1\nv {"name":"v","device":"/etc"}',
        ),
        FAIL,
        "/etc -> /x",
    ),
    case(
        "unreadable: a volume was not described",
        engine(container(), more="w 1"),
        None,
        outcomes={"docker portal": PASS, "docker volumes": Outcome.UNKNOWN},
    ),
    case(
        "bad: a symbolic link to the root",
        engine(container(mounts=[bind("/srv/link", rw=False)]), pid=77, more=LINKED),
        FAIL,
        "/srv/link = / -> /x (ro)",
    ),
    case(
        "bad: a symbolic link to a folder on a disk of its own",
        engine(
            container(mounts=[bind("/srv/link")]),
            pid=77,
            more="m 77 8:2 /run /x\nh 8:1 / /\nh 8:2 / /var",
        ),
        FAIL,
        "/srv/link = /var/run -> /x",
    ),
    case(
        "good: what it says is what it is",
        engine(
            container(mounts=[bind("/srv/a b/")]),
            pid=77,
            more="m 77 8:2 /a\\040b /x\nh 8:1 / /\nh 8:2 / /srv",
        ),
        PASS,
    ),
    case(
        "good: allowed by its name",
        engine(container(mounts=[bind("/srv/link", rw=False)]), pid=77, more=LINKED),
        PASS,
        parameters={"allowed": ("/srv/link",)},
    ),
    case(
        "unreadable: a mount of another form",
        engine(container(mounts=[bind("/srv/link")]), pid=77, more="m 77 8:1 /"),
        Outcome.UNKNOWN,
    ),
    case(
        "bad: Docker's own words",
        recorded("docker-20.10.txt"),
        None,
        others=DOCKERS,
        outcomes=verdicts(
            "docker-20.10.txt", "rootmnt", "rootro", "mountopt", "sock", "sockdir", "bindvol"
        ),
    ),
    case(
        "bad: Podman's own words",
        MISSING_TOOL,
        None,
        podman=recorded("podman-4.3.txt"),
        others=PODMANS,
        outcomes=verdicts("podman-4.3.txt", "rootmnt", "rootro", "etcsub", "sock", "sockdir"),
    ),
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
