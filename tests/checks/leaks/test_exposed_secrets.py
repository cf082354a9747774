"""`exposed-secrets` counts what others may read, and knows when nobody looked."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.exposed_secrets import SECRETS
from cdso_audit.model import Outcome
from cdso_checks.leaks.exposed_secrets import exposed_secrets

UNITS, CRON, ENVIRONMENT = "systemd units", "cron", "environment files"
WEB, ARGUMENTS = "web server files", "process arguments"
APPLICATIONS = "application settings"
SEEN = "seen unit 311 \nseen cron 5 \nseen environment 15 \nseen web 16 \nseen application 3 \n"
END = "hidepid \nseen argument 84\n== end\n"
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
ALL_PASS = dict.fromkeys((UNITS, CRON, ENVIRONMENT, WEB, APPLICATIONS, ARGUMENTS), PASS)


def case(name: str, text: str | Answer, says: str = "", **outcomes: Outcome) -> Case:
    names = {"units": UNITS, "cron": CRON, "web": WEB, "arguments": ARGUMENTS}
    given = {names[each]: outcome for each, outcome in outcomes.items()}
    return Case(name, {SECRETS: text}, outcomes=ALL_PASS | given, says=says)


CASES = [
    case("good: nothing found", SEEN + END, "311"),
    case(
        "good: the kernel hides the arguments",
        SEEN + "hidepid 2\nprocess 0 sender.service password\nseen argument 84\n== end\n",
        "to its owner alone",
    ),
    case(
        "bad: a unit",
        f"hit unit 5 644 root PORTAL_TOKEN|/etc/systemd/system/a b.service\n{SEEN}{END}",
        "PORTAL_TOKEN of /etc/systemd/system/a b.service",
        units=FAIL,
    ),
    case(
        "bad: cron and a web server",
        "hit cron 1 644 root mysql -p|/etc/cron.d/export\n"
        f"hit web 9 644 root Authorization|/etc/nginx/x\n{SEEN}{END}",
        "mysql -p of /etc/cron.d/export",
        cron=FAIL,
        web=FAIL,
    ),
    case(
        "bad: arguments",
        f"{SEEN}hidepid \nprocess 65534 sender.service password\nseen argument 84\n== end\n",
        "password of sender.service",
        arguments=FAIL,
    ),
    Case(
        "good: the owner knows that this is none",
        {SECRETS: f"hit unit 5 644 root CSRF_TOKEN|/etc/systemd/system/a.service\n{SEEN}{END}"},
        outcomes=ALL_PASS,
        parameters={"ignored": ("csrf_token",)},
    ),
    Case(
        "absent: neither units nor a web server",
        {SECRETS: f"seen cron 5 \nseen environment 2 \n{END}"},
        outcomes=ALL_PASS | dict.fromkeys((UNITS, WEB, APPLICATIONS), Outcome.NOT_APPLICABLE),
    ),
    Case(
        "unreadable: one file",
        {SECRETS: f"closed cron /etc/cron.d/x \n{SEEN}{END}"},
        says="/etc/cron.d/x",
    ),
    Case(
        "unreadable: arguments without end",
        {SECRETS: f"{SEEN}hidepid \ncut java\nseen argument 84\n== end\n"},
        says="java",
    ),
    Case("unreadable: no process at all", {SECRETS: f"{SEEN}hidepid \n== end\n"}, UNKNOWN),
    Case("unreadable: cut", {SECRETS: SEEN}, UNKNOWN),
    Case("unreadable: noise", {SECRETS: f"hello\n{SEEN}{END}"}, UNKNOWN),
    Case("unreadable: timeout", {SECRETS: Answer(code=124)}, UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(exposed_secrets, case)
