"""`served-files` looks through the folders that the servers themselves name."""

import subprocess
from pathlib import Path

import pytest
from tests.checks.webserver.dumps import answers, apache, nginx
from tests.support import AT, DENIED, HOST, MISSING_TOOL, SYSTEM, Answer, Case, agree, observation

from cdso_audit.facts.reading import Outputs, Probe
from cdso_audit.facts.served_files import SERVED
from cdso_audit.facts.webserver import APACHE, HTTPD, NGINX
from cdso_audit.model import GapReason, Outcome
from cdso_checks.leaks.served_files import served_files

SITE = nginx("d root /srv/dvc")
SOURCE = {"kinds": ("repository", "settings", "key")}
DENYING = nginx("d root /srv/dvc\nb location ~ /\\.\nd deny all\ne")


def case(
    name: str, server: str, found: str | Answer | None, outcome: Outcome, says: str = ""
) -> Case:
    given = {**answers(server)}
    if found is not None:
        given[SERVED] = found
    return Case(name, given, outcome, says=says)


CASES = [
    case("good: nothing", SITE, "", Outcome.PASS, "/srv/dvc"),
    case("good: a dot, and none is served", DENYING, "/srv/dvc/.git\0", Outcome.PASS),
    case("good: another folder", SITE, "/srv/dvc2/a.sql\0", Outcome.PASS),
    case("bad: a dump", SITE, "/srv/dvc/o/db-2026.sql.gz\0", Outcome.FAIL, "db-2026.sql.gz"),
    case("bad: settings", SITE, "/srv/dvc/.env\0", Outcome.FAIL, "/.env"),
    case("bad: a key, where dots are denied", DENYING, "/srv/dvc/a.key\0", Outcome.FAIL, "key"),
    case("bad: by alias", nginx("b location /a/\nd alias /srv/a/\ne"), "/srv/a/x.bak\0",
         Outcome.FAIL),
    Case("bad: Apache", {**answers(apache=apache("")), SERVED: "/var/www/dvc/a.sql\0"},
         Outcome.FAIL),
    Case("good: known", {**answers(SITE), SERVED: "/srv/dvc/a.sql\0"}, Outcome.PASS,
         parameters={"allowed": ("/srv/dvc/a.sql",)}),
    Case("good: kinds that nobody asks for", {**answers(SITE), SERVED: "/srv/dvc/a.sql\0"},
         Outcome.PASS, parameters=SOURCE),
    Case("bad: a kind among those asked for",
         {**answers(SITE), SERVED: "/srv/dvc/a.sql\0/srv/dvc/.git\0"}, Outcome.FAIL,
         says="1 files lie open in /srv/dvc, the first is /srv/dvc/.git", parameters=SOURCE),
    Case("absent: no web server", answers(), Outcome.NOT_APPLICABLE),
    case("absent: it only passes on", nginx("b location /\nd proxy_pass\ne"), None,
         Outcome.NOT_APPLICABLE),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    case("unreadable: not walked", SITE, None, Outcome.UNKNOWN),
    case("unreadable: a variable", nginx("d root /srv/$host"), None, Outcome.UNKNOWN,
         "not walked: /srv/$host"),
    case("unreadable: a name like a token", nginx("d root /srv/.../html"), None, Outcome.UNKNOWN),
    case("unreadable: the whole disk", nginx("d root /"), None, Outcome.UNKNOWN),
    Case("unreadable: one of two", {**answers(
        nginx("d root /srv/dvc\nb location /a/\nd alias /srv/$x/\ne")), SERVED: ""},
        outcomes={"/srv/dvc": Outcome.PASS, "/srv/$x/": Outcome.UNKNOWN}),
    case("unreadable: cut", SITE, "/srv/dvc/a.sq", Outcome.UNKNOWN),
    case("unreadable: closed", SITE,
         Answer("", 1, "find: '/srv/dvc/private': Permission denied"), Outcome.UNKNOWN, "private"),
    case("unreadable: too many", SITE, Answer(gap=GapReason.TOO_LARGE), Outcome.UNKNOWN),
    case("unreadable: out of time", SITE, Answer(gap=GapReason.TIMEOUT), Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(served_files, case)


def test_the_walk_is_told_the_servers_own_folders() -> None:
    text = nginx(
        "d root /srv/a\nb location /b/\nd alias /srv/b/\ne\nb location /c\nd root /srv/a/c\ne"
    )
    given: dict[Probe, str | Answer] = {NGINX: text, APACHE: MISSING_TOOL, HTTPD: MISSING_TOOL}
    seen = {probe.id: observation(probe, each) for probe, each in given.items()}
    assert SERVED.follow

    assert SERVED.follow(Outputs(seen, HOST, SYSTEM, AT)) == ["/srv/a", "/srv/b"]


def test_the_walk_finds_what_is_planted(tmp_path: Path) -> None:
    for name in (
        "a/db.sql",
        "a/b/nightly-backup-1.tar.gz",
        ".env",
        "k/site.key",
        "x.html",
        "p.pem",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "closed.sql").write_text("x")
    (tmp_path / "closed.sql").chmod(0o600)
    (tmp_path / ".git").mkdir()
    done = subprocess.run(
        ["sh", "-c", str(SERVED.run), "probe", str(tmp_path)], capture_output=True, check=True
    )

    found = {each.decode().removeprefix(f"{tmp_path}/") for each in done.stdout.split(b"\0")[:-1]}
    assert found == {"a/db.sql", "a/b/nightly-backup-1.tar.gz", ".env", "k/site.key", ".git"}
