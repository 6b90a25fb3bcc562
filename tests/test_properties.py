"""What must hold for any text at all, for every registered verifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s
from test_contract import NAMES, largest_group, skip_without

from rewardkit import registry
from rewardkit.compose import Cascade, Gate, Rubric
from rewardkit.reward import RewardFunction
from rewardkit.testing import sample
from rewardkit.types import Sample, Status, Verdict

# Texts here are short: what takes longer than this on one of them is not linear. CPU time, because hypothesis's deadline
# counts what neighbours on the machine take. Of isolated verifiers the workers see to it, and tell.
LIMIT_S = 1.0

SNIPPETS = [
    "<think>", "</think>", "<answer>", "</answer>", "<observe>", "\\boxed{", "\\frac{1}{", "}", "$", "\\", "####", "**",
    "The answer is ", "Answer:", "答案：", "故选", "(A)", "B", " or ", "[1, 2, 3, 4]", "(5, 6)", '{"answer": ', "```json\n",
    '"', "[", "]", "1/2", "-0", "1e9", "10^10^10", "50%", "1,000", "½", "²", "∞", "NaN", "None", "\x00", "\ud800", "\u200b",
    "\n", "  ",
]  # fmt: skip

# Every code point, lone surrogates too: a policy's bytes are not always text.
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(st.characters(), max_size=8)), max_size=25).map("".join),
    st.tuples(st.sampled_from(SNIPPETS), st.integers(1, 2000)).map(lambda pair: pair[0] * pair[1]),
)

QUICK = settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Model:
    """A verifier with the parameters and columns of its own cases, to put any text into."""

    def __init__(self, name: str) -> None:
        skip_without(name)
        case = next(c for c in largest_group(name) if c.score is not None)
        self.verifier = registry.get(name, **case.parameters)
        self.sample = case.sample

    def samples(self, texts: Sequence[str]) -> list[Sample]:
        return [replace(self.sample, index=i, completion=text) for i, text in enumerate(texts)]

    def verify(self, samples: Sequence[Sample]) -> list[Verdict]:
        limit_s = LIMIT_S * max(1, len(samples))
        runs: list[list[Verdict]] = []
        work = lambda: runs.append(list(self.verifier.verify(samples)))  # noqa: E731
        seconds = least_cpu_s(work, within=limit_s, first_as_it_is=True)
        assert seconds < limit_s, f"{self.verifier} took {seconds:.2f} s"
        verdicts = runs[0]
        assert len(verdicts) == len(samples)
        for verdict in verdicts:
            assert verdict.status is not Status.ERROR, verdict
            assert verdict.reason != "timeout", verdict
        return verdicts


@pytest.mark.parametrize("name", NAMES)
def test_any_text_at_all(name: str) -> None:
    model = Model(name)
    model.verifier.verify(model.samples(["warm up"]))

    @QUICK
    @given(ANY_TEXT)
    def holds(text: str) -> None:
        model.verify(model.samples([text]))

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_its_samples_in_any_order(name: str) -> None:
    model = Model(name)

    @settings(QUICK, max_examples=examples(40))
    @given(
        st.lists(ANY_TEXT, min_size=1, max_size=6).flatmap(
            lambda texts: st.tuples(st.just(texts), st.permutations(range(len(texts))))
        )
    )
    def holds(batch: tuple[list[str], list[int]]) -> None:
        texts, order = batch
        samples = model.samples(texts)
        verdicts = model.verify(samples)
        assert [model.verify([one])[0] for one in samples] == verdicts
        assert model.verify([samples[i] for i in order]) == [verdicts[i] for i in order]

    holds()


@pytest.mark.parametrize("name", [name for name in NAMES if "answer" in registry.spec(name).requires])
def test_without_a_reference_nothing_is_decided(name: str) -> None:
    model = Model(name)

    @settings(QUICK, max_examples=examples(40))
    @given(ANY_TEXT, st.sampled_from([None, "", "\n ", [], ()]))
    def holds(text: str, absent: object) -> None:
        one = replace(model.sample, completion=text, columns={**model.sample.columns, "answer": absent})
        (verdict,) = model.verify([one])
        assert (verdict.score, verdict.status, verdict.reason) == (None, Status.ABSTAINED, "no_reference")

    holds()


DRESSES = st.sampled_from(
    ["{}", "The answer is {}.", "<think>Hm.</think>\n<answer>{}</answer>", "So it is \\boxed{{{}}}.", "#### {}"]
)
DECIMALS = st.decimals(-(10**9), 10**9, places=3, allow_nan=False, allow_infinity=False).map(lambda d: f"{d:f}")
NUMBERS = st.one_of(st.integers(-(10**15), 10**15).map(str), DECIMALS, st.integers(0, 10**9).map("{:,}".format))
FRACTIONS = st.fractions(-1000, 1000, max_denominator=999)
LETTERS = st.integers(2, 10).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


def matches(name: str, completion: str, answer: object, **columns: object) -> None:
    (verdict,) = registry.get(name).verify([sample(completion=completion, answer=answer, **columns)])
    assert (verdict.score, verdict.status) == (1.0, Status.SCORED), f"{completion!r} against {answer!r}: {verdict}"


@QUICK
@given(NUMBERS, DRESSES)
def test_a_number_verifies_itself(number: str, dress: str) -> None:
    matches("number.equal", dress.format(number), number)


@QUICK
@given(FRACTIONS, DRESSES)
def test_a_fraction_verifies_itself_in_mathematics(value: Fraction, dress: str) -> None:
    latex = f"{'-' if value < 0 else ''}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    matches("math.equal", dress.format(latex), latex)


@QUICK
@given(NUMBERS, DRESSES)
def test_a_number_verifies_itself_in_mathematics(number: str, dress: str) -> None:
    matches("math.equal", dress.format(number), number)


@QUICK
@given(LETTERS, DRESSES)
def test_an_option_verifies_itself(pick: tuple[int, int], dress: str) -> None:
    size, place = pick
    choices = [f"thing number {i}" for i in range(size)]
    letter = "ABCDEFGHIJ"[place]
    matches("choice.option", dress.format(letter), letter, choices=choices)
    matches("choice.option", dress.format(choices[place]), choices[place], choices=choices)


@QUICK
@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=40))
def test_a_text_verifies_itself(text: str) -> None:
    matches("text.exact", text, text)
    matches("text.exact", f"<answer>{text}</answer>", text)


class Scripted:
    """A verifier that gives each sample the score in its own column, or abstains."""

    def __init__(self, name: str) -> None:
        self.name = name

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        scores = [one.columns[self.name] for one in samples]
        return [Verdict.abstained("needs_judge") if score is None else Verdict.scored(score) for score in scores]


SCORES = st.lists(st.tuples(*[st.sampled_from([None, 0.0, 0.5, 1.0])] * 2), min_size=1, max_size=12)


@QUICK
@given(SCORES)
def test_none_never_becomes_zero(rows: list[tuple[float | None, float | None]]) -> None:
    first, second = Scripted("first"), Scripted("second")
    columns = {"first": [a for a, _ in rows], "second": [b for _, b in rows]}
    texts = ["x"] * len(rows)

    def rewards(verifier: object) -> list[float | None]:
        return RewardFunction(verifier)(completions=texts, **columns)  # type: ignore[arg-type]

    assert rewards(first) == columns["first"]
    assert rewards(Rubric({first: 0.75, second: 0.25})) == [
        None if None in row else 0.75 * row[0] + 0.25 * row[1] for row in rows
    ]
    assert rewards(Cascade(first, second)) == [b if a is None else a for a, b in rows]
    assert rewards(Gate(first, second)) == [None if a is None else b if a == 1 else 0.0 for a, b in rows]
