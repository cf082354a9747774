"""
Settings in the registry of the machine, in the 64-bit view.

One probe reads all keys; each kind of fact takes its own, so that a key that may not be read is a
gap of that kind alone. A value that is not there stays not there: its documented default is for the
check to know. Policies come from the keys that Group Policy writes.
"""

# ruff: noqa: E501 - script blocks stand here as they run
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.windows.answers import answer, items, number
from cdso_audit.model import AssetKind, GapReason, KnownBy, Scalar

_POLICIES = r"HKLM:\SOFTWARE\Policies\Microsoft"
_CURRENT = r"HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion"
_CONTROL = r"HKLM:\SYSTEM\CurrentControlSet\Control"
_SERVICES = r"HKLM:\SYSTEM\CurrentControlSet\Services"

SYSTEM_POLICY = _CURRENT + r"\Policies\System"
EXPLORER_POLICY = _CURRENT + r"\Policies\Explorer"
WINLOGON = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
EXPLORER_MORE = _POLICIES + r"\Windows\Explorer"
LSA = _CONTROL + r"\Lsa"
MSV = LSA + r"\MSV1_0"
WDIGEST = _CONTROL + r"\SecurityProviders\WDigest"
SERVER_PARAMETERS = _SERVICES + r"\LanmanServer\Parameters"
DNS_CLIENT = _POLICIES + r"\Windows NT\DNSClient"
RDP_SERVER = _CONTROL + r"\Terminal Server"
RDP_LISTENER = RDP_SERVER + r"\WinStations\RDP-Tcp"
RDP_POLICY = _POLICIES + r"\Windows NT\Terminal Services"
WINRM_POLICY = _POLICIES + r"\Windows\WinRM\Service"
WINRM_SERVICE = _CURRENT + r"\WSMAN\Service"
POWERSHELL = _POLICIES + r"\Windows\PowerShell"
SCRIPT_BLOCKS = POWERSHELL + r"\ScriptBlockLogging"
MODULES = POWERSHELL + r"\ModuleLogging"
TRANSCRIPTION = POWERSHELL + r"\Transcription"
AUDIT_POLICY = SYSTEM_POLICY + r"\Audit"
SUBSCRIPTIONS = _POLICIES + r"\Windows\EventLog\EventForwarding\SubscriptionManager"
UPDATE_POLICY = _POLICIES + r"\Windows\WindowsUpdate"
REBOOT_SERVICING = _CURRENT + r"\Component Based Servicing\RebootPending"
REBOOT_UPDATE = _CURRENT + r"\WindowsUpdate\Auto Update\RebootRequired"
LAPS_POLICY = _CURRENT + r"\Policies\LAPS"
LAPS_LEGACY = _POLICIES + r" Services\AdmPwd"
TIME_PARAMETERS = _SERVICES + r"\W32Time\Parameters"
DHCP_SERVICE = _SERVICES + r"\DHCPServer"
DHCP_PARAMETERS = DHCP_SERVICE + r"\Parameters"
_OTHERS = r"HKLM:\SOFTWARE\Policies"
CHROME = _OTHERS + r"\Google\Chrome"
EDGE = _OTHERS + r"\Microsoft\Edge"
FIREFOX = _OTHERS + r"\Mozilla\Firefox"
THUNDERBIRD = _OTHERS + r"\Mozilla\Thunderbird"
#: A list policy of Chrome and Edge is a key of its own, with one value an entry.
EXTENSION_LISTS = (
    *("ExtensionInstallBlocklist", "ExtensionInstallAllowlist", "ExtensionInstallForcelist"),
    "ExtensionAllowedTypes",
)
EXTENSION_SETTINGS = r"\ExtensionSettings"
ADDONS_PERMISSION = r"\InstallAddonsPermission"
_SCHANNEL = _CONTROL + r"\SecurityProviders\SCHANNEL\Protocols"
PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")


def app_path(program: str) -> str:
    """The key that an installed program of that name makes."""
    return rf"{_CURRENT}\App Paths\{program}.exe"


def schannel(protocol: str) -> str:
    """The key of a protocol's server side."""
    return rf"{_SCHANNEL}\{protocol}\Server"


#: Key → the names that are read there. `*` is all of them, `Name?` whether there is such a value
#: (for what must not leave the host).
KEYS: Mapping[str, tuple[str, ...]] = {
    SYSTEM_POLICY: (
        *("EnableLUA", "ConsentPromptBehaviorAdmin", "PromptOnSecureDesktop"),
        *("FilterAdministratorToken", "LocalAccountTokenFilterPolicy", "InactivityTimeoutSecs"),
    ),
    EXPLORER_POLICY: ("NoDriveTypeAutoRun", "NoAutorun"),
    EXPLORER_MORE: ("NoAutoplayfornonVolume",),
    WINLOGON: ("AutoAdminLogon", "DefaultPassword?", "CachedLogonsCount"),
    LSA: (
        *("LmCompatibilityLevel", "NoLMHash", "RestrictAnonymous", "RestrictAnonymousSAM"),
        *("EveryoneIncludesAnonymous", "RunAsPPL", "SCENoApplyLegacyAuditPolicy"),
    ),
    MSV: ("NTLMMinServerSec", "RestrictReceivingNTLMTraffic"),
    WDIGEST: ("UseLogonCredential",),
    SERVER_PARAMETERS: ("SMB1", "RestrictNullSessAccess"),
    DNS_CLIENT: ("EnableMulticast",),
    RDP_SERVER: ("fDenyTSConnections",),
    RDP_LISTENER: (
        *("UserAuthentication", "SecurityLayer", "MinEncryptionLevel"),
        *("MaxIdleTime", "MaxDisconnectionTime", "fInheritMaxIdleTime"),
    ),
    RDP_POLICY: (
        *("fDenyTSConnections", "UserAuthentication", "SecurityLayer", "MinEncryptionLevel"),
        *("MaxIdleTime", "MaxDisconnectionTime"),
    ),
    WINRM_POLICY: ("AllowBasic", "AllowUnencryptedTraffic"),
    WINRM_SERVICE: ("allow_unencrypted", "auth_basic"),
    SCRIPT_BLOCKS: ("EnableScriptBlockLogging",),
    MODULES: ("EnableModuleLogging",),
    TRANSCRIPTION: ("EnableTranscripting",),
    AUDIT_POLICY: ("ProcessCreationIncludeCmdLine_Enabled",),
    SUBSCRIPTIONS: ("*",),
    UPDATE_POLICY: ("WUServer",),
    UPDATE_POLICY + r"\AU": ("UseWUServer", "NoAutoUpdate", "AUOptions"),
    REBOOT_SERVICING: (),
    REBOOT_UPDATE: (),
    LAPS_POLICY: ("BackupDirectory", "PasswordAgeDays", "PasswordLength"),
    LAPS_LEGACY: ("AdmPwdEnabled", "PasswordAgeDays", "PasswordLength"),
    TIME_PARAMETERS: ("Type", "NtpServer"),
    DHCP_SERVICE: ("Start",),
    DHCP_PARAMETERS: ("ActivityLogFlag", "DhcpLogFilePath"),
    **{schannel(each): ("Enabled", "DisabledByDefault") for each in PROTOCOLS},
    **{app_path(each): () for each in ("chrome", "msedge", "firefox", "thunderbird")},
    CHROME: ("ExtensionSettings", "CloudManagementEnrollmentToken?"),
    EDGE: ("ExtensionSettings",),
    FIREFOX: ("ExtensionSettings",),
    THUNDERBIRD: ("ExtensionSettings",),
    **{rf"{root}\{each}": ("*",) for root in (CHROME, EDGE) for each in EXTENSION_LISTS},
    **{root + EXTENSION_SETTINGS: () for root in (CHROME, EDGE, FIREFOX, THUNDERBIRD)},
    **{root + ADDONS_PERMISSION: ("Default",) for root in (FIREFOX, THUNDERBIRD)},
}

_HEAD = "$keys = [ordered]@{\n"
_TAIL = r"""}
$seen = @{}
foreach ($path in @($keys.Keys)) {
  try { $seen[$path] = Read-CdsoKey $path $keys[$path] }
  catch { $seen[$path] = @{ '!' = "$($_.Exception.Message)" } }
}
@{ keys = $seen }
"""


def _block(keys: Mapping[str, tuple[str, ...]]) -> str:
    """The script block that reads these keys."""
    lines = [
        f"  '{path}' = @({', '.join(repr(name) for name in names)})\n"
        for path, names in keys.items()
    ]
    return _HEAD + "".join(lines) + _TAIL


WINDOWS_REGISTRY = Probe(
    id="windows-registry",
    via="powershell",
    run=_block(KEYS),
    deadline=30,
    why="settings in the registry of the machine, those of Group Policy among them",
)


class RegistryFact(Fact):
    """Values by key and name. A subclass names its keys."""

    kind: str = "windows-registry"
    known_by: KnownBy = KnownBy.FILE
    values: Mapping[str, Mapping[str, Scalar | tuple[Scalar, ...]]]
    """Only keys that exist stand here, and in them only values that exist."""

    paths: ClassVar[tuple[str, ...]] = ()

    def has(self, path: str) -> bool:
        """Whether the key exists."""
        return path in self.values

    def number(self, path: str, name: str, default: int) -> int:
        """The value as a number, or the documented default where nobody set one."""
        value = self.values.get(path, {}).get(name)
        return default if value is None else int(str(value).strip() or default)

    def maybe(self, path: str, name: str) -> int | None:
        """The value as a number, or None where nobody set one."""
        value = self.values.get(path, {}).get(name)
        return None if value is None else number(value, name)

    def text(self, path: str, name: str) -> str:
        """The value as text, or nothing."""
        value = self.values.get(path, {}).get(name)
        return "" if value is None else str(value)

    def line(self, path: str, name: str) -> str:
        """The value for a finding to show, or that it is not set."""
        value = self.values.get(path, {}).get(name)
        return rf"{path}\{name} = {'(not set)' if value is None else value}"


def registry_values(
    outputs: Outputs, paths: tuple[str, ...]
) -> dict[str, dict[str, Scalar | tuple[Scalar, ...]]]:
    """The keys that exist with their values; raises when one of them was not, or could not be, read."""
    keys = answer(outputs, WINDOWS_REGISTRY).get("keys")
    if not isinstance(keys, dict):
        raise UnreadableError("the registry's answer names no keys")
    made: dict[str, dict[str, Scalar | tuple[Scalar, ...]]] = {}
    for path in paths:
        if path not in keys:
            raise UnreadableError(f"nobody said anything of {path}")
        found = keys[path]
        if found is None:
            continue
        if not isinstance(found, dict):
            raise UnreadableError(f"{path} is no table")
        if "!" in found:
            raise UnavailableError(GapReason.DENIED, f"{path}: {found['!']}")
        made[path] = {
            name: _value(value, f"{path} {name}")
            for name, value in found.items()
            if value is not None
        }
    return made


def _value(value: Any, what: str) -> Scalar | tuple[Scalar, ...]:
    if isinstance(value, str | int | float):
        return value
    found = items(value)
    if not all(isinstance(each, str | int | float) for each in found):
        raise UnreadableError(f"{what} is neither a word nor a number nor a list of them")
    return tuple(found)


class WindowsLogon(RegistryFact):
    """How people log on at the console: elevation, automatic logon, lock, cached logons."""

    kind: Literal["windows-logon"] = "windows-logon"
    paths: ClassVar[tuple[str, ...]] = (SYSTEM_POLICY, WINLOGON)


class WindowsAutorun(RegistryFact):
    """What starts by itself when a medium is put in."""

    kind: Literal["windows-autorun"] = "windows-autorun"
    paths: ClassVar[tuple[str, ...]] = (EXPLORER_POLICY, EXPLORER_MORE)


class WindowsAuthentication(RegistryFact):
    """How passwords are kept and proved over the network, and what strangers may ask."""

    kind: Literal["windows-authentication"] = "windows-authentication"
    paths: ClassVar[tuple[str, ...]] = (LSA, MSV, WDIGEST, SERVER_PARAMETERS)


class WindowsNameResolution(RegistryFact):
    """Whether names are asked of everybody on the network."""

    kind: Literal["windows-name-resolution"] = "windows-name-resolution"
    paths: ClassVar[tuple[str, ...]] = (DNS_CLIENT,)


class WindowsRemoteDesktop(RegistryFact):
    """Remote Desktop: what Group Policy says, which wins, and what is set at the listener."""

    kind: Literal["windows-remote-desktop"] = "windows-remote-desktop"
    paths: ClassVar[tuple[str, ...]] = (RDP_SERVER, RDP_LISTENER, RDP_POLICY)

    def effective(self, name: str) -> int | None:
        """The policy's value, else the listener's."""
        policy = self.maybe(RDP_POLICY, name)
        return policy if policy is not None else self.maybe(RDP_LISTENER, name)

    @property
    def is_on(self) -> bool:
        """Whether connections are taken; without any value Windows takes none."""
        policy = self.maybe(RDP_POLICY, "fDenyTSConnections")
        denied = policy if policy is not None else self.number(RDP_SERVER, "fDenyTSConnections", 1)
        return denied == 0


class WindowsRemoteManagement(RegistryFact):
    """WinRM's service: what Group Policy says, which wins, and what is set."""

    kind: Literal["windows-remote-management"] = "windows-remote-management"
    paths: ClassVar[tuple[str, ...]] = (WINRM_POLICY, WINRM_SERVICE)


class WindowsPowershell(RegistryFact):
    """What PowerShell records of what it runs, and whether process records hold command lines."""

    kind: Literal["windows-powershell"] = "windows-powershell"
    paths: ClassVar[tuple[str, ...]] = (SCRIPT_BLOCKS, MODULES, TRANSCRIPTION, AUDIT_POLICY)


class WindowsUpdatePolicy(RegistryFact):
    """Where updates come from, and whether a restart is due."""

    kind: Literal["windows-update-policy"] = "windows-update-policy"
    paths: ClassVar[tuple[str, ...]] = (
        *(UPDATE_POLICY, UPDATE_POLICY + r"\AU", REBOOT_SERVICING, REBOOT_UPDATE),
    )


class WindowsTls(RegistryFact):
    """Which protocols SCHANNEL accepts as a server."""

    kind: Literal["windows-tls"] = "windows-tls"
    paths: ClassVar[tuple[str, ...]] = tuple(schannel(each) for each in PROTOCOLS)


class WindowsLaps(RegistryFact):
    """Whether the local administrator's password is changed and kept by LAPS."""

    kind: Literal["windows-laps"] = "windows-laps"
    paths: ClassVar[tuple[str, ...]] = (LAPS_POLICY, LAPS_LEGACY)


class WindowsDhcpServer(RegistryFact):
    """The role DHCP Server, where it is installed and may start."""

    kind: Literal["windows-dhcp-server"] = "windows-dhcp-server"
    paths: ClassVar[tuple[str, ...]] = (DHCP_SERVICE, DHCP_PARAMETERS)


def _reads(fact: type[RegistryFact]) -> None:
    @reader(fact, WINDOWS_REGISTRY, on=AssetKind.HOST_WINDOWS)
    def read(outputs: Outputs) -> Iterator[RegistryFact | Missing | Absent]:
        yield fact(subject="registry", values=registry_values(outputs, fact.paths))


for _fact in (
    *(WindowsLogon, WindowsAutorun, WindowsAuthentication, WindowsNameResolution),
    *(WindowsRemoteDesktop, WindowsRemoteManagement, WindowsPowershell, WindowsUpdatePolicy),
    *(WindowsTls, WindowsLaps),
):
    _reads(_fact)


#: `Start` of a service that is disabled.
_DISABLED = 4


@reader(WindowsDhcpServer, WINDOWS_REGISTRY, on=AssetKind.HOST_WINDOWS)
def read_windows_dhcp_server(outputs: Outputs) -> Iterator[WindowsDhcpServer | Absent]:
    """Without the role there is no such service."""
    found = WindowsDhcpServer(
        subject="registry", values=registry_values(outputs, WindowsDhcpServer.paths)
    )
    if found.maybe(DHCP_SERVICE, "Start") in (None, _DISABLED):
        yield Absent("the role DHCP Server is not installed, or it is disabled")
    else:
        yield found
