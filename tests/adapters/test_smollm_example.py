"""The example that trains a real instruction model, here on a random one: what it asks, measures and writes."""

from __future__ import annotations

import csv
import runpy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "06_smollm_grpo.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(EXAMPLE.parent)
    return runpy.run_path(str(EXAMPLE))


def test_what_is_asked_in_the_end_is_not_trained_on(example: dict[str, Any]) -> None:
    trained, held_out = example["questions"]()
    assert (len(trained), len(held_out)) == (32, 16)
    assert not {row["prompt"] for row in trained} & {row["prompt"] for row in held_out}
    assert all(len(set(row["choices"])) == 4 and row["answer"] in row["choices"] for row in trained + held_out)


def test_a_step_of_a_random_model_is_measured_and_written(
    bytes_tokenizer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    home = tmp_path / "model"
    tokenizer = AutoTokenizer.from_pretrained(bytes_tokenizer)
    tokenizer.save_pretrained(home)
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), pad_token_id=0, eos_token_id=1, **shape)).save_pretrained(home)
    table = tmp_path / "table.csv"
    monkeypatch.syspath_prepend(EXAMPLE.parent)
    monkeypatch.setattr("sys.argv", [EXAMPLE.name, str(home), "--seeds", "0", "--steps", "1", "--csv", str(table)])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    with table.open(encoding="utf-8", newline="") as source:
        before, step, after = csv.DictReader(source)
    assert [row["step"] for row in (before, step, after)] == ["0", "1", "1"]
    assert float(before["held_out_greedy"]) == float(after["held_out_greedy"]) == float(step["reward"]) == 0.0
    assert float(after["seconds"]) > 0
