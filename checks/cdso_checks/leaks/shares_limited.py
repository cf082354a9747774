"""Folders that a host shares with everybody, or with somebody else's root."""

from cdso_audit.checking import About, check
from cdso_audit.facts.shares import Share
from cdso_audit.model import Context, Severity, Verdict


@check(
    Share,
    About(
        id="shares-limited",
        title="Folders are shared with named hosts or accounts only",
        severity=Severity.HIGH,
        why="A share that asks nobody who he is gives its files to the whole network, and to "
        "whoever got into any machine of it.",
        fix="Name the clients (`/srv/share 10.1.2.0/24(ro,root_squash)` in /etc/exports, "
        "`valid users` in smb.conf, `auth users` and `hosts allow` in rsyncd.conf), then reload.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.3", "A.8.20"), "cis-v8": ("3.3", "4.8")},
        pitfalls="The table of what is exported now decides, not the file alone. A named network "
        "may still be large; a firewall may narrow it, and is judged by itself.",
    ),
    allowed=(),
)
def shares_limited(share: Share, context: Context) -> Verdict:
    """Not for everybody, and no client's root is root here."""
    seen = f"{share.path} {share.clients or '*'} {'rw' if share.is_writable else 'ro'}"
    if share.path in context.names("allowed"):
        return Verdict.passed("{path} is public on purpose", path=share.path, seen=seen)
    if share.is_for_everybody and share.is_writable:
        return Verdict.failed("everybody may write into {path}", path=share.path, seen=seen)
    if share.is_for_everybody:
        return Verdict.failed("everybody may read {path}", path=share.path, seen=seen)
    if share.keeps_root and share.is_writable:
        return Verdict.failed(
            "root of {clients} is root in {path} (no_root_squash)",
            clients=share.clients,
            path=share.path,
            seen=seen,
        )
    return Verdict.passed("{path} is shared with some only", path=share.path, seen=seen)
