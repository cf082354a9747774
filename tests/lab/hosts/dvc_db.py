"""dvc-db: the portal's database, kept as badly as such hosts are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.canaries import SHADOW_DB, SHADOW_LEGACY, canary
from tests.lab.hosts.plain import Host
from tests.lab.site import NETWORK

if TYPE_CHECKING:
    from tests.lab.roots import Root
    from tests.lab.site import Site

_ALGORITHMS: Final = """Ciphers +aes128-cbc,aes256-cbc,3des-cbc
MACs +hmac-md5,hmac-sha1-96
KexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group1-sha1
X11Forwarding yes
MaxAuthTries 10
LoginGraceTime 0
"""
_INETD: Final = """telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.telnetd
tftp dgram udp wait nobody /usr/sbin/tcpd /usr/sbin/in.tftpd /srv/tftp
shell stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.rshd
login stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.rlogind
"""
_SYSCTL: Final = """# good on disk; vendor-tuning.service undoes it after every start
net.ipv4.ip_forward = 0
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.rp_filter = 1
net.ipv4.tcp_syncookies = 1
"""
_TUNING: Final = """[Unit]
Description=Vendor network tuning
After=systemd-sysctl.service network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/sysctl -q -w net.ipv4.ip_forward=1
ExecStart=/sbin/sysctl -q -w net.ipv4.conf.all.accept_redirects=1
ExecStart=/sbin/sysctl -q -w net.ipv4.conf.all.send_redirects=1
ExecStart=/sbin/sysctl -q -w net.ipv4.conf.all.accept_source_route=1
ExecStart=/sbin/sysctl -q -w net.ipv4.tcp_syncookies=0
[Install]
WantedBy=multi-user.target
"""
_JAILS: Final = """[Unit]
Description=Ban addresses that guess passwords
After=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/iptables -N f2b-sshd
ExecStart=/usr/sbin/iptables -A f2b-sshd -s 198.18.77.250/32 -j REJECT
ExecStart=/usr/sbin/iptables -A f2b-sshd -j RETURN
ExecStart=/usr/sbin/iptables -I INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
[Install]
WantedBy=multi-user.target
"""
_REPORTER: Final = f"""[Unit]
Description=Nightly report sender
[Service]
User=nobody
ExecStart=/bin/sh -c 'while :; do sleep 3600; done' sender --password={canary("process-argument")}
[Install]
WantedBy=multi-user.target
"""
_PG_HBA: Final = """local   all             postgres                                peer
local   all             all                                     md5
host    all             all             127.0.0.1/32            md5
host    all             all             0.0.0.0/0               trust
host    replication     all             0.0.0.0/0               md5
"""
_PG_EXTRA: Final = f"""
listen_addresses = '*'
password_encryption = md5
log_connections = off
ssl = off
primary_conninfo = 'host=198.18.77.99 user=replica password={canary("postgresql-conninfo")}'
"""
_ROLES: Final = f"""-- the verifier stays MD5 even once the setting is changed
CREATE ROLE portal LOGIN SUPERUSER;
CREATE ROLE replica LOGIN REPLICATION PASSWORD '{canary("pg-verifier")}';
CREATE DATABASE dvc OWNER portal;
\\connect dvc
CREATE TABLE dossier (id serial PRIMARY KEY, name text, filed timestamptz DEFAULT now());
INSERT INTO dossier (name) SELECT 'ho so ' || n FROM generate_series(1, 1000) AS n;
GRANT ALL ON SCHEMA public TO PUBLIC;
"""  # noqa: S608 - constants of ours
_ACCOUNTS: Final = {
    "toor:x:0:0:second root:/root:/bin/bash": "toor:*:20000:0:99999:7:::",
    "guest:x:2001:2001::/home/guest:/bin/bash": "guest::20000:0:99999:7:::",
    "legacy:x:2002:2002::/home/legacy:/bin/sh": f"legacy:{SHADOW_LEGACY}:16000:0:99999:7:::",
    "ops:x:2003:2003::/home/ops:/bin/bash": f"ops:{SHADOW_DB}:20400:0:99999:7:::",
    "retired:x:2004:2004::/home/retired:/bin/bash": f"retired:{SHADOW_DB}:15500:0:99999:7:::",
}


def settings(root: Root, site: Site) -> None:
    """Every weakness that a check should find, and the traps around them."""
    del site
    for person, secret in _ACCOUNTS.items():
        root.append("/etc/passwd", f"{person}\n")
        root.append("/etc/shadow", f"{secret}\n")
    root.append("/etc/group", "".join(
        f"{name}:x:{number}:\n"
        for number, name in ((2001, "guest"), (2002, "legacy"), (2003, "ops"), (2004, "retired"))
    ))  # fmt: skip
    sshd = root.read("/etc/ssh/sshd_config")
    match = (
        f"\nMatch Address {NETWORK}\n    PasswordAuthentication yes\n    PermitEmptyPasswords yes\n"
    )
    root.write(
        "/etc/ssh/sshd_config",
        f"{sshd}\nPermitRootLogin no\nPasswordAuthentication no\n{_ALGORITHMS}{match}",
    )
    root.write("/etc/ssh/sshd_config.d/00-vendor.conf", "PermitRootLogin yes\n")
    root.write("/etc/sudoers.d/50-ops", "ops ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    root.write("/etc/sudoers.d/60-old.bak", "retired ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    root.write("/etc/inetd.conf", _INETD)
    root.write("/etc/sysctl.d/90-hardening.conf", _SYSCTL)
    root.write("/etc/systemd/system/vendor-tuning.service", _TUNING)
    root.write("/etc/systemd/system/ban-guessers.service", _JAILS)
    root.write("/etc/systemd/system/report-sender.service", _REPORTER)
    root.write("/etc/systemd/journald.conf.d/lab.conf", "[Journal]\nStorage=volatile\n")
    root.append("/etc/fstab", "tmpfs /tmp tmpfs noexec,nosuid,nodev,mode=1777 0 0\n")
    root.append("/etc/postgresql/13/main/postgresql.conf", _PG_EXTRA)
    root.write("/etc/postgresql/13/main/pg_hba.conf", _PG_HBA, 0o640, "postgres:postgres")
    pgpass = f"localhost:5432:dvc:portal:{canary('pgpass-password')}\n"
    root.write("/home/ops/.pgpass", pgpass, 0o600)
    root.write("/root/.pgpass", pgpass, 0o600)
    root.write("/root/.bash_history", f"mysql -p{canary('shell-history')}\n", 0o600)
    root.write(
        "/etc/cron.d/export",
        f"PGPASSWORD={canary('crontab')}\n17 3 * * * root pg_dump dvc >/opt/app/dvc.sql\n",
    )
    root.write("/opt/app/config.ini", f"[db]\npassword = {canary('dsn-password')}\n", 0o666)
    root.write("/etc/hosts.equiv", "+ +\n")
    root.write("/root/.rhosts", "+ +\n", 0o600)
    root.write(
        "/etc/apt/sources.list.d/vendor.list",
        "deb [trusted=yes] http://packages.vendor.lab.example/debian stable main\n",
    )
    root.write("/opt/app/leftover.dat", "left by an account that is gone\n")
    root.write("/root/.restic-password", canary("restic-password") + "\n", 0o600)
    root.write("/srv/data/dvc.sql", "-- nightly dump\n" * 100)
    root.write("/root/roles.sql", _ROLES)
    root.sh(
        r"""
        for name in guest legacy ops retired; do
            install -d -m 755 -o $name -g $name /home/$name
        done
        chown ops: /home/ops/.pgpass
        chmod 644 /etc/shadow
        install -d -m 777 /opt/app/incoming
        chown 4242:4242 /opt/app/leftover.dat
        ssh-keygen -q -t dsa -N '' -C vendor@support -f /tmp/dsa
        install -d -m 700 /root/.ssh
        install -m 600 /tmp/dsa.pub /root/.ssh/authorized_keys
        rm /tmp/dsa /tmp/dsa.pub
        install -m 4755 /bin/dash /usr/local/bin/backup-helper
        install -d -m 777 /srv/tftp
        systemctl enable --quiet vendor-tuning ban-guessers report-sender postgresql
        systemctl enable --quiet inetd || systemctl enable --quiet openbsd-inetd
        install -d -m 700 /srv/backup/restic
        export RESTIC_REPOSITORY=/srv/backup/restic RESTIC_PASSWORD_FILE=/root/.restic-password
        restic -q --no-cache init
        restic -q --no-cache backup --host dvc-db --time "$(date -d '9 days ago' '+%F 01:30:00')" \
            /srv/data
        install -d -m 700 /srv/backup/dumps
        gzip -c /srv/data/dvc.sql >"/srv/backup/dumps/dvc-$(date -d '9 days ago' +%F).sql.gz"
        chgrp -R cdso-audit /srv/backup && chmod -R g+rX /srv/backup
        find /srv/backup -exec touch -d '9 days ago 01:30' {} +
        find /var/lib/apt/lists -type f -exec touch -d '120 days ago' {} +
        touch -d '120 days ago' /var/lib/apt/lists /var/lib/apt/lists/partial
        pg_ctlcluster 13 main start
        runuser -u postgres -- psql -q </root/roles.sql
        rm /root/roles.sql
        pg_ctlcluster 13 main stop
        """
    )


HOST: Final = Host(
    id="dvc-db",
    release=11,
    packages=(
        *("postgresql", "postgresql-contrib", "iptables", "openbsd-inetd", "telnetd", "tftpd"),
        *("rsh-redone-server", "tcpd", "restic"),
    ),
    settings=settings,
    patched=False,
    start=': >"/srv/backup/dumps/dvc-$(date +%F).sql.gz"',
)
