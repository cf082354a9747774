"""
Asking a Windows host by WinRM, with the package pypsrp (`pip install "cdso-audit[windows]"`).

One PowerShell program a host, always encrypted: TLS with a verified certificate, or the message
encryption of Negotiate over plain HTTP. Nothing is asked through the host of anybody else, so the
double hop of WinRM does not arise. Experimental: no real server has confirmed it yet.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from cdso_audit.collect.secret import resolve
from cdso_audit.collect.windows.program import first_questions, observations, program
from cdso_audit.errors import SecretError
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import GapReason, HostAsset, WinrmAccess

TLS_PORT, HTTP_PORT = 5986, 5985
INSTALL = 'the package pypsrp is not installed here: pip install "cdso-audit[windows]"'

#: Class names of exceptions, ours or their ancestors', and what they mean.
_REASONS = {
    "AuthenticationError": GapReason.DENIED,
    "ConnectionRefusedError": GapReason.REFUSED,
    "SSLError": GapReason.REFUSED,
    "Timeout": GapReason.TIMEOUT,
    "TimeoutError": GapReason.TIMEOUT,
    "ConnectionError": GapReason.UNREACHABLE,
    "OSError": GapReason.UNREACHABLE,
}


class NoAnswerError(Exception):
    """No program was run there, and why."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def collect_windows(
    asset: HostAsset,
    probes: Sequence[Probe],
    folder: Path,
    run: Callable[[HostAsset, str, Path, float], tuple[str, str]] | None = None,
) -> list[Observation]:
    """
    Ask a Windows host everything. Raises nothing: what could not be had is an observation with its
    gap. `run` runs a program there and gives its output and the account.
    """
    questions = first_questions(probes)
    if not questions:
        return []
    marker = secrets.token_hex(24)
    at = datetime.now(UTC)
    limit = sum(each.probe.deadline for each in questions)
    output, account = "", ""
    broken: tuple[GapReason, str] | None = None
    try:
        output, account = (run or by_winrm)(asset, program(questions, marker), folder, limit)
    except NoAnswerError as problem:
        broken = (problem.reason, problem.detail)
    return observations(
        questions,
        marker,
        output.encode(),
        asset=asset.id,
        at=at,
        run_as=account,
        vantage=f"winrm {asset.host}",
        broken=broken,
    )


def by_winrm(asset: HostAsset, text: str, folder: Path, limit: float) -> tuple[str, str]:
    """Run the program there; raises NoAnswerError."""
    access = asset.access.winrm
    if access is None or not access.user or access.password is None:
        raise NoAnswerError(
            GapReason.UNREACHABLE,
            "the inventory names no access.winrm with user and password; run the collector by hand "
            "(cdso-audit collector windows)",
        )
    try:
        wsman, powershell = import_module("pypsrp.wsman"), import_module("pypsrp.powershell")
    except ImportError as problem:
        raise NoAnswerError(GapReason.MISSING_TOOL, INSTALL) from problem
    try:
        password = resolve(access.password, folder)
    except SecretError as problem:
        raise NoAnswerError(GapReason.DENIED, problem.message) from problem

    def work() -> str:
        with (
            wsman.WSMan(asset.host, password=password, **_settings(access, folder)) as connection,
            powershell.RunspacePool(connection) as pool,
        ):
            shell = powershell.PowerShell(pool)
            shell.add_script(text)
            return "\n".join(str(each) for each in shell.invoke()) + "\n"

    return _bounded(work, limit + access.timeout), access.user


def _settings(access: WinrmAccess, folder: Path) -> dict[str, object]:
    """What WSMan is given: never a connection that anybody could read or that nobody verified."""
    return {
        "username": access.user,
        "port": access.port or (TLS_PORT if access.tls else HTTP_PORT),
        "ssl": access.tls,
        "auth": "negotiate",
        "encryption": "auto" if access.tls else "always",
        "cert_validation": str(folder / Path(access.ca).expanduser()) if access.ca else True,
        "connection_timeout": int(access.timeout),
        "operation_timeout": int(access.timeout),
        "read_timeout": int(access.timeout) + 10,
        "reconnection_retries": 0,
    }


def _bounded(work: Callable[[], str], seconds: float) -> str:
    """The work's answer within so many seconds; its thread is left behind when it hangs."""
    answer: list[str] = []
    failed: list[Exception] = []

    def do() -> None:
        try:
            answer.append(work())
        except Exception as problem:  # noqa: BLE001 - told to whoever waits
            failed.append(problem)

    thread = threading.Thread(target=do, daemon=True, name="winrm")
    thread.start()
    thread.join(seconds)
    if failed:
        raise NoAnswerError(_reason(failed[0]), f"{type(failed[0]).__name__}: {failed[0]}"[:500])
    if not answer:
        raise NoAnswerError(GapReason.TIMEOUT, f"no end after {seconds:.0f} s")
    return answer[0]


def _reason(problem: BaseException) -> GapReason:
    """What an exception of pypsrp, requests or Python means, by its own name and its ancestors'."""
    chain: list[BaseException] = []
    inner: BaseException | None = problem
    while inner is not None and inner not in chain:
        chain.append(inner)
        inner = inner.__cause__ or inner.__context__
    names = [each.__name__ for one in reversed(chain) for each in type(one).__mro__]
    for name, reason in _REASONS.items():
        if name in names:
            return reason
    return GapReason.UNPARSABLE
