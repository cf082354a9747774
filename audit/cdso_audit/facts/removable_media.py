"""What happens to a USB disk that somebody plugs in: it is refused, scanned, or neither."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.kernel_modules import MODPROBE, MODULES, KernelModules, read_kernel_modules
from cdso_audit.facts.malware import (
    MALWARE_PRODUCTS,
    MalwareProtection,
    ProductState,
    read_malware_protection,
)
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.os_release import OWN_PROCESSES, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader

ON_ACCESS = Probe(
    id="on-access-scan",
    run="echo '@@ processes'\n"
    + OWN_PROCESSES
    + r"""cat /proc/1/status >/dev/null 2>&1 || echo '@@ hidden'
echo '@@ clamd'
for f in /etc/clamav/clamd.conf /etc/clamd.d/scan.conf /etc/clamd.d/*.conf /etc/clamd.conf; do
  [ -f "$f" ] || continue
  [ -r "$f" ] || { echo "unreadable $f"; continue; }
  grep -E '^[[:space:]]*OnAccess(MountPath|IncludePath|Prevention|ExcludePath)[[:space:]]' "$f"
done
echo '@@ guard'
systemctl is-active usbguard 2>/dev/null
echo '@@ end'
:
""",
    why="whether ClamAV scans files as they are opened, and below which folders; usbguard",
)

#: Where desktops and servers mount a disk that was plugged in.
MEDIA = ("/media", "/run/media", "/mnt")


class RemovableMedia(Fact):
    """
    What stands between a USB disk and the host.

    `scans_on_access`: products that look at each file as it is opened, wherever it lies; `others`:
    those that are alive and of which nobody here knows whether they do.
    `clamav_paths`: the folders that ClamAV watches like that, empty when its watcher does not run.
    """

    kind: Literal["removable-media"] = "removable-media"
    modules: KernelModules
    guard: bool = False
    scans_on_access: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    clamav_paths: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


#: Products whose makers say that they scan each file as it is opened, wherever it lies.
SCANNERS = frozenset(
    (
        *("Microsoft Defender", "ESET", "Kaspersky", "Trend Micro Deep Security", "Bitdefender"),
        *("Sophos", "Trellix"),
    )
)


def alive(products: tuple[ProductState, ...]) -> tuple[str, ...]:
    """The products that protect and are well; ClamAV is asked about its watcher apart."""
    return tuple(
        each.name
        for each in products
        if each.protects and each.alive and not each.complaint and each.name != "ClamAV"
    )


@reader(RemovableMedia, MODPROBE, MODULES, SURROUNDINGS, MALWARE_PRODUCTS, ON_ACCESS)
def read_removable_media(outputs: Outputs) -> Iterator[RemovableMedia | Missing | Absent]:
    """One fact a machine; a container has no USB of its own."""
    for modules in read_kernel_modules.read(outputs):
        if not isinstance(modules, KernelModules):
            yield modules
            continue
        parts = sections(outputs.text(ON_ACCESS))
        if "end" not in parts:
            raise UnreadableError("the answer about scanning on access is cut short")
        malware = next(read_malware_protection.read(outputs))
        products = malware.products if isinstance(malware, MalwareProtection) else ()
        lines = parts["clamd"].splitlines()
        running = "clamonacc" in parts["processes"].split()
        paths = [
            match[1].rstrip("/") or "/"
            for line in lines
            if (match := re.match(r"\s*OnAccess(?:MountPath|IncludePath)\s+(\S+)", line))
        ]
        yield RemovableMedia(
            subject="usb",
            modules=modules,
            guard=parts["guard"].strip() == "active",
            scans_on_access=tuple(name for name in alive(products) if name in SCANNERS),
            others=tuple(name for name in alive(products) if name not in SCANNERS),
            clamav_paths=tuple(paths) if running else (),
            unreadable=(
                *(
                    line.removeprefix("unreadable ")
                    for line in lines
                    if running and line.startswith("unreadable /")
                ),
                *(["/proc (hidepid)"] if "hidden" in parts else []),
            ),
        )
