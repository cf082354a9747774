"""One root for every error that a person sees: what happened, where, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file that a person wrote. Lines and columns count from one."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class CdsoError(Exception):
    """
    Something went wrong that a person can mend.

    `code` is what `cdso-audit explain` knows, `exit_code` what the process ends with.
    """

    code = "CDSO-E000"
    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        place: Place | None = None,
        values: Mapping[str, Any] | None = None,
        subject: str = "",
    ) -> None:
        self.template = message
        """The message before its `{named}` places are filled with `values`: what is translated."""
        self.hint_template = hint
        self.values = dict(values or {})
        self.subject = subject
        """What the message speaks of (a key, as `systems[1].level`); stands before it as it is."""
        filled = message.format_map(self.values) if values else message
        self.message = f"{subject}: {filled}" if subject else filled
        self.hint = hint.format_map(self.values) if values else hint
        self.place = place
        super().__init__(self.message)


class UsageError(CdsoError):
    """The command line asks for something that cannot be done."""

    code = "CDSO-E001"
    exit_code = 2


class ConfigError(CdsoError):
    """A file that a person wrote (inventory, rulebook, check, configuration) is not valid."""

    code = "CDSO-E002"
    exit_code = 2


class ConfigErrors(ConfigError):  # noqa: N818 - it holds several
    """All that is wrong in one file, so that a person mends it in one go."""

    def __init__(self, problems: Sequence[ConfigError]) -> None:
        first = problems[0]
        super().__init__(
            "\n".join(f"{each.place}: {each.message}" for each in problems), place=first.place
        )
        self.problems = tuple(problems)


class InvalidValueError(ValueError):
    """
    A value that a validator refuses, in words for the person who wrote it.

    `template` and `hint` are literal, with `{named}` places for `values`, so that they can be
    translated. Never put what may be a secret into `values`.
    """

    def __init__(self, template: str, /, *, hint: str = "", **values: str | float) -> None:
        super().__init__(template.format_map(values) if values else template)
        self.template = template
        self.hint = hint
        self.values = values


class NothingAssessedError(CdsoError):
    """Nothing, or less than asked for, was looked at; the report still comes."""

    code = "CDSO-E003"
    exit_code = 3


class PluginError(CdsoError):
    """A plug-in could not be loaded."""

    code = "CDSO-E004"
    exit_code = 4


class VerificationError(CdsoError):
    """Evidence does not match its manifest, or the score does not recompute."""

    code = "CDSO-E005"
    exit_code = 5


class SecretError(CdsoError):
    """A reference to a secret leads nowhere, or its file is open to others."""

    code = "CDSO-E006"
    exit_code = 2
