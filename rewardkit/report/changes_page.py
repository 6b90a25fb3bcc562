"""An HTML page about two scored files, side by side, asking nothing of the network."""

from __future__ import annotations

import html
from os import PathLike
from pathlib import Path

from rewardkit.report.changes import CLASSES, Change, Changes, outcome
from rewardkit.report.page import filled, part, policy, script
from rewardkit.report.records import ReportRow
from rewardkit.report.tables import Link, section

__all__ = ["write_changes"]


def write_changes(changes: Changes, path: str | PathLike[str], *, before: str, after: str) -> Path:
    """Write the page and return its path; `before` and `after` name the two files.

    Outcomes, reasons and routes are links that leave only their rows; the filter is in the page's address.
    """
    style, code = part("style.css") + part("plain.css"), script("compare")
    shown = f"Changed rows (the first {len(changes.examples):,})"
    bar = '<p class="note"><span id="shown" role="status"></span><a id="all" href="#all" hidden>All rows</a></p>'
    body = "".join(
        (
            section("Outcomes", ["before ↓ after →", *CLASSES], _confusion(changes)),
            section("By reason", ["before", "after", "rows"], _reasons(changes)),
            section("By route", ["route", "rows", "changed"], _routes(changes)),
            section("Groups", ["", "groups"], _groups(changes)),
            section(shown, _HEADS, map(_row, changes.examples), bar, name="changed", marks=[*map(_mark, changes.examples)]),
            f"<script>{code}</script>",
        )
    )
    parts = {
        "policy": policy(style, code),
        "style": style,
        "title": "Two scorings compared",
        "source": html.escape(f"{before} → {after}"),
        "summary": f"<b>{changes.changed:,}</b> of {changes.rows:,} rows changed.",
        "body": body,
    }
    page = filled(part("plain.html"), parts)
    written = Path(path)
    # A model's half of a character is no reason to have no page.
    written.write_text(page, encoding="utf-8", errors="replace")
    return written


_HEADS = ["id", "answer", "completion", "before", "after"]


def _confusion(changes: Changes) -> list[list[object]]:
    lines: list[list[object]] = []
    for before in CLASSES:
        counts = {after: changes.confusion[before, after] for after in CLASSES}
        lines.append([before, *(Link("outcome", _turned(before, after), n) if n else 0 for after, n in counts.items())])
    return lines


def _reasons(changes: Changes) -> list[list[object]]:
    return [[a, b, Link("reason", _turned(a, b), n)] for (a, b), n in changes.reasons.most_common()]


def _routes(changes: Changes) -> list[list[object]]:
    return [[Link("route", name, name), counts["rows"], counts["changed"]] for name, counts in sorted(changes.routes.items())]


def _groups(changes: Changes) -> list[list[object]]:
    groups = changes.groups
    return [
        ["groups", groups.groups],
        ["gained contrast", groups.gained],
        ["lost contrast", groups.lost],
        ["rows whose advantage changed its sign", groups.flipped],
    ]


def _row(change: Change) -> list[object]:
    before, after = change
    return [after.id, after.answer, after.completion, _told(before), _told(after)]


def _mark(change: Change) -> dict[str, str]:
    before, after = change
    return {
        "outcome": _turned(outcome(before), outcome(after)),
        "reason": _turned(before.reason, after.reason),
        "route": after.route or after.verifier,
    }


def _turned(before: str, after: str) -> str:
    return f"{before} → {after}"


def _told(row: ReportRow) -> str:
    reward = "–" if row.reward is None else f"{row.reward:g}"
    return f"{reward} {row.reason} ({row.route or row.verifier}) {row.extracted or ''}"
