"""Limits of the checks of sudo, on this side and on the other."""

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.sudo import SudoDefault, SudoRule, SudoRules
from cdso_audit.model import Outcome
from cdso_checks.sudo.sudo_broad_rules import sudo_broad_rules
from cdso_checks.sudo.sudo_logging import sudo_logging
from cdso_checks.sudo.sudo_nopasswd import sudo_nopasswd

PASS, FAIL = Outcome.PASS, Outcome.FAIL
NEW, OLD = (1, 9, 14), (1, 9, 13)


def sudo(
    *defaults: tuple[str, str | bool | int] | tuple[str, str | bool | int, str],
    version: tuple[int, ...] = NEW,
    rules: tuple[SudoRule, ...] = (),
) -> SudoRules:
    """Name, value and perhaps whom it binds of each default."""
    return SudoRules(
        subject="sudoers",
        rules=rules,
        defaults=tuple(
            SudoDefault(name=each[0], value=each[1], bound_to=tuple(each[2:])) for each in defaults
        ),
        version=version,
        me="audit",
    )


def exactly(*commands: str) -> SudoRules:
    rule = SudoRule(users=("audit",), commands=commands, asks_password=False)
    return sudo(rules=(rule,))


EDGES = [
    Edge(sudo_logging, sudo(), PASS),
    Edge(sudo_logging, sudo(version=OLD), FAIL, says="terminal"),
    Edge(sudo_logging, sudo(("use_pty", True), version=OLD), PASS),
    Edge(sudo_logging, sudo(("use_pty", False)), FAIL, says="terminal"),
    Edge(sudo_logging, sudo(("use_pty", False, "an")), FAIL, says="terminal"),
    Edge(sudo_logging, sudo(("syslog", False)), FAIL, says="not logged"),
    Edge(sudo_logging, sudo(("syslog", False), ("logfile", "/var/log/sudo.log")), PASS),
    Edge(sudo_logging, sudo(("log_allowed", False)), FAIL, says="not logged"),
    Edge(sudo_logging, sudo(("log_allowed", False, "an")), FAIL, says="not logged"),
    Edge(sudo_logging, sudo(("syslog", False, "an")), PASS),
    Edge(sudo_logging, sudo(("logfile", False, "an")), PASS),
    Edge(sudo_logging, sudo(("syslog", "auth", "an"), ("logfile", False, "an")), PASS),
    Edge(
        sudo_logging,
        sudo(("syslog", False, "an"), ("logfile", False, "an")),
        FAIL,
        says="not logged",
    ),
    Edge(
        sudo_logging,
        sudo(("syslog", False, "an"), ("logfile", False, "an"), ("mailto", False, "an")),
        FAIL,
        says="not logged",
    ),
    Edge(sudo_nopasswd, sudo(("authenticate", True)), PASS),
    Edge(sudo_nopasswd, sudo(("authenticate", False, "an")), FAIL),
    Edge(sudo_nopasswd, sudo(("insults", False)), PASS),
    Edge(sudo_nopasswd, sudo(("timestamp_timeout", "5")), PASS),
    Edge(sudo_nopasswd, sudo(("timestamp_timeout", "-1")), FAIL),
    Edge(sudo_nopasswd, sudo(("passwd_timeout", "-1")), PASS),
    Edge(sudo_nopasswd, sudo(("exempt_group", "ops")), FAIL),
    Edge(sudo_nopasswd, sudo(("exempt_group", False)), PASS),
    Edge(sudo_nopasswd, exactly("/usr/bin/id -u", "/usr/bin/id -g"), PASS),
    Edge(sudo_nopasswd, exactly("/usr/bin/id -u", "/usr/bin/id"), FAIL),
    Edge(sudo_nopasswd, exactly("/usr/bin/id -u", "sudoedit /etc/x"), FAIL),
    Edge(sudo_nopasswd, exactly("/usr/bin/id -u", "/bin/bash -c x"), FAIL),
    Edge(sudo_nopasswd, exactly("/usr/bin/id -u", "!/usr/bin/x"), PASS),
    Edge(
        sudo_broad_rules,
        sudo(rules=(SudoRule(users=("#0",), commands=("ALL",)),)),
        PASS,
    ),
    Edge(
        sudo_broad_rules,
        sudo(rules=(SudoRule(users=("eve",), commands=("ALL",)),)),
        FAIL,
    ),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
