"""The shipped table of elements is what the tool makes of periodictable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

from rewardkit.answers.notation.elements import atomic_numbers

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rewardkit" / "answers" / "notation" / "elements.tsv"


def test_the_shipped_table_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    pytest.importorskip("periodictable")
    subprocess.run([sys.executable, str(ROOT / "tools" / "tables" / "elements.py"), str(tmp_path)], check=True, timeout=HANG_S)
    assert (tmp_path / "elements.tsv").read_bytes() == SHIPPED.read_bytes(), "run `python tools/tables/elements.py`"


def test_every_element_stands_once_under_its_number() -> None:
    assert list(atomic_numbers().values()) == list(range(1, 119))
    assert all(symbol.isalpha() and symbol[0].isupper() and len(symbol) <= 2 for symbol in atomic_numbers())
    assert (atomic_numbers()["H"], atomic_numbers()["U"]) == (1, 92)
