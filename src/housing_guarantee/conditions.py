"""The small language in which a county writes, in its campaign file, when a household is at fault.

A condition is an expression over named fields: ``household_size > 0 and dwelling_area / household_size < 9``. It is
parsed by Python's own parser and only what is listed here is understood, so it can read fields and nothing else. What
kinds of values are compared is checked when the campaign is read, and a fault is told with its place in the text.

A blank field is not false: what depends on it is unknown (None), and ``missing(field)`` asks for it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from housing_guarantee.converters import Misread, to_period
from housing_guarantee.models import Period

__all__ = ["Condition", "ConditionError", "FieldKind", "parse_condition"]

LONGEST, MOST_PARTS = 1_000, 200  # characters and parts of a condition: what a person can still read

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]


class FieldKind(StrEnum):
    """What a field holds; each kind is compared with its own."""

    NUMBER = "number"
    DATE = "date"  # a Period; a whole number beside it is a year, a text a date such as "2020-06-10"
    TEXT = "text"
    ANSWER = "answer"  # yes or no
    LIST = "list"
    PERSONAL = "personal"  # a name or a number: whether it is there may be asked, nothing else


class ConditionError(ValueError):
    """A condition cannot be understood.

    :param column: where in the text, counted from 1
    """

    def __init__(self, problem: str, column: int) -> None:
        super().__init__(f"column {column}: {problem}")
        self.column = column


@frozen
class Condition:
    """A condition that was understood.

    :param names: the fields it reads, in the order of their first mention
    """

    text: str
    names: tuple[str, ...]
    _evaluate: Evaluate = field(repr=False, eq=False)

    def holds(self, values: Values) -> bool | None:
        """Say whether it holds for these values of its fields; None where a blank leaves it open."""
        answer: bool | None = self._evaluate(values)
        return answer


def parse_condition(
    text: str, fields: Mapping[str, FieldKind], nearest: Callable[[str], str] | None = None
) -> Condition:
    """Understand a condition over these fields.

    :param nearest: says which known field is nearest to an unknown one
    :raises ConditionError: it is no condition, or compares what cannot be compared
    """
    if len(text) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} characters", LONGEST + 1)
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError) as error:  # ValueError: it holds NUL
        raise ConditionError("not a condition", getattr(error, "offset", None) or len(text) + 1) from None
    except (RecursionError, MemoryError):
        raise ConditionError("nested too deeply", 1) from None
    if sum(1 for _ in ast.walk(tree)) > MOST_PARTS:
        raise ConditionError(f"more than {MOST_PARTS} parts", 1)
    compiler = _Compiler(text, fields, nearest or (lambda name: ""))
    answer = compiler.answer(tree.body)
    return Condition(text, tuple(dict.fromkeys(compiler.names)), answer)


@frozen
class _Part:
    """A part of a condition: what it gives, and how."""

    kind: FieldKind
    evaluate: Evaluate
    is_fixed: bool = False


class _Compiler:
    """Turns the parser's tree into functions, and refuses whatever is not part of the language."""

    def __init__(self, text: str, fields: Mapping[str, FieldKind], nearest: Callable[[str], str]) -> None:
        self._text, self._fields, self._nearest = text, fields, nearest
        self.names: list[str] = []

    def answer(self, node: ast.expr) -> Evaluate:
        """Compile what must be yes or no."""
        part = self.part(node)
        if part.kind is not FieldKind.ANSWER:
            raise self._fault(node, f"a condition is yes or no; this is a {part.kind}")
        return part.evaluate

    def part(self, node: ast.expr) -> _Part:
        """Compile any part."""
        for kind, compile_ in _PARTS.items():
            if isinstance(node, kind):
                return compile_(self, node)
        raise self._fault(node, "not part of the language")

    def name(self, node: ast.Name | ast.Attribute) -> str:
        """Give the field that is named, ``grade`` or ``roster.grade``."""
        name = ast.unparse(node)
        if name not in self._fields:
            raise self._fault(node, f"there is no field {name!r}{self._nearest(name)}")
        self.names.append(name)
        return name

    # ---------------------------------------------------------------------------------------- the kinds of parts

    def _field(self, node: ast.Name | ast.Attribute) -> _Part:
        name = self.name(node)
        kind = self._fields[name]
        if kind is FieldKind.PERSONAL:
            raise self._fault(node, f"{name} is personal; only missing({name}) can be asked")
        return _Part(kind, lambda values: values.get(name))

    def _constant(self, node: ast.Constant) -> _Part:
        value = node.value
        if isinstance(value, bool):
            return _Part(FieldKind.ANSWER, lambda values: value)
        if isinstance(value, (int, float)):
            return _Part(FieldKind.NUMBER, lambda values: value, is_fixed=True)
        if isinstance(value, str):
            return _Part(FieldKind.TEXT, lambda values: value, is_fixed=True)
        raise self._fault(node, "not a number, a text, True or False")

    def _list(self, node: ast.List | ast.Tuple) -> _Part:
        items = tuple(item.value for item in node.elts if isinstance(item, ast.Constant))
        if len(items) != len(node.elts):
            raise self._fault(node, "a list holds only numbers and texts")
        return _Part(FieldKind.LIST, lambda values: items)

    def _bool_op(self, node: ast.BoolOp) -> _Part:
        parts = [self.answer(value) for value in node.values]
        deciding = isinstance(
            node.op, ast.Or
        )  # one yes decides "or", one no decides "and"; else a blank leaves it open

        def evaluate(values: Values) -> bool | None:
            answers = [part(values) for part in parts]
            if deciding in answers:
                return deciding
            return None if None in answers else not deciding

        return _Part(FieldKind.ANSWER, evaluate)

    def _unary(self, node: ast.UnaryOp) -> _Part:
        if isinstance(node.op, ast.Not):
            answer = self.answer(node.operand)
            return _Part(FieldKind.ANSWER, lambda values: None if (a := answer(values)) is None else not a)
        if not isinstance(node.op, ast.USub):
            raise self._fault(node, "not part of the language")
        number = self._number(node.operand)
        return _Part(FieldKind.NUMBER, lambda values: None if (n := number(values)) is None else -n)

    def _arithmetic(self, node: ast.BinOp) -> _Part:
        operate = _OPERATORS.get(type(node.op))
        if operate is None:
            raise self._fault(node, "only + - * / are understood")
        left, right = self._number(node.left), self._number(node.right)

        def evaluate(values: Values) -> float | None:
            a, b = left(values), right(values)
            return None if a is None or b is None else operate(a, b)

        return _Part(FieldKind.NUMBER, evaluate)

    def _number(self, node: ast.expr) -> Evaluate:
        part = self.part(node)
        if part.kind is not FieldKind.NUMBER:
            raise self._fault(node, f"a number is needed; this is a {part.kind}")
        return part.evaluate

    def _comparison(self, node: ast.Compare) -> _Part:
        operands = [node.left, *node.comparators]
        steps = [
            self._step(left, op, right) for left, op, right in zip(operands, node.ops, node.comparators, strict=False)
        ]

        def evaluate(values: Values) -> bool | None:
            answers = [step(values) for step in steps]
            if False in answers:
                return False
            return None if None in answers else True

        return _Part(FieldKind.ANSWER, evaluate)

    def _step(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Evaluate:
        a, b = self.part(left), self.part(right)
        if isinstance(op, (ast.In, ast.NotIn)):
            return self._membership(a, op, b, right)
        if type(op) not in _COMPARISONS:
            raise self._fault(right, "not part of the language")
        if FieldKind.DATE in (a.kind, b.kind):
            return _both(self._period(a, right), self._period(b, right), _DATE_COMPARISONS[type(op)])
        ordered = a.kind is FieldKind.NUMBER or isinstance(op, (ast.Eq, ast.NotEq))
        if a.kind is not b.kind or a.kind is FieldKind.LIST or not ordered:
            raise self._fault(right, f"a {a.kind} cannot be compared so with a {b.kind}")
        return _both(a.evaluate, b.evaluate, _COMPARISONS[type(op)])

    def _membership(self, a: _Part, op: ast.In | ast.NotIn, b: _Part, node: ast.expr) -> Evaluate:
        """``grade in ["C", "D"]``, or ``"裂缝" in problems``."""
        in_text = a.kind is b.kind is FieldKind.TEXT
        if not in_text and (b.kind is not FieldKind.LIST or a.kind not in (FieldKind.TEXT, FieldKind.NUMBER)):
            raise self._fault(
                node, "before in stands a text or a number, after it a list (or a text, to look for the first)"
            )
        wanted = isinstance(op, ast.In)
        return _both(a.evaluate, b.evaluate, lambda x, y: (x in y) is wanted)

    def _period(self, part: _Part, node: ast.expr) -> Evaluate:
        """Give a date; a whole number stands for a year, a text for the date that it is."""
        if part.kind is FieldKind.DATE:
            return part.evaluate
        if part.kind in (FieldKind.NUMBER, FieldKind.TEXT) and part.is_fixed:
            try:
                written = to_period(str(part.evaluate({})))
            except Misread:
                written = None
            if written is not None:
                return lambda values: written
        raise self._fault(node, 'beside a date stands a date, a year such as 2016, or a text such as "2020-06-10"')

    def _call(self, node: ast.Call) -> _Part:
        argument = node.args[0] if len(node.args) == 1 and not node.keywords else None
        is_missing = isinstance(node.func, ast.Name) and node.func.id == "missing"
        if not is_missing or not isinstance(argument, (ast.Name, ast.Attribute)):
            raise self._fault(node, "the only question is missing(field)")
        name = self.name(argument)
        return _Part(FieldKind.ANSWER, lambda values: values.get(name) in (None, "", ()))

    def _fault(self, node: ast.AST, problem: str) -> ConditionError:
        """Make the fault with its column; the parser counts bytes, a person characters."""
        line = getattr(node, "lineno", 1)
        before = self._text.splitlines()[: line - 1]
        column = len(
            self._text.splitlines()[line - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")
        )
        return ConditionError(problem, sum(len(text) + 1 for text in before) + column + 1)


def _both(left: Evaluate, right: Evaluate, ask: Callable[[Any, Any], bool]) -> Evaluate:
    """Ask about two values; a blank leaves the answer open."""

    def evaluate(values: Values) -> bool | None:
        a, b = left(values), right(values)
        return None if a is None or b is None else ask(a, b)

    return evaluate


def _before(one: Period, other: Period) -> bool:
    return other.after(one)


def _after(one: Period, other: Period) -> bool:
    return one.after(other)


def _same(one: Period, other: Period) -> bool:
    """Say whether two dates may be one: 2017 and 2017-08 may."""
    return not (one.after(other) or other.after(one))


def _divide(dividend: float, divisor: float) -> float | None:
    return dividend / divisor if divisor else None


_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_DATE_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Period, Period], bool]] = {
    ast.Eq: _same,
    ast.NotEq: lambda one, other: not _same(one, other),
    ast.Lt: _before,
    ast.LtE: lambda one, other: not _after(one, other),
    ast.Gt: _after,
    ast.GtE: lambda one, other: not _before(one, other),
}
_PARTS: Mapping[Any, Callable[[_Compiler, Any], _Part]] = {
    (ast.Name, ast.Attribute): _Compiler._field,
    ast.Constant: _Compiler._constant,
    (ast.List, ast.Tuple): _Compiler._list,
    ast.BoolOp: _Compiler._bool_op,
    ast.UnaryOp: _Compiler._unary,
    ast.BinOp: _Compiler._arithmetic,
    ast.Compare: _Compiler._comparison,
    ast.Call: _Compiler._call,
}
