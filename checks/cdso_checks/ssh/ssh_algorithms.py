"""
Weak algorithms that the SSH server still offers.

What is weak is a list of patterns in the parameters, so a rulebook can sharpen it. The lists are
those of ssh-audit and of BSI TR-02102-4 (2024): CBC modes, RC4, 3DES, MD5, SHA-1, DSA, 64-bit tags.
"""

from fnmatch import fnmatchcase

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict

#: Settings by the parameter that judges them; a server's version knows one name or the other.
JUDGED = {
    "ciphers": "weak_ciphers",
    "macs": "weak_macs",
    "kexalgorithms": "weak_kex",
    "hostkeyalgorithms": "weak_keys",
    "pubkeyacceptedalgorithms": "weak_keys",
    "pubkeyacceptedkeytypes": "weak_keys",
}


@check(
    SshdSettings,
    About(
        id="ssh-algorithms",
        title="SSH offers strong algorithms only",
        severity=Severity.MEDIUM,
        why="Whoever sits on the way can force a weak algorithm, then read or change the session.",
        fix="Put `Ciphers -*cbc,3des*,arcfour*`, `MACs -*md5*,*sha1*,umac-64*`, "
        "`KexAlgorithms -*sha1` and `HostKeyAlgorithms -ssh-rsa,ssh-dss` into "
        "/etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload "
        "ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_use_strong_ciphers", "sshd_use_strong_macs", "sshd_use_strong_kex"),
            "cis-debian12": ("5.1.6", "5.1.12", "5.1.15"),
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
        },
        pitfalls="The crypto policy of RHEL comes in by an include or by the unit; the server's "
        "own list holds the result.",
    ),
    weak_ciphers=("*-cbc", "*-cbc@*", "arcfour*", "3des*", "blowfish*", "cast128*", "none"),
    weak_macs=("*md5*", "*sha1*", "*ripemd*", "umac-64*", "none"),
    weak_kex=("*-sha1", "*sha1-*", "diffie-hellman-group1-*", "rsa1024*"),
    weak_keys=("ssh-dss*", "ssh-rsa", "ssh-rsa-cert-v0?@openssh.com"),
)
def ssh_algorithms(sshd: SshdSettings, context: Context) -> Verdict:
    """No offered algorithm is on a list of weak ones."""
    offered = {key: sshd.one(key).split(",") for key in JUDGED if key in sshd.settings}
    if not {"ciphers", "macs", "kexalgorithms"} <= set(offered):
        return Verdict.unknown("this server does not tell which algorithms it offers")
    if sshd.settings.get("gssapikeyexchange") == ("yes",):
        prefixes = sshd.one("gssapikexalgorithms").split(",")
        offered["kexalgorithms"] = [*offered["kexalgorithms"], *prefixes]
    weak = [
        f"{key}: {name}"
        for key, names in offered.items()
        for name in names
        if any(fnmatchcase(name, pattern) for pattern in context.names(JUDGED[key]))
    ]
    if weak:
        return Verdict.failed(
            "weak algorithms are offered: {weak}",
            weak=", ".join(dict.fromkeys(each.partition(": ")[2] for each in weak)),
            seen="\n".join(weak),
        )
    count = sum(map(len, offered.values()))
    return Verdict.passed("none of {count} offered algorithms is weak", count=count)
