"""verl's own functions (0.9): the same numbers where they are right, and what they give where they are not.

Runs where verl is installed: `pip install --no-deps verl==0.9.1 tensordict codetiming hydra-core omegaconf pyvers` beside torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from rewardkit.advantages import group_advantages

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

EPS, TOKENS = 1e-6, 7


@pytest.fixture(scope="module")
def verl() -> Any:
    return pytest.importorskip("verl.trainer.ppo.core_algos", exc_type=ImportError)


def batch(rewards: list[float], ids: list[str], lengths: list[int] | None = None) -> tuple[dict[str, Any], torch.Tensor]:
    """What verl passes around: rewards on each completion's last token, the mask of the completions, the uids; and the mask."""
    sizes = torch.tensor(lengths or [TOKENS] * len(rewards))
    mask = (torch.arange(TOKENS) < sizes[:, None]).long()
    tokens = torch.zeros(len(rewards), TOKENS)
    tokens[torch.arange(len(rewards)), sizes - 1] = torch.tensor(rewards)
    return {"token_level_rewards": tokens, "response_mask": mask, "index": np.array(ids, dtype=object)}, mask


REWARDS = [1.0, 0.0, 0.5, 0.25, 1.0, 0.0, 0.0, 1.0, 0.125, 0.75, 0.5]
IDS = list("abcbacabcab")
LENGTHS = [3, 7, 1, 2, 5, 4, 6, 7, 2, 1, 3]


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs.float(), rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize(
    ("function", "theirs", "ours"),
    [
        ("compute_grpo_outcome_advantage", {}, {"estimator": "grpo"}),
        ("compute_grpo_outcome_advantage", {"norm_adv_by_std_in_grpo": False}, {"estimator": "dr_grpo"}),
        ("compute_rloo_outcome_advantage", {}, {"estimator": "rloo"}),
        ("compute_rloo_vectorized_outcome_advantage", {}, {"estimator": "rloo"}),
        ("compute_opo_outcome_advantage", {}, {"estimator": "opo"}),
        ("compute_grpo_passk_outcome_advantage", {"config": {}}, {"estimator": "passk"}),
        (
            "compute_grpo_passk_outcome_advantage",
            {"config": {"norm_adv_by_std_in_grpo": False}},
            {"estimator": "passk", "scale": "none"},
        ),
    ],
)
def test_where_verl_is_right(verl, function, theirs, ours):
    rewards = [1.0, 0.0, 0.5, 0.25, 0.875, 0.0, 0.0, 1.0, 0.125, 0.75, 0.5]
    rewards = [r + i / 128 for i, r in enumerate(rewards)] if "passk" in function else rewards
    given, mask = batch(rewards, IDS, LENGTHS)
    expected, _ = getattr(verl, function)(**given, epsilon=EPS, **theirs)
    close(group_advantages(rewards, group_ids=IDS, token_mask=mask, eps=EPS, **ours).advantages, expected)


def test_gpg_where_no_reward_is_zero(verl):
    rewards = [1.0, -1.0, 0.5, 0.25, 1.0, -0.5, -1.0, 1.0, 0.125, 0.75, 0.5]
    given, mask = batch(rewards, IDS, LENGTHS)
    expected, _ = verl.compute_gpg_outcome_advantage(**given)
    close(group_advantages(rewards, group_ids=IDS, token_mask=mask, estimator="gpg").advantages, expected)


def test_whitening_over_tokens(verl):
    """verl adds 1e-8 to the variance, which is nothing here."""
    given, mask = batch(REWARDS, IDS, LENGTHS)
    options = {"group_ids": IDS, "token_mask": mask, "whiten": "tokens", "eps": 0.0}
    expected, _ = verl.compute_reinforce_plus_plus_baseline_outcome_advantage(**given)
    close(group_advantages(REWARDS, estimator="reinforce_pp", **options).advantages, expected)
    expected, _ = verl.compute_gdpo_outcome_advantage(**given, epsilon=0.0)
    close(group_advantages(REWARDS, estimator="gdpo", **options).advantages, expected)


def test_remax_with_the_reward_at_the_end(verl):
    given, mask = batch(REWARDS, IDS, LENGTHS)
    del given["index"]
    baseline = torch.tensor([0.25] * 5 + [0.5] * 6)
    expected, _ = verl.compute_remax_outcome_advantage(**given, reward_baselines=baseline)
    close(group_advantages(REWARDS, estimator="remax", baseline=baseline, token_mask=mask).advantages, expected)


@pytest.mark.parametrize("value", [0.9, 1.1, 0.1])
def test_equal_rewards_are_not_zero_there(verl, value):
    rewards = [value] * 12
    given, _ = batch(rewards, ["a"] * 12)
    theirs, _ = verl.compute_grpo_outcome_advantage(**given)
    assert theirs.abs().max() > 1e-3
    assert not group_advantages(rewards, group_size=12, eps=EPS).advantages.any()


def test_a_single_row_gets_its_raw_reward_there_or_nothing(verl):
    given, mask = batch([1.0, 0.0, 1.0], ["a", "a", "b"])
    for function, found in (
        ("compute_grpo_outcome_advantage", 1.0),
        ("compute_rloo_outcome_advantage", 1.0),
        ("compute_rloo_vectorized_outcome_advantage", 0.0),
        ("compute_opo_outcome_advantage", 1.0),
    ):
        theirs, _ = getattr(verl, function)(**given)
        assert theirs[2, 0].item() == pytest.approx(found, abs=1e-5), function
    for estimator in ("grpo", "rloo", "opo"):
        ours = group_advantages([1.0, 0.0, 1.0], group_ids=["a", "a", "b"], estimator=estimator, token_mask=mask)
        assert not ours.advantages[2].any()
        assert ours.degenerate.tolist() == [False, True]


def test_a_missing_reward_poisons_its_group_there(verl):
    given, _ = batch([1.0, 0.0, float("nan"), 0.5], ["a"] * 4)
    theirs, _ = verl.compute_grpo_outcome_advantage(**given)
    assert theirs.isnan().any(dim=1).all()
    with pytest.raises(RuntimeError, match="NoneType"):
        batch([1.0, 0.0, None, 0.5], ["a"] * 4)  # type: ignore[list-item]
    ours = group_advantages([1.0, 0.0, None, 0.5], group_ids=["a"] * 4)
    assert ours.advantages.tolist() == pytest.approx([0.99980, -0.99980, 0.0, 0.0], abs=1e-4)


def test_gpg_counts_failures_and_not_groups_that_teach_nothing_there(verl):
    """Half of the rows of an evenly split group are wrong; verl doubles its gradient for that alone."""
    given, _ = batch([1.0, 0.0, 1.0, 0.0], ["a"] * 4)
    theirs, _ = verl.compute_gpg_outcome_advantage(**given)
    assert theirs[0, 0].item() == 1.0
    assert group_advantages([1.0, 0.0, 1.0, 0.0], group_size=4, estimator="gpg").advantages[0].item() == 0.5


def test_the_vectorised_form_floors_the_variance_and_allocates_by_the_largest_id(verl):
    from verl.utils.groupwise import as_torch_index, group_mean_std

    scores = torch.tensor([0.0, 1e-3, 0.0, 1e-3])
    _, std, _ = group_mean_std(scores, torch.zeros(4, dtype=torch.long), device="cpu")
    assert std.item() == pytest.approx(1e-3)  # the floor of 1e-6 on the variance, not 5.8e-4
    ours = group_advantages(scores, group_size=4)
    assert ours.std.item() == pytest.approx(5.7735e-4, rel=1e-4)
    ids = as_torch_index(np.array([0, 10_000_000, 0, 10_000_000]), device="cpu")
    assert group_mean_std(scores, ids, device="cpu")[0].shape == (10_000_001,)
    assert group_advantages(scores, group_ids=np.array([0, 10_000_000, 0, 10_000_000])).mean.shape == (2,)
