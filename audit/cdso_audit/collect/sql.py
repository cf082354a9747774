"""
Asking a database over a connection of its own, by the protocol of its engine.

The packages are extras. Nothing is written: what is asked can only read. The connection string is
a secret; it is used here and stands in no message, fact or log.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cdso_audit.collect.connecting import Deadline, reason_of
from cdso_audit.collect.secret import resolve
from cdso_audit.collect.sql_line import Line, NoAnswerError
from cdso_audit.collect.sql_mariadb import mariadb
from cdso_audit.collect.sql_postgresql import postgresql
from cdso_audit.errors import SecretError
from cdso_audit.facts.database_mariadb import MARIADB_CONNECTION
from cdso_audit.facts.database_postgresql import POSTGRESQL_CONNECTION
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, DatabaseAsset, GapReason, System

#: Probe → engine as the inventory names it → who asks.
ENGINES: dict[str, dict[str, Callable[[Line], str]]] = {
    POSTGRESQL_CONNECTION.id: {"postgresql": postgresql},
    MARIADB_CONNECTION.id: {"mariadb": mariadb, "mysql": mariadb},
}


def collect(
    probe: Probe,
    asset: Asset,
    system: System,
    *,
    at: Callable[[], datetime],
    deadline: float,
) -> Observation:
    """One observation, whatever the server does. A probe of another engine is not asked."""
    started = at()
    gap: GapReason | None = None
    detail = output = ""
    ask = (
        ENGINES.get(probe.id, {}).get(asset.database) if isinstance(asset, DatabaseAsset) else None
    )
    if ask is not None and isinstance(asset, DatabaseAsset):
        secret = ""
        try:
            secret = _secret(asset)
            output = ask(Line(secret, system, Deadline.after(deadline), probe.cap))
        except NoAnswerError as problem:
            gap, detail = problem.reason, problem.detail
        except SecretError as problem:
            gap, detail = GapReason.DENIED, problem.message
        except OSError as problem:
            gap, detail = reason_of(problem)
        detail = detail.replace(secret, "…") if secret else detail
    return Observation(
        probe=probe.id,
        asset=asset.id,
        gap=gap,
        detail=detail,
        exit_code=None if gap else 0,
        at=started,
        output=output.encode(),
    )


def _secret(asset: DatabaseAsset) -> str:
    if asset.dsn is None:
        raise NoAnswerError(GapReason.UNREACHABLE, "the inventory names no dsn for it")
    return resolve(asset.dsn, Path())
