"""Answers about sudo in the shape of `cvtsudoers -f json` (see tests/facts/test_sudo.py)."""

import json
from collections.abc import Mapping
from typing import Any

from tests.checks.accounts.machine import accounts, sudo_version
from tests.support import Answer

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sudo import SUDO_VERSION, SUDOERS


def rule(
    user: Mapping[str, Any],
    *commands: str,
    run_as: str = "ALL",
    authenticate: bool | None = None,
) -> dict[str, Any]:
    """One User_Spec."""
    options = [] if authenticate is None else [{"authenticate": authenticate}]
    return {
        "User_List": [user],
        "Host_List": [{"hostname": "ALL"}],
        "Cmnd_Specs": [
            {
                "runasusers": [{"username": run_as}],
                "Options": options,
                "Commands": [{"command": each} for each in commands],
            }
        ],
    }


def user(name: str) -> dict[str, str]:
    return {"usergroup": name[1:]} if name.startswith("%") else {"username": name}


ROOT = rule(user("root"), "ALL")
ADMINS = rule(user("%sudo"), "ALL")


def sudoers(*specs: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> str:
    """The rules of root and of the group sudo, and what is given besides."""
    options = [{"Options": [{key: value}]} for key, value in (defaults or {}).items()]
    return json.dumps({"Defaults": options, "User_Specs": [ROOT, ADMINS, *specs]})


def host(
    rules: str | Answer, *, version: str = "1.9.13p3", doas: str = "", sources: str = ""
) -> Mapping[Probe, str | Answer]:
    """A host with these rules, scanned by `audit`."""
    told = f"Sudo version {version}\n" if version else ""
    return {
        SUDOERS: rules,
        SUDO_VERSION: sudo_version(told, doas, sources),
        ACCOUNTS: accounts(),
    }
