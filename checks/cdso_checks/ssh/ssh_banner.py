"""The notice that SSH shows before a login."""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.sshfiles import SshBanner
from cdso_audit.model import Context, Severity, Verdict

#: What tells an attacker which system this is; `\S` and the like are getty's, sshd shows them raw.
TELLING = re.compile(
    r"\b(debian|ubuntu|centos|rocky|alma|red hat|rhel|fedora|suse|oracle linux)\b|\\[a-z]\b"
    r"|linux\s+\d",
    re.IGNORECASE,
)


@check(
    SshBanner,
    About(
        id="ssh-banner",
        title="SSH shows a notice before login that does not name the system",
        severity=Severity.LOW,
        why="Without a notice an intruder can claim not to have known; a version helps to choose "
        "an "
        "attack.",
        fix="Write the agency's notice to /etc/issue.net without a version, set "
        "`Banner /etc/issue.net` in /etc/ssh/sshd_config.d/00-cdso.conf, then "
        "`systemctl reload ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_enable_warning_banner_net",),
            "cis-debian12": ("5.1.5",),
            "iso27001-2022": ("A.8.5",),
        },
        pitfalls="Debian's own /etc/issue.net names the release, so it is no notice.",
    ),
)
def ssh_banner(banner: SshBanner, context: Context) -> Verdict:
    """There is a file, it holds text, and the text names no distribution."""
    del context
    if banner.path == "none":
        return Verdict.failed("no notice is shown", seen="banner none")
    if banner.text is None or not banner.text.strip():
        return Verdict.failed("{path} is missing or empty", path=banner.path)
    telling = TELLING.search(banner.text)
    if telling:
        return Verdict.failed(
            "the notice names the system: {word}", word=telling[0], seen=banner.text.strip()
        )
    return Verdict.passed("a notice is shown", seen=banner.text.strip())
