"""`web-workers-unprivileged` asks who answers."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_workers_unprivileged import web_workers_unprivileged

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", answers(nginx("")), PASS, "www-data"),
    case("good: the package's own", answers(nginx("").replace("d user\twww-data\n", "")), PASS),
    case("bad: nginx as root", answers(nginx("").replace("www-data", "root")), FAIL),
    case("bad: root by its number", answers(nginx("").replace("www-data", "0")), FAIL),
    case("bad: Apache as root", answers(apache=apache("").replace("www-data", "#0")), FAIL),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_workers_unprivileged, case)
