"""`container-user` knows the images that name nobody."""

import pytest
from tests.checks.containers.engines import (
    COMMON,
    PODMANS,
    case,
    container,
    engine,
    recorded,
    verdicts,
)
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_user import container_user

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(container()), PASS, "app"),
    case("good: a number", engine(container(user="1000:1000")), PASS),
    case("bad: nobody named", engine(container(user="")), FAIL),
    case("bad: root", engine(container(user="0:0")), FAIL),
    case("bad: root by name", engine(container(user="root:root")), FAIL),
    case("good: remapped", engine(container(user=""), security=["name=userns"]), PASS),
    case("good: rootless", engine(container(user=""), security=["name=rootless"]), PASS),
    case(
        "bad: it keeps the host's numbers where others are remapped",
        engine(container(user="", userns="host"), security=["name=userns"]),
        FAIL,
    ),
    case(
        "bad: the kernel says that nothing is remapped",
        engine(container(user=""), security=["name=userns"], pid=77, more="u 77 0"),
        FAIL,
    ),
    case(
        "good: the kernel says that it is remapped",
        engine(container(user=""), pid=77, more="u 77 100000"),
        PASS,
    ),
    case("good: a mapping of Podman's", engine(container(user="", userns="private")), PASS),
    case(
        "bad: Podman's own words",
        MISSING_TOOL,
        None,
        podman=recorded("podman-4.3.txt"),
        others=PODMANS,
        outcomes=verdicts("podman-4.3.txt", passes=("app", "num", "rootgrp", "userns")),
    ),
    case("good: known", engine(container(user="")), PASS, parameters={"allowed": ("portal:1",)}),
    case("absent: no container", engine(), NONE),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_user, case)
