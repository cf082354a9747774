"""
A web endpoint's answers as the scanner sees them: pages, redirects, headers, methods, leftovers.

Bodies are never kept: the collector writes down which signature it recognised in them, so a secret
that a server gives away does not travel on in our evidence. Values of cookies are left out too.
"""

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import AssetKind, Frozen, GapReason, KnownBy

HTTP_PAGES = Probe(
    id="http-pages",
    via="http",
    run="GET of the URL and of http:// port 80 of the same host, at most 5 redirects within "
    "the inventory; one TRACE; one page that does not exist and one path that is too long",
    why="redirects, headers, cookies, methods and error pages of the endpoint",
    deadline=90,
)
HTTP_EXPOSURE = Probe(
    id="http-exposure",
    via="http",
    run="GET of some thirty constant paths where files are left by mistake (/.git/HEAD, /.env, "
    "/backup.sql …) and of a path that does not exist; only whether a signature matched is kept",
    why="files and directory listings that the web server shows by mistake",
    deadline=180,
)

HTTP_CONSOLES = Probe(
    id="http-consoles",
    via="http",
    run="GET of some thirty constant paths where programs that administer something usually answer "
    "(/phpmyadmin/, /adminer.php, /manager/html, /actuator …); only which program is kept",
    why="consoles of databases and servers that the web endpoint shows to strangers",
    deadline=120,
)
HTTP_CONTACT = Probe(
    id="http-contact",
    via="http",
    run="GET of /.well-known/security.txt, and of /security.txt where that is none; only the lines "
    "Contact and Expires are kept",
    why="the address for reports of incidents and holes that the site publishes",
    deadline=60,
)


class Cookie(Frozen):
    """A cookie's name and attributes as set; never its value."""

    name: str
    attributes: tuple[str, ...]

    def has(self, attribute: str) -> bool:
        """Whether it carries the attribute, in any case."""
        wanted = attribute.lower()
        return any(each.partition("=")[0].strip().lower() == wanted for each in self.attributes)

    def value(self, attribute: str) -> str:
        """An attribute's value in lower case, or nothing."""
        for each in self.attributes:
            name, _, value = each.partition("=")
            if name.strip().lower() == attribute:
                return value.strip().lower()
        return ""


class Answer(Frozen):
    """One HTTP answer without its body."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[Cookie, ...] = ()
    html: bool = False

    @property
    def is_https(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def is_redirect(self) -> bool:
        return self.status in (301, 302, 303, 307, 308) and bool(self.header("location"))

    def all_of(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name)

    def header(self, name: str) -> str:
        """A header's values, joined as RFC 9110 joins them; nothing when it is absent."""
        return ", ".join(self.all_of(name))


class HttpPages(Fact):
    """What the URL answers, hop by hop."""

    kind: Literal["http-pages"] = "http-pages"
    known_by: KnownBy = KnownBy.NETWORK
    hops: tuple[Answer, ...]
    stopped: str = ""
    """Why the walk ended before a page: a redirect out of the inventory, a loop; else empty."""

    @property
    def first(self) -> Answer:
        """The URL's own answer."""
        return self.hops[0]

    @property
    def page(self) -> Answer | None:
        """The page at the end of the walk; None when it ended on a redirect or an error."""
        last = self.hops[-1]
        return None if self.stopped or last.is_redirect or last.status >= 400 else last  # noqa: PLR2004

    @property
    def why_no_page(self) -> str:
        """Why there is no page to judge."""
        return self.stopped or f"status {self.hops[-1].status}"


class PlainHttp(Fact):
    """What the host answers to http:// without encryption."""

    kind: Literal["plain-http"] = "plain-http"
    known_by: KnownBy = KnownBy.NETWORK
    refused: bool
    """Nobody listens there: the connection was refused."""
    hops: tuple[Answer, ...] = ()
    stopped: str = ""


class HttpTrace(Fact):
    """The answer to one TRACE request."""

    kind: Literal["http-trace"] = "http-trace"
    known_by: KnownBy = KnownBy.NETWORK
    status: int
    echoed: bool


class HttpErrorPages(Fact):
    """What error pages tell of the software behind them. `leaks` are the words that told it."""

    kind: Literal["http-error-pages"] = "http-error-pages"
    known_by: KnownBy = KnownBy.NETWORK
    statuses: tuple[int, ...]
    leaks: tuple[str, ...]


class Shown(Frozen):
    """A path that showed what it should not, and what it was known by."""

    path: str
    what: str


class HttpLeftovers(Fact):
    """Files and listings that the server shows by mistake."""

    kind: Literal["http-leftovers"] = "http-leftovers"
    known_by: KnownBy = KnownBy.NETWORK
    asked: int
    files: tuple[Shown, ...]
    listings: tuple[Shown, ...]
    silent: tuple[str, ...]
    """Paths to which no usable answer came (no answer, 429, 5xx)."""
    answers_everything: bool
    """The server answers 200 to a path that does not exist."""


class HttpConsoles(Fact):
    """Programs that administer something, seen at their usual paths."""

    kind: Literal["http-consoles"] = "http-consoles"
    known_by: KnownBy = KnownBy.NETWORK
    asked: int
    found: tuple[Shown, ...]
    silent: tuple[str, ...]
    """Paths to which no usable answer came."""


class HttpContact(Fact):
    """The file security.txt (RFC 9116), as the site serves it."""

    kind: Literal["http-contact"] = "http-contact"
    known_by: KnownBy = KnownBy.NETWORK
    url: str
    contacts: tuple[str, ...]
    expires: tuple[str, ...]
    """As written; the standard wants exactly one."""


def _answer(raw: dict[str, Any]) -> Answer:
    return Answer(
        url=raw["url"],
        status=raw["status"],
        headers=tuple((str(name), str(value)) for name, value in raw["headers"]),
        cookies=tuple(
            Cookie(name=each["name"], attributes=tuple(each["attributes"]))
            for each in raw["cookies"]
        ),
        html=raw["html"],
    )


def _part(outputs: Outputs, probe: Probe, name: str) -> dict[str, Any]:
    found = outputs.json(probe)
    part = found.get(name) if isinstance(found, dict) else None
    if not isinstance(part, dict) or "subject" not in part:
        raise UnreadableError(f"the evidence of {probe.id} has no {name}")
    return part


def _missing(part: dict[str, Any]) -> Missing:
    return Missing(part["subject"], GapReason(part["gap"]), str(part["detail"]))


@reader(HttpPages, HTTP_PAGES, on=AssetKind.WEB_ENDPOINT)
def read_http_pages(outputs: Outputs) -> Iterator[HttpPages | Missing]:
    part = _part(outputs, HTTP_PAGES, "pages")
    hops = tuple(_answer(each) for each in part["hops"])
    if part["gap"] or not hops:
        yield _missing(part)
        return
    yield HttpPages(subject=part["subject"], hops=hops, stopped=part["stopped"])


@reader(PlainHttp, HTTP_PAGES, on=AssetKind.WEB_ENDPOINT)
def read_plain_http(outputs: Outputs) -> Iterator[PlainHttp | Missing]:
    """A refusal is an answer; silence is not, since a filter may treat the scanner apart."""
    part = _part(outputs, HTTP_PAGES, "plain")
    hops = tuple(_answer(each) for each in part["hops"])
    if part["gap"] == GapReason.REFUSED and not hops:
        yield PlainHttp(subject=part["subject"], refused=True)
    elif part["gap"] and not any(each.is_https for each in hops):
        yield _missing(part)
    else:
        yield PlainHttp(subject=part["subject"], refused=False, hops=hops, stopped=part["stopped"])


@reader(HttpTrace, HTTP_PAGES, on=AssetKind.WEB_ENDPOINT)
def read_http_trace(outputs: Outputs) -> Iterator[HttpTrace | Missing]:
    part = _part(outputs, HTTP_PAGES, "trace")
    if part["gap"]:
        yield _missing(part)
        return
    yield HttpTrace(subject=part["subject"], status=part["status"], echoed=part["echoed"])


@reader(HttpErrorPages, HTTP_PAGES, on=AssetKind.WEB_ENDPOINT)
def read_http_error_pages(outputs: Outputs) -> Iterator[HttpErrorPages | Missing]:
    part = _part(outputs, HTTP_PAGES, "errors")
    if part["gap"]:
        yield _missing(part)
        return
    yield HttpErrorPages(
        subject=part["subject"],
        statuses=tuple(part["statuses"]),
        leaks=tuple(str(each) for each in part["leaks"]),
    )


@reader(HttpLeftovers, HTTP_EXPOSURE, on=AssetKind.WEB_ENDPOINT)
def read_http_leftovers(outputs: Outputs) -> Iterator[HttpLeftovers | Missing]:
    part = _part(outputs, HTTP_EXPOSURE, "leftovers")
    if part["gap"]:
        yield _missing(part)
        return
    yield HttpLeftovers(
        subject=part["subject"],
        asked=part["asked"],
        files=tuple(Shown.model_validate(each) for each in part["files"]),
        listings=tuple(Shown.model_validate(each) for each in part["listings"]),
        silent=tuple(str(each) for each in part["silent"]),
        answers_everything=part["answers_everything"],
    )


@reader(HttpConsoles, HTTP_CONSOLES, on=AssetKind.WEB_ENDPOINT)
def read_http_consoles(outputs: Outputs) -> Iterator[HttpConsoles | Missing]:
    part = _part(outputs, HTTP_CONSOLES, "consoles")
    if part["gap"]:
        yield _missing(part)
        return
    yield HttpConsoles(
        subject=part["subject"],
        asked=part["asked"],
        found=tuple(Shown.model_validate(each) for each in part["found"]),
        silent=tuple(str(each) for each in part["silent"]),
    )


@reader(HttpContact, HTTP_CONTACT, on=AssetKind.WEB_ENDPOINT)
def read_http_contact(outputs: Outputs) -> Iterator[HttpContact | Missing | Absent]:
    """A site without the file may say the same on a page, which people read."""
    part = _part(outputs, HTTP_CONTACT, "contact")
    if part["gap"]:
        yield _missing(part)
        return
    contacts = tuple(str(each) for each in part["contacts"])
    expires = tuple(str(each) for each in part["expires"])
    if not contacts and not expires:
        yield Absent("the site serves no security.txt; what its pages say is read by people")
        return
    yield HttpContact(
        subject=part["subject"], url=str(part["url"]), contacts=contacts, expires=expires
    )
