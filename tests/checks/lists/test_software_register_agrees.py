"""`software-register-agrees`: fields and versions of rows that fit the host."""

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.software_register_agrees import software_register_agrees

HERE = installed("nginx 1.22.1-9+deb12u3", "bind9 1:9.18.24-1", manual="nginx\n")
CASES = [
    Case(
        "good: a pattern",
        HERE,
        Outcome.PASS,
        lists=lists(software=(software("nginx", version="1.22.*"),)),
    ),
    Case(
        "good: without revision",
        HERE,
        Outcome.PASS,
        lists=lists(software=(software("nginx", version="1.22.1"),)),
    ),
    Case(
        "good: without epoch",
        installed("bind9 1:9.18.24-1"),
        Outcome.PASS,
        lists=lists(software=(software("bind9", version="9.18.24-1"),)),
    ),
    Case(
        "good: rows of what is not here",
        HERE,
        Outcome.PASS,
        lists=lists(software=(software("nginx"), software("oracle", licence=""))),
    ),
    Case(
        "bad: another version",
        HERE,
        Outcome.FAIL,
        says="nginx 1.22.1-9+deb12u3 (1.18.*)",
        lists=lists(software=(software("nginx", version="1.18.*"),)),
    ),
    *(
        Case(
            f"bad: without {field}",
            HERE,
            Outcome.FAIL,
            says=field,
            lists=lists(software=(software("nginx", **{field: empty}),)),
        )
        for field, empty in (
            ("purpose", ""),
            ("support_until", None),
            ("scope", ""),
            ("owner", ""),
            ("licence", ""),
            ("version", ""),
            ("component", ""),
            ("responsible", ""),
        )
    ),
    Case("bad: nothing fits", HERE, Outcome.FAIL, lists=lists(software=(software("oracle"),))),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case(
        "unreadable: cut",
        {INSTALLED_SOFTWARE: "== dpkg\n"},
        Outcome.UNKNOWN,
        lists=lists(software=(software("nginx"),)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(software_register_agrees, case)
