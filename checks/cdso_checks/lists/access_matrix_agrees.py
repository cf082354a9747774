"""What accounts may do in databases, compared with the owner's access matrix."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.database_grants import DatabaseGrants, Grant
from cdso_audit.model import VIETNAM, Context, Severity, Verdict

#: What more allows includes what less does.
ORDER = ("read", "write", "admin")
#: How many grants a message spells out; the rest is in `seen`.
NAMED = 8


@check(
    DatabaseGrants,
    About(
        id="access-matrix-agrees",
        title="No account may do more in a database than the access matrix says",
        severity=Severity.HIGH,
        why="A right that nobody wrote down is used by whoever steals the account that has it.",
        fix="Take it back (`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM NAME`, `REVOKE CONNECT "
        "ON DATABASE NAME FROM PUBLIC`), or add the line to lists/grants.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.15", "A.5.18"), "cis-v8": ("3.3", "6.8")},
        pitfalls="Counted as the server counts: through roles, PUBLIC and ownership, by table and "
        "by column, of accounts that may log in. Superusers reach everything and are judged by "
        "postgresql-superusers. Rights within an application are its own; other engines and "
        "databases behind a connection are attested.",
        lists=("grants",),
    ),
    max_list_days=366,
)
def access_matrix_agrees(held: DatabaseGrants, context: Context) -> Verdict:
    """Each grant fits a line that allows as much; the matrix was looked through lately."""
    file = context.lists.file_of("grants")
    confirmed = file.confirmed_on if file else None
    age = (context.at.astimezone(VIETNAM).date() - confirmed) if confirmed else None
    oldest = timedelta(days=context.number("max_list_days"))
    strange = [each for each in held.grants if not _allowed(each, context)]
    if strange:
        names = ", ".join(str(each) for each in strange[:NAMED])
        return Verdict.failed(
            "{count} rights that the access matrix does not have: {names}",
            count=len(strange),
            names=names + (" …" if len(strange) > NAMED else ""),
            seen="\n".join(str(each) for each in strange),
        )
    if age is not None and age > oldest:
        return Verdict.failed(
            "the access matrix was last looked through {days} days ago; {limit} are allowed",
            days=age.days,
            limit=oldest.days,
        )
    if held.unseen:
        return Verdict.unknown(
            "these databases did not tell who may do what: {names}", names=", ".join(held.unseen)
        )
    return Verdict.passed(
        "all {count} rights in {databases} databases stand in the access matrix",
        count=len(held.grants),
        databases=len(held.databases),
        seen="\n".join(str(each) for each in held.grants),
    )


def _allowed(grant: Grant, context: Context) -> bool:
    return any(
        row.asset == context.asset.id
        and row.allows(grant.database, grant.account)
        and ORDER.index(row.may) >= ORDER.index(grant.may)
        for row in context.lists.grants
    )
