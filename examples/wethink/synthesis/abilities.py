"""What a question must need, as data that is executed: models are shown `abilities.json`, and their replies are held to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from rewardkit.errors import UsageError

__all__ = ["Cell", "Constraints", "TypeOfQuestion"]

OWN = Path(__file__).with_name("abilities.json")


class Cell(NamedTuple):
    """A type of question together with the abilities it is to need."""

    type: str
    abilities: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type}:{'+'.join(self.abilities)}"


@dataclass(frozen=True)
class TypeOfQuestion:
    """MC, FIB or DES: its share of the rows, the way it is rewarded, and what question and answer look like."""

    share: float
    reward: str
    form: str
    answer: str


@dataclass(frozen=True)
class Constraints:
    """The abilities, the types, and which of them go together."""

    abilities: Mapping[str, str]
    types: Mapping[str, TypeOfQuestion]
    always: tuple[str, ...]
    others_at_least: int
    others_at_most: int

    @classmethod
    def load(cls, path: str | Path = OWN) -> Constraints:
        """Read a file such as `abilities.json`. Raises `UsageError` for one that contradicts itself."""
        value: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        types = {name: TypeOfQuestion(**said) for name, said in value["types"].items()}
        made = cls(value["abilities"], types, tuple(value["always"]), value["others_at_least"], value["others_at_most"])
        strangers = set(made.always) - set(made.abilities)
        others = len(made.abilities) - len(made.always)
        if strangers or not 0 <= made.others_at_least <= made.others_at_most <= others:
            message = f"{path}: `always` must name abilities, and 0 <= others_at_least <= others_at_most <= {others}"
            raise UsageError(message)
        total = sum(kind.share for kind in types.values())
        if abs(total - 1) > 1e-6 or any(kind.share < 0 for kind in types.values()):
            message = f"{path}: the shares of the types add up to {total:g}; they must be from 0 and add up to 1"
            raise UsageError(message)
        return made

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every combination that a question may be asked for, in a fixed order."""
        return tuple(Cell(kind, combination) for combination in self._combinations() for kind in self.types)

    def _combinations(self) -> Iterator[tuple[str, ...]]:
        others = [name for name in self.abilities if name not in self.always]
        for count in range(self.others_at_least, self.others_at_most + 1):
            for chosen in itertools.combinations(others, count):
                yield (*self.always, *chosen)

    def target(self, cell: Cell) -> float:
        """The share of all rows that a cell should have: its type's, spread evenly over the combinations."""
        return self.types[cell.type].share * len(self.types) / len(self.cells)

    def broken_by(self, abilities: Collection[str], cell: Cell) -> str:
        """What a question that needs these abilities has wrong, or ""."""
        unknown = [name for name in abilities if name not in self.abilities]
        if unknown:
            return f"unknown abilities {unknown}"
        missing = [name for name in cell.abilities if name not in abilities]
        if missing:
            return f"does not need {', '.join(missing)}"
        others = len(set(abilities) - set(self.always))
        return "" if others >= self.others_at_least else "needs nothing beside reasoning"
