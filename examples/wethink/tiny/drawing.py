"""Pictures of scenes: 56 × 56 pixels, so that a cell of 28 is exactly one vision token of Qwen2.5-VL."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from examples.wethink.tiny.scenes import Scene, Thing

CELL = 28
SIZE = 2 * CELL
INK = {"red": (215, 45, 45), "green": (40, 160, 70), "blue": (50, 80, 215), "yellow": (225, 195, 40)}
STROKES = {
    "1": [(0, -1), (0, 1)],
    "2": [(-0.7, -0.8), (0.7, -0.8), (0.7, 0), (-0.7, 0.9), (0.7, 0.9)],
    "3": [(-0.7, -0.9), (0.7, -0.9), (0.7, 0), (-0.3, 0), (0.7, 0), (0.7, 0.9), (-0.7, 0.9)],
    "4": [(0.4, 1), (0.4, -1), (-0.7, 0.3), (0.8, 0.3)],
}
BAR_UNIT = 12
"""Pixels a unit of a bar's height."""


def draw(scene: Scene, rng: random.Random) -> Image.Image:
    """The scene with fresh jitter, sizes and shades."""
    picture = Image.new("RGB", (SIZE, SIZE), (rng.randint(225, 255),) * 3)
    pen = ImageDraw.Draw(picture)
    for thing in scene.things:
        ink = tuple(max(0, min(255, channel + rng.randint(-25, 25))) for channel in INK[thing.colour])
        if thing.kind == "bar":
            _bar(pen, thing, ink, rng)
        else:
            _thing(pen, thing, ink, rng)
    return picture


def _bar(pen: ImageDraw.ImageDraw, thing: Thing, ink: tuple[int, ...], rng: random.Random) -> None:
    left = thing.cell * CELL + rng.randint(4, 8)
    pen.rectangle((left, SIZE - 1 - BAR_UNIT * thing.height, left + rng.randint(12, 16), SIZE - 1), fill=ink)


def _thing(pen: ImageDraw.ImageDraw, thing: Thing, ink: tuple[int, ...], rng: random.Random) -> None:
    radius = CELL * rng.uniform(0.28, 0.40)
    slack = CELL / 2 - radius - 1
    x = (thing.cell % 2) * CELL + CELL / 2 + rng.uniform(-slack, slack)
    y = (thing.cell // 2) * CELL + CELL / 2 + rng.uniform(-slack, slack)
    box = (x - radius, y - radius, x + radius, y + radius)
    if thing.kind == "circle":
        pen.ellipse(box, fill=ink)
    elif thing.kind == "square":
        pen.rectangle(box, fill=ink)
    elif thing.kind == "triangle":
        pen.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], fill=ink)
    else:
        pen.line([(x + radius * a, y + radius * b) for a, b in STROKES[thing.kind]], fill=ink, width=4, joint="curve")
