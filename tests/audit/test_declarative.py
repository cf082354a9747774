"""Checks in YAML: what they may say, how they judge, and that those of packages are found."""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from tests.support import AT, HOST, SYSTEM

from cdso_audit.checking import Check
from cdso_audit.declarative import check_schema, looked_up, parse_check, steps
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError
from cdso_audit.facts.reading import READERS, Fact, Reader
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.language import said, translated
from cdso_audit.model import AssetKind, Context, Frozen, Outcome
from cdso_audit.plugins import installed_checks

THIRD_PARTY = Path(__file__).parent.parent / "data" / "thirdparty"


class Account(Frozen):
    name: str
    login: str | None = None


class Sample(Fact):
    """A fact with one of everything."""

    kind: Literal["sample-of-everything"] = "sample-of-everything"
    text: str = "abc"
    number: int = 5
    flag: bool = True
    age: timedelta = timedelta(days=2)
    nothing: str | None = None
    words: tuple[str, ...] = ("a", "b")
    empty: tuple[str, ...] = ()
    settings: Mapping[str, tuple[str, ...]] = {"port": ("22",), "a.b": ("x",)}
    accounts: tuple[Account, ...] = (
        Account(name="root", login="/bin/sh"),
        Account(name="ops", login="/bin/bash"),
    )


del Fact.registry["sample-of-everything"]  # no other test shall meet it


@pytest.fixture(autouse=True)
def _readable() -> Any:
    """The sample can be read, as far as checks are concerned, while these tests run."""
    reader = Reader(fact=Sample, probes=(), on=frozenset({AssetKind.HOST_LINUX}), read=iter)
    READERS["sample-of-everything"] = [reader]  # type: ignore[list-item]
    yield
    del READERS["sample-of-everything"]


HEAD = """\
apiVersion: cdso/check-v1
id: x
title: {vi: Tiêu đề, en: A title of a test}
why: {vi: Vì, en: Because of a test}
fix: {vi: Sửa, en: Mend the test}
severity: low
since: "1"
"""


def check(body: str) -> Check[Any]:
    return parse_check(f"{HEAD}fact: sample-of-everything\n{body}", "x.check.yaml")


def judged(body: str, **fact: Any) -> Outcome:
    made = check(body)
    context = Context(at=AT, asset=HOST, system=SYSTEM, parameters=made.parameters)
    return made.judge(Sample(subject="s", **fact), context).outcome


PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("field", "comparison", "outcome"),
    [
        ("text", "equals, value: abc", PASS),
        ("text", "equals, value: abd", FAIL),
        ("text", "not-equals, value: abd", PASS),
        ("number", "equals, value: 5", PASS),
        ("number", "equals, value: '5'", PASS),
        ("flag", "equals, value: true", PASS),
        ("flag", "equals, value: 1", FAIL),
        ("settings.port[0]", "equals, value: 22", PASS),
        ("settings.port", "equals, value: 22", PASS),
        ("words", "equals, value: [a, b]", PASS),
        ("words", "equals, value: [b, a]", FAIL),
        ("text", "one-of, value: [abc, x]", PASS),
        ("text", "one-of, value: [x]", FAIL),
        ("text", "none-of, value: [x]", PASS),
        ("text", "none-of, value: [abc]", FAIL),
        ("words", "one-of, value: [a, b, c]", PASS),
        ("words", "one-of, value: [a]", FAIL),
        ("empty", "one-of, value: [a]", UNKNOWN),
        ("empty", "none-of, value: [a]", PASS),
        ("number", "at-least, value: 5", PASS),
        ("number", "at-least, value: 6", FAIL),
        ("number", "at-most, value: 5", PASS),
        ("number", "at-most, value: 4.9", FAIL),
        ("settings.port[0]", "at-most, value: 1024", PASS),
        ("text", "at-most, value: 5", UNKNOWN),
        ("age", "at-most, value: 2d", PASS),
        ("age", "at-most, value: 47h", FAIL),
        ("text", "contains, value: b", PASS),
        ("text", "not-contains, value: b", FAIL),
        ("words", "contains, value: a", PASS),
        ("words", "contains, value: ab", FAIL),
        ("settings", "contains, value: port", PASS),
        ("number", "contains, value: 5", UNKNOWN),
        ("text", "matches, value: 'a.c'", PASS),
        ("text", "matches, value: 'a'", FAIL),
        ("accounts[*].login", "matches, value: '/bin/(ba)?sh'", PASS),
        ("accounts[*].login", "one-of, value: [/bin/sh]", FAIL),
        ("accounts[1].name", "equals, value: ops", PASS),
        ("settings['a.b'][0]", "equals, value: x", PASS),
        ("settings.port", "present", PASS),
        ("settings.nope", "present", FAIL),
        ("settings.nope", "absent", PASS),
        ("nothing", "absent", PASS),
        ("text", "absent", FAIL),
    ],
)
def test_operators(field: str, comparison: str, outcome: Outcome) -> None:
    operator, _, value = comparison.partition(", ")

    assert judged(f'field: "{field}"\noperator: {operator}\n{value}\n') is outcome


@pytest.mark.parametrize(
    "operator",
    ["equals", "not-equals", "one-of", "none-of", "at-least", "at-most", "contains",
     "not-contains", "matches"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["settings.nope[0]", "settings.port[7]", "nothing"])
def test_what_a_fact_does_not_hold_is_unknown_never_a_pass(operator: str, field: str) -> None:
    value = {"one-of": "[a]", "none-of": "[a]", "at-least": "1", "at-most": "1"}.get(operator, "a")

    assert judged(f"field: {field}\noperator: {operator}\nvalue: {value}\n") is UNKNOWN


def test_other_subjects_are_none_of_its_business() -> None:
    body = "subject: 'x*'\nfield: text\noperator: equals\nvalue: abc\n"

    assert judged(body) is Outcome.NOT_APPLICABLE


def test_the_rulebook_may_set_the_value() -> None:
    made = check("field: number\noperator: at-least\nvalue: 3\n")
    given = made.with_parameters({"value": 9})
    context = Context(at=AT, asset=HOST, system=SYSTEM, parameters=given)

    assert made.judge(Sample(subject="s"), context).outcome is FAIL


def test_a_check_of_a_file_is_a_check_in_both_languages() -> None:
    raw = (THIRD_PARTY / "acme_checks/simple/x11.check.yaml").read_bytes()
    made = parse_check(raw, "x11.check.yaml")
    fact = made.fact(subject="user", settings={"x11forwarding": ("yes",)})
    verdict = made.judge(
        fact, Context(at=AT, asset=HOST, system=SYSTEM, parameters=made.parameters)
    )

    assert made.origin == "x11.check.yaml"
    assert verdict.message == "X11 forwarding is yes, and should be no"
    assert said(verdict.template, verdict.values, "vi") == "chuyển tiếp X11: yes, phải là no"
    assert translated(made.about.title, "vi") == "Máy chủ SSH không chuyển tiếp X11"
    assert verdict.expected == "equals no"


def test_a_long_value_is_cut_in_the_message() -> None:
    made = check("field: text\noperator: equals\nvalue: x\n")
    context = Context(at=AT, asset=HOST, system=SYSTEM, parameters=made.parameters)

    assert len(made.judge(Sample(subject="s", text="y" * 9999), context).message) < 300


def wrong(body: str) -> str:
    with pytest.raises(ConfigError) as caught:
        check(body)
    problem = caught.value
    each = problem.problems if isinstance(problem, ConfigErrors) else (problem,)
    return "\n".join(f"{one.place}: {one.message} -> {one.hint}" for one in each)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("field: txt\noperator: present\n", "9:8: field: there is no txt in a Sample -> did you"),
        ("field: text.x\noperator: present\n", "goes on after a plain value"),
        ("field: words.x\noperator: present\n", "is asked of a list"),
        ("field: accounts[*].logn\noperator: present\n", "did you mean login?"),
        ("field: '[0]'\noperator: present\n", "no path into a fact"),
        ("field: 'text..x'\noperator: present\n", "no path into a fact"),
        ("field: text\noperator: equls\nvalue: 1\n", "10:11: operator: equls is none of"),
        ("field: text\noperator: equals\n", "needs a value"),
        ("field: text\noperator: present\nvalue: 1\n", "takes no value"),
        ("field: text\noperator: one-of\nvalue: a\n", "needs a list"),
        ("field: text\noperator: contains\nvalue: [a]\n", "needs one value"),
        ("field: number\noperator: at-most\nvalue: many\n", "needs a number"),
        ("field: age\noperator: at-most\nvalue: many\n", "no span of time"),
        ("field: text\noperator: matches\nvalue: '('\n", "this is no pattern"),
        ("field: text\noperator: matches\nvalue: '(a+)+'\n", "repeats a group"),
        ("field: text\noperator: matches\nvalue: '(a|a)*b'\n", "repeats a group"),
        ("field: text\noperator: matches\nvalue: '(a){9}'\n", "repeats a group"),
        ("field: text\noperator: matches\nvalue: 'a*a*a*a*b'\n", "more than 3 repeats"),
        ("field: text\noperator: matches\nvalue: '(a)\\\\1'\n", "refers back"),
        ("field: text\noperator: matches\nvalue: '(?=a)'\n", "looks around"),
        (
            "field: text\noperator: present\nmessages:\n  pass: {vi: '{x}', en: y}\n",
            "a message has no place x",
        ),
        (
            "field: text\noperator: present\nmessages:\n  fail: {vi: '{', en: y}\n",
            "a brace stands alone",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(body: str, says: str) -> None:
    assert says in wrong(body)


def test_an_unknown_fact_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse_check(f"{HEAD}fact: sshd-setings\nfield: x\noperator: present\n", "f")

    assert caught.value.problems[0].hint == "did you mean sshd-settings?"


def test_the_worst_pattern_that_is_allowed_ends_soon() -> None:
    started = time.monotonic()

    outcome = judged("field: text\noperator: matches\nvalue: 'a*a*a*b'\n", text="a" * 1000)

    assert outcome is FAIL
    assert time.monotonic() - started < 30
    assert judged("field: text\noperator: matches\nvalue: 'a*'\n", text="a" * 1001) is UNKNOWN


def test_steps_of_a_path() -> None:
    assert steps("a.b-c[0][*]['d.e']") == ("a", "b-c", 0, -1, "d.e")
    with pytest.raises(InvalidValueError):
        steps("")


def test_a_path_never_leaves_the_fact() -> None:
    """Neither attributes nor methods of Python can be reached."""
    fact = Sample(subject="s")

    for path in (("text", "__class__"), ("words", "count"), ("settings", "keys")):
        assert type(looked_up(fact, path)).__name__ == "_Nothing"


def test_the_schema_is_one_and_accepts_a_check() -> None:
    from cdso_audit.yamlfile import parse

    schema = check_schema()
    Draft202012Validator.check_schema(schema)
    raw = (THIRD_PARTY / "acme_checks/simple/x11.check.yaml").read_bytes()

    assert not list(Draft202012Validator(schema).iter_errors(parse(raw, "f").data))


PROGRAM = """
from cdso_audit.plugins import installed_checks
from cdso_audit.language import translated
found = installed_checks()
for name in ("acme-ssh-port", "acme-ssh-x11"):
    print(name, found[name].origin, translated(found[name].about.title, "vi"))
"""


def test_checks_of_an_installed_package_are_found(tmp_path: Path) -> None:
    """A package of somebody else, built and installed as any other: one Python, one YAML check."""
    source = tmp_path / "source"
    shutil.copytree(THIRD_PARTY, source)
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--disable-pip-version-check", "--target", target, source],
        check=True, timeout=120,
    )  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(target)}, cwd=tmp_path,
        check=True, timeout=60, capture_output=True, text=True,
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "acme-ssh-port acme-checks SSH listens on the agency's port",
        "acme-ssh-x11 acme-checks Máy chủ SSH không chuyển tiếp X11",
    ]


def test_a_finding_cites_the_line_of_the_evidence() -> None:
    """`show` makes of a bare value the line that the daemon printed."""
    check = installed_checks()["ssh-empty-passwords"]
    fact = SshdSettings(subject="user", settings={"permitemptypasswords": ("yes",)})

    verdict = check.judge(
        fact, Context(at=AT, asset=HOST, system=SYSTEM, parameters=check.parameters)
    )

    assert verdict.outcome is Outcome.FAIL
    assert verdict.seen == "permitemptypasswords yes"
    assert verdict.expected == "permitemptypasswords no"


def test_a_parameter_has_the_name_that_rulebooks_use() -> None:
    check = installed_checks()["windows-password-history"]

    assert check.with_parameters({"min_remember": 24}) == {"min_remember": 24}
    assert check.about.experimental
    assert said(check.about.pitfalls, {}, "vi").startswith("Thử nghiệm")


@pytest.mark.parametrize("show", ["{expected}", "nothing", "{seen", "{other} {seen}"])
def test_a_line_to_show_has_its_one_place(show: str) -> None:
    body = "fact: sshd-settings\nfield: subject\noperator: equals\nvalue: user\n"
    with pytest.raises(ConfigError):
        parse_check(f"{HEAD}{body}show: '{show}'\n", "x")
