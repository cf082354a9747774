"""
How long an idle session of an administrator stays open.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceManagement,
    About(
        id="device-session-timeout",
        title="Idle sessions of administrators end by themselves",
        severity=Severity.MEDIUM,
        why="A session left open at a desk or a console is an administrator for whoever comes by.",
        fix="Set five minutes: IOS `exec-timeout 5 0` on every line; Junos `set system login "
        "idle-timeout 5`; FortiGate `config system global` then `set admintimeout 5`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",), "cis-v8": ("4.3",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`exec-timeout 0 0` is never; "
        "without the line IOS has ten minutes and FortiGate five. RouterOS keeps it with the "
        "accounts, which an export does not hold.",
        experimental=True,
    ),
    max_seconds=600,
)
def device_session_timeout(management: DeviceManagement, context: Context) -> Verdict:
    """How long an idle session of an administrator stays open."""
    limit = context.number("max_seconds")
    doors = [each for each in management.doors if each.is_open]
    late = [
        each
        for each in doors
        if each.timeout_seconds is not None and not 0 < each.timeout_seconds <= limit
    ]
    expected = f"1-{limit} s"
    if late:
        return Verdict.failed(
            "idle sessions stay open longer than {limit} s at: {names}",
            limit=limit,
            names=", ".join(f"{each.name} ({each.timeout_seconds or '∞'})" for each in late),
            expected=expected,
        )
    unclear = [each.name for each in doors if each.timeout_seconds is None]
    if unclear:
        return Verdict.unknown(
            "the configuration does not tell how long idle sessions last at: {names}",
            names=", ".join(unclear),
        )
    return Verdict.passed(
        "idle sessions end within {limit} s at every door", limit=limit, expected=expected
    )
