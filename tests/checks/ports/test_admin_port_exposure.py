"""`admin-port-exposure` looks for management and database ports that nobody declared."""

import pytest
from tests.endpoints import nmap_xml
from tests.support import MISSING_TOOL, Answer, Case, Declared, GapReason, agree

from cdso_audit.facts.ports import HOST_PORTS
from cdso_audit.model import Outcome
from cdso_checks.ports.admin_port_exposure import admin_port_exposure

D_PORTS = {"web1": (22, 443, 5432)}
DECLARED = Declared(ports=D_PORTS)


def case(
    name: str, xml: str | Answer, outcome: Outcome, says: str = "", declared: bool = True
) -> Case:
    return Case(
        name, {HOST_PORTS: xml}, outcome, says=says, declared=DECLARED if declared else Declared()
    )


CASES = [
    case("good", nmap_xml(22, 443), Outcome.PASS),
    case("good: a declared database", nmap_xml(22, 443, 5432), Outcome.PASS),
    case("good: an unlisted port is another check's", nmap_xml(22, 8081), Outcome.PASS),
    case("bad: a database", nmap_xml(22, 3306), Outcome.FAIL, "3306"),
    case("bad: remote desktop", nmap_xml(3389, closed=0, filtered=1500), Outcome.FAIL, "3389"),
    case("absent: nothing is declared", nmap_xml(22, 3306), Outcome.FAIL, "3306", declared=False),
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
    agree(admin_port_exposure, case)
