"""
Owners and modes of the SSH server's files.

A private key is for root alone, or for root and the group `ssh_keys` to read (RHEL: 0640); all else
is written by root only.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshfiles import FileMode, SshFiles
from cdso_audit.model import Context, Severity, Verdict

#: The bit that lets a group read, and nothing else.
GROUP_READS = 0o040


@check(
    SshFiles,
    About(
        id="ssh-file-modes",
        title="Only root can change the SSH server's files and read its private keys",
        severity=Severity.HIGH,
        why="Whoever reads a host key can pose as this server; whoever writes a setting can log "
        "in.",
        fix="Run `chown -R root:root /etc/ssh; chmod 600 /etc/ssh/ssh_host_*_key; "
        "chmod -R go-w /etc/ssh`.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_sshd_private_key", "file_permissions_sshd_config"),
            "cis-debian12": ("5.1.1", "5.1.2"),
            "iso27001-2022": ("A.8.3", "A.8.24"),
            "cis-v8": ("3.3",),
        },
        pitfalls="0640 root:ssh_keys is right on RHEL; drop-ins are files too, links are followed.",
    ),
    key_groups=("ssh_keys",),
)
def ssh_file_modes(files: SshFiles, context: Context) -> Verdict:
    """Judge every file; which ones are private keys is told by name and by sshd."""
    groups = context.names("key_groups")
    bad = [each.shown for each in files.files if not _is_safe(each, files.host_keys, groups)]
    expected = "root, no write for group and others; private keys 0600 or 0640 root:ssh_keys"
    if bad:
        return Verdict.failed(
            "{count} of {all} files are open to others than root",
            count=len(bad),
            all=len(files.files),
            seen="\n".join(bad),
            expected=expected,
        )
    return Verdict.passed(
        "all {all} files belong to root and are closed", all=len(files.files), expected=expected
    )


def _is_safe(file: FileMode, host_keys: tuple[str, ...], key_groups: tuple[str, ...]) -> bool:
    if file.uid != 0 or file.mode & 0o002 or (file.mode & 0o020 and file.gid != 0):
        return False
    name = file.path.rpartition("/")[2]
    if file.path in host_keys or (name.startswith("ssh_host_") and name.endswith("_key")):
        readable = file.mode & 0o077
        return readable == 0 or (
            readable == GROUP_READS and (file.gid == 0 or file.group in key_groups)
        )
    return True
