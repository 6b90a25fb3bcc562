"""Makes the tables of units and number words that rewardkit ships, out of pint and CLDR: `python tools/tables/units.py [FOLDER]`.

The same pint and Babel give the same bytes. What is decided by hand stands in `units_choices.py`.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from declension import further_forms
from units_choices import (
    BY_HAND,
    CENT_OF,
    CENTS,
    CURRENCIES,
    DECLINING,
    EITHER,
    JOINED,
    LOCALES,
    MONEY,
    NOT_A_SCALE,
    NOT_A_UNIT,
    OWN_SIZE,
    PARTS,
    PENNY,
    PLAIN,
    PREFIXED,
    SCALES_BY_HAND,
    SHORT,
)
from units_sources import Cldr, Known, Pint, common_words

SHIPPED = Path(__file__).parents[2] / "rewardkit" / "answers" / "units"
# Who says that a word is a unit, the strongest first. Where two of one rank disagree, the word is none.
HAND, PINT, ENGLISH, WORDS, CUT, DECLINED = range(6)
_NEVER = frozenset(word for words in NOT_A_UNIT for word in words.split())


class Table:
    """Units with their sizes, and claims on spellings."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, ...]] = {}
        self.claims: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))

    def unit(self, name: str, dimension: str, factor: Fraction, offset: Fraction = Fraction(0)) -> None:
        """A unit with its size."""
        self.rows[name] = dimension, str(factor), str(offset) if offset else ""

    def either(self, name: str, meanings: str) -> None:
        """A name that stands for any of several units."""
        self.rows[name] = "either", meanings, ""

    def claim(self, rank: int, name: str, words: Iterable[str]) -> None:
        """The words are spellings of the unit, says one of that rank."""
        self.rows.setdefault(name, ("", "", ""))
        for word in words:
            if word not in _NEVER and (rank == HAND or _may_be_unit(word)):
                self.claims[word][rank].add(name)

    def lines(self) -> Iterator[str]:
        """The table as text."""
        spelled: dict[str, list[str]] = defaultdict(list)
        for word, ranks in self.claims.items():
            names = ranks[min(ranks)]
            if len(names) > 1 and HAND in ranks:
                raise ValueError(f"{word!r} is given by hand to {sorted(names)}: leave it to one in units_choices.py")
            if len(names) == 1:
                spelled[next(iter(names))].append(word)
        for name, (dimension, factor, offset) in sorted(self.rows.items()):
            words = sorted(spelled[name])
            if words:
                yield "\t".join((name, dimension, factor, offset, "|".join(words)))


def _may_be_unit(word: str) -> bool:
    if word.lower() in _NEVER or any(c in "|\t" or c.isdigit() for c in word):
        return False
    return word in SHORT or not word.isascii() or len(word) > 2 or not word.isalpha()


def _from_pint(table: Table, registry: Pint) -> None:
    for name in dict.fromkeys([*PREFIXED, *PLAIN]):
        unit = registry.need(name)
        times, of = OWN_SIZE.get(name, ("1", name))
        size = registry.need(of)
        table.unit(unit.ours, size.dimension, Fraction(times) * size.factor, size.offset)
        table.claim(PINT, unit.ours, [*unit.words, *_joined(unit), *_symbols(unit)])
        if name in PREFIXED:
            _prefixed(table, registry, unit)


def _joined(unit: Known) -> list[str]:
    """`electron volts` and `electronvolts` of pint's names in two parts."""
    if "_" not in unit.name or unit.name == "degree_Celsius":
        return []
    return [unit.name.replace("_", between) + s for between in (" ", "") for s in ("", "s")]


def _symbols(unit: Known) -> list[str]:
    return [word for word in (unit.symbol, *unit.aliases) if word and "_" not in word]


def _prefixed(table: Table, registry: Pint, unit: Known) -> None:
    written = PREFIXED[unit.name].split()
    for names, symbols, factor in registry.prefixes():
        binary = names[0].endswith("bi") and len(symbols[0]) == 2
        if binary and unit.name not in ("byte", "bit"):
            continue
        ours = names[0] + unit.name
        table.unit(ours, unit.dimension, factor * unit.factor)
        table.claim(PINT, ours, [prefix + word for prefix in names for word in unit.words])
        if unit.name in JOINED:
            table.claim(PINT, ours, [prefix + word for prefix in names for word in _joined(unit)])
        if symbols[0] in written:
            table.claim(HAND, ours, [prefix + symbol for prefix in symbols for symbol in _written(unit)])


def _written(unit: Known) -> list[str]:
    """The symbols that take a prefix."""
    return {"liter": ["l", "L"], "ohm": ["Ω", "Ω"], "watt_hour": ["Wh"], "ampere_hour": ["Ah"], "bit": ["bit"]}.get(
        unit.name, [unit.symbol or unit.name]
    )


def _from_cldr(table: Table, registry: Pint, language: Cldr) -> None:
    nouns: dict[str, set[str]] = defaultdict(set)
    for identifier, width, word in language.units():
        if identifier.endswith("-percent") and width == "long":
            table.claim(WORDS, "percent", {word, word.lower()} if _is_spelled(word) else ())
        if identifier.endswith("-permille") and width == "long":
            table.claim(WORDS, "permille", {word, word.lower()} if _is_spelled(word) else ())
        name = registry.expression(identifier, table.rows)
        if name is None:
            continue
        cut = width == "narrow" or word.endswith((".", "॰"))
        if width != "long" and word.isascii() and len(word) < 4:
            continue  # cut short to letters that are names in formulas
        if cut and len(word.rstrip(".॰")) == 1 and ord(word[0]) < 0x2E80:
            continue  # cut short to one letter
        rank = CUT if cut else ENGLISH if language.locale == "en" else WORDS
        table.claim(rank, name, {word.rstrip("."), word.rstrip(".").lower()} if width == "long" else {word.rstrip(".")})
        if width == "long" and word.isalpha() and language.locale in DECLINING:
            nouns[name].add(word)
    for name, words in further_forms(nouns):
        table.claim(DECLINED, name, words)


def _is_spelled(word: str) -> bool:
    """Whether a word is letters, with their marks, and spaces."""
    return all(unicodedata.category(char)[0] in "LMZ" for char in word)


def _money(table: Table, languages: list[Cldr]) -> None:
    """Currencies by code, sign and name; a bare noun (dollar, peso) stands for each currency whose English name ends with it."""
    english = languages[0]
    nouns: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for code in CURRENCIES:
        table.unit(code, f"{code}:1", Fraction(1))
        table.claim(HAND, code, [code, *MONEY[code].split("|")] if code in MONEY else [code])
        for language in languages:
            table.claim(WORDS, code, [form for name in language.money(code) for form in (name, name.lower())])
            table.claim(WORDS, code, [sign] if len(sign := language.sign(code)) > 1 or not sign.isascii() else [])
        for name in english.money(code):
            noun = name.split()[-1].lower()
            nouns[noun.rstrip("s")][code].add(noun)
    for noun, codes in nouns.items():
        words = {word for forms in codes.values() for word in forms}
        if noun in EITHER or not words - _NEVER:
            continue
        name = next(iter(codes))
        if len(codes) > 1:
            name = noun
            table.either(name, " ".join(codes))
            for language in languages[1:]:
                table.claim(WORDS, name, common_words(language.money(code) for code in codes))
        table.claim(ENGLISH, name, words)


def _by_hand(table: Table) -> None:
    for name, words in BY_HAND.items():
        table.claim(HAND, name, words.split("|"))
    for name, (meanings, words) in EITHER.items():
        table.either(name, meanings.replace("|", " "))
        table.claim(HAND, name, words.split("|"))
    for name, (whole, parts, words) in PARTS.items():
        table.unit(name, f"{whole}:1", Fraction(1, parts))
        table.claim(HAND, name, words.split("|"))
    names = [f"{code}_cent" for code in CENT_OF]
    for code, name in zip(CENT_OF, names, strict=True):
        table.unit(name, f"{code}:1", Fraction(1, 100))
        table.claim(HAND, name, [f"{code} cents"])
    table.either("cent", " ".join(names))
    table.claim(HAND, "cent", CENTS.split("|"))
    table.either("penny", PENNY[0].replace("|", " "))
    table.claim(HAND, "penny", PENNY[1].split("|"))


def units() -> str:
    """The table of units: name, dimension, factor, offset and spellings a line."""
    table, registry = Table(), Pint()
    languages = [Cldr(locale) for locale in LOCALES]
    _from_pint(table, registry)
    for language in languages:
        _from_cldr(table, registry, language)
    _money(table, languages)
    _by_hand(table)
    return "".join(f"{line}\n" for line in table.lines())


def scales() -> str:
    """The table of number words that multiply: the factor and its words a line."""
    found: dict[str, set[int]] = defaultdict(set)
    by_hand = {word: int(factor) for factor, words in SCALES_BY_HAND.items() for word in words.split()}
    for locale in LOCALES:
        for factor, word in Cldr(locale).scales():
            if word not in NOT_A_SCALE and word not in by_hand and (len(word) > 2 or not word.isascii()):
                found[word].add(factor)
    rows: dict[int, list[str]] = defaultdict(list)
    for word, factors in [*found.items(), *((word, {factor}) for word, factor in by_hand.items())]:
        if len(factors) == 1 and " " not in word:
            rows[next(iter(factors))].append(word)
    return "".join(f"{factor}\t{'|'.join(sorted(words))}\n" for factor, words in sorted(rows.items()))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    (folder / "units.tsv").write_text(units(), encoding="utf-8")
    (folder / "scales.tsv").write_text(scales(), encoding="utf-8")
