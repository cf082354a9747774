"""
Shells that somebody left open.

bash and zsh end by themselves after `TMOUT` seconds at the prompt. What SSH does about a dead
client is `ssh-idle-timeout`.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.shell import ShellDefaults
from cdso_audit.model import Context, Severity, Verdict


@check(
    ShellDefaults,
    About(
        id="session-lock",
        title="Idle shells end by themselves",
        severity=Severity.MEDIUM,
        why="Whoever sits down at an open administrator's shell is the administrator.",
        fix="Run `echo 'readonly TMOUT=300; export TMOUT' > /etc/profile.d/cdso-idle.sh`.",
        since="0.1.0",
        references={
            "ssg": ("accounts_tmout",),
            "cis-debian12": ("5.4.3.2",),
            "iso27001-2022": ("A.8.5", "A.7.7"),
            "cis-v8": ("4.3",),
        },
        pitfalls="The last assignment wins unless an earlier one is read-only; without `readonly` "
        "anybody switches it off; dash has no TMOUT.",
    ),
    max_seconds=300,  # TCVN 14423:2026: 5 minutes for sessions of administrators
)
def session_lock(shell: ShellDefaults, context: Context) -> Verdict:
    """TMOUT is set for everybody, read-only, above nothing and at most the limit."""
    most = context.number("max_seconds")
    expected = f"readonly TMOUT, 1-{most}"
    if shell.only_sometimes:
        return Verdict.unknown("TMOUT is set only under a condition that cannot be judged here")
    if not shell.idle_seconds:
        return Verdict.failed("idle shells stay open", seen=shell.line, expected=expected)
    if shell.idle_seconds > most:
        return Verdict.failed(
            "idle shells end after {seconds} s only",
            seconds=shell.idle_seconds,
            seen=shell.line,
            expected=expected,
        )
    if not shell.is_readonly:
        return Verdict.failed(
            "anybody can change the idle time of {seconds} s",
            seconds=shell.idle_seconds,
            seen=shell.line,
            expected=expected,
        )
    return Verdict.passed(
        "idle shells end after {seconds} s",
        seconds=shell.idle_seconds,
        seen=shell.line,
        expected=expected,
    )
