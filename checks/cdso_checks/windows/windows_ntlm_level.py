"""Which old logons are accepted."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import LSA, WindowsAuthentication
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAuthentication,
    About(
        id="windows-ntlm-level",
        title="Windows refuses LM and NTLMv1",
        severity=Severity.HIGH,
        why="A logon by NTLMv1 that is overheard gives its password away.",
        fix="Set “Network security: LAN Manager authentication level” to “Send "
        "NTLMv2 response only. Refuse LM & NTLM” in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    min_level=5,
)
def windows_ntlm_level(seen: WindowsAuthentication, context: Context) -> Verdict:
    """LmCompatibilityLevel; without a value 3: sends NTLMv2, accepts all."""
    least = context.number("min_level")
    level = seen.number(LSA, "LmCompatibilityLevel", 3)
    words = {"seen": seen.line(LSA, "LmCompatibilityLevel"), "expected": f">= {least}"}
    if seen.number(LSA, "NoLMHash", 1) != 1:
        return Verdict.failed(
            "hashes of LAN Manager are kept", seen=seen.line(LSA, "NoLMHash"), expected="1"
        )
    if level >= least:
        return Verdict.passed(
            "only NTLMv2 and Kerberos are accepted (level {level})", level=level, **words
        )
    return Verdict.failed("NTLMv1 or LM is accepted (level {level})", level=level, **words)
