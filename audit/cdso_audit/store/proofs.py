"""What people proved, from the inventory's folder: attestations, waivers, answers on levels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cdso_audit import attesting, levels, waiving
from cdso_audit.attesting import Signed
from cdso_audit.errors import ConfigError, ConfigErrors, UsageError
from cdso_audit.model import Agency, Attestation, Notice, Waiver
from cdso_audit.regime import PRESENT, every_rule
from cdso_audit.rulebook import Rulebook
from cdso_audit.store.files import read

T = TypeVar("T")

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Proofs:
    """What counts, and a notice for each attestation that does not count any more."""

    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    notices: tuple[Notice, ...] = ()


def load_proofs(folder: Path, agency: Agency, rulebook: Rulebook) -> Proofs:
    """What lies beside agency.yaml. Raises ConfigErrors with the mistakes of all files at once."""
    problems: list[ConfigError] = []
    rulebook = every_rule(rulebook)
    signed = list(
        _all(
            folder,
            attesting.FOLDER,
            lambda data, name: attesting.parse_attestations(data, name, agency, rulebook),
            problems,
        )
    )
    waivers = tuple(
        _all(
            folder,
            waiving.FOLDER,
            lambda data, name: waiving.parse_waivers(data, name, agency, rulebook),
            problems,
        )
    )
    told = list(_level_notices(folder, agency, problems))
    if problems:
        raise ConfigErrors(problems)
    attestations, notices = attesting.counted(signed, digests(folder, signed))
    return Proofs(attestations, waivers, (*notices, *told))


def _level_notices(folder: Path, agency: Agency, problems: list[ConfigError]) -> Iterator[Notice]:
    """Where the saved answers put a system higher than the inventory does."""
    if not files_in(folder, levels.FOLDER):
        return
    rules = levels.load_level_rules(PRESENT)
    systems = {each.id: each for each in agency.systems}
    for answered in _all(
        folder,
        levels.FOLDER,
        lambda data, name: [levels.parse_answers(data, name, rules, list(systems))],
        problems,
    ):
        system = systems.get(answered.system)
        notice = levels.notice(system, answered, rules) if system else None
        if notice is not None:
            yield notice


def _all(
    folder: Path,
    name: str,
    parse: Callable[[bytes, str], list[T]],
    problems: list[ConfigError],
) -> Iterator[T]:
    for path in files_in(folder, name):
        try:
            yield from parse(read(path), str(path.relative_to(folder)))
        except ConfigErrors as several:
            problems.extend(several.problems)
        except ConfigError as one:
            problems.append(one)


def files_in(folder: Path, name: str) -> list[Path]:
    """The YAML files of one kind, however their name ends; those below are documents."""
    place = folder / name
    if not place.is_dir():
        return []
    return sorted(
        path
        for path in place.iterdir()
        if path.suffix in (".yaml", ".yml") and not path.name.startswith(".") and path.is_file()
    )


def digests(folder: Path, signed: list[Signed]) -> dict[str, str | None]:
    """The SHA-256 of each document that is named; None for one that cannot be read."""
    names = {each.attestation.document for each in signed if each.attestation.document}
    return {name: digest_of(folder / name) for name in sorted(names)}


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file; None when there is none that can be read."""
    if not path.is_file():  # a pipe or a device would never end
        return None
    made = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                made.update(chunk)
    except OSError:
        return None
    return made.hexdigest()


def inside(folder: Path, path: Path) -> str:
    """A document as its path from the inventory's folder; raises UsageError when outside it."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError as problem:
        raise UsageError(
            "the document must lie in the folder of agency.yaml: {document}",
            hint="copy it there first: cp {document} {folder}/",
            values={"document": path, "folder": folder / attesting.FOLDER / "documents"},
        ) from problem
