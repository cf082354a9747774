"""Security updates that install themselves: the setting, the program and the timer together."""

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import AutomaticUpdates
from cdso_audit.model import Context, Severity, Verdict

#: Timers of which one must be enabled, by the package manager.
TIMERS = {
    "apt-get": ("apt-daily-upgrade.timer", "cron.daily/apt-compat"),
    "dnf": ("dnf-automatic-install.timer", "dnf-automatic.timer", "dnf5-automatic.timer"),
    "yum": ("yum-cron.service", "cron.daily/0yum-daily.cron"),
    "zypper": ("transactional-update.timer",),
}


@check(
    AutomaticUpdates,
    About(
        id="automatic-updates",
        title="Security updates install themselves",
        severity=Severity.LOW,
        why="Updates that wait for a free hour of a person wait too long.",
        fix="`apt install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades`, or "
        "`apply_updates = yes` in /etc/dnf/automatic.conf and "
        "`systemctl enable --now dnf-automatic.timer`.",
        since="0.1.0",
        references={
            "ssg": ("dnf-automatic_apply_updates",),
            "iso27001-2022": ("A.8.8",),
            "cis-v8": ("7.3",),
        },
        pitfalls="An enabled timer without the setting installs nothing, and so does the setting "
        "without the timer.",
    ),
)
def automatic_updates(updates: AutomaticUpdates, context: Context) -> Verdict:  # noqa: ARG001
    """Program, setting and timer are all there."""
    settings = updates.settings
    enabled = [
        name
        for name in TIMERS.get(updates.manager, ())
        if updates.timers.get(name, "").startswith(("enabled", "static", "generated"))
    ]
    if updates.manager == "apt-get":
        key = "APT::Periodic::Unattended-Upgrade"
        value = settings.get(key.lower(), "0")
        ready = value not in ("0", "") and settings.get("apt::periodic::enable", "1") != "0"
    else:
        key = "apply_updates"
        value = settings.get(key, "no")
        ready = value.lower() in ("yes", "true", "1") or ("dnf-automatic-install.timer" in enabled)
        ready = ready or (updates.manager == "zypper" and bool(enabled))
    seen = f'{key} "{value}"; {", ".join(enabled) or "-"}'
    if not updates.installed and updates.manager != "zypper":
        return Verdict.failed("no program for automatic updates is installed", seen=seen)
    if not ready:
        return Verdict.failed(
            "automatic updates are switched off ({key} is {value})", key=key, value=value, seen=seen
        )
    if not enabled:
        return Verdict.failed("no timer starts automatic updates", seen=seen)
    return Verdict.passed(
        "{timer} installs security updates; last run {last}",
        timer=enabled[0],
        last=f"{updates.last_run:%Y-%m-%d}" if updates.last_run else "-",
        seen=seen,
    )
