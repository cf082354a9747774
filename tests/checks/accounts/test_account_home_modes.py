"""`account-home-modes` judges mode and owner."""

import pytest
from tests.checks.accounts.machine import host
from tests.support import Case, agree

from cdso_audit.facts.accounts import HOMES
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_home_modes import account_home_modes

ROOT = "700 0 0 root /root\n"


CASES = [
    Case("good", {**host(), HOMES: ROOT + "700 1000 1000 alice /home/alice\nend\n"}, Outcome.PASS),
    Case(
        "good: exactly the limit",
        {**host(), HOMES: ROOT + "2750 1000 1000 alice /home/alice\nend\n"},
        Outcome.PASS,
    ),
    Case(
        "bad: default of Debian 11",
        {**host(), HOMES: ROOT + "755 1000 1000 alice /home/alice\nend\n"},
        Outcome.FAIL,
    ),
    Case(
        "bad: the group may write",
        {**host(), HOMES: ROOT + "770 1000 1000 alice /home/alice\nend\n"},
        Outcome.FAIL,
    ),
    Case(
        "bad: belongs to somebody else",
        {**host(), HOMES: ROOT + "700 1001 1000 alice /home/alice\nend\n"},
        Outcome.FAIL,
    ),
    Case(
        "good: homes of services do not count",
        {**host(), HOMES: ROOT + "755 0 1 daemon /usr/sbin\nend\n"},
        Outcome.PASS,
    ),
    Case("absent", {**host(), HOMES: "755 0 1 daemon /usr/sbin\nend\n"}, Outcome.NOT_APPLICABLE),
    Case(
        "unreadable: the home cannot be seen",
        {**host(), HOMES: ROOT + "hidden 0 1000 alice /srv/closed/alice\nend\n"},
        outcomes={"homes": Outcome.PASS, "alice": Outcome.UNKNOWN},
    ),
    Case("unreadable: cut", {**host(), HOMES: ROOT}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_home_modes, case)
