"""A graph of imports laid out in floors: each box stands above what it imports, and boxes of one circle are one box."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from imports import Arrows, reached

SWEEPS = 24
CIRCLE = " ⇄ "


@dataclass
class Spot:
    """A box, or a bend of a long arrow where it passes a floor (then it has no text)."""

    text: str
    floor: int
    width: float
    x: float = 0.0
    above: list[Spot] = field(default_factory=list)
    below: list[Spot] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """Floors from the ground up, each from left to right; the width is that of the widest."""

    floors: list[list[Spot]]
    width: float


def laid_out(arrows: Arrows, labels: dict[str, str], letter: float, gap: float) -> Layout:
    """Place the boxes. `letter` is the width of one, `gap` the least distance between neighbours."""
    below = _boxes(arrows)
    heights: dict[str, int] = {}
    for box in sorted(below, key=lambda box: len(reached(box, below))):
        heights[box] = 1 + max((heights[other] for other in below[box]), default=-1)
    floors: list[list[Spot]] = [[] for _ in range(max(heights.values(), default=-1) + 1)]
    spots = {}
    for box in sorted(below):
        text = CIRCLE.join(labels[name] for name in box.split(CIRCLE))
        spots[box] = Spot(text, heights[box], letter * len(text) + 2 * letter)
        floors[heights[box]].append(spots[box])
    for box in sorted(below):
        for other in sorted(_direct(box, below)):
            _join(spots[box], spots[other], floors, letter)
    _order(floors)
    return Layout(floors, _place(floors, gap))


def _boxes(arrows: Arrows) -> Arrows:
    """The same arrows between circles of imports, each of which becomes one box, so that none runs in a circle."""
    below = {name: reached(name, arrows) for name in arrows}
    of = {name: CIRCLE.join(sorted({name} | {other for other in below[name] if name in below[other]})) for name in arrows}
    joined: Arrows = {box: set() for box in of.values()}
    for name, imported in arrows.items():
        joined[of[name]] |= {of[other] for other in imported} - {of[name]}
    return joined


def _direct(box: str, arrows: Arrows) -> set[str]:
    """What a box imports and does not reach through another one anyway."""
    return {other for other in arrows[box] if not any(other in reached(via, arrows) for via in arrows[box])}


def _join(upper: Spot, lower: Spot, floors: list[list[Spot]], letter: float) -> None:
    for floor in range(upper.floor - 1, lower.floor, -1):
        bend = Spot("", floor, letter)
        floors[floor].append(bend)
        upper.below.append(bend)
        bend.above.append(upper)
        upper = bend
    upper.below.append(lower)
    lower.above.append(upper)


def _order(floors: list[list[Spot]]) -> None:
    """Put each floor in the order of its neighbours' middles, up and down again, and keep the order with the fewest crossings."""
    best, least = [list(floor) for floor in floors], _crossings(floors)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        for floor in reversed(floors[:-1]) if downwards else floors[1:]:
            other = floors[floor[0].floor + (1 if downwards else -1)]
            places = {id(spot): place for place, spot in enumerate(other)}
            mine = {id(spot): float(place) for place, spot in enumerate(floor)}
            for spot in floor:
                near = [places[id(one)] for one in (spot.above if downwards else spot.below)]
                mine[id(spot)] = sum(near) / len(near) if near else mine[id(spot)]
            floor.sort(key=lambda spot: mine[id(spot)])
        if (crossings := _crossings(floors)) < least:
            best, least = [list(floor) for floor in floors], crossings
    floors[:] = best


def _crossings(floors: list[list[Spot]]) -> int:
    count = 0
    for lower, upper in pairwise(floors):
        places = {id(spot): place for place, spot in enumerate(lower)}
        ends = [(place, places[id(below)]) for place, spot in enumerate(upper) for below in spot.below]
        count += sum(a < c and b > d for a, b in ends for c, d in ends)
    return count


def _place(floors: list[list[Spot]], gap: float) -> float:
    """Give every spot the middle of its neighbours as far as its own floor has room; returns the whole width."""
    for floor in floors:
        _apart(floor, [0.0] * len(floor), gap)
    for sweep in range(SWEEPS):
        for floor in floors if sweep % 2 else reversed(floors):
            wanted = [sum(one.x for one in near) / len(near) if (near := s.above + s.below) else s.x for s in floor]
            _apart(floor, wanted, gap)
    left = min((spot.x - spot.width / 2 for floor in floors for spot in floor), default=0.0)
    for spot in (spot for floor in floors for spot in floor):
        spot.x -= left
    return max((spot.x + spot.width / 2 for floor in floors for spot in floor), default=0.0)


def _apart(floor: list[Spot], wanted: list[float], gap: float) -> None:
    """As near to the wanted places as neighbours allow: the mean of being pushed to the right and to the left."""
    steps = [(a.width + b.width) / 2 + gap for a, b in pairwise(floor)]
    right, left = list(wanted), list(wanted)
    for place, step in enumerate(steps):
        right[place + 1] = max(right[place + 1], right[place] + step)
    for place in range(len(steps) - 1, -1, -1):
        left[place] = min(left[place], left[place + 1] - steps[place])
    for spot, one, other in zip(floor, right, left, strict=True):
        spot.x = (one + other) / 2
