"""`windows-audit-policy`: which events Windows records."""

import pytest
from tests.checks.windows.documented import AUDITPOL, DENIED, NOT_JSON, WINDOWS, auditpol
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_AUDIT_POLICY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_audit_policy import windows_audit_policy

CASES = [
    Case("good", {WINDOWS_AUDIT_POLICY: auditpol()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad: no process creation",
        {
            WINDOWS_AUDIT_POLICY: auditpol(
                AUDITPOL.replace(
                    "Process Creation,{0CCE922B-69AE-11D9-BED3-505054503030},Success",
                    "Process Creation,{0CCE922B-69AE-11D9-BED3-505054503030},No Auditing",
                )
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
        says="Process Creation",
    ),
    Case(
        "good: heads in another language",
        {
            WINDOWS_AUDIT_POLICY: auditpol(
                AUDITPOL.replace("Subcategory GUID", "GUID der Unterkategorie")
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "absent: a subcategory is not listed",
        {WINDOWS_AUDIT_POLICY: auditpol(AUDITPOL.replace("0CCE9215", "0CCE9299"))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: settings in another language",
        {
            WINDOWS_AUDIT_POLICY: auditpol(
                AUDITPOL.replace("Success and Failure", "Erfolg und Fehler")
            )
        },
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: Windows refused",
        {WINDOWS_AUDIT_POLICY: DENIED},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_AUDIT_POLICY: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_audit_policy, case)
