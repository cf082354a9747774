"""
CSV of every finding, worst first, for spreadsheets: UTF-8 with a mark, so that Excel reads
Vietnamese, and no cell that a spreadsheet would run as a formula.
"""

import csv
from io import StringIO

from cdso_audit.result import Result
from cdso_reports.outline import Outline, message, reason
from cdso_reports.plain import line
from cdso_reports.words import OUTCOMES, SEVERITIES, Lang, inside, named

HEADER = (
    "id",
    "outcome",
    "outcome_text",
    "severity",
    "severity_text",
    "system",
    "asset",
    "subject",
    "check",
    "title",
    "message",
    "seen",
    "expected",
    "fix",
    "known_by",
    "reason",
    "evidence",
)
#: What starts a formula in Excel, LibreOffice or Google Sheets (OWASP: CSV injection), with the
#: full-width forms that some locales take for the same.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant


def render(result: Result, lang: Lang) -> bytes:
    """One row a finding."""
    outline = Outline(result)
    out = StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(HEADER)
    for each in outline.findings:
        check = outline.check(each.check)
        rows.writerow(
            cell(text)
            for text in (
                str(each.id),
                each.outcome.value,
                inside(named(OUTCOMES, each.outcome.value), lang),
                each.severity.value,
                inside(named(SEVERITIES, each.severity.value), lang),
                each.system,
                each.asset,
                each.subject,
                each.check,
                inside(check.title, lang),
                inside(message(each), lang),
                each.seen,
                each.expected,
                inside(check.fix, lang),
                each.known_by.value if each.known_by else "",
                "" if each.outcome.is_conclusive else reason(each),
                " ".join(each.evidence),
            )
        )
    return out.getvalue().encode("utf-8-sig")


def cell(text: str) -> str:
    """Text that stays text: a leading apostrophe stops what would run, blanks before it or not."""
    shown = line(text)
    if text.startswith(_STARTS) or shown.lstrip().startswith(_STARTS):
        return "'" + shown
    return shown
