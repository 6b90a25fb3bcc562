"""Every registered verifier keeps the contract of `rewardkit.testing`, on its own cases."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from sandboxed import missing

from rewardkit import registry
from rewardkit.testing import ODD_TEXTS, After, Case, ScriptedJudge, check_verifier, read_cases, sample
from rewardkit.types import OUTCOMES, Judge, Sample, Verdict, Verifier

FOLDER = Path(__file__).parent / "verifiers" / "cases"

# Scores of right samples; half the credit where nothing else is said. A penalty's best is 0.
THRESHOLDS = {"length.overlong": -0.5}

# Verifiers of which no row can be decided without a package of an extra.
NEEDS = {
    "language.consistent": "py3langid",
    "puzzle.reasoning_gym": "reasoning_gym",
    "text.bleu": "sacrebleu",
    "text.chrf": "sacrebleu",
}


def _names() -> list[str]:
    """Every name of the library's own families, those that only loading a family brings to light as well."""
    for name in registry.names():
        registry.spec(name)
    # What other tests and measurements register is none of them.
    return [name for name in registry.names() if registry.spec(name).function.__module__.startswith("rewardkit.verifiers.")]


NAMES = _names()


def cases_of(name: str) -> list[Case]:
    family = name.split(".")[0]
    siblings = [other for other in NAMES if other.startswith(f"{family}.")]
    path = FOLDER / f"{family}.jsonl"
    cases = read_cases(path, verifier=siblings[0] if len(siblings) == 1 else "") if path.exists() else []
    return [case for case in cases if case.verifier == name]


def sides(name: str, cases: Sequence[Case], limit: int = 30) -> tuple[list[Sample], list[Sample]]:
    """Right and wrong samples, numbered as one batch."""
    threshold = THRESHOLDS.get(name, 0.5)
    right = [c.sample for c in cases if c.score is not None and c.score >= threshold][:limit]
    wrong = [c.sample for c in cases if c.score is not None and c.score < threshold][:limit]
    return right, wrong


def largest_group(name: str) -> list[Case]:
    """The cases of the parameters that have most of them, and both right and wrong ones."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases_of(name):
        groups[json.dumps(case.parameters, sort_keys=True)].append(case)
    both = [group for group in groups.values() if all(sides(name, group))]
    assert both, f"{name} needs right and wrong cases with the same parameters in {FOLDER.name}/{name.split('.')[0]}.jsonl"
    return max(both, key=len)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.name)
def test_every_case_names_a_verifier(path: Path) -> None:
    siblings = [name for name in NAMES if name.startswith(f"{path.stem}.")]
    nameless = [
        case.place for case in read_cases(path) if case.verifier not in siblings and (case.verifier or len(siblings) != 1)
    ]
    assert not nameless


def skip_without(name: str) -> None:
    """Skip the test of a verifier that cannot decide anything here: a package or the sandbox is missing."""
    if registry.spec(name).waits and missing():
        pytest.skip(f"{name} is not tested: {missing()}")
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"the extra of {name} is not installed: {NEEDS[name]}")


@pytest.mark.parametrize("name", NAMES)
def test_contract(name: str) -> None:
    skip_without(name)
    cases = largest_group(name)
    right, wrong = sides(name, cases, limit=8 if registry.spec(name).waits else 30)  # each is a run in processes of its own
    check_verifier(registry.get(name, **cases[0].parameters), right=right, wrong=wrong, threshold=THRESHOLDS.get(name, 0.5))


@pytest.mark.parametrize("name", NAMES)
def test_reasons_are_those_of_the_table(name: str) -> None:
    skip_without(name)
    cases = largest_group(name)
    verifier = registry.get(name, **cases[0].parameters)
    model = cases[0].sample
    odd = [
        sample(completion=text, completion_ids=model.completion_ids, **model.columns)
        for text in ODD_TEXTS.values()
        if len(text) < 200
    ]
    for verdict in verifier.verify([*odd, *(case.sample for case in cases[:60])]):
        assert OUTCOMES[verdict.reason][0] is verdict.status, verdict


class Broken:
    """Verifiers that each break one promise."""

    name = "test.broken"

    def __init__(self, promise: str) -> None:
        self.promise = promise
        self.calls = 0

    @property
    def requires(self) -> tuple[str, ...]:
        return ("answer",) if self.promise == "answer" else ()

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        self.calls += 1
        verdicts = [self._one(one, len(samples)) for one in samples]
        if self.promise == "length":
            return verdicts[:-1]
        return sorted(verdicts, key=lambda v: str(v.info)) if self.promise == "order" else verdicts

    def _one(self, one: Sample, size: int) -> Verdict:
        if self.promise == "raises" and "\x00" in one.text:
            raise ValueError(one.text)
        if self.promise == "errors" and not one.text:
            return Verdict.error("exception")
        info: dict[str, object] = {"text": one.text[:10]}
        if self.promise == "info":
            info["text"] = float("nan")
        elif self.promise == "batch":
            info["size"] = size
        elif self.promise == "state":
            info["calls"] = self.calls
        score = 1.0 if one.text.startswith("good") != (self.promise == "reversed") else 0.0
        return Verdict.scored(score, **info)


GOOD = [sample(completion=f"good {i}", answer="x") for i in range(4)]
BAD = [sample(completion=f"bad {i}", answer="x") for i in range(4)]


def test_contract_accepts_a_verifier_that_keeps_it() -> None:
    check_verifier(Broken("none"), right=GOOD, wrong=BAD)


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        ("length", "wanted a list of 8 verdicts"),
        ("order", "got Verdict"),
        ("reversed", "the right completion 'good 0' got"),
        ("raises", "raised ValueError on the odd text 'NUL'"),
        ("errors", "the odd text 'empty' gave the error exception"),
        ("info", "info that is no JSON"),
        ("batch", "alone"),
        ("state", "alone"),
        ("answer", "must abstain with no_reference"),
    ],
)
def test_contract_says_which_promise_was_broken(promise: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_verifier(Broken(promise), right=GOOD, wrong=BAD)


def test_contract_finds_a_verifier_that_does_not_pickle() -> None:
    class Local(Broken):
        pass

    with pytest.raises(AssertionError, match="does not pickle"):
        check_verifier(Local("none"), right=GOOD, wrong=BAD)


def test_contract_needs_samples() -> None:
    with pytest.raises(AssertionError, match="at least one"):
        check_verifier(Broken("none"), right=[], wrong=[])


def test_a_wrong_case_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "format.jsonl"
    path.write_text('\n{"completion": "x", "score": 1, "reason": "match", "why": "made up"}\n', encoding="utf-8")
    (case,) = read_cases(path, verifier="format.tags")
    with pytest.raises(AssertionError, match=r"format\.jsonl:2 \(made up\): wanted 1 match"):
        case.check()


def test_scripted_judge_says_what_it_was_told() -> None:
    told = Verdict.error("judge_unavailable")
    judge = ScriptedJudge([1.0, False, None, told, After(0.01, 0.5)])
    verdicts = asyncio.run(judge.averify([sample(index=i) for i in range(5)]))
    assert isinstance(judge, Judge)
    assert not isinstance(judge, Verifier)
    assert [v.score for v in verdicts] == [1.0, 0.0, None, None, 0.5]
    assert [v.reason for v in verdicts] == ["match", "mismatch", "needs_judge", "judge_unavailable", "partial"]
    assert {v.verifier for v in verdicts} == {"judge.scripted"}
    assert (judge.calls, [one.index for one in judge.seen]) == ([5], [0, 1, 2, 3, 4])
    assert pickle.loads(pickle.dumps(judge)).replies == judge.replies


def test_scripted_judge_raises_what_it_was_told_and_when_used_up() -> None:
    judge = ScriptedJudge([TimeoutError("late")])
    with pytest.raises(TimeoutError, match="late"):
        asyncio.run(judge.averify([sample()]))
    with pytest.raises(AssertionError, match="asked 2 times and has 1"):
        asyncio.run(judge.averify([sample()]))


def test_scripted_judge_by_function() -> None:
    judge = ScriptedJudge(lambda one: 1.0 if one.text == "yes" else 0.0)
    verdicts = asyncio.run(judge.averify([sample(completion="yes"), sample(completion="no")]))
    assert [v.score for v in verdicts] == [1.0, 0.0]
