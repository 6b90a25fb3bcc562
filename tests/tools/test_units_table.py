"""The shipped tables of units are what the tool makes of pint and CLDR."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from patience import HANG_S

from rewardkit.answers.units import convert, same_unit
from rewardkit.answers.units.table import rows

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rewardkit" / "answers" / "units"


@pytest.mark.slow
def test_the_shipped_tables_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "tables" / "units.py"), str(tmp_path)], check=True, timeout=HANG_S)
    for name in ("units.tsv", "scales.tsv"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), f"run `python tools/tables/units.py`: {name}"


def test_the_table_has_no_word_twice() -> None:
    lines = (SHIPPED / "units.tsv").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines for word in line.split("\t")[4].split("|")]
    assert len(words) == len(set(words))
    assert len(lines) > 1000


def test_every_size_can_be_read() -> None:
    sized = [name for name, row in rows().items() if row.factor]
    assert len(sized) > 1000
    for name in sized:
        assert convert(Fraction(1), name, name) == 1
        assert same_unit(name, name) is True, name
