"""Odd and hostile dress through the whole route: what must not be paid is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewardkit.recipes.auto import rules
from rewardkit.types import Sample

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "readers.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=[f"{i}-{row['kind']}" for i, row in enumerate(ROWS, start=1)])
def test_case(row: dict[str, Any]) -> None:
    sample = Sample(0, row.get("prompt"), row["completion"], {"answer": row["answer"]})
    verdict = rules().verify([sample])[0]
    assert bool(verdict.score) is row["pay"], f"{row['why']}: {verdict}"
