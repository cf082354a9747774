"""
Settings from files: what would otherwise stand on every command line.

`cdso-audit.toml` here, else `[tool.cdso-audit]` of pyproject.toml here; then the user's
`~/.config/cdso-audit/cdso-audit.toml`, then `/etc/cdso-audit.toml`. The nearer wins, key by key. A
key is an option's name (`fail-on`, `min-coverage`, `format`) and holds for every command that has
it; a table named for a command holds for that one. The command line and CDSO_AUDIT_* beat all.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cdso_audit.errors import ConfigError, Place

NAME = "cdso-audit.toml"
COMMANDS = ("scan", "collect", "evaluate", "report")


def default_map(given: Path | None) -> dict[str, Any]:
    """The settings as click takes them, by command. Raises ConfigError."""
    merged: dict[str, dict[str, Any]] = {name: {} for name in COMMANDS}
    for path, settings in reversed(list(_layers(given))):
        known = _options()
        for key, value in settings.items():
            if key in COMMANDS and isinstance(value, Mapping):
                for inner, each in value.items():
                    name = _known(inner, known[key], path)
                    merged[key][name] = _several(name, each)
            else:
                name = _known(key, set().union(*known.values()), path)
                for command in COMMANDS:
                    if name in known[command]:
                        merged[command][name] = _several(name, value)
    return merged


def _layers(given: Path | None) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Files that exist, the nearest first, with their settings."""
    if given is not None:
        yield given, _read(given)
        return
    here = Path(NAME)
    project = Path("pyproject.toml")
    if here.is_file():
        yield here, _read(here)
    elif project.is_file():
        settings = _read(project).get("tool", {}).get("cdso-audit")
        if settings:
            yield project, settings
    home = Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser()
    for path in (home / "cdso-audit" / NAME, Path("/etc") / NAME):
        if path.is_file():
            yield path, _read(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise ConfigError(
            "cannot be read: {problem}",
            hint="mend the file, or run with --no-config",
            place=Place(str(path)),
            values={"problem": problem},
        ) from problem


def _options() -> dict[str, set[str]]:
    """The option names of each command that takes settings."""
    from cdso_audit.cli.evaluate import evaluate, report  # noqa: PLC0415
    from cdso_audit.cli.scan import collect, scan  # noqa: PLC0415

    return {
        command.name or "": {each.name for each in command.params if each.name}
        for command in (scan, collect, evaluate, report)
    }


#: Options whose name inside differs from the one that people write.
_NAMES = {
    "format": "formats",
    "system": "systems",
    "asset": "assets",
    "checks": "check_paths",
    "rulebook": "rulebooks",
}
#: Options that may be repeated: one word for one of them is no list of letters.
_REPEATED = frozenset({"systems", "assets", "check_paths", "rulebooks"})


def _several(name: str, value: Any) -> Any:
    return [value] if name in _REPEATED and isinstance(value, str) else value


def _known(key: str, known: set[str], path: Path) -> str:
    from difflib import get_close_matches  # noqa: PLC0415

    name = _NAMES.get(key, key.replace("-", "_"))
    if name in known:
        return name
    written = {_written(each) for each in known}
    near = get_close_matches(key, written, n=1)
    raise ConfigError(
        "unknown setting “{key}”",
        hint="did you mean {near}?" if near else "settings are the names of options",
        place=Place(str(path)),
        values={"key": key, "near": "".join(near)},
    )


def _written(name: str) -> str:
    back = {inside: outside for outside, inside in _NAMES.items()}
    return back.get(name, name.replace("_", "-"))
