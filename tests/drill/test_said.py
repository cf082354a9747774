"""Whatever the engine writes as a reason is known as a template, and has its Vietnamese."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cdso_audit.drill.run
from cdso_audit.cli import drill as commands
from cdso_audit.drill import canary, ledger
from cdso_audit.drill.said import in_words, known
from cdso_audit.store import journal

RUN = Path(cdso_audit.drill.run.__file__).parent
FILES = [*(RUN / f"{name}.py" for name in ("engine", "guards", "kinds", "shells", "web")),
         Path(commands.__file__), Path(ledger.__file__), Path(journal.__file__)]  # fmt: skip


def sentences(node: ast.expr) -> Iterator[str]:
    """The texts of an expression, with a word in each of its places."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts
            )
        case ast.IfExp(body=body, orelse=other):
            yield from (*sentences(body), *sentences(other))
        case ast.BoolOp(values=values):
            yield from (text for value in values for text in sentences(value))


def reasons(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("Refused", "NotReachedError", "_refuse") and node.args:
            yield from sentences(node.args[0])
        if name in ("_illegal", "_broken"):
            yield from sentences(node.args[1])
        if name == "_resolve":
            yield from sentences(node.args[3])
        if name in ("Outcome", "Said", "StepFailed", "StepSkipped", "GuardRefused", "InDoubt",
                    "TimingInvalid", "Closed"):  # fmt: skip
            for keyword in node.keywords:
                if keyword.arg in ("why", "lost"):
                    yield from sentences(keyword.value)


def test_the_reasons_of_the_heartbeat_are_known() -> None:
    tree = ast.parse(Path(canary.__file__).read_text(encoding="utf-8"))
    (why,) = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_why"
    )
    told = [
        text
        for node in ast.walk(why)
        if isinstance(node, ast.Return) and node.value is not None
        for text in sentences(node.value)
    ]

    assert len(told) > 4
    # a place at the very end may hold nothing
    assert [each for each in told if not (known(each) or known(each.removesuffix("7")))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_reason_is_known(path: Path) -> None:
    lacking = [text for text in reasons(path) if not known(text)]

    assert not lacking


def test_the_guard_of_this_list_sees_reasons() -> None:
    assert len(set(reasons(FILES[0]))) > 8
    assert len(set(reasons(FILES[1]))) > 12
    assert len(set(reasons(FILES[2]))) > 12
    assert len(set(reasons(FILES[-2]))) > 20
    assert len(set(reasons(FILES[-1]))) > 2


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("nobody approved the plan", "chưa ai phê duyệt kế hoạch"),
        (
            "marker: the marker /etc/cdso-drill ended at 2026-01-01T00:00:00Z",
            "marker: dấu đích /etc/cdso-drill đã hết hạn lúc 2026-01-01T00:00:00Z",
        ),
        ("exit 1, not 0", "mã thoát 1, không phải 0"),
        (
            "exit 124, not 0 or 3 (it was ended when its time was up)",
            "mã thoát 124, không phải 0 or 3 (bị kết thúc vì hết giờ)",
        ),
        (
            "entry 7 (step_done): step s is done, not under way",
            "mục 7 (step_done): bước s đang ở trạng thái done, không phải đang chạy",
        ),
        ("request 2: status 500", "yêu cầu 2: trạng thái 500"),
        ("what a host says", "what a host says"),
        ("{braces} of a host", "{braces} of a host"),
        ("", ""),
    ],
)
def test_it_is_said_in_vietnamese(english: str, vietnamese: str) -> None:
    assert in_words(english, "vi") == vietnamese
    assert in_words(english, "en") == english
