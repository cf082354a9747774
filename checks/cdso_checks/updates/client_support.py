"""
Browsers and mail programs that a distribution ships without security support: data, with its date.

Source: the package debian-security-support 1:12+2026.06.30 (`security-support-ended`, `-limited`).
What stands here is supported for trusted content only, or not at all, though the release is.
"""

from datetime import date

#: When the table's source was made.
TABLE_DATE = date(2026, 6, 30)

#: Distribution → package → the releases without support (`*`: all) and why.
UNSUPPORTED: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "debian": {
        "chromium": (("9", "10"), "debian-security-support: ended"),
        "epiphany-browser": (("12",), "debian-security-support: trusted content only"),
        "falkon": (("*",), "qtwebengine: trusted content only"),
    }
}


def unsupported(distribution: str, version: str, name: str) -> str:
    """Why the distribution gives that program no security support; nothing if it does."""
    releases, why = UNSUPPORTED.get(distribution, {}).get(name, ((), ""))
    return why if "*" in releases or version.partition(".")[0] in releases else ""
