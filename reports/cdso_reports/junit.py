"""
JUnit XML for schedulers that read test results (the schema that Jenkins and Surefire share).

A finding is a test case. Only `pass` is a test that passed: unknown and a check that broke are
errors, so a job never turns green about something that nobody saw. Not applicable is skipped, and
so is what only a rulebook beside asks for, with what was found: it gates nothing.
"""

from collections import defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cdso_audit.model import Outcome, utc
from cdso_audit.result import FindingResult, Result
from cdso_reports.outline import Outline, message, reason
from cdso_reports.plain import line, visible
from cdso_reports.words import OUTCOMES, Lang, inside, named, say


def render(result: Result, lang: Lang) -> bytes:
    """The findings as test suites, one an asset."""
    outline = Outline(result)
    held: dict[tuple[str, str], list[FindingResult]] = defaultdict(list)
    for each in outline.findings:
        held[each.system, each.asset].append(each)
    root = Element("testsuites", name=line(result.tool.name))
    suites = [
        _suite(root, outline, system, asset, found, lang)
        for (system, asset), found in sorted(held.items())
    ]
    if not suites:
        suites = [_nothing(root, result, lang)]
    seconds = (result.finished_at - result.started_at).total_seconds()
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{seconds:.3f}")
    indent(root, space=" ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(
    root: Element,
    outline: Outline,
    system: str,
    asset: str,
    found: list[FindingResult],
    lang: Lang,
) -> Element:
    def counted(*outcomes: Outcome) -> str:
        return str(sum(each.outcome in outcomes and not _is_skipped(each) for each in found))

    suite = SubElement(
        root,
        "testsuite",
        name=line(f"{system}/{asset}"),
        hostname=line(asset),
        timestamp=utc(outline.result.started_at).removesuffix("Z"),
        tests=str(len(found)),
        failures=counted(Outcome.FAIL),
        errors=counted(Outcome.UNKNOWN, Outcome.ERROR),
        skipped=str(sum(_is_skipped(each) for each in found)),
        time="0",
    )
    for each in found:
        _case(suite, outline, each, lang)
    return suite


def _is_skipped(each: FindingResult) -> bool:
    return each.outcome is Outcome.NOT_APPLICABLE or bool(each.beside)


def _case(suite: Element, outline: Outline, each: FindingResult, lang: Lang) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=line(f"{each.system}.{each.asset}"),
        name=line(f"{each.check} [{each.subject}]" if each.subject else each.check),
        time="0",
    )
    said = line(inside(message(each), lang))
    if _is_skipped(each):
        outcome = inside(named(OUTCOMES, each.outcome.value), lang)
        SubElement(case, "skipped", message=f"{outcome}: {said}" if each.beside else said)
        return
    match each.outcome:
        case Outcome.PASS:
            return
        case Outcome.NOT_APPLICABLE:
            return
        case Outcome.FAIL:
            made = SubElement(case, "failure", type=each.severity.value, message=said)
        case Outcome.UNKNOWN:
            made = SubElement(case, "error", type=f"unknown:{reason(each)}", message=said)
        case Outcome.ERROR:
            made = SubElement(case, "error", type="check-broke", message=said)
    check = outline.check(each.check)
    parts = [
        (say("Seen"), each.seen),
        (say("Expected"), each.expected),
        (say("What to do"), inside(check.fix, lang)),
        (say("Evidence"), " ".join(each.evidence)),
    ]
    lines = [inside(check.title, lang)]
    lines += [f"{inside(label, lang)}: {text}" for label, text in parts if text]
    made.text = "\n".join(visible(text) for text in lines)


def _nothing(root: Element, result: Result, lang: Lang) -> Element:
    suite = SubElement(
        root,
        "testsuite",
        name=line(result.agency.id),
        timestamp=utc(result.started_at).removesuffix("Z"),
        tests="1",
        failures="0",
        errors="1",
        skipped="0",
        time="0",
    )
    case = SubElement(
        suite, "testcase", classname=line(result.agency.id), name="assessed", time="0"
    )
    said = inside(say("Nothing was assessed. This report proves nothing."), lang)
    SubElement(case, "error", type="nothing-assessed", message=said)
    return suite
