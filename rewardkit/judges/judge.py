"""A judge: a verifier that asks a model, after a guard, and asks about equal rows once.

A batch goes guard → equal rows joined → cache → client → parser → verdicts. Each question goes with a control, an answer that
cannot be right; where the judge accepts it, the question has no verdicts (`watch`). `info["source"]` says for each row where its
verdict came from: "rule" (the guard), "judged" (asked for this row), "shared" (asked for an equal row of the batch) or
"cached". What cannot be had or read is an error verdict with its cause; no score is made up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

from rewardkit import dispatch
from rewardkit.conversation import before_answer
from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.judges.asking import Answered, Ask, ask_all, key_of, settle_name
from rewardkit.judges.ballot import Ballot, Count, calibrated, over_budget, unreliable, with_controls
from rewardkit.judges.budget import Budget, Price, Purse, Spending
from rewardkit.judges.cache import Cache
from rewardkit.judges.calibration.stored import Calibration, read_calibration
from rewardkit.judges.client import Client, Reply
from rewardkit.judges.clients import client_of
from rewardkit.judges.guard import Guard, Guarded
from rewardkit.judges.kinds import as_kind
from rewardkit.judges.kinds.images import image_parts
from rewardkit.judges.kinds.kind import Conversing, Divided, Item, Kind, Ruling
from rewardkit.judges.kinds.process import Stepwise
from rewardkit.judges.kinds.rubric import read_criteria
from rewardkit.judges.watch import Fitness, Watch
from rewardkit.types import Sample, Verdict

__all__ = ["Judge", "as_client"]

MAX_QUESTION = 20_000
VOTE_TEMPERATURE = 0.7


class Judge:
    """A verifier that asks a model about final answers.

    Args:
        client: What runs the model, or a spec such as "http://127.0.0.1:8000/v1", "vllm:MODEL" or "hf:MODEL".
        kind: A name of `kinds.KINDS` (default "binary") or a kind; `options` are the parameters of a named one.
        votes: How often each answer is judged, with different seeds (default 1). Binary kinds take the majority, others
            the mean; a row with half of its votes or fewer readable is an error.
        swap: Also ask with reference and answer exchanged; the lower score counts, so that both must agree.
        image: Name of a column with the row's image or images, for a judge that sees.
        conversation: Show it all turns of the prompt, and those of the completion before its answer, with calls and what tools
            say; by default it sees the last question and the final answer alone. For kinds of one decision, rubrics and "score".
        criteria: Name of a column with the row's own criteria, for the kind "rubric".
        on_unparsed: "error" (default: `judge_unparsed`, no score) or "zero".
        guard: The rules before the model; `Guard(...)` sets its limits.
        cache: A `Cache` or the path of one; None (the default) keeps nothing.
        max_question: Characters of the question that are shown (default 20,000); of a longer one, both ends.
        temperature: Default 0, and 0.7 when there are several votes.
        canaries: How many answers that cannot be right the judge is asked about with each question (default 1), shared by the
            rows of the question and remembered. Where it accepts one, the rows of the question are errors, `judge_unreliable`.
            0 asks about none, nor before the first verdict: for measuring a judge, not for paying by it.
        calibration: What labels taught about its scores (`rewardkit bench-judge --calibrate FILE`), or the path of the file: each
            score is taken for what that says, and `info` has its id and the `raw` score.
        price: What a million tokens cost; then `info["cost"]` has what a row did.
        budget: The most that it may spend in one step; the rows beyond it abstain with `over_budget`. What is asked before the
            first verdict is not counted.
        preflight: Whether it is asked about 24 known answers before its first verdict (default True; never without canaries).
        name: Name in traces; by default "judge." and the kind.

    Raises:
        BadParameter: For values that cannot be used together.
        UnknownName: For a kind or template that is not there.
        UnfitJudge: From a call, when the judge accepts too many answers that cannot be right, or refuses too many that are.
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
        conversation: bool = False,
        criteria: str | None = None,
        on_unparsed: Literal["error", "zero"] = "error",
        guard: Guard | None = None,
        cache: Cache | str | None = None,
        max_question: int = MAX_QUESTION,
        temperature: float | None = None,
        canaries: int = 1,
        preflight: bool = True,
        calibration: Calibration | str | os.PathLike[str] | None = None,
        price: Price | None = None,
        budget: Budget | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        self.kind = as_kind(kind, **options)
        self.client = as_client(client, rewards=self.kind.name == "score", steps=isinstance(self.kind, Stepwise))
        self.votes, self.swap, self.image, self.criteria = votes, swap, image, criteria
        self.conversation = conversation
        self.on_unparsed = on_unparsed
        self.guard = guard or Guard()
        self.cache = Cache(cache) if isinstance(cache, str) else cache
        self.max_question = max_question
        self.temperature = temperature if temperature is not None else (VOTE_TEMPERATURE if votes > 1 else 0.0)
        self.name = name or f"judge.{self.kind.name}"
        self.watch = Watch(self.kind, canaries=canaries, first=preflight)
        self.calibration = read_calibration(calibration) if isinstance(calibration, (str, os.PathLike)) else calibration
        self.price, self.purse = price, Purse(budget, price) if budget else None
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
        if self.conversation and not (isinstance(self.kind, Conversing) and self.kind.converses):
            message = f"the kind {self.kind.name!r} has no place for a conversation; leave conversation out"
            raise BadParameter(message)
        self.kind.version  # noqa: B018 - a template that cannot be read must be told here
        if self.calibration is not None:
            self.calibration.check(self.calibration.judge, self.kind.version)  # the model may be known only when it is asked

    def __repr__(self) -> str:
        return f"Judge({self.client.name!r}, {self.kind.name!r})"

    async def fitness(self) -> Fitness | None:
        """What it says to the answers that are known, asked about if need be; None where its model cannot be had."""
        await self._settle()
        await self.watch.learn(self._said)
        return self.watch.fitness

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
            await self._settle()
        judged = await self._judge({item.key: item for item in items.values()})
        spoken: set[str] = set()
        for place, item in items.items():
            verdict = judged[item.key]
            nothing = {"cost": 0.0} if self.price else {}
            if item.key in spoken and verdict.info["source"] == "judged":
                verdict = verdict.noting(source="shared", prompt_tokens=0, completion_tokens=0, calls=0, controls=0, **nothing)
            spoken.add(item.key)
            verdicts[place] = verdict.noting(extracted=item.answer)
        return [replace(verdict, verifier=self.name) for verdict in verdicts if verdict is not None]

    async def _settle(self) -> None:
        await settle_name(self.client)
        if self.calibration is not None:
            self.calibration.check(self.client.name, self.kind.version)

    def _prepare(self, sample: Sample, images: dict[int, tuple[Mapping[str, Any], ...]]) -> Item | Verdict:
        """What to ask about a row, or the verdict that makes asking needless."""
        if self.kind.compares and not sample.references:
            return Verdict.abstained("no_reference")
        for column in (self.image, self.criteria):
            if column is not None and column not in sample.columns:
                raise MissingColumn(column, self.name, sample.columns)
        context, trajectory = before_answer(sample.messages) if self.conversation else ((), ())
        if trajectory and (settled := self.guard.look_at_turns(sample, trajectory)) is not None:
            return settled
        guarded = self._guarded(sample)
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
        context = tuple(replace(turn, text=_shown(turn.text, self.max_question)) for turn in context)
        answer = guarded.answer or ""
        return Item(question, sample.references, answer, shown, criteria, guarded.steps, context, trajectory)

    def _guarded(self, sample: Sample) -> Guarded:
        if isinstance(self.kind, Stepwise):
            return self.guard.look_at_steps(sample, self.kind.steps(sample.text), self.kind.tag)
        return self.guard.look(sample, compares=self.kind.compares)

    async def _judge(self, items: dict[str, Item]) -> dict[str, Verdict]:
        """A verdict an item key: ballots of `span` items of one question, each asked once a vote and way, and its controls."""
        if not items:
            return {}
        spent = [one.reply for _, one in await self.watch.check(self._title(), self._said) if not one.cached]
        groups: dict[str, list[Item]] = {}
        for item in items.values():
            groups.setdefault(item.group, []).append(item)
        # Requests of one question stand side by side, so that a server finds their prefix in its cache.
        # A control comes first: within a budget nothing may be paid that it could have stopped.
        ballots = {key: [*self._controls(group[0]), *self._ballots(group)] for key, group in groups.items()}
        await self._ask_all(
            [ballot for group in ballots.values() for ballot in group], self.purse.spending() if self.purse else None
        )
        count = Count(self.client.name, self._template(), self.votes, self.on_unparsed == "zero", self.price)
        verdicts: dict[str, Verdict] = {}
        for key, group in groups.items():
            rows = [ballot for ballot in ballots[key] if not ballot.control]
            found = {item.key: ballot.verdict(place, count) for ballot in rows for place, item in enumerate(ballot.items)}
            if any(ballot.withheld for ballot in ballots[key] if ballot.control):
                found = {place: one if one.score is None else over_budget(one.info) for place, one in found.items()}
            spent += [answered.reply for ballot in ballots[key] if ballot.control for answered in ballot.fresh]
            accepted = next((one for one in self.watch.controls(group[0]) if self.watch.said_to(one)), None)
            verdicts |= found if accepted is None else {place: unreliable(one, accepted) for place, one in found.items()}
            first = group[0].key
            verdicts[first], spent = with_controls(verdicts[first], spent, self.price), []
        return verdicts

    def _ballots(self, group: list[Item]) -> list[Ballot]:
        span = self.kind.span
        return [Ballot(tuple(group[start : start + span])) for start in range(0, len(group), span)]

    def _controls(self, item: Item) -> list[Ballot]:
        """The controls of a question that the judge has not been asked about yet."""
        return [Ballot((one,), control=True) for one in self.watch.controls(item) if self.watch.said_to(one) is None]

    async def _said(self, items: Sequence[Item]) -> list[tuple[Ruling | None, Answered]]:
        """What the judge says to controls, each asked alone, once and without a draw."""
        ballots = [Ballot((item,), control=True) for item in items]
        await self._ask_all(ballots)
        return [(ballot.rulings[0][0], ballot.replies[0]) for ballot in ballots]

    async def _ask_all(self, ballots: Sequence[Ballot], spending: Spending | None = None) -> None:
        """Ask what the ballots need in one ordered batch, and enter what came back."""
        voices: list[tuple[Ballot, tuple[Item, ...], list[tuple[Item, ...]]]] = []
        asks: list[Ask] = []
        for ballot in ballots:
            ways, votes = ([ballot.items], 1) if ballot.control else (self._ways(ballot), self.votes)
            for way in ways:
                parts = self._parts(way)
                voices += [(ballot, way, parts)] * votes
                asks += [self._ask(part, vote, drawn=not ballot.control) for vote in range(votes) for part in parts]
        owners = [part for _, _, parts in voices for part in parts]

        def readable(place: int, reply: Reply) -> bool:
            return None not in self.kind.read(reply, owners[place])

        answers = iter(await ask_all(self.client, asks, self.cache, readable, spending))
        for ballot, way, parts in voices:
            answered = list(islice(answers, len(parts)))
            ballot.add(answered, calibrated(self._read(answered, way, parts), self.calibration))
            if ballot.control:
                self.watch.note(ballot.items[0], ballot.rulings[0][0])

    def _parts(self, way: tuple[Item, ...]) -> list[tuple[Item, ...]]:
        """What is asked about by itself, of a kind that divides its questions."""
        return self.kind.parts(way) if isinstance(self.kind, Divided) else [way]

    def _read(
        self, answered: Sequence[Answered], way: tuple[Item, ...], parts: Sequence[tuple[Item, ...]]
    ) -> list[Ruling | None]:
        read = [self.kind.read(one.reply, part) for one, part in zip(answered, parts, strict=True)]
        return [self.kind.join(way, [one for (one,) in read])] if isinstance(self.kind, Divided) and len(parts) > 1 else read[0]

    def _ways(self, ballot: Ballot) -> list[tuple[Item, ...]]:
        if not self.swap:
            return [ballot.items]
        (item,) = ballot.items
        turned = [replace(item, references=(item.answer,), answer=reference) for reference in item.references[:4]]
        return [ballot.items, *((one,) for one in turned)]

    def _ask(self, items: tuple[Item, ...], vote: int, *, drawn: bool) -> Ask:
        temperature, seed = (self.temperature, vote if self.votes > 1 else None) if drawn else (0.0, None)
        request = replace(self.kind.request(items), temperature=temperature, seed=seed)
        parts = (request.max_tokens, request.temperature, request.seed, bool(request.choices or request.schema), request.logprobs)
        return Ask(key_of(self.client, self.kind.version, [item.key for item in items], parts), request)

    def _template(self) -> str:
        return self.kind.version.split(" ", 1)[0]

    def _title(self) -> str:
        return f"{self.client.name} as {self.name} ({self._template()})"


def as_client(client: Client | str, *, rewards: bool = False, steps: bool = False) -> Client:
    """The client itself, or the one that a spec names; `rewards` asks for a reward model, `steps` for a process reward model."""
    if isinstance(client, str):
        return client_of(client, rewards=rewards, steps=steps)
    if not hasattr(client, "complete"):
        message = f"{client!r} is no client: give one with complete(), or a spec such as http://HOST/v1, vllm:MODEL or hf:MODEL"
        raise BadParameter(message)
    return client


def _shown(question: str, most: int) -> str:
    if len(question) <= most:
        return question
    return f"{question[: most // 2]}\n[…]\n{question[-(most // 2) :]}"
