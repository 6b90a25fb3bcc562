"""Published rewards against values worked out by hand from paper and code; their tables; their parts."""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import rewardkit
from rewardkit import recipes
from rewardkit.recipes.parts.published import published

CASES = [
    pytest.param(path.stem, json.loads(line), id=f"{path.stem}-{json.loads(line)['why']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
OURS = {"auto"}


def saying(said: Any) -> Any:
    """A client that says yes or no, or true or false, to each id it is asked about, or else the words themselves."""
    from rewardkit.testing import ScriptedClient

    def reply(request: Any) -> str:
        ids = request.schema["required"] if request.schema else []
        if ids and said in ("yes", "no"):
            return json.dumps(dict.fromkeys(ids, said))
        return json.dumps(dict(zip(ids, said, strict=True))) if isinstance(said, list) else str(said)

    return ScriptedClient(reply)


def verdict_of(
    name: str,
    completion: str,
    answer: Any,
    *,
    prompt: str = "What is it?",
    columns: Mapping[str, Any] | None = None,
    **options: Any,
) -> rewardkit.Verdict:
    judges = {
        key: saying(options[key]) for key in ("judge", "path_judge") if key in options and not hasattr(options[key], "name")
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        reward = rewardkit.load(name, **{**({"judge_canaries": 0} if judges else {}), **options, **judges})
    row = {key: [value] for key, value in {"answer": answer, **(columns or {})}.items()}
    reward(prompts=[prompt], completions=[completion], completion_ids=[list(range(100))], **row)
    return reward.verdicts[0]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_reward_is_what_paper_or_code_says(name: str, case: dict[str, Any]) -> None:
    asked = {key: case[key] for key in ("prompt", "columns") if key in case}
    verdict = verdict_of(name, case["completion"], case["answer"], **asked, **case.get("options", {}))
    assert verdict.score == (None if case["score"] is None else pytest.approx(case["score"]))
    assert verdict.reason == case.get("reason", verdict.reason)


def test_every_recipe_has_its_table_and_every_table_its_recipe() -> None:
    assert set(published()) | OURS == set(recipes.names())
    assert all(line.certainty in ("code", "paper", "review", "unknown") for one in published().values() for line in one.lines)


@pytest.mark.parametrize("name", sorted(set(published()) - {"wethink"}))
def test_a_published_reward_pickles_and_says_what_it_is(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        reward = rewardkit.load(name)
    assert reward.__name__ == name
    again = pickle.loads(pickle.dumps(reward))
    row: dict[str, Any] = {
        "completions": ["<think>a</think>b<answer>42</answer>"],
        "answer": ["42"],
        "completion_ids": [[1] * 9],
        "task": ["counting"],
    }
    assert again(**row) == reward(**row)


@pytest.mark.parametrize("name", sorted(set(published())))
def test_every_recipe_hands_its_judge_the_canaries(name: str) -> None:
    from rewardkit.errors import BadParameter
    from rewardkit.testing import ScriptedJudge

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        rewardkit.load(name, judge=saying("yes"), judge_canaries=0)
        with pytest.raises(BadParameter, match="judge_canaries=3"):
            rewardkit.load(name, judge=ScriptedJudge([]), judge_canaries=3)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_keeps_the_contract(name: str) -> None:
    from rewardkit.testing import check_verifier, sample

    row = {"answer": "42", "task": "counting", "reward": "rule"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        verifier = recipes.build(name)
    right, wrong = sample(completion="<think>I look.</think><answer>42</answer>", **row), sample(completion="41", **row)
    check_verifier(verifier, right=[right], wrong=[wrong])


def test_a_policy_can_stuff_the_words_of_revisual_and_the_recipe_warns() -> None:
    with pytest.warns(UserWarning, match="words that a policy can stuff"):
        rewardkit.load("revisual_r1")
    stuffed = verdict_of("revisual_r1", "mistake " * 40 + "\\boxed{41}", "42")
    plain = verdict_of("revisual_r1", "\\boxed{41}", "42")
    assert stuffed.info["parts"]["revisual_r1.self_critic"]["score"] == 1.0
    assert stuffed.score is not None
    assert plain.score is not None
    assert stuffed.score > plain.score


def test_the_length_of_revisual_is_paid_to_wrong_answers_too() -> None:
    # 100 tokens: 0.005 · (150 − 100) + 0.5 = 0.75
    for answer, right in (("42", 0.8), ("41", 0.0)):
        verdict = verdict_of("revisual_r1", answer, "42", words=False, budget=150)
        assert verdict.score == pytest.approx(right + 0.05 + 0.05 * 0.75)


def test_general_reasoner_takes_tokens_as_it_is_told() -> None:
    assert verdict_of("general_reasoner", "\\boxed{42}", "42", tokens=len).score == 1.0
    # "4.2e1" and "42" are five and two characters
    assert verdict_of("general_reasoner", "\\boxed{42.0}", "42", tokens=len).score == pytest.approx(1 - 0.05 * 2)


def test_general_reasoner_asks_no_judge_about_nothing() -> None:
    from rewardkit.testing import ScriptedClient

    asked: list[Any] = []

    def yes(request: Any) -> str:
        asked.append(request)
        return "yes"

    judge = ScriptedClient(yes, name="scripted")
    verdict = verdict_of("general_reasoner", "<answer></answer>", "a red kite", judge=judge)
    assert (verdict.score, verdict.reason) == (-0.5, "no_answer")
    assert not any("kite" in str(one) and "<answer></answer>" in str(one) for one in asked)
