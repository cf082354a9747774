"""
Writing heartbeats into what is protected, and reading them from it: SQL, files and mail.

Each place is small on purpose: a table of two columns, a file of lines, a mail with one line.
Databases are asked by their own clients; a password goes into the environment, never into an
argument, and no value is ever pasted into a statement.
"""

import contextlib
import email
import email.policy
import os
import smtplib
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from mailbox import mbox
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cdso_audit.drill.canary import Canary, judge, make_canary
from cdso_audit.errors import CdsoError, UsageError
from cdso_audit.store import files

#: Heartbeats that are kept: at one every 15 minutes, a hundred days.
KEEP: Final = 10_000
#: Seconds after which a database or a mail server is given up.
PATIENCE: Final = 60
#: What must come back as it is, whatever the character set of a restored table.
NOTE: Final = "Hồ sơ một cửa: đã tiếp nhận, ữ ặ ỗ"
#: The file in a folder that is given as a place.
FILE: Final = ".cdso-canary"
#: Bytes of a place that are read; more is no log of heartbeats.
CAP: Final = 64 * 1024 * 1024

_FORMS: Final = (
    "postgresql://USER@HOST/DATABASE, mariadb://USER@HOST/DATABASE, mysql://…, file:PATH, "
    "smtp://HOST/?from=…&to=…, maildir:PATH or mbox:PATH"
)


class CanaryPlaceError(CdsoError):
    """A place of heartbeats that cannot be read or written."""

    code = "CDSO-E010"
    exit_code = 4


class Place(Protocol):
    """Where heartbeats lie."""

    def text(self) -> str:
        """Everything that may hold a heartbeat. Raises CanaryPlaceError."""

    def add(self, canary: Canary, keep: int) -> None:
        """Write one more, and forget those beyond the newest `keep`. Raises CanaryPlaceError."""


def place_of(text: str, *, password: str | None = None, state: Path | None = None) -> Place:
    """The place that the text names. Raises UsageError; a password in it is refused."""
    where = urlsplit(text)
    if where.password is not None:
        raise UsageError(
            "a password must not stand in the place, where the process list shows it",
            hint="give --password env:NAME or file:PATH",
        )
    match where.scheme:
        case "postgresql" | "postgres":
            return Postgresql(text, password)
        case "mariadb" | "mysql":
            return Mariadb(where, password)
        case "file":
            return FileLog(Path(unquote(text.removeprefix("file:"))))
        case "smtp":
            return Smtp(where, state)
        case "maildir" | "mbox":
            return Mailbox(Path(unquote(text.partition(":")[2])))
    raise UsageError(
        "{place} is no place of heartbeats",
        hint="write {forms}",
        values={"place": text, "forms": _FORMS},
    )


def write(
    place: Place, *, system: str, key: bytes, at: datetime, interval: timedelta, keep: int = KEEP
) -> Canary:
    """The next heartbeat of that system, written. Raises UsageError, CanaryPlaceError."""
    known = judge(place.text(), system=system, key=key, interval=interval)
    number = known.newest.number + 1 if known.newest is not None else 1
    made = make_canary(system, number, at, key)
    place.add(made, keep)
    return made


# ---------------------------------------------------------------------------------------------
# Databases
# ---------------------------------------------------------------------------------------------


def _client(argv: list[str], text: str, env: Mapping[str, str]) -> str:
    """What a database's client says. Raises CanaryPlaceError."""
    try:
        done = subprocess.run(
            argv,
            input=text.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", **env},
        )
    except FileNotFoundError as problem:
        raise CanaryPlaceError(
            "the client {name} is not installed", values={"name": argv[0]}
        ) from problem
    except subprocess.TimeoutExpired as problem:
        raise CanaryPlaceError(
            "{name} gave no answer within {seconds} seconds",
            values={"name": argv[0], "seconds": PATIENCE},
        ) from problem
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CanaryPlaceError(
            "{name} ended with {code}: {why}",
            hint="the account needs SELECT, INSERT and DELETE on the table cdso_canary",
            values={"name": argv[0], "code": done.returncode, "why": lines[0] if lines else ""},
        )
    return done.stdout[:CAP].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Postgresql:
    """The table cdso_canary of a PostgreSQL database, by psql."""

    url: str
    password: str | None = None

    def _ask(self, text: str, **values: str) -> str:
        argv = ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
        for name, value in values.items():
            argv += ["-v", f"{name}={value}"]
        env = {"PGCONNECT_TIMEOUT": "20"}
        if self.password is not None:
            env["PGPASSWORD"] = self.password
        return _client([*argv, "-d", self.url, "-f", "-"], text, env)

    def text(self) -> str:
        """Every line of the table; none where there is no table yet."""
        if self._ask("select to_regclass('cdso_canary') is not null;").strip() != "t":
            return ""
        return self._ask("select line from cdso_canary order by number;")

    def add(self, canary: Canary, keep: int) -> None:
        """Insert it, and make the table where there is none."""
        self._ask(
            "select to_regclass('cdso_canary') is null as missing \\gset\n"
            "\\if :missing\n"
            "create table cdso_canary (number bigint primary key, line text not null,"
            " note text not null default :'note');\n"
            "\\endif\n"
            "insert into cdso_canary (number, line) values (:number, :'line');\n"
            "delete from cdso_canary where number <= :number - :keep;\n",
            number=str(canary.number),
            line=canary.line,
            keep=str(keep),
            note=NOTE,
        )


@dataclass(frozen=True, slots=True)
class Mariadb:
    """The table cdso_canary of a MariaDB or MySQL database, by its client."""

    where: SplitResult
    password: str | None = None

    def _ask(self, text: str) -> str:
        where, options = self.where, parse_qs(self.where.query)
        argv = [where.scheme, "--batch", "--skip-column-names", "--connect-timeout=20"]
        argv += ["--default-character-set=utf8mb4"]
        if where.hostname:
            argv.append(f"--host={where.hostname}")
        if where.port:
            argv.append(f"--port={where.port}")
        if where.username:
            argv.append(f"--user={unquote(where.username)}")
        if "socket" in options:
            argv.append(f"--socket={options['socket'][0]}")
        database = unquote(where.path.removeprefix("/"))
        if not database:
            raise UsageError("the place does not name a database", hint="write {forms}",
                             values={"forms": _FORMS})  # fmt: skip
        argv.append(f"--database={database}")
        env = {"MYSQL_PWD": self.password} if self.password is not None else {}
        return _client(argv, text, env)

    def _is_there(self) -> bool:
        found = self._ask(
            "select count(*) from information_schema.tables "
            "where table_schema = database() and table_name = 'cdso_canary';"
        )
        return found.strip() == "1"

    def text(self) -> str:
        """Every line of the table; none where there is no table yet."""
        return (
            self._ask("select line from cdso_canary order by number;") if self._is_there() else ""
        )

    def add(self, canary: Canary, keep: int) -> None:
        """Insert it, and make the table where there is none."""
        made = ""
        if not self._is_there():
            made = (
                "create table cdso_canary (number bigint primary key, line text not null, "
                f"note varchar(200) not null default {_hex(NOTE)}) character set utf8mb4;\n"
            )
        number, line = f"{canary.number:d}", _hex(canary.line)
        self._ask(
            f"{made}insert into cdso_canary (number, line) values ({number}, {line});\n"  # noqa: S608 - digits alone
            f"delete from cdso_canary where number <= {canary.number - keep:d};\n"
        )


def _hex(text: str) -> str:
    """A text as a literal that no character of it can end."""
    return f"_utf8mb4 X'{text.encode().hex()}'"


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileLog:
    """A file of lines, or `.cdso-canary` in a folder that is backed up."""

    path: Path

    @property
    def _file(self) -> Path:
        return self.path / FILE if self.path.is_dir() else self.path

    def text(self) -> str:
        """The file; nothing where there is none yet."""
        try:
            if not self._file.exists():
                return ""
            return files.read(self._file)[:CAP].decode("utf-8", "replace")
        except (OSError, CdsoError) as problem:
            raise _unusable(self._file, problem) from problem

    def add(self, canary: Canary, keep: int) -> None:
        """Write the file anew, so that a backup never sees half a line."""
        lines = [*self.text().splitlines(), canary.line][-keep:]
        try:
            files.write(self._file, ("\n".join(lines) + "\n").encode())
        except (OSError, CdsoError) as problem:
            raise _unusable(self._file, problem) from problem


def _unusable(path: Path, problem: Exception) -> CanaryPlaceError:
    why = problem.message if isinstance(problem, CdsoError) else str(problem)
    return CanaryPlaceError("{path}: {why}", values={"path": path, "why": why})


# ---------------------------------------------------------------------------------------------
# Mail
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Smtp:
    """
    A mail a heartbeat, to a mailbox that is protected.

    Nothing can be read back over SMTP, so the last one is kept in a file of the writer's own.
    """

    where: SplitResult
    state: Path | None = None

    def _kept(self) -> FileLog:
        if self.state is None:
            raise UsageError(
                "a mail cannot be read back, so the last number must be kept somewhere",
                hint="give --state FILE",
            )
        return FileLog(self.state)

    def text(self) -> str:
        """The heartbeats that were sent, from the file of the writer."""
        return self._kept().text()

    def add(self, canary: Canary, keep: int) -> None:
        """Send it; TLS where the server has it. It counts as sent once the server took it."""
        options = parse_qs(self.where.query)
        if not {"from", "to"} <= options.keys():
            raise UsageError("the mail has no sender or receiver", hint="write {forms}",
                             values={"forms": _FORMS})  # fmt: skip
        mail = EmailMessage()
        mail["From"], mail["To"] = options["from"][0], options["to"][0]
        mail["Subject"] = f"cdso-canary {canary.system} {canary.number}"
        mail.set_content(f"{canary.line}\n", cte="7bit")
        try:
            with smtplib.SMTP(
                self.where.hostname or "localhost", self.where.port or 25, timeout=PATIENCE
            ) as server:
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
                    server.ehlo()
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as problem:
            raise CanaryPlaceError(
                "the mail was not taken: {why}", values={"why": str(problem)}
            ) from problem
        self._kept().add(canary, keep)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A restored mailbox: a Maildir (a folder of mails, also below) or an mbox file."""

    path: Path

    def text(self) -> str:
        """The text of every mail; one that cannot be read is passed over."""
        try:
            return "\n".join(self._texts())
        except OSError as problem:
            raise _unusable(self.path, problem) from problem

    def _texts(self) -> Iterator[str]:
        if not self.path.exists():
            raise FileNotFoundError(2, "it is not there", str(self.path))
        if self.path.is_dir():
            for each in sorted(self.path.rglob("*")):
                if each.is_file() and not each.is_symlink():
                    yield _mail_text(each.read_bytes()[:CAP])
            return
        box = mbox(self.path, create=False)
        try:
            for mail in box:
                yield _mail_text(mail.as_bytes())
        finally:
            box.close()

    def add(self, canary: Canary, keep: int) -> None:  # noqa: ARG002
        """Never: a mail is sent."""
        raise UsageError(
            "nothing is written into a mailbox directly", hint="send it: smtp://HOST/?from=…&to=…"
        )


def _mail_text(data: bytes) -> str:
    """The text parts of a mail as they read, whatever their encoding on the way."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    parts = []
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            with contextlib.suppress(LookupError, ValueError, KeyError):
                parts.append(str(part.get_content()))
    return "\n".join(parts)
