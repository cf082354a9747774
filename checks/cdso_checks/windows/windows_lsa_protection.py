"""Passwords in the memory of LSASS."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import LSA, WDIGEST, WindowsAuthentication
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAuthentication,
    About(
        id="windows-lsa-protection",
        title="Passwords in memory are protected",
        severity=Severity.MEDIUM,
        why="Tools of intruders read the passwords of all who are logged on "
        "from the memory of LSASS.",
        fix="Run `Set-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa "
        "RunAsPPL 1 -Type DWord` and restart; set UseLogonCredential to 0 "
        "under WDigest.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_lsa_protection(seen: WindowsAuthentication, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """RunAsPPL 1 or 2 (no value: off on servers), and WDigest's plain text off (its default)."""
    words = {"seen": seen.line(LSA, "RunAsPPL"), "expected": "1 | 2"}
    if seen.number(WDIGEST, "UseLogonCredential", 0) != 0:
        return Verdict.failed(
            "WDigest keeps passwords in plain text in memory",
            seen=seen.line(WDIGEST, "UseLogonCredential"),
            expected="0",
        )
    if seen.number(LSA, "RunAsPPL", 0) in (1, 2):
        return Verdict.passed("LSASS runs as a protected process", **words)
    return Verdict.failed("LSASS does not run as a protected process", **words)
