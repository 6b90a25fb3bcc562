"""What trainers' own advantages are at the edges, beside ours: `make test-adapters`, then in its environment this file.

`.venv-adapters-rl/bin/python -m benchmarks.advantages.bench_trainer_advantages` keeps rows in `data/trainer_advantages.csv`. The
numbers come from the trainers' own code, called as the tests in tests/adapters call it; NeMo RL's, of which the index holds but a
placeholder, were recorded once (tests/adapters/test_nemo_rl.py says from what).
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks.rows import ROOT, Row, keep, row

sys.path.insert(0, str(ROOT / "tests" / "adapters"))

import small
import test_nemo_rl
import test_openrlhf
import test_trl_advantages
import test_verl

CASES = {
    "8 rewards of 0.9": [0.9] * 8,
    "8 rewards of 0.1": [0.1] * 8,
    "one of 8 without a verdict": [math.nan, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0],
    "a group of one": [0.7],
    "1 right of 8": [1.0] + [0.0] * 7,
}


def trl(rewards: list[float], folder: Path) -> tuple[list[float], list[float]]:
    """GRPOTrainer's and the mixin's."""
    stock, ours, _ = test_trl_advantages.advantages(folder / "model", folder, [[reward] for reward in rewards])
    return stock, ours


def verl(rewards: list[float], folder: Path) -> tuple[list[float], list[float]]:
    """verl's grpo and ours, at the first token."""
    theirs, ours = test_verl.both("grpo", rewards, [2] * len(rewards), ["a"] * len(rewards))
    return theirs[:, 0].tolist(), ours[:, 0].tolist()


def openrlhf(rewards: list[float], folder: Path) -> tuple[list[float], list[float]]:
    """OpenRLHF's group_norm and ours."""
    import torch

    from rewardkit.adapters.openrlhf import shaped_rewards

    with pytest.MonkeyPatch.context() as patch:
        theirs = test_openrlhf.its_advantages(rewards, len(rewards), "group_norm", patch)
    return theirs, shaped_rewards(torch.tensor(rewards), len(rewards), "group_norm").tolist()


def nemo_rl(rewards: list[float], folder: Path) -> tuple[list[float], list[float]]:
    """NeMo RL's with its defaults (leave one out, normalised), as recorded, and ours."""
    given = [None if math.isnan(reward) else reward for reward in rewards]
    recorded = (row for row in test_nemo_rl.RECORDED if row["leave_one_out"] and row["normalize"])
    row = next(row for row in recorded if row["rewards"] == given)
    return [math.nan if value is None else value for value in row["theirs"]], test_nemo_rl.estimated(row)


def measured(folder: Path) -> Iterator[Row]:
    """A row a trainer, case and side: the largest absolute advantage of the group, nan if any of them is."""
    small.letters_model(folder / "model")
    for peer in (trl, verl, openrlhf, nemo_rl):
        theirs = "nemo_rl 00925dd" if peer is nemo_rl else f"{peer.__name__} {version(peer.__name__)}"
        for case, rewards in CASES.items():
            if len(rewards) == 1 and peer not in (verl, nemo_rl):
                continue  # the others take no groups of one in training
            for provider, values in zip((theirs, "rewardkit"), peer(rewards, folder), strict=True):
                largest = math.nan if any(map(math.isnan, values)) else max(map(abs, values))
                yield row(provider, f"{peer.__name__}: {case}", "largest |A|", [largest])


def main() -> None:
    """Measure and keep."""
    with tempfile.TemporaryDirectory() as folder:
        path = keep("trainer_advantages", list(measured(Path(folder))))
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
