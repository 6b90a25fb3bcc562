"""tunix calls a reward by keywords and adds up what NumPy makes of it; needing Python 3.12, its call is written out."""

from __future__ import annotations

from typing import Any

import pytest
from thousand import rows

import rewardkit

np: Any = pytest.importorskip("numpy")


def test_its_call_gets_the_same_rewards_and_counts_no_verdict_as_zero() -> None:
    given = rows()
    columns: dict[str, Any] = {"completions": [r.completion for r in given], "answer": [r.answer for r in given]}
    expected = rewardkit.load("auto")(**columns)
    table = np.array([rewardkit.load("auto")(prompts=[r.prompt for r in given], **columns)], dtype=float).T
    assert [None if np.isnan(one) else one for one in table[:, 0]] == expected
    assert np.nansum(table, axis=1).tolist() == [0.0 if e is None else e for e in expected]
