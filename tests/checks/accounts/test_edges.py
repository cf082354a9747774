"""Limits of the checks of accounts, on this side and on the other."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.accounts import (
    EPOCH,
    Account,
    AccountActivity,
    AccountPasswords,
    Activity,
    Password,
)
from cdso_audit.facts.accounts_admins import Administrator, Administrators
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_admin_password_age import account_admin_password_age
from cdso_checks.accounts.account_hash_scheme import account_hash_scheme
from cdso_checks.accounts.account_inactive import account_inactive

PASS, FAIL, UNKNOWN, NOT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TODAY = (AT.date() - EPOCH).days
AN = Account(name="an", uid=1000, gid=1000)


def person(
    last: datetime | None = None, changed: date | None = None, since: datetime | None = None
) -> AccountActivity:
    one = Activity(name="an", last=last, changed=changed, recorded_since=since)
    return AccountActivity(subject="accounts", people=(one,))


def password(**fields: Any) -> Password:
    return Password(**({"account": AN, "scheme": "$y$", "locked": False} | fields))


def admin(**fields: Any) -> Administrators:
    one = Administrator(name="an", uid=1000, by=("sudo",), password=password(**fields))
    return Administrators(subject="accounts", admins=(one,))


def stored(*schemes: str) -> AccountPasswords:
    made = tuple(password(scheme=each) for each in schemes)
    return AccountPasswords(subject="shadow", passwords=made)


EDGES = [
    Edge(account_inactive, person(AT - 45 * DAY), PASS),
    Edge(account_inactive, person(AT - 45 * DAY - SECOND), FAIL),
    Edge(account_inactive, person(changed=(AT - 45 * DAY).date(), since=AT - 99 * DAY), PASS),
    Edge(account_inactive, person(changed=(AT - 46 * DAY).date(), since=AT - 99 * DAY), FAIL),
    Edge(account_inactive, person(since=AT - 45 * DAY), FAIL),
    Edge(account_inactive, person(since=AT - 45 * DAY + SECOND), UNKNOWN),
    Edge(account_inactive, person(), UNKNOWN),
    Edge(account_admin_password_age, admin(changed=TODAY - 60), PASS),
    Edge(account_admin_password_age, admin(changed=TODAY - 61), FAIL),
    Edge(account_admin_password_age, admin(changed=0), FAIL),
    Edge(account_admin_password_age, admin(changed=None), FAIL),
    Edge(account_admin_password_age, admin(changed=TODAY, scheme="empty"), FAIL),
    Edge(account_admin_password_age, admin(changed=1, scheme="none"), NOT),
    Edge(account_admin_password_age, admin(changed=1, locked=True), NOT),
    Edge(account_admin_password_age, admin(changed=1, expires=TODAY), NOT),
    Edge(account_hash_scheme, stored("$y$", "$6$"), PASS, says="2 passwords"),
    Edge(account_hash_scheme, stored("$y$", "$1$"), FAIL),
    Edge(account_hash_scheme, stored("empty"), PASS, says="no account"),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
