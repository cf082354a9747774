"""Files that every account of the host may write."""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import WritableFiles
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import is_under, shown


@check(
    WritableFiles,
    About(
        id="file-world-writable",
        title="No file may be written by everybody",
        severity=Severity.MEDIUM,
        why="Whoever gets into any account changes such a file, and so what others run or trust.",
        fix="Take the right away with `chmod o-w PATH`, after asking who needs to write there.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_unauthorized_world_writable",),
            "cis-debian12": ("7.1.11",),
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
        pitfalls="Container layers, remote and virtual file systems are left out by name; a local "
        "one that was not walked makes the finding unknown.",
    ),
    allowed_below=(),
)
def file_world_writable(files: WritableFiles, context: Context) -> Verdict:
    """None but those below the folders `allowed_below`."""
    allowed = context.names("allowed_below")
    found = [each for each in files.entries if not is_under(each.path, allowed)]
    if found:
        return Verdict.failed(
            "{count} files may be written by everybody, the first is {path}",
            count=len(found),
            path=found[0].path,
            seen=shown(found),
            expected="no right to write for others",
        )
    return Verdict.passed(
        "no file on {count} local file systems may be written by everybody",
        count=len(files.walked),
        seen="walked: " + ", ".join(files.walked),
    )
