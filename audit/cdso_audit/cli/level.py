"""`level`: which level a system falls into, why, and who appraises and approves it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cdso_audit.cli import console
from cdso_audit.cli.proofs import (
    asked,
    book_and_inventory,
    inventory_option,
    no_input_option,
    tell,
    the_system,
    today,
)
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.levels import Answer, Decision, LevelRules, Question
    from cdso_audit.result import Text

#: The words of the data for those who appraise, approve and decide, and for what takes time.
WHO_TEXT = {
    "specialised-unit": "the specialised unit",
    "owner": "the owner",
    "mps": "the Ministry of Public Security",
    "prime-minister (list); owner (security plan)": "the Prime Minister (the list), the owner "
    "(the security plan)",
    "reply to an invalid dossier": "reply to an invalid dossier",
    "appraisal": "appraisal",
    "approval": "approval",
}

#: The lowest level at which a system may be on the national-security list.
LISTED_FROM = 3


@click.command()
@inventory_option
@click.option("--system", help="The system that is spoken of; with --save it is needed.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of answers (apiVersion: cdso/level-v1), so that nothing is asked.",
)
@click.option("--save", is_flag=True, help="Keep the answers in levels/SYSTEM.yaml for scans.")
@click.option("--by", help="With --save: who answered, name and position.")
@click.option("--rulebook", default="vn-2026", show_default=True, help="Which book of rules.")
@no_input_option
def level(
    inventory: Path | None,
    system: str | None,
    answers: Path | None,
    by: str | None,
    rulebook: str,
    *,
    save: bool,
    no_input: bool,
) -> int:
    """
    Find the level of a system by the criteria of Decree 331/2026, Articles 11-16.

    Ends with 1 when the answers do not decide it; nothing is guessed.
    """
    from cdso_audit.levels import Answered, decide, load_level_rules, parse_answers  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    rules = load_level_rules(rulebook)
    target = None
    if save:
        loaded, _ = book_and_inventory(inventory)
        of = the_system(loaded, system)
        system, target = of.id, loaded.folder / "levels" / f"{of.id}.yaml"
        if target.exists():
            raise UsageError(
                "{path} exists already, and is never overwritten",
                hint="move it away first; git keeps what it said",
                values={"path": target},
            )
    given: dict[str, Answer] = {}
    if answers is not None:
        read_answers = parse_answers(read(answers), str(answers), rules)
        given = dict(read_answers.answers)
        by, system = by or read_answers.by, system or read_answers.system
    elif no_input or not sys.stdin.isatty():
        raise UsageError(
            "{option} is missing",
            hint="give it, or run without --no-input at a terminal",
            values={"option": "--answers"},
        )
    else:
        given = _asked(rules)
    found = decide(rules, given)
    _tell(rules, found)
    if target is not None:
        from cdso_audit.cli.init import create  # noqa: PLC0415
        from cdso_audit.levels import file_text  # noqa: PLC0415

        author = asked(by, console.word("Name and position"), "--by", no_input=no_input)
        create(target, file_text(Answered(given, system or "", author, today())))
        tell("{path} is written; each scan compares it with the inventory.", path=target)
    return 0 if found.level is not None else 1


def _here(text: "Text") -> str:
    return console.plain(text.vi if console.lang() == "vi" else text.en)


# ---------------------------------------------------------------------------------------------
# Asking
# ---------------------------------------------------------------------------------------------


def _asked(rules: "LevelRules") -> "dict[str, Answer]":
    """Ask only what can still change the level; Enter leaves a question open."""
    from cdso_audit.levels import next_question  # noqa: PLC0415

    answers: dict[str, Answer] = {}
    passed: set[str] = set()
    tell("Enter leaves a question open. Nothing is guessed from what is open.")
    while (question := next_question(rules, answers, frozenset(passed))) is not None:
        answered, answer = _ask(question)
        if answered:
            answers[question.id] = answer
        else:
            passed.add(question.id)
    return answers


def _ask(question: "Question") -> "tuple[bool, Answer]":
    """Whether it was answered, and the answer; asks again until the answer can be one."""
    err = console.err()
    err.print(f"\n{_here(question.ask)}  ({console.plain(question.article)})", soft_wrap=True)
    choices = [_here(each.title) for each in question.values]
    if question.type == "boolean":
        choices = [console.word("Yes"), console.word("No")]
    if question.type == "integer-or-null":
        choices = [console.word("There is no such decision"), "1", "2", "3", "4", "5"]
    for number, title in enumerate(choices, start=1):
        err.print(f"  {number}  {title}", soft_wrap=True)
    while True:
        prompt = console.word("Number") if question.type != "set" else console.word("Numbers")
        text = str(click.prompt(prompt, default="", show_default=False, err=True)).strip()
        if not text:
            return False, None
        words = text.replace(",", " ").split()
        if all(word.isascii() and word.isdigit() for word in words):
            numbers = [int(word) for word in words]
            if _fits(question, numbers, len(choices)):
                return True, _chosen(question, numbers)
        tell("Answer with a number of the list, or Enter.")


def _fits(question: "Question", numbers: list[int], count: int) -> bool:
    if question.type == "integer":
        return len(numbers) == 1
    several = question.type == "set"
    return all(1 <= each <= count for each in numbers) and (several or len(numbers) == 1)


def _chosen(question: "Question", numbers: list[int]) -> "Answer":
    first = numbers[0]
    match question.type:
        case "set":
            return frozenset(question.words[each - 1] for each in numbers)
        case "integer":
            return first
        case "boolean":
            return first == 1
        case "integer-or-null":
            return None if first == 1 else first - 1
        case _:
            return question.words[first - 1]


# ---------------------------------------------------------------------------------------------
# Telling
# ---------------------------------------------------------------------------------------------


def _tell(rules: "LevelRules", found: "Decision") -> None:
    if found.level is not None:
        click.echo(console.tell("Level {level}", level=found.level))
    elif found.least is not None:
        click.echo(
            console.tell(
                "Not decidable from the answers: level {level} at least", level=found.least
            )
        )
    else:
        click.echo(console.word("Not decidable from the answers: no criterion fires"))
    for each in found.because:
        click.echo(f"  ✓ {each.article}: {_here(each.text)}")
    for each in found.undecided:
        head = console.tell("level {level} is open", level=each.level)
        click.echo(f"  ? {head} · {each.article}: {_here(each.text)}")
    for question in found.missing:
        click.echo(f"    {console.word('not answered')}: {_here(question.ask)} ({question.id})")
    if found.level is not None:
        _authority(rules, found.level)


def _authority(rules: "LevelRules", number: int) -> None:
    who = rules.authority[number]
    appraise, approve = (console.word(WHO_TEXT[name]) for name in (who.appraise, who.approve))
    click.echo(f"{console.word('Appraises')}: {appraise} ({who.article})")
    click.echo(f"{console.word('Approves')}: {approve} ({who.article})")
    for term in rules.times:
        if number in term.levels:
            what = console.word(WHO_TEXT[term.what])
            click.echo(
                console.tell(
                    "Within {days} working days: {what} ({article})",
                    days=term.max,
                    what=what,
                    article=term.article,
                )
            )
    click.echo(
        console.word(
            "If the specialised unit operates the system, another unit or an independent council "
            "appraises (Điều 18 khoản 4). Military and cipher systems follow their own ministries."
        )
    )
    if number >= LISTED_FROM:
        click.echo(console.word("On the national-security list if (Điều 16):"))
        for each in rules.national_security:
            click.echo(f"  · {each.article}: {_here(each.text)}")
