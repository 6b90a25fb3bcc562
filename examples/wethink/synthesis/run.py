"""Batches of units through the stages: as many at once as is allowed, written in order, steered by what came out before.

Everything a run does follows from its settings and the replies in its journal. A killed run is therefore resumed by running
it again: what was answered is replayed, and the rows come out as they would have.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.wethink.synthesis.asking import BudgetSpent, Dropped
from examples.wethink.synthesis.coverage import GIVE_UP_AFTER, Coverage, Unit
from examples.wethink.synthesis.stages import Line, Made

__all__ = ["Run", "Tally"]

SAMPLES = 3  # of each reason, kept for the report
_SPACES = re.compile(r"\W+")


@dataclass
class Tally:
    """What became of every unit."""

    kept: int = 0
    drops: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)  # (type, agreed | reasoner | vision | neither)
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)  # (reasoner's letter, vision's letter)

    def drop(self, cause: Dropped) -> None:
        """Count a dropped unit; a few of each kind are kept to be looked at."""
        key = (cause.stage, cause.reason)
        self.drops[key] += 1
        shown = self.samples.setdefault(key, [])
        if len(shown) < SAMPLES and cause.sample is not None:
            shown.append(cause.sample)


@dataclass
class Run:
    """One run over a list of images until there are `wanted` rows, the budget is spent, or the images give no more.

    `batch` units are planned together; `at_once` of them are under way at the same time. `give_up_after`, `drafts` and
    `rows_an_image` are those of `Coverage`.
    """

    line: Line
    images: Sequence[Path]
    wanted: int
    batch: int = 32
    at_once: int = 8
    seed: int = 0
    give_up_after: int = GIVE_UP_AFTER
    drafts: int = 1
    rows_an_image: int | None = None
    told: Callable[[Run], None] = lambda run: None
    tally: Tally = field(default_factory=Tally)
    stopped: str = ""

    def __post_init__(self) -> None:
        steering = (self.give_up_after, self.drafts, self.rows_an_image)
        self.coverage = Coverage(self.line.constraints, len(self.images), self.seed, *steering)
        self._problems: set[tuple[str, str]] = set()

    async def to(self, path: Path) -> None:
        """Write the rows to a JSON-lines file, a batch at a time; the file is begun anew, its rows are the same again."""
        with path.open("w", encoding="utf-8", errors="backslashreplace") as sink:
            while not self.stopped:
                units = self.coverage.plan(self.batch)
                if not units:
                    self.stopped = "every image was tried for every kind of question"
                    break
                results = await self._batch(units)
                for unit, result in zip(units, results, strict=True):
                    made = self._note(unit, result)
                    if made is not None and self.tally.kept < self.wanted:
                        self.tally.kept += 1
                        sink.write(json.dumps(made.row.to_json(), ensure_ascii=False) + "\n")
                sink.flush()
                if self.tally.kept >= self.wanted:
                    self.stopped = "done"
                elif any(isinstance(result, BudgetSpent) for result in results):
                    self.stopped = "the budget is spent; run again with a larger one to go on"
                self.told(self)

    async def _batch(self, units: Sequence[Unit]) -> list[Made | Dropped | BudgetSpent]:
        slots = asyncio.Semaphore(self.at_once)

        async def one(unit: Unit) -> Made | Dropped | BudgetSpent:
            async with slots:
                try:
                    return await self.line.make(unit, self.images[unit.image])
                except (Dropped, BudgetSpent) as end:
                    return end

        tasks = [asyncio.create_task(one(unit)) for unit in units]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:  # a model that is down ends the run; nothing may be left under way
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    def _note(self, unit: Unit, result: Made | Dropped | BudgetSpent) -> Made | None:
        """Count a result, in the order of the units, so that counts do not depend on which finished first."""
        if isinstance(result, BudgetSpent):
            return None
        if isinstance(result, Made):
            problem = (result.row.image_path, _SPACES.sub(" ", result.row.problem).casefold().strip())
            if problem in self._problems:
                result = Dropped("batch", "asked before about this image", result.row.problem)
            self._problems.add(problem)
        final = isinstance(result, Dropped) and result.final
        self.coverage.note(unit, isinstance(result, Made), final=final)
        if isinstance(result, Dropped):
            self.tally.drop(result)
            if result.stage == "adjudicate":
                self.tally.outcomes[unit.cell.type, "neither"] += 1
            return None
        self.tally.outcomes[unit.cell.type, result.outcome] += 1
        if unit.cell.type == "MC":
            first, second = (answer.strip()[:1].upper() for answer in result.answers)
            self.tally.letters[first, second] += 1
        return result
