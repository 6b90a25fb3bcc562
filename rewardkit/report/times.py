"""How long rows took, by route: in all, the median, what 95 of 100 stay below, and the slowest."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["time_by_route"]


def time_by_route(routes: Sequence[str], kinds: Iterable[int], seconds: Iterable[float]) -> list[dict[str, Any]]:
    """Each route's times, the dearest first; empty where no time was recorded.

    Args:
        routes: The route of each kind.
        kinds: The kind of each row.
        seconds: How long each row took.
    """
    spent: dict[str, array[float]] = {route: array("f") for route in routes}
    of_kind = [spent[route] for route in routes]
    for kind, took in zip(kinds, seconds, strict=True):
        of_kind[kind].append(took)
    if not any(any(times) for times in spent.values()):
        return []
    found = [{"name": route, **_about(sorted(times))} for route, times in spent.items()]
    return sorted(found, key=lambda one: (-one["seconds"], one["name"]))


def _about(times: Sequence[float]) -> dict[str, Any]:
    last = len(times) - 1
    return {
        "rows": len(times),
        "seconds": sum(times),
        "median": times[last // 2],
        "high": times[last * 95 // 100],
        "most": times[last],
    }
