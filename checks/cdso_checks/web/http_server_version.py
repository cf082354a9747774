"""Version numbers in headers, on any answer of the walk."""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-server-version",
        title="Headers do not tell software versions",
        severity=Severity.LOW,
        why="A version number tells an attacker which known hole to try.",
        fix="Set `server_tokens off;` (nginx), `ServerTokens Prod` (Apache), `expose_php = "
        "Off` (PHP), then reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.9",),
            "cis-v8": ("16.7",),
        },
    ),
    headers=(
        *("server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator"),
        *("x-runtime-version", "x-drupal-version"),
    ),
)
def http_server_version(seen: HttpPages, context: Context) -> Verdict:
    """A name without a number (`Server: nginx`) is fine."""
    leaks = {}
    for hop in seen.hops:
        for name in context.names("headers"):
            value = hop.header(name)
            if re.search(r"\d+\.\d+|/\d|^\d+$", value):
                leaks[name] = f"{name}: {value}"
    if leaks:
        return Verdict.failed(
            "versions are told: {headers}",
            headers="; ".join(leaks.values())[:400],
            seen=next(iter(leaks.values())),
        )
    return Verdict.passed("no header tells a version", seen=seen.first.header("server"))
