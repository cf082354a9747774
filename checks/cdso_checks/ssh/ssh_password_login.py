"""
Logging in over SSH with nothing but a password.

Judged on what the server says, for root and for an ordinary user: a drop-in of cloud-init that
turns passwords on comes first, and so wins over the main file.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict

#: Methods that prove the holding of something, so that a password beside them is a second factor.
STRONG = frozenset({"publickey", "gssapi-with-mic", "hostbased"})


@check(
    SshdSettings,
    About(
        id="ssh-password-login",
        title="Nobody logs in over SSH with a password alone",
        severity=Severity.HIGH,
        why="Passwords are guessed around the clock from the whole Internet, and one that is "
        "reused opens the host.",
        fix="Set `PasswordAuthentication no` and `KbdInteractiveAuthentication no` (or "
        "`AuthenticationMethods publickey,keyboard-interactive` for MFA) in "
        "/etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload "
        "ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_disable_password_auth",),
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("6.5",),
            "nist-csf-2": ("PR.AA-03",),
        },
        pitfalls="`PasswordAuthentication no` alone leaves keyboard-interactive, where PAM asks "
        "for the same password.",
    ),
)
def ssh_password_login(sshd: SshdSettings, context: Context) -> Verdict:
    """Passwords are off, or every accepted chain of methods holds a key."""
    del context
    asks = "kbdinteractiveauthentication"
    if asks not in sshd.settings:  # its name before OpenSSH 8.7
        asks = "challengeresponseauthentication"
    seen = "\n".join(filter(None, map(sshd.line, ("passwordauthentication", asks))))
    expected = "passwordauthentication no, kbdinteractiveauthentication no"
    if sshd.is_root and sshd.one("permitrootlogin") != "yes":
        return Verdict.passed(
            "root cannot log in with a password", seen=sshd.line("permitrootlogin")
        )
    if sshd.one("passwordauthentication") == "no" and sshd.one(asks) == "no":
        return Verdict.passed("password login is off", seen=seen, expected=expected)
    chains = " ".join(sshd.settings.get("authenticationmethods", ())).split()
    if chains and all(_has_key(chain) for chain in chains):
        return Verdict.passed(
            "a key is asked for in every accepted chain of methods",
            seen=sshd.line("authenticationmethods"),
            expected=expected,
        )
    return Verdict.failed("a password alone is enough to log in", seen=seen, expected=expected)


def _has_key(chain: str) -> bool:
    return any(method.partition(":")[0] in STRONG for method in chain.split(","))
