"""
The words of the report in both languages: labels of outcomes, numbers, moments, durations.

Everything is a `Text`, so that the HTML holds both and the other formats pick one.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

from cdso_audit.language import said
from cdso_audit.result import Text

Lang = Literal["vi", "en"]

#: Vietnam keeps one zone and no summer time; the report says which zone it writes.
VIETNAM = timezone(timedelta(hours=7))

OUTCOMES = {
    "fail": "FAILED",
    "error": "CHECK BROKE",
    "unknown": "UNPROVED",
    "not-applicable": "NOT APPLICABLE",
    "pass": "PASSED",
}
STATUSES = {
    "not-met": "NOT MET",
    "partly-met": "PARTLY MET",
    "unproven": "UNPROVED",
    "waived": "WAIVED",
    "met": "MET",
    "not-applicable": "NOT APPLICABLE",
}
SEVERITIES = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
}
REASONS = {
    "unreachable": "could not be reached",
    "refused": "the connection was refused",
    "timeout": "no answer in time",
    "denied": "not allowed to look",
    "unparsable": "the answer could not be understood",
    "too-large": "the answer was larger than the limit",
    "missing-tool": "the program needed to look is missing",
    "undeclared": "the inventory does not say where to look",
    "bug": "a fault of this tool",
    "broke": "the check itself broke",
    "undecided": "the check could not decide from what it saw",
}
REMEDIES = {
    "unreachable": "Open the way from this machine to the asset, or collect there with "
    "`cdso-audit collector` and carry the file over.",
    "refused": "Start the service, or allow this machine's address in its firewall "
    "and access list.",
    "timeout": "Look at the load of the asset and of the line, then scan again with `--resume`.",
    "denied": "Install the sudoers drop-in that `cdso-audit scan --plan --sudoers` prints.",
    "unparsable": "Send the evidence to the maintainers: the program answers "
    "in a form not known yet.",
    "too-large": "Look at this by hand: the answer did not fit the limit of one question.",
    "missing-tool": "Install the program on the asset, or attest the requirement by hand.",
    "undeclared": "Write it into agency.yaml, as the detail says.",
    "bug": "Report it with the output folder: this is a fault of the tool and not of the asset.",
    "broke": "Report it with the output folder: the check and not the asset is at fault.",
    "undecided": "Read what was seen, then attest the requirement by hand.",
}
KNOWN_BY = {
    "daemon": "the running service said so",
    "file": "read from a file on disk",
    "network": "seen from the network",
}
AUTHORITIES = {
    "law": "law",
    "decree": "decree",
    "circular": "circular",
    "standard": "standard",
    "technical-regulation": "technical regulation",
    "directive": "directive",
    "guidance": "guidance",
}
CONFIDENCES = {
    "high": "high: the official text was read",
    "medium": "medium: a paraphrase of the official text was read",
    "low": "LOW: inferred, or one weak source only; "
    "compare with the official text before relying on it",
}
BINDINGS = {
    "required": "required",
    "suggested": "suggested value; another needs a written reason",
    "advisory": "advice",
}
VERIFIES = {
    "technical": "by machine",
    "evidence": "by document",
    "drill": "by drill",
    "mixed": "by machine and document",
}
PROOFS = {
    "check": "check",
    "attestation": "attested document",
    "drill": "drill",
}
DUE_STATES = {
    "over": "overdue",
    "soon": "within 60 days",
    "later": "later",
    "done": "done, as attested",
}
LIST_STATES = {
    "absent": "not written",
    "draft": "a draft: proves nothing until somebody confirms it",
    "expired": "confirmed more than a year ago: proves nothing",
    "stands": "confirmed",
}
#: The words of the report: a term and what it means here.
GLOSSARY = {
    "agency": "the body that owns the systems and answers for them",
    "system": "an information system; the unit that has a level and is scored",
    "level": "how much harm a failure of the system does, 1 to 5; "
    "it decides which requirements bind",
    "asset": "a host, endpoint, device, database or domain of a system",
    "fact": "what was seen on an asset, as it stood",
    "gap": "a fact that could not be had, with the reason; it counts as unproved",
    "evidence": "the raw answers, each named by its SHA-256",
    "check": "a rule that judges one fact",
    "finding": "what a check says of one fact of one asset",
    "rulebook": "the requirements in force, with their clauses",
    "requirement": "a duty of the rulebook for systems of a level",
    "attestation": "somebody's signed word, with a document and an end",
    "waiver": "a dated exception from a measured failure, approved by another than who asked",
    "score": "proved, failed and unproved weight, with caps; see `cdso-audit explain scoring@1`",
    "coverage": "the share that was proved or failed: 100 less the unproved",
    "knock-out": "a requirement without which no system gets above 39",
    "drill": "a timed rehearsal of recovery, verified at its end",
}
KINDS = {
    "public-service-portal": "public service portal",
    "administrative-procedure": "administrative procedures",
    "data-platform": "data sharing platform",
    "population-data-link": "link to the population database",
    "national-database": "national database",
    "land-database": "land database",
    "civil-registry": "civil registry",
    "business-registry": "business registry",
    "insurance-database": "insurance database",
    "identity-sso": "identity and sign-on",
    "ioc": "smart operation centre",
    "government-reporting": "government reporting",
    "open-data-portal": "open data portal",
    "document-management": "document management",
    "mail": "mail",
    "payment": "payment",
    "digital-signature": "digital signature",
    "network-infrastructure": "network infrastructure",
    "generic": "general",
}
ASSET_KINDS = {
    "host-linux": "Linux host",
    "host-windows": "Windows host",
    "network-device": "network device",
    "web-endpoint": "web endpoint",
    "database": "database",
    "dns-mail": "domain and mail",
    "interconnection": "link to another agency",
}


def fixed(text: Any) -> Text:
    """What reads the same in both languages: a name, a number without a fraction, a digest."""
    return Text(vi=str(text), en=str(text))


def say(template: str, **values: Any) -> Text:
    """The sentence in both languages; a value that is a `Text` gives each its own."""
    return Text(
        vi=said(template, {name: inside(value, "vi") for name, value in values.items()}, "vi"),
        en=said(template, {name: inside(value, "en") for name, value in values.items()}, "en"),
    )


def inside(value: Any, lang: Lang) -> str:
    """A value as one language writes it."""
    if isinstance(value, Text):
        return value.vi if lang == "vi" else value.en
    return str(value)


def named(table: dict[str, str], key: Any) -> Text:
    """The label of a key, or the key itself when nobody named it yet: never silence."""
    return say(table[str(key)]) if str(key) in table else fixed(key)


def decimal(number: float) -> Text:
    """One digit after the point, cut and never rounded up: 89.96 must not read as 90.0."""
    tenths = int(abs(number) * 10 + 1e-9)
    text = f"{'-' if number < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"
    return Text(vi=text.replace(".", ","), en=text)


def count(number: int) -> Text:
    """A whole number with the thousands marked."""
    text = f"{number:,}"
    return Text(vi=text.replace(",", "."), en=text)


def moment(at: datetime) -> Text:
    """A moment in Vietnam's time."""
    local = at.astimezone(VIETNAM)
    return Text(vi=f"{local:%H:%M %d/%m/%Y}", en=f"{local:%Y-%m-%d %H:%M}")


def day(on: date) -> Text:
    """A day."""
    at = on.astimezone(VIETNAM) if isinstance(on, datetime) else on
    return Text(vi=f"{at:%d/%m/%Y}", en=f"{at:%Y-%m-%d}")


def duration(length: timedelta) -> Text:
    """A duration in hours and minutes; days are spelt as hours, since the target is in hours."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say("{n} min", n=rest)
    return say("{h} h {n} min", h=hours, n=rest) if rest else say("{h} h", h=hours)


def size(octets: int) -> Text:
    """A size in bytes, kB or MB (1000)."""
    if octets < 1000:  # noqa: PLR2004 - SI
        return fixed(f"{octets} B")
    unit, scale = ("kB", 1e3) if octets < 1e6 else ("MB", 1e6)  # noqa: PLR2004 - SI
    number = decimal(octets / scale)
    return Text(vi=f"{number.vi} {unit}", en=f"{number.en} {unit}")
