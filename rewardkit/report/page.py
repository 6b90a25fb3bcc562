"""Template, style, script and data joined into one file that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from rewardkit.report.prompts import Prompts
from rewardkit.report.records import COLUMNS, ReportRow
from rewardkit.report.totals import Totals
from rewardkit.report.training import Training

__all__ = ["digest", "filled", "part", "write_report"]

MAX_ROWS = 100_000
MAX_TEXT, MIN_TEXT = 4_000, 300
# Past this many characters of text a browser is slow to open the page.
TEXT_BUDGET = 20_000_000


def write_report(
    records: Iterable[Mapping[str, Any]],
    path: str | PathLike[str],
    *,
    title: str = "Reward report",
    source: str | PathLike[str] = "",
    training: Training | None = None,
) -> Path:
    """Write the page about scored records and return its path.

    Records are what `rewardkit score` writes; `answer`, `completion`, `prompt`, `route` and `info` are shown where present.
    Totals count every record, and where prompts have several completions also prompt by prompt. The table holds the first
    100,000, and long texts are cut to between 300 and 4,000 characters depending on the number of rows; the page says so where
    it applies.
    `source` names what was scored. With `training`, made from the same records, the page begins with the run's curves and
    alarms, and the rows that those show are in the table wherever they stand.
    """
    totals, prompts, rows = Totals(), Prompts(), list[ReportRow]()
    for number, record in enumerate(records, start=1):
        row = ReportRow.of(number, record)
        totals.add(row)
        prompts.add(record, row)
        looked_at = training is not None and training.looks(number, record)
        if number <= MAX_ROWS or looked_at:
            rows.append(row)
    limit = max(MIN_TEXT, min(MAX_TEXT, TEXT_BUDGET // max(len(rows), 1)))
    data = {
        "text_limit": limit,
        "totals": totals.as_json(),
        "prompts": prompts.as_json(),
        "columns": COLUMNS,
        "rows": [row.cut(limit) for row in rows],
        "training": None if training is None else training.as_json(),
    }
    written = Path(path)
    written.write_text(_page(data, title, str(source)), encoding="utf-8")
    return written


def _page(data: Mapping[str, Any], title: str, source: str) -> str:
    style, training, script = part("style.css"), part("training.js"), part("script.js")
    parts = {
        "title": html.escape(title),
        "source": html.escape(source),
        "policy": html.escape(_policy(style, training, script)),
        "style": style,
        "training": training,
        "script": script,
        "data": _embedded(data),
    }
    return filled(part("template.html"), parts)


def filled(template: str, parts: Mapping[str, str]) -> str:
    """A template with its `{{names}}` filled in one pass, so that one inside a title or a completion stays what it is."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def part(name: str) -> str:
    """The text of a file of this package."""
    return files("rewardkit.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, *scripts: str) -> str:
    """Only these very scripts and this style run; nothing is fetched, so even markup that slipped in would stay dead."""
    allowed = " ".join(f"'{digest(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'"


def digest(text: str) -> str:
    """How a content security policy names a style or a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON in ASCII without a single angle bracket: no text can end the element that holds it, or open a comment."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
