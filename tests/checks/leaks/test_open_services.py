"""`open-services` fails on an answer, and passes only a host that is there."""

import json

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.services_open import OPEN_SERVICES
from cdso_audit.model import GapReason, Outcome
from cdso_checks.leaks.open_services import open_services


def told(*answers: tuple[str, int, str], alive: bool = True, unasked: int = 0) -> str:
    return json.dumps(
        {
            "alive": alive,
            "answers": [
                {"service": name, "port": port, "state": state} for name, port, state in answers
            ],
            "unasked": [{"service": "etcd", "port": 2379}] * unasked,
        }
    )


CASES = [
    Case("good: closed", {OPEN_SERVICES: told(("Redis", 6379, "closed"))}, Outcome.PASS),
    Case("good: a password", {OPEN_SERVICES: told(("Redis", 6379, "protected"))}, Outcome.PASS),
    Case(
        "good: filtered, but there", {OPEN_SERVICES: told(("Redis", 6379, "silent"))}, Outcome.PASS
    ),
    Case("good: something else", {OPEN_SERVICES: told(("Jenkins", 8080, "other"))}, Outcome.PASS),
    Case(
        "good: the owner wants it open",
        {OPEN_SERVICES: told(("Prometheus", 9090, "open"))},
        Outcome.PASS,
        parameters={"allowed": ("Prometheus 9090",)},
    ),
    Case(
        "bad: Redis and Docker",
        {OPEN_SERVICES: told(("Redis", 6379, "open"), ("Docker", 2375, "open"))},
        Outcome.FAIL,
        says="Redis 6379, Docker 2375 answer",
    ),
    Case(
        "absent: nothing answers at all",
        {OPEN_SERVICES: told(("Redis", 6379, "silent"), alive=False)},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a port was not asked",
        {OPEN_SERVICES: told(("Redis", 6379, "closed"), unasked=1)},
        outcomes={"services": Outcome.PASS, "etcd 2379": Outcome.UNKNOWN},
    ),
    Case("unreadable: timeout", {OPEN_SERVICES: Answer(gap=GapReason.TIMEOUT)}, Outcome.UNKNOWN),
    Case("unreadable: another form", {OPEN_SERVICES: '{"answers": 1}'}, Outcome.UNKNOWN),
    Case("unreadable: another state", {OPEN_SERVICES: told(("Redis", 1, "ajar"))}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(open_services, case)
