from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from cli_program import Done, as_lines, call_here


@pytest.fixture
def score(tmp_path: Path) -> Callable[..., Done]:
    """Score rows, or bytes, or a file that is there, in this process; by default into out.jsonl."""

    def run(rows: bytes | Iterable[Any] | Path, *options: str | Path, output: str | Path = "out.jsonl") -> Done:
        source = rows if isinstance(rows, Path) else tmp_path / "in.jsonl"
        if not isinstance(rows, Path):
            source.write_bytes(as_lines(rows))
        path = tmp_path / output
        done = call_here("score", source, "-o", output if output == "-" else path, *options)
        return Done(done.returncode, done.stdout, done.stderr, path)

    return run
