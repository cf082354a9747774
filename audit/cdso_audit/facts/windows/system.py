"""Which Windows this is: its build, its edition, its role in the domain, and when it started."""

# ruff: noqa: E501 - script blocks stand here as they run
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, reader
from cdso_audit.facts.windows.answers import answer, instant, number
from cdso_audit.model import AssetKind, KnownBy

WINDOWS_SYSTEM = Probe(
    id="windows-system",
    via="powershell",
    run=r"""
$os = Get-CimInstance -ClassName Win32_OperatingSystem
$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$version = Read-CdsoKey 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' @('UBR', 'InstallationType', 'DisplayVersion', 'ReleaseId')
@{
  caption = "$($os.Caption)"
  version = "$($os.Version)"
  build = "$($os.BuildNumber)"
  product_type = [int]$os.ProductType
  domain_role = [int]$computer.DomainRole
  started_at = Format-CdsoTime $os.LastBootUpTime
  registry = $version
}
""",
    deadline=30,
    why="which Windows this is, its build and its role in the domain",
)


class WindowsSystem(Fact):
    """What Windows says of itself. `product_type`: 1 workstation, 2 domain controller, 3 server."""

    kind: Literal["windows-system"] = "windows-system"
    known_by: KnownBy = KnownBy.DAEMON
    caption: str
    build: int
    revision: int | None = None
    product_type: int
    domain_role: int
    started_at: AwareDatetime | None = None

    @property
    def is_server(self) -> bool:
        return self.product_type != 1


def started(value: object) -> datetime | None:
    """When Windows started."""
    return instant(value, "started_at")


@reader(WindowsSystem, WINDOWS_SYSTEM, on=AssetKind.HOST_WINDOWS)
def read_windows_system(outputs: Outputs) -> Iterator[WindowsSystem | Missing | Absent]:
    """One fact."""
    seen = answer(outputs, WINDOWS_SYSTEM)
    registry = seen.get("registry") or {}
    revision = registry.get("UBR")
    yield WindowsSystem(
        subject="windows",
        caption=str(seen.get("caption", "")),
        build=number(seen.get("build"), "build"),
        revision=None if revision is None else number(revision, "UBR"),
        product_type=number(seen.get("product_type"), "product_type"),
        domain_role=number(seen.get("domain_role"), "domain_role"),
        started_at=started(seen.get("started_at")),
    )
