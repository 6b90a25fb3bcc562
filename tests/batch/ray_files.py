"""Files for the tests of ranges and of the engine on Ray."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def example(number: int) -> dict[str, Any]:
    thought = "so we look again. " * (number % 40)
    return {"id": number, "answer": "ABCD"[number % 4], "completion": f"{thought}<answer>{'ABC'[number % 3]}</answer>"}


def lines(rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def write_parquet(path: Path, rows: list[dict[str, Any]], group: int) -> Path:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=group)
    return path
