"""AppArmor or SELinux, enforcing now and after the next start."""

from cdso_audit.checking import About, check
from cdso_audit.facts.mac import MandatoryAccess
from cdso_audit.model import Context, Severity, Verdict


@check(
    MandatoryAccess,
    About(
        id="mandatory-access-control",
        title="AppArmor or SELinux confines services",
        severity=Severity.MEDIUM,
        why="Without it a service that is taken over may do whatever its account may.",
        fix="On Debian and Ubuntu `apt install apparmor && systemctl enable --now apparmor`; on "
        "Red Hat set `SELINUX=enforcing` in /etc/selinux/config and restart.",
        since="0.1.0",
        references={
            "ssg": ("selinux_state", "apparmor_configured"),
            "cis-debian12": ("1.3.1.3",),
            "iso27001-2022": ("A.8.2", "A.8.9"),
        },
        pitfalls="What enforces now may be off in the file or on the kernel's command line; both "
        "are looked at. A few profiles that only complain are named and allowed by a parameter.",
    ),
    max_complaining=10,
)
def mandatory_access_control(mac: MandatoryAccess, context: Context) -> Verdict:
    """Enforces now and after the next start; at most `max_complaining` AppArmor profiles do not."""
    loose = len(mac.complaining)
    seen = "\n".join([f"{mac.framework}: {mac.saved}", *mac.complaining[:20]])
    if mac.framework == "none":
        return Verdict.failed("neither AppArmor nor SELinux is on", seen="none")
    if not mac.enforces_now:
        return Verdict.failed(
            "{framework} is on and enforces nothing", framework=mac.framework, seen=seen
        )
    if not mac.enforces_after_start:
        return Verdict.failed(
            "{framework} enforces now, but will not after the next start ({saved})",
            framework=mac.framework,
            saved=mac.saved,
            seen=seen,
        )
    if loose > context.number("max_complaining"):
        return Verdict.failed(
            "{count} profiles of {framework} do not enforce",
            count=loose,
            framework=mac.framework,
            seen=seen,
        )
    return Verdict.passed(
        "{framework} enforces, now and after the next start", framework=mac.framework, seen=seen
    )
