"""Which questions to ask next: cells that are thin get the next batch."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from examples.wethink.synthesis.abilities import Cell, Constraints

__all__ = ["Coverage", "Unit"]

GIVE_UP_AFTER = 12  # attempts in a cell without one kept row


class Unit(NamedTuple):
    """One question to be made: about which image, for which cell."""

    number: int
    image: int
    cell: Cell


@dataclass
class Coverage:
    """Rows kept and attempted by cell. A plan depends on nothing else, so that a resumed run plans the same."""

    constraints: Constraints
    images: int
    seed: int = 0
    kept: Counter[Cell] = field(default_factory=Counter)
    tried: Counter[Cell] = field(default_factory=Counter)
    _asked: set[tuple[int, Cell]] = field(default_factory=set)
    _next: int = 0

    def plan(self, size: int) -> list[Unit]:
        """The next batch: at most `size` units, those of the thinnest cells first, each image and cell at most once.

        A cell's need is its target share of what will then be kept, less what it has, in rows; the more of its attempts
        failed so far, the more attempts it gets, up to fourfold. A cell with twelve attempts and nothing kept is given up.
        """
        total = sum(self.kept.values()) + size
        planned: Counter[Cell] = Counter()
        units: list[Unit] = []
        draw = random.Random(f"{self.seed}/{self._next}")
        order = draw.sample(range(self.images), self.images)
        place = 0
        while len(units) < size:
            open_cells = [
                cell for cell in self.constraints.cells if cell not in self.given_up and self._free(cell, order) is not None
            ]
            if not open_cells:
                break
            cell = max(open_cells, key=lambda cell: self._need(cell, total, planned[cell]))
            image = self._free(cell, order[place % len(order) :] + order[: place % len(order)])
            assert image is not None
            self._asked.add((image, cell))
            planned[cell] += 1
            units.append(Unit(self._next, image, cell))
            self._next += 1
            place += 1
        return units

    def note(self, unit: Unit, kept: bool) -> None:
        """What became of a unit."""
        self.tried[unit.cell] += 1
        self.kept[unit.cell] += kept

    @property
    def given_up(self) -> set[Cell]:
        """Cells that these images do not seem to allow."""
        return {cell for cell, tried in self.tried.items() if tried >= GIVE_UP_AFTER and not self.kept[cell]}

    def _need(self, cell: Cell, total: int, planned: int) -> float:
        tried, kept = self.tried[cell], self.kept[cell]
        share_kept = max((kept + 1) / (tried + 1), 0.25)
        return self.constraints.target(cell) * total - kept - planned * share_kept

    def _free(self, cell: Cell, order: Sequence[int]) -> int | None:
        return next((image for image in order if (image, cell) not in self._asked), None)

    def thin(self, count: int = 5) -> list[tuple[Cell, int, float]]:
        """The cells furthest below their target: kept rows and wanted rows."""
        total = sum(self.kept.values())
        wanted = {cell: self.constraints.target(cell) * total for cell in self.constraints.cells}
        worst = sorted(wanted, key=lambda cell: self.kept[cell] - wanted[cell])
        return [(cell, self.kept[cell], wanted[cell]) for cell in worst[:count]]
