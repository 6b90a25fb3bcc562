"""The chart of the leaderboard as SVG: each system's mean accuracy with its interval, on the suites of each group."""

from __future__ import annotations

from html import escape

from benchmarks.leaderboard.figures import mean
from benchmarks.leaderboard.kept import Kept
from benchmarks.leaderboard.systems import OURS
from benchmarks.leaderboard.tables import GROUPS, group, ranked

__all__ = ["chart"]

INK, GREY, PALE, BLUE, RED = "#222222", "#777777", "#e4e4e4", "#0072B2", "#D55E00"
NAMES, PANEL, GAP, ROW, TOP, BOTTOM = 170, 260, 30, 18, 34, 28


def chart(kept: Kept) -> str:
    """A panel a group that has suites, a line a system."""
    names = ranked(kept)
    groups = [of for of in reversed(GROUPS) if any(group(one.suite) == of for one in kept.suites)]
    width, height = NAMES + len(groups) * (PANEL + GAP), TOP + ROW * len(names) + BOTTOM
    parts = [_text(NAMES - 8, TOP + ROW * row + 13, name, INK, "end", name == OURS) for row, name in enumerate(names)]
    for place, of in enumerate(groups):
        parts += _panel(kept, names, of, NAMES + place * (PANEL + GAP))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>Mean accuracy of {len(names)} verifiers on {len(kept.suites)} suites</title>\n"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(kept: Kept, names: list[str], of: str, left: int) -> list[str]:
    bottom = TOP + ROW * len(names)
    count = sum(group(one.suite) == of for one in kept.suites)
    parts = [_text(left, 20, f"{GROUPS[of]} ({count})", INK, "start", True)]
    for tenth in range(0, 11, 2):
        x = left + PANEL * tenth / 10
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="{PALE}"/>')
        parts.append(_text(x, bottom + 16, f"{tenth / 10:.1f}", GREY, "middle"))
    for row, name in enumerate(names):
        shares = [one.accuracy for one in kept.figures if (one.system, one.form) == (name, "all") and group(one.suite) == of]
        found = mean(shares)
        if found is None:
            continue
        y, colour = TOP + ROW * row + ROW / 2, RED if name == OURS else BLUE
        ends = [left + PANEL * min(1.0, max(0.0, found[0] + side * found[1])) for side in (-1, 1)]
        parts.append(
            f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<circle cx="{left + PANEL * found[0]:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
    return parts


def _text(x: float, y: float, text: str, colour: str, anchor: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'
