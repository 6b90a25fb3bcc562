"""A call of a tool: its name and its arguments, read from what JSON or Python spells out, and never run."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

__all__ = ["Call", "Unreadable", "from_object", "from_python", "loads"]

LONGEST = 100_000  # characters
DEEPEST = 64
_NAMES = ("name", "tool", "tool_name", "function_name")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "kwargs")


class Unreadable(Exception):
    """What stands where a call is expected is none; the text says why."""


class Call(NamedTuple):
    """A tool's name and its arguments."""

    name: str
    arguments: Mapping[str, Any]


def loads(text: str) -> Any:
    """The value of a JSON text; raises `Unreadable` for what is none, too large or too deep, or has a key twice."""
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        message = "too long or nested too deep"
        raise Unreadable(message)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as cause:
        message = f"no JSON: {cause}"
        raise Unreadable(message) from None


def from_object(value: Any) -> Call:
    """The call that an object tells, `{"name": …, "arguments": {…}}`, arguments also as JSON in a string."""
    outer = value if isinstance(value, Mapping) else {}
    if isinstance(outer.get("function"), Mapping):
        value = outer["function"]
    if not isinstance(value, Mapping):
        message = f"a call is an object with a name, not {type(value).__name__}"
        raise Unreadable(message)
    names = {told[key] for told in (value, outer) for key in (*_NAMES, "function") if isinstance(told.get(key), str)}
    if len(names) != 1 or not (name := names.pop()):
        message = "the call has two names" if names else "the call has no name"
        raise Unreadable(message)
    given = [value[key] for key in _ARGUMENTS if key in value]
    if len(given) > 1:
        message = "the call has its arguments twice"
        raise Unreadable(message)
    arguments = given[0] if given else {}
    if isinstance(arguments, str):
        arguments = loads(arguments) if arguments.strip() else {}
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, Mapping):
        message = f"the arguments are an object, not {type(arguments).__name__}"
        raise Unreadable(message)
    return Call(name, arguments)


def from_python(text: str) -> list[Call]:
    """The calls that Python spells, `[f(a=1), g(b="x")]` or `f(a=1)`: literal keyword arguments only; nothing is run."""
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        message = "too long or nested too deep"
        raise Unreadable(message)
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as cause:
        message = f"no call in Python: {type(cause).__name__}"
        raise Unreadable(message) from None
    items = body.elts if isinstance(body, (ast.List, ast.Tuple)) else [body]
    try:
        return [_python_call(item) for item in items]
    except ValueError as cause:  # a key that stands twice
        raise Unreadable(str(cause)) from None


def _python_call(node: ast.expr) -> Call:
    if not isinstance(node, ast.Call) or node.args:
        message = "a call in Python has keyword arguments only"
        raise Unreadable(message)
    arguments: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in arguments:
            message = "an argument has no name, or stands twice"
            raise Unreadable(message)
        arguments[keyword.arg] = _literal(keyword.value)
    return Call(_dotted(node.func), arguments)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    message = "what is called has no name"
    raise Unreadable(message)


def _literal(node: ast.expr) -> Any:
    """A literal's value; raises for anything that would have to be run."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool, type(None))):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return -value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Dict) and None not in node.keys:
        pairs = [(_literal(key), _literal(value)) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        return _once([(str(key), value) for key, value in pairs])
    message = "an argument is no literal"
    raise Unreadable(message)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = f"the key {key[:40]!r} stands twice"
            raise ValueError(message)
        found[key] = value
    return found


def _refused(constant: str) -> Any:
    message = f"{constant} is no JSON"
    raise ValueError(message)


def _depth(text: str) -> int:
    """The deepest nesting of brackets, those in strings too, so that it is never less than the parser's."""
    deepest = depth = 0
    for char in text:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest
