"""Answers of one group compared in pairs, each pair in both orders; a score is the share of comparisons won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

from rewardkit import dispatch
from rewardkit.errors import BadParameter
from rewardkit.judges import parse
from rewardkit.judges.asking import Ask, ask_all, key_of, settle_name
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Client, Reply, Request
from rewardkit.judges.guard import Guard
from rewardkit.judges.judge import as_client
from rewardkit.judges.kinds import SHORT, Item, messages
from rewardkit.judges.templates import Template, fence, load
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
        points: dict[str, list[float]] = {}
        troubles: dict[str, Verdict] = {}
        cached = {item.key: True for duel in duels for item in duel}
        spent = {item.key: dict(NOTHING) for duel in duels for item in duel}
        for start in range(0, len(duels), 2):
            first, second = duels[start]
            there, back = answers[start : start + 2]
            for item, answered in ((first, there), (second, back)):  # each counts what it was named first in
                spent[item.key]["calls"] += not answered.cached
                spent[item.key]["prompt_tokens"] += 0 if answered.cached else answered.reply.prompt_tokens
                spent[item.key]["completion_tokens"] += 0 if answered.cached else answered.reply.completion_tokens
            trouble = next((_trouble(a.reply) for a in (there, back) if self.kind.read(a.reply) is None), None)
            for item, wins in ((first, ("1", "2")), (second, ("2", "1"))):
                cached[item.key] &= there.cached and back.cached
                if trouble is not None:
                    troubles.setdefault(item.key, trouble)
                said = (self.kind.read(there.reply), self.kind.read(back.reply))
                lost = said == wins[::-1]
                points.setdefault(item.key, []).append(1.0 if said == wins else 0.0 if lost else 0.5)
        about = {"judge": self.client.name, "template": self.kind.prompt.version}
        return {
            key: troubles.get(key, Verdict.scored(sum(won) / len(won), duels=len(won))).noting(
                source="cached" if cached[key] else "judged", **spent[key], **about
            )
            for key, won in points.items()
        }

    def _pairs(self, items: list[Item]) -> list[Duel]:
        if self.pairs == "all" or len(items) < 4:
            return list(combinations(items, 2))
        return [(item, items[(place + 1) % len(items)]) for place, item in enumerate(items)]


def _trouble(reply: Reply) -> Verdict:
    if reply.failure is not None:
        return Verdict.error("judge_unavailable", error="judge_unavailable", message=reply.failure[:2000])
    return Verdict.error("judge_unparsed", error="judge_unparsed", message=f"no decision in {reply.text[-300:]!r}")
