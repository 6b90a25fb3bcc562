"""GRPO of a real, tiny Qwen2.5-VL on images: the reward sees them, its columns are logged, what abstains moves nothing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import small

from rewardkit import Cascade, RewardFunction, Sample, Verdict, verifier

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None or find_spec("PIL") is None, reason="needs trl and pillow"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

GROUP = 8


@verifier("test.colour_of_the_image", requires=("image",))
def colour(sample: Sample) -> Verdict:
    """A is the answer for a red image and B for a green one; of others it knows nothing."""
    red, _, blue = sample.columns["image"].convert("RGB").getpixel((0, 0))
    if blue:
        return Verdict.abstained("out_of_scope")
    return Verdict.scored(float(sample.text.strip() in (("A", "C") if red else ("B", "D"))))


def test_three_steps_on_images(tmp_path: Path) -> None:
    from datasets import Dataset
    from PIL import Image
    from transformers import Qwen2_5_VLForConditionalGeneration
    from trl import GRPOConfig, GRPOTrainer

    home = small.vision_model(tmp_path / "model")
    question = [{"role": "user", "content": "Which"}]
    colours = ["red", "lime", "blue", "red"]
    rows = [{"prompt": question, "image": Image.new("RGB", (56, 56), name)} for name in colours]
    config = GRPOConfig(
        output_dir=str(tmp_path / "training"),
        max_steps=3,
        per_device_train_batch_size=4 * GROUP,
        num_generations=GROUP,
        max_completion_length=1,
        learning_rate=0.05,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        seed=0,
    )
    reward = RewardFunction(Cascade("test.colour_of_the_image"), name="colour", trace=tmp_path / "trace.jsonl")
    trainer = GRPOTrainer(
        model=Qwen2_5_VLForConditionalGeneration.from_pretrained(home),
        reward_funcs=reward,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=small.vision_processor(home),
    )
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    changed = {name for name, weight in trainer.model.named_parameters() if not weight.equal(before[name])}
    assert any("visual" in name for name in changed)
    assert any("visual" not in name for name in changed)
    assert all(weight.isfinite().all() for weight in trainer.model.parameters())
    steps = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert len(steps) == 3
    assert all({"rewards/colour/mean", "colour/abstained", "colour/errors"} <= entry.keys() for entry in steps)
    assert all(entry["colour/errors"] == 0 for entry in steps)
    assert [entry["colour/abstained"] for entry in steps] == [0.25] * 3
    table: dict[str, Any] = trainer._logs
    pairs = list(zip(table["advantages"], table["extra"]["colour_reason"], strict=True))
    assert any(advantage for advantage, _ in pairs)
    assert all(advantage == 0 for advantage, reason in pairs if reason == "out_of_scope")
    assert len((tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()) == 3 * 4 * GROUP
