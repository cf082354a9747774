"""
Mutants of a module: comparisons turned, conditions negated, facts flipped, limits nudged, verdicts
swapped. Words that only people read (`About`, the arguments of a verdict, f-strings) stay.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Collections with more members than this are tables of data, not decisions, and stay.
TABLE: Final = 3
FLIP: Final = "flipped_fact"

_TURNED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_CALLS: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
_VERDICTS: Final = {
    "passed": "failed",
    "failed": "passed",
    "unknown": "passed",
    "not_applicable": "passed",
}
#: Names of what only people read.
_WORDS: Final = {"seen", "expected", "shown", "_shown", "line"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `id` says where and what, without line numbers, which move."""

    id: str
    kind: str
    tree: ast.Module


def flipped_fact(value: Any) -> Any:  # noqa: PLR0911 - one return a type
    """Something else than what was seen, of the same type."""
    match value:
        case bool():
            return not value
        case Enum():
            members = list(type(value))
            return members[(members.index(value) + 1) % len(members)]
        case int() | float():
            return value + 1_000_003
        case str():
            return "flipped"
        case date():
            return value + timedelta(days=36_500)
        case timedelta():
            return value + timedelta(days=36_500)
        case None:
            return ""
        case tuple() | list() | set() | frozenset() | dict():
            return type(value)()
        case _:
            return None


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    tree = ast.parse(source)
    seen: Counter[str] = Counter()
    for place, node, changes in _places(tree):
        for kind, made in changes:
            name = f"{place}: {_shown(node)} → {_shown(made)}"
            seen[name] += 1
            if seen[name] > 1:
                name = f"{name} ({seen[name]})"
            yield Mutant(name, kind, _with(tree, node, made))


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _with(tree: ast.Module, old: ast.AST, new: ast.AST) -> ast.Module:
    """A copy of the tree with one node exchanged."""
    made = copy.deepcopy(tree, {id(old): new})
    return ast.fix_missing_locations(made)


_Change = tuple[str, ast.AST]
_Place = tuple[str, ast.AST, list[_Change]]


def _places(tree: ast.Module) -> Iterator[_Place]:
    for statement in tree.body:
        match statement:
            case ast.FunctionDef():
                yield from _decorators(statement)
                yield from _function(statement, statement.name)
            case ast.ClassDef():
                for each in statement.body:
                    if isinstance(each, ast.FunctionDef):
                        yield from _function(each, f"{statement.name}.{each.name}")
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield from _constant(value, "module")
            case _:
                pass


def _decorators(function: ast.FunctionDef) -> Iterator[_Place]:
    """The defaults of a check's parameters."""
    for each in function.decorator_list:
        if isinstance(each, ast.Call):
            for keyword in each.keywords:
                yield from _constant(keyword.value, f"{function.name} {keyword.arg}=")


def _constant(value: ast.expr, place: str) -> Iterator[_Place]:
    """A number or a duration with a name, and what a lambda decides. Tables are data."""
    match value:
        case ast.Constant(value=bool() | int()) | ast.Call(func=ast.Name(id="timedelta")):
            yield from _expressions(value, place, set())
        case _:
            for each in ast.walk(value):
                if isinstance(each, ast.Lambda):
                    yield from _expressions(each.body, place, {a.arg for a in each.args.args})


def _function(function: ast.FunctionDef, place: str) -> Iterator[_Place]:
    if function.name in _WORDS:
        return
    bound = {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
    bound |= {
        each.id
        for each in ast.walk(function)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    bound -= {"context", "self"}
    for statement in function.body:
        yield from _expressions(statement, place, bound)


def _is_words(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring
        case ast.keyword(arg=name) if name in _WORDS:
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _WORDS:
            return True
        case ast.Attribute(attr=name) | ast.Call(func=ast.Attribute(attr=name)) if name in _WORDS:
            return True
        case _:
            return False


def _expressions(  # noqa: C901 - one branch a kind of node
    node: ast.AST, place: str, bound: set[str], parent: ast.AST | None = None
) -> Iterator[_Place]:
    if _is_words(node):
        return
    changes = list(_changes(node, bound, parent))
    if changes:
        yield place, node, changes
    if isinstance(node, ast.Call) and _verdict_of(node):
        return
    if _is_table(node):
        return
    if isinstance(node, ast.Dict):  # the values of a verdict, made beforehand
        for key, part in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and key.value in _WORDS):
                yield from _expressions(part, place, bound, node)
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "ctx"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _expressions(child, place, bound, node)


def _is_table(node: ast.AST) -> bool:
    """Whether it is a list of names or numbers, or a longer mapping to plain values."""
    match node:
        case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return len(parts) > TABLE and all(isinstance(each, ast.Constant) for each in parts)
        case ast.Dict(values=parts):
            return len(parts) > TABLE
        case _:
            return False


def _verdict_of(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(value=ast.Name(id="Verdict"), attr=name):
            return name
        case _:
            return ""


def _changes(node: ast.AST, bound: set[str], parent: ast.AST | None) -> Iterator[_Change]:  # noqa: C901, PLR0912
    match node:
        case ast.Compare():
            for number, each in enumerate(node.ops):
                for turned in _TURNED[type(each)]:
                    ops = [*node.ops[:number], turned(), *node.ops[number + 1 :]]
                    yield "comparison", ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "and/or", ast.BoolOp(other, node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield "not", node.operand
        case ast.BinOp(op=ast.Add()) if not _is_text(node):
            yield "arithmetic", ast.BinOp(node.left, ast.Sub(), node.right)
        case ast.BinOp(op=ast.Sub()):
            yield "arithmetic", ast.BinOp(node.left, ast.Add(), node.right)
        case ast.BinOp(op=ast.Mult()):
            yield "arithmetic", ast.BinOp(node.left, ast.FloorDiv(), node.right)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield "quantifier", ast.Call(_name(_CALLS[name]), node.args, node.keywords)
        case ast.Call() if _verdict_of(node) in _VERDICTS:
            func = ast.Attribute(_name("Verdict"), _VERDICTS[_verdict_of(node)], ast.Load())
            yield "verdict", ast.Call(func, node.args, node.keywords)
        case ast.Call(func=ast.Attribute(value=base)) if _root(base) in bound and not (
            isinstance(parent, ast.Expr)
        ):
            yield "fact", ast.Call(_name(FLIP), [node], [])
        case ast.Attribute(ctx=ast.Load()) if _root(node) in bound and not (
            isinstance(parent, ast.Attribute)
            or (isinstance(parent, ast.Call) and parent.func is node)
        ):
            yield "fact", ast.Call(_name(FLIP), [node], [])
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(number)) if not isinstance(parent, ast.Slice | ast.Subscript):
            yield "constant", ast.Constant(number + 1)
        case ast.Constant(value=str(text)) if _decides(parent):
            yield "constant", ast.Constant(f"not {text}")
        case _:
            pass
    condition = node.test if isinstance(node, ast.If | ast.IfExp | ast.While) else None
    if condition is None and isinstance(parent, ast.comprehension) and node in parent.ifs:
        condition = node
    if condition is not None and isinstance(condition, ast.Name | ast.NamedExpr):
        turned_test = ast.UnaryOp(ast.Not(), condition)
        if condition is node:
            yield "condition", turned_test
        elif isinstance(node, ast.IfExp):
            yield "condition", ast.IfExp(turned_test, node.body, node.orelse)


def _decides(parent: ast.AST | None) -> bool:
    """Whether a text stands where it is compared, matched or looked up."""
    return isinstance(parent, ast.Compare | ast.Set | ast.Tuple | ast.List | ast.MatchValue)


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(each, ast.JoinedStr)
        or (isinstance(each, ast.Constant) and isinstance(each.value, str))
        for each in ast.walk(node)
    )


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())
