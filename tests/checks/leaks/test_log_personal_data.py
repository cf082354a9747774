"""`log-personal-data` judges counts."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.personal_data import PERSONAL_DATA
from cdso_audit.model import GapReason, Outcome
from cdso_checks.leaks.log_personal_data import log_personal_data


def case(name: str, text: str | Answer, outcome: Outcome | None, **more: object) -> Case:
    return Case(name, {PERSONAL_DATA: text}, outcome, **more)  # type: ignore[arg-type]


CASES = [
    case("good: none", "seen 12\n== end\n", Outcome.PASS, says="12 open logs"),
    case("good: by chance", "file 3 2 /var/log/x.log\nseen 2\n== end\n", Outcome.PASS),
    case(
        "bad: citizens",
        "file 120 0 /var/log/dvc/app 1.log\nseen 2\nseen 3\n== end\n",
        Outcome.FAIL,
        says="/var/log/dvc/app 1.log (120 of citizens, 0 of telephones)",
    ),
    case("bad: telephones", "file 0 10 /srv/a.log\nseen 1\n== end\n", Outcome.FAIL),
    case(
        "bad: stricter",
        "file 1 0 /srv/a.log\nseen 1\n== end\n",
        Outcome.FAIL,
        parameters={"least": 1},
    ),
    case("absent: every log is closed", "== end\n", Outcome.NOT_APPLICABLE),
    case(
        "unreadable: a large one",
        "large /var/log/big\nseen 1\n== end\n",
        None,
        outcomes={"logs": Outcome.PASS, "/var/log/big": Outcome.UNKNOWN},
    ),
    case("unreadable: one that is closed", "closed /var/log/x\n== end\n", Outcome.UNKNOWN),
    case("unreadable: cut", "seen 1\n", Outcome.UNKNOWN),
    case("unreadable: noise", "001203004567\n== end\n", Outcome.UNKNOWN),
    case("unreadable: timeout", Answer(gap=GapReason.TIMEOUT), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_personal_data, case)
