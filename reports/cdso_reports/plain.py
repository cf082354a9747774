"""
Collected text made harmless to look at.

A target is hostile: what it printed may hold escape sequences that repaint a terminal, marks that
turn the reading direction, characters that no XML parser takes. None of them is dropped, since an
auditor must see that they were there: each becomes its visible name.
"""

import re
import unicodedata

#: C0 and C1 controls, DEL, line and paragraph separators, direction marks and isolates, zero-width
#: characters, byte order marks, lone surrogates, non-characters: what changes how the rest is read.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_NAMES = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\x1b": "\\e"}


def _name(found: re.Match[str]) -> str:
    character = found.group()
    if character in _NAMES:
        return _NAMES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def visible(text: str) -> str:
    """The text with every unseen character named; line ends and tabs stay."""
    return _UNSEEN.sub(_name, unicodedata.normalize("NFC", text).replace("\r\n", "\n"))


def line(text: str) -> str:
    """The text on one line: line ends and tabs are named too."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def clipped(text: str, limit: int) -> str:
    """The text on one line and no longer than `limit` characters, an ellipsis where it was cut."""
    whole = line(text)
    return whole if len(whole) <= limit else whole[: max(limit - 1, 0)] + "…"


def clipped_lines(text: str, limit: int) -> str:
    """The text with its lines, no longer than `limit` characters, an ellipsis where it was cut."""
    whole = "\n".join(line(each) for each in visible(text).split("\n"))
    return whole if len(whole) <= limit else whole[: max(limit - 1, 0)] + "…"
