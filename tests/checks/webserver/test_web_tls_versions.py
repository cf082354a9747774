"""`web-tls-versions` reads what a site is set to, defaults too."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_tls_versions import web_tls_versions

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", answers(nginx("d ssl_protocols TLSv1.2 TLSv1.3")), PASS, "TLSv1.2, TLSv1.3"),
    case(
        "bad: old ones",
        answers(nginx("", "d ssl_protocols TLSv1 TLSv1.1 TLSv1.2")),
        FAIL,
        "TLSv1, TLSv1.1",
    ),
    case("bad: the default of 1.22", answers(nginx("")), FAIL, "TLSv1, TLSv1.1"),
    case("good: the default of 1.27.3", answers(nginx("", version="1.27.3")), PASS),
    case("bad: Apache's default", answers(apache=apache("d sslengine on")), FAIL, "TLSv1"),
    case(
        "good: Apache",
        answers(apache=apache("d sslengine on", "d sslprotocol all -SSLv3 -TLSv1 -TLSv1.1")),
        PASS,
    ),
    case(
        "good: Apache, other words",
        answers(apache=apache("d sslengine on\nd sslprotocol -all +TLSv1.3")),
        PASS,
        "TLSv1.3 only",
    ),
    case("absent: no TLS", answers(apache=apache("")), NONE),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_tls_versions, case)
