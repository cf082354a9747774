"""A port that could not be tried proves no containment."""

import os
import subprocess
import sys

import pytest
from tests.sshd import free_port

from cdso_audit.drill.run.web import open_port

TRY = (
    "from cdso_audit.drill.run.web import NotReachedError, open_port\n"
    "try: print(open_port('192.0.2.1', 80, 2, None))\n"
    "except NotReachedError: print('not tried')\n"
)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a network namespace")
def test_without_a_network_nothing_is_said_of_the_flow() -> None:
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", TRY], capture_output=True, text=True, check=True
    )

    assert done.stdout == "not tried\n"


def test_a_refused_connection_is_a_closed_port() -> None:
    assert open_port("127.0.0.1", free_port(), 2, None) is False
