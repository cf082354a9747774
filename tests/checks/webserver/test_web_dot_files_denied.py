"""`web-dot-files-denied` chooses the location that nginx would choose."""

import pytest
from tests.checks.webserver.dumps import COMMON, answers, apache, case, changing, htaccess, nginx
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_dot_files_denied import web_dot_files_denied

PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
CASES = [
    case(
        "good: denied",
        answers(nginx("d root /srv\nb location ~ /\\.\nd deny all\ne")),
        PASS,
        "refused",
    ),
    case(
        "good: well-known stays open",
        answers(nginx("d root /srv\nb location ~ /\\.(?!well-known)\nd return 404\ne")),
        PASS,
    ),
    case("bad: nothing said", answers(nginx("d root /srv\nb location /\ne")), FAIL, "/srv"),
    case(
        "bad: ^~ goes before",
        answers(nginx("d root /srv\nb location ^~ /.git/\ne\nb location ~ /\\.\nd deny all\ne")),
        FAIL,
    ),
    case(
        "bad: some may",
        answers(nginx("d root /srv\nb location ~ /\\.\nd allow 10.0.0.0/8\nd deny all\ne")),
        FAIL,
    ),
    case(
        "good: all is passed on", answers(nginx("b location /\nd proxy_pass\ne")), PASS, "program"
    ),
    case("good: all is sent on", answers(nginx("d return 301")), PASS),
    case("bad: Apache", answers(apache=apache("")), FAIL, "/var/www/dvc"),
    case(
        "good: Apache by folder",
        answers(apache=apache("", "b directorymatch /\\.\nd require all denied\ne")),
        PASS,
    ),
    case(
        "good: Apache by address",
        answers(apache=apache("b locationmatch /\\.\nd require all denied\ne")),
        PASS,
    ),
    case(
        "good: Apache as if it were not there",
        answers(apache=apache("d redirectmatch 404 /\\.git")),
        PASS,
    ),
    case(
        "bad: .htaccess only",
        answers(apache=apache("", "b filesmatch ^\\.ht\nd require all denied\ne")),
        FAIL,
    ),
    case("good: Apache passes all on", answers(apache=apache("d proxypass /")), PASS),
    case(
        "bad: the whole disk is denied, the site is not",
        answers(apache=apache("", "b directory /\nd require all denied\ne")),
        FAIL,
    ),
    case(
        "good: .htaccess",
        changing("FileInfo", htaccess=htaccess("d redirectmatch 404 /\\.git")),
        PASS,
    ),
    case(
        "bad: .htaccess of a folder below",
        changing(htaccess=htaccess("d redirectmatch 404 /\\.git", folder="/var/www/dvc/up")),
        FAIL,
    ),
    case(
        "bad: .htaccess may not",
        changing("Limit", htaccess=htaccess("d redirectmatch 404 /\\.git")),
        FAIL,
    ),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_dot_files_denied, case)
