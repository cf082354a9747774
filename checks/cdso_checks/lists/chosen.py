"""What checks of software say alike, and how they find the rows of a name."""

import re
from collections.abc import Iterable, Sequence

from cdso_audit.facts.software import Software
from cdso_audit.model import Context, SoftwareRow, Verdict


class Allowed:
    """
    The rows of the owner's list that concern one host, found by name: thousands of names are
    compared with thousands of rows, most of which are no patterns. A row with a day of removal
    allows nothing.
    """

    def __init__(self, rows: Iterable[SoftwareRow]) -> None:
        self._exact: dict[str, list[SoftwareRow]] = {}
        self._patterns: list[SoftwareRow] = []
        for row in rows:
            if row.is_pattern:
                self._patterns.append(row)
            else:
                self._exact.setdefault(row.software.lower(), []).append(row)

    @classmethod
    def on(cls, context: Context, kinds: Sequence[str] = ()) -> "Allowed":
        """The rows that concern the context's asset; of these kinds, if any are named."""
        return cls(
            row
            for row in context.lists.software
            if (not kinds or row.kind in kinds)
            and row.concerns(context.asset.id)
            and row.remove_by is None
        )

    def rows_of(self, name: str) -> list[SoftwareRow]:
        """The rows that speak of software of that name."""
        exact = self._exact.get(name.lower(), [])
        return [*exact, *(row for row in self._patterns if row.allows(name))]


def of_kind(
    software: Sequence[Software], context: Context, names: re.Pattern[str], kinds: Sequence[str]
) -> Verdict:
    """Each piece whose name fits stands in a row of one of these kinds."""
    found = [each for each in software if names.match(each.name)]
    allowed = Allowed.on(context, kinds)
    strange = [each for each in found if not allowed.rows_of(each.name)]
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
