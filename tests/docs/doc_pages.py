"""The pages of the documentation, and what stands in them between fences."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md"])

_BLOCK = re.compile(r"(?:`(?P<file>[\w./-]+)`:\n\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """What stands between two fences, the file that it is said to be, and what is said to be printed by it."""

    language: str
    text: str
    file: str
    printed: str | None


def name_of(page: Path) -> str:
    return page.relative_to(DOCS if page.is_relative_to(DOCS) else ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in order; one of `text` right behind Python is what that prints."""
    text = page.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    listed = []
    for place, one in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        prints = after is not None and after["language"] == "text" and not text[one.end() : after.start()].strip()
        listed.append(Block(one["language"], one["text"], one["file"] or "", after["text"] if after and prints else None))
    return listed


def elsewhere() -> list[dict[str, str]]:
    """The rows of blocks_elsewhere.csv: Python that is not run with its page, and the test that does what it says."""
    with (HERE / "blocks_elsewhere.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
