"""Template, style, script and data joined into one page that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import sys
from array import array
from collections.abc import Iterable, Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from rewardkit.report.agreement import Agreement
from rewardkit.report.chunks import Chunks, embedded
from rewardkit.report.parts import Parts
from rewardkit.report.prompts import Prompts
from rewardkit.report.records import COLUMNS, ReportRow
from rewardkit.report.totals import Totals
from rewardkit.report.training import Training

__all__ = ["digest", "filled", "part", "script", "write_report"]

MAX_TEXT = 4_000
SCRIPTS = (
    *("dom", "words", "place", "store", "tip", "charts", "curves", "headline", "panels", "judges", "prompts"),
    *("trace", "finding", "table", "controls"),
)
"""The page's script, a file an idea, in the order in which they build on each other."""


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
    They are read once and not kept: memory is some thirty bytes a record and what the page itself holds. Up to 16 MB of rows
    stand in the page; more of them in a folder beside it, named like the page with the ending `.rows`, which it loads from as
    rows are looked at. Texts over 4,000 characters lose their middle, and the page says so where one did.

    Args:
        records: The scored records, in the order in which the page shows them.
        path: The page; a file that is there is written over.
        title: The page's heading.
        source: What was scored, said above the heading.
        training: Made from the same records: the page then begins with the run's curves and alarms.

    Raises:
        UsageError: The folder for rows holds files that are no report's.
        OSError: The page or its folder cannot be written.
    """
    written = Path(path)
    chunks = Chunks(written)
    try:
        data = _collected(records, chunks, training)
        written.write_text(_page(data, chunks.finish(), title, str(source), chunks.beside), encoding="utf-8")
        chunks.place()
    finally:
        chunks.discard()
    return written


def _collected(records: Iterable[Mapping[str, Any]], chunks: Chunks, training: Training | None) -> dict[str, Any]:
    """All that the page says but for the rows, which go to `chunks`."""
    totals, prompts, parts, agreement, cut = Totals(), Prompts(), Parts(), Agreement(), False
    for number, record in enumerate(records, start=1):
        row = ReportRow.of(number, record)
        totals.add(row)
        prompts.add(record, row)
        if isinstance(row.info, Mapping):
            parts.add(row.info)
            agreement.add(row, row.info)
        if training is not None:
            training.looks(number, record)
        values = row.cut(MAX_TEXT)
        cut = cut or any(isinstance(value, list) for value in values)
        chunks.add(values)
    columns = totals.columns
    columns.prompt = prompts.grouped(columns.reward)
    said = {
        "text_limit": MAX_TEXT if cut else None,
        "totals": totals.as_json(),
        "prompts": prompts.as_json(),
        "parts": parts.as_json(),
        "judges": agreement.as_json(),
        "columns": COLUMNS,
        "training": None if training is None else training.as_json(),
    }
    chunks.finish()
    table = {name: _packed(getattr(prompts.table, name)) for name in prompts.table.__slots__}
    index = {name: _packed(getattr(columns, name)) for name in columns.__slots__}
    if not chunks.beside:
        return {**said, "index": index, "table": table}
    for name, packed in index.items():
        chunks.write(name, f'"{packed}"')
    chunks.write("prompts", embedded(table))
    return {**said, "beside": {"folder": chunks.folder.name, "starts": chunks.starts}}


def _packed(numbers: array[Any]) -> str:
    """Numbers as the bytes that a typed array of the browser holds, in base64."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def _page(data: Mapping[str, Any], rows: str, title: str, source: str, beside: bool) -> str:
    style, code = part("style.css"), script(*SCRIPTS)
    parts = {
        "title": html.escape(title),
        "source": html.escape(source),
        "policy": html.escape(policy(style, code, beside=beside)),
        "style": style,
        "script": code,
        "data": f'{embedded(data)[:-1]},"rows":{rows}}}',
    }
    return filled(part("template.html"), parts)


def filled(template: str, parts: Mapping[str, str]) -> str:
    """A template with its `{{names}}` filled in one pass, so that one inside a title or a completion stays what it is."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def part(name: str) -> str:
    """The text of a file of the page."""
    return (files("rewardkit.report") / "browser" / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """Files of script as one, in a scope of its own."""
    return '"use strict";\n{\n' + "\n".join(part(f"{name}.js") for name in names) + "}\n"


def policy(style: str, code: str = "", *, beside: bool = False) -> str:
    """What a page may do: run this very script and style, and with rows `beside` it, load what that script itself asks for.

    Nothing else is run or fetched, so even markup that slipped in would stay dead.
    """
    allowed = ["script-src", f"'{digest(code)}'", *["'strict-dynamic'"] * beside] if code else []
    rules = ["default-src 'none'", " ".join(allowed), f"style-src '{digest(style)}'", "base-uri 'none'", "form-action 'none'"]
    return "; ".join(rule for rule in rules if rule)


def digest(text: str) -> str:
    """How a content security policy names a style or a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
