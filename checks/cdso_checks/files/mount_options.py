"""
Options of the mounts that everybody may write.

Only what the kernel has mounted counts; a line of fstab that was never mounted protects nothing.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.mounts import MountTable
from cdso_audit.model import Context, Severity, Verdict


@check(
    MountTable,
    About(
        id="mount-options",
        title="File systems that all may write are mounted without set-id and devices",
        severity=Severity.LOW,
        why="A set-id program or a device file that an intruder drops there would give him root.",
        fix="Add `nosuid,nodev,noexec` to the options of the mount in /etc/fstab (or in the unit "
        "tmp.mount) and run `mount -o remount,nosuid,nodev,noexec /dev/shm`.",
        since="0.1.0",
        references={
            "ssg": ("mount_option_dev_shm_nosuid", "mount_option_tmp_nodev"),
            "cis-debian12": (
                "1.1.2.1.2",
                "1.1.2.1.3",
                "1.1.2.2.2",
                "1.1.2.2.3",
                "1.1.2.5.2",
                "1.1.2.5.3",
            ),
            "iso27001-2022": ("A.8.9",),
        },
        pitfalls="A file system of its own for /tmp is asked for only by the parameter `separate`; "
        "noexec on /var/tmp breaks some installers, so it is not in the defaults there.",
    ),
    tmp=("nosuid", "nodev"),
    var_tmp=("nosuid", "nodev"),
    dev_shm=("nosuid", "nodev"),
    separate=(),
)
def mount_options(table: MountTable, context: Context) -> Verdict:
    """Every mount has its options; those in `separate` exist."""
    if table.container != "none":
        return Verdict.not_applicable(
            "this is a container ({container}): its host decides on its mounts",
            container=table.container,
        )
    wanted = {
        "/tmp": context.names("tmp"),  # noqa: S108 - a place to look at
        "/var/tmp": context.names("var_tmp"),  # noqa: S108
        "/dev/shm": context.names("dev_shm"),  # noqa: S108
    }
    wrong, seen = [], []
    for point, options in wanted.items():
        mount = table.at(point)
        if mount is None:
            if point in context.names("separate"):
                wrong.append(point)
            seen.append(f"{point}: no file system of its own")
            continue
        seen.append(f"{point}: {mount.type} {','.join(mount.options)}")
        missing = [each for each in options if each not in mount.options]
        if missing:
            wrong.append(f"{point} ({', '.join(missing)})")
    shown = "\n".join(seen)
    expected = "; ".join(f"{point}: {', '.join(options)}" for point, options in wanted.items())
    if wrong:
        return Verdict.failed(
            "options or mounts are missing: {mounts}",
            mounts="; ".join(wrong),
            seen=shown,
            expected=expected,
        )
    if all(table.at(point) is None for point in wanted):
        return Verdict.not_applicable(
            "none of {mounts} is a file system of its own", mounts=", ".join(wanted), seen=shown
        )
    return Verdict.passed(
        "what is mounted for everybody to write has its options", seen=shown, expected=expected
    )
