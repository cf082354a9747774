"""Kernel modules: which exist, which are loaded, which modprobe has been told not to load."""

from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.mounts import SURROUNDINGS, parse_surroundings
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy

#: Modules that are asked about: file systems and protocols that servers hardly ever need.
KNOWN = (
    *("cramfs", "freevxfs", "hfs", "hfsplus", "jffs2", "udf", "squashfs", "gfs2", "affs", "befs"),
    *("dccp", "sctp", "rds", "tipc", "can", "atm", "ax25", "netrom", "rose", "decnet", "x25"),
    *("appletalk", "ipx", "p8022", "p8023", "psnap", "n_hdlc", "af_802154"),
    *("usb_storage", "uas", "firewire_core", "thunderbolt", "bluetooth", "cfg80211", "vivid"),
)
MODPROBE = Probe(
    id="modprobe-config",
    run=("modprobe", "--showconfig"),
    why="which kernel modules must not be loaded",
)
MODULES = Probe(
    id="kernel-modules",
    run=rf"""
names='{"|".join(KNOWN)}'
folder=/lib/modules/$(uname -r)
if [ -r "$folder/modules.dep" ]; then echo '== shipped'
else echo '== unshipped'; fi
sed -n 's/:.*//; s/.*\///; s/\.ko.*//; s/-/_/g; p' "$folder/modules.dep" 2>/dev/null |
  grep -xE "$names"
echo '== builtin'
sed -n 's/.*\///; s/\.ko.*//; s/-/_/g; p' "$folder/modules.builtin" 2>/dev/null | grep -xE "$names"
echo '== loaded'
cut -d' ' -f1 /proc/modules 2>/dev/null | grep -xE "$names"
echo '== end'
""",
    why="which of the rarely needed kernel modules exist and are loaded",
)


class Module(Frozen):
    """One rarely needed module."""

    name: str
    exists: bool
    is_builtin: bool
    is_loaded: bool
    install: str
    """The command that modprobe runs instead of loading it, if there is one."""
    is_blacklisted: bool
    """Whether modprobe refuses it when asked by one of its aliases, as the kernel asks."""


class KernelModules(Fact):
    """All modules of `KNOWN`."""

    kind: Literal["kernel-modules"] = "kernel-modules"
    known_by: KnownBy = KnownBy.DAEMON
    modules: tuple[Module, ...]

    def named(self, name: str) -> Module:
        """The module; `-` and `_` are one. Raises LookupError on one that was not asked about."""
        wanted = name.replace("-", "_")
        for each in self.modules:
            if each.name == wanted:
                return each
        raise LookupError(f"the module {name} is not among those that are asked about")


def parse_config(text: str) -> tuple[dict[str, str], set[str]]:
    """`install` commands and blacklisted names of `modprobe --showconfig`."""
    install: dict[str, str] = {}
    blacklist: set[str] = set()
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        name, _, command = rest.strip().partition(" ")
        if word == "install":
            install.setdefault(name.replace("-", "_"), command.strip())
        elif word == "blacklist":
            blacklist.add(name.replace("-", "_"))
    return install, blacklist


@reader(KernelModules, MODULES, MODPROBE, SURROUNDINGS)
def read_kernel_modules(outputs: Outputs) -> Iterator[KernelModules | Absent]:
    """One fact; a container has no modules of its own."""
    container = parse_surroundings(outputs.text(SURROUNDINGS))["container"]
    if container != "none":
        yield Absent(
            "this is a container ({container}): modules belong to the kernel of its host",
            {"container": container},
        )
        return
    part: dict[str, list[str]] = {}
    current: list[str] = []
    for line in outputs.lines(MODULES):
        if line.startswith("== "):
            current = part.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in part:
        raise UnreadableError("the list of modules has no end")
    if "shipped" not in part:
        raise UnavailableError(
            GapReason.MISSING_TOOL, "the running kernel's modules.dep is not there"
        )
    config = outputs.text(MODPROBE)
    complaint = outputs.observation(MODPROBE).errors.decode("utf-8", "replace").strip()
    if "ermission denied" in complaint or "could not open" in complaint:
        raise UnavailableError(GapReason.DENIED, complaint.splitlines()[0])
    install, blacklist = parse_config(config)
    yield KernelModules(
        subject="modules",
        modules=tuple(
            Module(
                name=name,
                exists=name in part["shipped"] or name in part["builtin"],
                is_builtin=name in part["builtin"],
                is_loaded=name in part["loaded"],
                install=install.get(name, ""),
                is_blacklisted=name in blacklist,
            )
            for name in KNOWN
        ),
    )
