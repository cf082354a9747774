"""Folders that everybody may write need the sticky bit, or anybody may remove others' files."""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import WritableDirectories
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import is_under, shown


@check(
    WritableDirectories,
    About(
        id="directory-sticky-bit",
        title="Every folder that all may write has the sticky bit",
        severity=Severity.MEDIUM,
        why="Without the sticky bit any account replaces other people's files in that folder.",
        fix="Set the bit with `chmod +t PATH`, or take the right away with `chmod o-w PATH`.",
        since="0.1.0",
        references={
            "ssg": ("dir_perms_world_writable_sticky_bits",),
            "cis-debian12": ("7.1.11",),
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
    ),
    allowed_below=(),
)
def directory_sticky_bit(folders: WritableDirectories, context: Context) -> Verdict:
    """None but those below the folders `allowed_below`."""
    allowed = context.names("allowed_below")
    found = [each for each in folders.entries if not is_under(each.path, allowed)]
    if found:
        return Verdict.failed(
            "{count} folders may be written by everybody and lack the sticky bit, "
            "the first is {path}",
            count=len(found),
            path=found[0].path,
            seen=shown(found),
            expected="mode 1777 or no right to write for others",
        )
    return Verdict.passed(
        "every folder on {count} local file systems that all may write has the sticky bit",
        count=len(folders.walked),
        seen="walked: " + ", ".join(folders.walked),
    )
