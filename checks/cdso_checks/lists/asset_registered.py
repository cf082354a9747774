"""The host in the owner's register of devices: there, in use, and with the addresses it has."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.register import row_of


@check(
    HostNetwork,
    About(
        id="asset-registered",
        title="The host stands in the register of devices with the addresses it has",
        severity=Severity.MEDIUM,
        why="A machine that nobody registered is patched, watched and switched off by nobody.",
        fix="Add the host to lists/assets.csv with its addresses and who answers for it, or take "
        "it out of service.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.9",), "cis-v8": ("1.1",), "nist-csf-2": ("ID.AM-01",)},
        pitfalls="Addresses that the host has and the row lacks fail as well as those of the row "
        "that the host lacks; temporary IPv6 addresses are the host's own affair and do not count.",
        lists=("assets",),
    ),
)
def asset_registered(network: HostNetwork, context: Context) -> Verdict:
    """The row and the host agree on IPv4 addresses and on hardware addresses, as far as given."""
    row = row_of(context.lists, context.asset.id, network.addresses)
    seen = ", ".join((*network.addresses, *network.macs))
    if row is None:
        return Verdict.failed("the register of devices does not know this host", seen=seen)
    expected = ", ".join((*row.addresses, *row.macs))
    if row.status in ("spare", "retired"):
        return Verdict.failed(
            "the register says that this host is {status}, and it runs",
            status=row.status,
            seen=seen,
        )
    if not row.owner:
        return Verdict.failed("the register names nobody who answers for this host", seen=seen)
    here = {each for each in network.addresses if ":" not in each}
    listed = {each for each in row.addresses if ":" not in each}
    more = sorted(here - listed)
    fewer = sorted(listed - here)
    if row.macs and not set(row.macs) & set(network.macs):
        fewer += sorted(row.macs)
    if more or fewer:
        return Verdict.failed(
            "register and host disagree; only on the host: {more}; only in the register: {fewer}",
            more=", ".join(more) or "-",
            fewer=", ".join(fewer) or "-",
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "the register knows this host; {owner} answers for it",
        owner=row.owner,
        seen=seen,
        expected=expected,
    )
