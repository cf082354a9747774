"""The boot loader's configuration and its password."""

from cdso_audit.checking import About, check
from cdso_audit.facts.kernel_boot import BootLoader
from cdso_audit.model import Context, Severity, Verdict


@check(
    BootLoader,
    About(
        id="bootloader-protected",
        title="Only root reads the boot loader's settings, and changing them takes a password",
        severity=Severity.LOW,
        why="Whoever edits the command line at the console starts a shell of root without any "
        "password.",
        fix="Run `chmod 600 /boot/grub/grub.cfg`; make a hash with `grub-mkpasswd-pbkdf2`, put "
        "`set superusers` and `password_pbkdf2` into /etc/grub.d/40_custom, then `update-grub`.",
        since="0.1.0",
        references={
            "ssg": ("grub2_password", "file_permissions_grub2_cfg"),
            "cis-debian12": ("1.4.1", "1.4.2"),
            "iso27001-2022": ("A.7.8", "A.8.9"),
        },
        pitfalls="On a virtual machine the console is guarded by the hypervisor's accounts; with "
        "`password_on_virtual=no` only the modes are judged there. On EFI systems grub.cfg lies "
        "on a file system without modes, where the mount's umask decides.",
    ),
    password_on_virtual="yes",  # noqa: S106 - a choice, no password
)
def bootloader_protected(loader: BootLoader, context: Context) -> Verdict:
    """No right for others on any file, and a superuser with a password."""
    wide = [each for each in loader.files if each.uid != 0 or each.mode & 0o077]
    words = {word for each in loader.files for word in each.words}
    seen = "\n".join(
        f"{each.mode:04o} {each.uid}:{each.gid} {each.path} {' '.join(each.words)}".rstrip()
        for each in loader.files
    )
    is_virtual = loader.machine not in ("none", "unknown")
    needs_password = not is_virtual or context.text("password_on_virtual") == "yes"
    if wide:
        return Verdict.failed(
            "{path} is open to others than root",
            path=wide[0].path,
            seen=seen,
            expected="owner root, mode 0600",
        )
    if needs_password and "password" not in words:
        return Verdict.failed(
            "the boot loader's command line may be changed without a password",
            seen=seen,
            expected="set superusers and password_pbkdf2",
        )
    return Verdict.passed("the boot loader is protected", seen=seen)
