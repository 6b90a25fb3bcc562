"""An HTML page about two scored files, side by side; without a script, and asking nothing of the network."""

from __future__ import annotations

import html
from os import PathLike
from pathlib import Path

from rewardkit.report.changes import CLASSES, Changes
from rewardkit.report.page import digest, filled, part
from rewardkit.report.records import ReportRow
from rewardkit.report.tables import section

__all__ = ["write_changes"]


def write_changes(changes: Changes, path: str | PathLike[str], *, before: str, after: str) -> Path:
    """Write the page and return its path; `before` and `after` name the two files."""
    style = part("style.css") + part("plain.css")
    body = "".join(
        (
            section("Outcomes", ["before ↓ after →", *CLASSES], _confusion(changes)),
            section("By reason", ["before", "after", "rows"], [[a, b, n] for (a, b), n in changes.reasons.most_common()]),
            section("By route", ["route", "rows", "changed"], _routes(changes)),
            section("Groups", ["", "groups"], _groups(changes)),
            section(f"Changed rows (the first {len(changes.examples):,})", _HEADS, _examples(changes)),
        )
    )
    parts = {
        "policy": f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'",
        "style": style,
        "title": "Two scorings compared",
        "source": html.escape(f"{before} → {after}"),
        "summary": f"<b>{changes.changed:,}</b> of {changes.rows:,} rows changed.",
        "body": body,
    }
    page = filled(part("plain.html"), parts)
    written = Path(path)
    written.write_text(page, encoding="utf-8")
    return written


_HEADS = ["id", "answer", "completion", "before", "after"]


def _confusion(changes: Changes) -> list[list[object]]:
    return [[before, *(changes.confusion[before, after] for after in CLASSES)] for before in CLASSES]


def _routes(changes: Changes) -> list[list[object]]:
    return [[name, counts["rows"], counts["changed"]] for name, counts in sorted(changes.routes.items())]


def _groups(changes: Changes) -> list[list[object]]:
    groups = changes.groups
    return [
        ["groups", groups.groups],
        ["gained contrast", groups.gained],
        ["lost contrast", groups.lost],
        ["rows whose advantage changed its sign", groups.flipped],
    ]


def _examples(changes: Changes) -> list[list[object]]:
    return [[after.id, after.answer, after.completion, _outcome(before), _outcome(after)] for before, after in changes.examples]


def _outcome(row: ReportRow) -> str:
    reward = "–" if row.reward is None else f"{row.reward:g}"
    return f"{reward} {row.reason} ({row.route or row.verifier}) {row.extracted or ''}"
