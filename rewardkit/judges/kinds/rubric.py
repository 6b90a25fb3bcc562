"""Many criteria in one call: each is met or not, and the weights make the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import LONG, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated, fence

__all__ = ["Criteria", "read_criteria"]

SILENT = "cannot_assess"
MAX_REASON = 300  # characters


class _Said(NamedTuple):
    """The decision about one criterion, None when the model cannot assess it, and its reason."""

    met: bool | None
    reason: str = ""


@dataclass(frozen=True)
class Criteria(Templated):
    """A rubric: Σ weights of the criteria met / Σ positive weights, kept within 0 and 1.

    `criteria` is a list of texts (weight 1 each), of `{"criterion": …, "weight": …}` records, or a mapping from text to weight; a
    row may bring its own instead (`Judge(criteria=COLUMN)`). A negative weight is a penalty. The reply is one JSON object
    with every criterion's id and true or false, all of them and no others; anything else is unparsed. The reference is
    shown when the row has one.

    `ordered`: the criteria are steps, and behind the first that is not met none earns anything; penalties count all the same.
    `reasons`: a reason goes before each decision, and `info["reasons"]` keeps them. `batch`: most criteria in one request
    (default: all); a rubric of more is asked about in several. `may_abstain`: a criterion may be "cannot_assess", and then there
    is no score but an abstention.
    """

    criteria: Any = ()
    template: str = "rubric"
    max_tokens: int | None = None
    ordered: bool = False
    reasons: bool = False
    batch: int | None = None
    may_abstain: bool = False

    name = "rubric"
    span = 1
    compares = False
    converses = True
    swaps = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "criteria", read_criteria(self.criteria))
        if self.batch is not None and (isinstance(self.batch, bool) or not isinstance(self.batch, int) or self.batch < 1):
            message = f"batch={self.batch!r} must be a whole number of criteria from 1, or None for all in one request"
            raise BadParameter(message)

    @property
    def version(self) -> str:
        """Template and criteria, and how they are asked about and counted."""
        ways = [name for name in ("ordered", "reasons", "may_abstain") if getattr(self, name)]
        return " ".join((super().version, str(self.criteria), *ways))

    def parts(self, items: Sequence[Item]) -> list[tuple[Item, ...]]:
        """The item with at most `batch` of its criteria at a time: each is asked about by itself."""
        item, criteria = items[0], self._of(items[0])
        size = self.batch or len(criteria)
        if len(criteria) <= size:
            return [(item,)]
        return [(replace(item, criteria=criteria[start : start + size]),) for start in range(0, len(criteria), size)]

    def join(self, items: Sequence[Item], rulings: Sequence[Ruling | None]) -> Ruling | None:
        """The ruling on all criteria from those on the parts; None when one of them could not be read."""
        said: list[_Said] = []
        for ruling in rulings:
            if ruling is None:
                return None
            told = ruling.info.get("reasons", {})
            said += [_Said(met, told.get(name, "")) for name, met in ruling.info["criteria"].items()]
        return self._ruling(self._of(items[0]), said)

    def request(self, items: Sequence[Item]) -> Request:
        """The criteria before the answer, because they are shared."""
        item, criteria = items[0], self._of(items[0])
        ids = _ids(criteria)
        listed = "\n".join(f"{name}: {' '.join(text.split())}" for name, (text, _) in zip(ids, criteria, strict=True))
        decision: dict[str, Any] = {"enum": [True, False, SILENT]} if self.may_abstain else {"type": "boolean"}
        if self.reasons:
            fields = {"reason": {"type": "string", "maxLength": MAX_REASON}, "met": decision}
            decision = {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}
        schema = {
            "type": "object",
            "properties": dict.fromkeys(ids, decision),
            "required": ids,
            "additionalProperties": False,
        }
        tokens = self.max_tokens or (min(4 * LONG, 32 + 96 * len(ids)) if self.reasons else min(LONG, 16 + 8 * len(ids)))
        filled = messages(self.prompt, item, {"criteria": fence("criteria", listed), "reply": self._how})
        return Request(filled, max_tokens=tokens, schema=schema)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The weighted share of the criteria met; `info["criteria"]` lists each."""
        criteria, value = self._of(items[0]), parse.json_object(reply)
        if value is None or set(value) != set(_ids(criteria)):
            return [None]
        said = [self._said(value[name]) for name in _ids(criteria)]
        known = [one for one in said if one is not None]
        return [self._ruling(criteria, known) if len(known) == len(said) else None]

    @property
    def _how(self) -> str:
        one = "true when it is met and false when it is not"
        one += f', or "{SILENT}" when the answer cannot be checked for it' if self.may_abstain else ""
        if self.reasons:
            return (
                "The object has every criterion's id as a name, and for it first a reason of one sentence, then the decision: "
                f'{one}. {{"c1": {{"reason": "…", "met": true}}, "c2": {{"reason": "…", "met": false}}}}'
            )
        return f'The object has every criterion\'s id as a name, with {one}: {{"c1": true, "c2": false}}'

    def _said(self, value: Any) -> _Said | None:
        reason = ""
        if self.reasons:
            # A reason that comes behind the decision did not lead to it.
            if not isinstance(value, dict) or list(value) != ["reason", "met"] or not isinstance(value["reason"], str):
                return None
            value, reason = value["met"], value["reason"]
        if isinstance(value, bool):
            return _Said(value, reason)
        return _Said(None, reason) if self.may_abstain and value == SILENT else None

    def _ruling(self, criteria: Sequence[tuple[str, float]], said: Sequence[_Said]) -> Ruling:
        ids = _ids(criteria)
        info: dict[str, Any] = {"criteria": {name: one.met for name, one in zip(ids, said, strict=True)}}
        if self.reasons:
            info["reasons"] = {name: one.reason[:MAX_REASON] for name, one in zip(ids, said, strict=True)}
        if any(one.met is None for one in said):
            return Ruling(None, info)
        earned, stopped = 0.0, False
        for (_, weight), one in zip(criteria, said, strict=True):
            earned += weight if one.met and not (stopped and weight > 0) else 0.0
            stopped = stopped or (self.ordered and weight > 0 and not one.met)
        # A part of a rubric may hold penalties alone.
        whole = sum(weight for _, weight in criteria if weight > 0)
        return Ruling(max(0.0, min(1.0, earned / whole)) if whole else 0.0, info)

    def _of(self, item: Item) -> tuple[tuple[str, float], ...]:
        found: tuple[tuple[str, float], ...] = item.criteria or self.criteria
        if not found:
            message = "a rubric judge needs criteria: Judge(…, criteria=COLUMN), or kind=Criteria([...])"
            raise BadParameter(message)
        return found


def _ids(criteria: Sequence[tuple[str, float]]) -> list[str]:
    return [f"c{place}" for place in range(1, len(criteria) + 1)]


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
