"""Verifiers made of verifiers: a weighted sum, a gate, a cascade. Each is a verifier, so they nest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any

from rewardkit import dispatch, registry
from rewardkit.errors import BadParameter
from rewardkit.lifted import Check, lift
from rewardkit.types import Judge, Sample, Status, Verdict, Verifier

__all__ = ["Cascade", "Composite", "Gate", "Rubric", "as_verifier", "part_names", "part_scores", "waits"]


def as_verifier(part: Verifier | Judge | Check | str) -> Verifier:
    """The verifier itself, the registered one of that name, or a function of one sample as one.

    Raises `BadParameter` for anything else, and for a verifier without a name.
    """
    if isinstance(part, str):
        return registry.get(part)
    if hasattr(part, "verify") or hasattr(part, "averify"):
        if not isinstance(getattr(part, "name", None), str):
            message = f"{part!r} has no name, by which traces and logs know a verifier; give it one: name = 'family.thing'"
            raise BadParameter(message)
        return part  # type: ignore[return-value]  # dispatch gives a judge its sync face
    if callable(part) and not isinstance(part, type):
        return lift(part)  # type: ignore[return-value]  # and an async function too
    message = (
        f"{part!r} is neither a verifier nor a registered name; pass rewardkit.get('family.thing'), a function of one sample or "
        "an object with verify()"
    )
    raise BadParameter(message)


def waits(*parts: Verifier | Judge | None) -> bool:
    """Whether some part waits on a judge, so that its slice should overlap with others."""
    return any(getattr(part, "remote", False) or hasattr(part, "averify") for part in parts)


class Composite:
    """Several verifiers as one; `remote` is True when some part waits on a judge."""

    name: str
    parts: tuple[Verifier, ...]
    remote: bool

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"

    def _without_score(self, row: Sequence[Verdict], info: Mapping[str, Any]) -> Verdict | None:
        """The verdict where a part has no score: that part's, an error before an abstention; None where all have one."""
        missing = next((v for status in (Status.ERROR, Status.ABSTAINED) for v in row if v.status is status), None)
        if missing is None:
            return None
        return Verdict(None, missing.status, missing.reason, {**info, **missing.info}, self.name, sum(v.seconds for v in row))


def _labels(parts: Sequence[Verifier]) -> tuple[str, ...]:
    """The parts' names, the second of one name with its place behind it."""
    names = [part.name for part in parts]
    return tuple(name if name not in names[:place] else f"{name}#{place}" for place, name in enumerate(names))


class Rubric(Composite):
    """Weighted sum of several verifiers' scores: Σ weightᵢ·scoreᵢ, weights as given, not normalised.

    When a part has no score the sum has none either, because a missing part is not a 0: the verdict takes that part's status and
    reason, an error before an abstention. Otherwise the reason is that of the heaviest part. `info["parts"]` holds each part's
    score and reason.

    Args:
        weights: The weight of each verifier or registered name.
        gated: Multiply the scores of all other parts by that of the heaviest one: form, length and the like then pay only as far
            as the answer is right.
        name: Its name in traces.

    Raises:
        BadParameter: There are no parts, or it is gated by a part that is no heavier than another.
    """

    def __init__(self, weights: Mapping[Any, float], *, gated: bool = False, name: str = "rubric") -> None:
        if not weights:
            message = "a rubric needs at least one part, as {verifier or name: weight}"
            raise BadParameter(message)
        self.parts = tuple(as_verifier(part) for part in weights)
        self.labels = _labels(self.parts)
        self.weights = tuple(float(weight) for weight in weights.values())
        self.gated = gated
        sizes = [abs(weight) for weight in self.weights]
        self._lead = sizes.index(max(sizes))
        if gated and sizes.count(max(sizes)) > 1:
            message = f"gated=True needs one part that is heavier than all others; the weights are {list(self.weights)}"
            raise BadParameter(message)
        self.name = name
        self.remote = waits(*self.parts)

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order; every part sees every sample."""
        columns = dispatch.run_all([(part, samples) for part in self.parts])
        return [self._sum(row) for row in zip(*columns, strict=True)]

    def _sum(self, row: Sequence[Verdict]) -> Verdict:
        parts = {
            label: {"score": verdict.score, "reason": verdict.reason, "weight": weight}
            for label, weight, verdict in zip(self.labels, self.weights, row, strict=True)
        }
        lead = row[self._lead]
        info = {**lead.info, "parts": parts}
        if (undecided := self._without_score(row, info)) is not None:
            return undecided
        scores = [verdict.score or 0.0 for verdict in row]
        if self.gated:
            gate = scores[self._lead]
            scores = [gate if place == self._lead else gate * score for place, score in enumerate(scores)]
        score = sum(weight * score for weight, score in zip(self.weights, scores, strict=True))
        return Verdict(score, Status.SCORED, lead.reason, info, self.name, sum(v.seconds for v in row))


def part_names(verifier: Any) -> tuple[str, ...]:
    """The labels of the parts of a rubric, also inside what routes to it or prepares its rows; empty where nothing is summed."""
    if isinstance(verifier, Rubric):
        return verifier.labels
    inside = getattr(verifier, "routes", None)
    below = [*inside.values(), verifier.default] if isinstance(inside, Mapping) else [getattr(verifier, "verifier", None)]
    return tuple(dict.fromkeys(name for one in below if one is not None for name in part_names(one)))


def part_scores(verifier: Any, verdicts: Sequence[Verdict]) -> dict[str, list[float | None]]:
    """The scores of each part of a rubric, one a verdict; None where the part has none."""
    parts = [verdict.info.get("parts", {}) for verdict in verdicts]
    return {name: [row.get(name, {}).get("score") for row in parts] for name in part_names(verifier)}


class Gate(Composite):
    """The second verifier's verdict where the first one passes, else 0.

    A row that the gate cannot decide keeps the gate's verdict. The second verifier sees only the rows that pass.

    Args:
        gate: The verifier, or registered name, that lets rows pass.
        then: The one that decides what passes.
        at_least: The least score of the gate with which a row passes.
        name: Its name in traces.
    """

    def __init__(self, gate: Verifier | str, then: Verifier | str, *, at_least: float = 1.0, name: str = "gate") -> None:
        self.parts = (as_verifier(gate), as_verifier(then))
        self.at_least = at_least
        self.name = name
        self.remote = waits(*self.parts)

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        gate, then = self.parts
        verdicts = dispatch.run(gate, samples)
        passed = [i for i, v in enumerate(verdicts) if v.score is not None and v.score >= self.at_least]
        for place, verdict in enumerate(verdicts):
            if verdict.score is not None:
                verdicts[place] = replace(verdict, score=0.0, info={**verdict.info, "gate": gate.name})
        _overwrite(verdicts, passed, then, samples)
        return verdicts


class Cascade(Composite):
    """The first verdict that is not an abstention.

    Each stage sees only the rows that all stages before it abstained on. Errors stay errors, because a broken stage must not
    hide behind the next. `info["stages"]` lists what earlier stages said.

    Args:
        *stages: Verifiers or registered names, in the order they are asked; at least one.
        name: Its name in traces.
        final: Reasons of an abstention that ends the cascade, because no later stage can tell either; by default none.
    """

    def __init__(self, *stages: Verifier | str, name: str = "cascade", final: Collection[str] = ()) -> None:
        if not stages:
            message = "a cascade needs at least one stage"
            raise BadParameter(message)
        self.parts = tuple(as_verifier(stage) for stage in stages)
        self.name = name
        self.final = frozenset(final)
        self.remote = waits(*self.parts)

    def _is_open(self, verdict: Verdict) -> bool:
        return verdict.status is Status.ABSTAINED and verdict.reason not in self.final

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        here = list(takewhile(partial(dispatch.is_here, samples=samples), self.parts))
        # What is computed here goes row by row, so that all stages share one reading of a text.
        verdicts = [self._decided(sample, here) for sample in samples] if here else dispatch.run(self.parts[0], samples)
        for stage in self.parts[len(here) or 1 :]:
            open_rows = [i for i, v in enumerate(verdicts) if self._is_open(v)]
            if not open_rows:
                break
            _overwrite(verdicts, open_rows, stage, samples, _keep_trail)
        return verdicts

    def _decided(self, sample: Sample, stages: Sequence[Verifier]) -> Verdict:
        verdict = dispatch.check(stages[0], sample)
        for stage in stages[1:]:
            if not self._is_open(verdict):
                break
            verdict = _keep_trail(verdict, dispatch.check(stage, sample))
        return verdict


def _keep_trail(before: Verdict, after: Verdict) -> Verdict:
    stages = [*before.info.get("stages", ()), {"verifier": before.verifier, "reason": before.reason}]
    info = {**before.info, **after.info, "stages": stages}
    return replace(after, info=info, seconds=before.seconds + after.seconds)


def _overwrite(
    verdicts: list[Verdict],
    places: Sequence[int],
    by: Verifier,
    samples: Sequence[Sample],
    merge: Callable[[Verdict, Verdict], Verdict] | None = None,
) -> None:
    if not places:
        return
    for place, verdict in zip(places, dispatch.run(by, [samples[p] for p in places]), strict=True):
        verdicts[place] = verdict if merge is None else merge(verdicts[place], verdict)
