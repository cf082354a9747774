"""
Who can become root: a fact derived from accounts, groups, passwords and the rules of sudo.

Members of `docker` and `lxd` are in it, since these groups give root without a word in sudoers.
"""

from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.accounts import (
    ACCOUNTS,
    SHADOW,
    AccountList,
    Password,
    parse_accounts,
    parse_passwords,
    sections,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, UnreadableError, reader
from cdso_audit.facts.sudo import SUDO_VERSION, SUDOERS, SudoRule, parse_sudoers, rules_elsewhere
from cdso_audit.model import Frozen

#: Groups whose members become root: by sudo's or polkit's usual rules, or by what they may talk to.
ADMIN_GROUPS = ("sudo", "wheel", "admin", "docker", "lxd", "incus-admin")


class Administrator(Frozen):
    """One account that can become root, and by what. `password` is None for a directory account."""

    name: str
    uid: int | None
    by: tuple[str, ...]
    password: Password | None = None


class Administrators(Fact):
    """All of them. `unresolved` are names in rules of sudo that no account stands behind."""

    kind: Literal["administrators"] = "administrators"
    admins: tuple[Administrator, ...]
    unresolved: tuple[str, ...] = ()
    me: str = ""


def _named(accounts: AccountList, user: str) -> set[str] | None:
    """The accounts behind a user of sudoers; None when nobody here can tell (netgroups)."""
    if user == "ALL":
        return {each.name for each in accounts.accounts if each.has_shell}
    if user.startswith("%#"):
        names = [each.name for each in accounts.groups if str(each.gid) == user[2:]]
        return set().union(*(accounts.members(name) for name in names))
    if user.startswith(("%:", "+")):
        return None
    if user.startswith("%"):
        return accounts.members(user[1:])
    if user.startswith("#"):
        return {each.name for each in accounts.accounts if str(each.uid) == user[1:]}
    return {user} if any(each.name == user for each in accounts.accounts) else None


def administrators(
    accounts: AccountList, rules: tuple[SudoRule, ...], passwords: tuple[Password, ...]
) -> tuple[tuple[Administrator, ...], tuple[str, ...]]:
    """Who can become root and by what, and the names that lead to nobody."""
    by: dict[str, dict[str, None]] = {}
    unresolved: dict[str, None] = {}
    for account in accounts.accounts:
        if account.uid == 0:
            by.setdefault(account.name, {})["uid 0"] = None
    for group in ADMIN_GROUPS:
        for name in accounts.members(group):
            by.setdefault(name, {})[f"group {group}"] = None
    for rule in rules:
        if not (rule.becomes_root and rule.broad_commands):
            continue
        for user in rule.users:
            found = _named(accounts, user)
            if found is None:
                unresolved[user] = None
            for name in found or ():
                by.setdefault(name, {})[f"sudo {user}"] = None
    uids = {each.name: each.uid for each in accounts.accounts}
    known = {each.account.name: each for each in passwords}
    made = tuple(
        Administrator(name=name, uid=uids.get(name), by=tuple(by[name]), password=known.get(name))
        for name in sorted(by)
    )
    return made, tuple(unresolved)


@reader(Administrators, ACCOUNTS, SHADOW, SUDOERS, SUDO_VERSION)
def read_administrators(outputs: Outputs) -> Iterator[Administrators | Missing | Absent]:
    """One fact; rules of sudo that could not be read leave a gap, never a shorter list."""
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    passwords = parse_passwords(accounts, outputs.lines(SHADOW))
    rules: tuple[SudoRule, ...] = ()
    parts = dict(sections(outputs.text(SUDO_VERSION)))
    yield from rules_elsewhere(parts)
    if parts.get("sudo"):
        rules = parse_sudoers(outputs.json(SUDOERS))[0]
    admins, unresolved = administrators(accounts, rules, passwords)
    if not admins:
        raise UnreadableError("not even root was named")
    yield Administrators(subject="accounts", admins=admins, unresolved=unresolved, me=accounts.me)
