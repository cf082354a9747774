"""
The summary that a tired officer reads in twenty seconds, at eighty columns, with or without colour.

Nothing collected is ever parsed as markup: every piece is a `rich.text.Text` made of visible text.
"""

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text as Line

from cdso_audit.model import Outcome
from cdso_audit.result import Result, SystemResult, Text, View
from cdso_reports.drills import in_short, standings
from cdso_reports.outline import Group as Failing
from cdso_reports.outline import Outline, message
from cdso_reports.plain import line
from cdso_reports.words import (
    REASONS,
    SEVERITIES,
    Lang,
    count,
    decimal,
    inside,
    moment,
    named,
    say,
)

#: How many of the owner's lists that are lacking are named.
LISTS = 4
#: How many failures a system shows; the report has the rest.
WORST = 5
#: Proved, failed, unproved: told apart without colour.
BLOCKS = (("█", "green"), ("▓", "red"), ("░", "yellow"))
_SEVERITY_STYLE = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
_HOLDS_STYLE = {"pass": "green", "fail": "red", "unknown": "yellow"}
_GRADE_STYLE = {"A": "bold green", "B": "green", "C": "yellow", "D": "red", "E": "bold red"}


def summary(result: Result, lang: Lang, width: int = 80, *, report: str = "") -> RenderableType:
    """The run on a page of `width` columns; `report` is where the whole report was written."""
    return Group(*_Page(result, lang, max(width, 40), report).lines())


class _Page:
    def __init__(self, result: Result, lang: Lang, width: int, report: str) -> None:
        self.outline = Outline(result)
        self.result = result
        self.lang: Lang = lang
        self.width = min(width, 110)
        self.report = report

    def say(self, template: str, **values: object) -> str:
        return inside(say(template, **values), self.lang)

    def pick(self, text: Text) -> str:
        return line(inside(text, self.lang))

    def lines(self) -> list[Line]:
        page = [Line()]
        name = self.result.agency.name or self.result.agency.id
        title = self.say("This machine alone") if self.result.this_machine_only else line(name)
        page += self._sides(
            Line(title, style="bold"), Line(self.pick(moment(self.result.finished_at)), style="dim")
        )
        if self.result.this_machine_only:
            page += self._wrapped(
                self.say(
                    "No inventory was given: level 3 is assumed, no service is declared, "
                    "drills do not count."
                ),
                style="dim",
            )
        if not self.result.systems:
            page.append(Line(self.say("Nothing was assessed."), style="bold red"))
        for system in self.result.systems:
            page.append(Line())
            page += self._system(system)
        if len(self.result.systems) > 1:
            page.append(Line())
            page.append(Line(self.say("The whole agency"), style="bold"))
            page += self._views(self.result.score.whole, self.result.score.technical)
        page += self._lists()
        page.append(Line())
        page.append(self._legend())
        if self.report:
            page.append(
                Line.assemble((self.say("Report") + "  ", "dim"), (line(self.report), "bold"))
            )
        return page

    def _lists(self) -> list[Line]:
        """Which of the owner's lists would prove most, while any is lacking."""
        lacking = [each for each in self.result.lists if each.waits]
        if not lacking:
            return []
        told = " · ".join(
            f"{line(each.name)} {inside(count(each.waits), self.lang)}"
            + (f" (+{inside(decimal(each.points), self.lang)})" if each.points else "")
            for each in lacking[:LISTS]
        )
        more = f" +{len(lacking) - LISTS}" if len(lacking) > LISTS else ""
        text = self.say("Lists that would prove more (requirements, points): {lists}", lists=told)
        return [Line(), *self._wrapped(text + more, 2, style="yellow")]

    def _legend(self) -> Line:
        words = [self.say("proved"), self.say("failed"), self.say("unproved")]
        legend = Line()
        for (block, style), word in zip(BLOCKS, words, strict=True):
            legend.append(block * 2, style=style).append(f" {word}   ", style="dim")
        return legend

    def _sides(self, left: Line, right: Line) -> list[Line]:
        room = self.width - cell_len(right.plain) - 2
        if cell_len(left.plain) <= room:
            return [Line.assemble(left, " " * (room - cell_len(left.plain) + 2), right)]
        return [*self._wrapped(left.plain, style=str(left.style)), right]

    def _wrapped(self, text: str, indent: int = 0, style: str = "", first: str = "") -> list[Line]:
        """The text broken at blanks into lines that fit, hanging from `first`."""
        room = max(self.width - indent, 20)
        made: list[str] = []
        now = ""
        for word in text.split(" "):
            piece = word
            while cell_len(piece) > room:
                made, now, piece = [*made, *([now] if now else []), piece[:room]], "", piece[room:]
            joined = f"{now} {piece}" if now else piece
            if cell_len(joined) > room:
                made.append(now)
                now = piece
            else:
                now = joined
        made.append(now)
        heads = [first.ljust(indent), *[" " * indent] * (len(made) - 1)]
        return [Line.assemble(head, (row, style)) for head, row in zip(heads, made, strict=True)]

    def _system(self, system: SystemResult) -> list[Line]:
        name = "" if system.name == system.id else line(system.name)
        label = Line.assemble((line(system.id), "bold"), "  ", name)
        page = self._sides(label, Line(self.say("level {n}", n=system.level), style="dim"))
        page += self._views(system.score.whole, system.score.technical)
        caps = sorted(system.score.whole.caps, key=lambda cap: cap.to)
        if caps:
            why = line(caps[0].reason_vi if self.lang == "vi" else caps[0].reason)
            more = f" (+{len(caps) - 1})" if len(caps) > 1 else ""
            page += self._wrapped(
                self.say("Cannot exceed {to}: {why}", to=caps[0].to, why=why) + more, 2
            )
        if system.score.whole.grade is None:
            page += self._wrapped(self.say("Too little was proved or failed for a grade"), 2)
        if system.rulebook and len({each.rulebook for each in self.result.systems}) > 1:
            page += self._wrapped(self.say("Graded by: {book}", book=line(system.rulebook)), 2)
        groups = self.outline.groups(Outcome.FAIL, system=system.id)
        if groups:
            page.append(Line.assemble("  ", (self.say("Fix first"), "bold")))
            for number, group in enumerate(groups[:WORST], start=1):
                page += self._failure(number, group)
            if len(groups) > WORST:
                rest = self.say(
                    "{n} more kinds of failure in the report", n=count(len(groups) - WORST)
                )
                page.append(Line(f"     {rest}", style="dim"))
        page += self._drills(system)
        page += self._unseen(system)
        if system.beside:
            told = self.say("By other rulebooks, which do not grade it")
            page.append(Line(f"  {told}", style="bold"))
        for other in system.beside:
            page.append(Line(f"  {line(other.rulebook)}", style="dim"))
            page += self._views(other.score.whole, other.score.technical)
        return page

    def _drills(self, system: SystemResult) -> list[Line]:
        """A line for each playbook: what is proved of recovery, or that nothing was drilled."""
        page = []
        for each in standings(self.result):
            if each.system.id == system.id:
                style = _HOLDS_STYLE[each.recovery.holds]
                page += self._wrapped(self.pick(in_short(each)), 2, style)
        return page

    def _failure(self, number: int, group: Failing) -> list[Line]:
        severity = inside(named(SEVERITIES, group.severity.value), self.lang)
        assets = [line(each) for each in group.assets]
        where = ", ".join(assets[:2]) + (f" +{len(assets) - 2}" if len(assets) > 2 else "")  # noqa: PLR2004
        said = self.pick(message(group.findings[0]))
        style = _SEVERITY_STYLE[group.severity.value]
        head = self._wrapped(f"{severity}: {said} [{where}]", 5, first=f"  {number}. ")
        head[0].stylize(style, 5, 5 + len(severity))
        fix = self._wrapped(self.pick(group.check.fix), 7, style="dim", first="     → ")
        if len(fix) > 2:  # noqa: PLR2004 - two lines are enough to begin
            fix = fix[:2]
            fix[1].truncate(self.width - 2)
            fix[1].append(" …", style="dim")
        return [*head[:3], *fix]

    def _unseen(self, system: SystemResult) -> list[Line]:
        blind = self.outline.blind(system.id)
        if not blind:
            return []
        total = sum(len(each.findings) for each in blind)
        parts = [
            self.pick(named(REASONS, each.reason)) + " " + self.pick(count(len(each.findings)))
            for each in blind
        ]
        text = self.say("Not looked at: {n}", n=count(total)) + " — " + " · ".join(parts)
        page = self._wrapped(text, 2, style="yellow")
        missing = [line(each.id) for each in self.outline.unseen_assets(system.id)]
        if missing:
            names = ", ".join(missing[:4]) + (f" +{len(missing) - 4}" if len(missing) > 4 else "")  # noqa: PLR2004
            page += self._wrapped(
                self.say("Nothing came back from: {names}", names=names), 2, "yellow"
            )
        return page

    def _views(self, whole: View, technical: View) -> list[Line]:
        names = [self.say("Whole"), self.say("Technical")]
        room = max(cell_len(each) for each in names)
        return [
            self._view(name, room, view)
            for name, view in zip(names, (whole, technical), strict=True)
        ]

    def _view(self, name: str, room: int, view: View) -> Line:
        shares = (view.proved, view.failed, view.unproved)
        numbers = " ".join(inside(decimal(each), self.lang).rjust(5) for each in shares)
        cells = max(self.width - room - len(numbers) - 16, 10)
        row = Line.assemble("  ", name.ljust(room + len(name) - cell_len(name)), "  ")
        row.append(f"{view.grade or '-'}", style=_GRADE_STYLE.get(view.grade or "", "bold"))
        row.append(f" {inside(decimal(view.value), self.lang):>5}  ", style="bold")
        for (block, style), length in zip(BLOCKS, parts(shares, cells), strict=True):
            row.append(block * length, style=style)
        row.append(f"  {numbers}", style="dim")
        return row


def parts(shares: tuple[float, ...], cells: int) -> list[int]:
    """
    Whole cells for shares of a hundred, which add up to `cells`.

    What is not nothing gets a cell at least: a bar that hides the last failure lies.
    """
    total = sum(shares)
    if total <= 0:
        return [0] * (len(shares) - 1) + [cells]
    made = [max(int(each / total * cells), 1 if each > 0 else 0) for each in shares]
    widest = max(range(len(shares)), key=lambda index: shares[index])
    made[widest] += cells - sum(made)
    return made
