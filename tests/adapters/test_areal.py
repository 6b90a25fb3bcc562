"""The real AReaL: its wrapper, which calls rewards in worker processes, gets what TRL gets."""

from __future__ import annotations

import asyncio
import pickle
from importlib.util import find_spec

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import areal

pytestmark = pytest.mark.skipif(find_spec("areal") is None, reason="needs areal: make test-adapters-gym")


def test_a_thousand_rows_get_the_same_rewards_through_its_wrapper() -> None:
    from areal.api.reward_api import AsyncRewardWrapper

    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    call = AsyncRewardWrapper(areal.RewardFn("auto", unscored=-0.5), timeout_seconds=120, max_workers=2)

    async def all_of_them() -> list[float]:
        return await asyncio.gather(*(call(r.prompt, r.completion, [1], [2, 3], answer=r.answer, messages=[]) for r in given))

    assert asyncio.run(all_of_them()) == [-0.5 if e is None else e for e in expected]


def test_its_workflow_finds_the_reward_by_its_path() -> None:
    from areal.utils.dynamic_import import import_from_string

    found = import_from_string("rewardkit.adapters.areal.auto")
    row = {"messages": [{"role": "user", "content": "Which?"}], "answer": "Stone", "choices": ["River", "Stone"]}
    assert found("Which?", "<answer>B</answer><|im_end|>", [1], [2], **row) == 1.0


def test_it_pickles() -> None:
    again = pickle.loads(pickle.dumps(areal.RewardFn("auto", unscored=-1.0)))
    assert again("?", "Another tale.", [1], [2], answer="A long tale that no rule can tell from another.") == -1.0
