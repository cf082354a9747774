"""Mandatory access control: what AppArmor or SELinux enforces now and after the next start."""

import re
from collections.abc import Iterator, Mapping
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
from cdso_audit.model import GapReason, KnownBy

MAC_STATE = Probe(
    id="mac-state",
    run=r"""
echo "apparmor-kernel $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null || echo none)"
echo "lsm $(cat /sys/kernel/security/lsm 2>/dev/null || echo unknown)"
if [ -e /sys/fs/selinux/enforce ]; then echo "selinux-now $(cat /sys/fs/selinux/enforce)"
else echo 'selinux-now none'; fi
echo "selinux-saved $(sed -n 's/^SELINUX=//p' /etc/selinux/config 2>/dev/null | tail -n 1)"
echo "cmdline $(cat /proc/cmdline 2>/dev/null)"
unit=$(systemctl --root=/ is-enabled apparmor.service 2>/dev/null)
echo "apparmor-unit ${unit:-none}"
echo 'end .'
""",
    why="whether AppArmor or SELinux is on",
)
AA_STATUS = Probe(
    id="apparmor-status",
    run=("/usr/sbin/aa-status", "--json"),
    root=True,
    why="profiles of AppArmor, and which of them enforce",
)


class MandatoryAccess(Fact):
    """The framework that is on, or none."""

    kind: Literal["mandatory-access"] = "mandatory-access"
    known_by: KnownBy = KnownBy.DAEMON
    framework: Literal["apparmor", "selinux", "none"]
    enforces_now: bool
    enforces_after_start: bool
    saved: str
    """What says so for the next start."""
    enforcing: int
    """AppArmor: how many profiles enforce."""
    complaining: tuple[str, ...]
    """AppArmor: profiles that only complain, or let everything through."""


def parse_state(text: str) -> dict[str, str]:
    """`word value` lines. Raises UnreadableError."""
    found = {
        word: value.strip()
        for word, _, value in (line.partition(" ") for line in text.splitlines())
        if word
    }
    if "end" not in found:
        raise UnreadableError("the state of access control has no end")
    return found


@reader(MandatoryAccess, MAC_STATE, AA_STATUS, SURROUNDINGS)
def read_mandatory_access(outputs: Outputs) -> Iterator[MandatoryAccess | Absent]:
    """SELinux if its file system is there, else AppArmor if the kernel has it on."""
    container = parse_surroundings(outputs.text(SURROUNDINGS))["container"]
    if container != "none":
        yield Absent(
            "this is a container ({container}): access control belongs to the kernel of its host",
            {"container": container},
        )
        return
    state = parse_state(outputs.text(MAC_STATE))
    if state["selinux-now"] != "none":
        yield _selinux(state)
    elif state["apparmor-kernel"] == "Y":
        yield _apparmor(outputs, state)
    else:
        yield MandatoryAccess(
            subject="access-control",
            framework="none",
            enforces_now=False,
            enforces_after_start=False,
            saved="",
            enforcing=0,
            complaining=(),
        )


def _selinux(state: Mapping[str, str]) -> MandatoryAccess:
    words = state["cmdline"].split()
    told = [each for each in words if re.fullmatch(r"(selinux|enforcing)=\d", each)]
    saved = f"SELINUX={state['selinux-saved']}"
    off = {"selinux=0", "enforcing=0"} & set(told)
    return MandatoryAccess(
        subject="access-control",
        framework="selinux",
        enforces_now=state["selinux-now"] == "1",
        enforces_after_start=state["selinux-saved"] == "enforcing" and not off,
        saved=" ".join([saved, *told]),
        enforcing=0,
        complaining=(),
    )


def _apparmor(outputs: Outputs, state: Mapping[str, str]) -> MandatoryAccess:
    if not outputs.has_tool(AA_STATUS):
        raise UnavailableError(
            GapReason.MISSING_TOOL,
            "AppArmor is on; the package apparmor with aa-status is not there",
        )
    # aa-status: 0 policy loaded, 2 on but no policy loaded.
    outputs.text(AA_STATUS, codes=(0, 2))
    document = outputs.json(AA_STATUS, codes=(0, 2))
    if not isinstance(document, dict) or not isinstance(document.get("profiles"), dict):
        raise UnreadableError("aa-status told no profiles")
    profiles: dict[str, str] = document["profiles"]
    modes = {name: str(mode) for name, mode in profiles.items()}
    loose = sorted(
        name for name, mode in modes.items() if mode not in ("enforce", "kill", "prompt")
    )
    words = state["cmdline"].split()
    off = {"apparmor=0", "security=none", "lsm=none"} & set(words)
    return MandatoryAccess(
        subject="access-control",
        framework="apparmor",
        enforces_now=len(modes) > len(loose),
        enforces_after_start=state["apparmor-unit"] in ("enabled", "static") and not off,
        saved=" ".join([f"apparmor.service {state['apparmor-unit']}", *sorted(off)]),
        enforcing=len(modes) - len(loose),
        complaining=tuple(loose),
    )
