"""`ssh-forwarding` knows a jump host by its parameter."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_forwarding import ssh_forwarding

PORT = "port 22\n"


def both(text: str) -> dict[Probe, str | Answer]:
    """The same settings for root and for an ordinary user."""
    return {SSHD_ROOT: PORT + text, SSHD_USER: PORT + text}


CASES = [
    Case(
        "good",
        both(
            "x11forwarding no\nallowtcpforwarding no\npermittunnel no\ngatewayports no\n"
            "disableforwarding no\n"
        ),
        Outcome.PASS,
    ),
    Case(
        "good: a jump host",
        both("x11forwarding no\nallowtcpforwarding yes\npermittunnel no\ngatewayports no\n"),
        Outcome.PASS,
        parameters={"allow_tcp": True},
    ),
    Case(
        "good: all is disabled",
        both(
            "x11forwarding yes\nallowtcpforwarding yes\npermittunnel no\ngatewayports no\n"
            "disableforwarding yes\n"
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: defaults of Debian 12",
        both(
            "x11forwarding yes\nallowtcpforwarding yes\npermittunnel no\ngatewayports no\n"
            "disableforwarding no\n"
        ),
        Outcome.FAIL,
        says="x11forwarding yes, allowtcpforwarding yes",
    ),
    Case(
        "bad: local forwarding is forwarding",
        both("x11forwarding no\nallowtcpforwarding local\npermittunnel no\ngatewayports no\n"),
        Outcome.FAIL,
    ),
    Case(
        "bad: a jump host that lets others use its ports",
        both(
            "x11forwarding no\nallowtcpforwarding yes\npermittunnel no\n"
            "gatewayports clientspecified\n"
        ),
        Outcome.FAIL,
        parameters={"allow_tcp": True},
    ),
    Case(
        "bad: tunnel",
        both(
            "x11forwarding no\nallowtcpforwarding no\npermittunnel point-to-point\n"
            "gatewayports no\n"
        ),
        Outcome.FAIL,
    ),
    Case("absent", {SSHD_ROOT: MISSING_TOOL, SSHD_USER: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", {SSHD_ROOT: DENIED, SSHD_USER: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: privilege separation directory is missing",
        {
            SSHD_ROOT: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
            SSHD_USER: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
        },
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_forwarding, case)
