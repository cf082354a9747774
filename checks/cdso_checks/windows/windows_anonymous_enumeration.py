"""What Windows tells to strangers."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import LSA, WindowsAuthentication
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAuthentication,
    About(
        id="windows-anonymous-enumeration",
        title="Strangers cannot list accounts and shares",
        severity=Severity.MEDIUM,
        why="A list of accounts is half of every guessed logon.",
        fix="Enable “Network access: Do not allow anonymous enumeration of SAM "
        "accounts and shares” in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_anonymous_enumeration(seen: WindowsAuthentication, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """RestrictAnonymousSAM is 1 by default; RestrictAnonymous, EveryoneIncludesAnonymous 0."""
    wanted = (
        ("RestrictAnonymousSAM", 1, 1),
        ("RestrictAnonymous", 0, 1),
        ("EveryoneIncludesAnonymous", 0, 0),
    )
    wrong = [name for name, default, right in wanted if seen.number(LSA, name, default) != right]
    words = {
        "seen": "; ".join(seen.line(LSA, name) for name, _, _ in wanted),
        "expected": ", ".join(f"{name} = {right}" for name, _, right in wanted),
    }
    if wrong:
        return Verdict.failed(
            "strangers may ask for accounts or shares: {names}", names=", ".join(wrong), **words
        )
    return Verdict.passed("strangers are told nothing", **words)
