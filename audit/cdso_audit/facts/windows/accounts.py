"""
Accounts, administrators and the password policy, by SID: names differ by language and by owner.

On a member server these are the accounts of the machine; on a domain controller they are those of
the domain, where `lastLogonTimestamp` may lag behind by up to fourteen days.
"""

# ruff: noqa: E501 - script blocks stand here as they run
from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import MIB, Absent, Fact, Missing, Outputs, Probe, reader
from cdso_audit.facts.windows.answers import (
    answer,
    flag,
    from_filetime,
    instant,
    listed,
    maybe_number,
    number,
    tables,
)
from cdso_audit.model import AssetKind, KnownBy

WINDOWS_USERS = Probe(
    id="windows-users",
    via="powershell",
    run=r"""
$role = [int](Get-CimInstance -ClassName Win32_ComputerSystem).DomainRole
if ($role -ge 4) {
  $searcher = [adsisearcher]'(&(objectCategory=person)(objectClass=user))'
  $searcher.PageSize = 500
  foreach ($name in 'samaccountname', 'objectsid', 'useraccountcontrol', 'lastlogontimestamp', 'pwdlastset') {
    $null = $searcher.PropertiesToLoad.Add($name)
  }
  $users = @(foreach ($each in $searcher.FindAll()) {
    $p = $each.Properties
    @{
      name = "$($p['samaccountname'])"
      sid = "$((New-Object -TypeName Security.Principal.SecurityIdentifier -ArgumentList ([byte[]]$p['objectsid'][0]), 0).Value)"
      control = [int]"$($p['useraccountcontrol'])"
      last_logon = "$($p['lastlogontimestamp'])"
      password_set = "$($p['pwdlastset'])"
    }
  })
  @{ domain = $true; users = $users }
} else {
  $users = @(foreach ($each in Get-LocalUser) {
    @{
      name = "$($each.Name)"
      sid = "$($each.SID.Value)"
      enabled = [bool]$each.Enabled
      password_required = [bool]$each.PasswordRequired
      password_expires = Format-CdsoTime $each.PasswordExpires
      last_logon = Format-CdsoTime $each.LastLogon
      password_set = Format-CdsoTime $each.PasswordLastSet
    }
  })
  @{ domain = $false; users = $users }
}
""",
    deadline=60,
    cap=8 * MIB,
    why="accounts by SID: enabled, last logon, age of the password; no password or hash",
)
WINDOWS_ADMINISTRATORS = Probe(
    id="windows-administrators",
    via="powershell",
    run=r"""
$members = $null
$source = 'Get-LocalGroupMember'
$role = [int](Get-CimInstance -ClassName Win32_ComputerSystem).DomainRole
if ($role -lt 4) {
  try {
    $members = @(foreach ($each in Get-LocalGroupMember -SID 'S-1-5-32-544') {
      @{ name = "$($each.Name)"; sid = "$($each.SID.Value)"; class = "$($each.ObjectClass)" }
    })
  } catch { $members = $null }
}
if ($null -eq $members) {
  $source = 'ADSI'
  $group = (Get-CimInstance -ClassName Win32_Group -Filter "SID='S-1-5-32-544'" | Select-Object -First 1).Name
  $members = @(foreach ($each in ([adsi]"WinNT://$env:COMPUTERNAME/$group,group").Members()) {
    $entry = [adsi]$each
    @{
      name = "$($entry.Path)".Substring(8).Replace('/', '\')
      sid = "$((New-Object -TypeName Security.Principal.SecurityIdentifier -ArgumentList ([byte[]]$entry.objectSid[0]), 0).Value)"
      class = "$($entry.SchemaClassName)"
    }
  })
}
@{ source = $source; members = $members }
""",
    deadline=60,
    why="members of the group S-1-5-32-544 (Administrators), whatever it is called here",
)
WINDOWS_PASSWORD_POLICY = Probe(
    id="windows-password-policy",
    via="powershell",
    run=r"""
$seen = @{}
$computer = [adsi]"WinNT://$env:COMPUTERNAME,computer"
foreach ($name in 'MinPasswordLength', 'PasswordHistoryLength', 'MaxPasswordAge', 'MinPasswordAge', 'MaxBadPasswordsAllowed', 'AutoUnlockInterval', 'LockoutObservationInterval') {
  $seen[$name] = [long]"$($computer.$name)"
}
$complexity = $null
$role = [int](Get-CimInstance -ClassName Win32_ComputerSystem).DomainRole
if ($role -ge 4) {
  $root = [adsi]'LDAP://RootDSE'
  $domain = [adsi]"LDAP://$($root.defaultNamingContext)"
  $complexity = [int]"$($domain.pwdProperties)" -band 1
} else {
  try {
    $policy = @(Get-CimInstance -Namespace 'root\rsop\computer' -ClassName RSOP_SecuritySettingBoolean -Filter "KeyName='PasswordComplexity' AND Precedence=1")
    if ($policy.Count) { $complexity = [int][bool]$policy[0].Setting }
  } catch { $complexity = $null }
}
$file = $null
if ($SecurityPolicy) {
  $file = @{}
  foreach ($line in Get-Content -LiteralPath $SecurityPolicy) {
    if ($line -match '^\s*(MinimumPasswordLength|PasswordComplexity|PasswordHistorySize|MaximumPasswordAge|LockoutBadCount|LockoutDuration|ResetLockoutCount|ClearTextPassword)\s*=\s*(-?\d+)\s*$') {
      $file[$Matches[1]] = [int]$Matches[2]
    }
  }
}
@{ domain_role = $role; accounts = $seen; complexity = $complexity; exported = $file }
""",
    deadline=60,
    why="the policy for passwords and lockout that the machine (or its domain) applies",
)

#: userAccountControl: ACCOUNTDISABLE, PASSWD_NOTREQD, DONT_EXPIRE_PASSWORD.
_DISABLED, _NOT_REQUIRED, _NEVER_EXPIRES = 0x2, 0x20, 0x10000
#: What ADSI gives for "never" and "until an administrator unlocks".
_FOREVER = (-1, 0xFFFFFFFF)
_DAY = 86400


class WindowsUser(Fact):
    """One account. `domain`: of the domain whose controller was asked."""

    kind: Literal["windows-user"] = "windows-user"
    known_by: KnownBy = KnownBy.DAEMON
    sid: str
    domain: bool
    enabled: bool
    password_required: bool
    password_expires: bool
    last_logon: AwareDatetime | None = None
    password_set: AwareDatetime | None = None

    @property
    def rid(self) -> int:
        """The last part of the SID: 500 is the built-in administrator, 501 the guest."""
        return int(self.sid.rpartition("-")[2])


class WindowsAdministrators(Fact):
    """Direct members of the group S-1-5-32-544. Who is in a group of these is not seen."""

    kind: Literal["windows-administrators"] = "windows-administrators"
    known_by: KnownBy = KnownBy.DAEMON
    users: tuple[str, ...]
    groups: tuple[str, ...]
    sids: tuple[str, ...]


class WindowsPasswordPolicy(Fact):
    """
    What is asked of passwords. Ages are whole days, lockout is seconds; None for an age or a
    lockout means "without end", None for complexity that nobody could tell.
    """

    kind: Literal["windows-password-policy"] = "windows-password-policy"
    known_by: KnownBy = KnownBy.DAEMON
    of_domain: bool
    min_length: int
    history: int
    max_age_days: int | None
    complexity: bool | None
    max_attempts: int
    """0: accounts are never locked."""
    lockout_seconds: int | None


@reader(WindowsUser, WINDOWS_USERS, on=AssetKind.HOST_WINDOWS)
def read_windows_users(outputs: Outputs) -> Iterator[WindowsUser | Missing | Absent]:
    """One fact an account."""
    seen = answer(outputs, WINDOWS_USERS)
    domain = flag(seen.get("domain"), "domain")
    users = tables(listed(seen, "users"))
    if not users:
        yield Absent("Windows lists no account")
    for each in users:
        name, sid = str(each["name"]), str(each["sid"])
        if domain:
            control = number(each.get("control"), "userAccountControl")
            logon = each.get("last_logon") or 0
            changed = each.get("password_set") or 0
            yield WindowsUser(
                subject=name,
                sid=sid,
                domain=True,
                enabled=not control & _DISABLED,
                password_required=not control & _NOT_REQUIRED,
                password_expires=not control & _NEVER_EXPIRES,
                last_logon=from_filetime(logon, "lastLogonTimestamp"),
                password_set=from_filetime(changed, "pwdLastSet"),
            )
        else:
            yield WindowsUser(
                subject=name,
                sid=sid,
                domain=False,
                enabled=flag(each.get("enabled"), "Enabled"),
                password_required=flag(each.get("password_required"), "PasswordRequired"),
                password_expires=each.get("password_expires") is not None,
                last_logon=instant(each.get("last_logon"), "LastLogon"),
                password_set=instant(each.get("password_set"), "PasswordLastSet"),
            )


@reader(WindowsAdministrators, WINDOWS_ADMINISTRATORS, on=AssetKind.HOST_WINDOWS)
def read_windows_administrators(
    outputs: Outputs,
) -> Iterator[WindowsAdministrators | Missing | Absent]:
    """One fact; an empty group cannot be: Windows keeps one member at least."""
    members = tables(listed(answer(outputs, WINDOWS_ADMINISTRATORS), "members"))
    if not members:
        yield Absent("the group of administrators has no member")
        return
    # ADSI says User and Group, Get-LocalGroupMember too, but in the language of Windows. The SID of
    # a group tells nothing of its kind, so whatever is not plainly a user is listed as a group.
    users = [each for each in members if str(each.get("class", "")).lower() == "user"]
    yield WindowsAdministrators(
        subject="S-1-5-32-544",
        users=tuple(str(each["name"]) for each in users),
        groups=tuple(str(each["name"]) for each in members if each not in users),
        sids=tuple(str(each["sid"]) for each in members),
    )


@reader(WindowsPasswordPolicy, WINDOWS_PASSWORD_POLICY, on=AssetKind.HOST_WINDOWS)
def read_windows_password_policy(
    outputs: Outputs,
) -> Iterator[WindowsPasswordPolicy | Missing | Absent]:
    """One fact. An exported security policy, where a person gave one, fills what the rest lacks."""
    seen = answer(outputs, WINDOWS_PASSWORD_POLICY)
    accounts = seen.get("accounts") or {}
    exported = seen.get("exported") or {}
    complexity = maybe_number(seen.get("complexity"), "complexity")
    if complexity is None:
        complexity = maybe_number(exported.get("PasswordComplexity"), "PasswordComplexity")
    age = number(accounts.get("MaxPasswordAge"), "MaxPasswordAge")
    lockout = number(accounts.get("AutoUnlockInterval"), "AutoUnlockInterval")
    yield WindowsPasswordPolicy(
        subject="password policy",
        of_domain=number(seen.get("domain_role"), "domain_role") >= 4,  # noqa: PLR2004 - a controller
        min_length=number(accounts.get("MinPasswordLength"), "MinPasswordLength"),
        history=number(accounts.get("PasswordHistoryLength"), "PasswordHistoryLength"),
        max_age_days=None if age in _FOREVER else age // _DAY,
        complexity=None if complexity is None else bool(complexity),
        max_attempts=number(accounts.get("MaxBadPasswordsAllowed"), "MaxBadPasswordsAllowed"),
        lockout_seconds=None if lockout in _FOREVER else lockout,
    )
