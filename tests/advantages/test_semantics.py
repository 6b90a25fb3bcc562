"""What the documentation promises of `group_advantages`, case by case."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import HANG_S
from peers import exact_grpo

from rewardkit.advantages import ESTIMATORS, group_advantages
from rewardkit.errors import BadParameter, UnknownName, WrongLength

NAN = float("nan")
EXTRA = {"opo": {"lengths": [3, 1, 4, 1, 5, 9, 2, 6]}, "remax": {"baseline": [0.5] * 8}}
WITH_BASELINE = [name for name in ESTIMATORS if name != "remax"]


def advantages(rewards, **options):
    return group_advantages(rewards, **options).advantages.tolist()


def extra(name, count=8):
    return {key: value[:count] for key, value in EXTRA.get(name, {}).items()}


@pytest.mark.parametrize("estimator", WITH_BASELINE)
@pytest.mark.parametrize("value", [0.0, 0.1, 0.7, 0.9, 1.1, -0.3, 1e-30, 12345.678, 3e38])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_equal_rewards_teach_exactly_nothing(estimator, value, size):
    found = group_advantages([value] * size, group_size=size, estimator=estimator, eps=1e-12, **extra(estimator, size))
    assert found.advantages.tolist() == [0.0] * size
    assert found.degenerate.tolist() == [True]
    assert found.kept.tolist() == [False] * size
    assert found.scored.tolist() == [True] * size


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_an_unscored_row_is_as_if_it_were_not_there(estimator):
    rewards = [1.0, 0.0, 0.25, 0.0, 1.0, 1.0, 0.0, 0.5]
    ids = [0, 0, 0, 1, 1, 1, 1, 1]
    options = {"estimator": estimator, **extra(estimator)}
    with_none = [*rewards[:5], None, *rewards[6:]]
    found = group_advantages(with_none, group_ids=ids, **options)
    left = [0, 1, 2, 3, 4, 6, 7]
    fewer = {key: [value[i] for i in left] if isinstance(value, list) else value for key, value in options.items()}
    expected = group_advantages([rewards[i] for i in left], group_ids=[ids[i] for i in left], **fewer)
    assert torch.equal(found.advantages[left], expected.advantages)
    assert found.advantages[5] == 0
    assert not found.scored[5]
    assert not found.kept[5]
    assert torch.equal(found.mean, expected.mean)
    assert torch.equal(found.std, expected.std)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_batch_without_a_reward_gives_zeros(estimator):
    found = group_advantages([None] * 8, group_size=4, estimator=estimator, **extra(estimator))
    assert found.advantages.tolist() == [0.0] * 8
    assert not found.scored.any()
    assert not found.kept.any()
    if estimator != "remax":
        assert found.degenerate.all()
    assert found.mean.tolist() == found.std.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_no_rows_at_all(estimator):
    found = group_advantages([], group_size=4, estimator=estimator, **extra(estimator, 0))
    assert found.advantages.shape == (0,)
    assert found.mean.shape == found.degenerate.shape == (0,)
    tokens = group_advantages([], group_ids=[], estimator=estimator, token_mask=torch.ones(0, 3), **extra(estimator, 0))
    assert tokens.advantages.shape == (0, 3)


@pytest.mark.parametrize("estimator", WITH_BASELINE)
def test_a_group_of_one_gives_zero_and_is_flagged(estimator):
    found = group_advantages([1.0, 0.0, 0.5, 1.0], group_ids=["a", "b", "a", "a"], estimator=estimator, **extra(estimator, 4))
    assert found.advantages[1] == 0
    assert found.degenerate.tolist() == [False, True]
    assert found.std[1] == 0
    assert found.kept.tolist() == [True, False, True, True]


def test_the_spread_decides_and_not_the_deviation():
    below = group_advantages([1.0, 1.0 + 5e-7, 1.0], group_size=3, eps=1e-9)
    above = group_advantages([1.0, 1.0 + 5e-6, 1.0], group_size=3, eps=1e-9)
    assert below.degenerate.item()
    assert not below.advantages.any()
    assert not above.degenerate.item()
    assert above.advantages[1] > 1
    assert not group_advantages([1.0, 1.0 + 5e-7, 1.0], group_size=3, tol=0).degenerate.item()
    # Relative to the largest: a spread of one is nothing beside ten millions.
    assert group_advantages([1e7, 1e7 + 1], group_size=2).degenerate.item()


def test_the_formulas_on_one_group_by_hand():
    rewards = [1.0, 0.0, 0.0, 0.5]  # mean 0.375, deviation sqrt(0.6875 / 3)
    std = (0.6875 / 3) ** 0.5
    by_hand = {
        "grpo": [0.625 / std, -0.375 / std, -0.375 / std, 0.125 / std],
        "dr_grpo": [0.625, -0.375, -0.375, 0.125],
        "rloo": [1 - 0.5 / 3, -0.5, -0.5, 0.5 - 1 / 3],
        "gdpo": [0.625 / std, -0.375 / std, -0.375 / std, 0.125 / std],
        "reinforce_pp": [0.625 / std, -0.375 / std, -0.375 / std, 0.125 / std],
        "opo": [0.5, -0.5, -0.5, 0.0],  # lengths 4, 2, 2, 2: (4·1 + 2·½) / 10 = ½
        "gpg": [0.625, -0.375, -0.375, 0.125],
        "passk": [0.5 / std, 0.0, 0.0, 0.0],
        "maxrl": [0.625 / 0.375, -1.0, -1.0, 0.125 / 0.375],
        "remax": [0.75, -0.25, -0.25, 0.25],
    }
    by_hand["dapo"] = by_hand["grpo"]
    options = {"opo": {"lengths": [4, 2, 2, 2]}, "remax": {"baseline": [0.25] * 4}}
    assert set(by_hand) == set(ESTIMATORS)
    for name, expected in by_hand.items():
        found = advantages(rewards, group_size=4, estimator=name, eps=0.0, **options.get(name, {}))
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-7), name


def test_gpg_makes_up_for_groups_that_teach_nothing():
    rewards = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    assert advantages(rewards, group_size=4, estimator="gpg")[:4] == pytest.approx([1.5, -0.5, -0.5, -0.5])


def test_nobody_leads_a_tie():
    assert advantages([1.0, 1.0, 0.0], group_size=3, estimator="passk") == [0.0, 0.0, 0.0]


def test_maxrl_has_nothing_to_say_of_a_group_that_failed():
    found = group_advantages([1.0, -1.0, 1.0, 0.0], group_size=2, estimator="maxrl")
    assert found.degenerate.tolist() == [True, False]
    assert found.advantages[:2].tolist() == [0.0, 0.0]


def test_several_rewards_are_summed_by_weight_over_those_given():
    table = [[1.0, 0.5], [0.0, None], [None, None], [None, 1.0]]
    found = group_advantages(table, group_size=4, weights=[0.7, 0.3], scale="none")
    sums = [0.85, 0.0, None, 0.3]
    assert found.advantages.tolist() == pytest.approx(advantages(sums, group_size=4, scale="none"), abs=1e-6)
    assert found.scored.tolist() == [True, True, False, True]
    named = {"right": [1.0, 0.0, None, None], "form": [0.5, None, None, 1.0]}
    same = group_advantages(named, group_size=4, weights={"form": 0.3, "right": 0.7}, scale="none")
    assert torch.equal(found.advantages, same.advantages)
    gdpo = group_advantages(named, group_size=4, estimator="gdpo", eps=0.0)
    # Each column has two rows, ±1/√2 of its deviation, and the whitening keeps the proportions.
    one = gdpo.advantages[3].item()
    assert gdpo.advantages.tolist() == pytest.approx([0.0, -one, 0.0, one], abs=1e-6)
    assert one > 0


def test_every_kind_of_rewards_is_read_alike():
    listed = [1.0, None, 0.0, 0.5]
    expected = group_advantages(listed, group_size=4).advantages
    bare = [1.0, NAN, 0.0, 0.5]
    for given_as in (
        np.array(bare),
        np.array(bare, dtype=np.float16),
        np.array(listed, dtype=object),
        torch.tensor(bare, dtype=torch.float64),
        torch.tensor(bare, dtype=torch.bfloat16),
        torch.tensor([bare, bare]).T[:, 1],
        [[r] for r in listed],
        {"only": listed},
    ):
        assert torch.equal(group_advantages(given_as, group_size=4).advantages, expected)
    assert advantages([True, False], group_size=2, scale="none") == [0.5, -0.5]
    assert advantages(torch.tensor([1, 0]), group_size=2, scale="none") == [0.5, -0.5]


IDS = [3, 1, 3, 1, 2, 3]


@pytest.mark.parametrize(
    "ids",
    [
        IDS,
        np.array(IDS),
        torch.tensor(IDS, dtype=torch.int32),
        [2**62 + i for i in IDS],
        [2**80 + i for i in IDS],
        [-(2**62) * (i - 2) - 1 for i in IDS],
        torch.tensor(IDS) * 2**60 - 2**62,
        np.array(IDS, dtype=np.uint64) + np.uint64(2**63),
        [f"prompt {i}" for i in IDS],
        np.array([f"prompt {i}" for i in IDS]),
        np.array([str(uuid.UUID(int=i)) for i in IDS], dtype=object),
        [uuid.UUID(int=i) for i in IDS],
        ["a" + "\0" * i for i in IDS],
        ["1", 1, "1", 1, "one", "1"],
    ],
)
def test_any_ids_in_any_order(ids):
    rewards = [1.0, 1.0, 0.0, 0.0, 1.0, 0.5]
    found = group_advantages(rewards, group_ids=ids)
    assert found.group.tolist() == [0, 1, 0, 1, 2, 0]
    assert found.mean.tolist() == [0.5, 0.5, 1.0]
    assert found.degenerate.tolist() == [False, False, True]
    assert found.advantages.tolist() == pytest.approx(exact_grpo(rewards, found.group.tolist()))


rewards_in_floats = st.lists(st.one_of(st.none(), st.floats(-100, 100, width=32)), min_size=1, max_size=40)


@settings(deadline=None)
@given(rewards_in_floats, st.data(), st.sampled_from(["group", "batch", "none"]))
def test_agrees_with_exact_arithmetic(rewards, data, scale):
    ids = data.draw(st.lists(st.integers(0, 6), min_size=len(rewards), max_size=len(rewards)))
    found = advantages(rewards, group_ids=ids, scale=scale)
    assert found == pytest.approx(exact_grpo(rewards, ids, scale), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
@pytest.mark.parametrize("factor", [1e-20, 1e-3, 1e3, 1e15])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_huge_and_tiny_rewards(scale, factor, offset):
    rewards = torch.tensor([0.0, 1.0, 3.0, 2.0, 7.0, 5.0]) * factor + offset
    found = advantages(rewards, group_size=3, scale=scale, eps=0.0, tol=0.0)
    expected = exact_grpo(rewards.tolist(), [0, 0, 0, 1, 1, 1], scale, eps=0.0, tol=0.0)
    assert found == pytest.approx(expected, rel=1e-6)


def test_one_million_rows_in_uneven_groups():
    generator = torch.Generator().manual_seed(0)
    rewards = torch.rand(1_000_000, generator=generator)
    ids = torch.randint(0, 90_000, (1_000_000,), generator=generator) * 7919
    found = group_advantages(rewards, group_ids=ids)
    rows = (found.group == found.group[123_456]).nonzero()[:, 0]
    assert found.advantages[rows].tolist() == pytest.approx(exact_grpo(rewards[rows].tolist(), [0] * len(rows)), rel=1e-6)
    assert bool(found.advantages.isfinite().all())


def test_clip_is_the_last_thing():
    assert advantages([1.0] + [0.0] * 7, group_size=8, clip=1.0)[0] == 1.0
    assert advantages([0.0] + [1.0] * 7, group_size=8, clip=1.0)[0] == -1.0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "give group_size"),
        ({"group_size": 2, "group_ids": [1, 1, 1, 1]}, "both group_size and group_ids"),
        ({"group_size": 3}, "give group_ids"),
        ({"group_size": 0}, "group_size is 0"),
        ({"group_ids": [1.0, 1.0, 2.0, 2.0]}, "1.0 is no group id"),
        ({"group_ids": [None, "a", "a", None]}, "None is no group id"),
        ({"group_ids": torch.rand(4)}, "integers or strings"),
        ({"group_size": 2, "scale": "std"}, "scale is 'std'"),
        ({"group_size": 2, "scale": "group", "estimator": "dr_grpo"}, "give 'none'"),
        ({"group_size": 2, "scale": "none", "estimator": "gdpo"}, "a scale of its own"),
        ({"group_size": 2, "ddof": 2}, "ddof is 2"),
        ({"group_size": 2, "eps": -1.0}, "eps is -1.0"),
        ({"group_size": 2, "tol": NAN}, "tol is nan"),
        ({"group_size": 2, "estimator": "opo"}, "lengths are needed"),
        ({"group_size": 2, "estimator": "opo", "lengths": [1, 2, -3, 4]}, "0 or more"),
        ({"group_size": 2, "estimator": "remax"}, "needs a baseline"),
        ({"group_size": 2, "baseline": [0.0] * 4}, "takes no baseline"),
        ({"group_size": 2, "whiten": "groups"}, "'rows' or 'tokens'"),
        ({"group_size": 2, "backend": "gpu"}, "backend is 'gpu'"),
        ({"group_size": 2, "token_dtype": torch.float16}, r"torch\.bfloat16"),
        ({"group_size": 2, "token_mask": torch.ones(4)}, r"give \(B, T\)"),
        ({"group_size": 2, "cu_seqlens": torch.tensor([0, 3, 2, 4, 5])}, "must ascend"),
        ({"group_size": 2, "cu_seqlens": torch.tensor([0, 1, 2, 3, 4]), "token_mask": torch.ones(4, 2)}, "both"),
        ({"group_size": 2, "weights": [NAN]}, "finite number"),
        ({"group_size": 2, "weights": {"a": 1.0}}, "by the same names"),
    ],
)
def test_what_cannot_be_used_is_said(options, says):
    with pytest.raises(BadParameter, match=says):
        group_advantages([1.0, 0.0, 1.0, 0.0], **options)


def test_what_is_not_as_long_as_the_batch_is_said():
    for options in (
        {"group_ids": [1, 1]},
        {"group_size": 2, "weights": [1.0, 1.0]},
        {"group_size": 2, "token_mask": torch.ones(3, 2)},
        {"group_size": 2, "cu_seqlens": torch.tensor([0, 1, 2])},
        {"group_size": 2, "estimator": "opo", "lengths": [1, 2]},
        {"group_size": 2, "estimator": "remax", "baseline": [1.0]},
    ):
        with pytest.raises(WrongLength, match="entries for a batch of"):
            group_advantages([1.0, 0.0, 1.0, 0.0], **options)


def test_an_infinite_reward_names_its_row():
    with pytest.raises(BadParameter, match=r"row 2 is inf in float32; give a finite number"):
        group_advantages([1.0, 0.0, float("inf"), 1.0], group_size=4)
    with pytest.raises(BadParameter, match=r"row 1, column 0 is -inf"):
        group_advantages([[1.0, 0.0], [-float("inf"), None]], group_size=2)
    with pytest.raises(BadParameter, match="cannot be read as numbers"):
        group_advantages([1.0, "high"], group_size=2)
    with pytest.raises(BadParameter, match=r"give \(B,\) or \(B, K\)"):
        group_advantages(torch.rand(2, 2, 2), group_size=2)


def test_an_unknown_estimator_offers_near_ones():
    with pytest.raises(UnknownName, match="'grpo'"):
        group_advantages([1.0], group_size=1, estimator="grop")


def test_nothing_given_is_changed_and_no_graph_is_kept():
    rewards = torch.tensor([1.0, NAN, 0.0, 0.5], requires_grad=True)
    mask = torch.ones(4, 2)
    before = rewards.detach().clone()
    found = group_advantages(rewards, group_size=4, token_mask=mask)
    assert torch.equal(rewards.detach().nan_to_num(nan=9), before.nan_to_num(nan=9))
    assert bool((mask == 1).all())
    assert not found.advantages.requires_grad


def test_without_torch_it_says_what_to_install():
    code = """
import sys
sys.modules["torch"] = None
import rewardkit
try:
    rewardkit.advantages
except rewardkit.MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=HANG_S)
    assert done.stdout.strip().endswith("pip install 'torch>=2.5' 'numpy'")


def test_the_page_lists_every_estimator_with_its_source():
    page = (Path(__file__).parents[2] / "docs" / "guide" / "advantages.md").read_text(encoding="utf-8")
    for name, estimator in ESTIMATORS.items():
        line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert estimator.source.removeprefix("arXiv ") in line
        assert (", ".join(estimator.scales) or "its own") in line
