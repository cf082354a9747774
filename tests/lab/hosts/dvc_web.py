"""dvc-web: the public portal, kept as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.canaries import SHADOW_WEB, canary, private_key_file
from tests.lab.hosts.ns import CHRONY_UNIT
from tests.lab.hosts.plain import Host
from tests.lab.site import ADDRESSES, GATEWAY, NETWORK

if TYPE_CHECKING:
    from tests.lab.roots import Root
    from tests.lab.site import Site

NS: Final = ADDRESSES["ns"]

_SSHD: Final = """# first match wins, so this file is read before the main one's own lines
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
MaxAuthTries 3
LoginGraceTime 30
MaxSessions 4
ClientAliveInterval 100
ClientAliveCountMax 3
X11Forwarding no
AllowTcpForwarding no
AllowAgentForwarding no
PermitTunnel no
PermitUserEnvironment no
LogLevel VERBOSE
AllowGroups ssh-login
Banner /etc/issue.net
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
HostKeyAlgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256
"""
_BANNER: Final = (
    "He thong cua co quan nha nuoc. Moi truy cap deu duoc ghi lai.\nAuthorised use only.\n"
)
_NGINX: Final = f"""# upstream account, moved to the vault: portal / {canary("nginx-comment")}
server_tokens off;
server {{
    listen 80 default_server;
    server_name dvc.lab.example www.dvc.lab.example;
    return 301 https://dvc.lab.example$request_uri;
}}
server {{
    listen 443 ssl http2 default_server;
    server_name dvc.lab.example www.dvc.lab.example;
    ssl_certificate /etc/nginx/tls/dvc.pem;
    ssl_certificate_key /etc/nginx/tls/dvc.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers on;
    ssl_session_tickets off;
    ssl_session_cache shared:tls:1m;
    root /var/www/dvc;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'none'" always;
    add_header X-Content-Type-Options nosniff always;
    add_header X-Frame-Options DENY always;
    add_header Referrer-Policy no-referrer always;
    add_header Permissions-Policy "geolocation=(), camera=()" always;
    add_header Set-Cookie "session=lab; Path=/; Secure; HttpOnly; SameSite=Lax" always;
    if ($request_method !~ ^(GET|HEAD|POST)$) {{ return 405; }}
    location ~ /\\. {{ deny all; }}
    location /api/ {{
        proxy_set_header Authorization "Basic {canary("nginx-upstream-header")}";
        proxy_pass http://127.0.0.1:9000;
    }}
}}
"""
_NFTABLES: Final = f"""#!/usr/sbin/nft -f
flush ruleset
table inet filter {{
    chain input {{
        type filter hook input priority filter; policy drop;
        ct state invalid drop
        ct state established,related accept
        iif lo accept
        meta l4proto {{ icmp, ipv6-icmp }} limit rate 10/second accept
        ip saddr {NETWORK} tcp dport 22 accept
        tcp dport {{ 80, 443 }} accept
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
    }}
    chain output {{
        type filter hook output priority filter; policy accept;
    }}
}}
"""
_SYSCTL: Final = """net.ipv4.ip_forward = 0
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.eth0.send_redirects = 0
net.ipv4.conf.eth0.accept_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.default.rp_filter = 1
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.default.log_martians = 1
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.icmp_ignore_bogus_error_responses = 1
net.ipv4.tcp_syncookies = 1
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.eth0.accept_redirects = 0
net.ipv6.conf.all.accept_ra = 0
net.ipv6.conf.default.accept_ra = 0
net.ipv6.conf.all.accept_source_route = 0
# of the kernel: a container can only ask for them
kernel.randomize_va_space = 2
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.yama.ptrace_scope = 1
fs.suid_dumpable = 0
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
"""
_RSYSLOG: Final = f"""# queue so that a stop of the log store loses nothing
# relay account before 2025: relay / {canary("rsyslog-comment")}
action(type="omfwd" target="{NS}" port="514" protocol="tcp"
       queue.type="linkedList" queue.filename="fwd" queue.saveOnShutdown="on"
       action.resumeRetryCount="-1")
"""
_FAILLOCK: Final = {
    "faillock": """Name: Lock an account after failed attempts
Default: yes
Priority: 0
Auth-Type: Primary
Auth:
	[default=die]	pam_faillock.so authfail
""",
    "faillock_notify": """Name: Refuse a locked account, and reset on success
Default: yes
Priority: 1024
Auth-Type: Primary
Auth:
	requisite	pam_faillock.so preauth
Account-Type: Primary
Account:
	required	pam_faillock.so
""",
    "pwhistory": """Name: Remember passwords
Default: yes
Priority: 1020
Password-Type: Primary
Password:
	requisite	pam_pwhistory.so remember=24 enforce_for_root use_authtok
""",
}
_WORKER: Final = f"""[Unit]
Description=Portal worker
[Service]
User=portal
Environment=PORTAL_TOKEN={canary("unit-environment")}
EnvironmentFile=/etc/dvc/app.env
ExecStart=/bin/sh -c 'exec sleep infinity'
NoNewPrivileges=yes
ProtectSystem=strict
PrivateTmp=yes
[Install]
WantedBy=multi-user.target
"""
BACKUP_UNIT: Final = """[Unit]
Description=Daily backup
[Service]
Type=oneshot
Environment=RESTIC_REPOSITORY=/srv/backup/restic RESTIC_PASSWORD_FILE=/root/.restic-password
Environment=HOME=/root RESTIC_CACHE_DIR=/var/cache/restic
ExecStart=/usr/bin/restic backup --quiet --host %H /etc /var/www /srv/data
"""
BACKUP_TIMER: Final = """[Unit]
Description=Daily backup
[Timer]
OnCalendar=*-*-* 01:30
Persistent=true
[Install]
WantedBy=timers.target
"""
_AIDE: Final = """database_in=file:/var/lib/aide/aide.db
database_out=file:/var/lib/aide/aide.db.new
database_new=file:/var/lib/aide/aide.db.new
gzip_dbout=no
report_url=stdout
Binaries = p+i+n+u+g+s+m+c+sha256
/etc p+i+n+u+g+s+sha256
!/etc/resolv.conf$
/usr/sbin Binaries
/usr/bin Binaries
"""


def settings(root: Root, site: Site) -> None:
    """Everything as a level 3 portal should have it."""
    ca = site.state / "ca"
    root.write("/etc/ssh/sshd_config.d/10-hardening.conf", _SSHD, 0o600)
    root.write("/etc/issue.net", _BANNER)
    root.write("/etc/issue", _BANNER)
    root.write("/etc/nginx/tls/dvc.pem", (ca / "server-chain.pem").read_text())
    root.write("/etc/nginx/tls/dvc.key", (ca / "server.key").read_text(), 0o600)
    root.write("/etc/nginx/sites-available/dvc", _NGINX)
    root.write("/var/www/dvc/index.html", "<!doctype html><title>Dịch vụ công</title>\n")
    root.write("/usr/local/share/ca-certificates/cdso-lab.crt", (ca / "root.pem").read_text())
    root.write("/etc/nftables.conf", _NFTABLES, 0o755)
    root.write("/etc/sysctl.d/90-hardening.conf", _SYSCTL)
    root.write("/etc/rsyslog.d/60-forward.conf", _RSYSLOG, 0o640)
    root.write(
        "/etc/systemd/journald.conf.d/persistent.conf",
        "[Journal]\nStorage=persistent\nSystemMaxUse=200M\nMaxRetentionSec=1year\n",
    )
    root.write(
        "/etc/chrony/chrony.conf",
        f"server {NS} iburst minpoll 4\ndriftfile /var/lib/chrony/chrony.drift\n",
    )
    root.write("/etc/default/chrony", 'DAEMON_OPTS="-x -F 1"\n')
    root.write("/etc/systemd/system/chrony.service.d/lab.conf", CHRONY_UNIT)
    for name, text in _FAILLOCK.items():
        root.write(f"/usr/share/pam-configs/{name}", text)
    root.write(
        "/etc/security/faillock.conf",
        "deny = 5\nunlock_time = 43200\nfail_interval = 900\neven_deny_root\naudit\n",
    )
    root.write(
        "/etc/security/pwquality.conf",
        "minlen = 14\nminclass = 4\ndcredit = -1\nucredit = -1\nlcredit = -1\nocredit = -1\n"
        "maxrepeat = 3\nenforce_for_root\n",
    )
    root.write("/etc/profile.d/timeout.sh", "readonly TMOUT=300\nexport TMOUT\numask 027\n")
    root.write(
        "/etc/sudoers.d/defaults",
        "Defaults use_pty\nDefaults logfile=/var/log/sudo.log\nDefaults timestamp_timeout=5\n"
        "%sudo ALL=(ALL:ALL) ALL\n",
        0o440,
    )
    root.write(
        "/etc/apt/apt.conf.d/20auto-upgrades",
        'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    )
    root.write("/etc/modprobe.d/hardening.conf", "".join(
        f"install {name} /bin/false\nblacklist {name}\n"
        for name in ("usb-storage", "dccp", "sctp", "rds", "tipc", "cramfs", "hfs", "udf")
    ))  # fmt: skip
    root.write("/etc/security/limits.d/core.conf", "* hard core 0\n")
    root.write("/etc/aide/aide.conf", _AIDE, 0o600)
    root.write("/etc/dvc/app.env", f"DSN=postgresql://portal:{canary('dsn-password')}@dvc-db/dvc\n",
               0o600)  # fmt: skip
    root.write("/root/.ssh/backup_key", private_key_file(), 0o600)
    root.write("/etc/systemd/system/dvc-worker.service", _WORKER)
    root.write("/etc/systemd/system/backup.service", BACKUP_UNIT)
    root.write("/etc/systemd/system/backup.timer", BACKUP_TIMER)
    root.write("/root/.restic-password", canary("restic-password") + "\n", 0o600)
    root.write("/srv/data/register.csv", "id,name\n1,Nguyễn Văn A\n" * 50)
    root.sh(
        rf"""
        groupadd ssh-login
        usermod -a -G ssh-login cdso-audit
        useradd -r -s /usr/sbin/nologin portal
        useradd -m -s /bin/bash -c 'Operations' -G sudo,ssh-login ops
        usermod -p '{SHADOW_WEB}' ops
        chage -m 1 -M 90 -W 14 ops
        sed -i -E 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 90/; s/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 1/;
            s/^PASS_WARN_AGE.*/PASS_WARN_AGE 14/; s/^UMASK.*/UMASK 027/' /etc/login.defs
        sed -i -E 's/^# *(auth +required +pam_wheel.so)$/\1 group=sudo/' /etc/pam.d/su
        DEBIAN_FRONTEND=noninteractive pam-auth-update --package \
            --enable faillock faillock_notify pwhistory pwquality
        sed -i 's/ nullok//' /etc/pam.d/common-auth
        sed -i 's/rotate 4$/rotate 54/' /etc/logrotate.d/rsyslog
        ln -sf ../sites-available/dvc /etc/nginx/sites-enabled/default
        chmod 700 /root/.ssh
        chmod 600 /etc/crontab
        chmod 700 /etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly
        install -d -m 2755 -g systemd-journal /var/log/journal
        update-ca-certificates >/dev/null 2>&1
        systemctl enable --quiet nftables nginx rsyslog chrony dvc-worker backup.timer
        systemctl enable --quiet dailyaidecheck.timer
        rm -rf /etc/aide/aide.conf.d/*
        chmod 750 /home/*
        install -d -m 750 -g cdso-audit /srv/backup /srv/backup/restic
        restic -q -r /srv/backup/restic --password-file /root/.restic-password --no-cache init
        chgrp -R cdso-audit /srv/backup && chmod -R g+rX /srv/backup
        aide --init --config /etc/aide/aide.conf >/dev/null
        mv /var/lib/aide/aide.db.new /var/lib/aide/aide.db
        install -d -m 750 /var/log/aide
        aide --check --config /etc/aide/aide.conf >/var/log/aide/aide.log || true
        # as its daily service leaves them: that cannot rotate what is not its own
        chown -R _aide:adm /var/log/aide && chown _aide: /var/lib/aide/aide.db
        """
    )


HOST: Final = Host(
    id="dvc-web",
    release=12,
    packages=(
        *("nginx-light", "nftables", "rsyslog", "chrony", "libpam-pwquality", "aide"),
        *("aide-common", "restic", "unattended-upgrades", "curl"),
    ),
    settings=settings,
    start=f"""
        systemctl start backup.service
        chronyc -n waitsync 30 0.5 0 0.5 >/dev/null || echo 'chronyd did not find {NS}' >&2
        logger -t lab 'dvc-web is up, seen from {GATEWAY}'
    """,
)
