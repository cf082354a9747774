"""Package sources whose signatures are checked, and no setting that waives it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import PackageSources, apt_true
from cdso_audit.model import Context, Severity, Verdict

#: apt's settings that let unsigned packages in when they are true.
OPEN = (
    "apt::get::allowunauthenticated",
    "acquire::allowinsecurerepositories",
    "acquire::allowweakrepositories",
    "acquire::allowdowngradetoinsecurerepositories",
)
SHOWN = 5


@check(
    PackageSources,
    About(
        id="package-signing",
        title="Every package source must be signed",
        severity=Severity.HIGH,
        why="Without signatures anybody on the way to the mirror can install programs as root.",
        fix="Remove `trusted=yes` and `AllowUnauthenticated` from /etc/apt, name the key by "
        "`Signed-By:`; set `gpgcheck=1` in /etc/yum.repos.d/*.repo.",
        since="0.1.0",
        references={
            "ssg": ("ensure_gpgcheck_never_disabled", "ensure_gpgcheck_globally_activated"),
            "cis-debian12": ("1.2.1.1",),
            "iso27001-2022": ("A.8.19",),
        },
        pitfalls="Both forms of apt sources are read, one-line and deb822.",
    ),
)
def package_signing(packages: PackageSources, context: Context) -> Verdict:  # noqa: ARG001
    """No source and no setting switches the checking off."""
    wrong = [
        f"{each.uri} ({each.why}, {each.file})" for each in packages.sources if not each.checked
    ]
    wrong += [
        f"{key}={packages.settings[key]}" for key in OPEN if apt_true(packages.settings.get(key))
    ]
    if wrong:
        return Verdict.failed(
            "signatures are not checked: {sources}",
            sources="; ".join(wrong[:SHOWN]),
            seen="\n".join(wrong),
        )
    if packages.unreadable:
        return Verdict.unknown(
            "package sources cannot be read: {files}", files=", ".join(packages.unreadable)
        )
    if not packages.sources:
        return Verdict.unknown("no package source was found")
    return Verdict.passed(
        "the signatures of all {count} package sources are checked", count=len(packages.sources)
    )
