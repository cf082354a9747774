"""
Results to render: realistic, reproducible, and hostile on request.

`small()` is one machine without an inventory, `lab()` two systems with four assets each and some
75 checks, `large()` as many assets and findings as one likes. `hostile()` puts into every field that
comes from outside what an attacker would put there. Nothing here is drawn by chance: what looks
random is a checksum of the names, so that golden files stay what they are.
"""

# ruff: noqa: E501 - sentences in two languages stand whole, so that they can be read and searched

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from tests.drill.stories import HOUR, Story, whole

from cdso_audit.drill.proof import DrillResult, ForecastDriver, ForecastInfo, Recovery, StepFault
from cdso_audit.drill.recovery import recoveries
from cdso_audit.model import (
    Agency,
    AgencyIdentity,
    Approval,
    AssetKind,
    Attestation,
    Gap,
    GapReason,
    KnownBy,
    Outcome,
    Severity,
    Status,
    System,
    Waiver,
)
from cdso_audit.result import (
    AgencyScore,
    AssetInfo,
    AssetState,
    Beside,
    Cap,
    CheckInfo,
    Command,
    Deadline,
    EvidenceInfo,
    FindingResult,
    GroupInfo,
    Reference,
    RequirementInfo,
    RequirementStatus,
    Result,
    RulebookInfo,
    SystemResult,
    Text,
    Tool,
    View,
    Views,
    WayUp,
)

HERE = Path(__file__).parent
AT = datetime(2026, 11, 21, 1, 12, 40, tzinfo=UTC)
VERSION = "0.1.0"

#: What collected text may hold when the target is hostile.
HOSTILE = (
    "\x1b[31mred\x1b[0m\x07 <script>alert(1)</script></script><!-- <img src=x onerror=alert(1)> "
    "{{ 7*7 }} {% raw %} [bold red]markup[/] \u2028\u2029 \u202egnp.exe\u202c \u200b\x00\x9b2J "
    '&amp; ]]> javascript:alert(1) \' " ` | \\ \r\n=HYPERLINK("x") \ud7ff\ufffe đĐ ệ e\u0323\u0302'
)
#: Cells that a spreadsheet would run.
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1")


class Line(NamedTuple):
    """A check of the sample with what it may see."""

    id: str
    fact: str
    group: str
    severity: str
    title: Text
    why: Text
    fix: Text
    good: str
    bad: str
    expected: str
    says_good: Text
    says_bad: Text
    on: str = "host"
    known_by: KnownBy = KnownBy.DAEMON


def _t(en: str, vi: str) -> Text:
    return Text(en=en, vi=vi)


_WRITTEN = (
    Line(
        "ssh-root-login",
        "sshd-settings",
        "accounts-access",
        "high",
        _t("Nobody logs in as root over SSH", "Không ai đăng nhập SSH bằng tài khoản root"),
        _t(
            "A login as root leaves no trace of who acted, and one guessed secret is the whole host.",
            "Đăng nhập bằng root không để lại dấu vết ai đã làm gì, và đoán được một mật khẩu là mất cả máy.",
        ),
        _t(
            "Set `PermitRootLogin no` in /etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload ssh`.",
            "Đặt `PermitRootLogin no` trong /etc/ssh/sshd_config.d/00-cdso.conf, kiểm tra bằng `sshd -t`, rồi chạy `systemctl reload ssh`.",
        ),
        "permitrootlogin no",
        "permitrootlogin yes",
        "permitrootlogin no",
        _t("root cannot log in over SSH", "root không đăng nhập được qua SSH"),
        _t("root may log in over SSH (yes)", "root vẫn đăng nhập được qua SSH (yes)"),
    ),
    Line(
        "ssh-password-login",
        "sshd-settings",
        "accounts-access",
        "high",
        _t("SSH accepts keys only", "SSH chỉ chấp nhận đăng nhập bằng khóa"),
        _t(
            "A password can be guessed from anywhere; a key cannot.",
            "Mật khẩu có thể bị dò từ bất cứ đâu; khóa thì không.",
        ),
        _t(
            "Set `PasswordAuthentication no` in /etc/ssh/sshd_config.d/00-cdso.conf, then `systemctl reload ssh`.",
            "Đặt `PasswordAuthentication no` trong /etc/ssh/sshd_config.d/00-cdso.conf, rồi chạy `systemctl reload ssh`.",
        ),
        "passwordauthentication no",
        "passwordauthentication yes",
        "passwordauthentication no",
        _t("passwords are not accepted", "máy chủ không nhận mật khẩu"),
        _t("passwords are accepted over SSH", "máy chủ vẫn nhận mật khẩu qua SSH"),
    ),
    Line(
        "account-empty-password",
        "accounts",
        "accounts-access",
        "critical",
        _t("No account has an empty password", "Không tài khoản nào để mật khẩu trống"),
        _t("Anybody who finds the account owns it.", "Ai tìm thấy tài khoản thì chiếm được nó."),
        _t(
            "Lock the account now with `passwd -l NAME`, then set a password or a key.",
            "Khóa tài khoản ngay bằng `passwd -l TÊN`, sau đó đặt mật khẩu hoặc khóa.",
        ),
        "no empty field among 34 accounts",
        "backup-old: empty password field",
        "no empty password",
        _t(
            "each of 34 accounts is locked or has a password",
            "cả 34 tài khoản đều bị khóa hoặc có mật khẩu",
        ),
        _t(
            "the account backup-old has an empty password", "tài khoản backup-old để mật khẩu trống"
        ),
        known_by=KnownBy.FILE,
    ),
    Line(
        "account-password-scheme",
        "accounts",
        "accounts-access",
        "medium",
        _t(
            "Passwords are kept with a slow modern scheme",
            "Mật khẩu được băm bằng thuật toán chậm, hiện đại",
        ),
        _t(
            "A stolen table of fast hashes is a table of passwords within a day.",
            "Bảng băm nhanh bị lộ thì trong một ngày sẽ thành bảng mật khẩu.",
        ),
        _t(
            "Set `ENCRYPT_METHOD YESCRYPT` in /etc/login.defs and have each owner change the password.",
            "Đặt `ENCRYPT_METHOD YESCRYPT` trong /etc/login.defs và yêu cầu chủ tài khoản đổi mật khẩu.",
        ),
        "yescrypt: 6",
        "md5: 1 (ktv03), yescrypt: 5",
        "yescrypt, sha512 (rounds ≥ 5000)",
        _t("6 passwords, all with yescrypt", "6 mật khẩu, tất cả dùng yescrypt"),
        _t("1 password is kept as MD5: ktv03", "1 mật khẩu còn lưu dạng MD5: ktv03"),
        known_by=KnownBy.FILE,
    ),
    Line(
        "sudo-no-password",
        "sudoers",
        "accounts-access",
        "high",
        _t("sudo asks for a password", "sudo có hỏi mật khẩu"),
        _t(
            "A stolen session becomes root without another secret.",
            "Phiên làm việc bị chiếm sẽ thành root mà không cần thêm bí mật nào.",
        ),
        _t(
            "Remove `NOPASSWD: ALL` from /etc/sudoers.d with `visudo -f FILE`.",
            "Bỏ `NOPASSWD: ALL` trong /etc/sudoers.d bằng `visudo -f TỆP`.",
        ),
        "(ALL : ALL) ALL",
        "deploy ALL=(ALL) NOPASSWD: ALL",
        "no NOPASSWD: ALL",
        _t("every rule asks for a password", "mọi quy tắc đều hỏi mật khẩu"),
        _t("deploy becomes root without a password", "deploy trở thành root mà không cần mật khẩu"),
    ),
    Line(
        "log-forwarding",
        "log-forwarding",
        "security-logs",
        "high",
        _t("Logs are sent to another machine", "Nhật ký được gửi sang máy khác"),
        _t(
            "An attacker who takes the machine takes its logs too.",
            "Kẻ tấn công chiếm được máy thì xóa luôn nhật ký trên máy đó.",
        ),
        _t(
            'Add `*.* action(type="omfwd" target="LOGHOST" port="6514" protocol="tcp")` to /etc/rsyslog.d/50-cdso.conf.',
            'Thêm `*.* action(type="omfwd" target="MÁY_NHẬT_KÝ" port="6514" protocol="tcp")` vào /etc/rsyslog.d/50-cdso.conf.',
        ),
        "omfwd → 10.1.9.4:6514 (tcp)",
        "",
        "at least one remote target",
        _t("logs go to 10.1.9.4:6514", "nhật ký được gửi tới 10.1.9.4:6514"),
        _t("logs stay on this machine alone", "nhật ký chỉ nằm trên chính máy này"),
        known_by=KnownBy.FILE,
    ),
    Line(
        "log-retention",
        "log-storage",
        "security-logs",
        "high",
        _t("Logs reach back three months", "Nhật ký lưu được ít nhất ba tháng"),
        _t(
            "Intruders stay for months before they are seen; without old logs nobody knows what they took.",
            "Kẻ xâm nhập ẩn nhiều tháng mới bị phát hiện; không có nhật ký cũ thì không biết chúng đã lấy gì.",
        ),
        _t(
            "Set `MaxRetentionSec=100day` and `Storage=persistent` in /etc/systemd/journald.conf.d/cdso.conf.",
            "Đặt `MaxRetentionSec=100day` và `Storage=persistent` trong /etc/systemd/journald.conf.d/cdso.conf.",
        ),
        "oldest record: 2026-07-02",
        "oldest record: 2026-11-09",
        "oldest record ≥ 90 days old",
        _t("the oldest record is 142 days old", "bản ghi cũ nhất cách đây 142 ngày"),
        _t("the oldest record is 12 days old", "bản ghi cũ nhất mới 12 ngày"),
    ),
    Line(
        "time-synchronised",
        "time-source",
        "security-logs",
        "medium",
        _t("The clock follows a declared source", "Đồng hồ đồng bộ với nguồn đã khai báo"),
        _t(
            "Logs of two machines cannot be put in order when their clocks differ.",
            "Đồng hồ lệch nhau thì không ghép được nhật ký của hai máy.",
        ),
        _t(
            "Install chrony and set `server 10.1.9.1 iburst`, then `chronyc makestep`.",
            "Cài chrony, đặt `server 10.1.9.1 iburst`, rồi chạy `chronyc makestep`.",
        ),
        "10.1.9.1 reach 377, offset 0.4 ms",
        "no source reachable, offset 84 s",
        "a declared source, offset < 1 s",
        _t("0.4 ms from 10.1.9.1", "lệch 0,4 ms so với 10.1.9.1"),
        _t(
            "no source answers and the clock is 84 s off",
            "không nguồn nào trả lời, đồng hồ lệch 84 giây",
        ),
    ),
    Line(
        "package-security-updates",
        "packages",
        "vulnerabilities",
        "critical",
        _t("Security updates are installed", "Các bản vá bảo mật đã được cài"),
        _t(
            "Published holes are attacked within days.",
            "Lỗ hổng đã công bố bị khai thác chỉ sau vài ngày.",
        ),
        _t(
            "Run `apt update && apt upgrade` in the next window, then enable unattended-upgrades.",
            "Chạy `apt update && apt upgrade` trong đợt bảo trì tới, sau đó bật unattended-upgrades.",
        ),
        "0 of 412 packages",
        "openssl 3.0.11 < 3.0.17, curl 7.88.1-10 < 7.88.1-14 (2 of 412)",
        "no security update older than 14 days",
        _t("no security update is waiting", "không còn bản vá bảo mật nào chờ cài"),
        _t("2 security updates have waited for 31 days", "2 bản vá bảo mật đã chờ 31 ngày"),
    ),
    Line(
        "distribution-supported",
        "distribution",
        "vulnerabilities",
        "high",
        _t("The operating system still gets security fixes", "Hệ điều hành còn được vá bảo mật"),
        _t(
            "Nobody mends a system past its end of life.",
            "Hệ điều hành hết hạn thì không còn ai vá.",
        ),
        _t(
            "Plan the move to Debian 12 or newer; until then close the machine to all but its users.",
            "Lập kế hoạch chuyển sang Debian 12 trở lên; trong lúc chờ, chỉ mở máy cho người cần dùng.",
        ),
        "Debian 12 (until 2028-06-30)",
        "Debian 10 (until 2024-06-30)",
        "supported on the day of the scan",
        _t("Debian 12 is supported until 2028-06-30", "Debian 12 được hỗ trợ đến 2028-06-30"),
        _t("Debian 10 lost support on 2024-06-30", "Debian 10 đã hết hỗ trợ từ 2024-06-30"),
    ),
    Line(
        "firewall-default-deny",
        "firewall",
        "network",
        "high",
        _t(
            "The firewall drops what nobody asked for", "Tường lửa chặn mọi kết nối không được phép"
        ),
        _t(
            "Each forgotten service is open to everybody.",
            "Mỗi dịch vụ bị bỏ quên đều mở cho mọi người.",
        ),
        _t(
            "Set the input chain's policy to drop: `nft add chain inet filter input '{ policy drop; }'` after allowing SSH.",
            "Đặt chính sách chuỗi input là drop: `nft add chain inet filter input '{ policy drop; }'` sau khi đã mở SSH.",
        ),
        "chain input policy drop",
        "chain input policy accept, 0 rules",
        "policy drop",
        _t("input is dropped by default", "mặc định chặn kết nối vào"),
        _t("input is accepted by default", "mặc định cho qua mọi kết nối vào"),
    ),
    Line(
        "port-undeclared",
        "listening-ports",
        "network",
        "high",
        _t("Only declared ports listen", "Chỉ các cổng đã khai báo được mở"),
        _t(
            "What nobody declared, nobody watches.", "Cổng không ai khai báo thì không ai theo dõi."
        ),
        _t(
            "Stop the service with `systemctl disable --now NAME`, or declare the port in agency.yaml.",
            "Dừng dịch vụ bằng `systemctl disable --now TÊN`, hoặc khai báo cổng trong agency.yaml.",
        ),
        "22/tcp sshd, 443/tcp nginx",
        "0.0.0.0:6379 redis-server",
        "22/tcp, 443/tcp",
        _t("2 ports listen, both declared", "2 cổng đang mở, đều đã khai báo"),
        _t(
            "6379/tcp (redis-server) is open and not declared",
            "6379/tcp (redis-server) đang mở mà chưa khai báo",
        ),
    ),
    Line(
        "backup-recent",
        "backups",
        "backup",
        "critical",
        _t(
            "A good backup is younger than the agreed loss",
            "Có bản sao lưu tốt, mới hơn mức mất dữ liệu cho phép",
        ),
        _t(
            "Without it, ransomware takes everything since the last copy.",
            "Không có nó, mã độc tống tiền lấy hết dữ liệu từ bản sao lưu gần nhất.",
        ),
        _t(
            "Run `restic backup /srv/data` now and look at the timer with `systemctl list-timers restic*`.",
            "Chạy `restic backup /srv/data` ngay và xem lịch bằng `systemctl list-timers restic*`.",
        ),
        "snapshot 4a7e21c9 of 2026-11-20T22:10Z",
        "newest snapshot 2026-10-28T22:10Z",
        "younger than 4 h (rpo)",
        _t("the newest backup is 3 h old", "bản sao lưu mới nhất cách đây 3 giờ"),
        _t("the newest backup is 23 days old", "bản sao lưu mới nhất đã 23 ngày"),
    ),
    Line(
        "backup-separate",
        "backups",
        "backup",
        "critical",
        _t(
            "Backups cannot be deleted from the machine that made them",
            "Máy được sao lưu không tự xóa được bản sao lưu",
        ),
        _t(
            "Ransomware deletes the copies that it can reach first.",
            "Mã độc tống tiền xóa trước hết những bản sao mà nó với tới.",
        ),
        _t(
            "Serve the repository with `rest-server --append-only` on another machine.",
            "Đặt kho sao lưu trên máy khác, chạy `rest-server --append-only`.",
        ),
        "append-only, host 10.1.9.8",
        "local path /srv/backup, writable by root",
        "another host, append-only",
        _t(
            "the repository is append-only on 10.1.9.8",
            "kho sao lưu chỉ cho ghi thêm, nằm trên 10.1.9.8",
        ),
        _t("the repository is a local folder", "kho sao lưu là một thư mục trên chính máy này"),
    ),
    Line(
        "audit-running",
        "audit-daemon",
        "security-logs",
        "high",
        _t("The audit daemon is recording", "Dịch vụ kiểm toán đang ghi"),
        _t(
            "Without it nobody knows which program did what.",
            "Thiếu nó thì không biết chương trình nào đã làm gì.",
        ),
        _t(
            "Run `apt install auditd && systemctl enable --now auditd`.",
            "Chạy `apt install auditd && systemctl enable --now auditd`.",
        ),
        "enabled 1, pid 612, lost 0",
        "enabled 0",
        "enabled 1",
        _t("auditd records, nothing was lost", "auditd đang ghi, không mất bản ghi nào"),
        _t("auditd does not record", "auditd không ghi"),
    ),
    Line(
        "tls-certificate-expiry",
        "tls-endpoint",
        "network",
        "high",
        _t("The TLS certificate is renewed in time", "Chứng thư TLS được gia hạn kịp thời"),
        _t(
            "An expired certificate takes the service down for every browser at once.",
            "Chứng thư hết hạn làm dịch vụ ngừng với mọi trình duyệt cùng lúc.",
        ),
        _t(
            "Renew the certificate now, then automate it with `certbot renew`.",
            "Gia hạn chứng thư ngay, sau đó tự động hóa bằng `certbot renew`.",
        ),
        "not after 2027-02-11",
        "not after 2026-11-29",
        "more than 21 days left",
        _t("valid until 2027-02-11", "còn hạn đến 2027-02-11"),
        _t("not renewed, and expires on 2026-11-29", "chưa gia hạn, hết hạn ngày 2026-11-29"),
        on="endpoint",
        known_by=KnownBy.NETWORK,
    ),
    Line(
        "tls-old-protocols",
        "tls-endpoint",
        "network",
        "high",
        _t("Only TLS 1.2 and newer are spoken", "Chỉ dùng TLS 1.2 trở lên"),
        _t(
            "Old protocols can be read and changed on the way.",
            "Giao thức cũ có thể bị đọc và sửa trên đường truyền.",
        ),
        _t(
            "Set `ssl_protocols TLSv1.2 TLSv1.3;` in nginx and reload it.",
            "Đặt `ssl_protocols TLSv1.2 TLSv1.3;` trong nginx rồi nạp lại.",
        ),
        "TLSv1.2, TLSv1.3",
        "TLSv1.0, TLSv1.1, TLSv1.2",
        "TLSv1.2, TLSv1.3",
        _t("TLS 1.2 and 1.3", "TLS 1.2 và 1.3"),
        _t("TLS 1.0 and 1.1 are still spoken", "vẫn còn dùng TLS 1.0 và 1.1"),
        on="endpoint",
        known_by=KnownBy.NETWORK,
    ),
    Line(
        "web-hsts",
        "web-headers",
        "network",
        "medium",
        _t("Browsers are told to use HTTPS only", "Trình duyệt được yêu cầu chỉ dùng HTTPS"),
        _t(
            "The first visit over HTTP can be turned to a forged site.",
            "Lần truy cập đầu qua HTTP có thể bị dẫn sang trang giả.",
        ),
        _t(
            'Add `add_header Strict-Transport-Security "max-age=31536000" always;` to nginx.',
            'Thêm `add_header Strict-Transport-Security "max-age=31536000" always;` vào nginx.',
        ),
        "max-age=31536000",
        "",
        "max-age ≥ 15552000",
        _t("HSTS for 365 days", "HSTS trong 365 ngày"),
        _t("no HSTS header", "không có tiêu đề HSTS"),
        on="endpoint",
        known_by=KnownBy.NETWORK,
    ),
    Line(
        "web-cookie-flags",
        "web-cookies",
        "network",
        "medium",
        _t(
            "Session cookies are Secure, HttpOnly and SameSite",
            "Cookie phiên có Secure, HttpOnly và SameSite",
        ),
        _t(
            "A script or another site can ride on the session.",
            "Mã kịch bản hoặc trang khác có thể lợi dụng phiên đăng nhập.",
        ),
        _t(
            "Set `Secure; HttpOnly; SameSite=Lax` on the session cookie.",
            "Đặt `Secure; HttpOnly; SameSite=Lax` cho cookie phiên.",
        ),
        "JSESSIONID: Secure; HttpOnly; SameSite=Lax",
        "JSESSIONID: HttpOnly",
        "Secure; HttpOnly; SameSite",
        _t("JSESSIONID has all three", "JSESSIONID có đủ ba thuộc tính"),
        _t("JSESSIONID lacks Secure and SameSite", "JSESSIONID thiếu Secure và SameSite"),
        on="endpoint",
        known_by=KnownBy.NETWORK,
    ),
    Line(
        "dns-dnssec",
        "dns-zone",
        "network",
        "medium",
        _t("The domain is signed", "Tên miền được ký DNSSEC"),
        _t(
            "Answers can be forged and citizens led to a false portal.",
            "Câu trả lời DNS có thể bị giả, dẫn người dân sang cổng giả mạo.",
        ),
        _t(
            "Sign the zone and hand the DS record to the registrar.",
            "Ký vùng tên miền và gửi bản ghi DS cho nhà đăng ký.",
        ),
        "DS 20326 8 2, chain valid",
        "no DS record",
        "a valid chain",
        _t("signed, the chain is valid", "đã ký, chuỗi tin cậy hợp lệ"),
        _t("not signed", "chưa ký"),
        on="domain",
        known_by=KnownBy.NETWORK,
    ),
    Line(
        "mail-dmarc",
        "mail-policy",
        "browser-email",
        "high",
        _t("Forged mail in the domain's name is rejected", "Thư giả mạo tên miền bị từ chối"),
        _t(
            "Anybody can write to citizens in the agency's name.",
            "Bất kỳ ai cũng có thể gửi thư mạo danh cơ quan.",
        ),
        _t(
            "Publish `v=DMARC1; p=reject; rua=mailto:dmarc@DOMAIN` at _dmarc.DOMAIN.",
            "Công bố `v=DMARC1; p=reject; rua=mailto:dmarc@TÊN_MIỀN` tại _dmarc.TÊN_MIỀN.",
        ),
        "v=DMARC1; p=reject",
        "v=DMARC1; p=none",
        "p=quarantine or p=reject",
        _t("p=reject", "p=reject"),
        _t("p=none asks for nothing", "p=none không yêu cầu gì"),
        on="domain",
        known_by=KnownBy.NETWORK,
    ),
)

_SYSCTL = (
    ("net.ipv4.ip_forward", "0", "1", "medium"),
    ("net.ipv4.conf.all.accept_redirects", "0", "1", "medium"),
    ("net.ipv4.conf.all.send_redirects", "0", "1", "medium"),
    ("net.ipv4.conf.all.accept_source_route", "0", "1", "medium"),
    ("net.ipv4.conf.all.log_martians", "1", "0", "low"),
    ("net.ipv4.conf.all.rp_filter", "1", "0", "medium"),
    ("net.ipv4.tcp_syncookies", "1", "0", "medium"),
    ("net.ipv6.conf.all.accept_ra", "0", "1", "low"),
    ("kernel.randomize_va_space", "2", "0", "high"),
    ("kernel.dmesg_restrict", "1", "0", "low"),
    ("kernel.kptr_restrict", "2", "0", "low"),
    ("kernel.yama.ptrace_scope", "1", "0", "medium"),
    ("kernel.unprivileged_bpf_disabled", "1", "0", "medium"),
    ("fs.protected_symlinks", "1", "0", "medium"),
    ("fs.protected_hardlinks", "1", "0", "medium"),
    ("fs.suid_dumpable", "0", "2", "medium"),
    ("kernel.sysrq", "0", "176", "low"),
    ("net.core.bpf_jit_harden", "2", "0", "low"),
)
_FILES = (
    ("/etc/shadow", "640 root:shadow", "644 root:root", "critical"),
    ("/etc/passwd", "644 root:root", "666 root:root", "high"),
    ("/etc/gshadow", "640 root:shadow", "644 root:root", "high"),
    ("/etc/sudoers", "440 root:root", "640 root:adm", "high"),
    ("/etc/crontab", "600 root:root", "644 root:root", "low"),
    ("/boot/grub/grub.cfg", "600 root:root", "644 root:root", "low"),
    ("/etc/ssh/ssh_host_ed25519_key", "600 root:root", "644 root:root", "high"),
    ("/var/log", "755 root:syslog", "777 root:syslog", "medium"),
    ("/etc/ssl/private", "710 root:ssl-cert", "755 root:root", "high"),
    ("/root", "700 root:root", "755 root:root", "medium"),
    ("/tmp", "1777 root:root", "777 root:root", "medium"),  # noqa: S108 - a path to look at
    ("/etc/cron.d", "700 root:root", "755 root:root", "low"),
)
_AUDIT = (
    "time-change",
    "identity",
    "system-locale",
    "login",
    "session",
    "permission-change",
    "access-denied",
    "mount",
    "delete",
    "sudo",
    "module",
    "export",
    "priv-commands",
)
_SERVICES = (
    "avahi-daemon",
    "cups",
    "rpcbind",
    "telnetd",
    "vsftpd",
    "tftpd-hpa",
    "nis",
    "snmpd",
    "xinetd",
    "samba",
    "squid",
)


def _lines() -> Iterator[Line]:
    yield from _WRITTEN
    for name, good, bad, severity in _SYSCTL:
        slug = name.replace(".", "-").replace("_", "-")
        yield Line(
            f"kernel-{slug}",
            "kernel-parameters",
            "secure-configuration",
            severity,
            _t(
                f"The kernel runs with {name} = {good}",
                f"Nhân hệ điều hành chạy với {name} = {good}",
            ),
            _t(
                "The safe value costs nothing and closes a known path.",
                "Giá trị an toàn không tốn kém gì mà đóng được một lối tấn công đã biết.",
            ),
            _t(
                f"Write `{name} = {good}` to /etc/sysctl.d/60-cdso.conf, then `sysctl --system`.",
                f"Ghi `{name} = {good}` vào /etc/sysctl.d/60-cdso.conf, rồi chạy `sysctl --system`.",
            ),
            f"{name} = {good}",
            f"{name} = {bad}",
            f"{name} = {good}",
            _t(f"the running value is {good}", f"giá trị đang chạy là {good}"),
            _t(f"the running value is {bad}", f"giá trị đang chạy là {bad}"),
        )
    for path, good, bad, severity in _FILES:
        slug = path.strip("/").replace("/", "-").replace("_", "-").replace(".", "-")
        yield Line(
            f"file-{slug}",
            "file-permissions",
            "information-assets",
            severity,
            _t(f"Only those who must can reach {path}", f"Chỉ người cần mới truy cập được {path}"),
            _t(
                "What others may read or write, an intruder reads or writes first.",
                "Tệp người khác đọc, ghi được thì kẻ xâm nhập đọc, ghi đầu tiên.",
            ),
            _t(
                f"Run `chmod {good.split()[0]} {path} && chown {good.split()[1]} {path}`.",
                f"Chạy `chmod {good.split()[0]} {path} && chown {good.split()[1]} {path}`.",
            ),
            good,
            bad,
            good,
            _t(f"{path} is {good}", f"{path} có quyền {good}"),
            _t(f"{path} is {bad}", f"{path} có quyền {bad}"),
            known_by=KnownBy.FILE,
        )
    for name in _AUDIT:
        yield Line(
            f"audit-rule-{name}",
            "audit-rules",
            "security-logs",
            "medium",
            _t(f"The audit rules record {name}", f"Luật kiểm toán có ghi {name}"),
            _t(
                "What is not recorded cannot be shown afterwards.",
                "Không ghi lại thì sau này không chứng minh được.",
            ),
            _t(
                f"Add the rules with the key {name} to /etc/audit/rules.d/60-cdso.rules, then `augenrules --load`.",
                f"Thêm luật có khóa {name} vào /etc/audit/rules.d/60-cdso.rules, rồi chạy `augenrules --load`.",
            ),
            f"-k {name}: 4 rules",
            "No rules",
            f"rules with the key {name}",
            _t(f"4 rules carry the key {name}", f"4 luật mang khóa {name}"),
            _t(f"no rule carries the key {name}", f"không luật nào mang khóa {name}"),
        )
    for name in _SERVICES:
        yield Line(
            f"service-{name}",
            "services",
            "secure-configuration",
            "medium",
            _t(f"{name} is not running", f"{name} không chạy"),
            _t(
                "A service that nobody uses is a door that nobody guards.",
                "Dịch vụ không ai dùng là cánh cửa không ai canh.",
            ),
            _t(f"Run `systemctl disable --now {name}`.", f"Chạy `systemctl disable --now {name}`."),
            "inactive",
            "active (running)",
            "inactive",
            _t(f"{name} is not active", f"{name} không hoạt động"),
            _t(f"{name} is running", f"{name} đang chạy"),
        )


LINES = tuple(_lines())
CHECKS = tuple(
    CheckInfo(
        id=line.id,
        title=line.title,
        why=line.why,
        fix=line.fix,
        severity=Severity(line.severity),
        fact=line.fact,
        origin="cdso-audit",
        references={"iso27001-2022": ("A.8.9",), "cis-debian12": ("5.1.20",)}
        if line.fact == "sshd-settings"
        else {"iso27001-2022": ("A.8.9",)},
    )
    for line in LINES
)

_INSTRUMENTS = {
    "tcvn-14423-2026": (
        _t("TCVN 14423:2026, basic requirements", "TCVN 14423:2026, yêu cầu cơ bản"),
        "standard",
    ),
    "decree-331-2026": (_t("Decree 331/2026/NĐ-CP", "Nghị định 331/2026/NĐ-CP"), "decree"),
    "mic-6-solutions-2024": (
        _t("Six solutions against ransomware, 2024", "Sáu giải pháp phòng mã độc tống tiền, 2024"),
        "guidance",
    ),
}


def rulebook() -> RulebookInfo:
    """Seventy requirements of the present regime, in our own words."""
    data = json.loads((HERE / "sample_requirements.json").read_text("utf-8"))
    requirements = []
    for row in data["requirements"]:
        proof = tuple(f"check:{line.id}" for line in LINES if line.group == row["group"])[:4]
        if row["verify"] == "evidence":
            proof = ("attestation:document",)
        elif row["verify"] == "drill":
            proof = ("drill:restore",)
        elif row["verify"] == "mixed":
            proof = (*proof[:2], "attestation:document")
        requirements.append(
            RequirementInfo(
                id=row["id"],
                rule_set=row["id"].split(".")[0],
                group=row["group"],
                title=row["title"],
                text=row["text"],
                references=tuple(
                    Reference(
                        instrument=name,
                        title=_INSTRUMENTS.get(name, (_t(name, name), ""))[0],
                        clause=clause,
                        authority=_INSTRUMENTS.get(name, (None, "standard"))[1],
                    )
                    for name, clause in row["refs"]
                ),
                clause_by_level={int(k): v for k, v in row["clause_by_level"].items()},
                authority=_INSTRUMENTS.get(row["refs"][0][0], (None, "standard"))[1],
                confidence="low" if crc32(row["id"].encode()) % 11 == 0 else row["confidence"],
                binding=row["binding"],
                verify=row["verify"],
                severity=row["severity"],
                knock_out=row["id"].endswith("restore-test"),
                proof=proof,
                document=row["document"],
            )
        )
    return RulebookInfo(
        id="vn-2026",
        version="2026.1",
        sha256=sha256(b"rulebook").hexdigest(),
        title=_t(
            "Vietnam's cybersecurity rules in force from 1 July 2026",
            "Quy định an ninh mạng hiện hành từ 01/7/2026",
        ),
        effective="2026-07-01",
        note=_t(
            "The text of TCVN 14423:2026 was not seen in the original; clauses come from a paraphrase.",
            "Chưa đối chiếu bản gốc TCVN 14423:2026; số điều khoản lấy từ bản diễn giải.",
        ),
        groups=tuple(GroupInfo(id=name, title=title) for name, title in data["groups"].items()),
        requirements=tuple(requirements),
    )


def _assets(system: str) -> tuple[AssetInfo, ...]:
    host = {"type": "host", "kind": AssetKind.HOST_LINUX, "taken_at": AT}
    net = 2 if system == "dvc" else 3
    return (
        AssetInfo(id=f"{system}-web1", address=f"10.1.{net}.11", roles=("web",), **host),
        AssetInfo(id=f"{system}-db1", address=f"10.1.{net}.10", roles=("database",), **host),
        AssetInfo(
            id=f"{system}-portal",
            type="endpoint",
            kind=AssetKind.WEB_ENDPOINT,
            address=f"https://{system}.example.vn",
            taken_at=AT,
        ),
        AssetInfo(
            id=f"{system}-dns",
            type="domain",
            kind=AssetKind.DNS_MAIL,
            address=f"{system}.example.vn",
            taken_at=AT,
        )
        if system == "dvc"
        else AssetInfo(
            id=f"{system}-app1",
            type="host",
            kind=AssetKind.HOST_LINUX,
            address="10.1.3.12",
            looked_at=False,
        ),
    )


def _digest(*names: str) -> str:
    return "sha256:" + sha256("/".join(names).encode()).hexdigest()


_PROBE_OF = {
    "sshd-settings": "sshd-effective",
    "accounts": "shadow-schemes",
    "kernel-parameters": "sysctl-all",
    "firewall": "nft-ruleset",
    "listening-ports": "listening",
    "packages": "packages",
    "audit-rules": "auditctl",
}

_GAPS = {
    GapReason.TIMEOUT: _t("no answer in time: 20 s", "không trả lời kịp: 20 giây"),
    GapReason.DENIED: _t(
        "not allowed to look: sudo: a password is required",
        "không được phép xem: sudo: a password is required",
    ),
    GapReason.UNREACHABLE: _t(
        "could not be reached: connect to 10.1.3.12 port 22: no route to host",
        "không kết nối được: connect to 10.1.3.12 port 22: no route to host",
    ),
    GapReason.MISSING_TOOL: _t(
        "the program needed to look is missing: auditctl",
        "thiếu chương trình cần để xem: auditctl",
    ),
}


def _finding(number: int, line: Line, system: str, asset: AssetInfo) -> FindingResult:
    luck = crc32(f"{line.id}/{asset.id}".encode()) % 100
    common: dict[str, Any] = {
        "id": number,
        "check": line.id,
        "system": system,
        "asset": asset.id,
        "severity": line.severity,
        "references": {},
    }
    evidence = (f"{_digest(asset.id, _PROBE_OF.get(line.fact, line.fact))}#L{luck + 1}",)
    subject = asset.address if asset.type != "host" else line.fact
    if not asset.looked_at:
        gap = GapReason.UNREACHABLE
    elif luck >= 95:
        gap = GapReason.DENIED
    elif luck >= 93:
        gap = GapReason.TIMEOUT
    elif line.fact == "audit-rules" and luck >= 70:
        gap = GapReason.MISSING_TOOL
    else:
        gap = None
    if gap:
        text = _GAPS[gap]
        return FindingResult(
            **common,
            subject=subject,
            outcome=Outcome.UNKNOWN,
            gap=gap,
            message=text.en,
            message_vi=text.vi,
        )
    if luck == 41:
        return FindingResult(
            **common,
            subject=subject,
            outcome=Outcome.ERROR,
            evidence=evidence,
            message="the check broke: KeyError: 'enabled'",
            message_vi="phép kiểm tra bị lỗi: KeyError: 'enabled'",
        )
    if 84 <= luck < 88:
        return FindingResult(
            **common,
            subject=subject,
            outcome=Outcome.NOT_APPLICABLE,
            evidence=evidence,
            message="the program is not installed",
            message_vi="phần mềm này không được cài",
        )
    failed = luck < {"critical": 26, "high": 22}.get(line.severity, 16)
    text = line.says_bad if failed else line.says_good
    return FindingResult(
        **common,
        subject=subject,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        known_by=line.known_by,
        seen=line.bad if failed else line.good,
        expected=line.expected,
        message=text.en,
        message_vi=text.vi,
        evidence=evidence,
    )


def _findings(systems: dict[str, tuple[AssetInfo, ...]]) -> tuple[FindingResult, ...]:
    found: list[FindingResult] = []
    for system, assets in systems.items():
        for asset in assets:
            for line in LINES:
                if line.on == asset.type:
                    found.append(_finding(len(found) + 1, line, system, asset))
    return tuple(found)


_STATES = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.NOT_APPLICABLE: "not-applicable",
    Outcome.UNKNOWN: "unknown",
    Outcome.ERROR: "unknown",
}


def _status(
    info: RequirementInfo,
    system: str,
    assets: tuple[AssetInfo, ...],
    found: tuple[FindingResult, ...],
) -> RequirementStatus:
    checks = [item.removeprefix("check:") for item in info.proof if item.startswith("check:")]
    paper = [item for item in info.proof if not item.startswith("check:")]
    shown = crc32(f"{info.id}/{system}".encode()) % 3 == 0
    states = []
    for asset in assets:
        mine = [each for each in found if each.asset == asset.id and each.check in checks]
        if not mine:
            continue
        outcomes = {_STATES[each.outcome] for each in mine}
        state: Any = next(s for s in ("fail", "unknown", "pass", "not-applicable") if s in outcomes)
        states.append(
            AssetState(
                asset=asset.id,
                state="unknown" if state == "pass" and paper and not shown else state,
                by=tuple(f"finding:{each.id}" for each in mine),
                missing=() if shown else tuple(paper),
            )
        )
    if not checks:
        states = [
            AssetState(
                asset="",
                state="pass" if shown else "unknown",
                missing=() if shown else tuple(paper),
            )
        ]
    kinds = {each.state for each in states}
    status = (
        Status.PARTLY_MET
        if {"fail", "pass"} <= kinds
        else Status.NOT_MET
        if "fail" in kinds
        else Status.UNPROVEN
        if "unknown" in kinds or not kinds
        else Status.MET
    )
    note = None
    if info.id.endswith("process-log-fields"):
        status, note = (
            Status.NOT_APPLICABLE,
            _t(
                "no process log is asked for at this level",
                "cấp này không yêu cầu nhật ký tiến trình",
            ),
        )
    if info.id.endswith("host-firewall") and system == "dvc":
        status = Status.WAIVED
    technical = (
        status
        if checks and not paper
        else (Status.NOT_MET if "fail" in kinds else Status.MET)
        if checks
        else None
    )
    return RequirementStatus(
        id=info.id,
        clause=info.clause_by_level.get(3, "") or info.references[0].clause,
        status=status,
        technical=technical,
        by=tuple(f"finding:{n}" for each in states for n in each.by)[:0],
        assets=tuple(states),
        parameters={"max_days": 90} if "log" in info.id else {},
        note=note,
    )


def _views(system: str) -> Views:
    caps = (
        Cap(
            to=59,
            rule="drill",
            reason="no recovery drill was ever held for Portal",
            reason_vi="chưa từng diễn tập khôi phục dịch vụ Cổng",
            by=("portal",),
        ),
        Cap(
            to=59,
            rule="critical",
            reason="a critical requirement failed on 2 assets: whole-system vulnerability scan",
            reason_vi="yêu cầu nghiêm trọng không đạt trên 2 tài sản: rà quét lỗ hổng toàn hệ thống",
            by=("tcvn-14423-2026.vulnerabilities.scan-whole-system",),
        ),
        Cap(to=74, rule="coverage", reason="coverage is under 80 %", reason_vi="độ phủ dưới 80 %"),
    )
    way = (
        WayUp(
            do="install the security updates on dvc-web1 and dvc-db1",
            do_vi="cài các bản vá bảo mật trên dvc-web1 và dvc-db1",
            value=61.4,
            grade="C",
        ),
        WayUp(
            do="hold a recovery drill of Portal within 24 h",
            do_vi="diễn tập khôi phục dịch vụ Cổng trong 24 giờ",
            value=72.9,
            grade="C",
        ),
        WayUp(
            do="attest 14 documents that are already in force",
            do_vi="xác nhận 14 văn bản đã ban hành",
            value=78.2,
            grade="B",
        ),
    )
    if system == "dvc":
        return Views(
            whole=View(
                value=48.6,
                grade="D",
                proved=44.9,
                failed=18.7,
                unproved=36.4,
                drills=0.0,
                low=33.6,
                high=60.9,
                coverage=63.6,
                caps=caps,
                way_up=way,
                without_waivers=47.2,
            ),
            technical=View(
                value=59.0,
                grade="D",
                proved=71.3,
                failed=19.6,
                unproved=9.1,
                drills=None,
                low=71.3,
                high=80.4,
                coverage=90.9,
                caps=caps[1:2],
                way_up=way[:1],
            ),
        )
    return Views(
        whole=View(
            value=21.5,
            grade=None,
            proved=28.7,
            failed=14.0,
            unproved=57.3,
            drills=0.0,
            low=21.5,
            high=64.5,
            coverage=42.7,
            caps=caps[:2],
            way_up=way[1:],
        ),
        technical=View(
            value=39.0,
            grade="E",
            proved=45.2,
            failed=16.6,
            unproved=38.2,
            drills=None,
            low=45.2,
            high=83.4,
            coverage=61.8,
            caps=(
                Cap(
                    to=39,
                    rule="knock-out",
                    reason="a knock-out requirement is unproved: test restore of backups",
                    reason_vi="yêu cầu loại trực tiếp chưa được chứng minh: khôi phục thử bản sao lưu",
                    by=("tcvn-14423-2026.backup.restore-test",),
                ),
            ),
            way_up=(
                WayUp(
                    do="let the collector reach lgsp-app1",
                    do_vi="cho phép thu thập từ lgsp-app1",
                    value=52.0,
                    grade="D",
                ),
            ),
        ),
    )


_PROBES = (
    (
        "sshd-effective",
        "ssh",
        "/usr/sbin/sshd -T",
        True,
        _t("the settings that sshd runs with", "cấu hình mà sshd đang chạy"),
    ),
    (
        "shadow-schemes",
        "ssh",
        "/usr/bin/awk -F: '{print $1, scheme($2)}' /etc/shadow",
        True,
        _t(
            "which scheme keeps each password, never the hash",
            "mật khẩu được băm bằng thuật toán nào, không lấy chuỗi băm",
        ),
    ),
    (
        "sysctl-all",
        "ssh",
        "sysctl -a 2>/dev/null",
        False,
        _t("the kernel's running parameters", "tham số nhân đang chạy"),
    ),
    (
        "nft-ruleset",
        "ssh",
        "/usr/sbin/nft list ruleset",
        True,
        _t("the firewall's rules", "luật tường lửa"),
    ),
    (
        "listening",
        "ssh",
        "ss -H -lntup",
        False,
        _t("which ports listen, and who", "cổng nào đang mở, do chương trình nào"),
    ),
    (
        "packages",
        "ssh",
        "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n'",
        False,
        _t("installed packages", "các gói đã cài"),
    ),
    (
        "auditctl",
        "ssh",
        "/usr/sbin/auditctl -l",
        True,
        _t("the audit rules that run", "luật kiểm toán đang chạy"),
    ),
)


def _commands(systems: dict[str, tuple[AssetInfo, ...]]) -> tuple[Command, ...]:
    made = []
    for assets in systems.values():
        for asset in assets:
            if asset.type != "host":
                continue
            for order, (probe, via, command, root, why) in enumerate(_PROBES):
                luck = crc32(f"{probe}/{asset.id}".encode())
                gap = None if asset.looked_at else "unreachable"
                made.append(
                    Command(
                        asset=asset.id,
                        probe=probe,
                        via=via,
                        command=command,
                        root=root,
                        why=why,
                        run_as="cdso-audit",
                        at=AT + timedelta(seconds=order),
                        seconds=(luck % 900) / 1000,
                        exit_code=None if gap else 0,
                        gap=gap,
                        bytes=0 if gap else luck % 90_000,
                        digest=_digest(asset.id, probe) if not gap else "",
                    )
                )
    return tuple(made)


_NOTICES = (
    _t(
        "The 24-hour recovery target is a direction of the Prime Minister (conference of 19 July 2024) and "
        "ministry guidance of 2024; no law sets it. The 24-hour duty to report a serious incident "
        "(Decree 331/2026, Article 31) is another matter.",
        "Mục tiêu khôi phục trong 24 giờ là chỉ đạo của Thủ tướng Chính phủ (hội nghị ngày 19/7/2024) và "
        "hướng dẫn của bộ năm 2024; chưa có luật nào quy định. Nghĩa vụ báo cáo sự cố nghiêm trọng trong "
        "24 giờ (Nghị định 331/2026, Điều 31) là việc khác.",
    ),
    _t("The level of lgsp has not been approved yet.", "Cấp độ của lgsp chưa được phê duyệt."),
)


def held(story: Story, number: int, on: datetime, system: str = "lgsp", **more: Any) -> DrillResult:
    """A told drill as if it had been held on another day, of another system."""
    made = story.result()
    away = on - made.held_at

    def later(at: datetime | None) -> datetime | None:
        return at + away if at is not None else None

    copy = made.copy_used
    return made.model_copy(
        update={
            "number": number,
            "id": f"5d0c5d0c-{number}",
            "journal": "5d0c5d0c5d0c5d0c",
            "system": system,
            "registered_at": later(made.registered_at),
            "held_at": on,
            "closed_at": later(made.closed_at),
            "marks": tuple(
                each.model_copy(update={"wall": later(each.wall)}) for each in made.marks
            ),
            "canaries": tuple(
                each.model_copy(update={"newest_at": later(each.newest_at)})
                for each in made.canaries
            ),
            "copy_used": copy.model_copy(update={"taken_at": later(copy.taken_at)})
            if copy
            else None,
            **more,
        }
    )


def _drills() -> tuple[DrillResult, ...]:
    """Of lgsp: one that was given up after nine hours, then one that came back after 19.5."""
    given_up = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    given_up.phase("provision", HOUR).done("copy", HOUR, HOUR).phase("restore", HOUR)
    given_up.failed("restore", HOUR, 9 * HOUR, "exit 55: no space left on device")
    given_up.skipped("rows", "beat", "portal", "accept").cleaned(9 * HOUR).closed("aborted")
    back = whole(hours=19.4, plan={"announced": True, "differences": ["half the memory"]})
    return (
        held(given_up, 1, datetime(2026, 6, 12, 1, tzinfo=UTC)),
        held(back, 2, datetime(2026, 9, 3, 1, tzinfo=UTC)),
    )


DRILLS = _drills()


def recovered(drills: tuple[DrillResult, ...], **more: Any) -> tuple[Recovery, ...]:
    """Where the two systems of the laboratory stand."""
    systems = (
        System(id="dvc", approved=Approval(max_outage=timedelta(hours=24))),
        System(id="lgsp", data_gb=600),
    )
    agency = Agency(agency=AgencyIdentity(id="x", name="x"), systems=systems)
    return recoveries(agency, drills, AT, **more)


def drilled() -> Result:
    """Drills of every kind: late, projected, stale, with a forecast beside them."""
    late = whole(hours=26, plan={"announced": True})
    sample = whole(
        plan={"mode": "sample", "data_gb": 6000, "max_outage_approved": "PT4H"},
        hours=1.5,
        approver="An",
    )
    drills = (
        *DRILLS,
        held(late, 3, datetime(2026, 4, 2, 1, tzinfo=UTC), "dvc"),
        held(sample, 4, datetime(2026, 11, 1, 1, tzinfo=UTC), "dvc", playbook="files-restic",
             title=_t("Restore files with restic", "Khôi phục tệp bằng restic")),
    )  # fmt: skip
    forecast = ForecastInfo(
        made_at=datetime(2026, 11, 20, tzinfo=UTC), target=timedelta(hours=24), runs=10_000,
        chance=0.181, low=0.174, high=0.189, p50=timedelta(hours=26.3), p90=timedelta(hours=30.5),
        on_paper=timedelta(hours=10.5), priors=7,
        what_if=(
            ForecastDriver(what=_t("one more database administrator", "thêm một quản trị cơ sở dữ liệu"), gain=0.62),
            ForecastDriver(what=_t("twice the bandwidth", "gấp đôi băng thông"), gain=0.08),
        ),
    )  # fmt: skip
    return lab().model_copy(
        update={
            "drills": drills,
            "recoveries": recovered(drills, playbooks={"pg-pitr": DRILLS[1].playbook_hash}),
            "forecast": forecast,
        }
    )


def spoiled(drill: DrillResult, bad: str) -> DrillResult:
    """A drill with what an attacker would put into every text of it."""
    both = _t(bad, bad)
    copy = drill.copy_used
    return drill.model_copy(
        update={
            "title": both,
            "why": bad,
            "minimum_service": both,
            "differences": (bad,),
            "lost": (bad,),
            "declared_by": (bad,),
            "accepted_by": (bad,),
            "approved_by": (bad,),
            "not_proved": (both,),
            "operator": bad,
            "faults": (StepFault(step=bad, title=both, why=bad),),
            "marks": tuple(each.model_copy(update={"by": bad}) for each in drill.marks),
            "steps": tuple(
                each.model_copy(update={"title": both, "why": bad}) for each in drill.steps
            ),
            "data": tuple(
                each.model_copy(update={"title": both, "seen": bad}) for each in drill.data
            ),
            "services": tuple(each.model_copy(update={"title": both}) for each in drill.services),
            "controls": tuple(each.model_copy(update={"title": both}) for each in drill.controls),
            "canaries": tuple(each.model_copy(update={"system": bad}) for each in drill.canaries),
            "caps": tuple(each.model_copy(update={"why": both}) for each in drill.caps),
            "copy_used": copy.model_copy(update={"identity": bad}) if copy else None,
        }
    )


def lab() -> Result:
    """Two systems, four assets each, some 75 checks."""
    systems = {"dvc": _assets("dvc"), "lgsp": _assets("lgsp")}
    found = _findings(systems)
    book = rulebook()

    def system(name: str, title: str, kind: str, **more: Any) -> SystemResult:
        return SystemResult(
            id=name,
            name=title,
            kind=kind,
            level=3,
            assets=systems[name],
            score=_views(name),
            requirements=tuple(
                _status(
                    info, name, systems[name], tuple(each for each in found if each.system == name)
                )
                for info in book.requirements
            ),
            **more,
        )

    return Result(
        tool=Tool(version=VERSION),
        rulebook=book,
        started_at=AT,
        finished_at=AT + timedelta(minutes=2, seconds=31),
        agency=AgencyIdentity(
            id="so-khcn-example",
            name="Sở Khoa học và Công nghệ tỉnh Bình Minh (ví dụ)",
            owner="Phòng Chuyển đổi số",
        ),
        score=AgencyScore(
            whole=View(
                value=27.1,
                grade="E",
                proved=36.8,
                failed=16.4,
                unproved=46.8,
                drills=0.0,
                low=27.1,
                high=62.7,
                coverage=53.2,
                caps=(
                    Cap(
                        to=59,
                        rule="worst-system",
                        reason="lgsp, the worst system of level 3 or more, holds the agency back",
                        reason_vi="lgsp, hệ thống cấp 3 yếu nhất, kéo điểm cả cơ quan xuống",
                        by=("lgsp",),
                    ),
                ),
                way_up=(
                    WayUp(
                        do="let the collector reach lgsp-app1",
                        do_vi="cho phép thu thập từ lgsp-app1",
                        value=41.0,
                        grade="D",
                    ),
                ),
            ),
            technical=View(
                value=46.0,
                grade="D",
                proved=58.3,
                failed=18.1,
                unproved=23.6,
                drills=None,
                low=58.3,
                high=81.9,
                coverage=76.4,
            ),
        ),
        systems=(
            system(
                "dvc",
                "Cổng dịch vụ công trực tuyến",
                "public-service-portal",
                depends_on=("lgsp", "identity"),
                approved=Approval(
                    on=datetime(2025, 3, 10, tzinfo=UTC).date(),
                    under="decree-85-2016",
                    decision="412/QĐ-UBND",
                    max_outage=timedelta(hours=24),
                    rpo=timedelta(hours=4),
                ),
            ),
            system("lgsp", "Nền tảng chia sẻ, tích hợp dữ liệu (LGSP)", "data-platform"),
        ),
        checks=CHECKS,
        findings=found,
        gaps=tuple(
            Gap(
                fact=line.fact,
                asset=each.asset,
                subject=each.subject,
                reason=each.gap,
                detail=each.message,
            )
            for each in found
            if each.gap
            for line in LINES
            if line.id == each.check
        ),
        drills=DRILLS,
        recoveries=recovered(DRILLS),
        waivers=(
            Waiver(
                requirement="tcvn-14423-2026.secure-configuration.host-firewall",
                system="dvc",
                asset="dvc-db1",
                reason="phần mềm nghiệp vụ cũ cần cổng động",
                compensating_control="ACL trên tường lửa vùng, chỉ cho 10.1.2.11",
                requested_by="Trần Văn Bình",
                approved_by="Nguyễn Thị An",
                approved_on=datetime(2026, 10, 1, tzinfo=UTC),
                until=datetime(2027, 3, 1, tzinfo=UTC),
            ),
        ),
        attestations=(
            Attestation(
                requirement="tcvn-14423-2026.backup.policy",
                system="dvc",
                statement="Quy định sao lưu đã ban hành",
                document="QĐ 118/QĐ-SKHCN",
                sha256=sha256(b"doc").hexdigest(),
                by="Lê Minh Đức",
                on=datetime(2026, 8, 20, tzinfo=UTC),
                valid_until=datetime(2027, 8, 20, tzinfo=UTC),
            ),
        ),
        commands=_commands(systems),
        evidence=EvidenceInfo(manifest_sha256=sha256(b"manifest").hexdigest(), files=61),
        deadlines=DEADLINES,
        notices=_NOTICES,
    )


#: What falls due for the laboratory: each standing once, two systems that owe the same report.
DEADLINES = (
    Deadline(
        system="lgsp",
        kind="attestation",
        what=_t(
            "Attest anew: Review of the process; signed by Lê Minh Đức",
            "Xác nhận lại: Rà soát quy trình; người ký Lê Minh Đức",
        ),
        clause="5.1.2.1 a",
        due=date(2026, 11, 2),
        state="over",
        by=("tcvn-14423-2026.risk.process-review",),
    ),
    *(
        Deadline(
            system=name,
            kind="yearly-report-owner",
            what=_t(
                "Yearly report to the owner, on 2025-12-15 to 2026-12-14",
                "Báo cáo năm gửi chủ quản hệ thống thông tin, số liệu từ 2025-12-15 đến 2026-12-14",
            ),
            clause="Điều 35 khoản 4 điểm a",
            due=date(2026, 12, 19),
            state="soon",
            by=("decree-331-2026.reporting.annual-report-internal",),
        )
        for name in ("dvc", "lgsp")
    ),
    Deadline(
        system="lgsp",
        kind="yearly-report-ministry",
        what=_t(
            "Yearly report to the Ministry of Public Security (Form 08), on 2025-12-15 to 2026-12-14",
            "Báo cáo năm gửi Bộ Công an (Mẫu số 08), số liệu từ 2025-12-15 đến 2026-12-14",
        ),
        clause="Điều 35 khoản 4 điểm b",
        due=date(2026, 12, 24),
        state="done",
        by=("decree-331-2026.reporting.annual-report-mps",),
    ),
    Deadline(
        system="dvc",
        kind="transition-comply",
        what=_t(
            "A system of the earlier regime meets the present rules by 2027-06-30",
            "Hệ thống theo quy định cũ đáp ứng quy định hiện hành trước ngày 2027-06-30",
        ),
        clause="Điều 39 khoản 2",
        due=date(2027, 6, 30),
        state="later",
        by=("decree-331-2026.level-dossier.transition",),
    ),
)


def regimes() -> Result:
    """The laboratory in short under several rulebooks, one of them still to come for a system."""
    base = brief()
    few = base.rulebook.requirements[:4]
    other = base.rulebook.model_copy(
        update={
            "id": "ransomware-6",
            "title": _t("Six measures of 2024", "Sáu giải pháp năm 2024"),
            "requirements": few,
            "note": None,
        }
    )
    earlier = base.rulebook.model_copy(
        update={
            "id": "vn-legacy",
            "title": _t("Decree 85/2016", "Nghị định 85/2016/NĐ-CP"),
            "effective": "2016-07-01",
            "until": "2027-06-30",
        }
    )
    names = {each.id for each in few}

    def beside(system: SystemResult, book: str, binds_from: date | None, *, all_: bool) -> Beside:
        return Beside(
            rulebook=book,
            binds_from=binds_from,
            score=system.score,
            requirements=tuple(each for each in system.requirements if all_ or each.id in names),
        )

    dvc, lgsp = base.systems
    asked = [beside(each, "ransomware-6", None, all_=False) for each in (dvc, lgsp)]
    nothing = asked[1].model_copy(
        update={
            "requirements": tuple(
                each.model_copy(update={"status": Status.NOT_APPLICABLE})
                for each in asked[1].requirements
            )
        }
    )
    coming = beside(dvc, base.rulebook.id, date(2027, 7, 1), all_=True)
    failing = next(each for each in base.findings if each.outcome is Outcome.FAIL)
    return base.model_copy(
        update={
            "rulebooks": (earlier, other),
            "systems": (
                dvc.model_copy(update={"rulebook": "vn-legacy", "beside": (coming, asked[0])}),
                lgsp.model_copy(update={"rulebook": base.rulebook.id, "beside": (nothing,)}),
            ),
            "findings": tuple(
                each.model_copy(update={"beside": ("ransomware-6",)}) if each is failing else each
                for each in base.findings
            ),
        }
    )


def brief() -> Result:
    """The laboratory with a few of each: what takes minutes to examine whole."""
    whole = lab()
    some: list[FindingResult] = []
    for outcome in Outcome:
        some += [each for each in whole.findings if each.outcome is outcome][:4]
    names = [info.id for info in whole.rulebook.requirements][::6]
    return whole.model_copy(
        update={
            "findings": tuple(some),
            "rulebook": whole.rulebook.model_copy(
                update={
                    "requirements": tuple(
                        info for info in whole.rulebook.requirements if info.id in names
                    )
                }
            ),
            "systems": tuple(
                each.model_copy(
                    update={
                        "requirements": tuple(
                            status for status in each.requirements if status.id in names
                        )
                    }
                )
                for each in whole.systems
            ),
        }
    )


def small() -> Result:
    """This machine alone, without an inventory: no service is declared, drills do not apply."""
    whole = lab()
    asset = AssetInfo(
        id="localhost", type="host", kind=AssetKind.HOST_LINUX, address="localhost", taken_at=AT
    )
    found = tuple(
        _finding(number, line, "this-machine", asset)
        for number, line in enumerate((line for line in LINES if line.on == "host"), start=1)
    )
    view = View(
        value=59.0,
        grade="D",
        proved=74.1,
        failed=18.2,
        unproved=7.7,
        drills=None,
        low=74.1,
        high=81.8,
        coverage=92.3,
    )
    return whole.model_copy(
        update={
            "this_machine_only": True,
            "agency": AgencyIdentity(id="this-machine"),
            "score": AgencyScore(whole=view, technical=view),
            "systems": (
                SystemResult(
                    id="this-machine",
                    name="",
                    kind="generic",
                    level=3,
                    assets=(asset,),
                    score=Views(whole=view, technical=view),
                    requirements=tuple(
                        _status(info, "this-machine", (asset,), found)
                        for info in whole.rulebook.requirements
                    ),
                ),
            ),
            "findings": found,
            "gaps": (),
            "drills": (),
            "recoveries": (),
            "waivers": (),
            "attestations": (),
            "commands": _commands({"this-machine": (asset,)}),
        }
    )


def empty() -> Result:
    """A run that saw nothing at all."""
    view = View(
        value=0,
        grade=None,
        proved=0,
        failed=0,
        unproved=100,
        drills=None,
        low=0,
        high=100,
        coverage=0,
    )
    return Result(
        tool=Tool(version=VERSION),
        rulebook=RulebookInfo(
            id="vn-2026",
            version="2026.1",
            sha256="",
            title=_t("Rules", "Quy định"),
            effective="2026-07-01",
        ),
        started_at=AT,
        finished_at=AT,
        agency=AgencyIdentity(id="nobody"),
        score=AgencyScore(whole=view, technical=view),
    )


def large(assets: int = 3000, per_asset: int = 100, systems: int = 30) -> Result:
    """`assets` hosts with `per_asset` findings each, over `systems` systems. Built without checks."""
    base = lab()
    hosts = [line for line in LINES if line.on == "host"]
    made: dict[str, list[AssetInfo]] = {f"ht{n:02d}": [] for n in range(systems)}
    found: list[FindingResult] = []
    commands: list[Command] = []
    for number in range(assets):
        system = f"ht{number % systems:02d}"
        asset = AssetInfo.model_construct(
            id=f"{system}-may{number:04d}",
            type="host",
            kind=AssetKind.HOST_LINUX,
            address=f"10.{number // 65536}.{number // 256 % 256}.{number % 256}",
            roles=(),
            taken_at=AT,
            looked_at=number % 40 != 39,
        )
        made[system].append(asset)
        for order in range(per_asset):
            one = _finding(len(found) + 1, hosts[order % len(hosts)], system, asset)
            unique = {"subject": f"{one.subject}:{order}"} if order >= len(hosts) else {}
            found.append(one.model_copy(update=unique) if unique else one)
    commands.extend(_commands({name: tuple(group) for name, group in made.items()}))
    return base.model_copy(
        update={
            "systems": tuple(
                SystemResult.model_construct(
                    id=name,
                    name=f"Hệ thống {name}",
                    kind="generic",
                    level=3,
                    approved=None,
                    depends_on=(),
                    assets=tuple(group),
                    score=_views("lgsp"),
                    requirements=tuple(
                        RequirementStatus(
                            id=info.id,
                            clause="5.1",
                            status=list(Status)[crc32((info.id + name).encode()) % 4],
                            assets=tuple(
                                AssetState.model_construct(
                                    asset=a.id,
                                    state="fail"
                                    if crc32((info.id + a.id).encode()) % 5 == 0
                                    else "unknown",
                                    by=(),
                                    missing=(),
                                )
                                for a in group
                            ),
                        )
                        for info in base.rulebook.requirements
                    ),
                )
                for name, group in made.items()
            ),
            "findings": tuple(found),
            "commands": tuple(commands),
            "gaps": (),
        }
    )


def hostile() -> Result:
    """The laboratory when everything that was collected or typed by somebody is an attack."""
    base = lab()
    bad = HOSTILE

    def poisoned(number: int, each: FindingResult) -> FindingResult:
        cell = FORMULAS[number % len(FORMULAS)]
        return each.model_copy(
            update={
                "subject": cell + bad,
                "seen": bad + cell,
                "expected": cell + bad,
                "message": bad,
                "message_vi": cell + bad,
                "evidence": (bad, *each.evidence),
                "values": {"x": bad},
            }
        )

    return base.model_copy(
        update={
            "agency": base.agency.model_copy(update={"name": bad, "owner": bad}),
            "systems": tuple(
                each.model_copy(
                    update={
                        "name": bad,
                        "assets": tuple(
                            asset.model_copy(update={"address": bad, "roles": (bad,)})
                            for asset in each.assets
                        ),
                    }
                )
                for each in base.systems
            ),
            "findings": tuple(poisoned(n, each) for n, each in enumerate(base.findings)),
            "gaps": tuple(
                each.model_copy(update={"subject": bad, "detail": bad}) for each in base.gaps
            ),
            "commands": tuple(
                each.model_copy(update={"command": bad, "run_as": bad, "gap": bad})
                for each in base.commands
            ),
            "waivers": tuple(
                each.model_copy(
                    update={
                        "reason": bad,
                        "compensating_control": bad,
                        "requested_by": bad,
                        "approved_by": bad,
                    }
                )
                for each in base.waivers
            ),
            "attestations": tuple(
                each.model_copy(update={"statement": bad, "document": bad, "by": bad})
                for each in base.attestations
            ),
            "drills": tuple(spoiled(each, bad) for each in base.drills),
            "recoveries": tuple(
                each.model_copy(
                    update={
                        "title": _t(bad, bad),
                        "actions": (_t(bad, bad),),
                        "stale": (_t(bad, bad),),
                    }
                )
                for each in base.recoveries
            ),
            "notices": (_t(bad, bad),),
        }
    )
