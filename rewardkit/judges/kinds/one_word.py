"""One answer, decided with one word or number."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import LONG, SHORT, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated

__all__ = ["Binary", "Soft", "SoftTiered", "Take", "Tenths", "Tiered"]

MOST_GRADES = 9  # of more, the first digit of one is another


@dataclass(frozen=True)
class _OneWord(Templated):
    """One item, one decision at the end of the reply.

    `reasoning` lets the model think before its last line: nothing is then forced on the server, and more tokens are allowed.
    `may_abstain` offers CANNOT_ASSESS, which is no score but an abstention, `cannot_assess`: a policy that learns to write what
    cannot be assessed is then not punished for it.
    """

    template: str
    reasoning: bool = False
    max_tokens: int | None = None
    may_abstain: bool = False

    name = ""
    span = 1
    compares = True
    swaps = False
    converses = True

    @property
    def version(self) -> str:
        return f"{super().version} {self.offered} reasoning={self.reasoning}"

    @property
    def decisions(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def offered(self) -> tuple[str, ...]:
        return (*self.decisions, parse.ABSTENTION) if self.may_abstain else self.decisions

    def request(self, items: Sequence[Item]) -> Request:
        item = items[0]
        fields = {"reply": self.how, "decisions": ", ".join(self.decisions)}
        return Request(
            messages(self.prompt, item, fields),
            max_tokens=self.max_tokens or (LONG if self.reasoning else SHORT),
            choices=() if self.reasoning else self.offered,
        )

    @property
    def how(self) -> str:
        one = f"{', '.join(self.offered[:-1])} or {self.offered[-1]}"
        when = f" {parse.ABSTENTION} is for what cannot be checked with what is shown." if self.may_abstain else ""
        if self.reasoning:
            return f'Think it through briefly. Then end with a last line that is exactly "Verdict: X", where X is {one}.{when}'
        return f"Reply with {one}, and nothing else.{when}"

    def _unless_silent(self, reply: Reply, ruling: Ruling | None) -> Ruling | None:
        """The ruling, or the abstention that the reply is."""
        return Ruling(None) if ruling is None and self.may_abstain and parse.abstains(reply) else ruling


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
        return [self._unless_silent(reply, None if said is None else Ruling(float(said == "yes")))]


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
        return [self._unless_silent(reply, None if found is None else Ruling(found))]


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

    def __post_init__(self) -> None:
        _only_one_token(self)

    def request(self, items: Sequence[Item]) -> Request:
        """One token, nothing forced: a forced choice would change the probabilities."""
        (item, *_) = items
        fields = {"reply": self.how, "decisions": ", ".join(self.decisions)}
        return Request(messages(self.prompt, item, fields), max_tokens=1, logprobs=self.alternatives)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The share of yes in the probability of yes and no, however they are capitalised."""
        shares, mass = _shares(reply, ("yes", "no"))
        return [Ruling(shares["yes"], {"mass": mass, "confidence": max(shares.values())}) if shares else None]


class Take(str, enum.Enum):
    """What the probabilities of tiers come to: their mean, or the likeliest tier, of equal ones the lowest."""

    EXPECTATION = "expectation"
    MODE = "mode"


@dataclass(frozen=True)
class SoftTiered(Tiered):
    """Tiers from the probabilities of one token: grades 1 to k stand for the tiers, the lowest first; at most 9 of them.

    `take` is "expectation" (default: Σ probability·tier, over the grades alone) or "mode". A reply without log-probabilities, or
    with no grade among them, has no ruling. Raises `BadParameter` for more tiers, or another `take`.
    """

    alternatives: int = 20
    take: Take | str = Take.EXPECTATION

    name = "soft-tiered"

    def __post_init__(self) -> None:
        super().__post_init__()
        _only_one_token(self)
        if len(self.tiers) > MOST_GRADES or self.take not in list(Take):
            message = f"{len(self.tiers)} tiers, take={self.take!r}: at most {MOST_GRADES} tiers, and 'expectation' or 'mode'"
            raise BadParameter(message)
        object.__setattr__(self, "take", Take(self.take))

    @property
    def version(self) -> str:
        """What is taken of the tiers is ours and changes nothing for the model, but what a score is worth."""
        return f"{super().version} {self.tiers} {Take(self.take).value}"

    @property
    def decisions(self) -> tuple[str, ...]:
        """The grades, lowest first."""
        return tuple(str(grade) for grade in range(1, len(self.tiers) + 1))

    def request(self, items: Sequence[Item]) -> Request:
        """One token, nothing forced."""
        (item, *_) = items
        lowest, *between, highest = self.decisions
        scale = ", ".join((f"{lowest} (lowest)", *between, f"{highest} (highest)"))
        filled = messages(self.prompt, item, {"reply": self.how, "decisions": scale})
        return Request(filled, max_tokens=1, logprobs=self.alternatives)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """Mean or mode; `info` has the probability of each tier, and of the likeliest as `confidence`."""
        shares, mass = _shares(reply, self.decisions)
        if not shares:
            return [None]
        by_tier = {tier: shares[grade] for grade, tier in zip(self.decisions, self.tiers, strict=True)}
        likeliest = max(by_tier, key=lambda tier: by_tier[tier])
        score = likeliest if self.take is Take.MODE else sum(tier * share for tier, share in by_tier.items())
        told = {"tiers": {f"{tier:g}": round(share, 6) for tier, share in by_tier.items()}, "mass": mass}
        return [Ruling(score, {**told, "confidence": by_tier[likeliest]})]


def _shares(reply: Reply, words: Iterable[str]) -> tuple[Mapping[str, float], float]:
    """The share of each word in the probability of all of them, however they are capitalised, and that probability.

    No shares when the reply has none of them.
    """
    mass = dict.fromkeys(words, 0.0)
    for token, logprob in reply.top_logprobs.items() if reply.failure is None else ():
        word = token.strip(" \t\n▁Ġ*\"'").casefold()
        if word in mass and logprob <= 1e-3:
            mass[word] += math.exp(logprob)
    total = sum(mass.values())
    if not total or not math.isfinite(total):
        return {}, 0.0
    return {word: share / total for word, share in mass.items()}, round(min(total, 1.0), 6)


def _only_one_token(kind: _OneWord) -> None:
    if kind.reasoning or kind.may_abstain:
        message = f"the kind {kind.name!r} reads the first token alone: reasoning and may_abstain need another kind"
        raise BadParameter(message)
