"""Markdown for a ticket or a merge request: the conclusion, what to fix, what was not looked at."""

import re

from cdso_audit.model import Outcome
from cdso_audit.result import Result, SystemResult, View, Views
from cdso_reports.drills import in_short, standings
from cdso_reports.outline import Group, Outline, message
from cdso_reports.plain import clipped, line
from cdso_reports.words import (
    DUE_STATES,
    LIST_STATES,
    REASONS,
    REMEDIES,
    SEVERITIES,
    Lang,
    count,
    day,
    decimal,
    inside,
    moment,
    named,
    say,
)

#: Failures told in full; a ticket with more is not read.
FAILURES = 50
#: Assets named for one failure.
ASSETS = 20
#: Rows of what falls due.
DUE_ROWS = 30
COLUMNS = ("System", "View", "Grade (A to E)", "Score", "Proved", "Failed", "Unproved")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~>])")


def text(value: str) -> str:
    """Collected text as literal Markdown: no markup, no HTML, no mention, no link."""
    escaped = _SPECIAL.sub(r"\\\1", line(value))
    return (
        escaped.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("@", "&#64;")
        .replace("://", ":&#47;&#47;")
    )


def code(value: str, limit: int = 200) -> str:
    """Collected text in a code span; its backticks cannot end it, its bars cannot end a cell."""
    shown = clipped(value, limit)
    if not shown.strip():
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", "\\|")


def render(result: Result, lang: Lang) -> bytes:
    """The report in short."""
    return "\n".join(_Report(result, lang).lines()).encode("utf-8", "replace") + b"\n"


class _Report:
    def __init__(self, result: Result, lang: Lang) -> None:
        self.result = result
        self.outline = Outline(result)
        self.lang: Lang = lang

    def say(self, template: str, **values: object) -> str:
        return inside(say(template, **values), self.lang)

    def lines(self) -> list[str]:
        result = self.result
        name = result.agency.name or result.agency.id
        out = [
            f"# {self.say('Cybersecurity and recovery assessment')}",
            "",
            text(self.say("This machine alone") if result.this_machine_only else name)
            + f" · {inside(moment(result.finished_at), self.lang)} (UTC+7)"
            + f" · {text(inside(result.rulebook.title, self.lang))}",
            "",
        ]
        if not result.systems:
            out += [f"**{self.say('Nothing was assessed. This report proves nothing.')}**", ""]
        out += self._scores()
        for system in result.systems:
            out += self._system(system)
        out += self._due()
        out += self._lists()
        out += [f"- {text(inside(notice, self.lang))}" for notice in result.notices]
        out += [
            "",
            f"`{self.outline.report_id}` · `{self.outline.seal}` · {text(result.tool.version)}",
        ]
        return out

    def _due(self) -> list[str]:
        rows = [
            [
                inside(day(each.due), self.lang),
                inside(named(DUE_STATES, each.state), self.lang),
                text(inside(each.what, self.lang)),
                text(each.system),
            ]
            for each in self.result.deadlines[:DUE_ROWS]
        ]
        if not rows:
            return []
        head = [self.say(title) for title in ("Last day", "Standing", "What", "System")]
        title = f"## {self.say('What falls due')}"
        return [title, "", f"| {' | '.join(head)} |", "| --- | --- | --- | --- |",
                *(f"| {' | '.join(row)} |" for row in rows), ""]  # fmt: skip

    def _lists(self) -> list[str]:
        rows = [
            [
                f"`{text(each.file)}`",
                inside(named(LIST_STATES, each.state), self.lang),
                inside(count(each.waits), self.lang),
                inside(count(each.proves), self.lang),
                f"+{inside(decimal(each.points), self.lang)}" if each.points else "",
            ]
            for each in self.result.lists
        ]
        if not rows:
            return []
        head = [
            self.say("List"),
            self.say("Standing"),
            self.say("Requirements that wait for it"),
            self.say("Of them it alone is missing"),
            self.say("Points of the technical view, at most"),
        ]
        title = self.say("The owner's lists")
        return [f"## {title}", "", f"| {' | '.join(head)} |",
                "| --- | --- | ---: | ---: | ---: |",
                *(f"| {' | '.join(row)} |" for row in rows), ""]  # fmt: skip

    def _scores(self) -> list[str]:
        head = [self.say(title) for title in COLUMNS]
        out = [f"| {' | '.join(head)} |", "| --- | --- | --- | ---: | ---: | ---: | ---: |"]
        rows: list[tuple[str, Views]] = [(each.id, each.score) for each in self.result.systems]
        if len(rows) > 1:
            rows.append((self.say("The whole agency"), self.result.score))
        rows += [
            (f"{each.id} ({other.rulebook})", other.score)
            for each in self.result.systems
            for other in each.beside
        ]
        for name, views in rows:
            out.append(self._row(name, "Whole", views.whole))
            out.append(self._row("", "Technical", views.technical))
        return [*out, ""]

    def _row(self, name: str, view_name: str, view: View) -> str:
        numbers = (view.value, view.proved, view.failed, view.unproved)
        cells = [inside(decimal(each), self.lang) for each in numbers]
        grade = view.grade or self.say("not enough grounds for a grade")
        return f"| {' | '.join([text(name), self.say(view_name), grade, *cells])} |"

    def _system(self, system: SystemResult) -> list[str]:
        level = self.say("level {n}", n=system.level)
        out = [f"## {text(system.name or system.id)} ({level})", ""]
        for cap in system.score.whole.caps:
            why = text(cap.reason_vi if self.lang == "vi" else cap.reason)
            out.append("- " + self.say("Cannot exceed {to}: {why}", to=cap.to, why=why))
        out += [
            f"- {text(inside(in_short(each), self.lang))}"
            for each in standings(self.result)
            if each.system.id == system.id
        ]
        groups = self.outline.groups(Outcome.FAIL, system=system.id)
        out += ["", f"### {self.say('To fix: {n}', n=len(groups))}", ""]
        for group in groups[:FAILURES]:
            out += self._failure(group)
        if len(groups) > FAILURES:
            more = count(len(groups) - FAILURES)
            out += ["", self.say("{n} more kinds of failure in the report", n=more)]
        blind = self.outline.blind(system.id)
        if blind:
            out += ["", f"### {self.say('What was not looked at, and why')}", ""]
            out += [
                f"- {inside(named(REASONS, each.reason), self.lang)}: "
                f"{inside(count(len(each.findings)), self.lang)} ({self._assets(each.assets)}). "
                f"{inside(named(REMEDIES, each.reason), self.lang)}"
                for each in blind
            ]
        return [*out, ""]

    def _failure(self, group: Group) -> list[str]:
        first = group.findings[0]
        title = text(inside(group.check.title, self.lang))
        severity = inside(named(SEVERITIES, group.severity.value), self.lang)
        out = [
            f"- **{severity}** {title} ({code(group.check.id)})",
            f"  - {text(inside(message(first), self.lang))}: {self._assets(group.assets)}",
        ]
        if first.seen or first.expected:
            out.append(
                f"  - {self.say('Seen')}: {code(first.seen) or self.say('nothing')}; "
                f"{self.say('Expected')}: {code(first.expected) or self.say('nothing')}"
            )
        if group.check.fix.en:
            out.append(f"  - {self.say('What to do')}: {line(inside(group.check.fix, self.lang))}")
        return out

    def _assets(self, names: tuple[str, ...]) -> str:
        more = f" +{len(names) - ASSETS}" if len(names) > ASSETS else ""
        return ", ".join(text(each) for each in names[:ASSETS]) + more
