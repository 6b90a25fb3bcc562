"""Scenes of the small world: what stands where, and which of them are kept for the held-out set.

A scene has four cells (2 × 2). It shows one to three things (coloured shapes and digits), or a chart of two bars. Its
layout is what stands where in which colour, without size, jitter and shade; the layout alone decides whether it is held out,
so that no held-out question shows an arrangement that was trained on in other pixels.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("circle", "square", "triangle")
DIGITS = ("1", "2", "3", "4")
HEIGHTS = (1, 2, 3, 4)
HELD_OUT_SHARE = 5
"""One layout in this many is held out."""


@dataclass(frozen=True, order=True)
class Thing:
    """A shape or digit in a cell (0 and 1 above, 2 and 3 below), or a bar in a column (0 or 1) of a height."""

    cell: int
    kind: str
    colour: str
    height: int = 0

    @property
    def words(self) -> str:
        """How it is named in a listing of the scene."""
        return f"a {self.colour} {self.kind}" + (f" {self.height}" if self.height else "")


@dataclass(frozen=True)
class Scene:
    """Things in the order of their cells."""

    things: tuple[Thing, ...]

    @property
    def is_chart(self) -> bool:
        """Whether it shows bars."""
        return self.things[0].kind == "bar"

    @property
    def layout(self) -> str:
        """What stands where, as a text that names the scene."""
        return ";".join(f"{t.cell}:{t.words}" for t in self.things)

    @property
    def held_out(self) -> bool:
        """Whether its layout belongs to the held-out fifth."""
        return hashlib.sha256(self.layout.encode()).digest()[0] % HELD_OUT_SHARE == 0


def draw_scene(rng: random.Random, chart_share: float, sizes: tuple[int, ...] = (1, 2, 3)) -> Scene:
    """A scene at random: a chart with probability `chart_share`, else as many things as `sizes` allows."""
    if rng.random() < chart_share:
        colours = rng.sample(COLOURS, 2)
        return Scene(tuple(Thing(column, "bar", colours[column], rng.choice(HEIGHTS)) for column in (0, 1)))
    cells = sorted(rng.sample(range(4), rng.choice(sizes)))
    # Digits are rarer than shapes, because a shape can be asked about in more ways.
    return Scene(tuple(Thing(cell, rng.choice(SHAPES * 2 + DIGITS), rng.choice(COLOURS)) for cell in cells))
