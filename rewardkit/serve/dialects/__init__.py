"""The protocols that the service speaks, a file each: what is posted, which rows that is, and what goes back."""

from rewardkit.serve.dialects import nemo_gym, openrlhf, pooling, rewards, slime

__all__ = ["DIALECTS"]

DIALECTS = (rewards.DIALECT, openrlhf.DIALECT, slime.DIALECT, nemo_gym.VERIFY, nemo_gym.SEED, pooling.SCORE, pooling.POOLING)
"""In the order in which the service's pages name them."""
