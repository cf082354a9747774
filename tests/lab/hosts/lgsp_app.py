"""lgsp-app: the data platform, half good and half bad, speaking Vietnamese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.canaries import SHADOW_LGSP, canary
from tests.lab.hosts.dvc_web import BACKUP_TIMER, BACKUP_UNIT
from tests.lab.hosts.plain import Host

if TYPE_CHECKING:
    from tests.lab.roots import Root
    from tests.lab.site import Site

_NGINX: Final = """server {
    listen 8443 ssl default_server;
    server_name lgsp.lab.example;
    ssl_certificate /etc/nginx/tls/lgsp.pem;
    ssl_certificate_key /etc/nginx/tls/lgsp.key;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    ssl_ciphers "ALL:!aNULL:@SECLEVEL=0";
    server_tokens on;
    root /var/www/lgsp;
    autoindex on;
    add_header Set-Cookie "LGSPSESSION=lab; Path=/";
}
server {
    listen 8080 default_server;
    server_name lgsp.lab.example;
    server_tokens on;
    root /var/www/lgsp;
    autoindex on;
    add_header Set-Cookie "LGSPSESSION=lab; Path=/";
}
"""
_BORG: Final = """[Unit]
Description=Weekly archive
[Service]
Type=oneshot
Environment=BORG_REPO=/srv/backup/borg HOME=/root BORG_CACHE_DIR=/var/cache/borg
Environment="BORG_PASSCOMMAND=cat /root/.borg-passphrase"
ExecStart=/usr/bin/borg create --compression none ::lgsp-{now:%%Y-%%m-%%dT%%H:%%M:%%S} /srv/data
"""
_NOISE: Final = """# greets everybody, programs too
echo "Chào mừng đến máy chủ LGSP $(hostname)"
echo "Cảnh báo: hệ thống đang được giám sát" >&2
alias ls='ls --color=always'
alias cat='cat -A'
printf '\\033]0;lgsp-app\\007'
"""


def settings(root: Root, site: Site) -> None:
    """Bad web, usual sshd, good backups and firewall, a locale that no parser expects."""
    ca = site.state / "ca"
    root.write("/etc/nginx/tls/lgsp.pem", (ca / "expired.pem").read_text())
    root.write("/etc/nginx/tls/lgsp.key", (ca / "expired.key").read_text(), 0o600)
    root.write("/etc/nginx/sites-available/lgsp", _NGINX)
    root.write("/var/www/lgsp/exports/readme.txt", "Danh mục dữ liệu\n")
    root.write("/var/www/lgsp/.git/HEAD", "ref: refs/heads/main\n")
    root.write(
        "/var/www/lgsp/.git/config",
        f'[remote "origin"]\n\turl = https://ci:{canary("git-remote-token")}@git.lab.example/l.git\n',
    )
    root.write(
        "/var/www/lgsp/backup.sql",
        f"-- dump\nCREATE USER lgsp PASSWORD '{canary('web-backup-dump')}';\n",
    )
    root.write("/etc/locale.gen", "vi_VN UTF-8\nen_US.UTF-8 UTF-8\n")
    root.write("/etc/locale.conf", "LANG=vi_VN.UTF-8\nLANGUAGE=vi\n")
    root.write("/etc/timezone", "Asia/Ho_Chi_Minh\n")
    root.write("/home/cdso-audit/.bashrc", _NOISE)
    root.write(
        "/etc/apt/apt.conf.d/20auto-upgrades",
        'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    )
    root.write("/etc/systemd/system/backup.service", BACKUP_UNIT)
    root.write("/etc/systemd/system/backup.timer", BACKUP_TIMER)
    root.write("/etc/systemd/system/archive.service", _BORG)
    root.write("/root/.restic-password", canary("restic-password") + "\n", 0o600)
    root.write("/root/.borg-passphrase", canary("borg-passphrase") + "\n", 0o600)
    root.write("/root/.netrc", f"machine git.lab.example login ci password {canary('netrc')}\n",
               0o600)  # fmt: skip
    root.write("/srv/data/catalogue.json", '{"tập": "dữ liệu dùng chung"}\n' * 200)
    root.sh(
        rf"""
        locale-gen >/dev/null
        ln -sf /usr/share/zoneinfo/Asia/Ho_Chi_Minh /etc/localtime
        chown cdso-audit: /home/cdso-audit/.bashrc
        useradd -m -s /bin/bash -c 'Lập trình viên' -G sudo dev
        usermod -p '{SHADOW_LGSP}' dev
        ln -sf ../sites-available/lgsp /etc/nginx/sites-enabled/default
        ufw default deny incoming >/dev/null
        for port in 22 8080 8443; do ufw allow $port/tcp >/dev/null; done
        sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
        systemctl enable --quiet nginx ufw backup.timer
        install -d -m 700 /srv/backup/restic /srv/backup/borg
        restic -q -r /srv/backup/restic --password-file /root/.restic-password --no-cache init
        export BORG_PASSCOMMAND='cat /root/.borg-passphrase' BORG_CACHE_DIR=/var/cache/borg
        borg init --encryption=repokey /srv/backup/borg
        chgrp -R cdso-audit /srv/backup && chmod -R g+rX /srv/backup
        """
    )


HOST: Final = Host(
    id="lgsp-app",
    release=13,
    packages=(
        *("nginx", "ufw", "iptables", "restic", "borgbackup", "unattended-upgrades", "locales"),
        *("tzdata", "systemd-timesyncd"),
    ),
    settings=settings,
    start="systemctl start backup.service\nsystemctl start archive.service\n",
)
