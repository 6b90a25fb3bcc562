"""What every verifier must keep, as one call; and fakes to test with.

`check_verifier` is the contract that the library's own verifiers pass and that a plugin's author can run in
one line. It needs no test framework: a broken promise raises `AssertionError` with the offending text in it.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Union

from rewardkit.judges import client as seam
from rewardkit.registry import get
from rewardkit.types import Sample, Status, Verdict, Verifier

__all__ = ["ODD_TEXTS", "After", "Case", "ScriptedClient", "ScriptedJudge", "check_verifier", "read_cases", "sample"]

_MEGABYTE = 1_000_000

ODD_TEXTS: dict[str, str] = {
    "empty": "",
    "white space": " \t\r\n\u00a0\u3000",
    "one word": "no",
    "NUL": "\x00<answer>\x00</answer>\x00",
    "lone surrogates": "\ud800<answer>\udfff4\ud83d</answer>",
    "invisible": "\u200b\u200e\ufeff\u2060",
    "right to left and combining": "\u202eالجواب \u0665\u0301\u0301\u0301",
    "unclosed": "<think><answer>\\boxed{\\frac{1}{2",
    "only closers": "</answer></think>}}])",
    "100k nested brackets": "(" * 100_000 + ")" * 100_000,
    "100k nested braces": "\\boxed" + "{" * 100_000 + "}" * 100_000,
    "100k nested JSON": "[" * 100_000 + "]" * 100_000,
    "1 MB of one letter": "a" * _MEGABYTE,
    "1 MB of one digit": "7" * _MEGABYTE,
    "1 MB of spaces": " " * _MEGABYTE,
    "1 MB of openers": "<answer>" * (_MEGABYTE // 8),
    "1 MB of boxes": "\\boxed{" * (_MEGABYTE // 7),
    "1 MB of quotes": '\\"' * (_MEGABYTE // 2),
}
"""Texts that a policy can write and a verifier must survive, by name."""

Reply = Union[Verdict, float, BaseException, "After", None]


def sample(
    *,
    completion: Any = "",
    prompt: Any = "",
    index: int = 0,
    completion_ids: Sequence[int] | None = None,
    **columns: Any,
) -> Sample:
    """A sample from keywords; whatever is no field of a sample (`answer=`, `choices=`) becomes a column."""
    return Sample(index, prompt, completion, columns, completion_ids)


COSTS = frozenset({"controls", "prompt_tokens", "completion_tokens"})


class Case(NamedTuple):
    """One line of a cases file: a sample, and the verdict it must get."""

    place: str
    verifier: str
    parameters: Mapping[str, Any]
    sample: Sample
    score: float | None
    reason: str
    why: str

    def check(self) -> None:
        """Raise `AssertionError` unless the verifier gives this score (within 1e-9) and reason."""
        verdict = get(self.verifier, **self.parameters).verify([self.sample])[0]
        scored = verdict.score is not None and self.score is not None and math.isclose(verdict.score, self.score, abs_tol=1e-9)
        if verdict.reason != self.reason or not (scored or verdict.score is self.score is None):
            message = f"{self.place} ({self.why}): wanted {self.score} {self.reason}, got {verdict}; {self.sample.text[:200]!r}"
            raise AssertionError(message)


def read_cases(path: str | os.PathLike[str], *, verifier: str = "") -> list[Case]:
    """The cases in a JSONL file; `verifier` names it where a line does not.

    A line has `completion`, `score` (null when it must abstain), `reason` and `why`; where they are needed also `verifier`,
    `parameters`, `prompt`, `answer`, `choices`, `columns` (an object), and `completion_ids` (their number).
    """
    path, cases = Path(path), []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        fields = json.loads(line)
        columns = {**fields.get("columns", {}), **{k: fields[k] for k in ("answer", "choices") if k in fields}}
        ids = fields.get("completion_ids")
        one = Sample(0, fields.get("prompt", ""), fields["completion"], columns, None if ids is None else range(ids))
        name, parameters = fields.get("verifier", verifier), fields.get("parameters", {})
        place = f"{path.name}:{number}"
        cases.append(Case(place, name, parameters, one, fields["score"], fields["reason"], fields["why"]))
    return cases


def check_verifier(
    verifier: Verifier,
    *,
    right: Sequence[Sample],
    wrong: Sequence[Sample],
    threshold: float = 0.5,
    odd_texts: Iterable[str] = tuple(ODD_TEXTS),
) -> None:
    """Raise `AssertionError`, saying what and where, unless the verifier keeps the contract.

    It gives one verdict a sample in order; scores what is right at `threshold` or above and what is wrong below;
    gives a batch the verdicts its samples get alone, in any order; survives odd texts without raising or an error
    verdict; has a finite score exactly when it scored; gives info that is plain JSON; pickles, as its verdicts
    do; and abstains with `no_reference` when it requires an answer and the row has none.

    Args:
        verifier: What is checked.
        right: Samples that it should accept; with `wrong`, at least one is needed.
        wrong: Samples that it should refuse.
        threshold: Least score of a right sample; below 0 for a penalty.
        odd_texts: Names in `ODD_TEXTS` to try; leave some out only for a verifier that is slow by nature.
    """
    samples = [*right, *wrong]
    _expect(bool(samples), verifier, "at least one right or wrong sample is needed")
    verdicts = _verify(verifier, samples, "the right and wrong samples")
    for place, (one, verdict) in enumerate(zip(samples, verdicts, strict=True)):
        wanted = place < len(right)
        kept = verdict.score is not None and (verdict.score >= threshold) == wanted
        kind = "right" if wanted else "wrong"
        _expect(kept, verifier, f"the {kind} completion {one.text[:200]!r} got {verdict}")
    _check_batching(verifier, samples, verdicts)
    _check_odd_texts(verifier, samples[0], odd_texts)
    _check_no_reference(verifier, samples[0])
    _check_pickles(verifier, samples, verdicts)


def _check_batching(verifier: Verifier, samples: Sequence[Sample], verdicts: Sequence[Verdict]) -> None:
    _expect(_verify(verifier, [], "an empty batch") == [], verifier, "an empty batch gave verdicts")
    alone = [_verify(verifier, [one], "one sample")[0] for one in samples]
    _same(verifier, samples, verdicts, alone, "alone")
    mirrored = _verify(verifier, samples[::-1], "the samples in reverse order")[::-1]
    _same(verifier, samples, verdicts, mirrored, "in a batch in reverse order")
    order = sorted(range(len(samples)), key=lambda place: (place * 7 + 3) % (len(samples) + 1))
    shuffled = dict(zip(order, _verify(verifier, [samples[i] for i in order], "shuffled samples"), strict=True))
    _same(verifier, samples, verdicts, [shuffled[i] for i in range(len(samples))], "in a shuffled batch")


def _check_odd_texts(verifier: Verifier, model: Sample, names: Iterable[str]) -> None:
    for name in names:
        odd = replace(model, completion=ODD_TEXTS[name])
        verdict = _verify(verifier, [odd], f"the odd text {name!r}")[0]
        said = {k: verdict.info.get(k) for k in ("error", "message")}
        _expect(verdict.status is not Status.ERROR, verifier, f"the odd text {name!r} gave the error {verdict.reason} {said}")


def _check_no_reference(verifier: Verifier, model: Sample) -> None:
    if "answer" not in getattr(verifier, "requires", ()):
        return
    absences: tuple[Any, ...] = (None, "", "  ", [])
    for absent in absences:
        row = replace(model, columns={**model.columns, "answer": absent})
        verdict = _verify(verifier, [row], f"answer={absent!r}")[0]
        kept = verdict.status is Status.ABSTAINED and verdict.reason == "no_reference"
        _expect(kept, verifier, f"answer={absent!r} must abstain with no_reference, and gave {verdict}")


def _check_pickles(verifier: Verifier, samples: Sequence[Sample], verdicts: Sequence[Verdict]) -> None:
    _expect(pickle.loads(pickle.dumps(list(verdicts))) == list(verdicts), verifier, "a verdict does not survive pickling")
    try:
        copy = pickle.loads(pickle.dumps(verifier))
    except Exception as cause:
        message = f"{_name(verifier)} does not pickle, so a trainer cannot send it to its workers: {cause}"
        raise AssertionError(message) from cause
    _same(verifier, samples, verdicts, _verify(copy, samples, "a pickled copy"), "from a pickled copy of the verifier")


def _verify(verifier: Verifier, samples: Sequence[Sample], what: str) -> list[Verdict]:
    try:
        verdicts = verifier.verify(samples)
    except Exception as cause:
        message = f"{_name(verifier)} raised {type(cause).__name__} on {what}: {cause}"
        raise AssertionError(message) from cause
    fits = isinstance(verdicts, list) and len(verdicts) == len(samples)
    _expect(fits, verifier, f"wanted a list of {len(samples)} verdicts for {what}, and got {str(verdicts)[:200]}")
    for verdict in verdicts:
        _expect(isinstance(verdict, Verdict), verifier, f"gave {verdict!r} for {what}, which is no Verdict")
        finite = verdict.score is not None and math.isfinite(verdict.score)
        _expect(finite == (verdict.status is Status.SCORED), verifier, f"score {verdict.score!r} with status {verdict.status}")
        _expect(bool(verdict.reason), verifier, f"gave no reason for {what}")
        try:
            json.dumps(dict(verdict.info), allow_nan=False)
        except (TypeError, ValueError) as cause:
            message = f"{_name(verifier)} gave info that is no JSON for {what}: {cause}; {str(verdict.info)[:300]}"
            raise AssertionError(message) from cause
    return verdicts


def _same(verifier: Verifier, samples: Sequence[Sample], wanted: Sequence[Verdict], seen: Sequence[Verdict], where: str) -> None:
    for one, first, second in zip(samples, wanted, seen, strict=True):
        _expect(_free(first) == _free(second), verifier, f"{one.text[:200]!r} got {first}, and {where} {second}")


def _free(verdict: Verdict) -> Verdict:
    """The verdict without what it cost: what is remembered of an earlier call, such as a control, is not paid for again."""
    return replace(verdict, info={name: value for name, value in verdict.info.items() if name not in COSTS})


def _expect(kept: bool, verifier: Verifier, message: str) -> None:
    # Not an assert statement: a contract must hold under python -O as well.
    if not kept:
        text = f"{_name(verifier)}: {message}"
        raise AssertionError(text)


def _name(verifier: Verifier) -> str:
    return str(getattr(verifier, "name", verifier))


class After(NamedTuple):
    """A scripted reply that comes late."""

    seconds: float
    reply: Verdict | float | BaseException | None


class ScriptedJudge:
    """A judge that says what it was told to say, in the order the samples come.

    A reply is a `Verdict`, a float or bool (that score), None (abstain with `needs_judge`), an exception (raised, so that
    the whole call fails) or `After(seconds, reply)`. Replies may also be a function of the sample, which is what a
    test wants where rows are asked again. `seen` keeps the samples, and `calls` how many came in each call.
    Raises `AssertionError` when the script is used up.
    """

    def __init__(self, replies: Sequence[Reply] | Callable[[Sample], Reply], *, name: str = "judge.scripted") -> None:
        self.name = name
        self.replies = replies
        self.seen: list[Sample] = []
        self.calls: list[int] = []

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """The next scripted verdict for every sample."""
        self.calls.append(len(samples))
        replies = [self._next(one) for one in samples]
        return list(await asyncio.gather(*(self._said(reply) for reply in replies)))

    def _next(self, one: Sample) -> Reply:
        place = len(self.seen)
        self.seen.append(one)
        if callable(self.replies):
            return self.replies(one)
        if place >= len(self.replies):
            message = f"{self.name} was asked {place + 1} times and has {len(self.replies)} replies"
            raise AssertionError(message)
        return self.replies[place]

    async def _said(self, reply: Reply) -> Verdict:
        if isinstance(reply, After):
            await asyncio.sleep(reply.seconds)
            reply = reply.reply
        if isinstance(reply, BaseException):
            raise reply
        if reply is None:
            reply = Verdict.abstained("needs_judge")
        elif not isinstance(reply, Verdict):
            reply = Verdict.scored(reply)
        return replace(reply, verifier=reply.verifier or self.name)


class ScriptedClient:
    """A judge's model that says what it was told to say: the fake at the seam `rewardkit.judges.client.Client`.

    `seen` keeps the requests, and `calls` how many came in each call. Raises `AssertionError` when the script is used up.

    Args:
        replies: Texts, whole replies or exceptions, whose message becomes the reply's failure: a sequence, used up in the order
            of the requests, or a function of the request.
        name: The model's name.
    """

    def __init__(
        self,
        replies: Sequence[str | seam.Reply | Exception] | Callable[[seam.Request], str | seam.Reply | Exception],
        *,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self.replies = replies
        self.seen: list[seam.Request] = []
        self.calls: list[int] = []

    async def complete(self, requests: Sequence[seam.Request], /) -> list[seam.Reply]:
        """The next scripted reply for every request."""
        self.calls.append(len(requests))
        return [self._reply(request) for request in requests]

    def _reply(self, request: seam.Request) -> seam.Reply:
        place = len(self.seen)
        self.seen.append(request)
        if not callable(self.replies) and place >= len(self.replies):
            message = f"{self.name} was asked {place + 1} times and has {len(self.replies)} replies"
            raise AssertionError(message)
        said = self.replies(request) if callable(self.replies) else self.replies[place]
        if isinstance(said, seam.Reply):
            return said
        return seam.Reply(failure=str(said)) if isinstance(said, Exception) else seam.Reply(text=str(said))
