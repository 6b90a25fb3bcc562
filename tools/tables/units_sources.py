"""What pint and CLDR (through Babel) know of units, money and number words, as plain values."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pint
from babel import Locale
from units_choices import MEASURED, NAMES, NOT_OF_CLDR, OF_CLDR

_BRACKETS = re.compile(r"[\[\]]")
_CODE = re.compile(r"[\u200e\u200f\u061c]")
_NO_S = re.compile(r".*(?:s|z|x|ch|oot|eet|nn?ia|ium|ury|torr)")


@dataclass(frozen=True)
class Known:
    """One unit of pint: its size in base units as an exact fraction, and how it is spelled."""

    name: str
    dimension: str
    factor: Fraction
    offset: Fraction
    symbol: str
    aliases: tuple[str, ...]

    @property
    def ours(self) -> str:
        """The name in the table."""
        return NAMES.get(self.name, self.name)

    @property
    def words(self) -> list[str]:
        """The name and its spellings as a word, singular and plural."""
        words = [word for word in (self.name, *self.aliases) if word.isalpha() and len(word) > 2 and word.islower()]
        return [spelled for word in words for spelled in ([word] if _NO_S.fullmatch(word) else [word, word + "s"])]


class Pint:
    """The registry of pint, asked for one unit at a time."""

    def __init__(self) -> None:
        self._registry: Any = pint.UnitRegistry(non_int_type=Fraction)

    def unit(self, name: str) -> Known | None:
        """The unit of that name, prefixes included; None where pint has none."""
        found = self._registry.parse_unit_name(name)
        if not found:
            return None
        factor, base = self._registry.get_base_units("".join(found[0][:2]))
        definition = self._registry._units["".join(found[0][:2])]
        offset = getattr(definition.converter, "offset", 0)
        if offset:
            factor = definition.converter.scale
        if definition.name in MEASURED:
            factor = Fraction(f"{float(factor):.{MEASURED[definition.name]}g}")
        dimension = {_BRACKETS.sub("", key): power for key, power in self._registry.get_dimensionality(name).items()}
        if bits := dict(base._units).get("bit"):
            dimension["information"] = bits
        spelled = " ".join(f"{key}:{power}" for key, power in sorted(dimension.items()))
        symbol = definition.defined_symbol or ""
        return Known(definition.name, spelled, Fraction(factor), Fraction(offset), symbol, tuple(definition.aliases))

    def need(self, name: str) -> Known:
        """The unit of that name; an error where pint has none."""
        unit = self.unit(name)
        if unit is None:
            raise KeyError(f"pint has no unit {name!r}: take it out of units_choices.py")
        return unit

    def prefixes(self) -> Iterator[tuple[list[str], list[str], Fraction]]:
        """Names, symbols and factor of each prefix."""
        for prefix in {id(p): p for p in self._registry._prefixes.values()}.values():
            if not prefix.name or prefix.name in ("semi", "sesqui"):
                continue
            spelled = (prefix.name, prefix.symbol, *prefix.aliases)
            yield (
                [word for word in spelled if len(word) > 2],
                ["µ", "μ"] if prefix.name == "micro" else [prefix.symbol],
                Fraction(prefix.converter.scale),
            )

    def expression(self, identifier: str, known: Container[str]) -> str | None:
        """A unit of CLDR as a product of known names, `speed-kilometer-per-hour` as `kilometer / hour`; None for another."""
        plain = identifier.partition("-")[2]
        if any(plain in names.split() for names in NOT_OF_CLDR):
            return None
        if (whole := self._simple(plain, known)) is not None:
            return whole
        parts = [self._product(part, known) for part in plain.split("-per-")]
        return None if None in parts else " / ".join(part for part in parts if part)

    def _simple(self, name: str, known: Container[str]) -> str | None:
        found = self.unit(OF_CLDR.get(name, name).replace("-", "_"))
        return found.ours if found and found.ours in known else None

    def _product(self, name: str, known: Container[str]) -> str | None:
        if (unit := self._simple(name, known)) is not None:
            return unit
        shape, _, rest = name.partition("-")
        if shape in ("square", "cubic"):
            base = self._simple(rest, known)
            return base and f"{base} ** {2 if shape == 'square' else 3}"
        first, _, last = name.rpartition("-")
        parts = [self._simple(part, known) for part in (first, last)]
        return None if None in parts else " * ".join(part for part in parts if part)


def _tree(data: Any) -> Any:
    return {key: _tree(value) for key, value in data.items()} if hasattr(data, "items") else str(data)


def _tidy(pattern: str) -> str:
    """A pattern without its number; empty where words stand on both sides of it."""
    text = " ".join(_CODE.sub("", pattern).replace("{0}", "\0").split())
    before, _, after = text.rpartition("\0")
    return "" if before.strip() and after.strip() else (before or after).strip()


class Cldr:
    """Names in one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._data: Any = Locale.parse(locale)._data

    def units(self) -> Iterator[tuple[str, str, str]]:
        """Identifier, width (`long`, `short`, `narrow`) and spelling of every unit, in each plural."""
        for table in ("unit_patterns", "unit_display_names"):
            for identifier, widths in sorted(_tree(self._data[table]).items()):
                for width, forms in widths.items():
                    patterns = {"name": forms} if isinstance(forms, str) else forms
                    for plural, pattern in sorted(patterns.items()):
                        if plural != "per" and (word := _tidy(pattern)):
                            yield identifier, width, word

    def money(self, code: str) -> list[str]:
        """The names of a currency, in each plural."""
        names = _tree(self._data["currency_names_plural"]).get(code) or {}
        name = self._data["currency_names"].get(code)
        return list(dict.fromkeys([*([name] if name else []), *(names[key] for key in sorted(names))]))

    def sign(self, code: str) -> str:
        """The currency sign."""
        return str(self._data["currency_symbols"].get(code, code))

    def scales(self) -> Iterator[tuple[int, str]]:
        """What the number words of the language multiply by: 1000000 and `Millionen`."""
        for width in ("long", "short"):
            for forms in _tree_of_patterns(self._data["compact_decimal_formats"].get(width, {})).values():
                for digits, pattern in forms.items():
                    zeros, word = pattern.count("0"), re.sub(r"[0'.]", "", pattern).strip().lower()
                    if word and zeros:
                        yield int(digits) // 10 ** (zeros - 1), word


def _tree_of_patterns(data: Any) -> Mapping[str, Mapping[str, str]]:
    return {
        plural: {digits: getattr(found, "pattern", str(found)) for digits, found in forms.items()}
        for plural, forms in data.items()
    }


def common_words(names: Iterable[list[str]]) -> set[str]:
    """The words that each of the names has: `dólares` of all kinds of dollars."""
    sets = [{word for name in forms for word in name.split()} for forms in names]
    return set.intersection(*sets) if sets and all(sets) else set()
