"""`web-default-site` knows the page of a package by its folder."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_default_site import web_default_site

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good", answers(nginx("d root /srv/dvc")), PASS),
    case("good: a site of one's own there", answers(nginx("d root /var/www/html")), PASS),
    case(
        "bad: Debian's nginx",
        answers(nginx("d root /var/www/html").replace("dvc.lab", "_")),
        FAIL,
        "/var/www/html",
    ),
    case(
        "bad: for its own name of this machine",
        answers(nginx("d root /var/www/html").replace("dvc.lab", "localhost")),
        FAIL,
    ),
    case(
        "bad: for requests without a name",
        answers(nginx("d root /var/www/html").replace("d server_name\tdvc.lab", "d server_name\t")),
        FAIL,
    ),
    case(
        "good: unknown names are refused",
        answers(nginx("d root /var/www/html\nd return 444").replace("dvc.lab", "_")),
        PASS,
    ),
    case(
        "bad: Debian's Apache",
        answers(
            apache=apache("")
            .replace("d servername\tdvc.lab\n", "")
            .replace("/var/www/dvc", "/var/www/html")
        ),
        FAIL,
    ),
    case("absent: a site without a folder", answers(nginx("b location /\nd proxy_pass\ne")), PASS),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_default_site, case)
