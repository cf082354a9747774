"""`web-version-hidden` knows what each server tells by default."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_version_hidden import web_version_hidden

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good: nginx", answers(nginx("", "d server_tokens off")), PASS),
    case("good: Apache", answers(apache=apache("", "d servertokens Prod")), PASS),
    case("bad: nginx's default", answers(nginx("")), FAIL, "nginx"),
    case(
        "bad: a place turns it on",
        answers(nginx("b location /api\nd server_tokens on\ne", "d server_tokens off")),
        FAIL,
    ),
    case("bad: Apache's default", answers(apache=apache("")), FAIL),
    case("bad: Debian's Apache", answers(httpd=apache("", "d servertokens OS")), FAIL),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_version_hidden, case)
