"""What type checkers know of `load`: the stub beside this file has an overload for each recipe and built-in verifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["signed"]

F = TypeVar("F", bound=Callable[..., object])


def signed(function: F) -> F:
    """The function itself."""
    return function
