"""`explain`: a check, a requirement, a cap or an error code, in words."""

import click

from cdso_audit.cli import console
from cdso_audit.cli.checks import near, print_check
from cdso_audit.cli.options import all_checks
from cdso_audit.errors import UsageError

#: The caps of scoring@1 (SCORING.md): what each does, and how to be rid of it.
CAP_TEXT = {
    "knock-out": "A knock-out requirement failed or is not proved: default credentials, no usable "
    "backup, or a management port open to the world. The score cannot exceed 39 until every one "
    "of them is proved.",
    "critical": "A critical requirement failed or is not proved on some asset. The score cannot "
    "exceed 59: what was never looked at must not beat what was looked at and failed.",
    "critical-waived": "A critical failure stands under an approved, unexpired waiver. The score "
    "cannot exceed 74: a waiver changes the decision, not the measurement.",
    "drill": "A recovery drill was never held, has expired, was not verified, or took longer than "
    "twice its target. The score cannot exceed 59.",
    "drill-late": "A recovery drill took longer than its target, though less than twice as long. "
    "The score cannot exceed 74.",
    "coverage": "Too little was assessed: under 95 % the score cannot exceed 89, under 80 % not "
    "74, under 60 % not 59, and under 50 % there is no grade.",
    "worst-system": "The agency cannot be more than one grade above its worst system of level 3 "
    "or more.",
    "evidence": "The evidence does not match its manifest, so there is no grade.",
}

#: The error codes: what they mean, and what to do.
ERROR_TEXT = {
    "CDSO-E000": "Something in this tool or on this machine went wrong; the message says what.",
    "CDSO-E001": "The command line asks for something that cannot be done. Exit code 2.",
    "CDSO-E002": "A file that a person wrote is not valid; the message names file, line and the "
    "nearest valid word. Exit code 2.",
    "CDSO-E003": "Nothing, or less than --min-coverage, was assessed; the report still comes. "
    "Exit code 3.",
    "CDSO-E004": "A plug-in could not be loaded. Uninstall it or install a version that fits. "
    "Exit code 4.",
    "CDSO-E005": "Evidence does not match its manifest, or the result does not recompute from it. "
    "Exit code 5.",
    "CDSO-E006": "A reference to a secret leads nowhere, or its file is open to others. "
    "Exit code 2.",
    "CDSO-E007": "The journal of the drills cannot be read or written: the disk is full, or lies "
    "on a share. Nothing was begun that is not in the journal. Exit code 4.",
    "CDSO-E008": "Another process runs a drill of this journal; only one may. Exit code 2.",
    "CDSO-E009": "Another operator has taken this drill over, and a target refuses this one. "
    "Exit code 2.",
    "CDSO-E010": "The place of the heartbeats cannot be read or written. Exit code 4.",
    "CDSO-E011": "A drill that was interrupted may not go on: a target is production now, or its "
    "marker is gone or has ended. Nothing was done. Exit code 1.",
}


@click.command()
@click.argument("name")
def explain(name: str) -> int:
    """Explain NAME: a check, a requirement, a cap or an error code."""
    checks = all_checks({})
    if name in checks:
        print_check(checks[name])
        return 0
    if name in CAP_TEXT:
        console.out().print(console.word(CAP_TEXT[name]))
        return 0
    if name.upper() in ERROR_TEXT:
        console.out().print(console.word(ERROR_TEXT[name.upper()]))
        return 0
    from cdso_audit.cli.rules import find, print_requirement  # noqa: PLC0415
    from cdso_audit.regime import PRESENT, every_rule  # noqa: PLC0415
    from cdso_audit.rulebook import load_rulebook  # noqa: PLC0415

    book = load_rulebook(PRESENT)
    if name not in book.by_id and not any(each.endswith(f".{name}") for each in book.by_id):
        book = every_rule(book)
    try:
        requirement = find(book, name)
    except UsageError as problem:
        ends = [each.rpartition(".")[2] for each in book.by_id]
        known = [*checks, *CAP_TEXT, *ERROR_TEXT, *ends]
        raise UsageError(
            "nothing here is called “{name}”", hint=near(name, known), values={"name": name}
        ) from problem
    print_requirement(book, requirement, 3)
    return 0
