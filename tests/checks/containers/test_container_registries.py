"""`container-registries` leaves the loopback out."""

import pytest
from tests.checks.containers.engines import COMMON, LOOPBACK, case, engine
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.containers.container_registries import container_registries

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", engine(), PASS),
    case(
        "bad: a network",
        engine(registries=LOOPBACK | {"InsecureRegistryCIDRs": ["10.0.0.0/8"]}),
        FAIL,
        "10.0.0.0/8",
    ),
    case(
        "bad: a name",
        engine(registries=LOOPBACK | {"IndexConfigs": {"r.lab:5000": {"Secure": False}}}),
        FAIL,
        "r.lab:5000",
    ),
    case(
        "bad: Podman",
        MISSING_TOOL,
        FAIL,
        "r.lab",
        podman=engine(
            registries={"r.lab": {"Insecure": True, "Location": "r.lab"}, "search": ["x"]}
        ),
    ),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(container_registries, case)
