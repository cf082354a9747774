"""
A bounded line to a database, and why there is none.

Nothing outside the system's scope is contacted. The connection string is a secret: it is used here
and stands in no message.
"""

import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cdso_audit import address
from cdso_audit.collect.connecting import PATIENCE, Deadline, addresses, reason_of
from cdso_audit.collect.relay import Relay
from cdso_audit.model import GapReason, System

INSTALL = 'the package {package} is not installed here: pip install "cdso-audit[{extra}]"'


class NoAnswerError(Exception):
    """The database did not answer, and why."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Line:
    """Where a database is and within which bounds it may answer."""

    dsn: str
    system: System
    deadline: Deadline
    cap: int

    def connect(self, host: str, port: int) -> Relay:
        """A bounded line to a host, or to a socket's path. Raises NoAnswerError, OSError."""
        if host.startswith("/"):
            local = socket.socket(socket.AF_UNIX)
            local.settimeout(min(PATIENCE, self.deadline.left))
            local.connect(host)
            return Relay(local, self.deadline, self.cap)
        found = addresses(host, self.deadline)
        if self.system.scope:
            found = [each for each in found if address.inside(each, self.system.scope)]
            if not found:
                raise NoAnswerError(
                    GapReason.DENIED, "the connection string leads outside the system's scope"
                )
        for each in found[:-1]:
            with suppress(OSError):
                return self._to(each, port)
        return self._to(found[-1], port)

    def _to(self, where: str, port: int) -> Relay:
        seconds = min(PATIENCE, self.deadline.left)
        return Relay(
            socket.create_connection((where, port), timeout=seconds), self.deadline, self.cap
        )


def package(name: str, extra: str) -> Any:
    """The module, if its extra is installed. Raises NoAnswerError."""
    try:
        return import_module(name)
    except ImportError as problem:
        missing = INSTALL.format(package=name, extra=extra)
        raise NoAnswerError(GapReason.MISSING_TOOL, missing) from problem


def unreadable(engine: str) -> NoAnswerError:
    """The error for a connection string that cannot be read; it repeats nothing of it."""
    return NoAnswerError(
        GapReason.UNPARSABLE,
        f"the connection string cannot be read; its form is {engine}://USER:PASSWORD@HOST/DATABASE",
    )


def cut(relay: Relay) -> None:
    """Raise for a line that we cut ourselves, since the library only saw it end."""
    if relay.problem is not None:
        reason, detail = reason_of(relay.problem)
        if reason in (GapReason.TIMEOUT, GapReason.TOO_LARGE):
            raise NoAnswerError(reason, detail)
