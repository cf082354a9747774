"""
The text before the login.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceBanner
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceBanner,
    About(
        id="device-banner",
        title="A notice stands before the login",
        severity=Severity.LOW,
        why="Without a notice an intruder can say that nothing told him to stay out.",
        fix='Set it: IOS `banner login ^C … ^C`; Junos `set system login message "…"`'
        "; FortiGate `config system global` then `set pre-login-banner enable`"
        '; RouterOS `/system note set show-at-login=yes note="…"`.',
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`banner exec` on IOS and "
        "`announcement` on Junos come after the login.",
        experimental=True,
    ),
)
def device_banner(banner: DeviceBanner, _: Context) -> Verdict:
    """The text before the login."""
    if banner.is_set:
        return Verdict.passed("a notice is set ({where})", where=banner.where)
    return Verdict.failed("no notice stands before the login")
