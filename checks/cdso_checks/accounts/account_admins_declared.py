"""
Who can become root, against the list that the owner declares.

Nothing can be proved without that list: `declared: admins:` of the system in agency.yaml.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts_admins import Administrators
from cdso_audit.model import Context, Severity, Verdict


@check(
    Administrators,
    About(
        id="account-admins-declared",
        title="Only declared people can become root",
        severity=Severity.HIGH,
        why="An administrator whom nobody knows of is either forgotten or an intruder.",
        fix="Take the account out of the group with `gpasswd -d NAME GROUP` or remove its rule of "
        "sudo; if it is right, add it to `declared: admins:` of the system in agency.yaml.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.1", "5.4"),
            "nist-csf-2": ("PR.AA-05",),
        },
        pitfalls="Members of docker and lxd become root without sudo, so they count; so does "
        "everybody with user number 0.",
        or_lists=("accounts",),
    ),
    always=("root",),
)
def account_admins_declared(held: Administrators, context: Context) -> Verdict:
    """Each account that can become root stands in the list."""
    declared = context.system.declared.admins
    lines = [f"{each.name} ({', '.join(each.by)})" for each in held.admins]
    seen = "\n".join(lines)
    if declared is None:
        return Verdict.unknown(
            "nobody declared who administers this system; `declared: admins:` would prove it",
            seen=seen,
        )
    allowed = {*declared, *context.names("always")}
    expected = ", ".join(sorted(allowed))
    others = [each.name for each in held.admins if each.name not in allowed]
    others += [name for name in held.unresolved if name not in allowed]
    if others:
        return Verdict.failed(
            "not declared, yet can become root: {names}",
            names=", ".join(others),
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "all {count} accounts that can become root are declared",
        count=len(held.admins),
        seen=seen,
        expected=expected,
    )
