"""Protocols of SCHANNEL."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import WindowsTls, schannel
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsTls,
    About(
        id="windows-tls-protocols",
        title="Windows accepts TLS 1.2 and newer alone",
        severity=Severity.HIGH,
        why="Old protocols can be broken by whoever sits on the network.",
        fix="Set Enabled to 0 under "
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS "
        "1.0\\Server, and the same for TLS 1.1 and SSL, then restart.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("3.10",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    refused=("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"),
    off_by_default=("SSL 2.0", "SSL 3.0"),
)
def windows_tls_protocols(seen: WindowsTls, context: Context) -> Verdict:
    """
    Server side of SCHANNEL. Without a value SSL is off on every supported server; TLS 1.0 and 1.1
    are on up to Windows Server 2022, so that no value is a failure.
    """
    off = context.names("off_by_default")
    on = [
        each
        for each in context.names("refused")
        if seen.number(schannel(each), "Enabled", 0 if each in off else 1) != 0
    ]
    modern = seen.number(schannel("TLS 1.2"), "Enabled", 1) != 0
    words = {
        "seen": "; ".join(
            seen.line(schannel(each), "Enabled") for each in context.names("refused")
        ),
        "expected": "0",
    }
    if on:
        return Verdict.failed("old protocols are accepted: {names}", names=", ".join(on), **words)
    if not modern:
        return Verdict.failed(
            "TLS 1.2 is off", seen=seen.line(schannel("TLS 1.2"), "Enabled"), expected="1"
        )
    return Verdict.passed("only TLS 1.2 and newer are accepted", **words)
