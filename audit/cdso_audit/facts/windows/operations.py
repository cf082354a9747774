"""Audit policy, event logs, forwarding, the clock, updates and backup."""

# ruff: noqa: E501 - script blocks stand here as they run
import csv
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.facts.windows.answers import answer, flag, instant, items, listed, number, tables
from cdso_audit.facts.windows.protection import WINDOWS_SERVICES
from cdso_audit.facts.windows.registry import (
    SUBSCRIPTIONS,
    TIME_PARAMETERS,
    WINDOWS_REGISTRY,
    registry_values,
)
from cdso_audit.model import AssetKind, GapReason, KnownBy

WINDOWS_AUDIT_POLICY = Probe(
    id="windows-audit-policy",
    via="powershell",
    run=r"""
$lines = @(& "$env:SystemRoot\System32\auditpol.exe" /get /category:* /r)
if ($LASTEXITCODE -ne 0) { throw "CDSO-DENIED auditpol ended with $LASTEXITCODE" }
@{ lines = @($lines | ForEach-Object { "$_" }) }
""",
    deadline=30,
    why="which events are recorded, by the GUID of each subcategory",
)
WINDOWS_EVENT_LOGS = Probe(
    id="windows-event-logs",
    via="powershell",
    run=r"""
$logs = @(foreach ($name in 'Security', 'System', 'Application') {
  $log = Get-WinEvent -ListLog $name
  $oldest = $null
  $problem = $null
  try { $oldest = Format-CdsoTime (Get-WinEvent -LogName $name -Oldest -MaxEvents 1).TimeCreated }
  catch { $problem = "$($_.Exception.Message)" }
  @{
    name = $name
    enabled = [bool]$log.IsEnabled
    mode = "$($log.LogMode)"
    max_bytes = [long]$log.MaximumSizeInBytes
    records = $log.RecordCount
    oldest = $oldest
    problem = $problem
  }
})
@{ logs = $logs }
""",
    deadline=60,
    why="size and kind of the event logs, and the time of their oldest records",
)
WINDOWS_TIME = Probe(
    id="windows-time",
    via="powershell",
    run=r"""
$lines = @(& "$env:SystemRoot\System32\w32tm.exe" /query /status 2>&1)
@{ code = $LASTEXITCODE; lines = @($lines | ForEach-Object { "$_" }) }
""",
    deadline=30,
    why="whether the clock is synchronised, and with whom",
)
WINDOWS_UPDATES = Probe(
    id="windows-updates",
    via="powershell",
    run=r"""
$fixes = @(foreach ($each in Get-CimInstance -ClassName Win32_QuickFixEngineering) {
  @{ id = "$($each.HotFixID)"; on = "$($each.CimInstanceProperties['InstalledOn'].Value)" }
})
@{ fixes = $fixes }
""",
    deadline=60,
    why="which updates were installed, and when",
)
WINDOWS_PENDING = Probe(
    id="windows-pending-updates",
    via="powershell",
    run=r"""
$session = New-Object -ComObject Microsoft.Update.Session
$searcher = $session.CreateUpdateSearcher()
$searcher.Online = $false
$found = $searcher.Search("IsInstalled=0 and IsHidden=0 and Type='Software'")
$results = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results
$searched = $null
if ($null -ne $results.LastSearchSuccessDate) {
  $searched = $results.LastSearchSuccessDate.ToString('yyyyMMddHHmmss')
}
$updates = @(foreach ($each in $found.Updates) {
  @{ title = "$($each.Title)"; severity = "$($each.MsrcSeverity)" }
})
@{ searched_at = $searched; updates = $updates }
""",
    deadline=120,
    cap=MIB,
    why="updates that Windows knows of and has not installed; its own list, nothing is asked online",
)
WINDOWS_BACKUP = Probe(
    id="windows-backup",
    via="powershell",
    run=r"""
$summary = $null
if (Get-Command -Name Get-WBSummary -ErrorAction SilentlyContinue) {
  $seen = Get-WBSummary
  $summary = @{ last = Format-CdsoTime $seen.LastSuccessfulBackupTime; versions = [int]$seen.NumberOfVersions }
}
$tasks = @(foreach ($task in Get-ScheduledTask) {
  $programs = @($task.Actions | ForEach-Object { "$($_.Execute)" } | Where-Object { $_ } | ForEach-Object { Split-Path -Path $_.Trim('"') -Leaf })
  if ("$($task.TaskPath)$($task.TaskName) $programs" -match 'backup|sao.?luu|wbadmin|veeam|restic|borg|robocopy|duplicati|acronis|bacula') {
    $info = Get-ScheduledTaskInfo -InputObject $task
    @{
      name = "$($task.TaskPath)$($task.TaskName)"
      state = "$($task.State)"
      programs = $programs
      last_run = Format-CdsoTime $info.LastRunTime
      result = $info.LastTaskResult
    }
  }
})
@{ summary = $summary; tasks = $tasks }
""",
    deadline=60,
    why="the last backup of Windows Server Backup, and scheduled tasks that look like a backup",
)

#: Scheduled tasks of Windows that have `backup` in their name and back nothing up.
_NOT_BACKUP = re.compile(
    r"\\Microsoft\\Windows\\(?!Backup\\)|\\Microsoft\\Office\\|RegIdleBackup", re.IGNORECASE
)
#: The result of a task that has never run, and of one that runs now.
NEVER_RUN, RUNNING_NOW = 0x41303, 0x41301


class WindowsAuditPolicy(Fact):
    """Subcategory's GUID (lower case, without braces) → whether success and failure are recorded."""

    kind: Literal["windows-audit-policy"] = "windows-audit-policy"
    known_by: KnownBy = KnownBy.DAEMON
    subcategories: Mapping[str, tuple[bool, bool]]
    names: Mapping[str, str] = {}


class WindowsEventLog(Fact):
    """One event log. `mode` is Circular, AutoBackup or Retain."""

    kind: Literal["windows-event-log"] = "windows-event-log"
    known_by: KnownBy = KnownBy.DAEMON
    enabled: bool
    mode: str
    max_bytes: int
    oldest: AwareDatetime | None = None


class WindowsLogForwarding(Fact):
    """Where events go: subscription managers of Windows, and running services that may be agents."""

    kind: Literal["windows-log-forwarding"] = "windows-log-forwarding"
    known_by: KnownBy = KnownBy.FILE
    subscriptions: tuple[str, ...]
    services: tuple[str, ...]


class WindowsTime(Fact):
    """The time service. `leap` 3 and `stratum` 0 mean not synchronised; type as in the registry."""

    kind: Literal["windows-time"] = "windows-time"
    known_by: KnownBy = KnownBy.DAEMON
    running: bool
    leap: int | None = None
    stratum: int | None = None
    source: str = ""
    type: str = ""
    servers: tuple[str, ...] = ()


class WindowsUpdates(Fact):
    """Updates that are installed. `newest` is a day: Windows keeps no hour."""

    kind: Literal["windows-updates"] = "windows-updates"
    known_by: KnownBy = KnownBy.FILE
    count: int
    newest: AwareDatetime
    newest_id: str


class WindowsPendingUpdates(Fact):
    """What Windows knows of and has not installed, as of its own last search."""

    kind: Literal["windows-pending-updates"] = "windows-pending-updates"
    known_by: KnownBy = KnownBy.DAEMON
    titles: tuple[str, ...]
    severe: tuple[str, ...]
    """Those that Microsoft calls critical or important."""
    searched_at: AwareDatetime | None = None


class WindowsBackup(Fact):
    """One backup that Windows runs by itself: Windows Server Backup, or a scheduled task."""

    kind: Literal["windows-backup"] = "windows-backup"
    known_by: KnownBy = KnownBy.DAEMON
    enabled: bool
    last: AwareDatetime | None = None
    succeeded: bool


#: What auditpol writes for the four settings, in English; another language is a gap.
_SETTINGS = {
    "no auditing": (False, False),
    "success": (True, False),
    "failure": (False, True),
    "success and failure": (True, True),
}
_GUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")


@reader(WindowsAuditPolicy, WINDOWS_AUDIT_POLICY, on=AssetKind.HOST_WINDOWS)
def read_audit_policy(outputs: Outputs) -> Iterator[WindowsAuditPolicy | Missing | Absent]:
    """One fact. Columns are known by their place, since the heads are translated."""
    lines = [str(each) for each in items(answer(outputs, WINDOWS_AUDIT_POLICY).get("lines"))]
    found: dict[str, tuple[bool, bool]] = {}
    names: dict[str, str] = {}
    for row in csv.reader(each for each in lines if each.strip()):
        guid = _GUID.fullmatch(row[3].strip()) if len(row) > 4 else None  # noqa: PLR2004 - the columns
        if guid is None:
            continue
        setting = _SETTINGS.get(row[4].strip().lower())
        if setting is None:
            raise UnreadableError(f"auditpol says {row[4]!r}, which is none of its English words")
        found[guid[1].lower()] = setting
        names[guid[1].lower()] = row[2]
    if not found:
        raise UnreadableError("auditpol lists no subcategory")
    yield WindowsAuditPolicy(subject="audit policy", subcategories=found, names=names)


@reader(WindowsEventLog, WINDOWS_EVENT_LOGS, on=AssetKind.HOST_WINDOWS)
def read_event_logs(outputs: Outputs) -> Iterator[WindowsEventLog | Missing | Absent]:
    """One fact a log; a log whose records may not be read is missing."""
    logs = tables(answer(outputs, WINDOWS_EVENT_LOGS).get("logs"))
    if not logs:
        raise UnreadableError("Windows lists no event log")
    for each in logs:
        oldest = instant(each.get("oldest"), "TimeCreated")
        if oldest is None and each.get("problem") and each.get("records") != 0:
            yield Missing(str(each["name"]), GapReason.DENIED, str(each["problem"]))
            continue
        yield WindowsEventLog(
            subject=str(each["name"]),
            enabled=flag(each.get("enabled"), "IsEnabled"),
            mode=str(each.get("mode", "")),
            max_bytes=number(each.get("max_bytes"), "MaximumSizeInBytes"),
            oldest=oldest,
        )


@reader(WindowsLogForwarding, WINDOWS_REGISTRY, WINDOWS_SERVICES, on=AssetKind.HOST_WINDOWS)
def read_log_forwarding(outputs: Outputs) -> Iterator[WindowsLogForwarding | Missing | Absent]:
    """One fact."""
    values = registry_values(outputs, (SUBSCRIPTIONS,)).get(SUBSCRIPTIONS, {})
    services = tables(listed(answer(outputs, WINDOWS_SERVICES), "services"))
    yield WindowsLogForwarding(
        subject="log forwarding",
        subscriptions=tuple(str(values[name]) for name in sorted(values)),
        services=tuple(str(each["name"]) for each in services if each.get("state") == "Running"),
    )


@reader(WindowsTime, WINDOWS_TIME, WINDOWS_REGISTRY, on=AssetKind.HOST_WINDOWS)
def read_time(outputs: Outputs) -> Iterator[WindowsTime | Missing | Absent]:
    """
    One fact. `w32tm` speaks the language of Windows, but its lines have an order: leap indicator,
    stratum, precision, root delay, root dispersion, reference, last time, source, poll interval.
    """
    seen = answer(outputs, WINDOWS_TIME)
    settings = registry_values(outputs, (TIME_PARAMETERS,)).get(TIME_PARAMETERS, {})
    kind = str(settings.get("Type", ""))
    servers = tuple(
        each.partition(",")[0] for each in str(settings.get("NtpServer", "")).split() if each
    )
    lines = [str(each) for each in items(seen.get("lines")) if ":" in str(each)]
    if number(seen.get("code"), "exit code") != 0:
        # 0x80070426 is ERROR_SERVICE_NOT_ACTIVE, 0x80070005 a refusal
        words = " ".join(str(each) for each in items(seen.get("lines")))
        if "0x80070426" in words:
            yield WindowsTime(subject="clock", running=False, type=kind, servers=servers)
            return
        yield Missing("clock", GapReason.DENIED, words[:200] or "w32tm failed")
        return
    if len(lines) < 8:  # noqa: PLR2004 - up to the source
        raise UnreadableError("w32tm /query /status has fewer lines than it is documented to have")
    yield WindowsTime(
        subject="clock",
        running=True,
        leap=_first_number(lines[0]),
        stratum=_first_number(lines[1]),
        source=lines[7].partition(":")[2].strip(),
        type=kind,
        servers=servers,
    )


def _first_number(line: str) -> int:
    found = re.match(r"[^:]*:\s*(\d+)", line)
    if found is None:
        raise UnreadableError(f"w32tm: {line[:60]!r} has no number")
    return int(found[1])


@reader(WindowsUpdates, WINDOWS_UPDATES, on=AssetKind.HOST_WINDOWS)
def read_updates(outputs: Outputs) -> Iterator[WindowsUpdates | Missing | Absent]:
    """One fact; an update without a day does not count as new."""
    fixes = tables(listed(answer(outputs, WINDOWS_UPDATES), "fixes"))
    if not fixes:
        yield Missing("updates", GapReason.UNPARSABLE, "Windows lists no installed update")
        return
    days = [
        (day, str(each.get("id", "")))
        for each in fixes
        if (day := _installed_on(str(each.get("on", "")))) is not None
    ]
    if not days:
        raise UnreadableError("no installed update has a day")
    newest, name = max(days)
    yield WindowsUpdates(subject="updates", count=len(fixes), newest=newest, newest_id=name)


def _installed_on(text: str) -> datetime | None:
    """`InstalledOn`: month/day/year whatever the language, or a hexadecimal FILETIME."""
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip()):
        try:
            return datetime(int(found[3]), int(found[1]), int(found[2]), tzinfo=UTC)
        except ValueError:
            return None
    if re.fullmatch(r"[0-9A-Fa-f]{16}", text.strip()):
        from cdso_audit.facts.windows.answers import from_filetime  # noqa: PLC0415 - rare

        return from_filetime(int(text, 16), "InstalledOn")
    return None


@reader(WindowsPendingUpdates, WINDOWS_PENDING, on=AssetKind.HOST_WINDOWS)
def read_pending(outputs: Outputs) -> Iterator[WindowsPendingUpdates | Missing | Absent]:
    """One fact."""
    seen = answer(outputs, WINDOWS_PENDING)
    updates = tables(listed(seen, "updates"))
    text = str(seen.get("searched_at") or "")
    searched = None
    if re.fullmatch(r"\d{14}", text) and not text.startswith("1899"):
        searched = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    yield WindowsPendingUpdates(
        subject="pending updates",
        titles=tuple(str(each.get("title", "")) for each in updates),
        severe=tuple(
            str(each.get("title", ""))
            for each in updates
            if each.get("severity") in ("Critical", "Important")
        ),
        searched_at=searched,
    )


@reader(WindowsBackup, WINDOWS_BACKUP, on=AssetKind.HOST_WINDOWS)
def read_backup(outputs: Outputs) -> Iterator[WindowsBackup | Missing | Absent]:
    """One fact a backup; nothing found is said by a fact that is not enabled."""
    seen = answer(outputs, WINDOWS_BACKUP)
    found = [
        each for each in tables(listed(seen, "tasks")) if not _NOT_BACKUP.search(str(each["name"]))
    ]
    summary: Any = listed(seen, "summary")
    if summary is not None:
        last = instant(summary.get("last"), "LastSuccessfulBackupTime")
        yield WindowsBackup(
            subject="Windows Server Backup", enabled=True, last=last, succeeded=last is not None
        )
    for each in found:
        result = number(each.get("result"), "LastTaskResult")
        ran = result != NEVER_RUN
        yield WindowsBackup(
            subject=str(each["name"]),
            enabled=str(each.get("state")) not in ("Disabled", "1"),
            last=instant(each.get("last_run"), "LastRunTime") if ran else None,
            succeeded=result in (0, RUNNING_NOW),
        )
    if summary is None and not found:
        yield WindowsBackup(subject="backup", enabled=False, succeeded=False)
