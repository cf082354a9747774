"""`web-access-log` knows that nginx logs by default and Apache does not."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_access_log import web_access_log

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good: nginx's default", answers(nginx("")), PASS),
    case("good", answers(nginx("d access_log /var/log/nginx/dvc.log")), PASS),
    case("bad: off", answers(nginx("d access_log off")), FAIL, "/"),
    case("bad: off above", answers(nginx("", "d access_log off")), FAIL),
    case("good: on again", answers(nginx("d access_log /var/log/x", "d access_log off")), PASS),
    case("bad: one place", answers(nginx("b location /api\nd access_log off\ne")), FAIL, "/api"),
    case("good: a picture", answers(nginx("b location = /favicon.ico\nd access_log off\ne")), PASS),
    case("good: Apache", answers(apache=apache("d customlog")), PASS),
    case("good: Apache above", answers(apache=apache("", "d customlog")), PASS),
    case("bad: Apache", answers(apache=apache("")), FAIL),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_access_log, case)
