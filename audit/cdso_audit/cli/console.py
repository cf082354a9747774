"""How the command line talks: stdout is the result, stderr is for people, in their language."""

import locale
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from cdso_audit.language import Language, said, translated

if TYPE_CHECKING:
    from rich.console import Console

_chosen: Language | None = None

#: Control characters (C0, DEL, C1) and what turns text around; a host must not drive the terminal.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def choose(lang: Language | None) -> None:
    """Set the language of this run (`--lang`)."""
    global _chosen  # noqa: PLW0603 - one process speaks one language
    _chosen = lang


def chosen() -> Language | None:
    """The language that `--lang` named, if it was given."""
    return _chosen


def lang() -> Language:
    """`--lang`, else CDSO_AUDIT_LANG, else the locale: Vietnamese for `vi*`, else English."""
    if _chosen is not None:
        return _chosen
    given = os.environ.get("CDSO_AUDIT_LANG", "")
    if given in ("vi", "en"):
        return "vi" if given == "vi" else "en"
    words = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((word for word in words if word), "") or (locale.getlocale()[0] or "")
    return "vi" if chosen.lower().startswith("vi") else "en"


@cache
def out() -> "Console":
    """The console of the result."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and `--help` needs none

    return Console(highlight=False, emoji=False, markup=False, soft_wrap=False)


@cache
def err() -> "Console":
    """The console for people."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True, highlight=False, emoji=False, markup=False)


def tell(template: str, **values: Any) -> str:
    """The sentence in the language of this run."""
    return said(template, values, lang())


def word(template: str) -> str:
    """A word or sentence without places, in the language of this run."""
    return translated(template, lang())


def plain(text: str) -> str:
    r"""Text from elsewhere, safe for a terminal: what would steer it is shown as `\x1b`."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
