"""
Files whose owner has no name any more.

With accounts in a directory service the answer hangs on that service: while it is down, every file
of its people looks unowned. So there nothing is called a failure on that ground alone.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import UnownedFiles
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import is_under, shown


@check(
    UnownedFiles,
    About(
        id="file-unowned",
        title="Every file belongs to an account and a group that exist",
        severity=Severity.LOW,
        why="The next account that is given the free number owns all these files at once.",
        fix="Give the file to whom it belongs (`chown NAME:GROUP PATH`) or delete it; "
        "`find / -xdev -nouser -o -nogroup` lists them.",
        since="0.1.0",
        references={
            "ssg": ("no_files_unowned_by_user", "file_permissions_ungroupowned"),
            "cis-debian12": ("7.1.12",),
            "iso27001-2022": ("A.5.9", "A.8.3"),
        },
        pitfalls="Numbers of rootless containers (/etc/subuid) and of systemd's dynamic users have "
        "no name and are right.",
    ),
    allowed_below=(),
)
def file_unowned(files: UnownedFiles, context: Context) -> Verdict:
    """None but those below `allowed_below`; unknown where a directory service might name them."""
    allowed = context.names("allowed_below")
    found = [each for each in files.entries if not is_under(each.path, allowed)]
    if found and files.directories:
        return Verdict.unknown(
            "{count} files have owners without a name here, and accounts also come from "
            "{directories}, which may be unable to answer just now; the first is {path}",
            count=len(found),
            directories=", ".join(files.directories),
            path=found[0].path,
            seen=shown(found),
        )
    if found:
        return Verdict.failed(
            "{count} files belong to a number without a name, the first is {path}",
            count=len(found),
            path=found[0].path,
            seen=shown(found),
            expected="an account and a group that exist",
        )
    return Verdict.passed(
        "every file on {count} local file systems has an owner and a group with a name",
        count=len(files.walked),
        seen="walked: " + ", ".join(files.walked),
    )
