"""Cipher suites of SCHANNEL."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsCiphers
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsCiphers,
    About(
        id="windows-tls-ciphers",
        title="Windows offers no broken cipher suite",
        severity=Severity.HIGH,
        why="A broken cipher lets whoever overhears read along.",
        fix="Run `Disable-TlsCipherSuite -Name NAME` for each one that is named.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("3.10",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    broken=("RC4", "3DES", "_DES_", "NULL", "EXPORT", "MD5"),
)
def windows_tls_ciphers(seen: WindowsCiphers, context: Context) -> Verdict:
    """By parts of their names."""
    bad = [each for each in seen.suites if any(word in each for word in context.names("broken"))]
    if bad:
        return Verdict.failed(
            "broken cipher suites are offered: {names}", names=", ".join(bad), seen=", ".join(bad)
        )
    return Verdict.passed(
        "none of {count} cipher suites is broken",
        count=len(seen.suites),
        seen=", ".join(seen.suites),
    )
