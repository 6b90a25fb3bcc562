"""A judge: a verifier that asks a model, after a guard, and asks about equal rows once.

A batch goes guard → equal rows joined → cache → client → parser → verdicts. `info["source"]` says for each row where
its verdict came from: "rule" (the guard), "judged" (asked for this row), "shared" (asked for an equal row of the batch) or
"cached". What cannot be had or read is an error verdict with its cause; no score is made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rewardkit import dispatch
from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.judges.asking import Answered, Ask, ask_all, key_of, settle_name
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Client, Reply
from rewardkit.judges.clients import client_of
from rewardkit.judges.guard import Guard
from rewardkit.judges.kinds import as_kind
from rewardkit.judges.kinds.images import image_parts
from rewardkit.judges.kinds.kind import Item, Kind, Ruling
from rewardkit.judges.kinds.rubric import read_criteria
from rewardkit.types import Sample, Verdict

__all__ = ["Judge", "as_client"]

MAX_QUESTION = 20_000
VOTE_TEMPERATURE = 0.7


@dataclass
class _Round:
    """What was asked about one run of equal questions, and what came back for each of its items."""

    items: tuple[Item, ...]
    replies: list[Answered] = field(default_factory=list)
    rulings: list[list[Ruling | None]] = field(default_factory=list)


class Judge:
    """A verifier that asks a model about final answers.

    Args:
        client: What runs the model, or a spec such as "http://127.0.0.1:8000/v1", "vllm:MODEL" or "hf:MODEL".
        kind: A name of `kinds.KINDS` (default "binary") or a kind; `options` are the parameters of a named one.
        votes: How often each answer is judged, with different seeds (default 1). Binary kinds take the majority, others
            the mean; a row with half of its votes or fewer readable is an error.
        swap: Also ask with reference and answer exchanged; the lower score counts, so that both must agree.
        image: Name of a column with the row's image or images, for a judge that sees.
        criteria: Name of a column with the row's own criteria, for the kind "rubric".
        on_unparsed: "error" (default: `judge_unparsed`, no score) or "zero".
        guard: The rules before the model; `Guard(...)` sets its limits.
        cache: A `Cache` or the path of one; None (the default) keeps nothing.
        max_question: Characters of the question that are shown (default 20,000); of a longer one, both ends.
        temperature: Default 0, and 0.7 when there are several votes.
        name: Name in traces; by default "judge." and the kind.

    Raises:
        BadParameter: For values that cannot be used together.
        UnknownName: For a kind or template that is not there.
    """

    remote = True

    def __init__(
        self,
        client: Client | str,
        kind: str | Kind = "binary",
        *,
        votes: int = 1,
        swap: bool = False,
        image: str | None = None,
        criteria: str | None = None,
        on_unparsed: Literal["error", "zero"] = "error",
        guard: Guard | None = None,
        cache: Cache | str | None = None,
        max_question: int = MAX_QUESTION,
        temperature: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        self.kind = as_kind(kind, **options)
        self.client = as_client(client, rewards=self.kind.name == "score")
        self.votes, self.swap, self.image, self.criteria = votes, swap, image, criteria
        self.on_unparsed = on_unparsed
        self.guard = guard or Guard()
        self.cache = Cache(cache) if isinstance(cache, str) else cache
        self.max_question = max_question
        self.temperature = temperature if temperature is not None else (VOTE_TEMPERATURE if votes > 1 else 0.0)
        self.name = name or f"judge.{self.kind.name}"
        self._check()

    def _check(self) -> None:
        if self.votes < 1 or (self.votes > 1 and self.temperature <= 0):
            message = f"votes={self.votes!r}, temperature={self.temperature!r}: votes differ only at a temperature above 0"
            raise BadParameter(message)
        if self.on_unparsed not in ("error", "zero"):
            message = f"on_unparsed={self.on_unparsed!r} must be 'error' or 'zero'"
            raise BadParameter(message)
        if self.swap and not self.kind.swaps:
            message = f"the kind {self.kind.name!r} does not compare two answers, so they cannot change places; leave swap out"
            raise BadParameter(message)
        self.kind.version  # noqa: B018 - a template that cannot be read must be told here

    def __repr__(self) -> str:
        return f"Judge({self.client.name!r}, {self.kind.name!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """The sync face of `averify`."""
        return dispatch.run(self, samples)

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order."""
        verdicts: list[Verdict | None] = []
        items: dict[int, Item] = {}
        images: dict[int, tuple[Mapping[str, Any], ...]] = {}  # a group's rows share one image, which is costly to encode
        for place, sample in enumerate(samples):
            prepared = self._prepare(sample, images)
            verdicts.append(prepared if isinstance(prepared, Verdict) else None)
            if isinstance(prepared, Item):
                items[place] = prepared
        if items:
            await settle_name(self.client)
        judged = await self._judge({item.key: item for item in items.values()})
        spoken: set[str] = set()
        for place, item in items.items():
            verdict = judged[item.key]
            if item.key in spoken and verdict.info["source"] == "judged":
                verdict = verdict.noting(source="shared", prompt_tokens=0, completion_tokens=0, calls=0)
            spoken.add(item.key)
            verdicts[place] = verdict.noting(extracted=item.answer)
        return [replace(verdict, verifier=self.name) for verdict in verdicts if verdict is not None]

    def _prepare(self, sample: Sample, images: dict[int, tuple[Mapping[str, Any], ...]]) -> Item | Verdict:
        """What to ask about a row, or the verdict that makes asking needless."""
        if self.kind.compares and not sample.references:
            return Verdict.abstained("no_reference")
        for column in (self.image, self.criteria):
            if column is not None and column not in sample.columns:
                raise MissingColumn(column, self.name, sample.columns)
        guarded = self.guard.look(sample, compares=self.kind.compares)
        if guarded.verdict is not None:
            return guarded.verdict
        try:
            if self.image and id(sample.columns[self.image]) not in images:
                images[id(sample.columns[self.image])] = image_parts(sample.columns[self.image])
            shown = images[id(sample.columns[self.image])] if self.image else ()
            criteria = read_criteria(sample.columns[self.criteria]) if self.criteria else ()
        except BadParameter as cause:
            return Verdict.error("bad_row", error="BadParameter", message=str(cause))
        question = _shown(sample.question, self.max_question)
        return Item(question, sample.references, guarded.answer or "", shown, criteria)

    async def _judge(self, items: dict[str, Item]) -> dict[str, Verdict]:
        """A verdict an item key: rounds of `span` items of one question, each asked once a vote and way."""
        groups: dict[str, list[Item]] = {}
        for item in items.values():
            groups.setdefault(item.group, []).append(item)
        span = self.kind.span
        rounds = [_Round(tuple(group[start : start + span])) for group in groups.values() for start in range(0, len(group), span)]
        # Requests of one question stand side by side, so that a server finds their prefix in its cache.
        asked = [(round_, ways) for round_ in rounds for ways in self._ways(round_)]
        asks = [self._ask(way, vote) for _, way in asked for vote in range(self.votes)]
        owners = [(round_, way) for round_, way in asked for _ in range(self.votes)]

        def readable(place: int, reply: Reply) -> bool:
            return None not in self.kind.read(reply, owners[place][1])

        for (round_, way), answered in zip(owners, await ask_all(self.client, asks, self.cache, readable), strict=True):
            round_.replies.append(answered)
            round_.rulings.append(self.kind.read(answered.reply, way))
        return {item.key: self._verdict(round_, place) for round_ in rounds for place, item in enumerate(round_.items)}

    def _ways(self, round_: _Round) -> list[tuple[Item, ...]]:
        if not self.swap:
            return [round_.items]
        (item,) = round_.items
        turned = [replace(item, references=(item.answer,), answer=reference) for reference in item.references[:4]]
        return [round_.items, *((one,) for one in turned)]

    def _ask(self, items: tuple[Item, ...], vote: int) -> Ask:
        request = replace(self.kind.request(items), temperature=self.temperature, seed=vote if self.votes > 1 else None)
        parts = (request.max_tokens, request.temperature, request.seed, bool(request.choices or request.schema), request.logprobs)
        return Ask(key_of(self.client, self.kind.version, [item.key for item in items], parts), request)

    def _verdict(self, round_: _Round, place: int) -> Verdict:
        rulings = [column[place] for column in round_.rulings]
        votes = [None if ruling is None else ruling.score for ruling in rulings]
        first, info = round_.replies[0].reply, self._about(round_, place)
        if len(votes) > 1:
            info["votes"] = votes
        score = self._settle(votes)
        if score is not None:
            told = next((ruling.info for ruling in rulings if ruling is not None), {})
            return replace(Verdict.scored(score, **{**info, **told}), seconds=first.seconds)
        failures = [answered.reply.failure for answered in round_.replies if answered.reply.failure is not None]
        if failures:
            return Verdict.error("judge_unavailable", **info, error="judge_unavailable", message=failures[0][:2000])
        if self.on_unparsed == "zero":
            return Verdict.scored(0.0, "mismatch", **info, unparsed=True)
        cut = " (cut off)" if first.finish not in ("stop", "") else ""
        return Verdict.error(
            "judge_unparsed", **info, error="judge_unparsed", message=f"no decision in {first.text[-300:]!r}{cut}"
        )

    def _about(self, round_: _Round, place: int) -> dict[str, Any]:
        """Who was asked what, and the cost; a request about several answers is counted with the first of them."""
        fresh = [answered.reply for answered in round_.replies if not answered.cached]
        counted = fresh if place == 0 else []
        return {
            "source": "judged" if fresh else "cached",
            "judge": self.client.name,
            "template": self.kind.version.split(" ", 1)[0],
            "reply": round_.replies[0].reply.text[:500],
            "calls": len(counted),
            "prompt_tokens": sum(reply.prompt_tokens for reply in counted),
            "completion_tokens": sum(reply.completion_tokens for reply in counted),
        }

    def _settle(self, votes: list[float | None]) -> float | None:
        """The score that the votes of every way come to; None when one way has too few that could be read."""
        scores = []
        for start in range(0, len(votes), self.votes):
            read = [vote for vote in votes[start : start + self.votes] if vote is not None]
            if 2 * len(read) <= self.votes:
                return None
            mean = sum(read) / len(read)
            scores.append(float(mean > 0.5) if self.votes > 1 and set(read) <= {0.0, 1.0} else mean)
        # The first way must agree with the best of the others: an accepted answer is the same as one reference, not all.
        return min(scores[0], max(scores[1:])) if len(scores) > 1 else scores[0]


def as_client(client: Client | str, *, rewards: bool = False) -> Client:
    """The client itself, or the one that a spec names; `rewards` asks for a reward model."""
    if isinstance(client, str):
        return client_of(client, rewards=rewards)
    if not hasattr(client, "complete"):
        message = f"{client!r} is no client: give one with complete(), or a spec such as http://HOST/v1, vllm:MODEL or hf:MODEL"
        raise BadParameter(message)
    return client


def _shown(question: str, most: int) -> str:
    if len(question) <= most:
        return question
    return f"{question[: most // 2]}\n[…]\n{question[-(most // 2) :]}"
