"""
Rules of sudo that give everything to somebody who is no declared administrator.

Everything is `ALL`, a shell, `su`, or a whole folder, as root.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sudo import SudoRules
from cdso_audit.model import Context, Severity, Verdict


@check(
    SudoRules,
    About(
        id="sudo-broad-rules",
        title="Only administrators may run everything by sudo",
        severity=Severity.HIGH,
        why="Such a rule makes an ordinary or a service account an administrator that no list "
        "shows.",
        fix="Replace `ALL` in the named rule by the exact commands with `visudo`, or declare the "
        "person under `declared: admins:` in agency.yaml.",
        since="0.1.0",
        references={
            "ssg": ("sudo_restrict_privilege_elevation_to_authorized",),
            "iso27001-2022": ("A.8.2", "A.8.18"),
            "cis-v8": ("5.4", "6.8"),
        },
        pitfalls="`ALL, !/bin/sh` is still everything; rules for certain hosts are judged as if "
        "they "
        "held here; rules as another user than root are left out.",
        or_lists=("accounts",),
    ),
    admin_groups=("%sudo", "%wheel", "%admin"),
)
def sudo_broad_rules(sudo: SudoRules, context: Context) -> Verdict:
    """Whoever has such a rule is root, an admin group, or declared."""
    allowed = {"root", "#0", *context.names("admin_groups")}
    allowed.update(context.system.declared.admins or ())
    bad = [
        rule.shown
        for rule in sudo.rules
        if rule.becomes_root and rule.broad_commands and set(rule.users) - allowed
    ]
    expected = ", ".join(sorted(allowed))
    if bad:
        return Verdict.failed(
            "{count} rules give everything to others",
            count=len(bad),
            seen="\n".join(bad),
            expected=expected,
        )
    return Verdict.passed(
        "{count} rules, none gives everything to others", count=len(sudo.rules), expected=expected
    )
