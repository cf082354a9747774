"""`legacy-services` tells servers from clients."""

# ruff: noqa: E501 - text is as the programs print it

import pytest
from tests.checks.services.units import ACTIVE, NO_BUS, QUIET, answers, unit
from tests.support import MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.services import INETD
from cdso_audit.facts.sockets import SOCKET_NAMES
from cdso_audit.model import GapReason, Outcome
from cdso_checks.services.legacy_services import legacy_services

PORT_514 = QUIET.replace("== tcp\n", "== tcp\n   0: 00000000:0202 00000000:0000 0A 0:0\n")
CASES = [
    Case("good", answers(), Outcome.PASS),
    Case(
        "good: clients are no servers",
        answers(packages="ii  telnet\nii  inetutils-telnet\nii  ftp\nii  tftp\nii  rsh-client\n"),
        Outcome.PASS,
    ),
    Case("good: removed, its settings left", answers(packages="rc  telnetd\n"), Outcome.PASS),
    Case("good: a masked unit", answers(unit("vsftpd.service", "masked")), Outcome.PASS),
    Case("good: no bus, nothing starts", answers(active=NO_BUS), Outcome.PASS),
    Case(
        "bad: inetd",
        answers(
            inetd="telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.telnetd\ntftp dgram udp wait nobody /usr/sbin/tcpd /usr/sbin/in.tftpd /srv/tftp\n"
        ),
        Outcome.FAIL,
        says="telnet, tftp",
    ),
    Case(
        "bad: xinetd",
        answers() | {INETD: "== inetd\n== xinetd\nrlogin\n== end\n"},
        Outcome.FAIL,
        says="rsh",
    ),
    Case("bad: started by a socket", answers(unit("telnet.socket")), Outcome.FAIL),
    Case(
        "bad: runs though nothing enables it",
        answers(
            active=ACTIVE.replace("== end", "vsftpd.service loaded active running FTP\n== end")
        ),
        Outcome.FAIL,
        says="ftp",
    ),
    Case(
        "bad: a package that only serves", answers(packages="ii  inetutils-telnetd\n"), Outcome.FAIL
    ),
    Case(
        "bad: an unknown program on port 23",
        answers(
            sockets=QUIET.replace("== tcp\n", "== tcp\n   0: 00000000:0017 00000000:0000 0A 0:0\n")
        ),
        Outcome.FAIL,
        says="telnet",
    ),
    Case(
        "good: 514/tcp is syslog",
        answers(sockets=PORT_514)
        | {
            SOCKET_NAMES: 'tcp LISTEN 0 25 0.0.0.0:514 0.0.0.0:* users:(("rsyslogd",pid=97,fd=6))\n'
        },
        Outcome.PASS,
    ),
    Case(
        "bad: 514/tcp is rsh",
        answers(sockets=PORT_514)
        | {SOCKET_NAMES: 'tcp LISTEN 0 128 0.0.0.0:514 0.0.0.0:* users:(("inetd",pid=97,fd=6))\n'},
        Outcome.FAIL,
        says="rsh",
    ),
    Case("bad: 514/tcp, and nobody says whose", answers(sockets=PORT_514), Outcome.FAIL),
    Case(
        "absent: no systemd, nothing of the kind", answers(MISSING_TOOL, MISSING_TOOL), Outcome.PASS
    ),
    Case("unreadable: unit files", answers(Answer(code=4)), Outcome.UNKNOWN),
    Case(
        "unreadable: inetd.conf",
        answers(inetd=Answer(code=4, errors="Permission denied")),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: packages", answers(packages=Answer(gap=GapReason.TIMEOUT)), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(legacy_services, case)
