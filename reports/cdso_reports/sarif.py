"""
SARIF 2.1.0, the form that code hosts show: failures and what could not be proved, never a pass.

The standard (3.27.9, 3.27.10) gives a result that is not a failure the level `none`; so unknowns
are `open`, and a notification besides counts them by reason, which no viewer may leave out.
"""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cdso_audit.model import Outcome, Severity, utc
from cdso_audit.result import CheckInfo, FindingResult, Result
from cdso_reports.outline import Outline, message, reason
from cdso_reports.plain import line, visible
from cdso_reports.words import REASONS, Lang, count, inside, named, say

#: GitHub refuses a run with more results.
LIMIT = 25_000
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
#: GitHub's `security-severity` bands: over 9.0 critical, 7.0 high, 4.0 medium.
SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
SHOWN = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN)
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(result: Result, lang: Lang) -> bytes:
    """One run. Failures come first, so what the limit cuts off is the least."""
    outline = Outline(result)
    found = [each for each in outline.findings if each.outcome in SHOWN]
    shown = found[:LIMIT]
    names = sorted({each.check for each in shown})
    places = {name: index for index, name in enumerate(names)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": line(result.tool.name),
                        "version": line(result.tool.version),
                        "language": lang,
                        "rules": [_rule(outline.check(name), lang) for name in names],
                    }
                },
                "automationDetails": {"id": f"cdso-audit/{line(result.agency.id)}/"},
                "language": lang,
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": any(
                            each.outcome.is_conclusive for each in result.findings
                        ),
                        "startTimeUtc": utc(result.started_at),
                        "endTimeUtc": utc(result.finished_at),
                        "toolExecutionNotifications": _notifications(
                            outline, len(found) - len(shown), lang
                        ),
                    }
                ],
                "results": [_result(each, places[each.check], lang) for each in shown],
                "properties": {
                    "rulebook": f"{line(result.rulebook.id)} {line(result.rulebook.version)}",
                    **_others(result),
                    "model": line(result.score.model),
                    "technical": result.score.technical.value,
                    "whole": result.score.whole.value,
                },
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _others(result: Result) -> dict[str, list[str]]:
    """The other rulebooks, where there are any."""
    named = [f"{line(each.id)} {line(each.version)}" for each in result.rulebooks]
    return {"rulebooks": named} if named else {}


def _rule(check: CheckInfo, lang: Lang) -> dict[str, Any]:
    title, why, fix = (visible(inside(each, lang)) for each in (check.title, check.why, check.fix))
    told = f"{why}\n\n{fix}".strip() or title
    tags = [f"{key}/{name}" for key, names in check.references.items() for name in names]
    return {
        "id": line(check.id),
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or title},
        "help": {"text": told, "markdown": told},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {
            "tags": ["security", *(line(tag) for tag in tags)],
            "security-severity": SECURITY_SEVERITY[check.severity],
        },
    }


def _result(each: FindingResult, rule: int, lang: Lang) -> dict[str, Any]:
    failed = each.outcome is Outcome.FAIL
    said = visible(inside(message(each), lang))
    where = f"{each.system}/{each.asset}"
    properties: dict[str, Any] = {
        "outcome": each.outcome.value,
        "severity": each.severity.value,
        "system": line(each.system),
        "asset": line(each.asset),
        "subject": line(each.subject),
        "seen": visible(each.seen),
        "expected": visible(each.expected),
        "evidence": [line(digest) for digest in each.evidence],
    }
    if each.beside:
        properties["beside"] = [line(book) for book in each.beside]
    if not failed:
        properties["reason"] = reason(each)
    return {
        "ruleId": line(each.check),
        "ruleIndex": rule,
        "kind": "fail" if failed else "open",
        "level": _level(each),
        "message": {"text": _literal(f"{line(each.asset)}: {said}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(where.encode("utf-8", "replace"))},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": line(each.asset),
                        "fullyQualifiedName": line(f"{where}/{each.subject}"),
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {
            "cdsoFinding/v1": sha256(each.fingerprint.encode("utf-8", "replace")).hexdigest()
        },
        "properties": properties,
    }


def _level(each: FindingResult) -> str:
    """What only a rulebook beside asks for is a note: it gates nothing."""
    if each.outcome is not Outcome.FAIL:
        return "none"
    return "note" if each.beside else LEVELS[each.severity]


def _literal(text: str) -> str:
    """Square brackets would make a link of a plain message (3.11.6); a backslash stops that."""
    return text.replace("[", "\\[").replace("]", "\\]")


def _notifications(outline: Outline, cut: int, lang: Lang) -> list[dict[str, Any]]:
    made = [
        _notification(
            "warning",
            inside(
                say(
                    "Unproved because {why}: {n} findings on {assets} assets",
                    why=named(REASONS, each.reason),
                    n=count(len(each.findings)),
                    assets=count(len(each.assets)),
                ),
                lang,
            ),
        )
        for each in outline.blind()
    ]
    if not outline.result.findings:
        nothing = inside(say("Nothing was assessed. This report proves nothing."), lang)
        made.append(_notification("error", nothing))
    if cut:
        told = say("{n} more findings stand in result.json: this form holds {limit}.",
                   n=count(cut), limit=count(LIMIT))  # fmt: skip
        made.append(_notification("warning", inside(told, lang)))
    return made


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}
