"""
Renderers and templates: they decide nothing and recompute nothing.

`render` is the one door: a `Result` goes in, bytes come out, and the same result gives the same
bytes for ever. Importing this package is cheap; a format's libraries load when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from cdso_audit.result import Result

Lang = Literal["vi", "en"]

#: Format → the module here whose `render(result, lang)` makes it.
_MODULES = {
    "html": "html_page",
    "json": "canonical",
    "csv": "spreadsheet",
    "md": "markdown",
    "junit": "junit",
    "sarif": "sarif",
}

#: Every format that `render` knows, in the order in which help texts list them.
FORMATS = tuple(_MODULES)

#: Format → the name that its file gets in the output folder.
FILE_NAMES = {
    "html": "report.html",
    "json": "result.json",
    "csv": "findings.csv",
    "md": "report.md",
    "junit": "junit.xml",
    "sarif": "report.sarif",
}


def render(result: "Result", fmt: str, *, lang: Lang = "vi") -> bytes:
    """The result in that format. Raises ValueError on a format that nobody makes here."""
    if fmt not in _MODULES:
        raise ValueError(f"unknown format {fmt!r}; known: {', '.join(FORMATS)}")
    module = import_module(f"{__name__}.{_MODULES[fmt]}")
    return cast("Callable[[Result, Lang], bytes]", module.render)(result, lang)
