"""What a batch's columns become: the answer under any name, plain values, and what is no answer at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rewardkit import BadParameter, MissingColumn, RewardFunction, Sample, Verdict, load
from rewardkit.columns import answer_problem, plain, samples_of


def rewards(answer: list[Any], completions: list[str], **options: Any) -> list[float | None]:
    return load("auto", **options)(completions=completions, answer=answer)


def test_a_column_may_lie_inside_the_objects_of_another() -> None:
    reward = load("auto", columns={"answer": "reward_model.ground_truth"})
    models = [{"ground_truth": "42"}, {"ground_truth": "7"}]
    assert reward(completions=["\\boxed{42}", "\\boxed{8}"], reward_model=models) == [1.0, 0.0]


def test_a_column_with_the_whole_name_comes_before_a_path() -> None:
    rows = samples_of(None, ["x"], {"a.b": ["1"], "a": [{"b": "2"}]}, mapping={"answer": "a.b"})
    assert rows[0].columns["answer"] == "1"


def test_a_mapped_column_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingColumn, match=r"reward_model\.ground_truth.*the batch has data"):
        samples_of(None, ["x"], {"data": ["1"]}, mapping={"answer": "reward_model.ground_truth"})


@pytest.mark.parametrize("answer", ["42", 42, b"42", {"value": 42}])
def test_one_answer_for_a_whole_batch_is_refused_by_name(answer: Any) -> None:
    with pytest.raises(BadParameter, match=r"answer=.*one answer for a batch of 2 rows"):
        load("auto")(completions=["42", "43"], answer=answer)


@pytest.mark.parametrize("name", ["solution", "ground_truth", "gold"])
@pytest.mark.parametrize("answer", ["42", np.array(42)])
def test_one_answer_under_another_name_is_refused_unless_there_is_a_column(name: str, answer: Any) -> None:
    with pytest.raises(BadParameter, match=rf"{name}=.*one answer for a batch of 2 rows"):
        load("auto")(completions=["42", "43"], **{name: answer})
    assert load("auto")(completions=["42", "43"], answer=["42", "42"], **{name: answer}) == [1.0, 0.0]


def test_scalars_and_arrays_of_numpy_and_torch_are_answers() -> None:
    torch = pytest.importorskip("torch")
    answers = [np.int64(42), np.array([42, 43]), torch.tensor(42), torch.tensor([41, 42]), b"42"]
    assert rewards(answers, ["\\boxed{42}"] * 5) == [1.0] * 5
    assert rewards(torch.tensor([42, 7]), ["\\boxed{42}"] * 2) == [1.0, 0.0]


def test_narrow_numbers_are_what_was_written() -> None:
    torch = pytest.importorskip("torch")
    written = [0.1, 3.14159, 1e-7, 16777216.0, 123.456]
    for array in (np.array(written, dtype=np.float32), torch.tensor(written)):
        assert plain(array) == written
        assert [plain(one) for one in array] == written
    assert plain(np.array([0.1, 2.5, 65504.0], dtype=np.float16)) == [0.1, 2.5, 65504.0]
    assert str(plain(torch.tensor([float("nan"), float("inf")]))) == "[nan, inf]"
    assert rewards(torch.tensor([0.1, 0.1]), ["\\boxed{0.1}", "\\boxed{0.2}"]) == [1.0, 0.0]


def test_what_is_no_answer_is_a_bad_row_and_no_row_for_a_judge() -> None:
    reward = load("auto")
    answers = [{"value": 42}, b"\xff", "42", [{"value": 42}], None, object()]
    assert reward(completions=["\\boxed{42}"] * 6, answer=answers) == [None, None, 1.0, None, None, None]
    assert [v.reason for v in reward.verdicts] == ["bad_row", "bad_row", "match", "bad_row", "no_reference", "bad_row"]
    assert reward.verdicts[0].info["message"].startswith("the answer is an object; wanted a string, a number")


@pytest.mark.parametrize("value", ["x", 1, 1.5, True, None, ["a", 2], [[1, 2], [3, 4]], (1, 2), {"a", "b"}])
def test_strings_numbers_and_lists_of_them_are_answers(value: Any) -> None:
    assert answer_problem(value) == ""


def test_plain_values_are_left_as_they_are() -> None:
    assert [plain(v) for v in ("x", 1, None, ["a", np.float64(1.5)])] == ["x", 1, None, ["a", 1.5]]


def test_a_function_of_one_sample_is_a_verifier() -> None:
    def length(sample: Sample) -> float:
        return min(len(sample.text) / 10, 1.0)

    reward = RewardFunction(length)
    assert reward.__name__ == "length"
    assert reward(completions=["12345", "1234567890"]) == [0.5, 1.0]


def test_an_async_function_waits_side_by_side() -> None:
    import asyncio

    arrived = []

    async def judged(sample: Sample) -> Verdict:
        arrived.append(sample.index)
        while len(arrived) < 3:  # none is answered before all have asked
            await asyncio.sleep(0.001)
        return Verdict.scored(1.0)

    assert RewardFunction(judged)(completions=["a", "b", "c"]) == [1.0, 1.0, 1.0]


def test_a_function_that_raises_is_its_rows_error() -> None:
    async def broken(sample: Sample) -> float:
        raise KeyError(sample.text)

    reward = RewardFunction(broken)
    assert reward(completions=["a"]) == [None]
    assert reward.verdicts[0].info["error"] == "KeyError"


def test_a_function_of_a_whole_batch_is_refused_with_what_is_wanted() -> None:
    def trainers(prompts: list[str], completions: list[str], **columns: Any) -> list[float]:
        return [0.0] * len(completions)

    with pytest.raises(BadParameter, match=r"trainers\(prompts.*wanted a function of one sample.*@rewardkit\.verifier"):
        RewardFunction(trainers)


def test_a_score_out_of_range_is_an_error_and_no_reward() -> None:
    reward = RewardFunction(lambda sample: 2)
    assert reward(completions=["a"]) == [None]
    assert "outside of -1 to 1" in reward.verdicts[0].info["message"]


def test_a_verifier_without_a_name_is_refused_at_construction() -> None:
    class Nameless:
        def verify(self, samples: Any) -> list[Verdict]:
            return [Verdict.scored(1.0) for _ in samples]

    with pytest.raises(BadParameter, match="has no name"):
        RewardFunction(Nameless())
