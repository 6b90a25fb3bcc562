"""Rows that the pipeline of `examples.wethink.synthesis` makes of the world's pictures, asking scripted models."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from examples.wethink.data.rows import Row, read_rows
from examples.wethink.synthesis import report
from examples.wethink.synthesis.asking import Asker, Role
from examples.wethink.synthesis.journal import Journal
from examples.wethink.synthesis.run import Run
from examples.wethink.synthesis.stages import Line
from examples.wethink.tiny.scripted import CATEGORIES, CONSTRAINTS, Models
from examples.wethink.tiny.world import Picture, in_form

__all__ = ["in_words", "synthesised"]

AT_ONCE = 128  # units that are under way together, whose calls share a commit of the journal
GIVE_UP_AFTER = 60  # the rarest kind of question is that of one picture in eleven
DRAFTS = 8
_OPTION = re.compile(r"\n([A-Z])\. ")


def synthesised(pictures: Sequence[Picture], out: Path) -> tuple[list[dict[str, Any]], str]:
    """One row a picture, in the order of the pictures, and the report as JSON text; journal and rows of the run stay in `out`.

    A run that was killed goes on from its journal. Raises `RuntimeError` when a picture has no row at the end.
    """
    journal = Journal(out / "journal.sqlite")
    try:
        models = Models(pictures)
        vision, reasoner, third = (
            Role(name, client)
            for name, client in (("vision", models.vision), ("reasoner", models.reasoner), ("third", models.third))
        )
        line = Line(Asker(journal), vision, reasoner, third, CONSTRAINTS, root=pictures[0].path.parents[1])
        paths = [picture.path for picture in pictures]
        run = Run(
            line,
            paths,
            len(paths),
            batch=AT_ONCE,
            at_once=AT_ONCE,
            give_up_after=GIVE_UP_AFTER,
            drafts=DRAFTS,
            rows_an_image=1,
        )
        asyncio.run(run.to(out / "rows.jsonl"))
        told = report.dump(run)
    finally:
        journal.close()
    if run.stopped != "done":
        message = f"{len(paths) - run.tally.kept} pictures have no row: {report.summary(json.loads(told))}"
        raise RuntimeError(message)
    return [in_words(row) for row in sorted(read_rows(out / "rows.jsonl"), key=lambda row: row.image_path)], told


def in_words(row: Row) -> dict[str, Any]:
    """The pipeline's row in the words of the tiny model: its names for types, options in a line, a demonstration, the layout."""
    return {
        "problem": _OPTION.sub(r" \1 ", row.problem),
        "answer": row.answer,
        "category": CATEGORIES[row.category],
        "abilities": list(row.abilities),
        "refined_cot": row.refined_cot,
        "image_path": row.image_path,
        "reward": row.reward,
        "demonstration": in_form(row.refined_cot, row.answer),
        "layout": row.extra["description"].partition(" shows ")[2],
    }
