"""Makes the table of number words that rewardkit ships, out of num2words: `python tools/tables/number_words.py [FOLDER]`.

The same num2words gives the same bytes. It is needed here only, and 0.5.14 is what the shipped table was made with.
A line holds a language, the words for 0 to 99, those for 100 to 1000 by hundreds, and how 100 to 900 begin longer numbers;
words of one number are parted by commas. All are written small and together, as `squashed` has them; a mark before a word says
that it is a number only as the end of a longer one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from num2words import num2words

from rewardkit.answers.notation.foreign_numbers import ONLY_AT_END, squashed

SHIPPED = Path(__file__).parents[2] / "rewardkit" / "answers" / "notation"
FILE = "number_words.tsv"
# The language, and what num2words calls it and its varieties.
LANGUAGES: Mapping[str, str] = {
    "ar": "ar",
    "cs": "cs",
    "da": "da",
    "de": "de",
    "es": "es",
    "fa": "fa",
    "fi": "fi",
    "fr": "fr fr_BE fr_CH",
    "hu": "hu",
    "id": "id",
    "it": "it",
    "ko": "ko",
    "nl": "nl",
    "no": "no",
    "pl": "pl",
    "pt": "pt pt_BR",
    "ro": "ro",
    "ru": "ru",
    "sv": "sv",
    "tr": "tr",
    "uk": "uk",
    "vi": "vi",
}
# Of a number before a noun of another gender or case, and other usual spellings; num2words has one of each.
ALSO: Mapping[str, str] = {
    "cs": "1=jeden 1=jedno 2=dvě",
    "da": "1=en",
    "de": "1=ein 1=eine 2=zwo 100=hundert 1000=tausend",
    "es": "1=una 1=un 21=veintiún 21=veintiuna 16=dieciseis 22=veintidos 23=veintitres 26=veintiseis",
    "fr": "1=une 80=quatre-vingt",
    "hu": "2=két",
    "it": "1=una 1=un 3=tré",
    "ko": "1=하나 2=둘 3=셋 4=넷 5=다섯 6=여섯 7=일곱 8=여덟 9=아홉 10=열 11=열하나 12=열둘 20=스물",
    "nl": "1=een",
    "pl": "1=jedna 1=jedno 2=dwie",
    "pt": "1=uma 2=duas 14=catorze 14=quatorze",
    "ro": "1=una 2=două",
    "ru": "1=одна 1=одно 2=две",
    "sv": "1=en",
    "uk": "1=одна 1=одно 2=дві",
}
# Words of English, of programs and of several languages, which alone say no number.
NEVER = frozenset(["bin", "en", "et", "fire", "hat", "không", "ni", "nul", "null", "on", "ti", "to"])


def spellings(language: str, value: int) -> set[str]:
    """The words of a language for one number."""
    words = {squashed(num2words(value, lang=name)) for name in LANGUAGES[language].split()}
    words |= {squashed(word) for number, word in (p.split("=") for p in ALSO.get(language, "").split()) if int(number) == value}
    if language == "it":
        words |= {word[:-1] + "e" for word in words if word[-1] == "é"}
    return {ONLY_AT_END + word if word in NEVER else word for word in words}


def beginnings(language: str, hundreds: int) -> set[str]:
    """How a number between a hundred and the next begins, before the word of its rest."""
    found: set[str] = set()
    for name in LANGUAGES[language].split():
        wholes = [squashed(num2words(hundreds + rest, lang=name)) for rest in range(1, 100)]
        rests = [squashed(num2words(rest, lang=name)) for rest in range(1, 100)]
        fits = [whole.removesuffix(rest) for whole, rest in zip(wholes, rests, strict=True) if whole.endswith(rest)]
        found |= set(fits)
    if language == "de" and hundreds == 100:
        found.add("hundert")
    return found


def lines() -> Iterator[str]:
    """The table; a word that is two numbers in two languages is none."""
    words = {
        language: {value: spellings(language, value) for value in (*range(100), *range(100, 1001, 100))} for language in LANGUAGES
    }
    meanings: dict[str, set[int]] = defaultdict(set)
    for numbers in words.values():
        for value, spelled in numbers.items():
            for word in spelled:
                meanings[word].add(value)
    for language, numbers in words.items():
        clear = {value: sorted(word for word in spelled if len(meanings[word]) == 1) for value, spelled in numbers.items()}
        columns = (
            "|".join(",".join(clear[value]) for value in range(100)),
            "|".join(",".join(clear[value]) for value in range(100, 1001, 100)),
            "|".join(",".join(sorted(beginnings(language, value))) for value in range(100, 1000, 100)),
        )
        yield "\t".join((language, *columns))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    (folder / FILE).write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
