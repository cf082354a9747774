"""Owner and mode of passwd, shadow, group and gshadow, with the copies that tools leave behind."""

from cdso_audit.checking import About, check
from cdso_audit.facts.files import AccountFiles, FileState
from cdso_audit.model import Context, Severity, Verdict

#: Highest mode of the files with names, and of those with hashes (Debian: root:shadow 0640).
OPEN_MODE, SECRET_MODE = 0o644, 0o640
SECRET = ("shadow", "gshadow", "opasswd")


def is_right(file: FileState, groups: tuple[str, ...]) -> bool:
    """Owned by root, no bit beyond what is allowed; group read only for root and the given ones."""
    name = file.path.rpartition("/")[2].removesuffix("-")
    most = SECRET_MODE if name in SECRET else OPEN_MODE
    if file.uid != 0 or file.mode & ~most:
        return False
    return file.group in groups or not file.mode & 0o070 or (name not in SECRET and file.gid == 0)


@check(
    AccountFiles,
    About(
        id="file-account-databases",
        title="Only root writes the account databases, and password hashes are hidden",
        severity=Severity.HIGH,
        why="Whoever reads /etc/shadow cracks passwords at leisure, and whoever writes either "
        "file is root.",
        fix="Run `chown root:root /etc/passwd /etc/group; chmod 644 /etc/passwd /etc/group; "
        "chown root:shadow /etc/shadow /etc/gshadow; chmod 640 /etc/shadow /etc/gshadow`, and the "
        "same for the copies that end in `-`.",
        since="0.1.0",
        references={
            "ssg": ("file_permissions_etc_shadow", "file_permissions_etc_passwd"),
            "cis-debian12": (
                "7.1.1",
                "7.1.2",
                "7.1.3",
                "7.1.4",
                "7.1.5",
                "7.1.6",
                "7.1.7",
                "7.1.8",
            ),
            "iso27001-2022": ("A.8.3",),
        },
        pitfalls="Debian's root:shadow 0640 is right, and so is 0000 of Red Hat.",
    ),
    groups=("root", "shadow"),
)
def file_account_databases(databases: AccountFiles, context: Context) -> Verdict:
    """Each file that exists; a host without shadow passwords fails."""
    groups = context.names("groups")
    wrong = [each for each in databases.files if not is_right(each, groups)]
    seen = "\n".join(str(each) for each in wrong or databases.files)
    expected = "root, at most 0644; shadow and gshadow root:shadow, at most 0640"
    if not any(each.path == "/etc/shadow" for each in databases.files):
        return Verdict.failed("there is no /etc/shadow", seen=seen, expected=expected)
    if wrong:
        return Verdict.failed(
            "{count} of the account databases are open too far, the first is {path}",
            count=len(wrong),
            path=wrong[0].path,
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "all {count} account databases have the right owner and mode",
        count=len(databases.files),
        seen=seen,
        expected=expected,
    )
