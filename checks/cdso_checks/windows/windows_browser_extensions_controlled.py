"""Whether the browsers of a Windows host refuse extensions that nobody allowed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.browsers import WindowsBrowserPolicy
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.updates.browser_extensions_controlled import controlled


@check(
    WindowsBrowserPolicy,
    About(
        id="windows-browser-extensions-controlled",
        title="Chrome, Edge, Firefox and Thunderbird refuse extensions that nobody allowed",
        severity=Severity.MEDIUM,
        why="An extension reads every page and every password that its user sees; stolen ones are "
        "sold and updated with spyware.",
        fix="Group Policy of the computer: Google Chrome or Microsoft Edge > Extensions > "
        "Configure extension installation blocklist: `*`; Mozilla > Firefox > Extensions > "
        'Extension Management: `{"*": {"installation_mode": "blocked"}}`.',
        since="0.2.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("9.4",)},
        pitfalls="Experimental: not yet confirmed on a real server. "
        "A policy of users holds only for those whom it concerns, so that of the computer counts. "
        "Browsers that people installed for themselves are not seen, nor is Firefox's "
        "policies.json beside the program.",
        experimental=True,
    ),
)
def windows_browser_extensions_controlled(seen: WindowsBrowserPolicy, _: Context) -> Verdict:
    """As on Linux; Firefox without a policy in the registry may have one beside the program."""
    if seen.elsewhere:
        return Verdict.unknown(
            "no policy of extensions in the registry; policies.json beside the program is not read"
        )
    return controlled(seen)
