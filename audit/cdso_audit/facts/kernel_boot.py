"""How the machine is started: the boot loader's protection and the firmware's secure boot."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.filetree import twice
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

GRUB_FILES = Probe(
    id="grub-files",
    run=(
        *("/usr/bin/find", "/boot", "-type", "f", "(", "-name", "grub.cfg", "-o", "-name"),
        *("user.cfg", "-o", "-name", "grub.conf", ")", "-printf", "%m %U %G %p", "-print0"),
    ),
    root=True,
    why="who may read and write the boot loader's configuration",
)
GRUB_WORDS = Probe(
    id="grub-words",
    run=(
        *("/usr/bin/grep", "-rosHE", "--include=grub.cfg", "--include=user.cfg"),
        # [=]: with a plain one, the rule of sudo for this command would be scrubbed as a secret
        r"^[[:space:]]*(set[[:space:]]+superusers=|password(_pbkdf2)?[[:space:]]|GRUB2_PASSWORD[=])",
        "/boot",
    ),
    root=True,
    why="whether the boot loader asks for a password; only the words before it are read",
)
SECURE_BOOT = Probe(
    id="secure-boot",
    run=r"""
for each in /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c; do
  if [ -e "$each" ]; then
    echo "variable $(od -An -tu1 "$each" 2>/dev/null | tr -s ' \n' ' ')"
  else echo 'variable none'; fi
done
echo "lockdown $(cat /sys/kernel/security/lockdown 2>/dev/null || echo unknown)"
echo 'end .'
""",
    why="whether the firmware checks the signature of what it starts",
)


class GrubFile(Frozen):
    """A configuration file of GRUB."""

    path: str
    mode: int
    uid: int
    gid: int
    words: tuple[str, ...]
    """`superusers` and `password`, when such a line is there."""


class BootLoader(Fact):
    """GRUB's configuration files."""

    kind: Literal["boot-loader"] = "boot-loader"
    files: tuple[GrubFile, ...]
    machine: str
    """Kind of virtual machine, `none` on hardware."""


class SecureBoot(Fact):
    """The firmware's variable SecureBoot."""

    kind: Literal["secure-boot"] = "secure-boot"
    known_by: KnownBy = KnownBy.DAEMON
    is_on: bool


@reader(BootLoader, GRUB_FILES, GRUB_WORDS, SURROUNDINGS)
def read_boot_loader(outputs: Outputs) -> Iterator[BootLoader | Absent]:
    """GRUB alone is understood; a host that starts otherwise is a gap."""
    surroundings = parse_surroundings(outputs.text(SURROUNDINGS))
    if surroundings["container"] != "none":
        yield Absent(
            "this is a container ({container}): it has no boot loader",
            {"container": surroundings["container"]},
        )
        return
    words: dict[str, set[str]] = {}
    for line in outputs.lines(GRUB_WORDS, codes=(0, 1)):
        path, _, found = line.partition(":")
        words.setdefault(path, set()).add("superusers" if "superusers" in found else "password")
    files = []
    for record in outputs.text(GRUB_FILES).split("\0")[:-1]:
        parts = re.fullmatch(r"([0-7]+) (\d+) (\d+) (/.+)", record, re.DOTALL)
        if parts is None:
            raise UnreadableError(f"not a record of find: {record[:80]!r}")
        path = twice(parts[4].encode()).decode()
        files.append(
            GrubFile(
                path=path,
                mode=int(parts[1], 8),
                uid=int(parts[2]),
                gid=int(parts[3]),
                words=tuple(sorted(words.get(path, ()))),
            )
        )
    if not files:
        raise UnavailableError(
            GapReason.MISSING_TOOL, "no GRUB configuration below /boot; other loaders are not read"
        )
    yield BootLoader(subject="grub", files=tuple(files), machine=surroundings["machine"])


@reader(SecureBoot, SECURE_BOOT, SURROUNDINGS)
def read_secure_boot(outputs: Outputs) -> Iterator[SecureBoot | Absent]:
    """The variable's fifth byte, after four of attributes (UEFI 2.10, 3.3)."""
    surroundings = parse_surroundings(outputs.text(SURROUNDINGS))
    if surroundings["container"] != "none":
        yield Absent(
            "this is a container ({container}): it has no firmware",
            {"container": surroundings["container"]},
        )
        return
    if surroundings["firmware"] == "bios":
        yield Absent("the machine was not started by UEFI firmware, so it has no secure boot")
        return
    found = dict(line.split(" ", 1) for line in outputs.lines(SECURE_BOOT) if " " in line)
    if "end" not in found:
        raise UnreadableError("the state of secure boot has no end")
    numbers = found["variable"].split()
    if numbers == ["none"]:
        yield SecureBoot(subject="firmware", is_on=False)
    elif len(numbers) == 5 and numbers[4] in ("0", "1"):  # noqa: PLR2004 - 4 attributes, 1 value
        yield SecureBoot(subject="firmware", is_on=numbers[4] == "1")
    else:
        raise UnreadableError("the variable SecureBoot has not five bytes")
