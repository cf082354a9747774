# What a careful officer does to a Debian server in an afternoon: Debian's own means, no foreign
# tool. Runs as root in the machine's root before it boots. Honest: each line is there because
# guides ask for it, none because our checks look for it.
set -eu
export DEBIAN_FRONTEND=noninteractive
release=$(. /etc/os-release; echo "$VERSION_ID")

# --- SSH ------------------------------------------------------------------------------------
cat >/etc/ssh/sshd_config.d/10-hardening.conf <<'END'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
ChallengeResponseAuthentication no
PermitEmptyPasswords no
X11Forwarding no
AllowTcpForwarding no
AllowAgentForwarding no
PermitTunnel no
MaxAuthTries 4
MaxSessions 4
LoginGraceTime 60
ClientAliveInterval 300
ClientAliveCountMax 2
AllowGroups sudo cdso-audit
Banner /etc/issue.net
LogLevel VERBOSE
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp384,ecdh-sha2-nistp521
END
chmod 600 /etc/ssh/sshd_config /etc/ssh/sshd_config.d/10-hardening.conf
for file in /etc/issue /etc/issue.net /etc/motd; do
  echo 'Authorised users only. All that is done here is recorded.' >"$file"
done

# --- Accounts and passwords -------------------------------------------------------------------
set_login() { sed -i "/^$1[[:space:]]/d" /etc/login.defs; echo "$1 $2" >>/etc/login.defs; }
set_login PASS_MAX_DAYS 90
set_login PASS_MIN_DAYS 1
set_login PASS_WARN_AGE 14
set_login UMASK 027
chage --maxdays 90 --mindays 1 --warndays 14 officer
chmod 750 /home/officer /home/cdso-audit
cat >>/etc/security/pwquality.conf <<'END'
minlen = 14
minclass = 4
dictcheck = 1
enforce_for_root
END
cat >/etc/security/faillock.conf <<'END'
deny = 5
fail_interval = 900
unlock_time = 900
even_deny_root
END
cat >/usr/share/pam-configs/faillock-preauth <<'END'
Name: Lock an account after failed tries (before the password)
Default: yes
Priority: 1024
Auth-Type: Primary
Auth:
	requisite pam_faillock.so preauth
Account-Type: Primary
Account:
	required pam_faillock.so
END
cat >/usr/share/pam-configs/faillock-authfail <<'END'
Name: Lock an account after failed tries (after the password)
Default: yes
Priority: 0
Auth-Type: Primary
Auth:
	[default=die] pam_faillock.so authfail
END
cat >/usr/share/pam-configs/pwhistory <<'END'
Name: Refuse the last passwords
Default: yes
Priority: 512
Password-Type: Primary
Password:
	requisite pam_pwhistory.so remember=12 use_authtok enforce_for_root
END
pam-auth-update --package --force
groupadd --system wheel-su
sed -i 's/^#\s*auth\s\+required\s\+pam_wheel.so$/auth required pam_wheel.so use_uid group=wheel-su/' /etc/pam.d/su
grep -q '^auth required pam_wheel.so' /etc/pam.d/su
cat >/etc/profile.d/90-hardening.sh <<'END'
umask 027
TMOUT=900
readonly TMOUT
export TMOUT
END
sed -i '1a umask 027' /etc/bash.bashrc
cat >/etc/sudoers.d/10-hardening <<'END'
Defaults use_pty
Defaults logfile="/var/log/sudo.log"
Defaults timestamp_timeout=5
END
chmod 440 /etc/sudoers.d/10-hardening
visudo -c -q

# --- Kernel -------------------------------------------------------------------------------------
cat >/etc/sysctl.d/90-hardening.conf <<'END'
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.randomize_va_space = 2
kernel.unprivileged_bpf_disabled = 1
kernel.yama.ptrace_scope = 1
kernel.sysrq = 0
fs.suid_dumpable = 0
fs.protected_fifos = 2
fs.protected_hardlinks = 1
fs.protected_regular = 2
fs.protected_symlinks = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.default.rp_filter = 1
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.default.log_martians = 1
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.icmp_ignore_bogus_error_responses = 1
net.ipv4.tcp_syncookies = 1
net.ipv4.ip_forward = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_source_route = 0
net.ipv6.conf.all.accept_ra = 0
net.ipv6.conf.default.accept_ra = 0
net.ipv6.conf.all.forwarding = 0
END
for module in cramfs freevxfs jffs2 hfs hfsplus udf dccp sctp rds tipc usb-storage; do
  printf 'install %s /bin/false\nblacklist %s\n' "$module" "$module"
done >/etc/modprobe.d/90-hardening.conf
echo '* hard core 0' >/etc/security/limits.d/90-hardening.conf
install -d /etc/systemd/coredump.conf.d
printf '[Coredump]\nStorage=none\nProcessSizeMax=0\n' >/etc/systemd/coredump.conf.d/90-hardening.conf

# --- Firewall -----------------------------------------------------------------------------------
cat >/etc/nftables.conf <<'END'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		ct state established,related accept
		ct state invalid drop
		ip protocol icmp accept
		ip6 nexthdr ipv6-icmp accept
		tcp dport 22 ct state new accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
	chain output {
		type filter hook output priority filter; policy accept;
	}
}
END
systemctl enable nftables.service

# --- Logs ---------------------------------------------------------------------------------------
install -d /etc/systemd/journald.conf.d /var/log/journal
cat >/etc/systemd/journald.conf.d/90-hardening.conf <<'END'
[Journal]
Storage=persistent
Compress=yes
SystemMaxUse=2G
MaxRetentionSec=13month
END
cat >/etc/audit/rules.d/90-hardening.rules <<'END'
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/gshadow -p wa -k identity
-w /etc/sudoers -p wa -k scope
-w /etc/sudoers.d/ -p wa -k scope
-w /etc/ssh/sshd_config -p wa -k sshd
-w /etc/ssh/sshd_config.d/ -p wa -k sshd
-w /var/log/sudo.log -p wa -k actions
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -k time-change
-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset -k mounts
-a always,exit -F arch=b64 -S unlink,unlinkat,rename,renameat -F auid>=1000 -F auid!=unset -k delete
-a always,exit -F arch=b64 -S init_module,delete_module,finit_module -k modules
-e 2
END
sed -i 's/^max_log_file_action.*/max_log_file_action = keep_logs/; s/^max_log_file .*/max_log_file = 50/; s/^space_left_action.*/space_left_action = syslog/; s/^admin_space_left_action.*/admin_space_left_action = suspend/' /etc/audit/auditd.conf
sed -i 's/^weekly$/monthly/; s/^rotate .*/rotate 13/; s/^#compress$/compress/' /etc/logrotate.conf

# --- Updates ------------------------------------------------------------------------------------
cat >/etc/apt/apt.conf.d/20auto-upgrades <<'END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
END

# --- Files and mounts -----------------------------------------------------------------------------
cat >>/etc/fstab <<'END'
tmpfs /tmp tmpfs rw,nosuid,nodev,noexec,relatime,size=256m 0 0
tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime 0 0
END
chmod 600 /etc/crontab
chmod 700 /etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/cron.monthly /etc/cron.weekly
touch /etc/cron.allow
chmod 640 /etc/cron.allow
for name in telnet inetutils-telnet netcat-traditional; do
  ! dpkg-query -W "$name" >/dev/null 2>&1 || dpkg --purge "$name" >/dev/null
done
[ "$release" != 11 ] || systemctl enable rsyslog.service
