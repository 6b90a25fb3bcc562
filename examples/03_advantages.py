"""From rewards to advantages: missing rewards, equal rewards, estimators, hooks and tokens. No GPU, key or download;
needs `pip install '.[advantages]'` in the clone.
"""

try:
    import torch

    from rewardkit.advantages import ESTIMATORS, DifficultyWeight, group_advantages
except ImportError as cause:
    raise SystemExit(f"{cause}. This example needs the extra `advantages`: pip install '.[advantages]' in the clone") from None

# Two prompts, their completions as they came back: out of order, one not scored, and one prompt to which all are right.
rewards = [1.0, 0.9, 0.0, None, 0.9, 0.0, 0.9, 0.9]
prompts = ["hard", "easy", "hard", "hard", "easy", "hard", "easy", "easy"]

found = group_advantages(rewards, group_ids=prompts)
for prompt, reward, advantage, kept in zip(prompts, rewards, found.advantages.tolist(), found.kept.tolist(), strict=True):
    print(f"{prompt}  reward {reward!s:4}  advantage {advantage:+.4f}  {'kept' if kept else 'left out'}")

# What plain float32 gives for the four equal rewards, with the small divisor of some trainers.
easy = torch.full((8,), 0.9)
print(f"eight times 0.9: ours {group_advantages(easy, group_size=8).advantages.abs().max():.4f}, ", end="")
print(f"(r - mean) / (std + 1e-9) {((easy - easy.mean()) / (easy.std() + 1e-9)).abs().max():.4f}")

needed = {"lengths": {"lengths": [120, 80, 200, 150, 90, 60, 110, 95]}, "baseline": {"baseline": [0.5] * 8}}
for name, estimator in ESTIMATORS.items():
    values = group_advantages(rewards, group_ids=prompts, estimator=name, **needed.get(estimator.needs, {})).advantages
    print(f"{name:12} {estimator.formula:48} {[round(value, 3) for value in values.tolist()]}")

# Two reward functions by name, a weight by difficulty, and the token tensor.
mask = torch.arange(6) < torch.tensor([2, 6, 3, 4])[:, None]
tokens = group_advantages(
    {"right": [1.0, 0.0, 1.0, 0.0], "form": [1.0, 1.0, None, 0.0]},
    weights={"right": 0.7, "form": 0.3},
    group_size=4,
    hooks=[DifficultyWeight(sigma=1.8, column="right")],
    token_mask=mask,
)
print(tokens.advantages)
