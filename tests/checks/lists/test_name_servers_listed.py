"""`name-servers-listed` looks behind a stub on the loopback."""

import pytest
from tests.checks.lists.rows import lists, resolvers
from tests.support import Answer, Case, agree

from cdso_audit.facts.network_state import NAME_SERVERS
from cdso_audit.model import Outcome, ResolverRow
from cdso_checks.lists.name_servers_listed import name_servers_listed

ROWS = lists(
    resolvers=(ResolverRow(resolver="10.1.2.53", filters=True), ResolverRow(resolver="10.1.2.54"))
)
STUB = "nameserver 127.0.0.53\noptions edns0\n"
CASES = [
    Case(
        "good",
        resolvers("nameserver 10.1.2.53\nnameserver 10.1.2.54\n"),
        Outcome.PASS,
        says="all 2",
        lists=ROWS,
    ),
    Case(
        "good: behind the stub",
        resolvers(STUB, "file x\nnameserver 10.1.2.53\n"),
        Outcome.PASS,
        lists=ROWS,
    ),
    Case(
        "good: it filters",
        resolvers("nameserver 10.1.2.53\n"),
        Outcome.PASS,
        parameters={"must_filter": True},
        lists=ROWS,
    ),
    Case(
        "bad: a stranger",
        resolvers("nameserver 8.8.8.8\n"),
        Outcome.FAIL,
        says="8.8.8.8",
        lists=ROWS,
    ),
    Case(
        "bad: a stranger behind the stub",
        resolvers(STUB, "file x\nnameserver 8.8.8.8\n"),
        Outcome.FAIL,
        lists=ROWS,
    ),
    Case(
        "bad: it does not filter",
        resolvers("nameserver 10.1.2.54\n"),
        Outcome.FAIL,
        parameters={"must_filter": True},
        lists=ROWS,
    ),
    Case(
        "good: a commented line is none",
        resolvers("#nameserver 8.8.8.8\nnameserver 10.1.2.53\n"),
        Outcome.PASS,
        lists=ROWS,
    ),
    Case(
        "absent: a stub that tells nothing",
        resolvers(STUB),
        Outcome.UNKNOWN,
        says="127.0.0.53",
        lists=ROWS,
    ),
    Case("absent: no list", resolvers("nameserver 10.1.2.53\n"), Outcome.UNKNOWN),
    Case(
        "unreadable: none", {NAME_SERVERS: Answer("== conf\n", code=4)}, Outcome.UNKNOWN, lists=ROWS
    ),
    Case(
        "unreadable: cut",
        {NAME_SERVERS: "== conf\nnameserver 10.1.2.53\n"},
        Outcome.UNKNOWN,
        lists=ROWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(name_servers_listed, case)
