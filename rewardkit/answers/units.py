"""Units: which words are units, when two units are the same, and what a number in one is in another.

A table of spellings answers the common questions at once. Only a conversion between two different units loads
`pint`, which takes a fifth of a second to import.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

__all__ = ["convert", "is_unit_word", "multiplier", "normal_unit"]

_SPELLINGS: Mapping[str, str] = {
    "meter": "m metre metres meters",
    "centimeter": "cm cms centimetre centimetres centimeters",
    "millimeter": "mm mms millimetre millimetres millimeters",
    "kilometer": "km kms kilometre kilometres kilometers",
    "decimeter": "dm decimetre decimetres decimeters",
    "micrometer": "μm µm um micron microns micrometre micrometres micrometers",
    "nanometer": "nm nanometre nanometres nanometers",
    "inch": "in inches",
    "foot": "ft feet",
    "yard": "yd yds yards",
    "mile": "mi miles",
    "light_year": "ly lightyear lightyears",
    "gram": "g gm gms grams gramme grammes",
    "kilogram": "kg kgs kilo kilos kilograms",
    "milligram": "mg milligrams",
    "metric_ton": "t ton tons tonne tonnes",
    "pound": "£ lb lbs pounds GBP",
    "ounce": "oz ounces",
    "liter": "l L litre litres liters",
    "milliliter": "ml mL millilitre millilitres milliliters",
    "gallon": "gal gallons",
    "quart": "quarts",
    "pint": "pints",
    "cup": "cups",
    "second": "s sec secs seconds",
    "millisecond": "ms milliseconds",
    "microsecond": "μs µs microseconds",
    "nanosecond": "ns nanoseconds",
    "minute": "min mins minutes",
    "hour": "h hr hrs hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "yr yrs years",
    "mile / hour": "mph",
    "kilometer / hour": "kph kmh kmph",
    "newton": "N newtons",
    "kilonewton": "kN kilonewtons",
    "joule": "J joules",
    "kilojoule": "kJ kilojoules",
    "megajoule": "MJ megajoules",
    "calorie": "cal calories",
    "kilocalorie": "kcal kilocalories",
    "electron_volt": "eV electronvolt electronvolts",
    "megaelectron_volt": "MeV",
    "kiloelectron_volt": "keV",
    "watt": "W watts",
    "kilowatt": "kW kilowatts",
    "megawatt": "MW megawatts",
    "kilowatt * hour": "kWh",
    "pascal": "Pa pascals",
    "kilopascal": "kPa kilopascals",
    "megapascal": "MPa megapascals",
    "atmosphere": "atm atmospheres",
    "bar": "bars",
    "volt": "V volts",
    "millivolt": "mV millivolts",
    "kilovolt": "kV kilovolts",
    "ampere": "A amp amps amperes",
    "milliampere": "mA milliamperes",
    "ohm": "Ω ohms",
    "kiloohm": "kΩ kiloohms",
    "coulomb": "C coulombs",
    "microcoulomb": "μC µC microcoulombs",
    "farad": "F farads",
    "microfarad": "μF µF microfarads",
    "tesla": "T teslas",
    "weber": "Wb webers",
    "henry": "H henries",
    "hertz": "Hz",
    "kilohertz": "kHz",
    "megahertz": "MHz",
    "gigahertz": "GHz",
    "kelvin": "K kelvins",
    "degC": "°C ℃ celsius",
    "degF": "°F ℉ fahrenheit",
    "degree": "° deg degrees",
    "radian": "rad rads radians",
    "mole": "mol moles",
    "millimole": "mmol millimoles",
    "liter / minute": "lpm",
    "hectare": "ha hectares",
    "acre": "acres",
    "dollar": "dollars usd USD bucks",
    "dollar_cent": "¢ cent cents",
    "euro": "€ euros EUR",
    "yuan": "rmb RMB CNY",
    "yen": "JPY",
    "yuan_or_yen": "¥",
    "rupee": "₹ rupees INR",
    "unit": "units",
    "square meter": "sqm",
    "square foot": "sqft",
}
_UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in [*words.split(), *([unit] if unit.isalpha() else [])]}
_MULTIPLIERS = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "lakh": 10**5,
    "crore": 10**7,
}
_SCALE = re.compile(r"\b(?:degrees?|deg)\s*(c|f)(?:elsius|entigrade|ahrenheit)?\b", re.IGNORECASE)
_PER = re.compile(r"\s*(?:/|\bper\b)\s*")
_POWER = re.compile(r"\^?\s*\{?\s*\(?\s*(-?\d)\s*\)?\s*\}?$")
_RAISED = str.maketrans("²³⁻¹", "23-1")
_EXPRESSION = re.compile(r"[A-Za-z_ */\d-]{1,200}")
_SHAPED = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_lock = threading.Lock()


def is_unit_word(word: str) -> bool:
    """Whether the word is the usual spelling of a unit; case counts for symbols only."""
    return word in _UNITS or (len(word) > 3 and word.lower() in _UNITS)


def multiplier(word: str) -> int | None:
    """What a counting word multiplies by: 1000000 for `million`; None for any other word."""
    return _MULTIPLIERS.get(word.lower())


@lru_cache(maxsize=4096)
def normal_unit(text: str) -> str:
    """One spelling for each unit: `km/h`, `kilometres per hour` and `km·h^{-1}` become `kilometer / hour`.

    Words that are no known unit are kept in lower case without a plural s, so `Apples` and `apple` agree.
    """
    text = text.translate(_RAISED).replace("\\cdot", " ").replace("·", " ").replace("*", " ").replace("$", "").strip(" .")
    if "deg" in text.lower():
        text = _SCALE.sub(lambda m: f"°{m[1].upper()}", text)
    above, *below = _PER.split(text, maxsplit=4)
    parts = [_product(above), *(_product(b) for b in below)]
    return " / ".join(parts)


def _product(text: str) -> str:
    factors: list[str] = []
    power = 1
    for piece in re.findall(r"[¢€£¥₹]|[^\W\d_°℃℉]+(?:\s*\^\s*\{?\(?-?\d\)?\}?|-?\d)?|[°℃℉]\w?|\d+", text):
        word = re.sub(r"[\s^{}()]", "", piece)
        if word.lower() in _SHAPED:
            power = _SHAPED[word.lower()]
            continue
        if word.lower() == "squared" and factors:
            factors[-1] += " ** 2"
            continue
        match = re.fullmatch(r"(\D+?)(-?\d)", word)
        if match:
            word, power = match[1], int(match[2])
        unit = _UNITS.get(word) or _UNITS.get(word.lower()) or _singular(word.lower())
        factors.append(unit if power == 1 else f"{unit} ** {power}")
        power = 1
    return " * ".join(factors)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def convert(value: Fraction, unit: str, into: str) -> Fraction | None:
    """The exact value in another unit, or None when either is unknown or they measure different things.

    Factors that are not rational, as from degrees to radians, are taken to some fifty digits. Conversion is by `pint`.
    """
    unit, into = normal_unit(unit), normal_unit(into)
    if unit == into:
        return value
    if not unit or not into or not _known(unit) or not _known(into):
        return None
    with _lock:
        registry = _registry()
        try:
            converted = registry.Quantity(value, unit).to(into).magnitude
        except Exception:  # pint raises many kinds for units that do not exist or do not agree
            return None
    try:
        return Fraction(converted)
    except (TypeError, ValueError, OverflowError):
        return None


def _known(unit: str) -> bool:
    """Whether every word of a normal unit is in our table, so that nothing else ever reaches pint's parser."""
    words = re.findall(r"[A-Za-z_]+", unit)
    return bool(words) and _EXPRESSION.fullmatch(unit) is not None and all(word in _WORDS for word in words)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Fraction)
    for money in _MONEY:
        registry.define(f"{money} = [{money}]")
    registry.define("dollar_cent = dollar / 100")
    return registry


_MONEY = ("dollar", "euro", "yuan", "yen", "yuan_or_yen", "rupee")
_WORDS = {word for unit in _SPELLINGS for word in re.findall(r"[A-Za-z_]+", unit)} - {"unit", "dozen"}
