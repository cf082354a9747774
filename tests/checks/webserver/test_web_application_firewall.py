"""`web-application-firewall` on nginx and Apache with ModSecurity."""

import pytest
from tests.checks.webserver.dumps import answers, apache, nginx
from tests.checks.webserver.guards import common, filtered, guards, shipped
from tests.support import Answer, Case, agree

from cdso_audit.facts.web_guards import WEB_GUARDS
from cdso_audit.model import GapReason, Outcome
from cdso_checks.webserver.web_application_firewall import web_application_firewall

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
ON = nginx("d modsecurity on\nd modsecurity_rules_file /etc/nginx/modsecurity_includes.conf")
CRS = "/usr/share/modsecurity-crs/owasp-crs.load"
PARTLY = nginx(
    "d modsecurity on\nd modsecurity_rules_file /etc/nginx/modsecurity.conf\n"
    "b location /up\nd modsecurity off\ne"
)
CASES = [
    Case("good: nginx", filtered(answers(ON), guards(*shipped("On", CRS))), PASS),
    Case(
        "good: nginx, a file beside it",
        filtered(
            answers(nginx("d modsecurity_rules_file modsecurity.conf", "d modsecurity on")),
            guards(*shipped("on")),
        ),
        PASS,
        says="blocked",
    ),
    Case(
        "good: nginx, the later switch",
        filtered(
            answers(ON),
            guards(*shipped("DetectionOnly"), "file /etc/nginx/x.conf", "rules 0").replace(
                "include modsecurity.conf", "include modsecurity.conf\nengine On"
            ),
        ),
        PASS,
    ),
    Case(
        "good: Apache",
        filtered(answers(apache=apache("", "d secruleengine On")), guards(modules="security2")),
        PASS,
    ),
    Case(
        "good: another machine filters",
        filtered(answers(ON), guards(*shipped("DetectionOnly"))),
        NONE,
        parameters={"elsewhere": ["web1"]},
    ),
    Case(
        "bad: nginx as Debian ships it",
        filtered(answers(ON), guards(*shipped("DetectionOnly"))),
        FAIL,
        says="only notes",
    ),
    Case("bad: nginx, off", filtered(answers(ON), guards(*shipped("Off", CRS))), FAIL, says="off"),
    Case(
        "bad: nginx, no switch",
        filtered(answers(ON), guards(*(e for e in shipped("On") if e != "engine On"))),
        FAIL,
        says="off",
    ),
    Case(
        "bad: nginx, no rules",
        filtered(answers(ON), guards(*(e.replace("rules 9", "rules 0") for e in shipped("On")))),
        FAIL,
        says="no rules",
    ),
    Case(
        "bad: Apache as Debian ships it, without its file of settings",
        filtered(answers(apache=apache("")), guards(modules="security2")),
        FAIL,
        says="off",
    ),
    Case(
        "bad: Apache, one site is left out",
        filtered(
            answers(apache=apache("d secruleengine Off", "d secruleengine On")),
            guards(modules="security2"),
        ),
        FAIL,
    ),
    Case(
        "bad: Apache notes alone",
        filtered(
            answers(apache=apache("", "d secruleengine DetectionOnly")), guards(modules="security2")
        ),
        FAIL,
        says="only notes",
    ),
    Case(
        "bad: a place is left out, nobody can tell",
        filtered(answers(PARTLY), guards(*shipped("On"))),
        UNKNOWN,
        says="/up",
    ),
    Case(
        "bad: rules that are not in files",
        filtered(answers(nginx("d modsecurity on"))),
        UNKNOWN,
    ),
    Case(
        "bad: a file somewhere else",
        filtered(answers(nginx("d modsecurity on\nd modsecurity_rules_file /opt/waf.conf"))),
        UNKNOWN,
    ),
    Case("absent: nginx without", filtered(answers(nginx(""))), NONE, says="no application"),
    Case(
        "absent: nginx, loaded and off",
        filtered(answers(nginx("d modsecurity off")), guards(*shipped("On"))),
        NONE,
    ),
    Case("absent: Apache without", filtered(answers(apache=apache(""))), NONE),
    Case(
        "absent: it only sends on", filtered(answers(nginx("d modsecurity on\nd return 301"))), NONE
    ),
    Case(
        "unreadable: the file is closed",
        filtered(answers(ON), guards("closed /etc/nginx/modsecurity_includes.conf")),
        UNKNOWN,
    ),
    Case("unreadable: cut", filtered(answers(ON), "== modules\n== rules\n"), UNKNOWN),
    Case("unreadable: another form", filtered(answers(ON), guards("what")), UNKNOWN),
    Case(
        "unreadable: in no time",
        {**filtered(answers(ON)), WEB_GUARDS: Answer(gap=GapReason.TIMEOUT)},
        UNKNOWN,
    ),
    *common(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(web_application_firewall, case)
