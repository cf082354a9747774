"""Answers of the probes as a small host would give them, put together for the tables here."""

from collections.abc import Mapping

from tests.support import Answer

from cdso_audit.facts.accounts import ACCOUNTS, LOGINS, SHADOW
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS
from cdso_audit.facts.sudo import SUDO_VERSION, SUDOERS

LOCAL = """\
root:x/0:0:0:root:/root:/bin/bash
daemon:x/0:1:1:daemon:/usr/sbin:/usr/sbin/nologin
alice:x/0:1000:1000:Alice,,,:/home/alice:/bin/bash
bob:x/0:1001:1001::/home/bob:/bin/bash
nobody:x/0:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
GROUPS = "root::0:\nsudo::27:alice\nusers::100:\nalice::1000:\nbob::1001:\n"
SHADOW_LINES = """\
root:none:1:20228:0:99999:7::
daemon:none:1:20228:0:99999:7::
alice:$y$:0:20770:0:99999:7::
bob:$y$:0:20770:0:99999:7::
nobody:none:1:20228:0:99999:7::
"""
SUDO_JSON = """\
{"Defaults": [{"Options": [{"env_reset": true}]}, {"Options": [{"use_pty": true}]}],
 "User_Specs": [
  {"User_List": [{"username": "root"}], "Host_List": [{"hostname": "ALL"}],
   "Cmnd_Specs": [{"runasusers": [{"username": "ALL"}], "Commands": [{"command": "ALL"}]}]},
  {"User_List": [{"usergroup": "sudo"}], "Host_List": [{"hostname": "ALL"}],
   "Cmnd_Specs": [{"runasusers": [{"username": "ALL"}], "Commands": [{"command": "ALL"}]}]}]}
"""


def accounts(
    passwd: str = LOCAL, *, everyone: str | None = None, groups: str = GROUPS, me: str = "audit"
) -> str:
    """What the probe `accounts` prints; `everyone` is what getent adds from a directory."""
    return (
        f"== me\n{me}\n== local\n{passwd}== all\n{everyone or passwd}== groups\n{groups}"
        "== limits\nUID_MIN 1000\nUID_MAX 60000\n"
        "== sources\npasswd: files systemd\ngroup: files systemd\n== end\n"
    )


def sudo_version(
    version: str = "Sudo version 1.9.13p3\n", doas: str = "", sources: str = ""
) -> str:
    """What the probe `sudo-version` prints."""
    return f"== sudo\n{version}== doas\n{doas}== sources\n{sources}== end\n"


def logins(lastlog: str = "", last: str = "", lastlog2: str = "", kept: str = "") -> str:
    """What the probe `last-logins` prints."""
    return (
        f"== now\n2026-11-21T12:00:00+00:00\n== lastlog2\n{lastlog2}== lastlog\n{lastlog}"
        f"== last\n{last}== last\n== last\n== kept\n{kept}== end\n"
    )


def host(
    passwd: str = LOCAL,
    shadow: str | Answer = SHADOW_LINES,
    *,
    everyone: str | None = None,
    groups: str = GROUPS,
    me: str = "audit",
    sudoers: str | Answer = SUDO_JSON,
    sudo: str | Answer = "",
    keys: str | Answer = "",
    last: str | Answer = "",
) -> Mapping[Probe, str | Answer]:
    """A whole host; what is not said is a small Debian with alice as administrator."""
    homes = "".join(
        f"home {line.split(':')[0]} {line.split(':')[5]}\n" for line in passwd.splitlines()
    )
    return {
        ACCOUNTS: accounts(passwd, everyone=everyone, groups=groups, me=me),
        SHADOW: shadow,
        SUDOERS: sudoers,
        SUDO_VERSION: sudo or sudo_version(),
        AUTHORIZED_KEYS: homes + keys if isinstance(keys, str) else keys,
        LOGINS: last or logins(),
    }


def key(account: str) -> str:
    """One Ed25519 key of an account, as the probe `authorized-keys` prints it."""
    path = f"/home/{account}/.ssh/authorized_keys"
    return f"key {account} 1 ssh-ed25519 - 68 - {path}\nfile {account} 1 {path}\n"
