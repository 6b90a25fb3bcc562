"""The picture of the house, drawn from its imports: `docs/guide/architecture.svg`, and the walk through it on the page."""

from __future__ import annotations

import contextlib
import io
import shlex
from html import escape
from typing import NamedTuple

import imports
from floors import Layout, Spot, laid_out

from rewardkit import cli

HOUSES = ("answers", "extract", "prose", "judges")
"""Drawn once more from the inside, where they are houses."""

LETTER, SIZE = 8.5, 14
BOX, STOREY, GAP, MARGIN, TITLE = 28, 66, 14, 20, 40
STYLE = """
text { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 14px }
text { fill: #1f2430; text-anchor: middle }
.title { font-weight: bold; font-size: 17px; text-anchor: start }
.box { fill: #eef2fb; stroke: #5b6fae }
.folder { fill: #dfe8ff }
.circle { fill: #fde4e1; stroke: #c0392b }
.arrow { fill: none; stroke: #8a93a8 }
.head { fill: #8a93a8 }
.storey { fill: #000; opacity: .035 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e8ee }
  .box { fill: #2a3046; stroke: #8fa2e6 }
  .folder { fill: #333c5e }
  .circle { fill: #55302d; stroke: #e57368 }
  .storey { fill: #fff }
}
"""


def picture() -> str:
    """The whole as an SVG: the parts of the package, and below them the houses from the inside."""
    panels = [("rewardkit/", _layout(imports.parts(), ""))]
    for house in HOUSES:
        if len(arrows := imports.rooms(house)) > 1:
            panels.append((f"rewardkit/{house}/", _layout(arrows, house)))
    width = max(layout.width for _, layout in panels) + 2 * MARGIN
    drawn, top = [], 0.0
    for title, layout in panels:
        drawn.append(f'<text class="title" x="{MARGIN}" y="{top + 26:g}">{escape(title)}</text>')
        drawn += _panel(layout, top + TITLE, width)
        top += TITLE + STOREY * len(layout.floors)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {top:.0f}" width="{width:.0f}" height="{top:.0f}">'
    tip = '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    tip += '<path class="head" d="M0 0L8 4L0 8z"/></marker>'
    return "\n".join([head, f"<style>{STYLE}</style>", f"<defs>{tip}</defs>", *drawn, "</svg>"]) + "\n"


def _layout(arrows: imports.Arrows, house: str) -> Layout:
    return laid_out(arrows, {name: imports.label(name, house) for name in arrows}, LETTER, GAP)


def _panel(layout: Layout, top: float, width: float) -> list[str]:
    left = (width - layout.width) / 2

    def x(spot: Spot) -> float:
        return left + spot.x

    def y(spot: Spot) -> float:
        return top + STOREY * (len(layout.floors) - 1 - spot.floor) + (STOREY - BOX) / 2

    bands, arrows, boxes = [], [], []
    for floor in layout.floors:
        if floor[0].floor % 2 == len(layout.floors) % 2:
            bands.append(
                f'<rect class="storey" x="0" y="{y(floor[0]) - (STOREY - BOX) / 2:g}" width="{width:.0f}" height="{STOREY}"/>'
            )
        for spot in (spot for spot in floor if spot.text):
            boxes.append(_box(spot.text, x(spot), y(spot), spot.width))
            for below in spot.below:
                path, end = f"M{x(spot):.1f} {y(spot) + BOX:.1f}", spot
                for one in _run(below):
                    turn = (y(end) + BOX + y(one)) / 2
                    path += f"C{x(end):.1f} {turn:.1f} {x(one):.1f} {turn:.1f} {x(one):.1f} {y(one):.1f}"
                    path += "" if one.text else f"V{y(one) + BOX:.1f}"
                    end = one
                arrows.append(f'<path class="arrow" marker-end="url(#tip)" d="{path}"/>')
    return [*bands, *arrows, *boxes]


def _run(spot: Spot) -> list[Spot]:
    """A spot, and as long as it is a bend what comes after it."""
    run = [spot]
    while not run[-1].text:
        run.append(run[-1].below[0])
    return run


def _box(text: str, x: float, y: float, width: float) -> str:
    kind = "box circle" if "⇄" in text else "box folder" if text.endswith("/") else "box"
    box = f'<rect class="{kind}" x="{x - width / 2:.1f}" y="{y:g}" width="{width:.1f}" height="{BOX}" rx="5"/>'
    return f'{box}<text x="{x:.1f}" y="{y + BOX / 2 + SIZE / 3:.1f}">{escape(text)}</text>'


class Step(NamedTuple):
    """One step of the way: the rooms where it happens (those that stand are named), what it does, what it hands on here."""

    name: str
    rooms: tuple[str, ...]
    does: str
    here: str


EXAMPLE = ("--prompt", "How far is it?", "--answer", "0.5 km", "--completion", "It is not 5 km. The answer is 500 m.")
WAY = (
    Step(
        "in",
        ("adapters", "batch", "serve"),
        "a trainer, a file or a request becomes a batch of samples",
        "a `Sample`: three texts",
    ),
    Step(
        "route",
        ("router", "recipes"),
        "each row to its verifier, by its column or by the shape of its reference",
        "`number.equal`",
    ),
    Step(
        "ask",
        ("question", "verifiers"),
        "what the question wants, and which references are more than text",
        "`0.5 km` is a quantity",
    ),
    Step(
        "find",
        ("extract", "prose"),
        "what the completion states as its answer, and in which dress",
        "a `Statement`: `500 m`, by `phrase`; `5 km` is denied",
    ),
    Step(
        "decide",
        ("decide", "prose"),
        "which reading of the statement counts: all of it, or the formula or number in it; against each reference, once",
        "`500 m` against `0.5 km`",
    ),
    Step(
        "read",
        ("answers/read", "answers/notation", "answers/grammar", "answers/forms"),
        "clean text, tokens, a tree, a kind of answer",
        "two trees",
    ),
    Step(
        "compare",
        ("answers/equality/compare", "answers/equality/by_kind", "answers/numerics", "answers/units"),
        "two answers, cheapest step first, then by the rule for their kinds",
        "a `Comparison`: equal, in the step `units`",
    ),
    Step("verdict", ("verifiers", "types"), "a score, or why there is none, with the reason", "a `Verdict`: 1.0, `match`"),
    Step("reward", ("reward", "advantages"), "one number or `None` a row for the trainer, then advantages", "1.0"),
)


def walk() -> str:
    """The way of one completion as a table, and what `rewardkit explain` says of it."""
    lines = ["| step | where | what happens | handed on in the example |", "|---|---|---|---|"]
    for step in WAY:
        where = ", ".join(dict.fromkeys(f"`{found}`" for room in step.rooms if (found := _standing(room))))
        if not where:
            message = f"none of {step.rooms} is in {imports.PACKAGE.name}/: say in WAY where the step {step.name!r} happens now"
            raise LookupError(message)
        lines.append(f"| **{step.name}** | {where} | {step.does} | {step.here} |")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        cli.main(["explain", *EXAMPLE])
    trace = [line.rstrip() for line in said.getvalue().splitlines() if not line.startswith("seconds")]
    command = f"$ rewardkit explain {shlex.join(EXAMPLE)}"
    return "\n".join([*lines, "", "```console", command, *trace]).rstrip() + "\n```\n"


def _standing(room: str) -> str | None:
    """A room as it is called in the tree; the house around it where the room is not there."""
    path = imports.PACKAGE / room
    if path.is_dir():
        return f"{room}/"
    if path.with_suffix(".py").is_file():
        return f"{room}.py"
    house = room.rpartition("/")[0]
    return _standing(house) if house else None
