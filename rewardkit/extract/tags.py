"""The `<answer>` block outside `<think>`."""

from __future__ import annotations

import re

from rewardkit.extract.announcements import within
from rewardkit.extract.statement import DRESS, Method, Reason, Statement, fold
from rewardkit.extract.wrappers import outside_think
from rewardkit.prose.stance import stance

__all__ = ["answer_tag"]

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_ANSWER = re.compile(r"<(/?)answer\s{0,4}>", re.IGNORECASE)


def answer_tag(text: str) -> Statement | None:
    """The `<answer>` block; several with different texts are alternatives, and one that is denied is none."""
    if "<" not in text or "answer>" not in text.lower():
        return None
    visible = outside_think(text)
    blocks, opened = _blocks(visible)
    if not blocks:
        # A <think> that was never closed hides drafts, but a complete block after it was meant to be seen.
        last_think = max((m.end() for m in _THINK.finditer(text)), default=0)
        visible = text[last_think:]
        blocks, _ = _blocks(visible)
    if not blocks:
        # "<Answer>: B" uses the tag as a heading.
        heading = (opened or "").lstrip(" \t:：").strip()
        return within(heading, Method.ANSWER_TAG) if heading else None
    filled = [(begin, end) for begin, end in blocks if visible[begin:end].strip(DRESS)]
    if not filled:
        return Statement(None, Method.ANSWER_TAG, Reason.NO_ANSWER)
    contents = [visible[begin:end].strip() for begin, end in filled]
    if len({fold(content) for content in contents}) > 1:
        return Statement(None, Method.ANSWER_TAG, Reason.AMBIGUOUS, tuple(contents[:16]))
    begin, end = filled[-1]
    if not stance(visible, begin - len("<answer>"), end + len("</answer>")).offers:
        return Statement(None, Method.ANSWER_TAG, Reason.NO_ANSWER)
    return within(contents[-1], Method.ANSWER_TAG)


def _blocks(text: str) -> tuple[list[tuple[int, int]], str | None]:
    """Where the contents of the complete innermost blocks stand, and what follows an opening that is never closed."""
    blocks: list[tuple[int, int]] = []
    opened: int | None = None
    if "</" not in text:
        at = text.lower().rfind("<answer>")
        return [], None if at < 0 else text[at + len("<answer>") :]
    for tag in _ANSWER.finditer(text):
        if not tag[1]:
            opened = tag.end()
        elif opened is not None:
            blocks.append((opened, tag.start()))
            opened = None
    return blocks, None if opened is None else text[opened:]
