"""
Programs that run with somebody else's rights.

A known one belongs to a package and is one of those that usually carry the bit, or is declared by
the owner. Belonging to a package is not enough: `chmod u+s /usr/bin/vim` is the classic back door.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import SetIdFiles, other_name
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import shown

#: Set-id programs of packages of Debian 11 to 13, Ubuntu 20.04 to 24.04, RHEL 8 to 10: base names.
USUAL = (
    *("su", "sudo", "mount", "umount", "passwd", "chsh", "chfn", "gpasswd", "newgrp", "chage"),
    *("expiry", "unix_chkpwd", "pam_extrausers_chkpwd", "pam_timestamp_check", "crontab", "at"),
    *("ssh-agent", "ssh-keysign", "wall", "write", "write.ul", "bsd-write", "pkexec", "sg"),
    *("polkit-agent-helper-1", "dbus-daemon-launch-helper", "fusermount", "fusermount3"),
    *("newuidmap", "newgidmap", "ping", "ping6", "traceroute6.iputils", "mtr-packet", "pppd"),
    *("snap-confine", "chrome-sandbox", "mount.nfs", "mount.cifs", "mount.ecryptfs_private"),
    *("utempter", "userhelper", "usernetctl", "grub2-set-bootflag", "sssd_pam"),
    *("krb5_child", "ldap_child", "proxy_child", "selinux_child", "p11_child", "cockpit-session"),
    *("postdrop", "postqueue", "sendmail", "exim4", "dotlockfile", "procmail", "lockfile"),
    *("locate", "mlocate", "plocate", "screen", "staprun", "suexec", "camel-lock-helper-1.2"),
    *("lxc-user-nic", "bwrap", "firejail", "ntfs-3g", "vmware-user-suid-wrapper", "Xorg.wrap"),
    *("kismet_cap_linux_wifi", "dumpcap", "fping", "fping6", "arping", "gst-ptp-helper", "opie"),
    *("doas", "sudoedit", "unix2_chkpwd", "spice-client-glib-usb-acl-helper", "ksu", "kismet"),
)


@check(
    SetIdFiles,
    About(
        id="file-suid-known",
        title="Every set-id program is a usual one of a package, or declared",
        severity=Severity.HIGH,
        why="A set-id program that nobody knows of makes any account root, and is how intruders "
        "come back.",
        fix="Take the bit away with `chmod u-s,g-s PATH`; if the program needs it, add its path to "
        "`declared.suid` in agency.yaml.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_unauthorized_suid", "file_permissions_unauthorized_sgid"),
            "cis-debian12": ("7.1.13",),
            "iso27001-2022": ("A.8.2", "A.8.18"),
        },
        pitfalls="/bin and /usr/bin are one folder on newer systems, but the package database "
        "knows one name only; a package's own program may have been given the bit later.",
    ),
    usual=USUAL,
)
def file_suid_known(files: SetIdFiles, context: Context) -> Verdict:
    """Each is declared, or owned by a package and of a `usual` name."""
    declared = set(context.system.declared.suid)
    usual = set(context.names("usual"))
    owned = set(files.owned)
    strangers, unusual = [], []
    for each in files.entries:
        names = {each.path, other_name(each.path)}
        if names & declared:
            continue
        if not names & owned:
            strangers.append(each)
        elif each.path.rpartition("/")[2] not in usual:
            unusual.append(each)
    if strangers and files.packager in ("", "none"):
        return Verdict.unknown(
            "{count} set-id programs cannot be compared, since this host has no package database",
            count=len(strangers),
            seen=shown(strangers),
        )
    if strangers or unusual:
        first = (strangers + unusual)[0]
        return Verdict.failed(
            "{strangers} set-id programs belong to no package and {unusual} of packages do not "
            "usually carry the bit; the first is {path}",
            strangers=len(strangers),
            unusual=len(unusual),
            path=first.path,
            seen=shown([*strangers, *unusual]),
            expected="a usual set-id program of a package, or one in declared.suid",
        )
    return Verdict.passed(
        "all {count} set-id programs are known",
        count=len(files.entries),
        seen=shown(files.entries),
    )
