"""Services that a server hardly ever needs and that come along with other packages."""

from cdso_audit.checking import About, check
from cdso_audit.facts.services import Services
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.services.legacy_services import STARTS


@check(
    Services,
    About(
        id="unneeded-services",
        title="No service runs that a server hardly ever needs",
        severity=Severity.LOW,
        why="Every service is code that an intruder may try, and printing or Bluetooth serve "
        "nobody in a server room.",
        fix="Run `systemctl disable --now avahi-daemon.service avahi-daemon.socket` for each, or "
        "add its name to the parameter `needed` of this check.",
        since="0.1.0",
        references={
            "ssg": ("service_avahi-daemon_disabled", "service_cups_disabled"),
            "cis-debian12": (
                "2.1.1",
                "2.1.2",
                "2.1.3",
                "2.1.7",
                "2.1.9",
                "2.1.11",
                "2.1.12",
                "2.1.13",
                "2.1.14",
                "2.1.15",
                "2.1.17",
            ),
            "iso27001-2022": ("A.8.9",),
            "cis-v8": ("4.8",),
        },
    ),
    unneeded=(
        *("avahi-daemon", "cups", "cups-browsed", "bluetooth", "ModemManager", "rpcbind", "nfs"),
        *("nfs-server", "nfs-kernel-server", "slapd", "isc-dhcp-server", "autofs", "smbd", "nmbd"),
        *("squid", "snmpd", "rsync", "wpa_supplicant", "whoopsie", "kerneloops", "gdm", "gdm3"),
        *("lightdm", "xrdp", "vncserver", "saned", "geoclue", "iscsid", "open-iscsi", "ypserv"),
    ),
    needed=(),
)
def unneeded_services(services: Services, context: Context) -> Verdict:
    """None of `unneeded` starts by itself or runs, but for those in `needed`."""
    names = set(context.names("unneeded")) - set(context.names("needed"))
    starts = {each.name for each in services.units if each.state in STARTS}
    found = sorted(
        each for each in starts | set(services.active or ()) if each.rpartition(".")[0] in names
    )
    if not services.units:
        return Verdict.unknown("systemd told of no unit, so what starts here is not known")
    if found:
        return Verdict.failed(
            "{count} units start that a server hardly ever needs: {names}",
            count=len(found),
            names=", ".join(found),
            seen="\n".join(found),
        )
    if services.active is None:
        return Verdict.passed(
            "nothing starts by itself that a server hardly ever needs; what runs could not be asked"
        )
    return Verdict.passed("nothing starts or runs that a server hardly ever needs")
