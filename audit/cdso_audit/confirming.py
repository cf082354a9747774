"""
Confirmations of experimental checks: who held one against the real thing, where and when. Pure.

Those of the project come with the checks (`confirmations.yaml` of the package), those of an owner
stand in `confirmations.yaml` beside agency.yaml. They change what catalogue and report say of a
check, never a verdict.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import yaml
from pydantic import ConfigDict, Field

from cdso_audit import yamlfile
from cdso_audit.errors import ConfigError
from cdso_audit.model import Day, Frozen
from cdso_audit.yamlfile import Document

if TYPE_CHECKING:
    from cdso_audit.checking import Check

VERSION: Final = "cdso/confirmation-v1"
FILE_NAME: Final = "confirmations.yaml"

_Words = Annotated[str, Field(pattern=r"\S", description="One word at least.")]


class Confirmation(Frozen):
    """One check, held against one real system on one day."""

    check: _Words
    by: _Words
    where: _Words
    on: Day
    note: str = ""


class ConfirmationFile(Frozen):
    """confirmations.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/confirmation-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/confirmation-v1."
    )
    confirmations: tuple[Confirmation, ...]


def parse_confirmations(
    text: str | bytes, file: str, known: Mapping[str, bool], today: date | None = None
) -> tuple[Confirmation, ...]:
    """
    The confirmations of one file. `known` says of each check whether it is experimental.

    Raises ConfigError, or ConfigErrors with all problems: a check that does not exist, one that
    needs no confirmation, a day that has not come.
    """
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(
        ConfirmationFile, document, lambda each: _problems(each, known, today)
    )
    return read.confirmations


def _problems(
    document: Document, known: Mapping[str, bool], today: date | None
) -> Iterator[ConfigError]:
    given = document.data.get("confirmations") if isinstance(document.data, Mapping) else None
    for at, entry in enumerate(given if isinstance(given, list) else []):
        if not isinstance(entry, Mapping):
            continue
        path = ("confirmations", at)
        name = entry.get("check")
        if isinstance(name, str) and name:
            told = why_not(name, known)
            if told is not None:
                told.place = document.place((*path, "check"))
                yield told
        on = str(entry.get("on") or "")
        if today is not None and on > today.isoformat():
            yield ConfigError(
                "{on} has not come yet", values={"on": on}, place=document.place((*path, "on"))
            )


def why_not(name: str, known: Mapping[str, bool]) -> ConfigError | None:
    """Why that check cannot be confirmed; None: it can."""
    if name not in known:
        near = yamlfile.nearest(name, list(known))
        return ConfigError(
            "there is no check {name}",
            hint="did you mean {near}?" if near else "`cdso-audit checks list` shows all of them",
            values={"name": name, "near": near},
        )
    if not known[name]:
        return ConfigError(
            "{name} is not experimental, so nobody has to confirm it", values={"name": name}
        )
    return None


def experimental(checks: "Mapping[str, Check[Any]]") -> dict[str, bool]:
    """Each check, and whether somebody should confirm it."""
    return {name: each.about.experimental for name, each in checks.items()}


def confirmed(
    checks: "Mapping[str, Check[Any]]", given: Iterable[Confirmation]
) -> "dict[str, Check[Any]]":
    """The checks with these confirmations beside those that they have."""
    by_check: dict[str, list[Confirmation]] = {}
    for each in given:
        by_check.setdefault(each.check, []).append(each)
    return {
        name: replace(
            each, confirmations=tuple(dict.fromkeys((*each.confirmations, *by_check[name])))
        )
        if name in by_check
        else each
        for name, each in checks.items()
    }


def with_one_more(text: str, given: Confirmation) -> str:
    """The text of confirmations.yaml with one more at its end; what stands there stays as it is."""
    entry = {name: value for name, value in given.model_dump(mode="json").items() if value != ""}
    row = str(yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=1000))
    if not text:
        return f"apiVersion: {VERSION}\nconfirmations:\n{row}"
    found = re.findall(r"(?m)^( *)- ", text)
    indent = found[-1] if found else ""
    more = "".join(f"{indent}{line}\n" for line in row.splitlines())
    return f"{text.rstrip()}\n{more}"
