"""Answers of one group compared in pairs, each pair in both orders; a score is the share of comparisons won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

from rewardkit import dispatch
from rewardkit.errors import BadParameter
from rewardkit.judges.asking import Answered, Ask, ask_all, key_of, settle_name
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Client, Reply, Request
from rewardkit.judges.guard import Guard
from rewardkit.judges.judge import as_client
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import SHORT, Item, messages
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
    cached: bool = True
    spent: dict[str, int] = field(default_factory=lambda: dict(NOTHING))

    def spend(self, answered: Answered) -> None:
        if not answered.cached:
            self.spent["calls"] += 1
            self.spent["prompt_tokens"] += answered.reply.prompt_tokens
            self.spent["completion_tokens"] += answered.reply.completion_tokens

    def verdict(self) -> Verdict:
        if self.unread:
            verdict = _trouble(self.unread[0])
        else:
            verdict = Verdict.scored(sum(self.points) / len(self.points), duels=len(self.points))
        return verdict.noting(source="cached" if self.cached else "judged", **self.spent)


class PairwiseJudge:
    """Scores a group's answers against each other, from 0 to 1, when there is no scale to score one alone.

    Rows with the same question and references are a group. Every pair is judged twice, with the order swapped: a win counts
    only when both orders name the same answer, all else is half a win for each, so that a liking for the first place
    earns nothing. `pairs` is "all" (n·(n-1) requests for n different answers) or "ring" (each against the next, 2·n). Equal
    answers share one score, and count once among the rivals. A row alone in its group abstains with `out_of_scope`. Rows that
    the guard settles score 0 and take no part. A row with an unreadable or failed comparison is an error.
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
        name: str = "judge.pairwise",
    ) -> None:
        if pairs not in ("all", "ring"):
            message = f"pairs={pairs!r} must be 'all' or 'ring'"
            raise BadParameter(message)
        self.client, self.pairs, self.name = as_client(client), pairs, name
        self.kind = _Better(template)
        self.guard = guard or Guard()
        self.cache = Cache(cache) if isinstance(cache, str) else cache
        self.kind.prompt  # noqa: B018 - a template that cannot be read must be told here

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
        judged = await self._judge(groups)
        spoken: set[str] = set()
        for place, item in items.items():
            verdict = judged.get(item.key, verdicts[place])
            source = "shared" if item.key in spoken else verdict.info.get("source", "judged")
            verdicts[place] = verdict.noting(extracted=item.answer, source=source, **(NOTHING if source == "shared" else {}))
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
        answers = await ask_all(self.client, asks, self.cache, lambda place, reply: self.kind.read(reply) is not None)
        standings: dict[str, _Standing] = {}
        for start in range(0, len(duels), 2):
            self._count(duels[start], answers[start], answers[start + 1], standings)
        about = {"judge": self.client.name, "template": self.kind.prompt.version}
        return {key: standing.verdict().noting(**about) for key, standing in standings.items()}

    def _count(self, duel: Duel, there: Answered, back: Answered, standings: dict[str, _Standing]) -> None:
        """Enter a pair's two comparisons, as it was named and turned round."""
        said = (self.kind.read(there.reply), self.kind.read(back.reply))
        unread = [answered.reply for answered, word in zip((there, back), said, strict=True) if word is None]
        # Each answer counts what the comparison cost in which it was named first.
        for item, named_first, wins in ((duel[0], there, ("1", "2")), (duel[1], back, ("2", "1"))):
            standing = standings.setdefault(item.key, _Standing())
            standing.points.append(1.0 if said == wins else 0.0 if said == wins[::-1] else 0.5)
            standing.unread += unread
            standing.cached &= there.cached and back.cached
            standing.spend(named_first)

    def _pairs(self, items: list[Item]) -> list[Duel]:
        if self.pairs == "all" or len(items) < 4:
            return list(combinations(items, 2))
        return [(item, items[(place + 1) % len(items)]) for place, item in enumerate(items)]


def _trouble(reply: Reply) -> Verdict:
    if reply.failure is not None:
        return Verdict.error("judge_unavailable", error="judge_unavailable", message=reply.failure[:2000])
    return Verdict.error("judge_unparsed", error="judge_unparsed", message=f"no decision in {reply.text[-300:]!r}")
