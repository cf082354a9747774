"""Limits of the checks of Windows, on this side and on the other."""

from datetime import timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT, SYSTEM, shipped

from cdso_audit.facts.windows.accounts import (
    WindowsAdministrators,
    WindowsPasswordPolicy,
    WindowsUser,
)
from cdso_audit.facts.windows.operations import (
    WindowsAuditPolicy,
    WindowsBackup,
    WindowsEventLog,
    WindowsPendingUpdates,
    WindowsTime,
    WindowsUpdates,
)
from cdso_audit.facts.windows.protection import WindowsDefender, WindowsNetbios, WindowsVolume
from cdso_audit.facts.windows.registry import (
    DNS_CLIENT,
    EXPLORER_POLICY,
    LAPS_LEGACY,
    LAPS_POLICY,
    LSA,
    RDP_LISTENER,
    RDP_SERVER,
    SYSTEM_POLICY,
    UPDATE_POLICY,
    WINLOGON,
    RegistryFact,
    WindowsAuthentication,
    WindowsAutorun,
    WindowsLaps,
    WindowsLogon,
    WindowsNameResolution,
    WindowsRemoteDesktop,
    WindowsTls,
    WindowsUpdatePolicy,
    schannel,
)
from cdso_audit.facts.windows.system import WindowsSystem
from cdso_audit.model import Declared, Outcome
from cdso_checks.windows.windows_admins_declared import windows_admins_declared
from cdso_checks.windows.windows_anonymous_enumeration import windows_anonymous_enumeration
from cdso_checks.windows.windows_audit_policy import windows_audit_policy
from cdso_checks.windows.windows_autorun_off import windows_autorun_off
from cdso_checks.windows.windows_backup_scheduled import windows_backup_scheduled
from cdso_checks.windows.windows_cached_logons import windows_cached_logons
from cdso_checks.windows.windows_central_updates import windows_central_updates
from cdso_checks.windows.windows_disk_encryption import windows_disk_encryption
from cdso_checks.windows.windows_end_of_life import windows_end_of_life
from cdso_checks.windows.windows_event_log_retention import windows_event_log_retention
from cdso_checks.windows.windows_inactive_accounts import windows_inactive_accounts
from cdso_checks.windows.windows_laps import windows_laps
from cdso_checks.windows.windows_llmnr_off import windows_llmnr_off
from cdso_checks.windows.windows_lockout import windows_lockout
from cdso_checks.windows.windows_lsa_protection import windows_lsa_protection
from cdso_checks.windows.windows_malware_signatures import windows_malware_signatures
from cdso_checks.windows.windows_ntlm_level import windows_ntlm_level
from cdso_checks.windows.windows_password_age import windows_password_age
from cdso_checks.windows.windows_rdp_session_limits import windows_rdp_session_limits
from cdso_checks.windows.windows_session_lock import windows_session_lock
from cdso_checks.windows.windows_time_synchronised import windows_time_synchronised
from cdso_checks.windows.windows_tls_protocols import windows_tls_protocols
from cdso_checks.windows.windows_uac import windows_uac
from cdso_checks.windows.windows_update_age import windows_update_age
from cdso_checks.windows.windows_updates_pending import windows_updates_pending

windows_netbios_off = shipped("windows-netbios-off")
windows_password_history = shipped("windows-password-history")

PASS, FAIL, UNKNOWN, NOT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GUID = "0cce9215-69ae-11d9-bed3-505054503030"


def registry(kind: type[RegistryFact], key: str = "", **values: Any) -> RegistryFact:
    return kind(subject="registry", values={key: values} if key else {})


def policy(**changed: Any) -> WindowsPasswordPolicy:
    usual: dict[str, Any] = {
        "of_domain": False, "min_length": 14, "history": 24, "max_age_days": 60,
        "complexity": True, "max_attempts": 5, "lockout_seconds": 900,
    }  # fmt: skip
    return WindowsPasswordPolicy(subject="policy", **(usual | changed))


def user(**changed: Any) -> WindowsUser:
    usual: dict[str, Any] = {
        "sid": "S-1-5-21-1-2-3-1001", "domain": False, "enabled": True,
        "password_required": True, "password_expires": True,
    }  # fmt: skip
    return WindowsUser(subject="an", **(usual | changed))


def clock(**changed: Any) -> WindowsTime:
    usual: dict[str, Any] = {"running": True, "leap": 0, "stratum": 3, "source": "10.0.0.1"}
    return WindowsTime(subject="clock", **(usual | changed))


def log(days: float) -> WindowsEventLog:
    return WindowsEventLog(
        subject="Security", enabled=True, mode="Circular", max_bytes=1, oldest=AT - days * DAY
    )


def defender(hours: float) -> WindowsDefender:
    return WindowsDefender(
        subject="Defender", mode="Normal", service=True, antivirus=True, real_time=True,
        signatures_at=AT - hours * HOUR,
    )  # fmt: skip


def backup(days: float) -> WindowsBackup:
    return WindowsBackup(subject="backup", enabled=True, last=AT - days * DAY, succeeded=True)


def searched(days: float | None) -> WindowsPendingUpdates:
    at = None if days is None else AT - days * DAY
    return WindowsPendingUpdates(subject="updates", titles=(), severe=(), searched_at=at)


def idle(milliseconds: int) -> RegistryFact:
    return WindowsRemoteDesktop(
        subject="registry",
        values={
            RDP_SERVER: {"fDenyTSConnections": 0},
            RDP_LISTENER: {"MaxIdleTime": milliseconds},
        },
    )


def server(build: int) -> WindowsSystem:
    return WindowsSystem(
        subject="system", caption="Windows Server", build=build, product_type=3, domain_role=3
    )


def drives(value: int) -> RegistryFact:
    return registry(WindowsAutorun, EXPLORER_POLICY, NoDriveTypeAutoRun=value)


def audited(success: bool, failure: bool) -> WindowsAuditPolicy:
    return WindowsAuditPolicy(subject="audit", subcategories={GUID: (success, failure)})


SSL_OFF = {"off_by_default": ("SSL 3.0",), "refused": ("SSL 3.0", "TLS 1.0")}
STRANGERS = windows_anonymous_enumeration
ADMINS = SYSTEM.model_copy(update={"declared": Declared(admins=("An", r"HQ\binh"))})


def administrators(*users: str, groups: tuple[str, ...] = ()) -> WindowsAdministrators:
    return WindowsAdministrators(subject="admins", users=users, groups=groups, sids=())


EDGES = [
    Edge(
        windows_admins_declared,
        administrators(r"SRV\an", r"hq\Binh"),
        PASS,
        says="all 2 administrators",
        system=ADMINS,
    ),
    Edge(
        windows_admins_declared,
        administrators("an", groups=("HQ\\ops",)),
        FAIL,
        says="declared: HQ\\ops",
        system=ADMINS,
    ),
    Edge(windows_admins_declared, administrators("eve"), FAIL, says="eve", system=ADMINS),
    Edge(windows_admins_declared, administrators("an"), UNKNOWN),
    Edge(windows_password_age, policy(max_age_days=90), PASS),
    Edge(windows_password_age, policy(max_age_days=91), FAIL),
    Edge(windows_password_history, policy(history=10), PASS),
    Edge(windows_password_history, policy(history=9), FAIL),
    Edge(windows_lockout, policy(max_attempts=5, lockout_seconds=900), PASS),
    Edge(windows_lockout, policy(max_attempts=6), FAIL),
    Edge(windows_lockout, policy(lockout_seconds=899), FAIL),
    Edge(windows_lockout, policy(lockout_seconds=None), PASS),
    Edge(windows_inactive_accounts, user(last_logon=AT - 45 * DAY), PASS),
    Edge(windows_inactive_accounts, user(last_logon=AT - 46 * DAY), FAIL),
    Edge(windows_inactive_accounts, user(last_logon=AT - 59 * DAY, domain=True), PASS),
    Edge(windows_inactive_accounts, user(last_logon=AT - 60 * DAY, domain=True), FAIL),
    Edge(windows_inactive_accounts, user(password_set=AT - 46 * DAY), FAIL),
    Edge(windows_inactive_accounts, user(), FAIL, says="never did"),
    Edge(windows_inactive_accounts, user(sid="S-1-5-21-1-2-3-500"), NOT),
    Edge(windows_event_log_retention, log(90), PASS),
    Edge(windows_event_log_retention, log(89), FAIL),
    Edge(windows_malware_signatures, defender(48), PASS),
    Edge(windows_malware_signatures, defender(49), FAIL),
    Edge(windows_backup_scheduled, backup(2), PASS),
    Edge(windows_backup_scheduled, backup(3), FAIL),
    Edge(windows_updates_pending, searched(7), PASS),
    Edge(windows_updates_pending, searched(8), UNKNOWN),
    Edge(windows_updates_pending, searched(None), UNKNOWN),
    Edge(
        windows_update_age,
        WindowsUpdates(subject="updates", count=1, newest=AT - 40 * DAY, newest_id="KB1"),
        PASS,
    ),
    Edge(
        windows_update_age,
        WindowsUpdates(subject="updates", count=1, newest=AT - 41 * DAY, newest_id="KB1"),
        FAIL,
    ),
    Edge(windows_rdp_session_limits, idle(900_999), PASS),
    Edge(windows_rdp_session_limits, idle(901_000), FAIL),
    Edge(windows_rdp_session_limits, idle(1_000), PASS, says="after 1 s"),
    Edge(windows_rdp_session_limits, idle(0), FAIL, says="never ended"),
    Edge(
        windows_session_lock,
        registry(WindowsLogon, SYSTEM_POLICY, InactivityTimeoutSecs=300),
        PASS,
    ),
    Edge(
        windows_session_lock,
        registry(WindowsLogon, SYSTEM_POLICY, InactivityTimeoutSecs=301),
        FAIL,
    ),
    Edge(windows_session_lock, registry(WindowsLogon), FAIL, says="never locked"),
    Edge(windows_cached_logons, registry(WindowsLogon, WINLOGON, CachedLogonsCount="4"), PASS),
    Edge(windows_cached_logons, registry(WindowsLogon, WINLOGON, CachedLogonsCount="5"), FAIL),
    Edge(windows_cached_logons, registry(WindowsLogon), FAIL, says="10 logons"),
    Edge(windows_uac, registry(WindowsLogon), PASS),
    Edge(windows_uac, registry(WindowsLogon, SYSTEM_POLICY, ConsentPromptBehaviorAdmin=0), FAIL),
    Edge(windows_autorun_off, registry(WindowsAutorun), FAIL),
    Edge(windows_autorun_off, drives(254), FAIL),
    Edge(windows_autorun_off, drives(0), FAIL),
    Edge(windows_autorun_off, drives(511), PASS),
    Edge(windows_laps, registry(WindowsLaps, LAPS_POLICY, BackupDirectory=1), PASS),
    Edge(windows_laps, registry(WindowsLaps, LAPS_POLICY, BackupDirectory=2), PASS),
    Edge(windows_laps, registry(WindowsLaps, LAPS_POLICY, BackupDirectory=3), FAIL),
    Edge(windows_laps, registry(WindowsLaps, LAPS_LEGACY, AdmPwdEnabled=1), PASS),
    Edge(windows_llmnr_off, registry(WindowsNameResolution, DNS_CLIENT, EnableMulticast=0), PASS),
    Edge(windows_llmnr_off, registry(WindowsNameResolution), FAIL),
    Edge(windows_lsa_protection, registry(WindowsAuthentication, LSA, RunAsPPL=1), PASS),
    Edge(windows_lsa_protection, registry(WindowsAuthentication, LSA, RunAsPPL=2), PASS),
    Edge(windows_lsa_protection, registry(WindowsAuthentication, LSA, RunAsPPL=3), FAIL),
    Edge(windows_lsa_protection, registry(WindowsAuthentication), FAIL),
    Edge(
        windows_ntlm_level,
        registry(WindowsAuthentication),
        PASS,
        says="level 3",
        parameters={"min_level": 3},
    ),
    Edge(windows_ntlm_level, registry(WindowsAuthentication), FAIL, parameters={"min_level": 4}),
    Edge(windows_ntlm_level, registry(WindowsAuthentication, LSA, NoLMHash=0), FAIL, says="LAN"),
    Edge(STRANGERS, registry(WindowsAuthentication, LSA, RestrictAnonymous=1), PASS),
    Edge(
        STRANGERS,
        registry(WindowsAuthentication),
        FAIL,
        says="shares: RestrictAnonymous",
    ),
    Edge(
        STRANGERS,
        registry(WindowsAuthentication, LSA, RestrictAnonymous=1, RestrictAnonymousSAM=0),
        FAIL,
        says="shares: RestrictAnonymousSAM",
    ),
    Edge(
        STRANGERS,
        registry(WindowsAuthentication, LSA, RestrictAnonymous=1, EveryoneIncludesAnonymous=1),
        FAIL,
        says="shares: EveryoneIncludesAnonymous",
    ),
    Edge(windows_tls_protocols, registry(WindowsTls), FAIL, says="TLS 1.0", parameters=SSL_OFF),
    Edge(
        windows_tls_protocols,
        registry(WindowsTls, schannel("TLS 1.0"), Enabled=0),
        PASS,
        parameters=SSL_OFF,
    ),
    Edge(
        windows_tls_protocols,
        WindowsTls(
            subject="registry",
            values={schannel("TLS 1.0"): {"Enabled": 0}, schannel("TLS 1.2"): {"Enabled": 0}},
        ),
        FAIL,
        says="TLS 1.2 is off",
        parameters=SSL_OFF,
    ),
    Edge(
        windows_central_updates,
        WindowsUpdatePolicy(
            subject="registry",
            values={
                UPDATE_POLICY: {"WUServer": "https://wsus"},
                UPDATE_POLICY + r"\AU": {"UseWUServer": 1},
            },
        ),
        PASS,
    ),
    Edge(
        windows_central_updates,
        registry(WindowsUpdatePolicy, UPDATE_POLICY + r"\AU", UseWUServer=1),
        FAIL,
    ),
    Edge(
        windows_central_updates,
        registry(WindowsUpdatePolicy, UPDATE_POLICY, WUServer="https://wsus"),
        FAIL,
    ),
    Edge(windows_time_synchronised, clock(), PASS),
    Edge(windows_time_synchronised, clock(leap=3), FAIL),
    Edge(windows_time_synchronised, clock(stratum=0), FAIL),
    Edge(windows_time_synchronised, clock(stratum=None), FAIL),
    Edge(windows_time_synchronised, clock(type="NoSync"), FAIL),
    Edge(windows_time_synchronised, clock(stratum=1, source="GPS"), PASS),
    Edge(windows_time_synchronised, clock(stratum=1, source="Local CMOS Clock"), FAIL),
    Edge(windows_time_synchronised, clock(stratum=1, source="Free-running clock"), FAIL),
    Edge(windows_time_synchronised, clock(stratum=2, source="Local CMOS Clock"), PASS),
    Edge(windows_netbios_off, WindowsNetbios(subject="eth", option=2), PASS),
    Edge(windows_netbios_off, WindowsNetbios(subject="eth", option=1), FAIL),
    Edge(windows_netbios_off, WindowsNetbios(subject="eth", option=None), UNKNOWN),
    Edge(windows_disk_encryption, WindowsVolume(subject="E:", type=2, protected=False), NOT),
    Edge(windows_disk_encryption, WindowsVolume(subject="C:", type=3, protected=False), FAIL),
    Edge(windows_disk_encryption, WindowsVolume(subject="C:", type=3, protected=True), PASS),
    Edge(
        windows_end_of_life, server(1), PASS, parameters={"ends": ("1=2026-11-21",)}
    ),
    Edge(
        windows_end_of_life, server(1), FAIL, parameters={"ends": ("1=2026-11-20",)}
    ),
    Edge(windows_audit_policy, audited(True, False), PASS, parameters={"wanted": (f"{GUID}=s",)}),
    Edge(windows_audit_policy, audited(False, True), FAIL, parameters={"wanted": (f"{GUID}=s",)}),
    Edge(windows_audit_policy, audited(True, False), FAIL, parameters={"wanted": (f"{GUID}=sf",)}),
    Edge(windows_audit_policy, audited(False, True), PASS, parameters={"wanted": (f"{GUID}=f",)}),
    Edge(windows_audit_policy, audited(True, True), FAIL, parameters={"wanted": ("other=s",)}),
    Edge(windows_audit_policy, audited(True, True), FAIL, parameters={"wanted": ("other=f",)}),
]  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
