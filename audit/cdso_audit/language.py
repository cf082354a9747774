"""
The two languages. English is the source; `locale/vi/*.po` of each package is the Vietnamese.

A template is looked up as it stands, with its `{named}` places, and filled afterwards. What has no
translation stays English: a report never loses a sentence, and a test fails before that happens.
"""

import gettext as _gettext
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from cdso_audit.result import Text

Language = Literal["vi", "en"]

PACKAGES = ("cdso_audit", "cdso_checks", "cdso_playbooks", "cdso_reports")


@cache
def _catalogues(lang: Language) -> list[_gettext.GNUTranslations]:
    if lang == "en":
        return []
    plugins = [point.module.partition(".")[0] for point in entry_points(group="cdso_audit.checks")]
    found = []
    for package in dict.fromkeys((*PACKAGES, *plugins)):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted((Path(folder) / "locale" / lang).glob("*.mo")):
                with path.open("rb") as binary:
                    found.append(_gettext.GNUTranslations(binary))
    return found


#: Vietnamese texts that come with what was read at run time (checks in YAML), by the English one.
_added: dict[str, str] = {}


def add_translations(texts: Mapping[str, str]) -> None:
    """Make Vietnamese texts known that stand in no catalogue. A catalogue's own text wins."""
    _added.update(texts)
    translated.cache_clear()


@cache
def translated(template: str, lang: Language) -> str:
    """The template in that language, or as it stands."""
    if not template:
        return ""
    for catalogue in _catalogues(lang):
        said = catalogue.gettext(template)
        if said != template:
            return said
    return _added.get(template, template) if lang == "vi" else template


def said(template: str, values: Mapping[str, Any], lang: Language) -> str:
    """The template in that language with its places filled; values stand as they are."""
    text = translated(template, lang)
    return text.format_map(values) if values else text


def both(template: str, **values: Any) -> "Text":
    """The sentence in both languages."""
    from cdso_audit.result import Text  # noqa: PLC0415 - pydantic is slow, and `--help` needs none

    return Text(vi=said(template, values, "vi"), en=said(template, values, "en"))
