"""The plot of the small world as SVG: reward, and held-out accuracy by type of question at temperature 1 and greedily."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

__all__ = ["figure"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 330, 300, 46, 92, 44, 40
METHOD = "GRPO, hybrid"
INK, GREY = "#222222", "#777777"
LINES = {"choice": "#0072B2", "blank": "#D55E00", "descriptive": "#009E73", "accuracy": INK}
NAMES = {"choice": "choice", "blank": "fill-in", "descriptive": "descriptive", "accuracy": "all"}
CONTROLS = {"SFT, clean": "clean SFT", "more SFT, corrupted": "more SFT"}


def figure(rows: Sequence[dict[str, Any]]) -> str:
    """Three panels over the steps of GRPO: thin lines are runs, thick ones their mean, dashes the controls at their end."""
    own = [row for row in rows if row["method"] == METHOD]
    panels = [
        _panel(0, "reward", own, {"sampled_reward": (INK, "held out"), "training_reward": ("#0072B2", "training")}, ()),
        _panel(
            1,
            "held-out accuracy at T = 1",
            own,
            {f"sampled_{n}": (colour, NAMES[n]) for n, colour in LINES.items()},
            _controls(rows, "sampled_accuracy"),
        ),
        _panel(
            2,
            "held-out accuracy, greedy",
            own,
            {f"greedy_{n}": (colour, NAMES[n]) for n, colour in LINES.items()},
            _controls(rows, "greedy_accuracy"),
        ),
    ]
    runs = len({(row["sft_seed"], row["seed"]) for row in own})
    width = 3 * WIDTH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>GRPO with the hybrid reward in the small world: {runs} runs</title>\n"
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>\n' + "\n".join(panels) + "\n</svg>\n"
    )


def _controls(rows: Sequence[dict[str, Any]], column: str) -> list[tuple[str, float]]:
    found = []
    for method, name in CONTROLS.items():
        values = [row[column] for row in rows if row["method"] == method and row["step"] == row["steps"]]
        if values:
            found.append((name, sum(values) / len(values)))
    return found


def _panel(
    place: int,
    title: str,
    rows: Sequence[dict[str, Any]],
    series: dict[str, tuple[str, str]],
    controls: Sequence[tuple[str, float]],
) -> str:
    most = max((row["steps"] for row in rows), default=1)

    def x(step: float) -> float:
        return place * WIDTH + LEFT + (WIDTH - LEFT - RIGHT) * step / most

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value)

    parts = [f'<text x="{x(0)}" y="22" font-weight="bold" fill="{INK}">{title}</text>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line x1="{x(0):.1f}" x2="{x(most):.1f}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{x(0) - 6:.1f}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="{GREY}">{tick:g}</text>')
    for tick in (0, most // 2, most):
        parts.append(f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="{GREY}">{tick}</text>')
    parts.append(f'<text x="{x(most / 2):.1f}" y="{HEIGHT - 6}" text-anchor="middle" fill="{GREY}">steps of GRPO</text>')
    labels: list[tuple[float, str, str]] = []
    for name, level in controls:
        parts.append(_line([(x(0), y(level)), (x(most), y(level))], GREY, 1.2, 'stroke-dasharray="4 3"'))
        labels.append((y(level), name, GREY))
    for column, (colour, name) in series.items():
        by_run: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
        by_step: dict[int, list[float]] = defaultdict(list)
        for row in rows:
            if row[column] != "":
                by_run[row["sft_seed"], row["seed"]].append((row["step"], row[column]))
                by_step[row["step"]].append(row[column])
        for points in by_run.values():
            parts.append(_line([(x(s), y(v)) for s, v in points], colour, 0.8, 'opacity="0.3"'))
        means = [(step, sum(values) / len(values)) for step, values in sorted(by_step.items())]
        if means:
            parts.append(_line([(x(s), y(v)) for s, v in means], colour, 2.4))
            labels.append((y(means[-1][1]), name, colour))
    parts += _labels(labels, x(most) + 6)
    return "\n".join(parts)


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, more: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" {more}/>'


def _labels(labels: Sequence[tuple[float, str, str]], x: float) -> list[str]:
    """Names at the ends of their lines, moved down where two would overlap."""
    parts, last = [], float("-inf")
    for height, name, colour in sorted(labels):
        last = max(height + 4, last + 14)
        parts.append(f'<text x="{x:.1f}" y="{last:.1f}" fill="{colour}">{name}</text>')
    return parts
