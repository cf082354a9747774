"""Browsers and mail programs, compared with the owner's list of software."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software import BROWSER_OR_MAIL, InstalledSoftware
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.chosen import of_kind


@check(
    InstalledSoftware,
    About(
        id="browsers-mail-listed",
        title="Only listed browsers and mail programs are installed",
        severity=Severity.LOW,
        why="Browsers and mail programs read what strangers send; one that nobody keeps up is "
        "the easiest way in.",
        fix="Remove it with `apt purge NAME`, or add it to lists/software.csv with the kind "
        "browser or mail.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("9.1",)},
        pitfalls="Mail servers count as mail programs, since they read what strangers send too.",
        lists=("software",),
    ),
)
def browsers_mail_listed(installed: InstalledSoftware, context: Context) -> Verdict:
    """Each browser or mail program fits a row of that kind."""
    return of_kind(installed.software, context, BROWSER_OR_MAIL, ("browser", "mail"))
