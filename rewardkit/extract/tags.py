"""Tags: what is outside `<think>`, and the `<answer>` block in it."""

from __future__ import annotations

import re

from rewardkit.extract.announcements import within
from rewardkit.extract.statement import DRESS, Method, Reason, Statement, fold
from rewardkit.prose.stance import stance

__all__ = ["answer_tag", "outside_think", "told", "unstruck"]

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
# What is struck out or commented out, in markdown, markup and LaTeX.
_STRUCK = re.compile(
    r"~~[^~\n]{1,400}~~|<!--.{0,4000}?-->|<(?P<tag>s|del|strike)>.{0,400}?</(?P=tag)>|\\(?:[bx]?cancel|sout)\s*\{[^{}]{0,400}\}",
    re.DOTALL | re.IGNORECASE,
)
_ANSWER = re.compile(r"<(/?)answer>", re.IGNORECASE)


def outside_think(text: str) -> str:
    """The text without its `<think>` parts, as the table at the top of this package states."""
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


def unstruck(text: str) -> str:
    """The text without what is struck out or commented out."""
    if "~~" in text or "<" in text or "cancel" in text or "\\sout" in text:
        return _STRUCK.sub(" ", text)
    return text


def told(text: str) -> str:
    """What a reader is told: the text outside its thoughts, without what is struck out."""
    return outside_think(unstruck(text))


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
