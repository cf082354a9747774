"""The owner's lists, from the folder `lists` beside agency.yaml."""

from pathlib import Path

from cdso_audit.errors import ConfigError, ConfigErrors
from cdso_audit.lists.reading import FOLDER, SUFFIXES, joined, parse_list
from cdso_audit.model import Agency, Frozen, ListFile, Lists
from cdso_audit.store.files import read


def load_lists(folder: Path, agency: Agency) -> Lists:
    """What lies beside agency.yaml. Raises ConfigErrors with the mistakes of all lists at once."""
    assets = [asset.id for system in agency.systems for asset in system.assets]
    problems: list[ConfigError] = []
    found: dict[str, tuple[ListFile, tuple[Frozen, ...]]] = {}
    for path in list_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            head, rows = parse_list(read(path), name, assets)
        except ConfigErrors as several:
            problems.extend(several.problems)
            continue
        except ConfigError as one:
            problems.append(one)
            continue
        if head.name in found:
            problems.append(
                ConfigError(
                    "{file} and {other} are the same list",
                    hint="keep one of them",
                    values={"file": name, "other": found[head.name][0].file},
                )
            )
        found[head.name] = head, rows
    if problems:
        raise ConfigErrors(problems)
    return joined(found.values())


def list_files(folder: Path) -> list[Path]:
    """What is a list by its ending; a spreadsheet leaves locks of its own beside it."""
    place = folder / FOLDER
    if not place.is_dir():
        return []
    return sorted(
        path
        for path in place.iterdir()
        if path.suffix in SUFFIXES and path.name[0] not in ".~" and path.is_file()
    )
