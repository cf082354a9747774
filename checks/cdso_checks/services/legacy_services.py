"""
Servers of the unencrypted past.

A server counts when it starts by itself, runs, is started by inetd or waits on its port. An
installed package alone counts where it has no other use than to serve; a client never does.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.services import Services
from cdso_audit.model import Context, Severity, Verdict

#: Names of units, without their ending, for each kind of server.
UNITS = {
    "telnet": ("telnet", "telnetd", "inetutils-telnetd", "telnet@"),
    "rsh": ("rsh", "rshd", "rlogin", "rexec", "rlogind"),
    "tftp": ("tftp", "tftpd-hpa", "atftpd", "tftp-server"),
    "ftp": ("vsftpd", "proftpd", "pure-ftpd", "ftpd"),
    "nis": ("ypserv", "ypbind", "nis", "yppasswdd"),
    "talk": ("talkd", "ntalk"),
    "finger": ("fingerd", "cfingerd"),
}
#: Services of inetd, by their name in /etc/services.
SUPER = {
    "telnet": ("telnet",),
    "rsh": ("shell", "login", "exec", "rsh", "rlogin", "rexec"),
    "tftp": ("tftp",),
    "ftp": ("ftp",),
    "talk": ("talk", "ntalk"),
    "finger": ("finger",),
    "small": ("chargen", "daytime", "discard", "echo", "time"),
}
PACKAGES = {
    "telnet": ("telnetd", "telnetd-ssl", "inetutils-telnetd", "telnet-server"),
    "rsh": ("rsh-server", "rsh-redone-server"),
    "nis": ("ypserv",),
    "talk": ("talkd", "talk-server"),
    "finger": ("fingerd", "finger-server"),
}
PORTS = {
    ("tcp", 23): "telnet",
    ("tcp", 21): "ftp",
    ("udp", 69): "tftp",
    ("tcp", 512): "rsh",
    ("tcp", 513): "rsh",
    ("tcp", 514): "rsh",
    ("tcp", 79): "finger",
}
#: What waits on a port for rsh. Syslog by TCP usually waits on the same 514 (RFC 6587).
SUPER_SERVERS = ("inetd", "xinetd", "systemd", "init", "in.rshd", "rshd", "")
STARTS = ("enabled", "enabled-runtime", "linked", "generated")


def reasons(services: Services, kind: str) -> list[str]:
    """Everything that shows a server of this kind."""
    stems = UNITS.get(kind, ())
    found = [
        f"{each.name} {each.state}"
        for each in services.units
        if each.name.rpartition(".")[0] in stems and each.state in STARTS
    ]
    found += [
        f"{name} active" for name in services.active or () if name.rpartition(".")[0] in stems
    ]
    found += [f"inetd: {name}" for name in services.super_servers if name in SUPER.get(kind, ())]
    found += [
        f"package {name}" for name in services.packages or () if name in PACKAGES.get(kind, ())
    ]
    found += [f"{port}/{protocol}" for (protocol, port), name in PORTS.items()
              if name == kind and (protocol, port) in services.ports
              and not _is_syslog(services, protocol, port)]  # fmt: skip
    return found


def _is_syslog(services: Services, protocol: str, port: int) -> bool:
    """Whether what waits on 514/tcp is another program than one that starts rsh."""
    program = services.programs.get(f"{port}/{protocol}", "")
    return (protocol, port) == ("tcp", 514) and program not in SUPER_SERVERS


@check(
    Services,
    About(
        id="legacy-services",
        title="No server of the unencrypted past is left",
        severity=Severity.HIGH,
        why="Telnet, rsh, TFTP, FTP and NIS send passwords and data for everybody on the way to "
        "read.",
        fix="Remove the server, for instance `apt purge telnetd inetutils-telnetd tftpd-hpa "
        "vsftpd`, and use SSH and SFTP instead.",
        since="0.1.0",
        references={
            "ssg": ("package_telnet-server_removed", "package_rsh-server_removed"),
            "cis-debian12": ("2.1.6", "2.1.10", "2.1.16"),
            "iso27001-2022": ("A.8.9", "A.8.20"),
            "cis-v8": ("4.8",),
        },
        pitfalls="A client's package is no server. Units that a socket starts, lines of "
        "inetd.conf and files of xinetd.d are looked at, and the sockets themselves.",
    ),
    kinds=("telnet", "rsh", "tftp", "ftp", "nis", "talk", "finger", "small"),
)
def legacy_services(services: Services, context: Context) -> Verdict:
    """None of `kinds` is installed to serve, starts, runs or waits."""
    kinds = context.names("kinds")
    found = {kind: why for kind in kinds if (why := reasons(services, kind))}
    if found:
        return Verdict.failed(
            "servers of the unencrypted past: {kinds}",
            kinds=", ".join(found),
            seen="\n".join(f"{kind}: {', '.join(why)}" for kind, why in found.items()),
            expected="none of " + ", ".join(kinds),
        )
    return Verdict.passed(
        "none of {count} kinds of old servers is there", count=len(kinds), seen="none"
    )
