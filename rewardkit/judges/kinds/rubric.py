"""Many criteria in one call: each is met or not, and the weights make the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import LONG, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated, fence

__all__ = ["Criteria", "read_criteria"]


@dataclass(frozen=True)
class Criteria(Templated):
    """A rubric: Σ weights of the criteria met / Σ positive weights, kept within 0 and 1.

    `criteria` is a list of texts (weight 1 each), of `{"criterion": …, "weight": …}` records, or a mapping from text to weight; a
    row may bring its own instead (`Judge(criteria=COLUMN)`). A negative weight is a penalty. The reply is one JSON object
    with every criterion's id and true or false, all of them and no others; anything else is unparsed. The reference is
    shown when the row has one.
    """

    criteria: Any = ()
    template: str = "rubric"
    max_tokens: int | None = None

    name = "rubric"
    span = 1
    compares = False
    swaps = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "criteria", read_criteria(self.criteria))

    @property
    def version(self) -> str:
        """Template and criteria."""
        return f"{super().version} {self.criteria}"

    def request(self, items: Sequence[Item]) -> Request:
        """The criteria before the answer, because they are shared."""
        item, criteria = items[0], self._of(items[0])
        ids = [f"c{place}" for place in range(1, len(criteria) + 1)]
        listed = "\n".join(f"{name}: {' '.join(text.split())}" for name, (text, _) in zip(ids, criteria, strict=True))
        schema = {
            "type": "object",
            "properties": {name: {"type": "boolean"} for name in ids},
            "required": ids,
            "additionalProperties": False,
        }
        tokens = self.max_tokens or min(LONG, 16 + 8 * len(ids))
        filled = messages(self.prompt, item, {"criteria": fence("criteria", listed)})
        return Request(filled, max_tokens=tokens, schema=schema)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The weighted share of the criteria met; `info["criteria"]` lists each."""
        criteria = self._of(items[0])
        said = parse.json_object(reply)
        ids = [f"c{place}" for place in range(1, len(criteria) + 1)]
        if said is None or set(said) != set(ids) or not all(isinstance(met, bool) for met in said.values()):
            return [None]
        earned = sum(weight for name, (_, weight) in zip(ids, criteria, strict=True) if said[name])
        score = max(0.0, min(1.0, earned / sum(weight for _, weight in criteria if weight > 0)))
        return [Ruling(score, {"criteria": {name: said[name] for name in ids}})]

    def _of(self, item: Item) -> tuple[tuple[str, float], ...]:
        found: tuple[tuple[str, float], ...] = item.criteria or self.criteria
        if not found:
            message = "a rubric judge needs criteria: Judge(…, criteria=COLUMN), or kind=Criteria([...])"
            raise BadParameter(message)
        return found


def read_criteria(value: Any) -> tuple[tuple[str, float], ...]:
    """Criteria as (text, weight), however they were given. Raises `BadParameter` for what cannot be read."""
    if isinstance(value, str):
        value = [value] if value.strip() else []
    pairs = list(value.items()) if isinstance(value, Mapping) else [_pair(entry) for entry in value or ()]
    try:
        found = tuple((str(text), float(weight)) for text, weight in pairs)
    except (TypeError, ValueError):
        found = (("", 0.0),)
    if found and (not all(text.strip() for text, _ in found) or not any(weight > 0 for _, weight in found)):
        message = f"criteria {str(value)[:200]} cannot be used: give texts, and weights of which one at least is positive"
        raise BadParameter(message)
    return found


def _pair(entry: Any) -> tuple[Any, Any]:
    if isinstance(entry, Mapping):
        text = next((entry[name] for name in ("criterion", "text", "description", "title") if name in entry), "")
        return text, next((entry[name] for name in ("weight", "points") if name in entry), 1.0)
    if isinstance(entry, (list, tuple)) and len(entry) == 2:
        return entry[0], entry[1]
    return entry, 1.0
