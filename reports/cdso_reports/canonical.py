"""`result.json`: sorted keys, UTF-8, no insignificant blanks, one line end. Alike for ever."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdso_audit.result import Result
    from cdso_reports import Lang


def render(result: "Result", lang: "Lang" = "vi") -> bytes:  # noqa: ARG001 - it holds both languages
    """The canonical JSON of `cdso/result-v1`."""
    value = result.model_dump(mode="json", by_alias=True)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"
