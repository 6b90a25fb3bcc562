"""Values that came out of a sandbox, and what they are equal to.

What code puts out is as hostile as its text, so nothing of it is hashed by its value: integers can be chosen so that a set of
them takes minutes to build. Sets and mappings are lists of their items here, compared by texts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    *("Items", "Opaque", "Pairs", "canonical", "is_true", "items"),
    *("numbers_agree", "plain", "read", "same", "same_items", "size"),
]

_MOST_DIGITS = 3100
_DEEPEST = 100
_ALL_DIGITS, _FIRST_DIGITS = 17, 6


@dataclass(frozen=True)
class Items:
    """A set, by its items."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class Pairs:
    """A mapping, by its pairs."""

    pairs: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, eq=False)
class Opaque:
    """A value of another type, which is equal to nothing."""

    kind: str


def read(told: bytes) -> Any:
    """The value that a test told as JSON (`rewardkit.sandbox.inside`); `Opaque` for what is no such."""
    try:
        return _value(json.loads(told, parse_int=_integer, parse_constant=_refused), 0)
    except (ValueError, RecursionError):
        return Opaque("unreadable")


def _value(told: Any, depth: int) -> Any:
    if isinstance(told, dict) or depth > _DEEPEST:
        return Opaque("object")
    if not isinstance(told, list):
        return told
    kind, parts = (told[0] if told else ""), told[1:]
    if kind in ("list", "tuple", "set", "dict"):
        values = [_value(part, depth + 1) for part in parts]
        if kind == "dict":
            return Pairs(tuple(zip(values[::2], values[1::2], strict=True)))
        return Items(tuple(values)) if kind == "set" else tuple(values) if kind == "tuple" else values
    if kind == "float" and parts[:1] in (["nan"], ["inf"], ["-inf"]):
        return float(parts[0])
    if kind == "complex" and len(parts) == 2:
        return complex(float(str(parts[0])[:40]), float(str(parts[1])[:40]))
    return bytes.fromhex(parts[0]) if kind == "bytes" and isinstance(parts[0], str) else Opaque(str(parts[:1])[:100])


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        message = f"an integer of {len(digits)} digits"
        raise ValueError(message)
    return int(digits)


def _refused(constant: str) -> Any:
    message = f"{constant} is no value"
    raise ValueError(message)


def plain(value: Any) -> Any:
    """A reference's own value in the same form: sets and mappings by their items."""
    if isinstance(value, dict):
        return Pairs(tuple((plain(key), plain(one)) for key, one in value.items()))
    if isinstance(value, (set, frozenset)):
        return Items(tuple(plain(one) for one in value))
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    return [plain(one) for one in value] if isinstance(value, list) else value


def same(wanted: Any, given: Any, tolerance: float = 0.0, *, from_json: bool = False) -> bool:
    """Whether two values are equal as Python has it, floats within a tolerance.

    JSON knows neither tuples nor keys that are no texts: `from_json` takes a tuple for a list, and a key for its text.
    """
    if isinstance(wanted, (list, tuple)) and isinstance(given, (list, tuple)):
        alike = from_json or isinstance(wanted, list) is isinstance(given, list)
        pairs = zip(wanted, given, strict=False)
        return alike and len(wanted) == len(given) and all(same(a, b, tolerance, from_json=from_json) for a, b in pairs)
    if isinstance(wanted, Items) and isinstance(given, Items):
        return same_items(wanted.items, given.items, tolerance, from_json=from_json)
    if isinstance(wanted, Pairs) and isinstance(given, Pairs):
        keyed = [(str(k) if from_json and not isinstance(k, str) else k, v) for k, v in given.pairs]
        return same_items(wanted.pairs, keyed, tolerance, from_json=from_json)
    if isinstance(wanted, (int, float, complex)) and isinstance(given, (int, float, complex)):
        return numbers_agree(wanted, given, tolerance)
    return type(wanted) is type(given) and bool(wanted == given)


def same_items(wanted: Iterable[Any], given: Iterable[Any], tolerance: float = 0.0, *, from_json: bool = False) -> bool:
    """Whether they are the same items in any order, as often."""
    ours, theirs = list(wanted), list(given)
    if len(ours) != len(theirs):
        return False
    for digits in (_ALL_DIGITS, _FIRST_DIGITS) if tolerance else (_ALL_DIGITS,):
        pairs = zip(*(sorted(side, key=lambda one: canonical(one, digits)) for side in (ours, theirs)), strict=True)
        if all(same(a, b, tolerance, from_json=from_json) for a, b in pairs):
            return True
    return False


def numbers_agree(wanted: complex, given: complex, tolerance: float) -> bool:
    """Equal, or within the tolerance where one of them is no whole number: of the greater of 1 and the number wanted."""
    if wanted == given:
        return True
    if not tolerance or (isinstance(wanted, int) and isinstance(given, int)):
        return False
    try:
        return math.isfinite(abs(wanted)) and abs(wanted - given) <= tolerance * max(1.0, abs(wanted))
    except OverflowError:
        return False


def canonical(value: Any, digits: int = _ALL_DIGITS) -> str:
    """A text that equal values share, for sorting; with fewer digits floats share it that differ in their last ones."""
    if isinstance(value, (int, float)):
        try:
            return f"n{float(value) + 0.0:.{digits}g}"  # the sum has no negative zero
        except OverflowError:
            return f"n{value}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(canonical(one, digits) for one in value)}]"
    if isinstance(value, (Items, Pairs)):
        inner = value.items if isinstance(value, Items) else value.pairs
        return f"{{{','.join(sorted(canonical(one, digits) for one in inner))}}}"
    return f"{type(value).__name__[0]}{value!r}"


def is_true(value: Any) -> bool:
    """What `if` makes of it."""
    if isinstance(value, Items):
        return bool(value.items)
    return bool(value.pairs) if isinstance(value, Pairs) else bool(value)


def size(value: Any) -> int:
    """What `len` says of it; raises TypeError for what has none."""
    return len(items(value)) if not isinstance(value, (str, bytes)) else len(value)


def items(value: Any) -> Sequence[Any]:
    """What a loop over it gives; raises TypeError for what has nothing to give."""
    if isinstance(value, Items):
        return value.items
    if isinstance(value, Pairs):
        return [key for key, _ in value.pairs]
    if isinstance(value, (str, list, tuple)):
        return value
    message = f"no items in a {type(value).__name__}"
    raise TypeError(message)
