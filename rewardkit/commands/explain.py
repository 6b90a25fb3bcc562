"""`rewardkit explain`: everything that led to one verdict, readable."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from rewardkit import dispatch, recipes
from rewardkit.errors import BadParameter
from rewardkit.extract import DEFAULT_ORDER, STEPS, extract, outside_think
from rewardkit.types import Sample, Verdict

__all__ = ["run"]

MAX_TEXT = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def run(options: Namespace) -> int:
    """Print the route, what every extraction step finds, how both sides were read, and the verdict."""
    completion = options.completion
    if completion == "-":
        completion = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    columns: dict[str, Any] = {"answer": options.answer if len(options.answer) > 1 else options.answer[0]}
    if options.choices:
        columns["choices"] = _choices(options.choices)
    sample = Sample(0, options.prompt, completion, columns)
    verdict = dispatch.run(recipes.build(options.recipe), [sample])[0]
    _show(sample, verdict)
    return 0


def _choices(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, (list, dict)):
        message = f'--choices wants JSON such as \'["cat", "dog"]\' or \'{{"A": "cat"}}\'; saw {text!r}'
        raise BadParameter(message)
    return value


def _show(sample: Sample, verdict: Verdict) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = Console(highlight=False)
    score = "no reward" if verdict.score is None else f"reward {verdict.score:g}"
    out.print(Text.assemble((score, "bold"), f"  {verdict.status.value}, ", (verdict.reason, "bold"), f"  by {verdict.verifier}"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _rows(sample, verdict):
        table.add_row(Text(name), Text(_shown(text)))
    out.print(table)


def _rows(sample: Sample, verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "route", str(verdict.info.get("route", "–"))
    for reference in sample.references:
        yield "answer", reference
    yield from _extractions(sample.text)
    for key, value in verdict.info.items():
        if key != "route" and value not in (None, [], {}):
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    yield "seconds", f"{verdict.seconds:.6f}"


def _shown(text: str) -> str:
    """The text without what a terminal would obey, cut to a screenful."""
    text = _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text):,} characters)"


def _extractions(text: str) -> list[tuple[str, str]]:
    """What each extraction step finds on its own, and which one decides in the default order."""
    decided = extract(text).method.split("+")[0]
    visible = outside_think(text)
    rows = []
    for name in (*DEFAULT_ORDER, *(step for step in STEPS if step not in DEFAULT_ORDER)):
        found = STEPS[name](text if name == "answer_tag" else visible)
        if found is None:
            continue
        value = found.text if found.text is not None else f"{found.reason}: {', '.join(found.alternatives) or 'empty'}"
        rows.append((f"by {name}", f"{value[:300]}{'   ← the first that finds one decides' if name == decided else ''}"))
    return rows
