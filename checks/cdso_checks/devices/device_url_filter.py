"""
A filter of web addresses on the way of people to the web, and one that stops something.

Judged on devices that can filter and lead out; a rule that names its destinations needs no filter.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceWebFilter
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.devices.elsewhere import done_elsewhere


@check(
    DeviceWebFilter,
    About(
        id="device-url-filter",
        title="Every rule to the whole web filters addresses and blocks the harmful",
        severity=Severity.MEDIUM,
        why="The page that steals a password, and the one that brings the first program, are on "
        "such lists within hours.",
        fix="Bind a profile that blocks: FortiGate `set utm-status enable`, `set "
        "webfilter-profile`, `set ssl-ssh-profile certificate-inspection`, and in the profile "
        "`set action block` for the harmful categories; Junos `utm-policy` with `web-filtering "
        "http-profile`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.23",), "cis-v8": ("9.3",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A profile that only watches or warns stops nothing, nor does one on a rule with "
        "`utm-status disable`; without a look into TLS it sees no encrypted page. Rules of "
        "servers to the whole web are asked too: name their destinations. Which categories are "
        "blocked, whether the licence and the lists are of today, and a filter of names (DNS), "
        "are not judged. Where another device or a proxy filters, name this one in the parameter "
        "`elsewhere`.",
        experimental=True,
    ),
    elsewhere=(),
)
def device_url_filter(web: DeviceWebFilter, context: Context) -> Verdict:
    """The weakest rule decides."""
    if (done := done_elsewhere(context)) is not None:
        return done
    seen = "\n".join(f"{each.name}: {each.profile or '-'}" for each in web.rules)
    if free := [each.name for each in web.rules if not each.profile]:
        return Verdict.failed(
            "rules to the whole web without a filter of addresses: {names}",
            names=", ".join(free),
            seen=seen,
        )
    if idle := [each.profile for each in web.rules if each.blocks is False]:
        return Verdict.failed(
            "filters of web addresses that block nothing: {names}",
            names=", ".join(dict.fromkeys(idle)),
            seen=seen,
        )
    if blind := [each.name for each in web.rules if each.encrypted is False]:
        return Verdict.failed(
            "rules whose filter learns no address of an encrypted page: {names}",
            names=", ".join(blind),
            seen=seen,
        )
    if unclear := [each.name for each in web.rules if None in (each.blocks, each.encrypted)]:
        return Verdict.unknown(
            "what the filter of web addresses stops is not told by the text, in: {names}",
            names=", ".join(unclear),
            seen=seen,
        )
    return Verdict.passed(
        "rules to the whole web that filter addresses: {names}",
        names=", ".join(each.name for each in web.rules),
        seen=seen,
    )
