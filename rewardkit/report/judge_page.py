"""An HTML page about what a judge is worth: its tables, its reliability curve, and the rows it got wrong."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from rewardkit.judges.calibration.curves import Bin
from rewardkit.report.page import filled, part, policy
from rewardkit.report.tables import section

__all__ = ["write_judge_page"]

SIZE, EDGE = 320, 36  # of the drawing, in its own units
MOST_WRONG, MOST_TEXT = 500, 2_000
ORDER = ("measures", "calibration", "curve", "probes", "since", "agreement", "attacks")
BINS = ("above", "up to", "rows", "mean score", "share right")
WRONG = ("suite", "id", "prompt", "answer", "completion", "label", "score", "reason", "reply")


def write_judge_page(
    path: str | PathLike[str],
    results: Mapping[str, Sequence[Mapping[str, Any]]],
    curve: Sequence[Bin],
    wrong: Sequence[Mapping[str, Any]],
    *,
    title: str = "What a judge is worth",
) -> Path:
    """Write the page and return its path; it has no script and asks nothing of the network.

    `results` are tables by title, of which `measures` is told in words as well. `curve` is drawn when it has bins. Of the rows
    that it got `wrong` the first 500 are shown, their texts cut at 2,000 characters.
    """
    style = part("style.css") + part("plain.css") + part("judge.css")
    measures = results.get("measures", ())
    parts = {
        "policy": policy(style),
        "style": style,
        "title": html.escape(title),
        "source": html.escape(", ".join(dict.fromkeys(f"{one['judge']} ({one['template']})" for one in measures))),
        "summary": "<br>".join(html.escape(_said(one)) for one in measures),
        "body": "".join(_body(results, curve, wrong)),
    }
    written = Path(path)
    written.write_text(filled(part("plain.html"), parts), encoding="utf-8", errors="replace")
    return written


def _body(
    results: Mapping[str, Sequence[Mapping[str, Any]]], curve: Sequence[Bin], wrong: Sequence[Mapping[str, Any]]
) -> list[str]:
    found = []
    for title in dict.fromkeys((*ORDER, *results)):
        records = results.get(title, ())
        heads = list(dict.fromkeys(name for record in records for name in record if name != "note"))
        if title == "curve" and curve:
            rows = [[one.low, one.high, one.rows, one.score, one.right] for one in curve]
            found.append(section("Scores and the share of rows that is right", BINS, rows, before=_drawing(curve)))
        elif records and title not in ("curve", "wrong rows"):
            found.append(section(title.capitalize(), heads, _rows(records, heads)))
    shown = [[_text(one.get(name)) for name in WRONG] for one in wrong[:MOST_WRONG]]
    found.append(section(f"Rows it got wrong ({min(len(wrong), MOST_WRONG):,} of {len(wrong):,})", WRONG, shown))
    return found


def _said(record: Mapping[str, Any]) -> str:
    about = f"{record['suite']}, {record['judge']} as {record['kind']}: κ {record['kappa']} over {record['rated']} labelled rows"
    return f"{about}. {record['note'][:1].upper()}{record['note'][1:]}." if record["note"] else f"{about}."


def _rows(records: Sequence[Mapping[str, Any]], heads: Sequence[str]) -> list[list[object]]:
    return [["–" if one.get(name) is None else one[name] for name in heads] for one in records]


def _text(value: Any) -> object:
    if isinstance(value, (int, float)) or value is None:
        return value
    text = " | ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _drawing(curve: Sequence[Bin]) -> str:
    """The reliability curve over its diagonal, with the interval of each share."""
    low, high = EDGE, SIZE - 8

    def across(value: float) -> float:
        return round(low + value * (high - low), 1)

    def up(value: float) -> float:
        return round(SIZE - across(value), 1)

    points = [(across(one.score), up(one.right.value or 0.0)) for one in curve]
    bars = [
        _line("interval", across(one.score), up(one.right.low), across(one.score), up(one.right.high))
        for one in curve
        if one.right.low is not None and one.right.high is not None
    ]
    marks: list[tuple[float, float, str]] = [(across(value) - 8, SIZE - low + 16, f"{value:g}") for value in (0, 0.5, 1)]
    marks += [(low - 24, up(value) + 4, f"{value:g}") for value in (0, 0.5, 1)]
    marks.append((across(0.38), SIZE - 4, "mean score"))
    drawn = (
        _line("axis", low, up(0), high, up(0))
        + _line("axis", low, up(0), low, up(1))
        + _line("ideal", low, up(0), high, up(1))
        + "".join(bars)
        + "".join(f'<text x="{x}" y="{y}">{text}</text>' for x, y, text in marks)
        + f'<polyline class="line" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
        + "".join(f'<circle class="point" cx="{x}" cy="{y}" r="3.5"/>' for x, y in points)
    )
    about = "The share of rows that is right against the mean score of a bin; on the dashed line a score is a probability"
    return f'<svg class="reliability" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{about}">{drawn}</svg>'


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
