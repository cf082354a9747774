"""Extensions of browsers and Thunderbird, compared with the owner's list of software."""

from cdso_audit.checking import About, check
from cdso_audit.facts.browser_extensions import BrowserExtensions
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed

#: How many names a message spells out; the rest is in `seen`.
NAMED = 8


@check(
    BrowserExtensions,
    About(
        id="browser-extensions-as-listed",
        title="Only listed extensions run in browsers and Thunderbird",
        severity=Severity.MEDIUM,
        why="An extension that nobody allowed reads every page and every password, and nobody "
        "notices when its owner changes.",
        fix="Take it out of the policy and out of the profile, or add its id to "
        "lists/software.csv with the kind browser-extension.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("9.4",)},
        pitfalls="What a browser brings along does not count, nor what is switched off. Where the "
        "policy keeps everything without a name from running, the profiles need not be read; an id "
        "that the policy allows must be on the list even if nobody has it yet. A row's name is the "
        "extension's id, which about:support and chrome://extensions show.",
        lists=("software",),
    ),
)
def browser_extensions_as_listed(seen: BrowserExtensions, context: Context) -> Verdict:
    """Each id that a policy names, and each that runs in a profile, fits a row of that kind."""
    rules = seen.rules
    allowed = Allowed.on(context, ("browser-extension",))
    named = dict.fromkeys((*rules.forced, *rules.allowed), "policy")
    running = {
        each.id: each.profile
        for each in seen.extensions
        if each.enabled and not rules.stops(each.id)
    }
    found = {**running, **named}
    strange = sorted(name for name in found if not allowed.rows_of(name))
    shown = "\n".join(f"{name} ({found[name]})" for name in strange or sorted(found))
    if strange:
        return Verdict.failed(
            "{count} extensions are not on the list: {names}",
            count=len(strange),
            names=", ".join(strange[:NAMED]) + (" …" if len(strange) > NAMED else ""),
            seen=shown,
        )
    if seen.unseen and not rules.closes:
        return Verdict.unknown(
            "nobody could look into these homes or profiles: {places}",
            places=", ".join(seen.unseen[:NAMED]),
            seen=shown,
        )
    return Verdict.passed("all {count} extensions are on the list", count=len(found), seen=shown)
