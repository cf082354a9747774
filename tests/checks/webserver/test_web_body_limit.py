"""`web-body-limit` takes the largest place, and nothing for no limit."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, changing, htaccess, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_body_limit import web_body_limit

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good: nginx's default", answers(nginx("")), PASS, "1 MiB"),
    case("good", answers(nginx("b location /up\nd client_max_body_size 50m\ne")), PASS, "50 MiB"),
    case("bad: none", answers(nginx("d client_max_body_size 0")), FAIL, "no limit"),
    case(
        "bad: one place has none",
        answers(nginx("b location /up\nd client_max_body_size 0\ne", "d client_max_body_size 1m")),
        FAIL,
    ),
    case(
        "good: a place that only answers by a status takes nothing",
        answers(
            nginx(
                "b location /x\nd return 404\nd client_max_body_size 0\ne\n"
                "b location /\nd client_max_body_size 1m\ne"
            )
        ),
        PASS,
        "1 MiB",
    ),
    case("bad: huge", answers(nginx("d client_max_body_size 20g")), FAIL, "20480 MiB"),
    case("bad: a little more", answers(nginx("d client_max_body_size 1025m")), FAIL, "1025 MiB"),
    case("good: Apache since 2.4.54", answers(apache=apache("")), PASS, "1024 MiB"),
    case("bad: Apache before", answers(apache=apache("", version="2.4.52")), FAIL),
    case(
        "good: Apache", answers(apache=apache("d limitrequestbody 102400", version="2.4.6")), PASS
    ),
    case("absent: it only sends on", answers(nginx("d return 301")), NONE),
    case("unreadable: no size", answers(nginx("d client_max_body_size lots")), Outcome.UNKNOWN),
    case("good: .htaccess", changing(htaccess=htaccess("d limitrequestbody 1000")), PASS, "1 MiB"),
    case("bad: .htaccess", changing(htaccess=htaccess("d limitrequestbody 0")), FAIL, "no limit"),
    case(
        "bad: .htaccess of a folder below",
        changing(htaccess=htaccess("d limitrequestbody 5000000000", folder="/var/www/dvc/up")),
        FAIL,
    ),
    case(
        "bad: under a condition",
        changing(htaccess=htaccess("b ifmodule mod_x.c", "d limitrequestbody 0", "e")),
        FAIL,
    ),
    case(
        "good: .htaccess may not",
        changing("Options", htaccess=htaccess("d limitrequestbody 0")),
        PASS,
    ),
    case("unreadable: .htaccess", changing(htaccess="p /var/www/dvc\nend\n"), Outcome.UNKNOWN),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_body_limit, case)
