"""`container-user` knows the images that name nobody."""

import pytest
from tests.checks.containers.engines import COMMON, case, container, engine
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_user import container_user

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(container()), PASS, "app"),
    case("good: a number", engine(container(user="1000:1000")), PASS),
    case("bad: nobody named", engine(container(user="")), FAIL),
    case("bad: root", engine(container(user="0:0")), FAIL),
    case("good: remapped", engine(container(user=""), security=["name=userns"]), PASS),
    case("good: rootless", engine(container(user=""), security=["name=rootless"]), PASS),
    case("good: known", engine(container(user="")), PASS, parameters={"allowed": ("portal:1",)}),
    case("absent: no container", engine(), NONE),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_user, case)
