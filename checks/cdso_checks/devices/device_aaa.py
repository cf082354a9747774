"""
Central authentication of administrators.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceAaa
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceAaa,
    About(
        id="device-aaa",
        title="Administrators log in through a central server",
        severity=Severity.MEDIUM,
        why="Accounts kept on each device are not closed when somebody leaves, and nothing tells "
        "who did what.",
        fix="Name TACACS+ or RADIUS servers and let logins ask them: IOS `aaa authentication "
        "login default group tacacs+ local`; Junos `set system authentication-order [ "
        "tacplus password ]`; FortiGate `set remote-auth enable` for an administrator; "
        "RouterOS `/user aaa set use-radius=yes`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16", "A.8.5"), "cis-v8": ("12.5",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A server that no login asks "
        "proves nothing, nor does a login list without a server.",
        experimental=True,
    ),
)
def device_aaa(aaa: DeviceAaa, _: Context) -> Verdict:
    """Central authentication of administrators."""
    if aaa.central:
        return Verdict.passed(
            "logins ask {servers}", servers=", ".join(aaa.servers), seen=aaa.shown
        )
    if not aaa.servers:
        return Verdict.failed("no server of central authentication is named", seen=aaa.shown)
    return Verdict.failed(
        "servers are named ({servers}), but not every login asks them",
        servers=", ".join(aaa.servers),
        seen=aaa.shown,
    )
