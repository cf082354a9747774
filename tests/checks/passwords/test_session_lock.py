"""`session-lock` follows the start files as bash reads them."""

import pytest
from tests.support import DENIED, Case, agree

from cdso_audit.facts.shell import PROFILES
from cdso_audit.model import Outcome
from cdso_checks.passwords.session_lock import session_lock


def profiles(*lines: str) -> str:
    return "== profiles\nfile /etc/profile\n" + "".join(f"{each}\n" for each in lines) + "== end\n"


CASES = [
    Case(
        "good: readonly in one line",
        {
            PROFILES: profiles(
                "file /etc/profile.d/idle.sh", "line 0 1 readonly TMOUT=300; export TMOUT"
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: in three lines",
        {
            PROFILES: profiles(
                "file /etc/profile.d/idle.sh",
                "line 0 1 TMOUT=300",
                "line 0 2 readonly TMOUT",
                "line 0 3 export TMOUT",
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: declare",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 declare -xr TMOUT=300")},
        Outcome.PASS,
    ),
    Case(
        "good: typeset with quotes",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 typeset -rx TMOUT='300'")},
        Outcome.PASS,
    ),
    Case(
        "good: the first read-only one stays",
        {
            PROFILES: profiles(
                "file /etc/profile.d/idle.sh",
                "line 0 1 readonly TMOUT=300",
                "file /etc/profile.d/z.sh",
                "line 0 1 TMOUT=9000",
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: fifteen minutes where a rulebook allows them",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 readonly TMOUT=900")},
        Outcome.PASS,
        parameters={"max_seconds": 900},
    ),
    Case(
        "bad: the last one wins",
        {
            PROFILES: profiles(
                "file /etc/profile.d/idle.sh",
                "line 0 1 TMOUT=300",
                "file /etc/profile.d/z.sh",
                "line 0 1 readonly TMOUT=9000",
            )
        },
        Outcome.FAIL,
        says="9000",
    ),
    Case(
        "bad: on RHEL bashrc comes last",
        {
            PROFILES: profiles(
                "file /etc/bashrc",
                "line 0 1 readonly TMOUT=0",
                "file /etc/profile.d/a.sh",
                "line 0 1 TMOUT=300",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: anybody can change it",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 export TMOUT=300")},
        Outcome.FAIL,
        says="anybody",
    ),
    Case(
        "bad: switched off",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 readonly TMOUT=0")},
        Outcome.FAIL,
    ),
    Case(
        "bad: taken away again",
        {
            PROFILES: profiles(
                "file /etc/profile.d/idle.sh", "line 0 1 TMOUT=300", "line 0 2 unset TMOUT"
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: too long",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 0 1 readonly TMOUT=301")},
        Outcome.FAIL,
    ),
    Case(
        "absent: no start file mentions it", {PROFILES: profiles()}, Outcome.FAIL, says="stay open"
    ),
    Case(
        "unreadable: set under a condition",
        {PROFILES: profiles("file /etc/profile.d/idle.sh", "line 1 3 readonly TMOUT=300")},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: denied", {PROFILES: DENIED}, Outcome.UNKNOWN),
    Case("unreadable: cut", {PROFILES: "== profiles\nfile /etc/profile\n"}, Outcome.UNKNOWN),
    Case(
        "unreadable: a closed file",
        {PROFILES: profiles("closed /etc/profile.d/x.sh")},
        outcomes={"login shells": Outcome.FAIL, "/etc/profile.d/x.sh": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(session_lock, case)
