"""Package sources that are neither the distribution's nor allowed by name."""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import PackageSources
from cdso_audit.model import Context, Severity, Verdict

#: Hosts of distributions; a mirror within the agency belongs into the parameter `allowed`.
DISTRIBUTIONS = (
    "debian.org",
    "ubuntu.com",
    "redhat.com",
    "almalinux.org",
    "rockylinux.org",
    "oracle.com",
    "centos.org",
    "fedoraproject.org",
    "suse.com",
    "opensuse.org",
    "amazonaws.com",
)
SHOWN = 8


@check(
    PackageSources,
    About(
        id="third-party-repositories",
        title="Packages come from the distribution or from sources that are allowed by name",
        severity=Severity.LOW,
        why="Whoever runs a package source installs programs as root wherever it is used.",
        fix="Remove sources that nobody needs (`rm /etc/apt/sources.list.d/<name>`), and name the "
        "others, such as the agency's mirror, in this check's parameter `allowed`.",
        since="0.1.0",
        references={
            "cis-debian12": ("1.2.1.2",),
            "iso27001-2022": ("A.8.19",),
            "cis-v8": ("2.5",),
        },
    ),
    allowed=(),
)
def third_party_repositories(packages: PackageSources, context: Context) -> Verdict:
    """Each source's host is a distribution's, is allowed, or is the host itself."""
    known = (*DISTRIBUTIONS, *context.names("allowed"))
    hosts = {each.uri: _host(each.uri) for each in packages.sources}
    strange = sorted(
        {
            host
            for host in hosts.values()
            if host and not any(host == name or host.endswith("." + name) for name in known)
        }
    )
    seen = "\n".join(f"{each.uri} {each.suite} ({each.file})" for each in packages.sources)
    if strange:
        return Verdict.failed(
            "package sources of others: {hosts}", hosts=", ".join(strange[:SHOWN]), seen=seen
        )
    if packages.unreadable:
        return Verdict.unknown(
            "package sources cannot be read: {files}", files=", ".join(packages.unreadable)
        )
    if not packages.sources:
        return Verdict.unknown("no package source was found")
    return Verdict.passed(
        "all {count} package sources are known", count=len(packages.sources), seen=seen
    )


def _host(uri: str) -> str:
    match = re.match(r"(?:[\w+]+:)?\w+://(?:[^/@]*@)?\[?([^/:\]]+)", uri)
    return match[1].lower() if match else ""
