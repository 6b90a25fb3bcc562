"""Bars of results beside published numbers, as SVG of our own, an HTML page around it, or PNG where a renderer is installed.

A range is drawn solid up to its low end and pale up to its high end: the pale part is what nobody decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from rewardkit.errors import MissingExtra, UsageError
from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.compare import Figure, spelled

__all__ = ["KINDS", "draw", "kind_of", "write_chart"]

KINDS = (".svg", ".png", ".html")
OURS = ("#2563eb", "#0d9488", "#9333ea", "#db2777", "#ea580c", "#65a30d")
PUBLISHED = ("#94a3b8", "#cbd5e1")
INK, FAINT, GRID = "#0f172a", "#64748b", "#e2e8f0"
FONT = "Inter, 'Helvetica Neue', 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif"
WIDTH, LEFT, RIGHT, TOP = 900, 186, 120, 64
BAR, GAP, BETWEEN = 11, 2, 16


def draw(figures: Sequence[Figure], title: str = "Benchmarks") -> str:
    """The chart as SVG text: a row a benchmark, a bar a model and mode, as a share of the benchmark's best value."""
    series = list(dict.fromkeys(_series(one) for one in figures))
    colours = _colours(figures, series)
    names = [name for name in BENCHMARKS if any(one.benchmark == name for one in figures)]
    y = TOP + 20 * len(series)
    start, parts = y, list[str]()
    for name in names:
        bars = sorted((one for one in figures if one.benchmark == name), key=lambda one: series.index(_series(one)))
        height = len(bars) * (BAR + GAP) - GAP
        top = benchmark(name).top
        named = name if top == 100 else f"{name} (of {top:,.0f})"
        parts.append(_text(LEFT - 12, y + height / 2 + 4, named, anchor="end", size=13, weight=600))
        for place, one in enumerate(bars):
            parts += _bar(one, y + place * (BAR + GAP), colours[_series(one)])
        y += height + BETWEEN
    scale = WIDTH - LEFT - RIGHT
    grid = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LEFT + scale * share
        grid.append(f'<line x1="{x:.1f}" y1="{start - 8}" x2="{x:.1f}" y2="{y - 6}" stroke="{GRID}"/>')
        grid.append(_text(x, y + 10, f"{share:.0%}", anchor="middle", size=11, fill=FAINT))
    legend = []
    for place, label in enumerate(series):
        at = TOP - 14 + 20 * place
        legend.append(f'<rect x="{LEFT}" y="{at}" width="14" height="{BAR}" rx="2" fill="{colours[label]}"/>')
        legend.append(_text(LEFT + 22, at + 10, label, size=12))
    parts.append(
        _text(LEFT, y + 30, "share of the best that can be had; pale: rows that need a model and had none", size=11, fill=FAINT)
    )
    height = y + 44
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img"'
    return "\n".join(
        [
            f'{head} aria-label="{escape(title)}" font-family="{FONT}">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            _text(LEFT, 28, title, size=17, weight=700),
            *legend,
            *grid,
            *parts,
            "</svg>\n",
        ]
    )


def _series(one: Figure) -> str:
    return f"{one.model}, {one.mode}"


def _colours(figures: Sequence[Figure], series: Sequence[str]) -> dict[str, str]:
    quiet = {_series(one) for one in figures if one.mode == "published"}
    ours = [label for label in series if label not in quiet]
    theirs = [label for label in series if label in quiet]
    pairs = [(label, OURS[place % len(OURS)]) for place, label in enumerate(ours)]
    return dict([*pairs, *((label, PUBLISHED[place % len(PUBLISHED)]) for place, label in enumerate(theirs))])


def _bar(one: Figure, y: float, colour: str) -> list[str]:
    scale = WIDTH - LEFT - RIGHT
    low, high = (scale * min(1.0, max(0.0, share)) for share in one.share)
    told = escape(f"{_series(one)}: {spelled(one.low, one.high)}")
    drawn = [f'<g><title>{told}</title><rect x="{LEFT}" y="{y}" width="{low:.1f}" height="{BAR}" rx="2" fill="{colour}"/>']
    if high > low:
        pale = f'<rect x="{LEFT + low:.1f}" y="{y}" width="{high - low:.1f}" height="{BAR}" rx="2" fill="{colour}"'
        drawn.append(f'{pale} fill-opacity="0.22" stroke="{colour}" stroke-opacity="0.5" stroke-dasharray="3 2"/>')
    drawn.append(_text(LEFT + high + 6, y + BAR - 2, spelled(one.low, one.high), size=11, fill=INK) + "</g>")
    return drawn


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int, weight: int = 400, fill: str = INK) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" font-weight="{weight}" fill="{fill}">{escape(text)}</text>'


def kind_of(path: str) -> str:
    """The ending that says what is written, one of `KINDS`. Raises `UsageError` for another."""
    ending = Path(path).suffix.lower()
    if ending not in KINDS:
        message = f"a chart is written as {', '.join(KINDS)}; saw {path}"
        raise UsageError(message)
    return ending


def write_chart(path: str, figures: Sequence[Figure], title: str = "Benchmarks") -> None:
    """Write the chart in the kind that the file's name asks for.

    Raises `UsageError` for another ending or a place that cannot be written, `MissingExtra` for PNG without a renderer.
    """
    ending = kind_of(path)
    drawn = draw(figures, title)
    made = drawn.encode() if ending == ".svg" else _page(drawn, figures, title).encode() if ending == ".html" else _png(drawn)
    try:
        Path(path).write_bytes(made)
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None


def _page(drawn: str, figures: Sequence[Figure], title: str) -> str:
    cells = (
        (one.benchmark, one.model, one.mode, spelled(one.low, one.high), one.source, one.certainty)
        for one in sorted(figures, key=lambda one: list(BENCHMARKS).index(one.benchmark))
    )
    rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    heading = "".join(f"<th>{name}</th>" for name in ("benchmark", "model", "mode", "figure", "source", "certainty"))
    style = (
        f"body{{font-family:{FONT};color:{INK};margin:2rem auto;max-width:70rem;padding:0 1rem}}svg{{max-width:100%;height:auto}}"
        f"table{{border-collapse:collapse;font-size:.85rem;margin-top:2rem}}th,td{{text-align:left;padding:.3rem .7rem;"
        f"border-bottom:1px solid {GRID};vertical-align:top}}td:nth-child(4){{font-variant-numeric:tabular-nums}}"
    )
    named = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    head = f'<!doctype html>\n<html lang="en"><head>{named}<style>{style}</style></head>'
    return f"{head}\n<body>\n{drawn}<table><thead><tr>{heading}</tr></thead>\n<tbody>{rows}</tbody></table>\n</body></html>\n"


def _png(drawn: str) -> bytes:
    try:
        import resvg_py
    except ImportError:
        raise MissingExtra("resvg-py", "evals", "Writing a chart as PNG (SVG and HTML need nothing)") from None
    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, zoom=2))
