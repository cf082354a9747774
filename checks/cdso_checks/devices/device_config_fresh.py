"""
How old the configuration is that was judged.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceIdentity
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceIdentity,
    About(
        id="device-config-fresh",
        title="The configuration that was judged is a fresh one",
        severity=Severity.MEDIUM,
        why="An old copy says what the device was, not what it is.",
        fix="Save the running configuration again, as docs/devices.md says for each dialect, and "
        "replace the file.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.9",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "The date inside the text comes "
        "first (RouterOS); otherwise the file's own date, which copying may make younger.",
        experimental=True,
    ),
    max_days=31,
)
def device_config_fresh(identity: DeviceIdentity, context: Context) -> Verdict:
    """How old the configuration is that was judged."""
    day = identity.saved_on or identity.file_of
    if day is None:
        return Verdict.unknown("nothing tells from when the configuration is")
    limit = context.number("max_days")
    age = (context.at.date() - day).days
    if age > limit:
        return Verdict.failed(
            "saved {age} days ago, on {day}", age=age, day=day.isoformat(), expected=f"≤ {limit}"
        )
    if age < -1:  # a day more than the difference of time zones
        return Verdict.unknown(
            "the configuration is of {day}, which is to come", day=day.isoformat()
        )
    return Verdict.passed("saved {age} days ago, on {day}", age=max(age, 0), day=day.isoformat())
