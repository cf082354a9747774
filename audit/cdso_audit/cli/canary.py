"""`canary`: heartbeats into what is protected, and the proof of them in what was restored."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from cdso_audit.cli import console
from cdso_audit.errors import UsageError

system_option: Callable[[Any], Any] = click.option(
    "--system", required=True, help="The protected system, as the playbook's canary step names it."
)
key_option: Callable[[Any], Any] = click.option(
    "--key", "key_ref", required=True, help="Where the key is: env:NAME or file:PATH (mode 0600)."
)
password_option: Callable[[Any], Any] = click.option(
    "--password", "password_ref", help="Where the database's password is: env:NAME or file:PATH."
)
interval_option: Callable[[Any], Any] = click.option(
    "--interval", default="15m", show_default=True, help="How often a heartbeat is written."
)
json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON to stdout."
)


@click.group()
def canary() -> None:
    """Write heartbeats into a system, and prove by them how much a copy of it lost."""


def _secret(reference: str | None) -> str | None:
    from pydantic import ValidationError  # noqa: PLC0415

    from cdso_audit.collect.secret import resolve  # noqa: PLC0415
    from cdso_audit.model import SecretRef  # noqa: PLC0415

    if reference is None:
        return None
    try:
        ref = SecretRef(ref=reference)
    except ValidationError as problem:
        raise UsageError(
            "a secret is given by where it is kept, never by itself",
            hint="write env:NAME or file:PATH",
        ) from problem
    return resolve(ref, Path.cwd())


def _span(text: str) -> timedelta:
    from cdso_audit.duration import parse_duration  # noqa: PLC0415
    from cdso_audit.errors import InvalidValueError  # noqa: PLC0415

    try:
        return parse_duration(text)
    except InvalidValueError as problem:
        raise UsageError(problem.template, hint=problem.hint) from problem


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise UsageError(
            "{text} is no moment", hint="write it as 2026-03-10T08:00:00+07:00",
            values={"text": text},
        ) from problem  # fmt: skip
    if at.tzinfo is None:
        raise UsageError(
            "{text} does not say its zone", hint="write it as 2026-03-10T08:00:00+07:00",
            values={"text": text},
        )  # fmt: skip
    return at.astimezone(UTC)


@canary.command("write")
@click.argument("place")
@system_option
@key_option
@password_option
@interval_option
@click.option("--keep", type=click.IntRange(min=2), default=10_000, show_default=True,
              help="Heartbeats that are kept; older ones are removed.")  # fmt: skip
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False),
              help="File that keeps the last number, for mail.")  # fmt: skip
@json_option
def write_one(
    place: str,
    system: str,
    key_ref: str,
    password_ref: str | None,
    interval: str,
    keep: int,
    state: Path | None,
    as_json: bool,
) -> int:
    """
    Write the next heartbeat into PLACE: run it every few minutes from a timer.

    PLACE is postgresql://USER@HOST/DATABASE, mariadb://USER@HOST/DATABASE, file:PATH or
    smtp://HOST/?from=A&to=B.
    """
    from cdso_audit.drill.run.canaries import place_of, write  # noqa: PLC0415

    made = write(
        place_of(place, password=_secret(password_ref), state=state),
        system=system,
        key=(_secret(key_ref) or "").encode(),
        at=datetime.now(UTC),
        interval=_span(interval),
        keep=keep,
    )
    if as_json:
        told = {"system": made.system, "number": made.number, "at": made.at.isoformat()}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        console.out().print(
            console.tell("Heartbeat {number} of {system} is written.", number=made.number,
                         system=made.system)
        )  # fmt: skip
    return 0


@canary.command("verify")
@click.argument("place")
@system_option
@key_option
@password_option
@interval_option
@click.option("--before", help="Moment of the attack; what was lost counts from it. Now without.")
@click.option("--max-loss", help="Fail when more was lost, such as 4h.")
@json_option
def verify_all(
    place: str,
    system: str,
    key_ref: str,
    password_ref: str | None,
    interval: str,
    before: str | None,
    max_loss: str | None,
    as_json: bool,
) -> int:
    """
    Tell how much the copy in PLACE lost, by its newest valid heartbeat, and which are missing.

    Exit code 1 when something is wrong with them, 3 when there is none.
    """
    from cdso_audit.drill.canary import read  # noqa: PLC0415
    from cdso_audit.drill.run.canaries import place_of  # noqa: PLC0415
    from cdso_audit.duration import written  # noqa: PLC0415

    at = _moment(before) or datetime.now(UTC)
    seen, why = read(
        place_of(place, password=_secret(password_ref)).text(),
        key=(_secret(key_ref) or "").encode(),
        system=system,
        interval=_span(interval),
        max_loss=_span(max_loss) if max_loss else None,
        # looking at the running system now is no drill: nothing lies after the present moment
        before=at,
    )
    if as_json:
        told = seen.model_dump(mode="json", exclude={"type", "step", "attempt", "host"})
        click.echo(json.dumps({**told, "problem": why}, ensure_ascii=False, sort_keys=True))
    else:
        out = console.out()
        out.print(
            console.tell(
                "{valid} valid heartbeats, {invalid} with a wrong MAC, {missing} missing",
                valid=seen.valid,
                invalid=seen.invalid,
                missing=sum(last - first + 1 for first, last in seen.missing),
            )
        )
        if seen.newest_at is not None and seen.newest_number is not None:
            lost = at - seen.newest_at
            out.print(
                console.tell(
                    "The newest is number {number} of {at}: {loss} are lost",
                    number=seen.newest_number,
                    at=f"{seen.newest_at:%Y-%m-%d %H:%M:%S} UTC",
                    loss=written(max(lost, timedelta(0))),
                )
            )
        if why:
            out.print(console.plain(why), style="red")
    if not seen.valid:
        return 3
    return 1 if why else 0
