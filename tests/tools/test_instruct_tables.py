"""The shipped tables of emoji and verbs are what the tool makes of their sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rewardkit" / "verifiers" / "instruct" / "tables"


def test_the_shipped_tables_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    for package in ("emoji", "lemminflect"):
        pytest.importorskip(package, reason=f"a source of the tables is not installed: {package}")
    subprocess.run([sys.executable, str(ROOT / "tools" / "tables" / "instruct.py"), str(tmp_path)], check=True, timeout=HANG_S)
    for name in ("emoji.txt", "verbs.txt", "verbs_or_nouns.txt"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), f"run `python tools/tables/instruct.py`: {name}"
