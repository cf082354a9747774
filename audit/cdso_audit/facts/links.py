"""
Links to somebody else's service as the scanner sees them: whether it answers, how fast and how
often, what it proves of itself, whether it wants proof of us, and whose clock is right.

Seen from the machine that scans; the application's own host may have another way there.
"""

import base64
import binascii
from collections.abc import Iterator
from statistics import median
from typing import Any, Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.facts.tls import parse_certificate
from cdso_audit.model import AssetKind, Frozen, GapReason, KnownBy

LINK = Probe(
    id="link",
    via="link",
    run="GET of exactly the declared URL, 10 times or as declared (at most 20), each on a "
    "connection of its own with a pause of a second before; two handshakes more for trust",
    why="whether a link to another agency answers, how fast, with which certificate and clock",
    deadline=240,
)


class Attempt(Frozen):
    """One request. Times in milliseconds; None where it did not get that far."""

    result: Literal["answered", "wants-certificate", "failed"]
    status: int | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    detail: str = ""

    @property
    def is_error(self) -> bool:
        """No answer at all, or one by which the service itself says that it failed (5xx)."""
        return self.result == "failed" or (self.status is not None and self.status >= 500)  # noqa: PLR2004

    @property
    def total_ms(self) -> float | None:
        """From the first packet to the first byte of the answer."""
        parts = (self.connect_ms, self.tls_ms or 0.0, self.first_byte_ms)
        return None if None in parts else round(sum(each or 0.0 for each in parts), 1)


class LinkTraffic(Fact):
    """Every request that was made."""

    kind: Literal["link-traffic"] = "link-traffic"
    known_by: KnownBy = KnownBy.NETWORK
    where: str
    attempts: tuple[Attempt, ...]

    @property
    def errors(self) -> int:
        return sum(each.is_error for each in self.attempts)

    @property
    def median_ms(self) -> float | None:
        """The middle of the times to the first byte; None when nothing answered."""
        times = [each.total_ms for each in self.attempts if each.total_ms is not None]
        return round(median(times), 1) if times else None


class LinkTrust(Frozen):
    """What one trust store says of certificate and name together."""

    store: Literal["system", "agency"]
    state: Literal["accepted", "rejected", "unknown"]
    detail: str = ""


class LinkCertificate(Fact):
    """The certificate of the other side."""

    kind: Literal["link-certificate"] = "link-certificate"
    known_by: KnownBy = KnownBy.NETWORK
    name: str
    not_before: AwareDatetime
    not_after: AwareDatetime
    trust: tuple[LinkTrust, ...]


class LinkClientAuth(Fact):
    """Whether the other side wants a client certificate, and lets nobody in without one."""

    kind: Literal["link-client-auth"] = "link-client-auth"
    known_by: KnownBy = KnownBy.NETWORK
    encrypted: bool
    asked: bool | None = None
    """Whether it asked for one; None where that could not be seen."""
    refused: bool | None = None
    """Whether it refused us without one; None where its answer tells nothing."""
    status: int | None = None


class LinkClock(Fact):
    """The other side's clock less the scanner's, in seconds; answers tell whole seconds only."""

    kind: Literal["link-clock"] = "link-clock"
    known_by: KnownBy = KnownBy.NETWORK
    offset_s: float
    answers: int


def parsed(outputs: Outputs) -> dict[str, Any]:
    """The collector's answer. Raises UnreadableError."""
    found = outputs.json(LINK)
    if not isinstance(found, dict) or not isinstance(found.get("tries"), list):
        raise UnreadableError("this is no answer of the collector of links")
    return found


def attempts_of(found: dict[str, Any]) -> tuple[Attempt, ...]:
    """The requests. Raises UnreadableError."""
    keys = ("result", "status", "connect_ms", "tls_ms", "first_byte_ms", "detail")
    try:
        return tuple(
            Attempt.model_validate({key: each[key] for key in keys if key in each})
            for each in found["tries"]
        )
    except (TypeError, ValueError) as problem:
        raise UnreadableError(f"not a request: {problem}") from problem


@reader(LinkTraffic, LINK, on=AssetKind.INTERCONNECTION)
def read_traffic(outputs: Outputs) -> Iterator[LinkTraffic]:
    """One fact a link; no answer at all is one too."""
    found = parsed(outputs)
    attempts = attempts_of(found)
    if not attempts:
        raise UnreadableError("no request was made")
    yield LinkTraffic(subject=_where(found), where=_where(found), attempts=attempts)


def _where(found: dict[str, Any]) -> str:
    return str(found.get("where") or "link")


@reader(LinkCertificate, LINK, on=AssetKind.INTERCONNECTION)
def read_certificate(outputs: Outputs) -> Iterator[LinkCertificate | Missing | Absent]:
    """The other side's own certificate; plain HTTP has none."""
    found = parsed(outputs)
    if not _is_https(outputs):
        yield Absent("the link is plain HTTP and has no certificate")
        return
    chain = found.get("chain") or []
    if not chain:
        yield Missing(_where(found), GapReason.UNREACHABLE, _last_words(found))
        return
    try:
        own = parse_certificate(base64.b64decode(str(chain[0]), validate=True))
        trust = tuple(LinkTrust.model_validate(each) for each in found.get("trust") or ())
    except (binascii.Error, ValueError) as problem:
        raise UnreadableError(f"the certificate cannot be read: {problem}") from problem
    yield LinkCertificate(
        subject=_where(found),
        name=own.subject,
        not_before=own.not_before,
        not_after=own.not_after,
        trust=trust,
    )


def _last_words(found: dict[str, Any]) -> str:
    details = [str(each.get("detail") or "") for each in found["tries"]]
    return next((each for each in reversed(details) if each), "no answer")


def _is_https(outputs: Outputs) -> bool:
    return getattr(outputs.asset, "url", "").lower().startswith("https:")


#: Answers by which web servers refuse a client without a certificate: nginx 400 (and its own 495,
#: 496 inside), Apache 403.
REFUSALS = frozenset({400, 403, 495, 496})


@reader(LinkClientAuth, LINK, on=AssetKind.INTERCONNECTION)
def read_client_auth(outputs: Outputs) -> Iterator[LinkClientAuth | Missing]:
    """What the requests without a certificate met with."""
    found = parsed(outputs)
    attempts = attempts_of(found)
    if not _is_https(outputs):
        yield LinkClientAuth(subject=_where(found), encrypted=False)
        return
    shaken = [
        (each, raw)
        for each, raw in zip(attempts, found["tries"], strict=True)
        if each.result != "failed"
    ]
    if not shaken:
        yield Missing(_where(found), GapReason.UNREACHABLE, _last_words(found))
        return
    last, raw = shaken[-1]
    asked = raw.get("asked")
    refused: bool | None = True
    if last.result == "answered":
        refused = True if last.status in REFUSALS else None if last.status == 401 else False  # noqa: PLR2004
    yield LinkClientAuth(
        subject=_where(found),
        encrypted=True,
        asked=asked if isinstance(asked, bool) else None,
        refused=refused,
        status=last.status,
    )


@reader(LinkClock, LINK, on=AssetKind.INTERCONNECTION)
def read_clock(outputs: Outputs) -> Iterator[LinkClock | Missing]:
    """The middle of all offsets; without a `Date` in any answer nobody can tell."""
    found = parsed(outputs)
    offsets = [
        float(each["offset_s"])
        for each in found["tries"]
        if isinstance(each.get("offset_s"), int | float)
    ]
    if not offsets:
        yield Missing(_where(found), GapReason.UNPARSABLE, "no answer tells the time (Date)")
        return
    yield LinkClock(subject=_where(found), offset_s=round(median(offsets), 3), answers=len(offsets))
