"""Following a reference to a secret at the moment of use. The value goes nowhere else."""

import os
import stat
from importlib import import_module
from pathlib import Path

from cdso_audit.errors import SecretError
from cdso_audit.model import SecretRef


def resolve(reference: SecretRef, folder: Path) -> str:
    """
    The secret behind `env:NAME`, `file:PATH` (relative to `folder`) or `keyring:SERVICE/USER`.

    Raises SecretError; the message never holds any part of the secret.
    """
    scheme, _, name = reference.ref.partition(":")
    match scheme:
        case "env":
            value = os.environ.get(name)
            if value is None:
                raise SecretError(
                    "the environment variable {name} is not set",
                    hint="set it for this run only: {name}=… cdso-audit scan",
                    values={"name": name},
                )
            return value
        case "file":
            return _from_file(folder / Path(name).expanduser())
        case _:
            return _from_keyring(name)


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretError(
                "{path} can be read by others (mode {known:04o})",
                hint="chmod 600 {path}",
                values={"path": path, "known": stat.S_IMODE(mode)},
            )
        return path.read_text(encoding="utf-8").rstrip("\n")
    except OSError as problem:
        raise SecretError(
            "{path}: {why}",
            hint="check the path in `ref: file:…`",
            values={"path": path, "why": problem.strerror},
        ) from problem


def _from_keyring(name: str) -> str:
    service, _, user = name.rpartition("/")
    try:
        keyring = import_module("keyring")
    except ImportError as problem:
        raise SecretError(
            "the package `keyring` is not installed",
            hint="pip install keyring, or keep the secret in a file with mode 0600 (`ref: file:…`)",
        ) from problem
    value: str | None = keyring.get_password(service, user)
    if value is None:
        raise SecretError(
            "the keyring holds nothing for {user} of {service}",
            hint="keyring set {service} {user}",
            values={"user": user, "service": service},
        )
    return value
