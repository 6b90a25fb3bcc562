"""How many instructions of a kernel's SASS are for what: by the line of the source that each was made of.

Instructions are counted where they stand: a branch that is not taken counts as well, and a loop once. So these are numbers to set
side by side, not what a GPU would count.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

WARPS = 8  # of a block
VECTORS = {"f": 16, "t": 8}  # 16-byte stores of 2,048 tokens, by the mangled type
# A call in the source and how many of a block's warps make it for a piece; the first that an instruction stands under counts.
STORE = ("write_whole<Large>(", "write_tiles<Mask, Token, true")
ROWS = {
    "stage_groups(": 1 / WARPS,
    "choose_rows(": 1 / WARPS,
    "stage_rows(": 1.0,
    "prefetch<": 1.0,
    "reward_moments(warp, a, Group::of(a, group))": 1.0,
    "advantages(warp, row)": 1.0,
}
_FRAME = re.compile(r'\s*//## File "([^"]+)", line (\d+)')
_INSTRUCTION = re.compile(r"\s*/\*[0-9a-f]{4,}\*/\s+(.*);")
_SOURCES: dict[str, list[str]] = {}


def per_piece(body: str) -> tuple[str, str]:
    """A warp's instructions for 2,048 tokens of one row: storing them, and knowing their advantage."""
    counts, stores = _counted(body)
    token = re.search(r"MaskE([ft])E", body)
    if token is None or not stores:
        raise RuntimeError(f"no whole vectors are stored in {body[:80]}")
    copies = stores / VECTORS[token[1]]  # the compiler may repeat it, or write fewer at a time
    rows = sum(counts[call] * share for call, share in ROWS.items())
    return str(round(counts["store"] / copies)), str(round(rows))


def _counted(body: str) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    stores = 0
    frames: list[str] = []
    complete = True
    for line in body.splitlines():
        if frame := _FRAME.match(line):
            frames = [] if complete else frames
            complete = False
            frames.append(_source(frame[1], int(frame[2])))
        elif instruction := _INSTRUCTION.match(line):
            complete = True
            called = [call for call in (*STORE, *ROWS) if any(call in text for text in frames)]
            if "NOP" not in instruction[1] and called:
                counts["store" if called[0] in STORE else called[0]] += 1
                stores += called[0] in STORE and bool(re.search(r"\bSTG\.E[\w.]*\.128", instruction[1]))
    return counts, stores


def _source(file: str, line: int) -> str:
    if file not in _SOURCES:
        path = Path(file)
        _SOURCES[file] = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    lines = _SOURCES[file]
    return lines[line - 1] if line <= len(lines) else ""
