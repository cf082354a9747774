"""
Rules of sudo that ask for no password.

The account that scans may have its drop-in of exact commands: it is recognised by being the one
that looked, and by every command having fixed arguments.
"""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.sudo import SudoRule, SudoRules
from cdso_audit.model import Context, Severity, Verdict

_WILD = re.compile(r"(?<!\\)[*?\[]")


@check(
    SudoRules,
    About(
        id="sudo-nopasswd",
        title="sudo asks for a password",
        severity=Severity.HIGH,
        why="Whoever takes over a session without a password in the way takes over the host.",
        fix="Remove `NOPASSWD:` and `!authenticate` from the named rules with `visudo`; for a "
        "service "
        "allow one exact command with its arguments.",
        since="0.1.0",
        references={
            "ssg": ("sudo_remove_nopasswd", "sudo_remove_no_authenticate"),
            "cis-debian12": ("5.2.4", "5.2.5"),
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.4",),
        },
        pitfalls="Aliases, tags that carry over to the next command, drop-ins with a dot in the "
        "name "
        "(ignored), `!authenticate` and an endless timestamp are all judged.",
    ),
    allowed_users=(),
)
def sudo_nopasswd(sudo: SudoRules, context: Context) -> Verdict:
    """No rule and no default lets anybody but the scanning account act without a password."""
    allowed = set(context.names("allowed_users"))

    def is_fine(rule: SudoRule) -> bool:
        users = set(rule.users) - allowed
        return rule.asks_password or not users or (users == {sudo.me} and _is_exact(rule))

    bad = [each.shown for each in sudo.rules if not is_fine(each)]
    for each in sudo.defaults:
        bound = f":{','.join(each.bound_to)}" if each.bound_to else ""
        if each.name == "authenticate" and each.value is False:
            bad.append(f"Defaults{bound} !authenticate")
        if each.name == "timestamp_timeout" and str(each.value).startswith("-"):
            bad.append(f"Defaults{bound} timestamp_timeout={each.value}")
        if each.name == "exempt_group" and each.value:
            bad.append(f"Defaults{bound} exempt_group={each.value}")
    if bad:
        return Verdict.failed(
            "{count} rules ask for no password", count=len(bad), seen="\n".join(bad)
        )
    own = sum(not each.asks_password for each in sudo.rules)
    if own:
        return Verdict.passed(
            "{count} rules ask for a password; {own} do not, each for exact commands of the "
            "account that scans, or allowed by the owner",
            count=len(sudo.rules) - own,
            own=own,
        )
    return Verdict.passed("all {count} rules ask for a password", count=len(sudo.rules))


def _is_exact(rule: SudoRule) -> bool:
    return not rule.broad_commands and all(
        command.startswith("/") and " " in command and not _WILD.search(command)
        for command in rule.commands
        if not command.startswith("!")
    )
