"""
Files in which people keep credentials: ~/.netrc, ~/.pgpass, ~/.my.cnf, keys of SSH and of clouds.

Their programs read them for their owner alone, so nobody else needs a right to them. libpq refuses
a ~/.pgpass that the group may read, and ssh a key; others do not ask.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import CredentialFiles
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import shown


@check(
    CredentialFiles,
    About(
        id="account-credential-files",
        title="Files with a person's credentials are closed to everybody else",
        severity=Severity.HIGH,
        why="A password or key that others may read opens the database, the repository or the "
        "cloud to every account of the host.",
        fix="Run `chmod 0600 FILE`, then change the credentials, since they were open.",
        since="0.2.0",
        references={
            "ssg": ("no_netrc_files", "accounts_users_netrc_file_permissions"),
            "cis-debian12": ("7.2.10",),
            "iso27001-2022": ("A.5.17", "A.8.3"),
            "cis-v8": ("3.3",),
        },
        pitfalls="Public halves (*.pub) and empty files are left out. What a file holds is not "
        "read, so a ~/.my.cnf without a password counts too.",
    ),
    max_mode="0600",
)
def account_credential_files(held: CredentialFiles, context: Context) -> Verdict:
    """No bit more than the limit, and nothing for the group or others."""
    most = int(context.text("max_mode"), 8)
    open_ = [each for each in held.entries if each.mode & 0o777 & ~most & 0o177]
    if open_:
        return Verdict.failed(
            "{open} of {all} files with credentials are open to others, the first is {path}",
            open=len(open_),
            all=len(held.entries),
            path=open_[0].path,
            seen=shown(open_),
            expected=f"<= {most:04o}",
        )
    return Verdict.passed(
        "all {all} files with credentials are closed to others",
        all=len(held.entries),
        seen=shown(held.entries),
        expected=f"<= {most:04o}",
    )
