"""Whether a judge is fit to pay: what it says to answers that cannot be right, before its first verdict and with every question.

Before the first call it is asked about `controls.preflight()`: 8 answers that must be right and 16 that cannot be. One that
accepts more than `MOST_ACCEPTED` of these, or refuses more than `MOST_REFUSED` of those, is unfit, and nothing is paid. Later
each question comes with controls of its own; where the judge accepts one, none of its verdicts about that question is kept.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from rewardkit.errors import BadParameter, UnfitJudge
from rewardkit.judges.asking import Answered
from rewardkit.judges.controls import controls_of, preflight
from rewardkit.judges.kinds.kind import Item, Kind, Ruling
from rewardkit.judges.kinds.rubric import Criteria

__all__ = ["MOST_ACCEPTED", "MOST_REFUSED", "Fitness", "Watch", "accepts"]

MOST_ACCEPTED = 0.25
"""Share of the answers that cannot be right which a fit judge may accept before its first verdict."""
MOST_REFUSED = 0.5
"""Share of the answers that must be right which a fit judge may refuse."""

MOST_CONTROLS = 8
KEPT = 10_000  # questions of which it is remembered what the judge said to their controls

Said = tuple[Ruling | None, Answered]
AskAll = Callable[[Sequence[Item]], Awaitable[Sequence[Said]]]


def accepts(ruling: Ruling) -> bool:
    """Whether a score would pay for an answer: half of the reward or more."""
    return ruling.score is not None and ruling.score >= 0.5


@dataclass(frozen=True)
class Fitness:
    """What a judge said before its first verdict: counts of replies that could be read, and of those that could not be had."""

    controls: int = 0
    accepted: int = 0
    references: int = 0
    refused: int = 0
    failed: int = 0

    @classmethod
    def of(cls, said: Sequence[Said]) -> Fitness:
        """Counted from the replies to `preflight()`, in its order."""
        read = [(control.right, accepts(ruling)) for control, (ruling, _) in zip(preflight(), said, strict=True) if ruling]
        return cls(
            controls=sum(not right for right, _ in read),
            accepted=sum(not right and accepted for right, accepted in read),
            references=sum(right for right, _ in read),
            refused=sum(right and not accepted for right, accepted in read),
            failed=sum(answered.reply.failure is not None for _, answered in said),
        )

    @property
    def fit(self) -> bool:
        """Whether the judge kept within both limits."""
        return self.accepted <= MOST_ACCEPTED * self.controls and self.refused <= MOST_REFUSED * self.references

    @property
    def known(self) -> bool:
        """Whether enough replies were had for a word on it; a server that is down says nothing of its judge."""
        return 2 * self.failed <= len(preflight())

    def __str__(self) -> str:
        return (
            f"it accepts {self.accepted} of {self.controls} answers that cannot be right (at most {MOST_ACCEPTED:.0%} may be) "
            f"and refuses {self.refused} of {self.references} that must be right (at most {MOST_REFUSED:.0%})"
        )


class Watch:
    """What is known of one judge; shared by the threads and loops that ask it, and begun anew in another process.

    `canaries` is how many controls go with each question (0: none, and no preflight), `first` whether there is a preflight.
    """

    def __init__(self, kind: Kind, *, canaries: int, first: bool) -> None:
        if isinstance(canaries, bool) or not isinstance(canaries, int) or not 0 <= canaries <= MOST_CONTROLS:
            message = f"canaries={canaries!r} must be a whole number from 0 (no controls) to {MOST_CONTROLS}"
            raise BadParameter(message)
        # Without a reference nothing is wrong for certain; of a rubric only with criteria of our own.
        self.canaries = canaries if kind.compares else 0
        self.first = first and canaries > 0 and (kind.compares or isinstance(kind, Criteria))
        self._start()

    def _start(self) -> None:
        self.fitness: Fitness | None = None
        self._said: dict[str, bool] = {}
        self._lock = threading.Lock()
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    def __getstate__(self) -> Mapping[str, Any]:
        return {"canaries": self.canaries, "first": self.first}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    async def check(self, judge: str, ask: AskAll) -> Sequence[Said]:
        """Ask about what is known before the first verdict, once; what was said, empty when nothing was asked.

        Raises `UnfitJudge`, at this call and at every later one.
        """
        said = await self.learn(ask) if self.first else ()
        if self.fitness is not None and not self.fitness.fit:
            raise UnfitJudge(judge, str(self.fitness))
        return said

    async def learn(self, ask: AskAll) -> Sequence[Said]:
        """Fill `fitness`, unless it is known; what was said. It stays None where too many replies could not be had."""
        said: Sequence[Said] = ()
        with self._lock:
            turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with turn:
            if self.fitness is None:
                said = await ask([control.item for control in preflight()])
                found = Fitness.of(said)
                self.fitness = found if found.known else None
        return said

    def controls(self, item: Item) -> list[Item]:
        """The controls that go with an item's question."""
        return controls_of(item, self.canaries) if self.canaries else []

    def said_to(self, control: Item) -> bool | None:
        """Whether the judge accepted a control; None when it has not been asked or could not be read."""
        return self._said.get(control.key)

    def note(self, control: Item, ruling: Ruling | None) -> None:
        """Remember it; what could not be read is asked again."""
        if ruling is None:
            return
        with self._lock:
            self._said[control.key] = accepts(ruling)
            while len(self._said) > KEPT:
                self._said.pop(next(iter(self._said)))
