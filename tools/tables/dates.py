"""Makes the table of months, weekdays and hours that rewardkit ships, out of CLDR: `python tools/tables/dates.py [FOLDER]`.

The same Babel gives the same bytes. A line holds a kind, a number and the words for it: months from 1, their abbreviations in
other languages than English apart (`brief`), weekdays from Monday as 0, hours that have a name, and words within dates (`link`).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from units_choices import LOCALES

SHIPPED = Path(__file__).parents[2] / "rewardkit" / "answers" / "notation"
FILE = "dates.tsv"
FURTHER = ("da", "nb", "fi", "ro", "hu", "fa")
# What stands in dates and in no pattern of CLDR: articles and prepositions, endings of ordinals, and words for a year.
LINKS = "the of on st nd rd th er am le del el il em den dem dne dia día год года року year año anno"
MORE_MONTHS = {9: ("sept",)}
HOURS = {"midnight": 0, "noon": 12}
SHORTEST = 3  # Latin letters
_LITERAL = re.compile(r"'([^']+)'")
_PLAIN = re.compile(r"[^\W\d_][^\d\s.,·]*")


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip().strip(".॰׳")


def _words(words: Iterable[str]) -> set[str]:
    """The words that are letters alone, and long enough to be told from others."""
    folded = map(_folded, words)
    return {word for word in folded if _PLAIN.fullmatch(word) and (len(word) >= SHORTEST or not word.isascii())}


class Table:
    """Words with what each of them may mean."""

    def __init__(self) -> None:
        self.meanings: dict[str, set[tuple[str, int]]] = defaultdict(set)

    def add(self, kind: str, value: int, words: Iterable[str]) -> None:
        """The words have that meaning, and others that they are given."""
        for word in _words(words) if kind != "link" else map(_folded, words):
            self.meanings[word].add((kind, value))

    def lines(self) -> Iterator[str]:
        """The table; a word of two meanings is left out, but for a month that is abbreviated to its own name."""
        spelled: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word, meanings in sorted(self.meanings.items()):
            if len({(kind.replace("brief", "month"), value) for kind, value in meanings}) == 1:
                spelled[max(meanings)].append(word)
        for (kind, value), words in sorted(spelled.items()):
            yield f"{kind}\t{value}\t{'|'.join(words)}"


def _add(table: Table, name: str) -> None:
    locale: Any = Locale.parse(name)
    for context in ("format", "stand-alone"):
        for month in range(1, 13):
            table.add("month", month, [locale.months[context]["wide"][month]])
            table.add("month" if name == "en" else "brief", month, [locale.months[context]["abbreviated"][month]])
        for day in range(7):
            table.add("weekday", day, [locale.days[context]["wide"][day]])
            table.add("weekday", day, [locale.days[context]["abbreviated"][day]] if name == "en" else [])
    for period, hour in HOURS.items():
        table.add("hour", hour, [word] if (word := locale.day_periods["format"]["wide"].get(period)) else [])
    for width in ("full", "long", "medium"):
        table.add("link", 0, _LITERAL.findall(str(locale.date_formats[width].pattern)))


def table() -> str:
    """The table as text."""
    found = Table()
    for name in (*LOCALES, *FURTHER):
        _add(found, name)
    for month, words in MORE_MONTHS.items():
        found.add("month", month, words)
    found.add("link", 0, LINKS.split())
    return "".join(f"{line}\n" for line in found.lines())


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    (folder / FILE).write_text(table(), encoding="utf-8")
