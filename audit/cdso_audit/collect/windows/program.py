"""
The one PowerShell program that asks a Windows host everything. Pure: probes in, text out; bytes in,
observations out.

It runs on Windows PowerShell 5.1 as it comes with Windows Server 2016 and newer. Each probe is a
constant script block that returns one table; the program makes JSON of it, cuts it at its cap, and
puts it between two lines with a random marker, as the shell program does (`collect.program`).
Nothing is installed, started, changed or written there.

In full language mode each block runs in a runspace of its own, which is given up when the probe's
time is over. In Constrained Language Mode there are no runspaces to be had, so blocks run one after
the other without that limit, and what that mode forbids ends as a gap.
"""

# ruff: noqa: E501 - script blocks stand here as they run
import re
from collections.abc import Sequence
from datetime import datetime

from cdso_audit.collect.program import Question, frames
from cdso_audit.collect.program import observations as framed
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import GapReason

#: How the program ends a probe: ERROR_ACCESS_DENIED, an unknown command, a failure of any kind, the
#: 32-bit PowerShell on a 64-bit system; 124 is "ran out of time", as for the shell.
DENIED, MISSING, FAILED, WRONG_VIEW = 5, 127, 1, 3

#: What every block may call. It is put into each runspace too.
_HELPERS = r"""
function Read-CdsoKey([string]$Path, $Names) {
  if (-not (Test-Path -LiteralPath $Path)) { return $null }
  $null = Get-Item -LiteralPath $Path
  $seen = @{}
  $found = Get-ItemProperty -LiteralPath $Path -ErrorAction SilentlyContinue
  if ($null -eq $found) { return $seen }
  $known = @($found.PSObject.Properties | ForEach-Object { $_.Name })
  foreach ($name in $Names) {
    if ($name -eq '*') {
      foreach ($each in $known) { if ($each -notlike 'PS*') { $seen[$each] = $found.$each } }
    } elseif ($name -like '*[?]') {
      $seen[$name] = $known -contains $name.TrimEnd('?')
    } elseif ($known -contains $name) { $seen[$name] = $found.$name }
  }
  return $seen
}
function Format-CdsoTime($Time) {
  if ($null -eq $Time) { return $null }
  return $Time.ToUniversalTime().ToString('o')
}
"""

_PRELUDE = r"""
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$marker = '__MARKER__'
$full = "$($ExecutionContext.SessionState.LanguageMode)" -eq 'FullLanguage'
$invariant = '[Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]::InvariantCulture; [Threading.Thread]::CurrentThread.CurrentUICulture = [Globalization.CultureInfo]::GetCultureInfo(1033)'
$wrongView = [bool]$env:PROCESSOR_ARCHITEW6432
$runspace = $null
__HELPERS__
$helpers = "function Read-CdsoKey { ${function:Read-CdsoKey} }`nfunction Format-CdsoTime { ${function:Format-CdsoTime} }"
function Get-CdsoAnswer([int]$Seconds, [scriptblock]$Block) {
  if (-not $full) {
    $table = & $Block
    return @{ code = 0; text = (ConvertTo-Json -InputObject $table -Depth 6 -Compress) }
  }
  if ($null -eq $script:runspace) {
    $script:runspace = [RunspaceFactory]::CreateRunspace()
    $script:runspace.Open()
    $script:runspace.SessionStateProxy.SetVariable('SecurityPolicy', $SecurityPolicy)
  }
  $shell = [PowerShell]::Create()
  $shell.Runspace = $script:runspace
  $text = "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$WarningPreference = 'SilentlyContinue'`n"
  $text = $text + $invariant + "`n" + $helpers + "`n`$table = & {" + $Block.ToString() + "}`nConvertTo-Json -InputObject `$table -Depth 6 -Compress"
  $null = $shell.AddScript($text)
  $waiting = $shell.BeginInvoke()
  if (-not $waiting.AsyncWaitHandle.WaitOne($Seconds * 1000)) {
    $null = $shell.BeginStop($null, $null)
    $script:runspace = $null
    return @{ code = 124; text = '' }
  }
  $answer = @($shell.EndInvoke($waiting))
  return @{ code = 0; text = "$($answer[-1])" }
}
function Get-CdsoCode($Problem) {
  $inner = $Problem.Exception
  for ($depth = 0; $depth -lt 6 -and $null -ne $inner; $depth++) {
    $type = "$($inner.PSObject.TypeNames[0])"
    if ($type -like '*CommandNotFoundException') { return 127 }
    if ($type -like '*UnauthorizedAccessException' -or $type -like '*SecurityException') { return 5 }
    if ("$($inner.NativeErrorCode)" -eq 'AccessDenied') { return 5 }
    if (@(-2147024891, -2147023582, -2146828218) -contains $inner.HResult) { return 5 }
    if ("$($inner.Message)" -like 'CDSO-DENIED*') { return 5 }
    $inner = $inner.InnerException
  }
  if ("$($Problem.FullyQualifiedErrorId)" -like '*CommandNotFoundException*') { return 127 }
  if ("$($Problem.CategoryInfo.Category)" -eq 'PermissionDenied') { return 5 }
  return 1
}
function Ask([string]$Id, [int]$Seconds, [int]$Cap, [scriptblock]$Block) {
  $code = 0; $text = ''; $problem = ''
  "`n$marker begin $Id"
  if ($wrongView) {
    $code = 3
    $problem = 'this is the 32-bit PowerShell: the registry and the folders it sees are not those of the server'
  } else {
    try {
      $answer = Get-CdsoAnswer $Seconds $Block
      $code = $answer.code
      $text = $answer.text
    } catch {
      $code = Get-CdsoCode $_
      $problem = "$($_.Exception.Message)"
      if ($null -ne $_.Exception.InnerException) { $problem = "$($_.Exception.InnerException.Message)" }
    }
  }
  if ($text.Length -gt $Cap) { $text = $text.Substring(0, $Cap + 1) }
  $text
  "`n$marker end $Id $code"
  if ($problem) {
    $problem = ($problem -replace '\s+', ' ')
    if ($problem.Length -gt 1000) { $problem = $problem.Substring(0, 1000) }
    "`n$marker begin $Id-errors"
    $problem
    "`n$marker end $Id-errors 0"
  }
}
if ($full) {
  [Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]::InvariantCulture
}
"""

#: Who is asked, and by whom: the frame `about` comes before all others.
ABOUT = Probe(
    id="about",
    via="powershell",
    run=r"""
$now = Get-Date
@{
  at = Format-CdsoTime $now
  host = "$env:COMPUTERNAME"
  account = "$env:USERDOMAIN\$env:USERNAME"
  version = "$($PSVersionTable.PSVersion)"
  mode = "$($ExecutionContext.SessionState.LanguageMode)"
}
""",
    why="who answered, when, and with which PowerShell",
)


def program(questions: Sequence[Question], marker: str) -> str:
    """The PowerShell text for these questions; it needs no parameter and no module of ours."""
    if not re.fullmatch(r"[A-Za-z0-9]{32,}", marker):
        raise ValueError("the marker must be at least 32 letters and digits")
    parts = [_PRELUDE.replace("__HELPERS__", _HELPERS.strip()).replace("__MARKER__", marker)]
    parts += [_asked(each.probe) for each in (Question(ABOUT), *questions)]
    parts.append('"`n$marker begin done"; "`n$marker end done 0"')
    return "\n".join(parts).strip() + "\n"


def _asked(probe: Probe) -> str:
    if not isinstance(probe.run, str):
        raise TypeError(f"{probe.id}: a PowerShell probe is a script block's text")
    return f"Ask '{probe.id}' {probe.deadline:g} {probe.cap} {{\n{probe.run.strip()}\n}}"


def first_questions(probes: Sequence[Probe]) -> list[Question]:
    """What the program asks: every PowerShell probe; none needs another's answer."""
    return [Question(each) for each in probes if each.via == "powershell"]


def observations(
    questions: Sequence[Question],
    marker: str,
    output: bytes,
    *,
    asset: str,
    at: datetime,
    run_as: str = "",
    vantage: str = "",
    broken: tuple[GapReason, str] | None = None,
) -> list[Observation]:
    """
    One observation for each question, whatever came back: what the shell program's framing says,
    with the reasons that Windows has for not answering.
    """
    stream = plain(output)
    found = framed(
        questions,
        marker,
        stream,
        _complaints(stream, marker),
        asset=asset,
        at=at,
        run_as=run_as,
        vantage=vantage,
        broken=broken,
    )
    return [_with_reason(each) for each in found]


#: Exit code of a frame → why there is no answer.
_REASONS = {
    DENIED: GapReason.DENIED,
    MISSING: GapReason.MISSING_TOOL,
    FAILED: GapReason.UNPARSABLE,
    WRONG_VIEW: GapReason.UNREACHABLE,
}


def _with_reason(seen: Observation) -> Observation:
    reason = _REASONS.get(seen.exit_code or 0)
    if seen.gap is not None or reason is None:
        return seen
    words = seen.errors.decode("utf-8", "replace").strip()
    return seen.model_copy(
        update={"gap": reason, "detail": words.removeprefix("CDSO-DENIED ") or "no message"}
    )


def plain(output: bytes) -> bytes:
    """
    The program's output as UTF-8 with bare newlines, whatever wrote it to a file: `>` of
    PowerShell 5.1 makes UTF-16 with a mark, `Set-Content -Encoding UTF8` UTF-8 with a mark.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if output.startswith(mark):
            output = output[2:].decode(encoding, "replace").encode()
    return output.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _complaints(stream: bytes, marker: str) -> bytes:
    """The `…-errors` frames as the standard error that the shell program would have made."""
    made = [
        b"\n%s begin %s\n%s\n%s end %s\n"
        % (marker.encode(), name, each.body, marker.encode(), name)
        for each in frames(stream, marker)
        if each.name.endswith("-errors")
        for name in [each.name.removesuffix("-errors").encode()]
    ]
    return b"".join(made)
