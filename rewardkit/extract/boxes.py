r"""Boxes: the last one that is stated, and what is offered beside it."""

from __future__ import annotations

import re
from typing import NamedTuple

from rewardkit.extract.statement import TAIL, Method, Reason, Statement, first_sentence, fold, tidy
from rewardkit.prose.announced import announced
from rewardkit.prose.joined import alternative_before, alternative_behind, are_alternatives
from rewardkit.prose.stance import Stance, stance

__all__ = ["boxed", "lone_box"]

_BOX = re.compile(r"\\f?box")
_BOX_OR_BRACE = re.compile(
    r"(?P<box>\\f?box(?:ed)?\s*\{)|\\f?box(?:ed)?\s*(?P<bare>[^\s$\\{}]+)|\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL
)
SHORT = 37  # characters of a box that is looked at before anything else, as many as the following takes
# One with commands and groups in it: short enough for a correction to see it, and without braces of the text itself.
_SHORT_BOX = re.compile(r"\\boxed\{((?=.{1,30}\})(?:[^{}\\]|\\[a-zA-Z]|\{(?:[^{}\\]|\\[a-zA-Z]){0,30}\}){1,30})\}")
_VALUE = re.compile(r"[$\\(\[]*\s*[-−+]?\s*(?:\\?[$€£¥])?\d|\$|\\\(|\([A-Z]\)|[A-Z]$")
LOOKED_AT = 8  # boxes from the end
BACK = 8  # characters before an announcement in which it may be called final
_UNFINISHED = re.compile(r"[-+*/=<>^_(,&]\s*$|\\(?:cdot|times|frac|sqrt|pm|div)\s*$|\\text\s*$")


class _Box(NamedTuple):
    """A box and its content."""

    begin: int
    end: int
    content: str


def boxed(text: str) -> Statement | None:
    """The last box that the text states, or the boxes that stand beside it; a "final answer" after it comes before it."""
    if "boxed" not in text and "fbox" not in text:
        return None
    boxes, opened = _boxes(text)
    if not boxes:
        return _unclosed(text, opened)
    after = _announced_after(text, boxes[-1].end)
    if after is not None:
        return after
    looked = boxes[-LOOKED_AT:]
    stances = _stances(text, looked)
    stated = next((place for place, found in stances.items() if found is Stance.STATED), None)
    if stated is None:
        stated = next((place for place, found in stances.items() if found.offers), None)
    hedged = sorted(place for place, found in stances.items() if found is Stance.HEDGED)
    if hedged and (stated is None or hedged[-1] >= stated - 1):
        offered = _several(text, [looked[place] for place in ([stated] if stated is not None else []) + hedged])
        return offered if offered.text is None else Statement(None, Method.BOXED, Reason.NO_ANSWER)
    if stated is None:
        return Statement(None, Method.BOXED, Reason.NO_ANSWER)
    group = _group(text, looked, stated)
    return _several(text, group) if len(group) > 1 else _one(text, looked[stated])


def lone_box(text: str) -> Statement | None:
    """The one short box of a text with no tag, JSON or denial in it, as most have: what every step together would find."""
    begin = text.find("\\boxed{")
    if begin < 0 or text.count("box") != 1 or "<" in text or '"' in text:
        return None
    end = text.find("}", begin)
    content = text[begin + 7 : end]
    if "{" in content or "\\" in content or not 0 < end - begin <= SHORT:
        box = _SHORT_BOX.match(text, begin)
        if box is None:
            return None
        end, content = box.end() - 1, box[1]
    content = content.strip()
    behind = text[end + 1 :].strip(" \n$.*)\\]")
    if not content or behind or _stance(text, _Box(begin, end + 1, content)) is not Stance.STATED or _UNFINISHED.search(content):
        return None
    return None if alternative_before(text, begin) else Statement(content, Method.BOXED)


def _stances(text: str, boxes: list[_Box]) -> dict[int, Stance]:
    """The stances from the last box back to the last that is stated, and of the one before it, which may be its alternative."""
    found: dict[int, Stance] = {}
    for place in reversed(range(len(boxes))):
        found[place] = _stance(text, boxes[place])
        if found.get(place + 1) is Stance.STATED:
            break
    return found


def _stance(text: str, box: _Box) -> Stance:
    """The stance of a box, which by itself says that its content is more than the number of a step or what is added."""
    found = stance(text, box.begin, box.end)
    return Stance.STATED if found is Stance.NAMED else found


def _one(text: str, box: _Box) -> Statement:
    content = _unbox(box.content)
    if not content or _UNFINISHED.search(content):
        return Statement(None, Method.BOXED, Reason.NO_ANSWER)
    other = alternative_behind(text, box.end) or alternative_before(text, box.begin)
    if other and fold(other) != fold(content):
        return Statement(None, Method.BOXED, Reason.AMBIGUOUS, (content, other))
    return Statement(content, Method.BOXED)


def _several(text: str, boxes: list[_Box]) -> Statement:
    contents = [_unbox(box.content) for box in boxes]
    beside = [alternative_behind(text, boxes[-1].end), alternative_before(text, boxes[0].begin)]
    distinct = {fold(content): content for content in (*contents, *filter(None, beside)) if content}
    if not distinct:
        return Statement(None, Method.BOXED, Reason.NO_ANSWER)
    if len(distinct) > 1:
        return Statement(None, Method.BOXED, Reason.AMBIGUOUS, tuple(distinct.values())[:16])
    return Statement(next(iter(distinct.values())), Method.BOXED)


def _group(text: str, boxes: list[_Box], last: int) -> list[_Box]:
    """The box with those before it that stand beside it as alternatives or parts of one answer."""
    group = [boxes[last]]
    for box in reversed(boxes[:last]):
        if not are_alternatives(text, box.end, group[0].begin):
            break
        group.insert(0, box)
    return group


def _unclosed(text: str, opened: int | None) -> Statement | None:
    """A box that is never closed, up to the end of its line; where the text ends in it, it is cut off and no answer."""
    if opened is None:
        return None
    line, _, rest = text[opened:].partition("\n")
    line = line.strip().rstrip("$.").strip()
    if not line:
        return None
    cut = not rest.strip() or line.count("{") > line.count("}") or _UNFINISHED.search(line) is not None
    return Statement(None, Method.BOXED, Reason.NO_ANSWER) if cut else Statement(line, Method.BOXED)


def _announced_after(text: str, end: int) -> Statement | None:
    """A "final answer" with a value of its own after the last box: it is the later word."""
    begin = max(end, len(text) - TAIL)
    if "final" not in text[max(0, begin - BACK) :].lower():
        return None
    for cue in reversed(announced(text[begin:])):
        value = tidy(first_sentence(text[begin + cue.end :].split("\n", 1)[0].lstrip(" :*_")))
        if value and _VALUE.match(value) and "final" in text[begin + cue.begin - BACK : begin + cue.end].lower():
            return Statement(value, Method.PHRASE)
    return None


def _boxes(text: str) -> tuple[list[_Box], int | None]:
    """Outermost boxes in one pass, and where the last unclosed one's content starts."""
    boxes: list[_Box] = []
    stack: list[tuple[int, int] | None] = []
    first = _BOX.search(text)
    for token in _BOX_OR_BRACE.finditer(text, first.start()) if first else ():
        kind = token.lastgroup
        if kind == "box":
            stack.append((token.start(), token.end()))
        elif kind == "open":
            stack.append(None)
        elif kind == "bare":
            boxes.append(_Box(token.start(), token.end(), token["bare"].rstrip(".,;")))
        elif kind == "close" and stack:
            opening = stack.pop()
            if opening:
                while boxes and boxes[-1].begin > opening[0]:
                    boxes.pop()
                boxes.append(_Box(opening[0], token.end(), text[opening[1] : token.start()]))
    return boxes, next((opening[1] for opening in reversed(stack) if opening), None)


def _unbox(content: str) -> str:
    """The content of a box, or of the only box inside it."""
    content = content.strip()
    if "box" not in content:
        return content
    inner, _ = _boxes(content)
    if len(inner) == 1 and inner[0].begin == 0 and inner[0].end == len(content):
        return inner[0].content.strip()
    return content
