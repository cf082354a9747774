"""
Consoles of databases and servers that a web endpoint shows to strangers.

That one asks for a password is no excuse: it is the door at which passwords are guessed and holes
are tried.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpConsoles
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpConsoles,
    About(
        id="http-admin-consoles",
        title="No console of a database or server is shown to everybody",
        severity=Severity.HIGH,
        why="phpMyAdmin, Tomcat Manager, Jenkins and their like are found by machines within "
        "hours, and a guessed password or a known hole is the whole server.",
        fix="Let only the management network reach it (`allow 10.1.9.0/24; deny all;` in nginx), "
        "or remove it from this server.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.9", "A.8.20", "A.8.22"), "cis-v8": ("4.8", "12.8")},
        pitfalls="Known by its own page or header at its usual path, never by a status; under "
        "another path it is not found. Only this endpoint's port is asked.",
    ),
    allowed=(),
)
def http_admin_consoles(seen: HttpConsoles, context: Context) -> Verdict:
    """One is enough, but those of `allowed`; without any, every path must have been answered."""
    allowed = context.names("allowed")
    found = [each for each in seen.found if each.what not in allowed and each.path not in allowed]
    if found:
        return Verdict.failed(
            "strangers are shown {consoles}",
            consoles=", ".join(f"{each.what} ({each.path})" for each in found)[:500],
            seen="\n".join(f"{each.path}: {each.what}" for each in found),
        )
    if seen.silent:
        return Verdict.unknown(
            "{silent} of {asked} paths gave no usable answer",
            silent=len(seen.silent),
            asked=seen.asked,
        )
    return Verdict.passed("none of {asked} paths shows a console", asked=seen.asked)
