"""
The keys that let accounts in over SSH.

One finding an account that has keys. DSA and short RSA keys can be computed by others; a line that
is no key is an error that somebody should see.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshfiles import AuthorizedKey, AuthorizedKeys
from cdso_audit.model import Context, Severity, Verdict


@check(
    AuthorizedKeys,
    About(
        id="ssh-authorized-keys",
        title="The SSH keys that let accounts in are strong",
        severity=Severity.MEDIUM,
        why="A weak key can be computed from its public half, and no password stands behind it.",
        fix="Make a new key with `ssh-keygen -t ed25519`, put its public half in place, then "
        "remove "
        "the line that the finding names.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.5", "A.8.24"),
            "cis-v8": ("5.4",),
            "url": ("https://csrc.nist.gov/pubs/sp/800/131/a/r2/final",),
        },
        pitfalls="Keys that a command or a certificate authority gives are invisible in files; "
        "they "
        "are reported as not looked at. DSA has 1024 bits whatever the file says.",
    ),
    min_rsa_bits=2048,  # NIST SP 800-131A r2: 112 bits of strength
    weak_types=("ssh-dss", "ssh-dss-cert-v01@openssh.com"),
)
def ssh_authorized_keys(held: AuthorizedKeys, context: Context) -> Verdict:
    """Name each weak key by file and line."""
    least, weak_types = context.number("min_rsa_bits"), context.names("weak_types")

    def is_weak(key: AuthorizedKey) -> bool:
        short = key.type.startswith("ssh-rsa") and (key.bits is None or key.bits < least)
        return short or key.type in weak_types

    expected = f"Ed25519, ECDSA, RSA >= {least}"
    weak = [_shown(key) for key in held.keys if is_weak(key)]
    if weak or held.odd_lines:
        return Verdict.failed(
            "{account}: {weak} weak keys, {odd} lines that are no key",
            account=held.account,
            weak=len(weak),
            odd=len(held.odd_lines),
            seen="\n".join([*weak, *held.odd_lines]),
            expected=expected,
        )
    return Verdict.passed(
        "{account}: {count} keys, none is weak",
        account=held.account,
        count=len(held.keys),
        seen="\n".join(map(_shown, held.keys)),
        expected=expected,
    )


def _shown(key: AuthorizedKey) -> str:
    size = f" {key.bits}" if key.bits else ""
    options = f" ({', '.join(key.options)})" if key.options else ""
    return f"{key.path}:{key.line} {key.type}{size}{options}"
