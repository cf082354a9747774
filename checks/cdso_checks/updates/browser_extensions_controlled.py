"""Whether a browser refuses extensions that nobody allowed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.browser_policies import BrowserPolicy, ExtensionPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    BrowserPolicy,
    About(
        id="browser-extensions-controlled",
        title="Browsers and Thunderbird refuse extensions that nobody allowed",
        severity=Severity.MEDIUM,
        why="An extension reads every page and every password that its user sees; stolen ones are "
        "sold and updated with spyware.",
        fix="Chromium, Chrome, Edge, Brave: a file in the folder policies/managed with "
        '`{"ExtensionInstallBlocklist": ["*"], "ExtensionInstallAllowlist": ["ID"]}`. Firefox, '
        'Thunderbird: `{"policies": {"ExtensionSettings": {"*": {"installation_mode": "blocked"}, '
        '"ID": {"installation_mode": "allowed"}}}}` in /etc/firefox/policies/policies.json '
        "(/etc/thunderbird/policies/policies.json).",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("9.4",)},
        pitfalls="Chromium reads each file of the folder, backups too, and the last one by name "
        "wins each policy: two files do not add up. A file with a broken bracket counts for "
        "nothing, without a word. Firefox does not look at the file of its installation folder "
        "when there is one in /etc. A policy of `recommended` is no rule; settings locked by "
        "autoconfig are not read.",
    ),
)
def browser_extensions_controlled(seen: BrowserPolicy, _: Context) -> Verdict:
    """An extension without a name in the policies cannot be installed, from no store at all."""
    return controlled(seen)


def controlled(seen: ExtensionPolicy) -> Verdict:
    """What the rules of one browser come to, on any system."""
    rules = seen.rules
    shown = "\n".join(
        [
            *(seen.files or ("-",)),
            *(f"! {each.path}: {each.why}" for each in seen.ignored),
            *(f"+ {name}" for name in (*rules.allowed, *rules.forced)),
        ]
    )
    if rules.refuses and not rules.stores:
        return Verdict.passed(
            "extensions are refused but for {count} that policies name",
            count=len(rules.allowed) + len(rules.forced),
            seen=shown,
        )
    if seen.in_cloud:
        return Verdict.unknown(
            "it is enrolled in its maker's console, whose policies are not on this host",
            seen=shown,
        )
    if rules.stores:
        return Verdict.failed(
            "everything from a whole store may be installed: {stores}",
            stores=", ".join(rules.stores),
            seen=shown,
        )
    if seen.ignored:
        return Verdict.failed(
            "anybody may install extensions; the browser takes no notice of {files}",
            files=", ".join(f"{each.path} ({each.why})" for each in seen.ignored),
            seen=shown,
        )
    return Verdict.failed("anybody may install extensions: no policy refuses them", seen=shown)
