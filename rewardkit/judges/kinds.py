"""What a judge asks and how it reads the reply: one decision about one answer.

A kind turns items into a request and a reply into rulings; it knows no client and no cache, so that it is easy to test. The
kinds here decide about one answer with one word or number. Others stand in files of their own: `rubric`, `listed`, `published`.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from rewardkit.errors import BadParameter
from rewardkit.judges import images as pictures
from rewardkit.judges import parse
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.templates import Template, fence, load

__all__ = ["Binary", "Item", "Kind", "Ruling", "Soft", "Tenths", "Tiered", "messages"]

SHORT, LONG = 16, 1024


@dataclass(frozen=True)
class Item:
    """What a judge is asked about: a guarded final answer, what it answers, and what is accepted.

    Texts are kept in the form in which they count as equal, and are shown in it: equal items give the very same prompt, so
    that no verdict depends on which of them was asked about.
    """

    question: str
    references: tuple[str, ...]
    answer: str
    images: tuple[Mapping[str, Any], ...] = ()
    criteria: tuple[tuple[str, float], ...] = ()

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
        return json.dumps((self.question, self.references, self.criteria, pictures.digest(self.images)))

    @cached_property
    def key(self) -> str:
        """Equal for items about which the same is asked."""
        return f"{self.group} {json.dumps(self.answer)}"


@dataclass(frozen=True)
class Ruling:
    """A decision about one item: a finite score, and what the trace should know besides."""

    score: float
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


@dataclass(frozen=True)
class _OneWord:
    """One item, one decision at the end of the reply.

    `reasoning` lets the model think before its last line: nothing is then forced on the server, and more tokens are allowed.
    """

    template: str
    reasoning: bool = False
    max_tokens: int | None = None

    name = ""
    span = 1
    compares = True
    swaps = False

    @cached_property
    def prompt(self) -> Template:
        return load(self.template)

    @property
    def version(self) -> str:
        return f"{self.prompt.version} {self.name} {self.decisions} reasoning={self.reasoning}"

    @property
    def decisions(self) -> tuple[str, ...]:
        raise NotImplementedError

    def request(self, items: Sequence[Item]) -> Request:
        item = items[0]
        fields = {"reply": self.how, "decisions": ", ".join(self.decisions)}
        return Request(
            messages(self.prompt, item, fields),
            max_tokens=self.max_tokens or (LONG if self.reasoning else SHORT),
            choices=() if self.reasoning else self.decisions,
        )

    @property
    def how(self) -> str:
        one = f"{', '.join(self.decisions[:-1])} or {self.decisions[-1]}"
        if self.reasoning:
            return f'Think it through briefly. Then end with a last line that is exactly "Verdict: X", where X is {one}.'
        return f"Reply with {one}, and nothing else."


@dataclass(frozen=True)
class Binary(_OneWord):
    """Is the answer equivalent to the reference: yes scores 1, no scores 0."""

    template: str = "binary"

    name = "binary"
    swaps = True

    @property
    def decisions(self) -> tuple[str, ...]:
        """What the reply may be."""
        return ("yes", "no")

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """Yes or no on the last line."""
        said = parse.decide(reply, self.decisions)
        return [None if said is None else Ruling(float(said == "yes"))]


@dataclass(frozen=True)
class Tiered(_OneWord):
    """How far the answer agrees with the reference, in a few tiers.

    WeThink (arXiv 2506.07905) rewards free text in discrete tiers and publishes neither the tiers nor the prompt: 0, 0.5 and
    1 and the template `wethink` are our choice.
    """

    template: str = "tiered"
    tiers: tuple[float, ...] = (0.0, 0.5, 1.0)

    name = "tiered"

    def __post_init__(self) -> None:
        tiers = tuple(float(tier) for tier in self.tiers)
        if len(set(tiers)) < 2 or len(set(tiers)) != len(tiers) or not all(0 <= tier <= 1 for tier in tiers):
            message = f"tiers={self.tiers!r} cannot be used: give two or more different numbers from 0 to 1"
            raise BadParameter(message)
        object.__setattr__(self, "tiers", tuple(sorted(tiers)))

    @property
    def decisions(self) -> tuple[str, ...]:
        """What the reply may be."""
        return tuple(f"{tier:g}" for tier in self.tiers)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """One of the tiers on the last line."""
        found = parse.number(reply, self.tiers)
        return [None if found is None else Ruling(found)]


@dataclass(frozen=True)
class Tenths(Tiered):
    """A score from 0.0 to 1.0 in tenths, for references that join parts with `<AND>` and alternatives with `<OR>`.

    The scale and the two joints are those of MM-Vet (arXiv 2308.02490); the prompt is ours.
    """

    template: str = "tenths"
    tiers: tuple[float, ...] = tuple(tenth / 10 for tenth in range(11))

    name = "tenths"

    @property
    def decisions(self) -> tuple[str, ...]:
        """What the reply may be."""
        return tuple(f"{tier:.1f}" for tier in self.tiers)


@dataclass(frozen=True)
class Soft(Binary):
    """The judge's own probability of yes: P(yes) / (P(yes) + P(no)) of the first generated token.

    A reply without log-probabilities, or with neither word among them, has no ruling. `alternatives` is how many
    tokens the server is asked for.
    """

    alternatives: int = 20

    name = "soft"
    swaps = False

    def request(self, items: Sequence[Item]) -> Request:
        """One token, nothing forced: a forced choice would change the probabilities."""
        (item, *_) = items
        fields = {"reply": self.how, "decisions": ", ".join(self.decisions)}
        return Request(messages(self.prompt, item, fields), max_tokens=1, logprobs=self.alternatives)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The share of yes in the probability of yes and no, however they are capitalised."""
        if reply.failure is not None:
            return [None]
        mass = {"yes": 0.0, "no": 0.0}
        for token, logprob in reply.top_logprobs.items():
            word = token.strip(" \t\n▁Ġ*\"'").casefold()
            if word in mass and logprob <= 1e-3:
                mass[word] += math.exp(logprob)
        total = mass["yes"] + mass["no"]
        if not total or not math.isfinite(total):
            return [None]
        return [Ruling(mass["yes"] / total, {"mass": round(min(total, 1.0), 6)})]


def messages(prompt: Template, item: Item, fields: Mapping[str, str], *, plain: bool = False) -> tuple[Mapping[str, Any], ...]:
    """The chat messages of a filled template; images stand before the text of the user's message, where they are shared.

    `plain` leaves the fences away, for models that were trained without them.
    """
    own = {"question": item.question, "reference": item.reference, "answer": item.answer}
    if not plain:
        own = {name: fence(name, text) for name, text in own.items()}
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
