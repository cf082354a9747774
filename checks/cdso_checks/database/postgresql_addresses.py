"""From which addresses PostgreSQL lets anybody in."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlAccess
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.database.loaded import not_loaded


@check(
    PostgresqlAccess,
    About(
        id="postgresql-addresses",
        title="PostgreSQL lets in named networks only",
        severity=Severity.HIGH,
        why="A line for every address leaves the network filter as the only thing between the "
        "data and whoever guesses passwords.",
        fix="Name the application servers' addresses in pg_hba.conf in place of 0.0.0.0/0, ::/0 "
        "and all, then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20", "A.8.22"),
            "url": ("https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",),
        },
        pitfalls="The widest network that may be named is the widest private one, 10.0.0.0/8 "
        "(RFC 1918) or fc00::/7 (RFC 4193): splitting 0.0.0.0/0 into halves does not help.",
    ),
    min_prefix_ipv4=8,
    min_prefix_ipv6=7,
)
def postgresql_addresses(access: PostgresqlAccess, context: Context) -> Verdict:
    """No line for other machines is wider than the narrowest prefix allowed."""
    least = {4: context.number("min_prefix_ipv4"), 6: context.number("min_prefix_ipv6")}
    rules = [each for each in access.effective if not each.is_local]
    wide = [
        each for each in rules
        if any(network.prefixlen < least[network.version] for network in each.networks)
    ]  # fmt: skip
    if wide:
        return Verdict.failed(
            "lets in nearly every address: lines {lines} of pg_hba",
            lines=", ".join(each.at for each in wide),
            seen="\n".join(each.shown for each in wide),
            expected="addresses of named networks",
        )
    if missing := not_loaded(access):
        return missing
    if access.listens_only_here:
        return Verdict.passed(
            "waits for nobody beyond its own host",
            seen=f"listen_addresses = {access.listen_addresses}",
        )
    return Verdict.passed(
        "{count} lines for other machines, each for a named network",
        count=len(rules),
        seen="\n".join(each.shown for each in rules),
    )
