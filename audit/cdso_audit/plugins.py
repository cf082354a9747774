"""
Finding the checks: through the entry point group `cdso_audit.checks`, ours by the same door.

An entry point names a package; every module in it is imported, and every `Check` found there is a
check. A package may also carry declarative checks, `*.check.yaml`. Nothing is ever imported from
the current directory.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable  # noqa: TC003 - one of few, and cheap
from types import ModuleType
from typing import Any

from cdso_audit import facts
from cdso_audit.checking import Check
from cdso_audit.confirming import (
    FILE_NAME,
    Confirmation,
    confirmed,
    experimental,
    parse_confirmations,
)
from cdso_audit.declarative import SUFFIX, parse_check
from cdso_audit.errors import ConfigError, PluginError

GROUP = "cdso_audit.checks"


def installed_checks() -> dict[str, Check[Any]]:
    """Every check of every installed distribution, by id. Raises PluginError."""
    found: dict[str, Check[Any]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        for each in checks_of(point):
            known = found.get(each.about.id)
            if known is not None and known.judge is not each.judge:
                raise PluginError(
                    f"two checks are called {each.about.id}: "
                    f"one from {known.origin}, one from {each.origin}",
                    hint="remove one of the two packages, or ask its maintainer for another id",
                )
            found[each.about.id] = each
    return dict(sorted(found.items()))


def checks_of(point: EntryPoint) -> Iterator[Check[Any]]:
    """The checks of one entry point, each knowing which distribution it came from."""
    origin = point.dist.name if point.dist else point.value
    try:
        package = point.load()
        modules = list(modules_in(package))
        declared = [
            parse_check(text, f"{origin}: {name}", module_of(package, name))
            for name, text in texts_in(package)
        ]
    except ConfigError as problem:
        raise PluginError(
            f"the plug-in {point.name} ({origin}) has a check that cannot be read: {problem}",
            hint=f"uninstall it (pip uninstall {origin}) or install a version that fits",
            place=problem.place,
        ) from problem
    except Exception as problem:
        raise PluginError(
            f"the plug-in {point.name} ({origin}) cannot be loaded: {problem}",
            hint=f"uninstall it (pip uninstall {origin}) or install a version that fits",
        ) from problem
    found = {each.about.id: each for each in (*checks_in(modules), *declared)}
    for each in confirmed(found, _confirmations(package, found)).values():
        yield replace(each, origin=origin)


def _confirmations(
    package: ModuleType, checks: Mapping[str, Check[Any]]
) -> tuple[Confirmation, ...]:
    """What the package says of its experimental checks. Raises ConfigError."""
    if not hasattr(package, "__path__"):
        return ()
    file = files(package) / FILE_NAME
    if not file.is_file():
        return ()
    return parse_confirmations(file.read_bytes(), file.name, experimental(checks))


def module_of(package: ModuleType, name: str) -> str:
    """The module that a declarative check would be, so that it belongs to the same subject."""
    stem = name.removesuffix(SUFFIX).replace("-", "_").replace("/", ".")
    return f"{package.__name__}.{stem}"


def texts_in(package: ModuleType) -> Iterator[tuple[str, bytes]]:
    """The declarative checks of a package and its folders: name and text, in order of the name."""
    if not hasattr(package, "__path__"):
        return
    waiting: list[tuple[str, Traversable]] = [("", files(package))]
    found: list[tuple[str, bytes]] = []
    while waiting:
        above, folder = waiting.pop()
        for each in folder.iterdir():
            name = f"{above}{each.name}"
            if each.is_dir():
                waiting.append((f"{name}/", each))
            elif each.name.endswith(SUFFIX):
                found.append((name, each.read_bytes()))
    yield from sorted(found)


@cache
def load_facts() -> None:
    """Import every module of facts of ours, so that each reader is known by its kind."""
    for _ in modules_in(facts):
        pass


def modules_in(package: ModuleType) -> Iterator[ModuleType]:
    """The package and every module below it."""
    yield package
    for info in pkgutil.walk_packages(getattr(package, "__path__", []), package.__name__ + "."):
        yield importlib.import_module(info.name)


def checks_in(modules: Iterable[ModuleType]) -> list[Check[Any]]:
    """The checks that these modules define, each once, by id."""
    found = {
        each.about.id: each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, Check)
    }
    return [found[name] for name in sorted(found)]
