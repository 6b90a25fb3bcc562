"""A function on a page: how it is called, as Python, and what its docstring says, its sections as lists."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

WIDTH = 100

_SECTION = re.compile(r"^(Args|Raises):\n((?:[ ]{4}.*\n?|\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^(\*{0,2}\w+): ", re.MULTILINE)


def called(function: str, name: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """A call with every parameter at its default; `...` stands for one that must be given."""
    given = [f'"{name}"', *(f"{one.name}={_value(one.default)}" for one in parameters.values())]
    line = f"{function}({', '.join(given)})"
    if len(line) > WIDTH:
        line = f"{function}(\n" + "".join(f"    {one},\n" for one in given) + ")"
    return f"```python\n{line}\n```"


def _value(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "..."
    if isinstance(value, str):
        return f'"{value}"' if '"' not in value and repr(value)[1:-1] == value else repr(value)
    if type(value) in (list, tuple):
        inside = ", ".join(map(_value, value))
        return f"[{inside}]" if type(value) is list else f"({inside}{',' * (len(value) == 1)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_value(key)}: {_value(one)}" for key, one in value.items()) + "}"
    return repr(value)


def about(function: Callable[..., Any], parameters: Mapping[str, inspect.Parameter]) -> str:
    """What the docstring says, then each parameter with its type, then what is raised."""
    doc = inspect.getdoc(function) or ""
    sections = {name: dict(_entries(body)) for name, body in _SECTION.findall(doc)}
    parts = [_SECTION.sub("", doc).strip()]
    said = sections.get("Args", {})
    if parameters:
        module = sys.modules[function.__module__]
        lines = [_item(f"`{name}` ({_kind(one, module)})", said.get(name, "")) for name, one in parameters.items()]
        parts.append("Parameters:\n\n" + "\n".join(lines))
    if raised := sections.get("Raises"):
        parts.append("Raises:\n\n" + "\n".join(_item(f"`{name}`", text) for name, text in raised.items()))
    return "\n\n".join(part for part in parts if part)


def _item(name: str, text: str) -> str:
    return textwrap.fill(f"* {name}{': ' if text else ''}{text}", 130, subsequent_indent="  ", break_long_words=False)


def _entries(body: str) -> Iterator[tuple[str, str]]:
    """Names and texts of a section, each text on one line."""
    found = _ENTRY.split(textwrap.dedent(body))
    for name, text in zip(found[1::2], found[2::2], strict=True):
        yield name.lstrip("*"), " ".join(text.split())


def _kind(parameter: inspect.Parameter, module: Any) -> str:
    """The annotation; one that only names some words as those words."""
    annotation = str(parameter.annotation)
    named = getattr(module, annotation, None)
    if typing.get_origin(named) is typing.Literal:
        annotation = " | ".join(f'"{word}"' for word in typing.get_args(named))
    return f"`{annotation}`"
