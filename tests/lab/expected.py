"""
What is planted where, as data that a scan's findings are held against.

Keys are asset ids of the laboratory's agency.yaml. An id says the subject, and is unique in its
asset. `trap` says what a careless check would conclude instead.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing planted in an asset that a scan must judge."""

    id: str
    kind: Literal["weakness", "good"]
    says: str
    trap: str = ""


def _weak(id_: str, says: str, trap: str = "") -> Planted:
    return Planted(id_, "weakness", says, trap)


def _good(id_: str, says: str, trap: str = "") -> Planted:
    return Planted(id_, "good", says, trap)


EXPECTED: Final[dict[str, tuple[Planted, ...]]] = {
    "dvc-web": (
        _good("ssh-root-login", "A drop-in sets PermitRootLogin no."),
        _good("ssh-password-login", "Only keys: password and keyboard-interactive are off."),
        _good("ssh-algorithms", "Ciphers, MACs and key exchanges are an explicit modern list."),
        _good("ssh-limits", "MaxAuthTries 3, LoginGraceTime 30, dead sessions end after 300 s."),
        _good("ssh-forwarding", "X11, TCP and agent forwarding and tunnels are off."),
        _good("ssh-access", "AllowGroups ssh-login, set in a drop-in.",
              "the main file alone shows no restriction"),
        _good("ssh-banner", "A warning banner without the system's version."),
        _good("password-hash", "The one password is yescrypt."),
        _good("password-lockout", "pam_faillock preauth, authfail and account; deny 5 for 12 h.",
              "pam_unix jumps over authfail with success=2"),
        _good("password-quality", "pam_pwquality before pam_unix; minlen 14, four classes."),
        _good("password-reuse", "pam_pwhistory remembers 24."),
        _good("password-age", "90 days at most, 1 at least, for the person and in login.defs."),
        _good("sudo-logging", "Defaults use_pty and logfile come from a drop-in."),
        _good("su-restricted", "pam_wheel limits su to group sudo."),
        _good("session-timeout", "TMOUT 300, read-only; umask 027."),
        _good("firewall", "nftables drops input by default, in family inet, so IPv6 too."),
        _good("sysctl-network", "Live and saved values refuse redirects and source routes."),
        _weak("sysctl-kernel-live", "kptr_restrict is saved as 2, but live 0, as this machine's.",
              "the file says 2; a container cannot set it"),
        _good("journal-persistent", "journald stores persistently for a year."),
        _good("log-forwarding", "rsyslog forwards by TCP with a disk queue; it is connected."),
        _good("log-retention", "rsyslog's files are kept for 54 weeks."),
        _good("time-synchronised", "chronyd follows ns: leap status normal.",
              "timedatectl says no, since the container may not set the kernel's clock"),
        _good("file-integrity", "AIDE has a database, a timer, and a last run that found nothing."),
        _good("unattended-upgrades", "Security updates are installed daily."),
        _good("updates-pending", "The security suite was applied when the host was built."),
        _good("modules-off", "usb-storage and rare protocols and file systems cannot be loaded."),
        _good("cron-modes", "crontab and cron directories are root's alone."),
        _good("backup-fresh", "A restic snapshot of this start, and a daily timer."),
        _weak("backup-isolated", "The repository lies on the same host."),
        _good("web-server", "nginx: tokens off, dot files denied, no other methods."),
        _good("ports-declared", "Only 22, 80 and 443 listen beyond loopback."),
        _weak("secret-in-unit", "A unit's Environment= holds a token, readable by every user."),
        _weak("secret-in-web-config", "An nginx file holds a password in a comment and a header."),
        _weak("auditd", "There is no audit daemon; a container cannot run one."),
    ),
    "dvc-url": (
        _good("tls-protocols", "TLS 1.2 and 1.3 only."),
        _good("tls-certificate", "Valid, names the host, chain with its issuer is served.",
              "the root is the laboratory's own: trust it, or judge it as an internal authority"),
        _good("http-to-https", "Port 80 redirects to https."),
        _good("http-headers", "HSTS of a year, CSP, nosniff, frame, referrer, permissions."),
        _good("http-cookies", "The session cookie is Secure, HttpOnly and SameSite."),
        _good("http-methods", "TRACE is refused."),
    ),
    "dvc-dns": (
        _good("spf", "One record that ends in -all."),
        _good("dmarc", "p=reject with strict alignment."),
        _good("dkim", "Selector lab2026 has a 2048-bit key."),
        _good("caa", "CAA names one issuer and a contact."),
        _good("dnssec", "Signed; the chain starts at the local anchor of lab.example.",
              "there is no chain from the real root; the resolver sets AD by its own anchor"),
        _good("mta-sts", "MTA-STS and TLS reporting records are there."),
    ),
    "dvc-db": (
        _weak("ssh-root-login", "A drop-in that is read first says PermitRootLogin yes.",
              "sshd_config itself says no"),
        _weak("ssh-password-login", "A Match Address block allows passwords on the whole network.",
              "sshd -T without -C says no"),
        _weak("ssh-empty-passwords", "The same Match block permits empty passwords."),
        _weak("ssh-algorithms", "CBC ciphers, hmac-md5 and SHA-1 key exchanges are added."),
        _weak("ssh-forwarding", "X11Forwarding yes."),
        _weak("ssh-limits", "MaxAuthTries 10 and LoginGraceTime 0.", "0 means no limit"),
        _weak("ssh-authorized-keys", "root has an unrestricted DSA key in authorized_keys."),
        _weak("uid-0", "A second account, toor, has UID 0."),
        _weak("empty-password", "guest has an empty password field."),
        _weak("password-hash", "legacy has an md5-crypt hash; ops and retired sha512-crypt."),
        _weak("inactive-account", "retired has kept its password since 2012 and may log in."),
        _weak("password-age", "No account's password ever expires."),
        _weak("password-lockout", "No pam_faillock in the stack."),
        _weak("password-quality", "No pam_pwquality in the stack."),
        _weak("sudo-nopasswd", "50-ops gives ops everything without a password."),
        _good("sudo-ignored-file", "60-old.bak gives retired nothing.",
              "sudo skips names with a dot: a rule found there is no rule"),
        _weak("shadow-mode", "/etc/shadow is 0644."),
        _weak("world-writable-file", "/opt/app/config.ini is 0666."),
        _weak("world-writable-directory", "/opt/app/incoming and /srv/tftp are 0777, not sticky."),
        _weak("suid-shell", "/usr/local/bin/backup-helper is a SUID copy of dash."),
        _weak("unowned-file", "/opt/app/leftover.dat belongs to 4242:4242, which is nobody."),
        _weak("legacy-services", "inetd serves telnet, tftp, rsh and rlogin."),
        _weak("rhosts", "/etc/hosts.equiv and /root/.rhosts trust everybody."),
        _weak("ports-declared", "Ports 23, 69, 513 and 514 listen and are not declared.",
              "514 is rsh here, not syslog"),
        _weak("firewall", "iptables has one chain that bans one address; policies accept.",
              "there is a REJECT rule, as fail2ban leaves it"),
        _weak("sysctl-network", "Live: forwarding, redirects, source routes; syncookies off.",
              "the saved file is good; a unit undoes it after boot"),
        _weak("journal-persistent", "journald keeps the log in memory only."),
        _weak("log-forwarding", "No rsyslog or other forwarder."),
        _weak("time-synchronised", "No time daemon at all."),
        _weak("updates-pending", "Security updates are waiting; the lists are 120 days old."),
        _weak("unattended-upgrades", "Not installed."),
        _weak("package-origin", "A source is marked trusted=yes and has no key."),
        _weak("end-of-life", "Debian 11 is past its long-term support (2026-08-31)."),
        _weak("file-integrity", "No AIDE or the like."),
        _weak("backup-fresh", "The newest snapshot is nine days old; the RPO is 24 h.",
              "a repository with a snapshot exists"),
        _weak("backup-dump", "Today's dump is empty, the last good one nine days old.",
              "the newest file is of today"),
        _weak("postgresql-auth", "pg_hba trusts every address for every user."),
        _weak("postgresql-listen", "Listens on all addresses."),
        _weak("postgresql-tls", "ssl is off."),
        _weak("postgresql-verifiers", "password_encryption is md5, and so is replica's verifier."),
        _weak("postgresql-superuser", "The application's role portal is a superuser."),
        _weak("postgresql-logging", "Connections are not logged."),
        _good("tmp-noexec", "/tmp is a tmpfs with noexec, nosuid and nodev.",  # noqa: S108 - a sentence
              "a collector that drops a script into /tmp fails here"),
        _weak("secret-in-arguments", "A process shows a password in its arguments."),
        _weak("secret-in-cron", "A cron file that all may read sets PGPASSWORD."),
        _weak("secret-in-settings", "/opt/app/config.ini holds a password, and all may read it."),
    ),
    "lgsp-app": (
        _good("ssh-root-login", "Debian 13's default: prohibit-password."),
        _weak("ssh-password-login", "Debian's default leaves password login on."),
        _good("ssh-algorithms", "OpenSSH 10's defaults."),
        _good("firewall", "ufw denies incoming but 22, 8080 and 8443, IPv6 too."),
        _good("ports-declared", "What listens is declared."),
        _good("unattended-upgrades", "Security updates are installed daily."),
        _good("backup-fresh", "A restic snapshot and a borg archive of this start."),
        _weak("backup-isolated", "Both repositories lie on the same host."),
        _weak("time-synchronised", "systemd-timesyncd is enabled but does not run in a container.",
              "installed and enabled is not synchronised"),
        _weak("log-forwarding", "No rsyslog or other forwarder."),
        _weak("password-lockout", "No pam_faillock in the stack."),
        _weak("web-server", "nginx: tokens on, autoindex on, old TLS."),
        _good("locale", "vi_VN.UTF-8, and a .bashrc that talks on both streams.",
              "a parser that expects English, or clean output without a marker, breaks"),
    ),
    "lgsp-url": (
        _weak("tls-protocols", "TLS 1.0 and 1.1 are accepted, 1.3 is not."),
        _weak("tls-certificate", "Self-signed, 1024-bit RSA, expired on 2024-01-01."),
        _weak("tls-ciphers", "Everything that OpenSSL has at security level 0."),
        _weak("http-to-https", "Port 8080 serves the same in the clear, without a redirect."),
        _weak("http-headers", "No HSTS, CSP or other protective header."),
        _weak("http-cookies", "The session cookie is neither Secure nor HttpOnly."),
        _weak("http-version-leak", "The Server header tells the version."),
        _weak("http-listing", "Directories are listed."),
        _weak("http-git", "/.git/HEAD and /.git/config are served."),
        _weak("http-backup", "/backup.sql is served."),
    ),
    "lgsp-dns": (
        _weak("spf", "No SPF record.", "there is a TXT record, but another one"),
        _weak("dmarc", "No DMARC record."),
        _weak("caa", "No CAA record."),
        _weak("dnssec", "Not signed; its parent is."),
        _good("mx", "There is an MX record, so the zone does take mail."),
    ),
    "ns": (
        _good("ssh-root-login", "A drop-in sets PermitRootLogin no."),
        _good("ssh-password-login", "A drop-in turns passwords off."),
        _good("ssh-no-sftp", "There is no sftp subsystem.", "who needs sftp fails here"),
        _good("firewall", "firewalld lets in ssh, dns, ntp and 514/tcp only."),
        _good("time-synchronised", "chronyd is the laboratory's own source, local stratum 8.",
              "its leap status is normal although it follows nobody"),
        _weak("log-forwarding", "It is the log store and forwards nothing itself."),
        _weak("backup-fresh", "No backup is declared."),
        _weak("unattended-upgrades", "Not installed."),
    ),
}  # fmt: skip
"""Asset id → what is planted in it."""
