"""Policies of browsers as the registry tells them, in the forms that their makers document."""

from typing import Any

from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Answer, Case

from cdso_audit.facts.windows.registry import WINDOWS_REGISTRY, app_path
from cdso_audit.model import Lists, Outcome

A, B = "a" * 32, "b" * 32
STAR = {"1": "*"}


def case(
    name: str,
    outcome: Outcome,
    *programs: str,
    says: str = "",
    lists: Lists | None = None,
    **keys: Any,
) -> Case:
    """A host with these programs; keys as `Google_Chrome__Name`, two lines for a deeper key."""
    told: dict[str, Any] = {app_path(each): {} for each in programs}
    for key, values in keys.items():
        path = key.replace("__", "\\").replace("_", "\\")
        told[rf"HKLM:\SOFTWARE\Policies\{path}"] = values
    return Case(
        name,
        {WINDOWS_REGISTRY: registry(told)},
        outcome,
        says=says,
        lists=lists,
        asset=WINDOWS,
    )


def unread(lists: Lists | None = None) -> list[Case]:
    """What no check of browsers may pass."""
    answers: dict[str, str | Answer] = {
        "unreadable: a key may not be read": refused(app_path("chrome")),
        "unreadable: Windows refused": DENIED,
        "unreadable: no JSON came back": NOT_JSON,
    }
    return [
        Case(name, {WINDOWS_REGISTRY: answer}, Outcome.UNKNOWN, lists=lists, asset=WINDOWS)
        for name, answer in answers.items()
    ]
