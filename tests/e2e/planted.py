"""What of the laboratory's plants is judged by which check, and what is judged by none yet."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Judged:
    """
    One plant of an asset, the check that judges it there, and what it must say.

    `subject` is a pattern for the findings' subjects. `on` is the asset of the finding where that
    is another one. Another outcome than fail for a weakness and pass for a good setting has its
    reason in `why`.
    """

    asset: str
    planted: str
    check: str
    outcome: str
    subject: str = ".*"
    says: str = ""
    why: str = ""
    on: str = ""


def _bad(asset: str, planted: str, check: str, subject: str = ".*", says: str = "") -> Judged:
    return Judged(asset, planted, check, "fail", subject, says)


def _good(asset: str, planted: str, check: str, subject: str = ".*", says: str = "") -> Judged:
    return Judged(asset, planted, check, "pass", subject, says)


_WEB, _DB, _APP = "dvc-web", "dvc-db", "lgsp-app"
_INNER = r"Match Address 198\.18\.77\.0/24"
_CONTAINER = "a container's kernel is its machine's, which is told to be scanned"
_CIS_MACS = (
    "CIS Debian 12 5.1.15 counts umac-64 and SHA-1 as weak, and OpenSSH's defaults have them"
)

JUDGED: Final = (
    _good(_WEB, "ssh-root-login", "ssh-root-login", "root"),
    _good(_WEB, "ssh-password-login", "ssh-password-login"),
    _good(_WEB, "ssh-algorithms", "ssh-algorithms"),
    _good(_WEB, "ssh-limits", "ssh-max-auth-tries"),
    _good(_WEB, "ssh-limits", "ssh-idle-timeout"),
    _good(_WEB, "ssh-forwarding", "ssh-forwarding"),
    _good(_WEB, "ssh-access", "ssh-access-limited", says="allowgroups ssh-login"),
    _good(_WEB, "ssh-banner", "ssh-banner"),
    _good(_WEB, "password-hash", "account-hash-scheme", says="ops $y$"),
    _good(_WEB, "password-lockout", "login-lockout", "sshd|login"),
    _good(_WEB, "password-quality", "password-length"),
    _good(_WEB, "password-quality", "password-complexity"),
    _good(_WEB, "password-reuse", "password-history", says="24"),
    _good(_WEB, "password-age", "account-admin-password-age"),
    _good(_WEB, "sudo-logging", "sudo-logging"),
    _good(_WEB, "su-restricted", "su-restricted"),
    _good(_WEB, "session-timeout", "session-lock", says="300"),
    _good(_WEB, "session-timeout", "default-umask", says="027"),
    _good(_WEB, "firewall", "host-firewall", says="80,443"),
    _good(_WEB, "firewall", "host-firewall-ipv6"),
    _good(_WEB, "sysctl-network", "sysctl-network"),
    Judged(_WEB, "sysctl-kernel-live", "sysctl-kernel", "not-applicable", why=_CONTAINER),
    _good(_WEB, "journal-persistent", "log-persistent"),
    _good(_WEB, "log-forwarding", "log-forwarding", says="198.18.77.53"),
    Judged(_WEB, "log-retention", "log-retention", "unknown", says="385 d",
           why="a host of today proves nothing about last year"),
    _good(_WEB, "time-synchronised", "time-synchronised", says="chrony follows 198.18.77.53"),
    _good(_WEB, "time-synchronised", "time-sources-declared"),
    _good(_WEB, "file-integrity", "file-integrity", says="AIDE"),
    _good(_WEB, "unattended-upgrades", "automatic-updates"),
    _good(_WEB, "updates-pending", "security-updates"),
    _good(_WEB, "updates-pending", "update-lists-fresh"),
    Judged(_WEB, "modules-off", "kernel-modules-disabled", "not-applicable", why=_CONTAINER),
    Judged(_WEB, "modules-off", "usb-storage-disabled", "not-applicable", why=_CONTAINER),
    _good(_WEB, "cron-modes", "cron-permissions"),
    _good(_WEB, "backup-fresh", "backup-fresh", "web-restic"),
    _bad(_WEB, "backup-isolated", "backup-separate", "web-restic"),
    Judged(_WEB, "web-server", "http-server-version", "pass", on="dvc-url"),
    _good(_WEB, "web-server", "web-version-hidden"),
    _good(_WEB, "web-server", "web-dot-files-denied"),
    _good(_WEB, "web-server", "served-files", "/var/www/dvc"),
    Judged(_WEB, "web-server", "http-exposed-files", "pass", on="dvc-url"),
    _bad(_WEB, "secret-in-unit", "exposed-secrets", "systemd units", says="PORTAL_TOKEN"),
    _bad(_WEB, "secret-in-web-config", "exposed-secrets", "web server files",
         says="Authorization of /etc/nginx/sites-available/dvc"),
    _good(_WEB, "ports-declared", "open-ports-declared", says="22, 80, 443"),
    _good(_WEB, "ports-declared", "listening-services-declared"),
    Judged(_WEB, "auditd", "audit-daemon-running", "unknown", why=_CONTAINER),
    _good("dvc-url", "tls-protocols", "tls-protocols"),
    _good("dvc-url", "tls-certificate", "tls-certificate-expiry"),
    _good("dvc-url", "tls-certificate", "tls-certificate-name"),
    _good("dvc-url", "tls-certificate", "tls-certificate-trusted"),
    _good("dvc-url", "http-to-https", "http-redirects-to-https"),
    _good("dvc-url", "http-headers", "http-hsts"),
    _good("dvc-url", "http-headers", "http-content-security-policy"),
    _good("dvc-url", "http-headers", "http-content-type-options"),
    _good("dvc-url", "http-headers", "http-frame-options"),
    _good("dvc-url", "http-headers", "http-referrer-policy"),
    _good("dvc-url", "http-cookies", "http-cookies"),
    _good("dvc-url", "http-methods", "http-trace-method"),
    _good("dvc-dns", "spf", "dns-spf"),
    _good("dvc-dns", "dmarc", "dns-dmarc"),
    _good("dvc-dns", "dkim", "mail-dkim", "lab2026"),
    _good("dvc-dns", "caa", "dns-caa"),
    _good("dvc-dns", "dnssec", "dns-dnssec"),
    _good("dvc-dns", "mta-sts", "mail-mta-sts"),
    _bad(_DB, "ssh-root-login", "ssh-root-login", "root"),
    _bad(_DB, "ssh-password-login", "ssh-password-login", _INNER),
    _bad(_DB, "ssh-empty-passwords", "ssh-empty-passwords", _INNER),
    _bad(_DB, "ssh-algorithms", "ssh-algorithms", says="3des-cbc"),
    _bad(_DB, "ssh-forwarding", "ssh-forwarding", says="x11forwarding yes"),
    _bad(_DB, "ssh-limits", "ssh-max-auth-tries", says="0 s: no limit"),
    _bad(_DB, "ssh-authorized-keys", "ssh-authorized-keys", "root|toor", says="ssh-dss"),
    _bad(_DB, "uid-0", "account-uid-zero", says="toor"),
    _bad(_DB, "empty-password", "account-empty-password", says="guest"),
    _bad(_DB, "password-hash", "account-hash-scheme", says="legacy $1$"),
    Judged(_DB, "inactive-account", "account-inactive", "unknown", says="retired",
           why="the logs of a host of today do not reach back 45 days"),
    _bad(_DB, "password-age", "account-admin-password-age", says="ops"),
    _bad(_DB, "password-lockout", "login-lockout"),
    _bad(_DB, "password-quality", "password-length"),
    _bad(_DB, "password-quality", "password-complexity"),
    _bad(_DB, "sudo-nopasswd", "sudo-nopasswd", says="ops ALL=(ALL) NOPASSWD: ALL"),
    _good(_DB, "sudo-ignored-file", "sudo-broad-rules"),
    _bad(_DB, "shadow-mode", "file-account-databases", says="0644 root:shadow /etc/shadow"),
    _bad(_DB, "world-writable-file", "file-world-writable", says="/opt/app/config.ini"),
    _bad(_DB, "world-writable-directory", "directory-sticky-bit", says="/srv/tftp"),
    _bad(_DB, "suid-shell", "file-suid-known", says="/usr/local/bin/backup-helper"),
    _bad(_DB, "unowned-file", "file-unowned", says="/opt/app/leftover.dat"),
    _bad(_DB, "legacy-services", "legacy-services", says="telnet, rsh, tftp"),
    _bad(_DB, "rhosts", "account-trust-files", says="/etc/hosts.equiv, /root/.rhosts"),
    _bad(_DB, "ports-declared", "open-ports-declared", says="23, 513, 514"),
    _bad(_DB, "ports-declared", "listening-services-declared", says="69/udp"),
    _bad(_DB, "firewall", "host-firewall"),
    _bad(_DB, "sysctl-network", "sysctl-network", says="net.ipv4.tcp_syncookies = 0"),
    _bad(_DB, "sysctl-network", "ip-forwarding"),
    _bad(_DB, "journal-persistent", "log-persistent", says="volatile"),
    _bad(_DB, "log-forwarding", "log-forwarding"),
    Judged(_DB, "time-synchronised", "time-synchronised", "unknown", why=_CONTAINER),
    _bad(_DB, "updates-pending", "security-updates"),
    _bad(_DB, "updates-pending", "update-lists-fresh", says="120 days"),
    _bad(_DB, "unattended-upgrades", "automatic-updates"),
    _bad(_DB, "package-origin", "package-signing", says="trusted=yes"),
    _bad(_DB, "package-origin", "third-party-repositories", says="packages.vendor.lab.example"),
    _bad(_DB, "end-of-life", "os-end-of-life", says="2026-08-31"),
    _bad(_DB, "file-integrity", "file-integrity"),
    _bad(_DB, "backup-fresh", "backup-fresh", "db-restic"),
    _bad(_DB, "backup-dump", "backup-fresh", "db-dumps"),
    _bad(_DB, "backup-dump", "backup-not-empty", "db-dumps", says="0 bytes"),
    Judged(_DB, "postgresql-listen", "database-listen", "pass",
           why="the owner declares 5432; who may come there is postgresql-addresses'"),
    _bad(_DB, "postgresql-listen", "postgresql-addresses", says="lines 4, 5"),
    _bad(_DB, "postgresql-auth", "postgresql-authentication", says="trust: lines 4"),
    _bad(_DB, "postgresql-auth", "postgresql-addresses", says="0.0.0.0/0 trust"),
    _bad(_DB, "postgresql-tls", "postgresql-tls", says="ssl is off"),
    _bad(_DB, "postgresql-tls", "postgresql-tls-required", says="lines 4, 5"),
    _bad(_DB, "postgresql-verifiers", "postgresql-verifiers", says="replica"),
    _bad(_DB, "postgresql-verifiers", "postgresql-verifiers", says="password_encryption = md5"),
    _bad(_DB, "postgresql-superuser", "postgresql-superusers", says="portal"),
    _bad(_DB, "postgresql-logging", "postgresql-logging", says="log_connections"),
    _bad(_DB, "postgresql-logging", "postgresql-statement-log", says="log_statement = none"),
    _bad(_DB, "end-of-life", "postgresql-end-of-life", says="PostgreSQL 13"),
    _bad(_DB, "secret-in-arguments", "exposed-secrets", "process arguments",
         says="password of report-sender.service"),
    _bad(_DB, "secret-in-cron", "exposed-secrets", "cron", says="PGPASSWORD of /etc/cron.d/export"),
    Judged(_DB, "tmp-noexec", "mount-options", "not-applicable", why=_CONTAINER),
    Judged(_APP, "ssh-root-login", "ssh-root-login", "fail", "root", says="without-password",
           why="the rule asks for no direct login of root at all, not even with a key"),
    _bad(_APP, "ssh-password-login", "ssh-password-login", "user"),
    Judged(_APP, "ssh-algorithms", "ssh-algorithms", "fail", says="umac-64", why=_CIS_MACS),
    _good(_APP, "firewall", "host-firewall", says="22,8080,8443"),
    _good(_APP, "firewall", "host-firewall-ipv6", says="22,8080,8443"),
    _good(_APP, "ports-declared", "open-ports-declared"),
    _good(_APP, "ports-declared", "listening-services-declared"),
    _good(_APP, "unattended-upgrades", "automatic-updates"),
    _good(_APP, "backup-fresh", "backup-fresh", "app-(restic|borg)"),
    _bad(_APP, "backup-isolated", "backup-separate", "app-(restic|borg)"),
    Judged(_APP, "time-synchronised", "time-synchronised", "unknown", why=_CONTAINER),
    _bad(_APP, "log-forwarding", "log-forwarding"),
    _bad(_APP, "password-lockout", "login-lockout"),
    Judged(_APP, "web-server", "http-server-version", "fail", on="lgsp-url"),
    _bad(_APP, "web-server", "web-version-hidden"),
    _bad(_APP, "web-server", "web-folders-unlisted"),
    _bad(_APP, "web-server", "web-dot-files-denied", says="/var/www/lgsp"),
    _bad(_APP, "web-server", "web-tls-versions", ".* 8443", says="TLSv1, TLSv1.1"),
    _bad(_APP, "web-server", "served-files", "/var/www/lgsp"),
    Judged(_APP, "web-server", "http-directory-listing", "fail", on="lgsp-url"),
    _good(_APP, "locale", "log-important-events"),
    _good(_APP, "locale", "security-updates"),
    _good(_APP, "locale", "log-persistent"),
    _bad("lgsp-url", "tls-protocols", "tls-protocols", says="TLS 1.0, TLS 1.1"),
    _bad("lgsp-url", "tls-certificate", "tls-certificate-expiry", says="2024-01-01"),
    _bad("lgsp-url", "tls-certificate", "tls-certificate-key", says="RSA 1024"),
    _bad("lgsp-url", "tls-certificate", "tls-certificate-trusted", says="self-signed"),
    _bad("lgsp-url", "tls-certificate", "tls-certificate-name"),
    _bad("lgsp-url", "tls-ciphers", "tls-forward-secrecy"),
    Judged("lgsp-url", "tls-ciphers", "tls-ciphers", "pass",
           why="Debian 13's OpenSSL has no 3DES, RC4 or export suite left to offer"),
    Judged("lgsp-url", "http-to-https", "http-redirects-to-https", "fail", on="lgsp-plain"),
    _bad("lgsp-url", "http-headers", "http-hsts"),
    _bad("lgsp-url", "http-headers", "http-content-security-policy"),
    _bad("lgsp-url", "http-headers", "http-content-type-options"),
    _bad("lgsp-url", "http-headers", "http-frame-options"),
    _bad("lgsp-url", "http-headers", "http-referrer-policy"),
    _bad("lgsp-url", "http-cookies", "http-cookies", says="LGSPSESSION"),
    _bad("lgsp-url", "http-version-leak", "http-server-version"),
    _bad("lgsp-url", "http-listing", "http-directory-listing"),
    _bad("lgsp-url", "http-git", "http-exposed-files", says="/.git/HEAD"),
    _bad("lgsp-url", "http-backup", "http-exposed-files", says="/backup.sql"),
    _bad("lgsp-dns", "spf", "dns-spf"),
    _bad("lgsp-dns", "dmarc", "dns-dmarc"),
    _bad("lgsp-dns", "caa", "dns-caa"),
    _bad("lgsp-dns", "dnssec", "dns-dnssec"),
    _good("lgsp-dns", "mx", "dns-mx", says="1 hosts take the domain's mail"),
    _good("ns", "ssh-root-login", "ssh-root-login", "root"),
    _good("ns", "ssh-password-login", "ssh-password-login"),
    _good("ns", "ssh-no-sftp", "ssh-file-modes"),
    _good("ns", "firewall", "host-firewall", says="22,53,514"),
    _good("ns", "firewall", "host-firewall-ipv6"),
    Judged("ns", "time-synchronised", "time-synchronised", "fail",
           why="a clock that follows nobody is proved by nobody, whoever follows it"),
    _good("ns", "time-synchronised", "clock-agrees"),
    Judged(
        "ns",
        "log-forwarding",
        "log-forwarding",
        "not-applicable",
        says="receive the logs of others",
        why="it is the log store itself",
    ),
    Judged("ns", "backup-fresh", "backup-fresh", "not-applicable",
           why="the system's backups are declared, on another host"),
    _bad("ns", "unattended-upgrades", "automatic-updates"),
)  # fmt: skip

NOT_JUDGED: Final = {
}
