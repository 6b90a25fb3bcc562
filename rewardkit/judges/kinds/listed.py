"""Several answers to one question in one call, each ruled by its own echoed id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated, fence

__all__ = ["Listed"]


@dataclass(frozen=True)
class Listed(Templated):
    """Yes or no for up to `span` answers (default 8) to one question, in one request.

    Every answer has an id that follows from its text. The reply, JSON or lines of `id: yes`, must echo every id once and in
    order: a list that skips, repeats or swaps one would put a verdict on another answer, so then none of it counts.
    """

    span: int = 8
    template: str = "listed"

    name = "list"
    compares = True
    swaps = False

    def __post_init__(self) -> None:
        if not 1 <= self.span <= 64:
            message = f"span={self.span!r} must be from 1 to 64"
            raise BadParameter(message)

    def request(self, items: Sequence[Item]) -> Request:
        """The answers after what they share."""
        ids = _ids(items)
        answers = "\n\n".join(fence(f"answer id={name}", item.answer) for name, item in zip(ids, items, strict=True))
        fields = {"answers": answers, "ids": ", ".join(ids)}
        schema = {
            "type": "object",
            "properties": {name: {"enum": ["yes", "no"]} for name in ids},
            "required": ids,
            "additionalProperties": False,
        }
        return Request(messages(self.prompt, items[0], fields), max_tokens=16 + 16 * len(items), schema=schema)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """One ruling an answer, or none for all of them."""
        ids = _ids(items)
        said: Mapping[str, object] | None = parse.json_object(reply)
        if said is None:
            said = _lines(reply)
        if said is None or list(said) != ids or not all(word in ("yes", "no") for word in said.values()):
            return [None] * len(items)
        return [Ruling(float(said[name] == "yes")) for name in ids]


def _lines(reply: Reply) -> dict[str, object] | None:
    if reply.failure is not None or reply.finish not in ("stop", ""):
        return None
    said: dict[str, object] = {}
    for line in reply.text.strip().splitlines():
        name, _, word = line.partition(":")
        if name.strip() in said:
            return None
        said[name.strip()] = word.strip().casefold()
    return said


def _ids(items: Sequence[Item]) -> list[str]:
    """An id an answer: its place, so that it is unique, and a code of its text, so that it cannot be guessed from habit."""
    codes = (hashlib.sha256(item.key.encode(errors="replace")).hexdigest()[:4] for item in items)
    return [f"{place}-{code}" for place, code in enumerate(codes, start=1)]
