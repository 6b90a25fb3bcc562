"""What share of real words, and of random letters, the guard's table of letters calls gibberish, by length.

`python -m benchmarks.judges.bench_letters WORDS.txt` (a word a line), with what `tools/tables/letters.py` needs installed, writes
rows to `data/letters.csv`; words that the table was counted over are left out. The rows kept are of the 20,000 most frequent
words (50,000 of English) of 26 languages in Latin and 4 in Cyrillic script in wordfreq 3.1.
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row
from rewardkit.judges.guard.letters import ALPHABETS, LIMIT_BITS, evidence, plain
from tools.tables.letters import counted


def held_out(known: set[str], path: Path) -> Iterator[Row]:
    """What share of strange words and of random letters is above the limit."""
    fresh: dict[tuple[str, int], list[str]] = {}
    for line in unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).splitlines():
        word = plain(line.strip())
        if word and word not in known:
            script = next(script for script, alphabet in ALPHABETS.items() if set(word) <= set(alphabet))
            fresh.setdefault((script, len(word)), []).append(word)
    dice = random.Random(0)
    for (script, length), words in sorted(fresh.items()):
        if 4 <= length <= 10:
            noise = ["".join(dice.choices(ALPHABETS[script][1:], k=length)) for _ in range(2_000)]
            for metric, some in (("words of no source", words), ("random letters", noise)):
                share = sum(evidence(word) > LIMIT_BITS for word in some) / len(some)
                yield row(f"{script} letters", f"{metric}, {length} letters (n={len(some)})", "share called gibberish", [share])


def main() -> None:
    """Measure and keep."""
    print(f"→ {keep('letters', held_out(counted(), Path(sys.argv[1]))).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
