"""Answers of the Windows probes in the forms that Microsoft documents; no real server made them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support import Answer

from cdso_audit.facts.windows.registry import KEYS
from cdso_audit.model import GapReason, HostAsset

WINDOWS = HostAsset(id="win1", host="198.18.77.30", os="windows")
DENIED = Answer(gap=GapReason.DENIED, detail="Access is denied.")
NOT_JSON = Answer("The term is not recognized")


def said(**table: Any) -> str:
    """What the program makes of a table."""
    return json.dumps(table)


def registry(*changes: Mapping[str, Any]) -> str:
    """The registry's answer: keys that nobody made are null, as on a fresh server."""
    keys: dict[str, Any] = dict.fromkeys(KEYS)
    for each in changes:
        keys |= each
    return json.dumps({"keys": keys})


def refused(path: str) -> str:
    """The registry's answer when one key may not be read."""
    return registry({path: {"!": "Requested registry access is not allowed."}})


def user(name: str, rid: int, **other: Any) -> dict[str, Any]:
    """An account as Get-LocalUser tells it."""
    return {
        "name": name,
        "sid": f"S-1-5-21-1-2-3-{rid}",
        "enabled": True,
        "password_required": True,
        "password_expires": "2026-12-24T02:00:00.0000000Z",
        "last_logon": "2026-11-20T02:00:00.0000000Z",
        "password_set": "2026-11-01T02:00:00.0000000Z",
    } | other


def users(*given: dict[str, Any], domain: bool = False) -> str:
    return said(domain=domain, users=list(given))


def policy(
    *, role: int = 3, complexity: int | None = 1, exported: Any = None, **accounts: int
) -> str:
    """The password policy; ages and lockout in seconds, -1 for no end, as ADSI has them."""
    seen = {
        "MinPasswordLength": 14,
        "PasswordHistoryLength": 24,
        "MaxPasswordAge": 60 * 86400,
        "MinPasswordAge": 86400,
        "MaxBadPasswordsAllowed": 5,
        "AutoUnlockInterval": 12 * 3600,
        "LockoutObservationInterval": 900,
    } | accounts
    return said(domain_role=role, accounts=seen, complexity=complexity, exported=exported)


def system(build: int = 20348, **other: Any) -> str:
    return said(
        **(
            {
                "caption": "Microsoft Windows Server 2022 Standard",
                "version": f"10.0.{build}",
                "build": str(build),
                "product_type": 3,
                "domain_role": 3,
                "started_at": "2026-11-10T01:00:00.0000000Z",
                "registry": {"UBR": 2700, "InstallationType": "Server"},
            }
            | other
        )
    )


def services(**running: str) -> str:
    """Services by name: what each does; some that every server has are added."""
    found = {"EventLog": "Running", "W32Time": "Running", "Dnscache": "Running"} | running
    return said(
        services=[
            {
                "name": name,
                "state": "Stopped" if state == "Disabled" else state,
                "start": "Disabled" if state == "Disabled" else "Auto",
                "account": "LocalSystem",
            }
            for name, state in found.items()
        ]
    )


def defender(**other: Any) -> str:
    return said(
        **(
            {
                "mode": "Normal",
                "service": True,
                "antivirus": True,
                "real_time": True,
                "behaviour": True,
                "signatures_at": "2026-11-21T01:00:00.0000000Z",
            }
            | other
        )
    )


#: auditpol /get /category:* /r of an English Windows Server 2022, some of its lines.
AUDITPOL = """\
Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting
WIN1,System,Security State Change,{0CCE9210-69AE-11D9-BED3-505054503030},Success,
WIN1,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success and Failure,
WIN1,System,Special Logon,{0CCE921B-69AE-11D9-BED3-505054503030},Success,
WIN1,System,User Account Management,{0CCE9235-69AE-11D9-BED3-505054503030},Success and Failure,
WIN1,System,Security Group Management,{0CCE9237-69AE-11D9-BED3-505054503030},Success,
WIN1,System,Audit Policy Change,{0CCE922F-69AE-11D9-BED3-505054503030},Success and Failure,
WIN1,System,Account Lockout,{0CCE9217-69AE-11D9-BED3-505054503030},Failure,
WIN1,System,Process Creation,{0CCE922B-69AE-11D9-BED3-505054503030},Success,
WIN1,System,Credential Validation,{0CCE923F-69AE-11D9-BED3-505054503030},Success and Failure,
"""


def auditpol(text: str = AUDITPOL) -> str:
    return said(lines=["", *text.splitlines()])


def log(name: str, oldest: str | None, **other: Any) -> dict[str, Any]:
    return {
        "name": name,
        "enabled": True,
        "mode": "Circular",
        "max_bytes": 20971520,
        "records": 31000,
        "oldest": oldest,
        "problem": None,
    } | other


W32TM = """\
Leap Indicator: 0(no warning)
Stratum: 3 (secondary reference - syncd by (S)NTP)
Precision: -23 (119.209ns per tick)
Root Delay: 0.0312500s
Root Dispersion: 0.0451234s
ReferenceId: 0xC6124D02 (source IP:  198.18.77.2)
Last Successful Sync Time: 11/21/2026 6:45:12 PM
Source: ntp1.vidu.example
Poll Interval: 10 (1024s)
"""


def w32tm(text: str = W32TM, code: int = 0) -> str:
    return said(code=code, lines=text.splitlines())


#: Get-LocalGroupMember -SID S-1-5-32-544 of a member server.
ADMINS = said(
    source="Get-LocalGroupMember",
    members=[
        {"name": "WIN1\\an", "sid": "S-1-5-21-1-2-3-1001", "class": "User"},
        {"name": "VIDU\\Domain Admins", "sid": "S-1-5-21-4-5-6-512", "class": "Group"},
    ],
)
