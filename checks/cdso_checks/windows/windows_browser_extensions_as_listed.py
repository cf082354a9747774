"""Extensions that policies of a Windows host name, compared with the owner's list of software."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.browsers import WindowsBrowserPolicy
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed


@check(
    WindowsBrowserPolicy,
    About(
        id="windows-browser-extensions-as-listed",
        title="Only listed extensions run in Chrome, Edge, Firefox and Thunderbird",
        severity=Severity.MEDIUM,
        why="An extension that nobody allowed reads every page and every password, and nobody "
        "notices when its owner changes.",
        fix="Take its id out of the Group Policy, or add it to lists/software.csv with the kind "
        "browser-extension; block `*`, so that nothing else runs.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("9.4",)},
        pitfalls="Experimental: not yet confirmed on a real server. "
        "Profiles are not read: what runs is known only where the policy keeps everything without "
        "a name from running.",
        experimental=True,
        lists=("software",),
    ),
)
def windows_browser_extensions_as_listed(seen: WindowsBrowserPolicy, context: Context) -> Verdict:
    """Each id that a policy names fits a row of that kind, and nothing else can run."""
    rules = seen.rules
    allowed = Allowed.on(context, ("browser-extension",))
    named = sorted({*rules.forced, *rules.allowed})
    strange = [name for name in named if not allowed.rows_of(name)]
    if strange:
        return Verdict.failed(
            "{count} extensions are not on the list: {names}",
            count=len(strange),
            names=", ".join(strange),
            seen="\n".join(strange),
        )
    if not rules.closes:
        return Verdict.unknown(
            "no policy of the machine keeps other extensions from running, and profiles are not "
            "read",
            seen="\n".join(named),
        )
    return Verdict.passed(
        "all {count} extensions are on the list", count=len(named), seen="\n".join(named)
    )
