"""Carrying out a plan: every asset at once within a bound, each answer kept as it comes."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cdso_audit.collect.beside import reachable
from cdso_audit.collect.conversation import Session, collect_shell
from cdso_audit.collect.plan import AssetPlan, Plan
from cdso_audit.facts.reading import Observation
from cdso_audit.model import (
    Asset,
    DatabaseAsset,
    Defaults,
    DeviceAsset,
    EndpointAsset,
    GapReason,
    HostAsset,
    SecretRef,
    SshAccess,
)

if TYPE_CHECKING:
    from cdso_audit.collect.ssh import Connections

#: Assets that are asked at the same time.
WORKERS = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """Something that a person may want to watch. `asset` is empty for the run as a whole."""

    asset: str
    what: str
    finished: bool = False


def collect(
    plan: Plan,
    defaults: Defaults,
    folder: Path,
    save: Callable[[str, list[Observation]], object],
    *,
    done: frozenset[str] = frozenset(),
    workers: int = WORKERS,
    progress: Callable[[Progress], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> None:
    """
    Ask every asset of the plan that is not `done`, and `save` each one's observations.

    `folder` is the inventory's, for relative paths. Raises nothing for what an asset does. On
    KeyboardInterrupt no new asset is begun; what is under way is dropped, what was saved stays.
    """
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    logging.getLogger("paramiko").propagate = False
    halt = stop or threading.Event()
    connections = _connections(plan, defaults, folder)
    sessions: list[Session] = []
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="collect")
    try:
        running: dict[Future[list[Observation]], AssetPlan] = {
            pool.submit(_asset, each, folder, connections, sessions, progress, halt): each
            for each in plan.assets
            if each.asset.id not in done
        }
        for future in as_completed(running):
            each = running[future]
            save(each.asset.id, future.result())
            progress(Progress(each.asset.id, "", finished=True))
    except BaseException:
        halt.set()
        for session in list(sessions):  # noqa: PERF101 - it grows meanwhile; whoever waits for an answer is set free
            session.close()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        if connections is not None:
            connections.close()
    pool.shutdown()


def _connections(plan: Plan, defaults: Defaults, folder: Path) -> "Connections | None":
    shells = [
        each.asset
        for each in plan.assets
        if isinstance(each.asset, HostAsset) and each.asset.os == "linux"
    ]
    if all(each.local for each in shells):
        return None
    from cdso_audit.collect.ssh import Connections, user_config  # noqa: PLC0415 - slow to import

    return Connections(folder=folder, defaults=defaults.ssh, config=user_config())


def _located(asset: Asset, folder: Path) -> Asset:
    """The asset with its files where they are: paths are relative to the inventory."""
    if isinstance(asset, EndpointAsset) and asset.ca:
        return asset.model_copy(update={"ca": str(folder / Path(asset.ca).expanduser())})
    if isinstance(asset, DeviceAsset) and asset.config:
        return asset.model_copy(update={"config": str(folder / Path(asset.config).expanduser())})
    if isinstance(asset, DatabaseAsset) and asset.dsn and asset.dsn.ref.startswith("file:"):
        path = folder / Path(asset.dsn.ref.removeprefix("file:")).expanduser()
        return asset.model_copy(update={"dsn": SecretRef(ref=f"file:{path}")})
    return asset


def _begun(work: Callable[[], list[Observation]]) -> Future[list[Observation]]:
    """The work in a thread of its own, which is left behind when the run is interrupted."""
    promise: Future[list[Observation]] = Future()

    def do() -> None:
        try:
            promise.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - told to whoever waits
            promise.set_exception(problem)

    threading.Thread(target=do, daemon=True, name="outside").start()
    return promise


def _asset(
    plan: AssetPlan,
    folder: Path,
    connections: "Connections | None",
    sessions: list[Session],
    progress: Callable[[Progress], None],
    halt: threading.Event,
) -> list[Observation]:
    asset = plan.asset
    if halt.is_set():
        return []
    found: list[Observation] = []
    try:
        others = [probe for probe in plan.probes if probe.via not in ("shell", "powershell")]
        outside: Future[list[Observation]] | None = None
        if others:
            from cdso_audit.collect.endpoints import (  # noqa: PLC0415 - slow to import
                collect_endpoint,
            )

            progress(Progress(asset.id, others[0].via))
            # From outside and from inside at once: a scan of filtered ports is nothing but waiting.
            system = reachable(plan.system, folder)
            outside = _begun(lambda: collect_endpoint(others, _located(asset, folder), system))
        if isinstance(asset, HostAsset) and asset.os == "windows":
            from cdso_audit.collect.winrm import collect_windows  # noqa: PLC0415 - seldom needed

            found += collect_windows(asset, plan.probes, folder)
        elif isinstance(asset, HostAsset):
            found += _host(
                plan, connections, sessions, lambda what: progress(Progress(asset.id, what))
            )
        if outside is not None:
            found += outside.result()
    except Exception as problem:  # noqa: BLE001 - one asset must never take the others down
        at = datetime.now(UTC)
        have = {each.probe for each in found}
        found += [
            Observation(
                probe=probe.id,
                asset=asset.id,
                gap=GapReason.BUG,
                detail=f"{type(problem).__name__}: {problem}",
                at=at,
            )
            for probe in plan.probes
            if probe.id not in have
        ]
    return found


def _host(
    plan: AssetPlan,
    connections: "Connections | None",
    sessions: list[Session],
    progress: Callable[[str], None],
) -> list[Observation]:
    asset = plan.asset
    assert isinstance(asset, HostAsset)  # noqa: S101 - by the caller's question
    shell = [probe for probe in plan.probes if probe.via == "shell"]
    if not shell:
        return []
    session: Session
    if asset.local or connections is None:
        from cdso_audit.collect.local import LocalSession  # noqa: PLC0415

        session = LocalSession()
        sudo = (asset.access.ssh or SshAccess()).sudo is not False
    else:
        session = connections.session(asset)
        sudo = bool(session.where.access.sudo)
    sessions.append(session)
    try:
        return collect_shell(session, asset, plan.system, shell, sudo=sudo, progress=progress)
    finally:
        session.close()
