"""Make the tables that constraints on emoji and on verbs look things up in, `rewardkit/verifiers/instruct/tables/`.

`python tools/tables/instruct.py [FOLDER]`, with these installed beside rewardkit: emoji 2.16 (Unicode's list) and lemminflect 0.2
(MIT; the forms of English words, after the SPECIALIST lexicon of the National Library of Medicine).
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "rewardkit" / "verifiers" / "instruct" / "tables"
VERB = {"verb", "aux"}


def emoji_lines() -> list[str]:
    """Ranges of the characters that are emoji by themselves."""
    import emoji

    points = sorted(ord(one) for one in emoji.EMOJI_DATA if len(one) == 1)
    starts = [point for point in points if point - 1 not in set(points)]
    ends = [point for point in points if point + 1 not in set(points)]
    return [f"{first:X}..{last:X}" for first, last in zip(starts, ends, strict=True)]


def verbs() -> tuple[list[str], list[str]]:
    """Forms that are only a verb's, and forms that are something else's too."""
    spec = find_spec("lemminflect")
    origin = spec.origin if spec else None
    assert origin is not None, "install lemminflect"
    with gzip.open(Path(origin).parent / "resources" / "lemma_lu.csv.gz", "rt", encoding="utf-8") as table:
        kinds: dict[str, set[str]] = defaultdict(set)
        for form, kind, _ in csv.reader(table):
            kinds[form].add(kind)
    forms = sorted(form for form, of in kinds.items() if of & VERB and form.isascii() and form.isalpha() and form.islower())
    return [form for form in forms if kinds[form] <= VERB], [form for form in forms if not kinds[form] <= VERB]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    only, also = verbs()
    for name, head, rows in (
        ("emoji", "Characters that are emoji by themselves, as ranges.", emoji_lines()),
        ("verbs", "Forms of English verbs that are nothing else.", only),
        ("verbs_or_nouns", "Forms of English verbs that are a noun, an adjective or an adverb too.", also),
    ):
        text = "\n".join((f"# {head} Made by tools/tables/instruct.py.", *rows, ""))
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
