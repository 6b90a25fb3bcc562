"""JSON that is a form: one object with given names in a given order, each with a value out of a few."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Blank", "form_of"]


class Blank(NamedTuple):
    """A value to choose: what stands before it, and what it may be with the sign behind it."""

    before: str
    options: tuple[str, ...]


def form_of(schema: Mapping[str, Any] | None) -> tuple[Blank, ...]:
    """The blanks of a form that follows a schema; empty for a schema that is none, or leaves more open than values."""
    fields = dict((schema or {}).get("properties") or {})
    if not fields or list((schema or {}).get("required") or ()) != list(fields):
        return ()
    blanks = []
    for place, (name, about) in enumerate(fields.items()):
        values = (True, False) if about.get("type") == "boolean" else tuple(about.get("enum") or ())
        if len(values) < 2 or not all(isinstance(value, (str, bool)) for value in values):
            return ()
        end = "}" if place == len(fields) - 1 else ","
        begin = "{" if place == 0 else " "
        blanks.append(Blank(f"{begin}{json.dumps(name)}:", tuple(f" {json.dumps(value)}{end}" for value in values)))
    return tuple(blanks)
