"""Which questions to ask next: cells that are thin get the next batch."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from examples.wethink.synthesis.abilities import Cell, Constraints

__all__ = ["Coverage", "Unit"]

GIVE_UP_AFTER = 12


class Unit(NamedTuple):
    """One question to be made: about which image, for which cell."""

    number: int
    image: int
    cell: Cell


@dataclass
class Coverage:
    """Rows kept and attempted by cell. A plan depends on nothing else, so that a resumed run plans the same.

    A cell is given up after `give_up_after` attempts without one kept row (default 12). An image gets `drafts` attempts at a
    cell (default 1), more than one only where the image could be asked and the draft was at fault. It gives at most
    `rows_an_image` rows; None is no bound.
    """

    constraints: Constraints
    images: int
    seed: int = 0
    give_up_after: int = GIVE_UP_AFTER
    drafts: int = 1
    rows_an_image: int | None = None
    kept: Counter[Cell] = field(default_factory=Counter)
    tried: Counter[Cell] = field(default_factory=Counter)
    _rows: Counter[int] = field(default_factory=Counter)
    _drafted: Counter[tuple[int, Cell]] = field(default_factory=Counter)
    _closed: defaultdict[Cell, set[int]] = field(default_factory=lambda: defaultdict(set))
    _next: int = 0

    def plan(self, size: int) -> list[Unit]:
        """The next batch: at most `size` units, those of the thinnest cells first, each image and cell at most once.

        A cell's need is its target share of what will then be kept, less what it has, in rows; the more of its attempts
        failed so far, the more attempts it gets, up to fourfold.
        """
        total = sum(self.kept.values()) + size
        planned: Counter[Cell] = Counter()
        expected = self._rows.copy()
        units: list[Unit] = []
        order = random.Random(f"{self.seed}/{self._next}").sample(range(self.images), self.images)
        given_up, count = self.given_up, len(self.constraints.cells)
        free = {
            cell: self._free(cell, order, number * self.images // count, expected)
            for number, cell in enumerate(self.constraints.cells)
            if cell not in given_up
        }
        while len(units) < size and free:
            cell = max(free, key=lambda cell: self._need(cell, total, planned[cell]))
            image = next(free[cell], None)
            if image is None:
                del free[cell]
                continue
            self._closed[cell].add(image)
            self._drafted[image, cell] += 1
            expected[image] += 1
            planned[cell] += 1
            units.append(Unit(self._next, image, cell))
            self._next += 1
        return units

    def note(self, unit: Unit, kept: bool, *, final: bool = False) -> None:
        """What became of a unit; `final` says that another draft of it would not be kept either."""
        self.tried[unit.cell] += 1
        self.kept[unit.cell] += kept
        self._rows[unit.image] += kept
        if not (kept or final) and self._drafted[unit.image, unit.cell] < self.drafts:
            self._closed[unit.cell].discard(unit.image)

    @property
    def given_up(self) -> set[Cell]:
        """Cells that these images do not seem to allow."""
        return {cell for cell, tried in self.tried.items() if tried >= self.give_up_after and not self.kept[cell]}

    def _need(self, cell: Cell, total: int, planned: int) -> float:
        tried, kept = self.tried[cell], self.kept[cell]
        share_kept = max((kept + 1) / (tried + 1), 0.25)
        return self.constraints.target(cell) * total - kept - planned * share_kept

    def _free(self, cell: Cell, order: Sequence[int], start: int, expected: Counter[int]) -> Iterator[int]:
        """The images that the cell may still ask, from another place in the order for each cell."""
        closed, most = self._closed[cell], self.rows_an_image
        for image in itertools.chain(order[start:], order[:start]):
            if image not in closed and (most is None or expected[image] < most):
                yield image

    def thin(self, count: int = 5) -> list[tuple[Cell, int, float]]:
        """The cells furthest below their target: kept rows and wanted rows."""
        total = sum(self.kept.values())
        wanted = {cell: self.constraints.target(cell) * total for cell in self.constraints.cells}
        worst = sorted(wanted, key=lambda cell: self.kept[cell] - wanted[cell])
        return [(cell, self.kept[cell], wanted[cell]) for cell in worst[:count]]
