"""The real OpenRLHF: the client of its rollout engines calls our file, or our service, and gets what TRL gets."""

from __future__ import annotations

import asyncio
import importlib.abc
import json
import sys
import types
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from at_url import service
from thousand import Row, rows

import rewardkit
from rewardkit.adapters import openrlhf

needs_it = pytest.mark.skipif(find_spec("openrlhf") is None, reason="needs openrlhf: make test-adapters")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")


class Engine:
    """Stands where vLLM does: it says what it was told to say."""

    def __init__(self, completions: dict[str, str], tokenizer: Any) -> None:
        self.completions = completions
        self.tokenizer = tokenizer

    async def generate(self, prompt_token_ids: list[int], *_: Any, **__: Any) -> Any:
        text = self.completions[self.tokenizer.decode(prompt_token_ids)] + self.tokenizer.eos_token
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return SimpleNamespace(outputs=[SimpleNamespace(token_ids=ids, finish_reason="stop", logprobs=None)])


def rollouts(endpoint: str, own: list[Row], folder: Path, labels: list[Any], max_length: int = 4096) -> list[dict[str, Any]]:
    """What OpenRLHF's own executor makes of the rows, its reward client included."""
    from openrlhf.utils.agent import SingleTurnAgentExecutor
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    engine = Engine({row.prompt: row.completion for row in own}, tokenizer)
    executor = SingleTurnAgentExecutor(endpoint)
    sampling = SimpleNamespace(max_tokens=1024, logprobs=None)

    async def run() -> list[dict[str, Any]]:
        at_once = asyncio.Semaphore(32)  # as an engine takes so many sequences at a time

        async def one(row: Row, label: Any) -> dict[str, Any]:
            async with at_once:
                done: dict[str, Any] = await executor.execute(row.prompt, label, sampling, max_length, tokenizer, engine)
                return done

        return list(await asyncio.gather(*(one(row, label) for row, label in zip(own, labels, strict=True))))

    return asyncio.run(run())


@needs_it
def test_its_client_gets_the_same_rewards_from_our_file(bytes_tokenizer: Path) -> None:
    own = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in own], answer=[r.answer for r in own])
    got = rollouts(str(openrlhf.__file__), own, bytes_tokenizer, [r.answer for r in own])
    assert [float(row["reward"]) for row in got] == [0.0 if score is None else score for score in expected]
    assert [float(row["scores"]) for row in got] == [float(row["reward"]) for row in got]
    assert [float(row["extra_logs"]["scored"]) for row in got] == [float(score is not None) for score in expected]
    assert {frozenset(row["extra_logs"]) for row in got} == {frozenset({"scored", "abstained", "error"})}


@needs_it
@pytest.mark.skipif(find_spec("rewardkit.serve") is None, reason="needs the service")
def test_its_client_gets_the_same_rewards_from_our_service(bytes_tokenizer: Path) -> None:
    own = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in own], answer=[r.answer for r in own])
    with service("--unscored", "0") as url:
        got = rollouts(f"{url}/get_reward", own, bytes_tokenizer, [r.answer for r in own])
    assert [row["reward"] for row in got] == [[0.0 if score is None else score] for score in expected]


@needs_it
def test_a_file_of_ones_own_sets_recipe_and_options(bytes_tokenizer: Path, tmp_path: Path) -> None:
    file = tmp_path / "reward_func.py"
    file.write_text(
        "from rewardkit.adapters.openrlhf import reward_function\n"
        f"reward_func = reward_function('auto', unscored=0.5, trace={str(tmp_path / 'trace.jsonl')!r})\n"
    )
    own = rows(40)
    labels = [json.dumps({"answer": row.answer, "source": row.source}) for row in own]
    got = rollouts(str(file), own, bytes_tokenizer, labels)
    unscored = [row for row in got if not float(row["extra_logs"]["scored"])]
    assert unscored
    assert {float(row["reward"]) for row in unscored} == {0.5}
    assert len((tmp_path / "trace.jsonl").read_text().splitlines()) == 40


@needs_torch
def test_a_batch_comes_back_in_the_form_it_reads() -> None:
    result = openrlhf.reward_func(["2+2?The answer is 4.<|im_end|>", "3+3?5</s>"], ["2+2?", "3+3?"], ["4", "6"])
    assert result["rewards"].tolist() == result["scores"].tolist() == [1.0, 0.0]
    assert {name: values.tolist() for name, values in result["extra_logs"].items()} == {
        "scored": [1.0, 1.0],
        "abstained": [0.0, 0.0],
        "error": [0.0, 0.0],
    }


@needs_torch
def test_an_empty_batch_is_empty() -> None:
    assert openrlhf.reward_func([], [], [])["rewards"].shape == (0,)


def test_a_query_that_does_not_begin_with_its_prompt_is_the_completion_itself() -> None:
    told = openrlhf.reward_func(["The answer is 8."], ["A prompt that is not there: 7 or 8?"], ["8"])
    assert told["rewards"].tolist() == [1.0]


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules in place of packages that only build beside a GPU, where they are not installed."""

    ROOTS = ("flash_attn", "deepspeed", "vllm")

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        return ModuleSpec(fullname, self, is_package=True) if fullname.split(".")[0] in self.ROOTS else None

    def create_module(self, spec: Any) -> types.ModuleType:
        def anything(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

        module = types.ModuleType(spec.name)
        module.__getattr__ = anything  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass

    def forget(self) -> None:
        """Take the empty modules out again: other tests ask whether the real ones are there."""
        for name, module in list(sys.modules.items()):
            if getattr(getattr(module, "__spec__", None), "loader", None) is self:
                del sys.modules[name]


def its_advantages(rewards: list[float], size: int, estimator: str, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the real experience maker computes at the last token of each completion, without a KL term and without the division by
    the batch's deviation that follows for reinforce_baseline; what is left of that, the batch's mean, is 0.

    Its module imports packages that only build beside a GPU; the computation uses none of them.
    """
    import torch

    absent = Absent()
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, absent])
    from openrlhf.trainer.ppo_utils import experience_maker
    from openrlhf.trainer.ppo_utils.experience import Experience

    absent.forget()

    count = len(rewards)
    advantage = SimpleNamespace(estimator=estimator, gamma=1.0, lambd=1.0, no_std_norm=True)
    rollout = SimpleNamespace(n_samples_per_prompt=size)
    args = SimpleNamespace(algo=SimpleNamespace(advantage=advantage), rollout=rollout, reward=NoPenalty())
    experience = Experience(
        index=list(range(count)),
        rewards=torch.tensor(rewards),
        action_mask=torch.ones(count, 3),
        kl=torch.zeros(count, 3),
        info={},
    )
    maker = experience_maker.RemoteExperienceMaker.__new__(experience_maker.RemoteExperienceMaker)
    maker.strategy, maker.args, maker.advantage_estimator = SimpleNamespace(args=args), args, estimator
    maker.kl_ctl = SimpleNamespace(value=0.0)
    return list(maker.compute_advantages_and_returns([experience])[0].advantages[:, -1].tolist())


class NoPenalty(SimpleNamespace):
    """Reward settings of which every one is off."""

    def __getattr__(self, name: str) -> None:
        return None


GROUPS = [1.0, 0.0, 0.3, 0.7, 0.0, 1.0, 1.0, 0.2]


@needs_it
@pytest.mark.parametrize("estimator", ["group_norm", "dr_grpo", "rloo", "reinforce_baseline"])
def test_shaped_rewards_are_its_own_where_it_is_right(estimator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    theirs = its_advantages(GROUPS, 4, estimator, monkeypatch)
    ours = openrlhf.shaped_rewards(torch.tensor(GROUPS), 4, estimator)
    assert ours.tolist() == pytest.approx(theirs, rel=1e-5, abs=1e-6)
    assert max(map(abs, theirs)) > 0.3


@needs_it
def test_equal_rewards_give_nothing_where_it_gives_nearly_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    theirs = its_advantages([0.9] * 8, 8, "group_norm", monkeypatch)
    assert max(map(abs, theirs)) > 0.9
    assert not openrlhf.shaped_rewards(torch.tensor([0.9] * 8), 8, "group_norm").any()


@needs_torch
def test_a_row_without_a_verdict_is_out_of_the_baseline() -> None:
    import torch

    shaped = openrlhf.shaped_rewards(torch.tensor([1.0, 0.0, torch.nan, 0.5]), 4, "dr_grpo")
    assert shaped.tolist() == [0.5, -0.5, 0.0, 0.0]


@needs_torch
def test_another_estimator_is_named() -> None:
    import torch

    with pytest.raises(rewardkit.UnknownName, match="gae"):
        openrlhf.shaped_rewards(torch.zeros(2), 2, "gae")
