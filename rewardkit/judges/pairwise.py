"""Answers of one group compared in pairs, each pair in both orders; a score is the share of comparisons won."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

from rewardkit import dispatch
from rewardkit.errors import BadParameter
from rewardkit.judges.asking import Answered, Ask, ask_all, key_of, settle_name
from rewardkit.judges.ballot import calibrated, over_budget
from rewardkit.judges.budget import Budget, Price, Purse
from rewardkit.judges.cache import Cache
from rewardkit.judges.calibration.stored import Calibration, read_calibration
from rewardkit.judges.client import Client, Reply, Request
from rewardkit.judges.guard import Guard
from rewardkit.judges.judge import as_client
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import SHORT, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Template, fence, load
from rewardkit.types import Sample, Verdict

__all__ = ["PairwiseJudge"]

Duel = tuple[Item, Item]
NOTHING = {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0}


@dataclass(frozen=True)
class _Better:
    """Which of two answers is better: first, second or tie."""

    template: str = "pairwise"

    @cached_property
    def prompt(self) -> Template:
        return load(self.template)

    def request(self, duel: Duel) -> Request:
        first, second = duel
        fields = {"first": fence("answer 1", first.answer), "second": fence("answer 2", second.answer)}
        return Request(messages(self.prompt, first, fields), max_tokens=SHORT, choices=("1", "2", "tie"))

    def read(self, reply: Reply) -> str | None:
        return parse.decide(reply, ("1", "2", "tie"))


@dataclass
class _Standing:
    """What the comparisons of one answer came to, and cost."""

    points: list[float] = field(default_factory=list)
    unread: list[Reply] = field(default_factory=list)
    fresh: bool = False  # whether one of them cost a call
    withheld: bool = False  # whether the budget left one unasked
    spent: dict[str, int] = field(default_factory=lambda: dict(NOTHING))

    def enter(self, point: float, pair: Sequence[Answered], words: Sequence[str | None]) -> None:
        """What a pair's two comparisons came to; it counts the cost of the first of them, in which it was named first."""
        self.points.append(point)
        self.withheld |= any(answered.withheld for answered in pair)
        self.fresh |= any(_is_fresh(answered) for answered in pair)
        self.unread += [answered.reply for answered, word in zip(pair, words, strict=True) if word is None]
        if _is_fresh(pair[0]):
            self.spent["calls"] += 1
            self.spent["prompt_tokens"] += pair[0].reply.prompt_tokens
            self.spent["completion_tokens"] += pair[0].reply.completion_tokens

    def verdict(self, price: Price | None, calibration: Calibration | None) -> Verdict:
        """The share that was won, taken for what the calibration says; none where a comparison is missing."""
        cost = {"cost": price.of(self.spent["prompt_tokens"], self.spent["completion_tokens"])} if price else {}
        info = {"source": "judged" if self.fresh else "withheld" if self.withheld else "cached", **self.spent, **cost}
        if self.withheld:
            return over_budget(info)
        if self.unread:
            return _trouble(self.unread[0]).noting(**info)
        won = Ruling(sum(self.points) / len(self.points), {"duels": len(self.points)})
        (ruling,) = calibrated([won], calibration)
        assert ruling is not None
        assert ruling.score is not None
        return Verdict.scored(ruling.score, **ruling.info, **info)


class PairwiseJudge:
    """Scores a group's answers against each other, from 0 to 1, when there is no scale to score one alone.

    Rows with the same question and references are a group. Every pair is judged twice, with the order swapped: a win counts
    only when both orders name the same answer, all else is half a win for each, so that a liking for the first place
    earns nothing. `pairs` is "all" (n·(n-1) requests for n different answers) or "ring" (each against the next, 2·n). Equal
    answers share one score, and count once among the rivals. A row alone in its group abstains with `out_of_scope`. Rows that
    the guard settles score 0 and take no part. A row with an unreadable or failed comparison is an error.

    `price` and `budget` are those of `Judge`; a row with a comparison that the step's budget left unasked abstains with
    `over_budget`. `calibration` takes each share for what labels taught about it: one made with
    `calibrate(…, judge=judge.client.name, template=judge.version)`, or the path of its file. Raises `BadParameter` for values
    that cannot be used together, and for a calibration of another judge, template or way of pairing.
    """

    remote = True

    def __init__(
        self,
        client: Client | str,
        *,
        pairs: Literal["all", "ring"] = "all",
        template: str = "pairwise",
        guard: Guard | None = None,
        cache: Cache | str | None = None,
        calibration: Calibration | str | os.PathLike[str] | None = None,
        price: Price | None = None,
        budget: Budget | None = None,
        name: str = "judge.pairwise",
    ) -> None:
        if pairs not in ("all", "ring"):
            message = f"pairs={pairs!r} must be 'all' or 'ring'"
            raise BadParameter(message)
        self.client, self.pairs, self.name = as_client(client), pairs, name
        self.kind = _Better(template)
        self.guard = guard or Guard()
        self.cache = Cache(cache) if isinstance(cache, str) else cache
        self.price, self.purse = price, Purse(budget, price) if budget else None
        self.calibration = read_calibration(calibration) if isinstance(calibration, (str, os.PathLike)) else calibration
        version = self.version  # a template that cannot be read must be told here
        if self.calibration is not None:
            self.calibration.check(self.calibration.judge, version)  # the model may be known only when it is asked

    @property
    def version(self) -> str:
        """All that a share of comparisons depends on beside the model: template, hash of its text, and the way of pairing."""
        return f"{self.kind.prompt.version} pairwise {self.pairs}"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """The sync face of `averify`."""
        return dispatch.run(self, samples)

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order."""
        verdicts: list[Verdict] = []
        groups: dict[str, dict[str, Item]] = {}
        items: dict[int, Item] = {}
        for place, sample in enumerate(samples):
            guarded = self.guard.look(sample, compares=False)
            verdicts.append(Verdict.abstained("out_of_scope") if guarded.verdict is None else guarded.verdict)
            if guarded.verdict is None:
                items[place] = Item(sample.question, sample.references, guarded.answer or "")
                groups.setdefault(items[place].group, {}).setdefault(items[place].key, items[place])
        if groups:
            await settle_name(self.client)
            if self.calibration is not None:
                self.calibration.check(self.client.name, self.version)
        judged = await self._judge(groups)
        spoken: set[str] = set()
        nothing: dict[str, Any] = {"source": "shared", **NOTHING, **({"cost": 0.0} if self.price else {})}
        for place, item in items.items():
            verdict = judged.get(item.key, verdicts[place].noting(source="judged"))
            verdicts[place] = verdict.noting(extracted=item.answer, **(nothing if item.key in spoken else {}))
            spoken.add(item.key)
        return [replace(verdict, verifier=self.name) for verdict in verdicts]

    async def _judge(self, groups: dict[str, dict[str, Item]]) -> dict[str, Verdict]:
        duels = [
            turned for group in groups.values() for pair in self._pairs(list(group.values())) for turned in (pair, pair[::-1])
        ]
        asks = []
        for duel in duels:
            key = key_of(self.client, self.kind.prompt.version, [item.key for item in duel])
            asks.append(Ask(key, self.kind.request(duel)))
        spending = self.purse.spending() if self.purse else None
        answers = await ask_all(self.client, asks, self.cache, lambda place, reply: self.kind.read(reply) is not None, spending)
        standings: dict[str, _Standing] = {}
        for start in range(0, len(duels), 2):
            self._count(duels[start], answers[start], answers[start + 1], standings)
        about = {"judge": self.client.name, "template": self.kind.prompt.version}
        return {key: one.verdict(self.price, self.calibration).noting(**about) for key, one in standings.items()}

    def _count(self, duel: Duel, there: Answered, back: Answered, standings: dict[str, _Standing]) -> None:
        """Enter a pair's two comparisons, as it was named and turned round."""
        pair, said = (there, back), (self.kind.read(there.reply), self.kind.read(back.reply))
        for item, wins, turn in ((duel[0], ("1", "2"), 1), (duel[1], ("2", "1"), -1)):
            point = 1.0 if said == wins else 0.0 if said == wins[::-1] else 0.5
            standings.setdefault(item.key, _Standing()).enter(point, pair[::turn], said[::turn])

    def _pairs(self, items: list[Item]) -> list[Duel]:
        if self.pairs == "all" or len(items) < 4:
            return list(combinations(items, 2))
        return [(item, items[(place + 1) % len(items)]) for place, item in enumerate(items)]


def _is_fresh(answered: Answered) -> bool:
    return not answered.cached and not answered.withheld


def _trouble(reply: Reply) -> Verdict:
    if reply.failure is not None:
        return Verdict.error("judge_unavailable", error="judge_unavailable", message=reply.failure[:2000])
    return Verdict.error("judge_unparsed", error="judge_unparsed", message=f"no decision in {reply.text[-300:]!r}")
