"""
Accounts whose name everybody knows: those of images, of products, of a whole office.

An account is judged by the ways into it. Locked and without a key it is no way in, and fine.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountLogins
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountLogins,
    About(
        id="account-default-names",
        title="No default or shared account can be logged in to",
        severity=Severity.HIGH,
        why="These names are the first that every guessing tool tries, and nobody answers for what "
        "a shared account does.",
        fix="Give each person an account of their own, then close this one with "
        "`usermod -L -s /usr/sbin/nologin NAME` and remove its authorized_keys.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.16", "A.5.17"),
            "cis-v8": ("4.7", "5.1"),
            "nist-csf-2": ("PR.AA-01",),
        },
        pitfalls="A product's account with a shell but without password and key is fine.",
    ),
    names=(
        *("admin", "administrator", "user", "test", "tester", "guest", "demo", "temp", "support"),
        *("ubuntu", "debian", "centos", "rocky", "almalinux", "fedora", "ec2-user", "cloud-user"),
        *("vagrant", "pi", "oracle", "postgres", "mysql", "mariadb", "tomcat", "jenkins", "git"),
        *("ftp", "ftpuser", "www", "www-data", "nginx", "apache", "backup", "nagios", "zabbix"),
        *("ansible", "deploy", "it", "cntt", "quantri", "vanthu", "nhanvien"),
    ),
)
def account_default_names(held: AccountLogins, context: Context) -> Verdict:
    """None of the names has a password or a key."""
    names = set(context.names("names"))
    known = [each for each in held.logins if each.account.name.lower() in names]
    seen = "\n".join(f"{each.account.name}: {', '.join(each.ways) or '-'}" for each in known)
    opened = [each.account.name for each in known if each.ways]
    if opened:
        return Verdict.failed(
            "default or shared accounts can be logged in to: {names}",
            names=", ".join(opened),
            seen=seen,
        )
    blind = [each.account.name for each in known if each.keys is None]
    if blind:
        return Verdict.unknown(
            "keys of these accounts could not be looked at: {names}", names=", ".join(blind)
        )
    return Verdict.passed(
        "{count} such accounts have a shell, none has a password or a key",
        count=len(known),
        seen=seen,
    )
