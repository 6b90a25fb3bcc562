"""One answer, decided with one word or number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import LONG, SHORT, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated

__all__ = ["Binary", "Soft", "Tenths", "Tiered"]


@dataclass(frozen=True)
class _OneWord(Templated):
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

    @property
    def version(self) -> str:
        return f"{super().version} {self.decisions} reasoning={self.reasoning}"

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
