"""Number words of other languages: what num2words writes is read again, and nothing that only looks like it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

from rewardkit.answers import compare
from rewardkit.answers.notation.foreign_numbers import in_numerals

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "rewardkit" / "answers" / "notation"
TABLE = [line.split("\t") for line in (SHIPPED / "number_words.tsv").read_text(encoding="utf-8").splitlines()]
MARK = "~"


def numbered(row: list[str]) -> list[tuple[int, str]]:
    """Every number of a language with each of its words."""
    cells = [*enumerate(row[1].split("|")), *((100 * (1 + i), cell) for i, cell in enumerate(row[2].split("|")))]
    return [(value, word) for value, cell in cells for word in cell.split(",") if word]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_word_is_its_number_and_no_other(row: list[str]) -> None:
    words = [(value, word) for value, word in numbered(row) if not word.startswith(MARK)]
    assert len({value for value, _ in words}) > 95
    for value, word in words:
        assert in_numerals(word) == str(value)
        assert in_numerals(word.capitalize()) == str(value)
        assert compare(reference=str(value), answer=word).equal, word
        assert not compare(reference=str(value + 1), answer=word).equal, word


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_hundreds_go_on_as_the_language_has_them(row: list[str]) -> None:
    words = dict(numbered(row)[::-1])
    for place, beginnings in enumerate(row[3].split("|"), start=1):
        for beginning in beginnings.split(","):
            for rest in (21, 47, 99):
                assert in_numerals(beginning + words[rest]) == str(100 * place + rest)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_a_number_word_within_a_longer_word_is_none(row: list[str]) -> None:
    for value, word in numbered(row):
        if value > 20 and word.isascii():
            assert in_numerals(f"{word}q") is None
            assert in_numerals(f"q{word}") is None


@pytest.mark.parametrize("word", ["to", "en", "on", "hat", "bin", "the", "May", "Elfriede", "oncemore", "once upon", "sei still"])
def test_other_words_are_no_numbers(word: str) -> None:
    assert in_numerals(word) is None


@pytest.mark.parametrize("name", ["Elf", "Sei", "Once", "Sept", "Dix", "Nove"])
def test_a_reference_is_never_read_so(name: str) -> None:
    for number in ("11", "6", "7", "10", "9"):
        assert not compare(reference=name, answer=number).equal


def test_the_shipped_table_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    pytest.importorskip("num2words")
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "tables" / "number_words.py"), str(tmp_path)],
        check=True,
        timeout=HANG_S,
        env={"PYTHONPATH": str(ROOT)},
    )
    made = (tmp_path / "number_words.tsv").read_bytes()
    assert made == (SHIPPED / "number_words.tsv").read_bytes(), "run `python tools/tables/number_words.py`"
