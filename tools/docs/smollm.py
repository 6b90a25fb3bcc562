"""The run of a real small model in the docs: its table, and its curve as SVG, from the CSV of `examples/06_smollm_grpo.py`."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

DATA = Path(__file__).parents[2] / "benchmarks" / "data" / "smollm_grpo.csv"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520, 260, 46, 20, 34, 40
INK, GREY, BLUE = "#222222", "#777777", "#0072B2"


def table() -> str:
    """What was held out before and after, a line a seed."""
    lines = ["| seed | greedy, before | after | T = 1, before | after | CPU of the training |", "|--:|--:|--:|--:|--:|--:|"]
    ends: list[list[float]] = []
    for seed, rows in _runs().items():
        first, last = (row for row in rows if row["held_out_greedy"])
        cells = [one[f"held_out_{way}"] for way in ("greedy", "sampled") for one in (first, last)]
        lines.append(f"| {seed} | {' | '.join(f'{float(cell):.2f}' for cell in cells)} | {float(last['seconds']):.0f} s |")
        ends.append([float(cell) for cell in cells])
    before, after, sampled_before, sampled_after = map(fmean, zip(*ends, strict=True))
    risen = [sum(end[place + 1] > end[place] for end in ends) for place in (0, 2)]
    return "\n".join(lines) + (
        f"\n\nGreedily {risen[0]} of {len(ends)} seeds rise, on average from {before:.2f} to {after:.2f}; "
        f"at temperature 1 {risen[1]} of {len(ends)}, from {sampled_before:.2f} to {sampled_after:.2f}.\n"
    )


def curve() -> str:
    """The mean reward of each step's completions: thin lines are seeds, the thick one their mean."""
    runs = [[(int(row["step"]), float(row["reward"])) for row in rows if row["reward"]] for rows in _runs().values()]
    most = max(step for run in runs for step, _ in run)
    by_step: dict[int, list[float]] = defaultdict(list)
    for run in runs:
        for step, reward in run:
            by_step[step].append(reward)

    def x(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (step - 1) / max(1, most - 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value)

    def line(points: Sequence[tuple[int, float]], width: float, opacity: float) -> str:
        path = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
        return f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="{width}" opacity="{opacity}"/>'

    parts = [f'<text x="{LEFT}" y="20" font-weight="bold" fill="{INK}">mean reward of a step\'s completions</text>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="{GREY}">{tick:g}</text>')
    for step in range(1, most + 1):
        parts.append(f'<text x="{x(step):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="{GREY}">{step}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle" fill="{GREY}">steps of GRPO</text>')
    parts += [line(run, 0.9, 0.4) for run in runs]
    parts.append(line([(step, fmean(values)) for step, values in sorted(by_step.items())], 2.4, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img">\n<title>GRPO of SmolLM2-135M-Instruct: {len(runs)} runs</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _runs() -> dict[str, list[dict[str, str]]]:
    """The lines of each seed, in order."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with DATA.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            found[row["seed"]].append(row)
    return dict(found)
