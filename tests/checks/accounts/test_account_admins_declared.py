"""`account-admins-declared` compares with the list of the owner."""

import pytest
from tests.checks.accounts.machine import GROUPS, SUDO_JSON, host, sudo_version
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Declared, Outcome
from cdso_checks.accounts.account_admins_declared import account_admins_declared

CASES = [
    Case("good", host(), Outcome.PASS, declared=Declared(admins=("alice",))),
    Case(
        "bad: nobody is declared but somebody is there",
        host(),
        Outcome.FAIL,
        declared=Declared(admins=()),
        says="alice",
    ),
    Case(
        "bad: by docker",
        host(groups=GROUPS + "docker::999:bob\n"),
        Outcome.FAIL,
        declared=Declared(admins=("alice",)),
        says="bob",
    ),
    Case(
        "bad: by a rule for one person",
        host(sudoers=SUDO_JSON.replace('"username": "root"', '"username": "bob"')),
        Outcome.FAIL,
        declared=Declared(admins=("alice",)),
        says="bob",
    ),
    Case(
        "bad: by a shell",
        host(
            sudoers=SUDO_JSON.replace('"username": "root"', '"username": "bob"').replace(
                '"command": "ALL"', '"command": "/usr/bin/bash"'
            )
        ),
        Outcome.FAIL,
        declared=Declared(admins=("alice",)),
    ),
    Case(
        "bad: a netgroup that nobody can resolve",
        host(sudoers=SUDO_JSON.replace('"username": "root"', '"netgroup": "ops"')),
        Outcome.FAIL,
        declared=Declared(admins=("alice",)),
        says="+ops",
    ),
    Case(
        "good: as another user than root",
        host(
            sudoers=SUDO_JSON.replace('"username": "root"', '"username": "bob"').replace(
                '"runasusers": [{"username": "ALL"}]', '"runasusers": [{"username": "postgres"}]'
            )
        ),
        Outcome.PASS,
        declared=Declared(admins=("alice",)),
    ),
    Case("absent: nothing is declared", host(), Outcome.UNKNOWN, says="would prove it"),
    Case(
        "unreadable: sudoers",
        host(sudoers=DENIED),
        Outcome.UNKNOWN,
        declared=Declared(admins=("alice",)),
    ),
    Case(
        "unreadable: doas",
        host(sudo=sudo_version(doas="/usr/bin/doas\n")),
        outcomes={"accounts": Outcome.PASS, "doas": Outcome.UNKNOWN},
        declared=Declared(admins=("alice",)),
    ),
    Case(
        "unreadable: sudo refused",
        {**host(), SHADOW: DENIED},
        Outcome.UNKNOWN,
        declared=Declared(admins=("alice",)),
    ),
    Case(
        "unreadable: shadow is denied, which is not the same as empty",
        host(shadow=Answer(code=2, errors="awk: cannot open /etc/shadow (Permission denied)")),
        Outcome.UNKNOWN,
        says="not allowed to look",
        declared=Declared(admins=("alice",)),
    ),
    Case(
        "unreadable: the list of accounts was cut",
        {**host(), ACCOUNTS: "== me\naudit\n== local\nroot:x/0:0:0::/:/bin/sh\n"},
        Outcome.UNKNOWN,
        declared=Declared(admins=("alice",)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_admins_declared, case)
