"""One root for every error that a person sees: what happened, where, and what to do about it."""

from dataclasses import dataclass


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

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place


class UsageError(CdsoError):
    """The command line asks for something that cannot be done."""

    code = "CDSO-E001"
    exit_code = 2


class ConfigError(CdsoError):
    """A file that a person wrote (inventory, rulebook, check, configuration) is not valid."""

    code = "CDSO-E002"
    exit_code = 2


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
