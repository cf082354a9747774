"""`web-folders-unlisted` follows inheritance and merging."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_folders_unlisted import web_folders_unlisted

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case("good: nginx", answers(nginx("d root /srv")), PASS),
    case("bad: the whole site", answers(nginx("d autoindex on")), FAIL, "/"),
    case(
        "bad: one place", answers(nginx("b location /files/\nd autoindex on\ne")), FAIL, "/files/"
    ),
    case(
        "good: allowed",
        answers(nginx("b location /files/\nd autoindex on\ne")),
        PASS,
        parameters={"allowed": ("/files/",)},
    ),
    case("bad: inherited", answers(nginx("", "d autoindex on")), FAIL),
    case("good: turned off again", answers(nginx("d autoindex off", "d autoindex on")), PASS),
    case(
        "good: Apache", answers(apache=apache("", "b directory /var/www/\nd options None\ne")), PASS
    ),
    case(
        "bad: Debian's /var/www",
        answers(apache=apache("", "b directory /var/www/\nd options Indexes FollowSymLinks\ne")),
        FAIL,
        "/var/www/dvc",
    ),
    case(
        "good: the site takes it back",
        answers(
            apache=apache(
                "b directory /var/www/dvc\nd options -Indexes\ne",
                "b directory /var/www/\nd options Indexes FollowSymLinks\ne",
            )
        ),
        PASS,
    ),
    case(
        "bad: a folder below",
        answers(apache=apache("b directory /var/www/dvc/files\nd options +Indexes\ne")),
        FAIL,
        "/var/www/dvc/files",
    ),
    case(
        "good: another folder",
        answers(apache=apache("", "b directory /usr/share/doc\nd options Indexes\ne")),
        PASS,
    ),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_folders_unlisted, case)
