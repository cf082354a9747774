"""What checks of one kind of software say alike."""

import re
from collections.abc import Sequence

from cdso_audit.facts.software import Software
from cdso_audit.model import Context, Verdict


def of_kind(
    software: Sequence[Software], context: Context, names: re.Pattern[str], kinds: Sequence[str]
) -> Verdict:
    """Each piece whose name fits stands in a row of one of these kinds."""
    found = [each for each in software if names.match(each.name)]
    rows = [
        row
        for row in context.lists.software
        if row.kind in kinds and row.concerns(context.asset.id)
    ]
    strange = [each for each in found if not any(row.allows(each.name) for row in rows)]
    seen = "\n".join(str(each) for each in strange or found)
    if strange:
        return Verdict.failed(
            "installed, and not on the list as {kinds}: {names}",
            kinds=" / ".join(kinds),
            names=", ".join(each.name for each in strange),
            seen=seen,
        )
    if not found:
        return Verdict.passed("nothing of the kind is installed: {kinds}", kinds=" / ".join(kinds))
    return Verdict.passed(
        "all {count} are on the list as {kinds}",
        count=len(found),
        kinds=" / ".join(kinds),
        seen=seen,
    )
