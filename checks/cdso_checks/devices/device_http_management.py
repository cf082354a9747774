"""
The web interface of a network device without TLS.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceManagement,
    About(
        id="device-http-management",
        title="The device's web interface is not served without TLS",
        severity=Severity.HIGH,
        why="Over plain HTTP the administrator's password and session can be taken by whoever "
        "listens.",
        fix="Switch plain HTTP off: IOS `no ip http server`; Junos `delete system services "
        "web-management http`; FortiGate leave `http` out of `set allowaccess`; RouterOS "
        "`/ip service disable www,api,ftp`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("12.6",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "FTP and the unencrypted API of "
        "RouterOS count too. IOS shows `no ip http server` when it is off; where neither "
        "form stands, the answer is unknown.",
        experimental=True,
    ),
)
def device_http_management(management: DeviceManagement, _: Context) -> Verdict:
    """The web interface of a network device without TLS."""
    found = {each.name: each.speaks("http", "ftp", "api") for each in management.doors}
    bad = [each for each in management.doors if found[each.name]]
    if bad:
        return Verdict.failed(
            "administration without encryption answers at: {names}",
            names=", ".join(each.name for each in bad),
            seen="\n".join(each.shown for each in bad if each.shown),
        )
    open_questions = [
        each.name for each in management.doors if each.protocols is None and each.name == "http"
    ]
    if open_questions:
        return Verdict.unknown("the configuration does not say whether the web server is on")
    return Verdict.passed("no web interface without TLS")
