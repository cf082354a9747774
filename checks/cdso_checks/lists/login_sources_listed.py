"""Places from which people logged in, compared with those from which they may administer."""

from datetime import timedelta

from cdso_audit import address
from cdso_audit.checking import About, check
from cdso_audit.facts.login_sources import LoginSources
from cdso_audit.model import Context, Severity, Verdict


@check(
    LoginSources,
    About(
        id="login-sources-listed",
        title="Sessions come from listed sources of administration only",
        severity=Severity.HIGH,
        why="A session from elsewhere goes around the jump host, its second factor and its record.",
        fix="Let only the listed sources in (`AllowUsers *@10.1.9.*` in sshd_config, the host's "
        "firewall), or add the source to lists/admin_sources.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2", "A.8.20"), "cis-v8": ("12.8",)},
        pitfalls="Read from the login records (wtmp, wtmpdb) of the last days, so it shows what "
        "happened, not what could: an attempt that failed is not in them. Debian 13 keeps none "
        "until `apt install wtmpdb libpam-wtmpdb`.",
        lists=("admin_sources",),
    ),
    kinds=(),
    max_days=90,
)
def login_sources_listed(sources: LoginSources, context: Context) -> Verdict:
    """Each source of the last `max_days` lies in a row of the host, of one of `kinds` if any."""
    kinds = context.names("kinds")
    networks = tuple(
        row.source
        for row in context.lists.admin_sources
        if row.concerns(context.asset.id) and (not kinds or row.kind in kinds)
    )
    since = context.at - timedelta(days=context.number("max_days"))
    lately = [each for each in sources.logins if each.last >= since]
    seen = "\n".join(f"{each.account} {each.source} {each.last:%Y-%m-%d}" for each in lately)
    named = [each for each in lately if address.ip(each.source) is None]
    strange = [
        each
        for each in lately
        if address.ip(each.source) is not None and not address.inside(each.source, networks)
    ]
    if strange:
        return Verdict.failed(
            "sessions from sources that are not listed: {names}",
            names=", ".join(f"{each.account} ({each.source})" for each in strange[:8]),
            seen=seen,
            expected=", ".join(networks),
        )
    if named:
        return Verdict.unknown(
            "the records name hosts in place of addresses, which cannot be compared: {names}",
            names=", ".join(dict.fromkeys(each.source for each in named)),
            seen=seen,
        )
    if not sources.records:
        return Verdict.unknown(
            "this machine keeps no record of where logins come from: neither wtmp, wtmpdb nor "
            "lastlog2"
        )
    if "wtmp" not in sources.records:
        return Verdict.unknown(
            "only the newest login of each account is on record (lastlog2): all {count} came from "
            "listed sources",
            count=len(lately),
            seen=seen,
        )
    return Verdict.passed(
        "all {count} places that sessions came from are listed", count=len(lately), seen=seen
    )
