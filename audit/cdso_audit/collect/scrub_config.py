"""
Taking secrets out of saved configurations of network devices. Pure.

Such files are full of them: hashes, passwords that Cisco and Juniper only disguise, communities,
shared keys. Before anything is kept each is replaced by a word that says how it was stored, or
whether a community is one that everybody knows; nothing of its value or length remains.
"""

import re
from collections.abc import Callable, Mapping

#: Communities that devices are sold with, or that every scanner tries first.
KNOWN_COMMUNITIES = frozenset(
    {
        *("public", "private", "community", "cisco", "juniper", "fortinet", "mikrotik", "admin"),
        *("snmp", "snmpd", "manager", "monitor", "default", "read", "write", "ro", "rw", "secret"),
        *("security", "system", "test", "guest", "ilmi", "tivoli", "openview", "cable-docsis"),
        *("publico", "network", "password", "access", "all", "world", "switch", "router"),
    }
)


class _Mask:
    """What was taken out of one file: how many places, and a number for each community."""

    def __init__(self) -> None:
        self.count = 0
        self.communities: dict[str, int] = {}

    def secret(self, how: str, what: str = "secret") -> str:
        self.count += 1
        return f"[removed: {what} {how}]" if how else f"[removed: {what}]"

    def community(self, name: str) -> str:
        """The same community has the same number, so that its settings stay together."""
        self.count += 1
        bare = name.strip("\"'")
        number = self.communities.setdefault(bare, len(self.communities) + 1)
        known = " known" if bare.lower() in KNOWN_COMMUNITIES or len(bare) < 4 else ""  # noqa: PLR2004 - a word so short is guessed at once
        return f"[removed: community {number}{known}]"


# ---------------------------------------------------------------------------------------------
# Cisco IOS, IOS-XE
# ---------------------------------------------------------------------------------------------

_IOS_COMMUNITY = re.compile(r"^(\s*(?:no )?snmp-server community )(\S+)(.*)$")
_IOS_HOST = re.compile(
    r"^(\s*snmp-server host \S+(?: vrf \S+)?(?: (?:traps|informs))?"
    r"(?: version (?:1|2c|3 (?:noauth|auth|priv)))? )(\S+)(.*)$"
)
_IOS_SNMP_USER = re.compile(r"^(\s*snmp-server user \S+ \S+ .*?(?:auth) \S+ )\S+(.*)$")
_IOS_PRIV = re.compile(r"(\bpriv (?:des|3des|aes(?: \d+)?) )\S+")
_IOS_SECRET = re.compile(
    r"^(?P<key>.*?(?<![\w-])(?:password|passwd|secret|passphrase|key-string|server-key|wpa-psk"
    r"(?: ascii| hex)?|pre-shared-key(?: (?:local|remote|hex|address \S+(?: \S+)? key))*"
    r"|authentication-key(?: \d+ (?:md5|cmac-aes-128|hmac-\S+|sha\S*))?|message-digest-key \d+ md5"
    r"|(?:standby|vrrp|glbp) \d+ authentication(?: text| md5 key-string)?"
    r"|set-key(?: ascii| hex)?|static-wep-key encryption \d+(?: ascii| hex)?"
    r"|ip nhrp authentication|key)(?: level \d+)?\s+)(?:(?P<type>\d{1,2}) +)?(?P<value>\S.*)$"
)
_IOS_HARMLESS = re.compile(
    r"^\s*(?:key chain "
    r"|crypto (?:key|pki|ca) (?:generate|trustpoint|certificate|zeroize|authenticate)"
    r"|security password|aaa |service |ip ssh |ntp (?:server|peer|trusted)|no (?:enable|service)"
    r"|password (?:encryption|strength)|.*(?:authentication|standby \d+ authentication) "
    r"(?:message-digest|key-chain)|(?:standby|vrrp|glbp) \d+ authentication md5 key-chain)"
)


def _ios(text: str, mask: _Mask) -> str:
    made = []
    chain = False
    for line in text.split("\n"):
        if line and not line[0].isspace():
            chain = line.startswith("key chain ")
        made.append(_ios_line(line, mask, in_chain=chain))
    return "\n".join(made)


def _ios_line(line: str, mask: _Mask, *, in_chain: bool) -> str:
    if found := _IOS_COMMUNITY.match(line):
        return found[1] + mask.community(found[2]) + found[3]
    if found := _IOS_HOST.match(line):
        return found[1] + mask.community(found[2]) + found[3]
    if found := _IOS_SNMP_USER.match(line):
        rest = _IOS_PRIV.sub(lambda each: each[1] + mask.secret(""), found[2])
        return found[1] + mask.secret("") + rest
    if _IOS_HARMLESS.match(line) or (in_chain and re.fullmatch(r"\s*key \d+\s*", line)):
        return line
    found = _IOS_SECRET.match(line)
    if found is None or found["value"].startswith("[removed:"):
        return line
    kind = found["type"] or "0"
    number = f"{found['type']} " if found["type"] else ""
    return f"{found['key']}{number}{mask.secret(f'type {kind}')}"


# ---------------------------------------------------------------------------------------------
# Juniper Junos
# ---------------------------------------------------------------------------------------------

_CRYPT = {
    "1": "md5",
    "5": "sha256",
    "6": "sha512",
    "sha1": "sha1",
    "8": "reversible",
    "9": "reversible",
}
_JUNOS_DOLLAR = re.compile(r"\"?\$(1|5|6|8|9|sha1)\$[^\s\";]*\"?")
_JUNOS_PLAIN = re.compile(
    r"((?<![\w-])(?:encrypted-password|plain-text-password(?:-value)?|secret|ascii-text|hexadecimal"
    r"|authentication-key|authentication-password|privacy-password|simple-password|chap-secret"
    r"|shared-secret|passphrase|password|value|key) )(\"[^\"\n]*\"|(?!\[|\{|\d{1,3}\b)[^\s;]+)"
)
_JUNOS_WORDS = re.compile(
    r"(?:minimum|maximum|change|format|authentication|expiry|warning)-?\S*|\$.*"
)
_JUNOS_COMMUNITY = re.compile(r"((?<![\w-])(?:community|trap-group) )(\"[^\"\n]*\"|[^\s;{]+)")


def _junos(text: str, mask: _Mask) -> str:
    made = []
    stack: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        within = (
            "snmp" in stack
            or re.match(r"(?:set|deactivate|activate) (?:.*? )?snmp ", bare) is not None
        )
        made.append(_junos_line(line, mask, snmp=within))
        if not bare.startswith(("#", "/*")):
            if bare.endswith("{"):
                stack.append(bare.removeprefix("inactive: ").split(" ")[0])
            elif bare.startswith("}") and stack:
                stack.pop()
    return "\n".join(made)


def _junos_line(line: str, mask: _Mask, *, snmp: bool) -> str:
    if snmp:
        line = _JUNOS_COMMUNITY.sub(lambda found: f'{found[1]}"{mask.community(found[2])}"', line)
    line = _JUNOS_DOLLAR.sub(lambda found: f'"{mask.secret(_CRYPT[found[1]])}"', line)

    def plain(found: re.Match[str]) -> str:
        value = found[2].strip('"')
        if value.startswith("[removed:") or _JUNOS_WORDS.fullmatch(value):
            return found[0]
        return f'{found[1]}"{mask.secret("plain")}"'

    if "authentication-order" in line:
        return line
    return _JUNOS_PLAIN.sub(plain, line)


# ---------------------------------------------------------------------------------------------
# FortiGate
# ---------------------------------------------------------------------------------------------

_FORTI_SET = re.compile(r"^(\s*set (\S+) )(ENC )?(\"(?:\\.|[^\"\\])*\"|\S.*)$")
_FORTI_KEY = re.compile(
    r"(?:.*[-_])?(?:password|passwd|psksecret|secret|passphrase|psk|pwd|sharedkey|token|keystring"
    r"|key|auth-pwd|priv-pwd|community)(?:-?[a-z]?\d+)?"
)
_FORTI_PUBLIC = re.compile(r"ssh-public-key\d|.*public.*|server-cert-key.*")
#: First letters of an administrator's hash, documented for `config system admin`.
_FORTI_HASH = {"SH2": "sha256", "AK1": "sha1", "PB2": "pbkdf2"}


def _fortios(text: str, mask: _Mask) -> str:
    made = []
    stack: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if bare.startswith("config "):
            stack.append(bare.removeprefix("config "))
        elif bare == "end" and stack:
            stack.pop()
        made.append(_fortios_line(line, stack[-1] if stack else "", mask))
    return "\n".join(made)


def _fortios_line(line: str, where: str, mask: _Mask) -> str:  # noqa: PLR0911 - one form a line
    found = _FORTI_SET.match(line)
    if found is None:
        return line
    head, key, encrypted, value = found.groups()
    if value.startswith(("[removed:", '"[removed:')):
        return line
    if where == "system snmp community" and key == "name":
        return f'{head}"{mask.community(value)}"'
    if encrypted:
        how = _FORTI_HASH.get(value[:3], "encrypted") if where == "system admin" else "encrypted"
        return f"{head}ENC {mask.secret(how)}"
    if (
        _FORTI_KEY.fullmatch(key)
        and not _FORTI_PUBLIC.fullmatch(key)
        and value not in ("enable", "disable")
    ):
        if "BEGIN" in value:  # a key over several lines, which the general rule takes out whole
            return line
        return f'{head}"{mask.secret("plain")}"'
    return line


# ---------------------------------------------------------------------------------------------
# MikroTik RouterOS
# ---------------------------------------------------------------------------------------------

_ROS_VALUE = r"(\"(?:\\.|[^\"\\])*\"|[^\s\]]+)"
_ROS_SECRET = re.compile(
    r"((?<![\w-])(?:[\w.-]*(?:password|secret|passphrase|pre-?shared-key|private-key|auth-key"
    r"|authentication-key|encryption-key|-psk|static-key-\d|wpa2?-key|api-key|token)|key)=)"
    + _ROS_VALUE
)
_ROS_SCRIPT = re.compile(
    r"((?<![\w-])(?:source|on-event|on-up|on-down|script|up-script|down-script|lease-script)=)"
    + _ROS_VALUE
)
_ROS_COMMUNITY = re.compile(r"((?<![\w-])(?:trap-community)=)" + _ROS_VALUE)
_ROS_NAME = re.compile(r"((?<![\w-])name=)" + _ROS_VALUE)


def _routeros(text: str, mask: _Mask) -> str:
    """Continued lines are joined first: a value may run over the end of a line."""
    text = re.sub(r"\\\n[ \t]*", "", text)
    section = ""
    made = []
    for line in text.split("\n"):
        if line.startswith("/"):
            found = re.match(r"/[^=\n]*?(?=\s+(?:add|set|remove|print)\b|\s*$)", line)
            section = " ".join((found[0] if found else line).split())
        made.append(_routeros_line(line, section, mask))
    return "\n".join(made)


def _routeros_line(line: str, section: str, mask: _Mask) -> str:
    def secret(found: re.Match[str]) -> str:
        bare = found[2].strip('"')
        if bare in ("", "yes", "no", "none") or bare.startswith("[removed:"):
            return found[0]
        return f'{found[1]}"{mask.secret("")}"'

    def community(found: re.Match[str]) -> str:
        if found[2].startswith('"[removed:'):
            return found[0]
        return f'{found[1]}"{mask.community(found[2])}"'

    line = _ROS_SCRIPT.sub(lambda found: f'{found[1]}"{mask.secret("", "script")}"', line)
    line = _ROS_SECRET.sub(secret, line)
    line = _ROS_COMMUNITY.sub(community, line)
    return _ROS_NAME.sub(community, line) if section == "/snmp community" else line


_DIALECTS: Mapping[str, Callable[[str, _Mask], str]] = {
    "cisco-ios": _ios,
    "juniper-junos": _junos,
    "fortinet-fortios": _fortios,
    "mikrotik-routeros": _routeros,
}


def scrubbed_config(text: str, dialect: str) -> tuple[str, int]:
    """The configuration without its secrets, and how many were taken out. KeyError: no such one."""
    mask = _Mask()
    return _DIALECTS[dialect](text, mask), mask.count
