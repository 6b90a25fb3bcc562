"""Tags: what is outside `<think>`, and the `<answer>` block in it."""

from __future__ import annotations

import re

from rewardkit.extract.found import DRESS, Extraction, fold
from rewardkit.extract.stated import within

__all__ = ["answer_tag", "outside_think"]

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)


_ANSWER = re.compile(r"<(/?)answer>", re.IGNORECASE)


def outside_think(text: str) -> str:
    """The text without its `<think>` parts, as the table at the top of this module states."""
    if "<" not in text or "think" not in text.lower():
        return text
    kept: list[str] = []
    depth = start = 0
    for tag in _THINK.finditer(text):
        if tag[1]:
            if depth == 0:
                kept.clear()
            depth = max(0, depth - 1)
        else:
            if depth == 0:
                kept.append(text[start : tag.start()])
            depth += 1
        if depth == 0:
            start = tag.end()
    if depth == 0:
        kept.append(text[start:])
    return "".join(kept)


def answer_tag(text: str) -> Extraction | None:
    """The `<answer>` block; several with different texts are alternatives."""
    if "<" not in text or "answer>" not in text.lower():
        return None
    visible = outside_think(text)
    blocks, opened = _blocks(visible)
    if not blocks:
        # A <think> that was never closed hides drafts, but a complete block after it was meant to be seen.
        last_think = max((m.end() for m in _THINK.finditer(text)), default=0)
        blocks, _ = _blocks(text[last_think:])
    if not blocks and opened is not None and opened.strip():
        blocks = [opened]
    if not blocks:
        return None
    filled = [b for b in blocks if b.strip(DRESS)]
    if not filled:
        return Extraction(None, "answer_tag", "no_answer")
    if len({fold(b) for b in filled}) > 1:
        return Extraction(None, "answer_tag", "ambiguous", tuple(b.strip() for b in filled[:16]))
    return within(filled[-1].strip(), "answer_tag")


def _blocks(text: str) -> tuple[list[str], str | None]:
    """Contents of the complete innermost blocks, and what follows an opening that is never closed."""
    blocks: list[str] = []
    opened: int | None = None
    if "</" not in text:
        at = text.lower().rfind("<answer>")
        return [], None if at < 0 else text[at + len("<answer>") :]
    for tag in _ANSWER.finditer(text):
        if not tag[1]:
            opened = tag.end()
        elif opened is not None:
            blocks.append(text[opened : tag.start()])
            opened = None
    return blocks, None if opened is None else text[opened:]
