"""Firewall, file sharing, NetBIOS, malware protection, volumes, services, cipher suites."""

# ruff: noqa: E501 - script blocks stand here as they run
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import MIB, Absent, Fact, Missing, Outputs, Probe, reader
from cdso_audit.facts.windows.answers import (
    answer,
    flag,
    instant,
    items,
    listed,
    maybe_number,
    number,
    tables,
)
from cdso_audit.model import AssetKind, GapReason, KnownBy

WINDOWS_FIREWALL = Probe(
    id="windows-firewall",
    via="powershell",
    run=r"""
$profiles = @(foreach ($each in Get-NetFirewallProfile -PolicyStore ActiveStore) {
  @{ name = "$($each.Name)"; enabled = "$($each.Enabled)"; inbound = "$($each.DefaultInboundAction)" }
})
@{ profiles = $profiles; service = "$((Get-Service -Name mpssvc).Status)" }
""",
    deadline=30,
    why="the profiles of the firewall as they are in force, policies applied",
)
WINDOWS_SMB = Probe(
    id="windows-smb",
    via="powershell",
    run=r"""
$server = Get-SmbServerConfiguration
$client = Get-SmbClientConfiguration
@{
  smb1 = [bool]$server.EnableSMB1Protocol
  server_signing = [bool]$server.RequireSecuritySignature
  client_signing = [bool]$client.RequireSecuritySignature
}
""",
    deadline=30,
    why="how files are shared: SMB 1, signing",
)
WINDOWS_NETBIOS = Probe(
    id="windows-netbios",
    via="powershell",
    run=r"""
$adapters = @(foreach ($each in Get-CimInstance -ClassName Win32_NetworkAdapterConfiguration -Filter 'IPEnabled=TRUE') {
  @{ name = "$($each.Description)"; index = [int]$each.Index; option = $each.TcpipNetbiosOptions }
})
@{ adapters = $adapters }
""",
    deadline=30,
    why="whether network adapters answer NetBIOS",
)
WINDOWS_DEFENDER = Probe(
    id="windows-defender",
    via="powershell",
    run=r"""
$seen = Get-MpComputerStatus
@{
  mode = "$($seen.AMRunningMode)"
  service = [bool]$seen.AMServiceEnabled
  antivirus = [bool]$seen.AntivirusEnabled
  real_time = [bool]$seen.RealTimeProtectionEnabled
  behaviour = [bool]$seen.BehaviorMonitorEnabled
  signatures_at = Format-CdsoTime $seen.AntivirusSignatureLastUpdated
}
""",
    deadline=30,
    why="the state of Microsoft Defender and the age of its signatures",
)
WINDOWS_VOLUMES = Probe(
    id="windows-volumes",
    via="powershell",
    run=r"""
$volumes = $null
try {
  $volumes = @(foreach ($each in Get-CimInstance -Namespace 'root\CIMV2\Security\MicrosoftVolumeEncryption' -ClassName Win32_EncryptableVolume) {
    @{ letter = "$($each.DriveLetter)"; type = [int]$each.VolumeType; protection = [int]$each.ProtectionStatus }
  })
} catch {
  if ("$($_.Exception.NativeErrorCode)" -ne 'InvalidNamespace') { throw }
}
@{ installed = ($null -ne $volumes); volumes = $volumes }
""",
    deadline=30,
    why="which volumes BitLocker protects; no key",
)
WINDOWS_SERVICES = Probe(
    id="windows-services",
    via="powershell",
    run=r"""
$services = @(foreach ($each in Get-CimInstance -ClassName Win32_Service -Property @('Name', 'State', 'StartMode', 'StartName')) {
  @{ name = "$($each.Name)"; state = "$($each.State)"; start = "$($each.StartMode)"; account = "$($each.StartName)" }
})
@{ services = $services }
""",
    deadline=30,
    cap=MIB,
    why="services, how they start and under which account",
)
WINDOWS_CIPHERS = Probe(
    id="windows-ciphers",
    via="powershell",
    run=r"""
@{ suites = @(foreach ($each in Get-TlsCipherSuite) { "$($each.Name)" }) }
""",
    deadline=20,
    why="the cipher suites that Windows offers and accepts",
)


class WindowsFirewallProfile(Fact):
    """One profile as it is in force. `inbound` is what happens to what no rule names."""

    kind: Literal["windows-firewall-profile"] = "windows-firewall-profile"
    known_by: KnownBy = KnownBy.DAEMON
    enabled: bool
    inbound: str
    service_running: bool


class WindowsSmb(Fact):
    """File sharing as the running service has it."""

    kind: Literal["windows-smb"] = "windows-smb"
    known_by: KnownBy = KnownBy.DAEMON
    smb1: bool
    server_signing: bool
    client_signing: bool


class WindowsNetbios(Fact):
    """NetBIOS of one adapter: 0 as DHCP says (on without it), 1 on, 2 off; None: not told."""

    kind: Literal["windows-netbios"] = "windows-netbios"
    known_by: KnownBy = KnownBy.DAEMON
    option: int | None


class WindowsDefender(Fact):
    """Microsoft Defender. `mode` is Normal, Passive Mode, EDR Block Mode or Not running."""

    kind: Literal["windows-defender"] = "windows-defender"
    known_by: KnownBy = KnownBy.DAEMON
    installed: bool = True
    mode: str = ""
    service: bool = False
    antivirus: bool = False
    real_time: bool = False
    behaviour: bool = False
    signatures_at: AwareDatetime | None = None
    services: tuple[str, ...] = ()
    """Names of all running services, among them those of other products."""

    @property
    def is_active(self) -> bool:
        """Whether it protects, rather than standing aside for another product."""
        passive = self.mode not in ("", "Normal")
        return self.installed and self.antivirus and self.real_time and not passive


class WindowsVolume(Fact):
    """One volume. `type` 0 is the system's, 1 a fixed one, 2 removable."""

    kind: Literal["windows-volume"] = "windows-volume"
    known_by: KnownBy = KnownBy.DAEMON
    type: int
    protected: bool
    installed: bool = True


class WindowsServices(Fact):
    """All services: name → state and start mode."""

    kind: Literal["windows-services"] = "windows-services"
    known_by: KnownBy = KnownBy.DAEMON
    running: tuple[str, ...]
    enabled: tuple[str, ...]
    """Those that run or may be started: all whose start mode is not Disabled."""


class WindowsCiphers(Fact):
    """Names of the cipher suites, in order of preference."""

    kind: Literal["windows-ciphers"] = "windows-ciphers"
    known_by: KnownBy = KnownBy.DAEMON
    suites: tuple[str, ...]


@reader(WindowsFirewallProfile, WINDOWS_FIREWALL, on=AssetKind.HOST_WINDOWS)
def read_firewall(outputs: Outputs) -> Iterator[WindowsFirewallProfile | Missing | Absent]:
    """One fact a profile."""
    seen = answer(outputs, WINDOWS_FIREWALL)
    profiles = tables(listed(seen, "profiles"))
    if not profiles:
        yield Missing("profiles", GapReason.UNPARSABLE, "Windows lists no profile of its firewall")
    for each in profiles:
        yield WindowsFirewallProfile(
            subject=str(each["name"]),
            enabled=flag(each.get("enabled"), "Enabled"),
            inbound=str(each.get("inbound", "")),
            service_running=str(seen.get("service")) == "Running",
        )


@reader(WindowsSmb, WINDOWS_SMB, on=AssetKind.HOST_WINDOWS)
def read_smb(outputs: Outputs) -> Iterator[WindowsSmb | Missing | Absent]:
    """One fact."""
    seen = answer(outputs, WINDOWS_SMB)
    yield WindowsSmb(
        subject="smb",
        **{
            name: flag(seen.get(name), name)
            for name in ("smb1", "server_signing", "client_signing")
        },
    )


@reader(WindowsNetbios, WINDOWS_NETBIOS, on=AssetKind.HOST_WINDOWS)
def read_netbios(outputs: Outputs) -> Iterator[WindowsNetbios | Missing | Absent]:
    """One fact an adapter with an address."""
    adapters = tables(listed(answer(outputs, WINDOWS_NETBIOS), "adapters"))
    if not adapters:
        yield Absent("no network adapter has an IP address")
    for each in adapters:
        index = number(each.get("index"), "Index")
        yield WindowsNetbios(
            subject=f"{index}: {each.get('name', '')}",
            option=maybe_number(each.get("option"), "TcpipNetbiosOptions"),
        )


@reader(WindowsDefender, WINDOWS_DEFENDER, WINDOWS_SERVICES, on=AssetKind.HOST_WINDOWS)
def read_defender(outputs: Outputs) -> Iterator[WindowsDefender | Missing | Absent]:
    """One fact; where Defender is not installed, the services tell of other products."""
    running = _services(outputs)[0]
    if not outputs.has_tool(WINDOWS_DEFENDER):
        yield WindowsDefender(subject="malware protection", installed=False, services=running)
        return
    seen = answer(outputs, WINDOWS_DEFENDER)
    yield WindowsDefender(
        subject="malware protection",
        mode=str(seen.get("mode", "")),
        service=flag(seen.get("service"), "AMServiceEnabled"),
        antivirus=flag(seen.get("antivirus"), "AntivirusEnabled"),
        real_time=flag(seen.get("real_time"), "RealTimeProtectionEnabled"),
        behaviour=flag(seen.get("behaviour"), "BehaviorMonitorEnabled"),
        signatures_at=instant(seen.get("signatures_at"), "AntivirusSignatureLastUpdated"),
        services=running,
    )


@reader(WindowsVolume, WINDOWS_VOLUMES, on=AssetKind.HOST_WINDOWS)
def read_volumes(outputs: Outputs) -> Iterator[WindowsVolume | Missing | Absent]:
    """One fact a volume; without BitLocker, one for the machine."""
    seen = answer(outputs, WINDOWS_VOLUMES)
    if not flag(seen.get("installed"), "installed"):
        yield WindowsVolume(subject="BitLocker", type=0, protected=False, installed=False)
        return
    volumes = tables(listed(seen, "volumes"))
    if not volumes:
        yield Absent("no volume can be encrypted")
    for position, each in enumerate(volumes):
        yield WindowsVolume(
            subject=str(each.get("letter") or f"volume {position}"),
            type=number(each.get("type"), "VolumeType"),
            protected=number(each.get("protection"), "ProtectionStatus") == 1,
        )


def _services(outputs: Outputs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: list[Mapping[str, object]] = list(
        tables(listed(answer(outputs, WINDOWS_SERVICES), "services"))
    )
    running = tuple(str(each["name"]) for each in found if each.get("state") == "Running")
    enabled = tuple(str(each["name"]) for each in found if each.get("start") != "Disabled")
    return running, enabled


@reader(WindowsServices, WINDOWS_SERVICES, on=AssetKind.HOST_WINDOWS)
def read_services(outputs: Outputs) -> Iterator[WindowsServices | Missing | Absent]:
    """One fact; an empty list is no answer, since Windows cannot run without services."""
    running, enabled = _services(outputs)
    if not running:
        yield Missing("services", GapReason.UNPARSABLE, "Windows lists no running service")
        return
    yield WindowsServices(subject="services", running=running, enabled=enabled)


@reader(WindowsCiphers, WINDOWS_CIPHERS, on=AssetKind.HOST_WINDOWS)
def read_ciphers(outputs: Outputs) -> Iterator[WindowsCiphers | Missing | Absent]:
    """One fact."""
    suites = items(listed(answer(outputs, WINDOWS_CIPHERS), "suites"))
    if not suites:
        yield Absent("Windows offers no cipher suite")
        return
    yield WindowsCiphers(subject="schannel", suites=tuple(str(each) for each in suites))
