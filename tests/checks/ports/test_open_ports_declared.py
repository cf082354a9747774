"""`open-ports-declared` compares what answers with what the owner declared."""

import pytest
from tests.endpoints import nmap_xml
from tests.support import MISSING_TOOL, Answer, Case, Declared, GapReason, agree

from cdso_audit.facts.ports import HOST_PORTS
from cdso_audit.model import Outcome
from cdso_checks.ports.open_ports_declared import open_ports_declared

D_PORTS = {"web1": (22, 443)}
DECLARED = Declared(ports=D_PORTS)


def case(
    name: str, xml: str | Answer, outcome: Outcome, says: str = "", declared: bool = True
) -> Case:
    return Case(
        name, {HOST_PORTS: xml}, outcome, says=says, declared=DECLARED if declared else Declared()
    )


CASES = [
    case("good", nmap_xml(22, 443), Outcome.PASS),
    case("good: fewer than declared", nmap_xml(22), Outcome.PASS, "not open: 443"),
    case("bad: one more", nmap_xml(22, 443, 5432), Outcome.FAIL, "5432"),
    case(
        "bad: one more on a filtering host",
        nmap_xml(22, 23, closed=0, filtered=1595),
        Outcome.FAIL,
        "23",
    ),
    case(
        "absent: nothing is declared", nmap_xml(22, 3306), Outcome.UNKNOWN, "3306", declared=False
    ),
    case(
        "unreadable: silence",
        nmap_xml(closed=0, filtered=1597),
        Outcome.UNKNOWN,
        "nothing answered",
    ),
    case("unreadable: no nmap", MISSING_TOOL, Outcome.UNKNOWN),
    case("unreadable: nmap broke off", nmap_xml(22, exit_word="error"), Outcome.UNKNOWN, "finish"),
    case("unreadable: cut short", nmap_xml(22)[:600], Outcome.UNKNOWN),
    case(
        "unreadable: ports given up",
        Answer(
            nmap_xml(22), errors="Warning: 1.2.3.4 giving up on port because retransmission cap hit"
        ),
        Outcome.UNKNOWN,
        "giving up",
    ),
    case("unreadable: entity bomb", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>', Outcome.UNKNOWN),
    case(
        "unreadable: a machine cannot see itself",
        Answer(gap=GapReason.UNREACHABLE),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(open_ports_declared, case)
