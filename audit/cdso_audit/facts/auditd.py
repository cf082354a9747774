"""
The kernel's audit system: whether it records, by which rules, and where the records go.

`auditctl` asks the kernel over netlink and needs root. In a container the kernel answers only the
machine below; the fact then says that it is one. Where the kernel does answer, it is believed: an
image built as a container may run as a machine of its own.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

from cdso_audit.facts.os_release import HOST_NATURE, container_of, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, GapReason, KnownBy

AUDITCTL_STATUS = Probe(
    id="auditctl-status",
    run=("/usr/sbin/auditctl", "-s"),
    root=True,
    why="whether the kernel records audit events, and for which daemon",
)
AUDITCTL_RULES = Probe(
    id="auditctl-rules",
    run=("/usr/sbin/auditctl", "-l"),
    root=True,
    why="the audit rules that the kernel has loaded",
)
AUDITD_CONF = Probe(
    id="auditd-conf",
    run=("/usr/bin/cat", "/etc/audit/auditd.conf"),
    root=True,
    why="what the audit daemon does when its log or the disk is full",
)
AUDIT_DISK = Probe(
    id="audit-disk",
    run=r"""
echo '@@ audit-disk'
d=/var/log/audit; [ -d "$d" ] || d=/var/log
df -Pk "$d" | tail -n 1
echo '@@ auditd'
[ -e /etc/audit/auditd.conf ] || [ -d /etc/audit ] && echo configured
command -v auditd
:
""",
    why="free space where audit records are kept, and whether an audit daemon is installed",
)


class AuditStatus(Fact):
    """What `auditctl -s` says; `enabled` 2 means that the rules are locked until a reboot."""

    kind: Literal["audit-status"] = "audit-status"
    known_by: KnownBy = KnownBy.DAEMON
    installed: bool = True
    container: str = ""
    enabled: int = 0
    daemon: int = 0
    """Process id of the daemon; 0 is none."""
    lost: int = 0


class AuditRule(Frozen):
    """One loaded rule, with watches written as the path rule that they are."""

    paths: tuple[str, ...] = ()
    syscalls: tuple[str, ...] = ()
    arch: str = ""
    permissions: str = ""
    fields: tuple[str, ...] = ()
    never: bool = False


class AuditRules(Fact):
    """The rules that the kernel has loaded."""

    kind: Literal["audit-rules"] = "audit-rules"
    known_by: KnownBy = KnownBy.DAEMON
    installed: bool = True
    container: str = ""
    rules: tuple[AuditRule, ...] = ()


class AuditStorage(Fact):
    """auditd.conf with lower-case keys and values, and the disk below the log, in KiB."""

    kind: Literal["audit-storage"] = "audit-storage"
    installed: bool = True
    container: str = ""
    settings: Mapping[str, str] = {}
    disk_kib: int = 0
    free_kib: int = 0


def parse_auditctl_status(text: str) -> dict[str, str]:
    """The lines of `auditctl -s`; releases before 2.3 print `AUDIT_STATUS: enabled=1 …`."""
    pairs = re.findall(r"^(\w+) (\S+)", text, re.MULTILINE) + re.findall(r"(\w+)=(\S+)", text)
    status = dict(pairs)
    if "enabled" not in status:
        raise UnreadableError("auditctl -s did not say whether auditing is enabled")
    return status


#: The ways to write "no login id" that mean the same.
_UNSET = re.compile(r"(auid|loginuid)(!?=)(-1|unset|4294967295)\b")


def parse_auditctl_rules(text: str) -> tuple[AuditRule, ...]:  # noqa: C901 - one branch a flag
    """The lines of `auditctl -l`. A watch (`-w`) is the same as `-F path=`/`-F dir=` with perm."""
    rules = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] not in ("-w", "-a", "-A"):
            continue
        paths: list[str] = []
        syscalls: list[str] = []
        fields: list[str] = []
        arch = permissions = ""
        for flag, value in pairwise(words):
            if flag == "-w":
                paths.append(value)
            elif flag == "-p":
                permissions = value
            elif flag == "-S":
                syscalls += value.split(",")
            elif flag in ("-F", "-C"):
                key, _, right = value.partition("=")
                if key in ("path", "dir", "exe"):
                    paths.append(right)
                elif key == "perm":
                    permissions = right
                elif key == "arch":
                    arch = right
                elif key not in ("key", "k"):
                    fields.append(_UNSET.sub(r"auid\2unset", value))
        rules.append(
            AuditRule(
                paths=tuple(path.rstrip("/") for path in paths),
                syscalls=tuple(syscalls),
                arch=arch,
                permissions=permissions,
                fields=tuple(fields),
                never="never" in words[1],
            )
        )
    return tuple(rules)


@reader(AuditStatus, AUDITCTL_STATUS, HOST_NATURE)
def read_audit_status(outputs: Outputs) -> Iterator[AuditStatus | Missing | Absent]:
    """One fact a host; in a container the refusal of the kernel is itself what was seen."""
    installed = outputs.has_tool(AUDITCTL_STATUS)
    if not installed or outputs.observation(AUDITCTL_STATUS).exit_code != 0:
        container = container_of(outputs)
        if container or not installed:
            yield AuditStatus(subject="audit", container=container, installed=installed)
            return
    status = parse_auditctl_status(outputs.text(AUDITCTL_STATUS))
    yield AuditStatus(
        subject="audit",
        enabled=int(status["enabled"]),
        daemon=int(status.get("pid", "0")),
        lost=int(status.get("lost", "0")),
    )


@reader(AuditRules, AUDITCTL_RULES, HOST_NATURE)
def read_audit_rules(outputs: Outputs) -> Iterator[AuditRules | Missing | Absent]:
    """One fact a host; a list with neither a rule nor the words `No rules` is unreadable."""
    installed = outputs.has_tool(AUDITCTL_RULES)
    if not installed or outputs.observation(AUDITCTL_RULES).exit_code != 0:
        container = container_of(outputs)
        if container or not installed:
            yield AuditRules(subject="audit", container=container, installed=installed)
            return
    text = outputs.text(AUDITCTL_RULES)
    rules = parse_auditctl_rules(text)
    if not rules and "no rules" not in text.lower():
        raise UnreadableError("auditctl -l listed no rule and did not say that there is none")
    yield AuditRules(subject="audit", rules=rules)


@reader(AuditStorage, AUDITD_CONF, AUDIT_DISK, HOST_NATURE)
def read_audit_storage(outputs: Outputs) -> Iterator[AuditStorage | Missing | Absent]:
    """One fact a host."""
    parts = sections(outputs.text(AUDIT_DISK))
    if "auditd" not in parts:
        raise UnreadableError("the answer about the audit disk is cut short")
    if not parts["auditd"].strip():
        container = container_of(outputs)
        yield AuditStorage(subject="auditd.conf", installed=False, container=container)
        return
    settings = {}
    for line in outputs.lines(AUDITD_CONF):
        key, equals, value = line.partition("=")
        if equals and not key.strip().startswith("#"):
            settings[key.strip().lower()] = value.strip().lower()
    numbers = [int(word) for word in parts["audit-disk"].split()[1:4] if word.isdigit()]
    if len(numbers) != 3:  # noqa: PLR2004 - size, used, free of `df -Pk`
        yield Missing("auditd.conf", GapReason.UNPARSABLE, "df said nothing of the log's disk")
        return
    yield AuditStorage(
        subject="auditd.conf", settings=settings, disk_kib=numbers[0], free_kib=numbers[2]
    )
