"""Masks of pixels as runs, never as pixels: made from COCO's run lengths or from polygons, compared and asked for a pixel.

A mask of any size takes as much memory as it has runs. Pixels are counted down the columns, as COCO counts them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

__all__ = ["MAX_RUNS", "Mask", "TooLarge", "Unreadable", "area", "holds", "mask_overlap", "of_counts", "of_polygons"]

MAX_RUNS = 200_000
"""A mask of more runs than this is not read."""
MAX_SIDE = 1_000_000  # pixels
_FINE = 5  # corners of polygons are rounded to fifths of a pixel, as COCO does
_MIDDLE = 2  # the fifth in which the middle of a pixel lies


class Unreadable(ValueError):
    """What should be a mask is none; the message says why."""


class TooLarge(Unreadable):
    """A mask of too many runs, or with sides that are too long."""


class Mask(NamedTuple):
    """Height and width in pixels, and the places where the mask begins, ends, begins again and so on, ascending."""

    height: int
    width: int
    ends: tuple[int, ...]


def area(mask: Mask) -> int:
    """The number of pixels in the mask."""
    return sum(mask.ends[1::2]) - sum(mask.ends[::2])


def holds(mask: Mask, x: float, y: float) -> bool:
    """Whether the pixel that a point lies in is in the mask; the far borders of the picture belong to its last pixels."""
    if not (0 <= x <= mask.width and 0 <= y <= mask.height):
        return False
    column, row = min(int(x), mask.width - 1), min(int(y), mask.height - 1)
    return bisect_right(mask.ends, column * mask.height + row) % 2 == 1


def mask_overlap(a: Mask, b: Mask) -> float:
    """Intersection over union of two masks of the same size."""
    shared = depth = last = 0
    for place, step in sorted([*_steps(a.ends), *_steps(b.ends)]):
        shared += place - last if depth == 2 else 0
        depth, last = depth + step, place
    union = area(a) + area(b) - shared
    return shared / union if union else 0.0


def of_counts(size: Any, counts: Any) -> Mask:
    """COCO's run-length encoding: [height, width], and lengths of runs, outside first, as a list or as COCO's text.

    Raises `Unreadable` where it is none, and `TooLarge` past `MAX_RUNS` or a side of a million pixels.
    """
    height, width = _sides(size)
    lengths = _unpacked(counts) if isinstance(counts, str) else counts
    if not isinstance(lengths, (list, tuple)):
        raise Unreadable("counts are neither a list nor a text")
    if len(lengths) > MAX_RUNS:
        raise TooLarge(f"more than {MAX_RUNS} runs")
    ends, place = [], 0
    for length in lengths:
        if not _is_whole(length) or length < 0:
            raise Unreadable(f"{length!s:.20} is no length of a run")
        place += int(length)
        ends.append(place)
    if place != height * width:
        raise Unreadable(f"the runs hold {place} pixels, and a picture of {height} x {width} has {height * width}")
    # The last end is that of the picture; it is one of the mask where the last run is.
    return Mask(height, width, _without_empty(ends[: len(ends) // 2 * 2]))


def of_polygons(height: int, width: int, polygons: Sequence[Sequence[float]]) -> Mask:
    """The pixels of one or several polygons, each x and y of its corners in turn, filled as COCO fills them.

    Raises `Unreadable` for fewer than three corners, and `TooLarge` where outlines cross more than `MAX_RUNS` columns.
    """
    steps: list[tuple[int, int]] = []
    for polygon in polygons:
        if len(polygon) < 6 or len(polygon) % 2:
            raise Unreadable(f"{len(polygon)} numbers are no polygon; wanted x and y of three corners or more")
        crossings = []
        for crossing in _crossings(polygon, height, width):
            crossings.append(crossing)
            if len(crossings) + len(steps) > MAX_RUNS:
                raise TooLarge(f"outlines cross more than {MAX_RUNS} columns")
        # Inside is where an odd number of a polygon's own edges lies before.
        steps += _steps(sorted(crossings))
    ends, depth = [], 0
    for place, step in sorted(steps):
        if depth == 0 or depth + step == 0:
            ends.append(place)
        depth += step
    return Mask(height, width, _without_empty(ends))


def _sides(size: Any) -> tuple[int, int]:
    if not isinstance(size, (list, tuple)) or len(size) != 2 or not all(_is_whole(side) and side >= 1 for side in size):
        raise Unreadable("size is not [height, width] in pixels")
    if max(size) > MAX_SIDE:
        raise TooLarge(f"a side of more than {MAX_SIDE} pixels")
    return int(size[0]), int(size[1])


def _is_whole(value: Any) -> bool:
    try:
        return not isinstance(value, (bool, str)) and bool(value == int(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _unpacked(text: str) -> list[int]:
    """Lengths of runs from COCO's text: five bits a character and one for more to follow; from the fourth on differences."""
    lengths: list[int] = []
    value = shift = 0
    for sign in text:
        bits = ord(sign) - 48
        if not 0 <= bits < 64 or shift > 35:
            raise Unreadable("counts are no run lengths of COCO")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        value -= (bits & 16) << (shift - 4)  # the highest bit of a negative one is set
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
        value = shift = 0
        if len(lengths) > MAX_RUNS:
            raise TooLarge(f"more than {MAX_RUNS} runs")
    if shift:
        raise Unreadable("counts end in the middle of a number")
    return lengths


def _without_empty(ends: Sequence[int]) -> tuple[int, ...]:
    """The same mask without runs of no length, inside or outside."""
    kept: list[int] = []
    for end in ends:
        if kept and kept[-1] == end:
            kept.pop()
        else:
            kept.append(end)
    return tuple(kept)


def _steps(ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places where a mask begins (1) and ends (-1)."""
    return ((end, -1 if number % 2 else 1) for number, end in enumerate(ends))


def _crossings(polygon: Sequence[float], height: int, width: int) -> Iterator[int]:
    """Where the edges of a polygon cross the middles of columns: in each the first pixel behind the edge."""
    xs, ys = ([int(_FINE * value + 0.5) for value in polygon[first::2]] for first in (0, 1))
    for i in range(len(xs)):
        for column, fine in _edge(xs[i - 1], ys[i - 1], xs[i], ys[i], width):
            row = -((_MIDDLE - fine) // _FINE)
            yield column * height + min(max(row, 0), height)


def _edge(x0: int, y0: int, x1: int, y1: int, width: int) -> Iterator[tuple[int, int]]:
    """The columns whose middle an edge crosses, and the upper of the two fine rows it does that in.

    The edge is a line of fine pixels, one for each step along its longer side, rounded as COCO rounds.
    """
    flat = abs(x1 - x0) >= abs(y1 - y0)
    if (x0 > x1) if flat else (y0 > y1):
        x0, y0, x1, y1 = x1, y1, x0, y0
    if x0 == x1:
        return
    slope = (y1 - y0) / (x1 - x0) if flat else (x1 - x0) / (y1 - y0)
    left, right = min(x0, x1), max(x0, x1)
    first, last = max(-((_MIDDLE - left) // _FINE), 0), min((right - _MIDDLE - 1) // _FINE, width - 1)
    for column in range(first, last + 1):
        before = _FINE * column + _MIDDLE
        if flat:
            yield column, min(int(y0 + slope * (before + step - x0) + 0.5) for step in (0, 1))
        else:
            yield column, y0 + _passed(x0, slope, before) - 1


def _passed(start: int, slope: float, before: int) -> int:
    """The first step at which a steep line has left the fine column `before` for the next one, or the next one for it."""

    def passed(step: int) -> bool:
        at = int(start + slope * step + 0.5)
        return at > before if slope > 0 else at <= before

    step = math.ceil((before + 0.5 - start) / slope)
    while passed(step - 1):
        step -= 1
    while not passed(step):
        step += 1
    return step
