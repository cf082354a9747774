"""Copies of one set of data, by the owner's catalogue, beside the one that was seen."""

from typing import Any

from cdso_audit.checking import About, check
from cdso_audit.facts.backups import BackupState
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen

#: The data itself is the first of the copies that the rule of 3-2-1 counts.
ORIGINAL = 1

LEAST = ("min_copies", "min_media", "min_apart")


@check(
    BackupState,
    About(
        id="backup-copies-apart",
        title="There are three copies on two kinds of media, one of them apart",
        severity=Severity.HIGH,
        why="One fire, one theft or one administrator's account must not reach every copy.",
        fix="Add a copy on other media at another site, or offline, and list it in "
        "lists/backups.csv under the same name of data.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.4",), "nist-csf-2": ("PR.DS-11",)},
        pitfalls="The data itself counts as the first copy, on disk, as 3-2-1 is usually counted. "
        "At least the copy of this finding was seen; the others are the list's word.",
        lists=("backups",),
    ),
    min_copies=3,
    min_media=2,
    min_apart=1,
)
def backup_copies_apart(backup: BackupState, context: Context) -> Verdict:
    """Count copies, media and copies apart of the data that this copy is of."""
    missing = unseen(backup)
    if missing is not None:
        return missing
    own = [row for row in context.lists.backups if row.copy_id == backup.subject]
    if not own:
        return Verdict.failed("the catalogue does not have this copy", seen=backup.place)
    rows = [row for row in context.lists.backups if row.data == own[0].data]
    copies = len(rows) + ORIGINAL
    media = {"disk", *(row.media for row in rows)}
    apart = [row for row in rows if row.apart]
    seen = "\n".join(f"{row.copy_id}: {row.media}, {row.site}" for row in rows)
    found: dict[str, Any] = {"copies": copies, "media": len(media), "apart": len(apart)}
    expected = " / ".join(str(context.number(each)) for each in LEAST)
    if _enough(copies, len(media), len(apart), context):
        return Verdict.passed(
            "{data}: {copies} copies, {media} kinds of media, {apart} apart",
            data=own[0].data,
            seen=seen,
            expected=expected,
            **found,
        )
    return Verdict.failed(
        "{data}: only {copies} copies, {media} kinds of media, {apart} apart",
        data=own[0].data,
        seen=seen,
        expected=expected,
        **found,
    )


def _enough(copies: int, media: int, apart: int, context: Context) -> bool:
    found = dict(zip(LEAST, (copies, media, apart), strict=True))
    return all(found[name] >= context.number(name) for name in LEAST)
