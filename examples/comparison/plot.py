"""The charts of the comparison as SVG: every run as a dot beside its arm's interval, and the hacks step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from examples.comparison.intervals import Runs, interval
from examples.comparison.tables import WARM, compared, ranked

__all__ = ["dots", "hacked"]

INK, GREY, PALE, BLUE, RED, GREEN = "#222222", "#777777", "#e4e4e4", "#0072B2", "#D55E00", "#009E73"
NAMES, PANEL, ROW, TOP, BOTTOM = 210, 250, 18, 34, 30
WIDTH, HEIGHT, LEFT, RIGHT = 400, 260, 44, 116
WAYS = {"sampled_accuracy": "accuracy at temperature 1", "greedy_accuracy": "accuracy, greedy"}
SMOOTH = 5  # steps that a point of a thick line is the mean of


def dots(runs: Runs) -> str:
    """Held-out accuracy of each arm: a dot a seed, the mean and its interval, and the warm start as dashes."""
    own, names = compared(runs), ranked(runs)
    height = TOP + ROW * len(names) + BOTTOM
    parts = []
    for row, name in enumerate(names):
        weight = ' font-weight="bold"' if own[name][0]["published"] == "1" else ""
        parts.append(_text(NAMES - 8, TOP + ROW * row + 13, name, INK, "end", weight))
    for place, (column, title) in enumerate(WAYS.items()):
        parts += _dots_of(runs, own, names, column, NAMES + place * (PANEL + 30), title)
    return _svg(NAMES + 2 * PANEL + 60, height, f"Held-out accuracy of {len(names)} ways to be paid", parts)


def _dots_of(runs: Runs, own: Runs, names: Sequence[str], column: str, left: float, title: str) -> list[str]:
    values = [float(line[column]) for name in (*names, WARM) for line in runs[name]]
    low, high = (int(min(values) * 10)) / 10, (int(max(values) * 10) + 1) / 10
    bottom = TOP + ROW * len(names)

    def x(value: float) -> float:
        return left + PANEL * (min(max(value, low), high) - low) / (high - low)

    parts = [_text(left, 20, title, INK, "start", ' font-weight="bold"')]
    for tenth in range(round(low * 10), round(high * 10) + 1):
        parts.append(_line([(x(tenth / 10), TOP), (x(tenth / 10), bottom)], PALE, 1))
        parts.append(_text(x(tenth / 10), bottom + 16, f"{tenth / 10:.1f}", GREY, "middle"))
    start = x(fmean(float(line[column]) for line in runs[WARM]))
    parts.append(_line([(start, TOP), (start, bottom)], GREY, 1.2, ' stroke-dasharray="4 3"'))
    for row, name in enumerate(names):
        y, one = TOP + ROW * row + ROW / 2, interval(own, name, column)
        parts.append(_line([(x(one.mean - one.reach), y), (x(one.mean + one.reach), y)], BLUE, 1.6))
        parts.append(_line([(x(one.mean), y - 5), (x(one.mean), y + 5)], BLUE, 2.4))
        parts += [
            f'<circle cx="{x(float(line[column])):.1f}" cy="{y:.1f}" r="2.6" fill="{RED}" opacity="0.8"/>' for line in own[name]
        ]
    return parts


def hacked(steps: Runs) -> str:
    """Two panels over the steps: the words that are paid for, and form that is paid where every answer is wrong."""
    words = {
        "stuffed words": ("words", RED, "paid for", ""),
        "the same without the words": ("words", BLUE, "not paid for", ""),
    }
    paid = [rows for name in words for rows in _by_step(steps.get(name, ())).values()]
    most = max((fmean(float(row["words"]) for row in rows) for rows in paid), default=1.0)
    parts = _curves(steps, 0, "ReVisual-R1's words a completion", [(name, *how) for name, how in words.items()], most * 1.15)
    shares = [
        ("paid form", "form", RED, "form", ""),
        ("paid form", "reward", INK, "reward", ""),
        ("paid form", "accuracy", GREEN, "accuracy", ""),
        ("the same, gated", "form", BLUE, "form, gated", ' stroke-dasharray="4 3"'),
    ]
    parts += _curves(steps, WIDTH, "0.3 for form, and every answer wrong", shares, 1.0)
    return _svg(2 * WIDTH, HEIGHT, "Two hacks as they happen", parts)


def _curves(steps: Runs, offset: float, title: str, curves: Sequence[tuple[str, str, str, str, str]], most: float) -> list[str]:
    curves = [curve for curve in curves if curve[0] in steps]
    last = max((int(row["step"]) for name, *_ in curves for row in steps[name]), default=1)

    def x(step: float) -> float:
        return offset + LEFT + (WIDTH - LEFT - RIGHT) * step / max(1, last)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM - 14) * (1 - min(value, most) / most)

    parts = [_text(x(0), 20, title, INK, "start", ' font-weight="bold"')]
    for quarter in range(5):
        value = most * quarter / 4
        parts.append(_line([(x(0), y(value)), (x(last), y(value))], PALE, 1))
        parts.append(_text(x(0) - 6, y(value) + 4, f"{value:.2g}", GREY, "end"))
    for step in (0, last // 2, last):
        parts.append(_text(x(step), y(0) + 18, str(step), GREY, "middle"))
    parts.append(_text(x(last / 2), HEIGHT - 6, "steps of GRPO", GREY, "middle"))
    labels = []
    for name, column, colour, label, dash in curves:
        means = {step: fmean(float(row[column]) for row in rows) for step, rows in _by_step(steps[name]).items()}
        for seed in sorted({row["seed"] for row in steps[name]}):
            own = [(x(int(row["step"])), y(float(row[column]))) for row in steps[name] if row["seed"] == seed]
            parts.append(_line(own, colour, 0.6, ' opacity="0.25"'))
        smooth = {step: fmean(means[s] for s in range(max(0, step - SMOOTH + 1), step + 1)) for step in means}
        parts.append(_line([(x(step), y(value)) for step, value in smooth.items()], colour, 2.2, dash))
        labels.append((y(smooth[last]), label, colour))
    below = float("-inf")
    for height, label, colour in sorted(labels):
        below = max(height + 4, below + 14)
        parts.append(_text(x(last) + 6, below, label, colour, "start"))
    return parts


def _by_step(rows: Sequence[Mapping[str, str]]) -> dict[int, list[Mapping[str, str]]]:
    found: dict[int, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        found[int(row["step"])].append(row)
    return dict(sorted(found.items()))


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, more: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{more}>{text}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'font-family="sans-serif" font-size="12" role="img">\n<title>{title}</title>\n'
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
