"""Constraints by their published ids, and the calls that a row asks for.

A constraint is a function of a `Response` with typed keyword arguments, all of which a row must give. What the reference
implementation decides otherwise stands beside it, registered under the same id for `compat="google"`.
"""

from __future__ import annotations

import functools
import importlib
import json
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rewardkit.first_use import first_use
from rewardkit.verifiers.instruct.arguments import Unreadable
from rewardkit.verifiers.instruct.response import Response

__all__ = ["CONSTRAINTS", "GOOGLE", "as_google", "asked", "constraint", "load"]

Check = Callable[[Response], bool]
CheckT = TypeVar("CheckT", bound=Callable[..., bool])

CONSTRAINTS: dict[str, Callable[..., bool]] = {}
"""Every published id and what decides it, once a row has asked for any."""

GOOGLE: dict[str, Callable[..., bool]] = {}
"""The ids that the reference implementation decides otherwise, and how, once a row has asked for any."""

# Loaded by the first row that names a constraint: the router has a route to them, and most runs have no such row.
_FAMILIES = ("casing", "custom", "ends", "forms", "keywords", "layout", "length", "sentence_rules", "words", "google")


def constraint(identifier: str) -> Callable[[CheckT], CheckT]:
    """Register what decides an id."""
    return _registered(CONSTRAINTS, identifier)


def as_google(identifier: str) -> Callable[[CheckT], CheckT]:
    """Register what the reference implementation decides about an id, where that is something else."""
    return _registered(GOOGLE, identifier)


def _registered(into: dict[str, Callable[..., bool]], identifier: str) -> Callable[[CheckT], CheckT]:
    def register(function: CheckT) -> CheckT:
        if identifier in into:
            message = f"{identifier} is decided twice"
            raise ValueError(message)
        into[identifier] = function
        return function

    return register


def asked(identifiers: Any, arguments: Any, compat: str | None) -> tuple[tuple[str, Check], ...]:
    """The ids of a row with what decides each; `arguments` holds one mapping an id, or nothing.

    Raises `Unreadable` for a column that is no list, lists of different lengths, an id that is not known, and an argument
    that is unknown, missing or of the wrong kind.
    """
    ids = _listed(identifiers, "instruction_id_list")
    given = _listed(arguments, "kwargs") if arguments is not None else [None] * len(ids)
    if len(ids) != len(given):
        message = f"{len(ids)} ids stand beside {len(given)} sets of arguments; give one set an id, empty where it takes none"
        raise Unreadable(message)
    return tuple((str(one), _bound(str(one), _canonical(one, with_), compat)) for one, with_ in zip(ids, given, strict=True))


def _listed(value: Any, column: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    value = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(value, (list, tuple)):
        message = f"the column {column} is {type(value).__name__}; wanted a list, or one as JSON"
        raise Unreadable(message)
    return list(value)


def _canonical(identifier: Any, arguments: Any) -> str:
    """The arguments that are not null, as JSON: tables pad their rows with nulls."""
    if arguments is None:
        return "{}"
    if not isinstance(arguments, Mapping):
        message = f"{identifier}: the arguments are {type(arguments).__name__}; wanted a mapping from name to value"
        raise Unreadable(message)
    kept = {str(name): value for name, value in arguments.items() if value is not None}
    try:
        return json.dumps(kept, sort_keys=True, default=lambda value: value.tolist() if hasattr(value, "tolist") else repr(value))
    except (ValueError, RecursionError) as cause:
        message = f"{identifier}: the arguments are no plain values"
        raise Unreadable(message) from cause


@functools.lru_cache(maxsize=1)
@first_use
def load() -> None:
    """Register every constraint, once."""
    for family in _FAMILIES:
        importlib.import_module(f"rewardkit.verifiers.instruct.{family}")


@functools.lru_cache(maxsize=8192)
def _bound(identifier: str, arguments: str, compat: str | None) -> Check:
    load()
    function = CONSTRAINTS.get(identifier)
    if function is None:
        message = f"no constraint is named {identifier!r}; the published ids are listed in docs/guide/instruct.md"
        raise Unreadable(message)
    if compat == "google":
        function = GOOGLE.get(identifier, function)
    readers, given = _readers(function), json.loads(arguments)
    if readers.keys() != given.keys():
        wanted = ", ".join(readers) or "none"
        message = f"{identifier} takes these arguments, all of them: {wanted}; the row gives {', '.join(sorted(given)) or 'none'}"
        raise Unreadable(message)
    values = {}
    for name, value in given.items():
        try:
            values[name] = readers[name](value)
        except Unreadable as cause:
            message = f"{identifier}: {name}={str(value)[:100]!r} cannot be used; {cause}"
            raise Unreadable(message) from None
    return functools.partial(function, **values)


@functools.lru_cache(maxsize=256)
def _readers(function: Callable[..., bool]) -> dict[str, Callable[[Any], Any]]:
    """What reads each argument, by its annotation."""
    hints = typing.get_type_hints(function, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
