"""What the table of units takes from pint and CLDR, and the little that is decided by hand, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> list[str]:
    return text.split()


LOCALES = _words("en de fr es it pt nl pl ru uk cs tr sv zh zh_Hant ja ko ar hi vi id")
# Languages whose nouns have cases, of which CLDR lists those behind a number in part.
DECLINING = _words("ru uk pl cs")

# Units of pint whose long names take every prefix, with the prefixes that their symbols are written with. A symbol such as
# kT, pV or EA is left out: in a formula it is a product of two names.
PREFIXED: Mapping[str, str] = {
    "meter": "f n µ m c d k",
    "gram": "n µ m c d k",
    "second": "f p n µ m",
    "ampere": "p n µ m k",
    "kelvin": "µ m",
    "mole": "p n µ m k",
    "candela": "m k",
    "radian": "µ m",
    "hertz": "m k M G T",
    "newton": "n µ m k",
    "pascal": "m h k M G",
    "joule": "n µ m k M G T",
    "watt": "n µ m k M G T",
    "coulomb": "p n µ m",
    "volt": "µ m k M",
    "farad": "p n µ m",
    "ohm": "m k M G",
    "siemens": "µ m",
    "weber": "µ m",
    "tesla": "p n µ m",
    "henry": "n µ m",
    "lumen": "k",
    "lux": "k",
    "becquerel": "k M G T",
    "sievert": "n µ m",
    "gray": "µ m",
    "katal": "n µ m",
    "liter": "µ m c d h",
    "electron_volt": "m k M G T P",
    "calorie": "k",
    "bar": "µ m k",
    "byte": "k M G T Ki Mi Gi Ti",
    "bit": "k M G T",
    "metric_ton": "M G",
    "parsec": "k M G",
    "watt_hour": "m k M G T",
    "volt_ampere": "k M",
    "ampere_hour": "m",
    "dalton": "k M",
    "curie": "n µ m",
    "poise": "m",
    "molar": "p n µ m",
}
# Names that pint writes with a line below and people with a space or without.
JOINED = frozenset(["electron_volt", "watt_hour", "volt_ampere", "ampere_hour", "metric_ton"])
# Further units of pint, with its own symbols and aliases where they are longer than a letter or two.
PLAIN = _words(
    "inch foot yard mile nautical_mile knot furlong fathom league astronomical_unit light_year angstrom micron acre hectare "
    "pound ounce troy_ounce pennyweight slug US_ton long_ton carat gallon quart pint cup fluid_ounce tablespoon teaspoon barrel "
    "bushel imperial_gallon imperial_pint imperial_quart imperial_cup imperial_fluid_ounce minute hour day week fortnight month "
    "year decade century millennium degree arcminute arcsecond turn steradian degree_Celsius degree_Fahrenheit degree_Rankine "
    "standard_atmosphere torr pound_force_per_square_inch force_pound poundal dyne erg british_thermal_unit therm horsepower "
    "revolutions_per_minute gauss stokes debye roentgen unified_atomic_mass_unit mmHg stone"
)
# Short spellings that are kept although they are short. All other spellings of one or two Latin letters are names in formulas.
SHORT = frozenset(_words("m g s N J W V A S Ω C T H F K L l h t ft in yd mi ly lb oz hr Hz Pa Wb ha Gy Sv Bq lx lm Da eV hp °"))
# What the table calls otherwise than pint.
NAMES = {
    "degree_Celsius": "degC",
    "degree_Fahrenheit": "degF",
    "standard_atmosphere": "atmosphere",
    "pound": "pound_mass",
    "millimeter_Hg": "mmHg",
}
# Sizes in which people differ from pint, as a factor and a unit of pint.
OWN_SIZE = {
    "acre": ("43560", "square_foot"),  # pint has the acre of the American survey
    "mmHg": ("1", "torr"),  # they part in the seventh digit, and people take 760 of either for an atmosphere
    "gauss": ("1/10000", "tesla"),  # pint has that of another system, with half powers
}
# Measured, so that the last digits change with the year: significant digits that are kept.
MEASURED = {"dalton": 9, "unified_atomic_mass_unit": 9}

# CLDR identifiers without their first word -> pint's name, where they are not the same.
OF_CLDR = {
    "celsius": "degree_Celsius",
    "fahrenheit": "degree_Fahrenheit",
    "atmosphere": "standard_atmosphere",
    "tonne": "metric_ton",
    "ton": "US_ton",
    "revolution": "turn",
    "electronvolt": "electron_volt",
    "ounce-troy": "troy_ounce",
    "gallon-imperial": "imperial_gallon",
    "pint-imperial": "imperial_pint",
    "quart-imperial": "imperial_quart",
    "cup-imperial": "imperial_cup",
    "fluid-ounce-imperial": "imperial_fluid_ounce",
    "pound-force-per-square-inch": "pound_force_per_square_inch",
    "pound-force": "force_pound",
    "millimeter-ofhg": "mmHg",
    "kilowatt-hour": "kilowatt_hour",
}
# What CLDR names and no table should: not a size, a word that counts things, or something that another part reads.
NOT_OF_CLDR = {
    "percent permille permyriad part-per-1e6 portion-per-1e9": "shares are read by the grammar",
    "item part karat dot pixel em megapixel point drop pinch jigger dram grain quarter night": "words that count things",
    "dot-per-inch dot-per-centimeter pixel-per-inch pixel-per-centimeter beaufort ofglucose ofhg generic": "no factor",
    "year-person month-person week-person day-person": "the same words as without a person",
    "milligram-ofglucose-per-deciliter liter-per-kilometer liter-per-100-kilometer mile-per-gallon-imperial": "no plain unit",
    "arc-minute arc-second": "in other languages the words of time, and pint has the English ones",
    "foodcalorie": "a capital letter tells it from the calorie",
    "g-force": "its sign is that of the gram",
    "light-speed": "a name of physics, and its symbol is c",
}
# Spellings that no machine may make a unit, though pint or CLDR has them.
NOT_A_UNIT = {
    "an as at do me my pin fin am is on of no so to us we be by he it if or go can": "English words",
    "pie pies jam tag mil mils tim tum ora ore are arm arms bin hand rod rem tex gray grays barn par pole sol won real reals": (
        "English words, and units of another language or of few people"
    ),
    "fit fat fur fot let lat lata stop stops once ons uns unce tony tun tuna": "English words, and a unit in another language",
    "tuny tour tours moly moli vat wat kat rok roky den": "words of which some are English",
    "barely radiant radianti pol pao dia jun jul sem anno anni ans ano cala cale cali dec mon oma omy": (
        "names, months or words, and a unit in another language"
    ),
    "nodi nodo pes pesa kaki sett grad grader toer": ("words, names or months, and a unit in another language"),
    "karats stone stones turn turns circle circles cycle cycles candle candles knop octet octets league leagues molars": (
        "things that are counted"
    ),
    "pm": "the afternoon",
    "µ μ": "a name in formulas",
    "cd dl nl kt kC nV PB MN": "products or lines in formulas",
    "分": "a minute in Japanese, a point or a hundredth in Chinese",
    "月": "a month that is named, not a length of time",
    "日": "a day that is named",
    "时": "an hour of the clock",
    "点": "a point",
    "pts pt qts qt cts ct giro obr": "points, quarters, counts",
}
# By hand: what people write, and pint and CLDR do not. A row begins with a unit of the table or a product of such.
BY_HAND: Mapping[str, str] = {
    # Everyday English.
    "centimeter": "cms",
    "millimeter": "mms",
    "kilometer": "kms|千米|公里",
    "micrometer": "um",
    "micron": "microns",
    "inch": "in|inches",
    "foot": "ft|feet",
    "gram": "gm|gms|gramme|grammes",
    "kilogram": "kgs|kilo|kilos|公斤|千克",
    "metric_ton": "t|ton|tons|tonne|tonnes|吨|噸",
    "pound_mass": "lb|lbs",
    "hour": "h|hr|hrs|小时|小時|个小时|個小時",
    "second": "s|sec|secs",
    "minute": "min|mins",
    "year": "yr|yrs",
    "month": "个月|個月",
    "ampere": "A|amp|amps",
    "electron_volt": "electronvolt|electronvolts",
    "henry": "henries",
    "percent": "퍼센트",
    "permille": "permille|‰|pour mille|por mil",
    "degree": "deg|degrees|°",
    "degC": "°C|℃|celsius",
    "degF": "°F|℉|fahrenheit",
    "radian": "rads",
    "light_year": "lightyear|lightyears",
    "ohm": "Ω|Ω",
    "molar": "M",  # a letter that also stands for a million: see `is_unit_word`
    "turn": "rev|revs|revolution|revolutions",
    "decibel": "dB|decibel|decibels",
    "decibel_milliwatt": "dBm",
    "kiloohm": "kilohm|kilohms",
    "megaohm": "megohm|megohms",
    "week": "星期|个星期|個星期",
    "century": "centuries",
    "millennium": "millennia",
    "yard": "yds",
    "unit": "unit|units",
    # Products that are written as one word.
    "mile / hour": "mph",
    "kilometer / hour": "kph|kmh|kmph|千米/时|公里/时|千米每时",
    "liter / minute": "lpm",
    "meter ** 2": "sqm|平米",
    "foot ** 2": "sqft",
    "bit / second": "bps",
    "kilobit / second": "kbps",
    "megabit / second": "Mbps",
    "gigabit / second": "Gbps",
}
# Words of two meanings, either of which may be meant. Those of money (dollar, peso) are found in CLDR.
EITHER: Mapping[str, tuple[str, str]] = {
    "pound": ("pound_mass|GBP", "pound|pounds"),
    "yuan_or_yen": ("CNY|JPY", "¥|￥"),
    "degree_of_either": ("degree|degC", "度"),
}
# The most traded currencies and those of the languages above.
CURRENCIES = _words(
    "USD EUR GBP JPY CNY INR KRW RUB BYN UAH PLN CZK SEK NOK DKK CHF TRY BRL MXN "
    "CAD AUD NZD HKD SGD TWD IDR VND THB MYR PHP ZAR ILS SAR AED"
)
# What CLDR, which names a currency with its country, leaves out.
MONEY: Mapping[str, str] = {
    "USD": "usd|bucks|\\$",
    "CNY": "rmb|RMB|元|块|块钱",
    "JPY": "円",
    "KRW": "원",
    "RUB": "руб|₽",
    "UAH": "грн|гривня|гривні|гривень|₴",
    "PLN": "złoty|złote|złotych|zł",
    "VND": "đồng|₫",
    "INR": "रुपया|रुपये|रुपए|₹|Rs",
    "IDR": "Rp",
    "MYR": "RM",
    "SGD": "S$",
    "GBP": "£",
    "EUR": "€",
}
# Parts of currencies, for which CLDR has no names.
PARTS: Mapping[str, tuple[str, int, str]] = {
    "penny_sterling": ("GBP", 100, "pence"),
    "jiao": ("CNY", 10, "角"),
}
CENT_OF = _words("USD EUR CAD AUD NZD HKD SGD TWD")
CENTS = "cent|cents|¢"
PENNY = ("USD_cent|penny_sterling", "penny|pennies")

# Number words of English and Chinese as they are, and of India.
SCALES_BY_HAND: Mapping[str, str] = {
    "10": "十",
    "12": "dozen 打",
    "100": "hundred 百",
    "1000": "thousand 千",
    "10000": "万 萬",
    "100000": "lakh lakhs",
    "1000000": "million millions",
    "10000000": "crore crores",
    "100000000": "亿 億",
    "1000000000": "billion billions",
    "1000000000000": "trillion trillions",
}
# Number words that are something else as well, or another number in another language.
NOT_A_SCALE = frozenset(_words("mil bin 兆 京 조 경 cent mila tis tri bil bio tn"))
