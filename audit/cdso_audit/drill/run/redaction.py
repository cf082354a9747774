"""Taking the secrets that a drill uses out of everything that it writes down."""

import base64
import json
import shlex
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

from cdso_audit.collect.scrub import scrubbed

MARK = "[removed: secret]"
#: A line of a secret of several lines is looked for by itself from this length on.
SHORTEST_LINE = 8


class Redactor:
    """Knows each secret that was resolved, and the forms in which programs repeat it."""

    def __init__(self) -> None:
        self._forms: list[str] = []

    def learn(self, secret: str) -> None:
        """Remember a secret; from now on it is taken out."""
        parts = [secret, *(line for line in secret.splitlines() if len(line) >= SHORTEST_LINE)]
        forms = {form for part in parts if part.strip() for form in _forms(part)}
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def exact(self, text: str) -> str:
        """The text without the secrets themselves."""
        for form in self._forms:
            text = text.replace(form, MARK)
        return text

    def text(self, text: str) -> str:
        """The text without the secrets, and without what looks like one."""
        return scrubbed(self.exact(text).encode("utf-8", "replace"))[0].decode("utf-8", "replace")

    def data(self, data: bytes) -> bytes:
        """As `text`, for bytes of any kind."""
        for form in self._forms:
            data = data.replace(form.encode("utf-8", "surrogatepass"), MARK.encode())
        return scrubbed(data)[0]

    def mapping(self, values: Mapping[str, str]) -> dict[str, str]:
        """Values of a mapping without the secrets."""
        return {name: self.exact(value) for name, value in values.items()}


def _forms(part: str) -> set[str]:
    raw = part.encode("utf-8", "surrogatepass")
    plain = base64.b64encode(raw).decode()
    return {
        part,
        quote(part, safe=""),
        quote_plus(part),
        json.dumps(part)[1:-1],
        json.dumps(part, ensure_ascii=False)[1:-1],
        shlex.quote(part),
        plain,
        plain.rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(),
    } - {""}
