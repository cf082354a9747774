"""
Secrets planted in the hosts, each recognisable wherever it turns up.

A scan reads the files, units and processes that hold them. Not one of these strings may appear
in a bundle, a log, a report or a journal. They open nothing but the laboratory.
"""

from typing import Final

SHADOW_WEB: Final = "$y$j9T$cdsoCanaryWeb01$8/Zk3xHbzYWMEKhE05JiTGSBjKNXeFudI.4kfHKFWX9"
SHADOW_DB: Final = (
    "$6$cdsoCanaryDb02$"
    "aTfq9c6F0O4ppXQYNadzqXU6P2vqw38CsVtwEGUg366d8Kmpe6L7RjY3ycI23TGSJSieVq3F8gU7ryJC5tmkJ0"
)
SHADOW_LEGACY: Final = "$1$cdsoCan3$yiUCHkc/JWTQC2qRkKA03/"
SHADOW_LGSP: Final = "$y$j9T$cdsoCanaryLgsp1$aa9NMmc4jWHYtSfgN8mYTWauwnguT3CwUuML3GnC0Q0"

CANARIES: Final[dict[str, str]] = {
    "shadow-yescrypt": SHADOW_WEB,
    "shadow-sha512": SHADOW_DB,
    "shadow-md5": SHADOW_LEGACY,
    "shadow-lgsp": SHADOW_LGSP,
    "private-key-body": "Q0RTT0NBTkFSWXByaXZhdGVrZXlib2R5bGluZTAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9w",
    "dsn-password": "CdsoCanary-Dsn-7f3a91",
    "pgpass-password": "CdsoCanary-Pgpass-2b8c44",
    "unit-environment": "CdsoCanary-UnitEnv-90de17",
    "nginx-comment": "CdsoCanary-Nginx-5e21ab",
    "nginx-upstream-header": "Q2Rzb0NhbmFyeS1CYXNpYzpBdXRoLTNjNjZm",
    "rsyslog-comment": "CdsoCanary-Rsyslog-c0ffe3",
    "process-argument": "CdsoCanary-Argv-64d0b2",
    "crontab": "CdsoCanary-Cron-11fe8a",
    "shell-history": "CdsoCanary-History-8ad5c9",
    "postgresql-conninfo": "CdsoCanary-Conninfo-d41f06",
    "pg-verifier": "md5c5c84c1a55d0c0de00cd50cafe5ec2e7",
    "web-backup-dump": "CdsoCanary-Dump-3f90d1",
    "git-remote-token": "CdsoCanary-GitToken-b7a2e5",
    "restic-password": "CdsoCanary-Restic-e8127c",
    "borg-passphrase": "CdsoCanary-Borg-05bb9d",
    "netrc": "CdsoCanary-Netrc-29c7f4",
}
"""Name of the hiding place → the string that must never leave the host."""


def canary(name: str) -> str:
    """Return the planted string of one hiding place."""
    return CANARIES[name]


def private_key_file() -> str:
    """A file that looks like a private key; the header is put together here to please scanners."""
    kind = "OPENSSH PRIVATE" + " KEY"
    return f"-----BEGIN {kind}-----\n{CANARIES['private-key-body']}\n-----END {kind}-----\n"
