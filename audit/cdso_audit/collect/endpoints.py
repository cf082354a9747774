"""What the scanner itself asks from outside: one probe after another, to spare the target."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module

from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, GapReason, System

#: Seconds that all probes of one asset may take together.
DEADLINE = 900.0

Collector = Callable[..., Observation]

#: Who asks by which way: a module of this package. What a plan does not ask is not loaded.
COLLECTORS = {
    "ports": "ports",
    "tls": "tls",
    "http": "http",
    "dns": "dns",
    "config": "config_files",
    "sbom": "sbom_files",
    "sql": "sql",
    "services": "services",
    "link": "links",
}


def collector_of(via: str) -> Collector | None:
    """The collector for that way of asking, if there is one."""
    name = COLLECTORS.get(via)
    if name is None:
        return None
    made: Collector = import_module(f"cdso_audit.collect.{name}").collect
    return made


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def collect_endpoint(
    probes: Iterable[Probe],
    asset: Asset,
    system: System,
    *,
    at: Callable[[], datetime] = now,
    deadline: float = DEADLINE,
    vantage: str = "",
) -> list[Observation]:
    """
    One observation for each probe, whatever the network does. `deadline` is for all together, in
    seconds; each probe has its own besides. `vantage` names from where it was looked.
    """
    end = time.monotonic() + deadline
    made = []
    for probe in probes:
        collector = collector_of(probe.via)
        left = end - time.monotonic()
        if collector is None:
            gap, detail = GapReason.BUG, f"nobody here collects by {probe.via}"
        elif left <= 0:
            gap, detail = GapReason.TIMEOUT, f"the asset's {deadline:g} s were used up before"
        else:
            started = time.monotonic()
            try:
                seen = collector(probe, asset, system, at=at, deadline=min(left, probe.deadline))
            except Exception as problem:  # noqa: BLE001 - one probe must never take the others down
                gap, detail = GapReason.BUG, f"{type(problem).__name__}: {problem}"
            else:
                seconds = round(time.monotonic() - started, 3)
                made.append(seen.model_copy(update={"seconds": seconds, "vantage": vantage}))
                continue
        made.append(
            Observation(
                probe=probe.id, asset=asset.id, gap=gap, detail=detail, at=at(), vantage=vantage
            )
        )
    return made
