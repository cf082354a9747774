"""`schema`: the JSON Schema of a file that people write, or that other programs read."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pydantic import BaseModel


def _agency() -> dict[str, Any]:
    from cdso_audit.inventory import agency_schema  # noqa: PLC0415 - only what is asked for

    return agency_schema()


def _check() -> dict[str, Any]:
    from cdso_audit.declarative import check_schema  # noqa: PLC0415

    return check_schema()


def _result() -> dict[str, Any]:
    from cdso_audit.result import Result  # noqa: PLC0415

    made = Result.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, **made, "title": "cdso-audit result"}


def _rulebook() -> dict[str, Any]:
    from cdso_audit.rulebook import Rulebook  # noqa: PLC0415

    made = Rulebook.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **made, "title": "cdso-audit rulebook"}


def _attestation() -> dict[str, Any]:
    from cdso_audit.attesting import AttestationFile  # noqa: PLC0415

    return _of(AttestationFile, "attestations/*.yaml")


def _waiver() -> dict[str, Any]:
    from cdso_audit.waiving import WaiverFile  # noqa: PLC0415

    return _of(WaiverFile, "waivers/*.yaml")


def _forecast() -> dict[str, Any]:
    from cdso_audit.drill.forecast.plan import plan_schema  # noqa: PLC0415

    return plan_schema()


def _level() -> dict[str, Any]:
    from cdso_audit.levels import AnswerFile  # noqa: PLC0415

    return _of(AnswerFile, "levels/*.yaml")


def _playbook() -> dict[str, Any]:
    from cdso_audit.drill.playbook import playbook_schema  # noqa: PLC0415

    return playbook_schema()


def _drill_plan() -> dict[str, Any]:
    from cdso_audit.drill.plan import plan_schema  # noqa: PLC0415

    return plan_schema()


def _lists() -> dict[str, Any]:
    from cdso_audit.lists import list_schema  # noqa: PLC0415

    return list_schema()


def _confirmations() -> dict[str, Any]:
    from cdso_audit.confirming import ConfirmationFile  # noqa: PLC0415

    return _of(ConfirmationFile, "confirmations.yaml")


def _of(model: "type[BaseModel]", name: str) -> dict[str, Any]:
    made = model.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **made, "title": f"cdso-audit {name}"}


DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "agency": _agency,
    "attestation": _attestation,
    "check": _check,
    "confirmations": _confirmations,
    "drill-plan": _drill_plan,
    "forecast": _forecast,
    "level": _level,
    "lists": _lists,
    "playbook": _playbook,
    "result": _result,
    "rulebook": _rulebook,
    "waiver": _waiver,
}


@click.command()
@click.argument("name", type=click.Choice(list(SCHEMAS)))
def schema(name: str) -> int:
    """
    Print the JSON Schema of NAME.

    For editors: put `# yaml-language-server: $schema=agency.schema.json` on the first line of
    agency.yaml.
    """
    click.echo(json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2, sort_keys=True))
    return 0
