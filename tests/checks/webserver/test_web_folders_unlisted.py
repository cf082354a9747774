"""`web-folders-unlisted` follows inheritance and merging."""

import pytest
from tests.checks.webserver.dumps import (
    COMMON,
    TIMEOUT,
    answers,
    apache,
    case,
    changing,
    htaccess,
    nginx,
)
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.webserver.web_folders_unlisted import web_folders_unlisted

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
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
    case("good: no .htaccess", changing(), PASS),
    case("bad: .htaccess", changing(htaccess=htaccess("d options +Indexes")), FAIL, "/var/www/dvc"),
    case(
        "bad: .htaccess of a folder below",
        changing(htaccess=htaccess("d options Indexes", folder="/var/www/dvc/up")),
        FAIL,
        "/var/www/dvc/up",
    ),
    case(
        "bad: .htaccess above the site",
        changing(htaccess=htaccess("d options Indexes", folder="/var/www")),
        FAIL,
    ),
    case(
        "good: .htaccess takes it back",
        changing(options="Indexes", htaccess=htaccess("d options -Indexes")),
        PASS,
    ),
    case(
        "good: .htaccess takes it back if anything is listed at all",
        changing(
            options="Indexes",
            htaccess=htaccess("b ifmodule mod_autoindex.c", "d options -Indexes", "e"),
        ),
        PASS,
    ),
    case(
        "bad: .htaccess may not",
        changing("AuthConfig", "Indexes", htaccess("d options -Indexes")),
        FAIL,
    ),
    case("good: .htaccess is for logins", changing("AuthConfig", htaccess=TIMEOUT), PASS),
    case("good: .htaccess is not read", changing("None", htaccess=TIMEOUT), PASS),
    case(
        "good: .htaccess of another site",
        changing(htaccess=htaccess("d options Indexes", folder="/var/www/other")),
        PASS,
    ),
    case("good: the Options it may use", changing("Options=FollowSymLinks"), PASS),
    case(
        "bad: the Options it may use",
        changing("Options=Indexes", htaccess=htaccess("d options Indexes")),
        FAIL,
    ),
    case(
        "unreadable: under a condition",
        changing(htaccess=htaccess("b ifmodule mod_x.c", "d options Indexes", "e")),
        UNKNOWN,
        "<If…>",
    ),
    case(
        "unreadable: .htaccess",
        changing(htaccess="p /var/www/dvc/up\nend\n"),
        UNKNOWN,
        "/var/www/dvc/up/.htaccess",
    ),
    case("unreadable: a closed folder", changing(htaccess="c /var/www/dvc\nend\n"), UNKNOWN, "…"),
    case("unreadable: no such folder", changing(htaccess="g /var/www/dvc\nend\n"), UNKNOWN),
    case("unreadable: .htaccess cut", changing(htaccess="h /var/www/dvc\n"), UNKNOWN),
    case("unreadable: half a section", changing(htaccess=htaccess("b files x")), UNKNOWN),
    case("unreadable: .htaccess took too long", changing(htaccess=TIMEOUT), UNKNOWN),
    case(
        "unreadable: another name",
        answers(
            apache=apache("", "d accessfilename .acl\nb directory /var/www\nd allowoverride All\ne")
        ),
        UNKNOWN,
        "/var/www/dvc/.acl",
    ),
    *COMMON,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_folders_unlisted, case)
