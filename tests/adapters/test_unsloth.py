"""What Unsloth's patched trainer hands over is what TRL's does; the package itself needs an accelerator to be imported."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from thousand import rows

import rewardkit
from rewardkit.adapters import trl


def test_its_call_gets_the_same_rewards() -> None:
    given = rows()
    columns: dict[str, Any] = {"completions": [r.completion for r in given], "answer": [r.answer for r in given]}
    call = {
        "prompts": [[{"role": "user", "content": r.prompt}] for r in given],
        "completion_ids": [[1, 2]] * len(given),
        "prompts_text": [r.prompt for r in given],
        "completions_text": [r.completion for r in given],
        "trainer_state": SimpleNamespace(global_step=1),
        "log_extra": lambda name, values: None,
        "log_metric": lambda name, value: None,
    }
    assert trl.auto(**columns, **call) == rewardkit.load("auto")(**columns)
