"""Cases of verdicts, as data: a row, what each mode makes of it, and what it makes of a model's replies."""

from __future__ import annotations

import json
from pathlib import Path

CASES = Path(__file__).parent / "cases"


def read_cases(pattern="*.jsonl"):
    return [json.loads(line) for path in sorted(CASES.glob(pattern)) for line in path.read_text(encoding="utf-8").splitlines()]
