"""
Other hosts that may log in without any proof: hosts.equiv, shosts.equiv, ~/.rhosts, ~/.shosts.

rlogin, rsh and a server of SSH with HostbasedAuthentication obey them. A file that nobody obeys
today waits for the day on which somebody installs such a server, so it is a finding too.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.filetree import TrustFiles
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.files.listing import shown


@check(
    TrustFiles,
    About(
        id="account-trust-files",
        title="No file lets other hosts log in without a proof",
        severity=Severity.HIGH,
        why="Whoever forges the address of a trusted host, or any host where the file says `+`, is "
        "logged in without a password.",
        fix="Remove /etc/hosts.equiv, /etc/shosts.equiv, /etc/ssh/shosts.equiv and every .rhosts "
        "and .shosts, and use SSH keys instead.",
        since="0.2.0",
        references={
            "ssg": ("no_rsh_trust_files", "no_user_host_based_files", "no_host_based_files"),
            "cis-debian12": ("7.2.10",),
            "iso27001-2022": ("A.5.17", "A.8.5"),
            "cis-v8": ("4.8", "6.4"),
        },
        pitfalls="A list of comments only, and an empty file, let nobody in. Homes on remote file "
        "systems are not walked.",
    ),
)
def account_trust_files(trust: TrustFiles, context: Context) -> Verdict:  # noqa: ARG001
    """None with a line in it."""
    lists = [each for each in trust.system_wide if each.lines]
    if lists or trust.entries:
        paths = [*(each.path for each in lists), *(each.path for each in trust.entries)]
        lines = [
            f"{each.path}: lines {each.lines}, of them for everybody {each.wildcards}"
            for each in lists
        ]
        return Verdict.failed(
            "{count} files let other hosts in without a proof: {paths}",
            count=len(paths),
            paths=", ".join(paths[:5]),
            seen="\n".join([*lines, shown(trust.entries)]).strip(),
            expected="none",
        )
    return Verdict.passed(
        "no file on {count} local file systems lets other hosts in",
        count=len(trust.walked),
        seen="walked: " + ", ".join(trust.walked),
    )
