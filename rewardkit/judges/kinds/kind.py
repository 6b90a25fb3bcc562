"""What every way of judging is made of: items in, a request out, a reply in, rulings out.

A kind turns items into a request and a reply into rulings; it knows no client and no cache, so that it is easy to test.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from rewardkit.conversation import Message
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import images as pictures
from rewardkit.judges.kinds.templates import Template, fence
from rewardkit.judges.kinds.turns import fenced

__all__ = ["LONG", "SHORT", "Conversing", "Divided", "Item", "Kind", "Ruling", "messages"]

SHORT, LONG = 16, 1024


@dataclass(frozen=True)
class Item:
    """What a judge is asked about: a guarded final answer, what it answers, and what is accepted.

    Texts are kept in the form in which they count as equal, and are shown in it: equal items give the very same prompt, so
    that no verdict depends on which of them was asked about. `steps` are those of the completion, as they were
    written, for a kind that judges steps. `context` are the turns of the prompt, where all of them are shown in the place of the
    question, and `trajectory` those of the completion before its answer.
    """

    question: str
    references: tuple[str, ...]
    answer: str
    images: tuple[Mapping[str, Any], ...] = ()
    criteria: tuple[tuple[str, float], ...] = ()
    steps: tuple[str, ...] = ()
    context: tuple[Message, ...] = ()
    trajectory: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "question", _spaced(self.question))
        object.__setattr__(self, "references", tuple(map(_spaced, self.references)))
        object.__setattr__(self, "answer", _bare(_spaced(self.answer)))

    @property
    def reference(self) -> str:
        """The accepted answers as one text."""
        if len(self.references) < 2:
            return "".join(self.references)
        return "\n".join(("Any one of these is accepted:", *(f"- {reference}" for reference in self.references)))

    @cached_property
    def group(self) -> str:
        """What items of one prompt have in common."""
        shared = (self.question, self.references, self.criteria, pictures.digest(self.images))
        return json.dumps((*shared, fenced(self.context, ())) if self.context else shared)

    @cached_property
    def key(self) -> str:
        """Equal for items about which the same is asked."""
        own = [self.answer, *self.steps] if self.steps else self.answer
        return f"{self.group} {json.dumps([own, fenced((), self.trajectory)] if self.trajectory else own)}"


@dataclass(frozen=True)
class Ruling:
    """A decision about one item: a finite score, and what the trace should know besides.

    Without a score the model said that it cannot assess the item.
    """

    score: float | None
    info: Mapping[str, Any] = field(default_factory=dict)


class Kind(Protocol):
    """A way of judging: its prompt, its decision grammar and its structured output.

    `span` is how many items with the same question and reference go into one request. `compares` is True when the items
    must have a reference, and `swaps` when reference and answer may be exchanged.
    """

    @property
    def name(self) -> str:
        """Its name in traces and `Judge(kind=…)`."""
        ...

    @property
    def version(self) -> str:
        """Everything that the reply depends on besides the items and the model: it goes into the cache key."""
        ...

    @property
    def span(self) -> int:
        """Most items in one request."""
        ...

    @property
    def compares(self) -> bool:
        """Whether a reference is needed."""
        ...

    @property
    def swaps(self) -> bool:
        """Whether the same is asked when reference and answer change places."""
        ...

    def request(self, items: Sequence[Item]) -> Request:
        """The prompt about these items."""
        ...

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """One ruling an item, None where the reply has none."""
        ...


@runtime_checkable
class Conversing(Protocol):
    """What a kind has besides that can be shown a whole conversation."""

    @property
    def converses(self) -> bool:
        """Whether what it asks has a place for the turns before the answer."""
        ...


@runtime_checkable
class Divided(Protocol):
    """What a kind has besides that asks about an item in several requests and puts the rulings together."""

    def parts(self, items: Sequence[Item]) -> list[tuple[Item, ...]]:
        """The items of each request."""
        ...

    def join(self, items: Sequence[Item], rulings: Sequence[Ruling | None]) -> Ruling | None:
        """The ruling on the item from those on its parts; None when there is none."""
        ...


def messages(prompt: Template, item: Item, fields: Mapping[str, str], *, plain: bool = False) -> tuple[Mapping[str, Any], ...]:
    """The chat messages of a filled template; images stand before the text of the user's message, where they are shared.

    `plain` leaves the fences away, for models that were trained without them.
    """
    own = {"question": item.question, "reference": item.reference, "answer": item.answer}
    if not plain:
        own = {name: fence(name, text) for name, text in own.items()}
        if item.context or item.trajectory:
            asked = "" if item.context else own["question"]
            own["question"] = "\n\n".join(filter(None, (asked, fenced(item.context, item.trajectory))))
    filled = []
    for role, text in prompt.fill({**own, **fields}):
        content: Any = [*item.images, {"type": "text", "text": text}] if role == "user" and item.images else text
        filled.append({"role": role, "content": content})
    return tuple(filled)


def _spaced(text: str) -> str:
    """Composed characters, single spaces but for the indentation of a line, and no blank lines in a row.

    Case stays, and so do compatibility characters: `v` and `V`, x² and x2 are not the same.
    """
    text = re.sub(r"(?<=\S)[^\S\n]+(?=\S)", " ", unicodedata.normalize("NFC", text).replace("\r\n", "\n"))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+(?=\n)", "", text)).strip()


def _bare(text: str) -> str:
    """Without emphasis around it, nor a full stop at its end."""
    bare = text.strip("*_ \n")
    bare = bare[:-1].rstrip() if bare.endswith((".", "。")) and not bare.endswith("..") else bare
    return bare or text  # an asterisk or a full stop may be the answer
