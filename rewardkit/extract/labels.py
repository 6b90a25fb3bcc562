"""Names put around an answer: `[Answer] 42`, `【答案】C`, `[类别]抵押担保`, `<final>42</final>`."""

from __future__ import annotations

import re
from itertools import zip_longest

from rewardkit.extract.announcements import within
from rewardkit.extract.statement import DRESS, Method, Reason, Statement, fold, tidy
from rewardkit.extract.wrappers import has_names
from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.glue import IS
from rewardkit.prose.names import says_answer
from rewardkit.prose.stance import stance

__all__ = ["label"]

_NAMED = re.compile(r"[\[【［〔]\s?(?P<name>[^\W\d_][^\W\d]{0,15}(?: [^\W\d_]{1,12}){0,2})\s?[\]】］〕](?!\()\s?[:：]?")
_LED = re.compile(rf"(?:^|\n|[:：是为為は])[\s*_>#-]*$|{IS}\s+[*_]*$|[、,，;；和]\s?$", re.IGNORECASE)
# A first line that is a name and its value, in a script without spaces.
_FIRST_LINE = re.compile(r"\W*([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8})\s?[:：]([^\n:：\[]{1,60})(?=\n|$)")
_SEPARATORS = " \t、,，;；。和"
_CLAUSE = re.compile(r"[，。；](?!\d)")
_CLOSING_TAG = re.compile(r"</([A-Za-z][\w-]{1,24})>\s*$")
HEADS = 32  # names from the end; a text that has more is a loop
FOREIGN = 60  # characters of a value under a name that is not known to announce an answer


def label(text: str) -> Statement | None:
    """The value under a name that stands in brackets, or in the tag that closes the text; with different ones, none of them."""
    if text.rstrip().endswith(">") and (found := _in_closing_tag(text)):
        return found
    found = _behind_brackets(text) if has_names(text) else None
    return found or (None if text.isascii() else _in_first_line(text))


def _in_first_line(text: str) -> Statement | None:
    """The value of a first line such as 类别：抵押担保, behind which there is no other answer."""
    line = _FIRST_LINE.match(text)
    if line is None or says_answer(line[1]) is not None or "=" in text[line.end() :] or not _is_closed(text[line.end() :]):
        return None
    return within(tidy(line[2].rstrip("。")), Method.LABEL)


def _in_closing_tag(text: str) -> Statement | None:
    """What stands in a block such as `<final>` at the end of the text."""
    closing = _CLOSING_TAG.search(text)
    if closing is None or not says_answer(closing[1]):
        return None
    opening = f"<{closing[1]}>"
    begin = text.rfind(opening, 0, closing.start())
    content = text[begin + len(opening) : closing.start()].strip(DRESS) if begin >= 0 else ""
    if not content or not stance(text, begin, closing.end()).offers:
        return None
    others = [block.split(closing[0].strip(), 1)[0] for block in text[:begin].split(opening)[1:]]
    if any(fold(other) != fold(content) for other in others[:HEADS]):
        return Statement(None, Method.LABEL, Reason.AMBIGUOUS, (*others[:HEADS], content)[:16])
    return within(content, Method.LABEL)


def _behind_brackets(text: str) -> Statement | None:
    """What stands behind a name in brackets; values in one line are a list, and different ones elsewhere are no answer."""
    every = list(_NAMED.finditer(text))
    found = [head for head in every if _LED.search(text, max(0, head.start() - 12), head.start())]
    names = {head["name"] for head in found if says_answer(head["name"])}
    heads = [head for head in every if head["name"] in names]
    if not heads and len({head["name"] for head in found}) == 1 and _is_all_there_is(text, found[0], found[-1]):
        heads = found
    if not heads:
        return None
    lines: dict[int, list[str]] = {}
    heads = heads[-HEADS:]
    for head, following in zip_longest(heads, heads[1:]):
        value, end = _value(text, head, following.start() if following else len(text))
        if value and stance(text, head.start(), end).offers:
            lines.setdefault(text.rfind("\n", 0, head.start()), []).append(value)
    if not lines:
        return None
    offered = {fold(value): value for values in lines.values() for value in values}
    last = {fold(value): value for value in list(lines.values())[-1]}
    if len(offered) > len(last):
        return Statement(None, Method.LABEL, Reason.AMBIGUOUS, tuple(offered.values())[:16])
    return within("、".join(last.values()), Method.LABEL)


def _value(text: str, head: re.Match[str], stop: int) -> tuple[str, int]:
    """What stands behind a name up to the end of its line, of its clause where another name follows, and where it ends."""
    line, _, rest = text[head.end() : stop].partition("\n")
    if not line.strip():
        return tidy(rest.lstrip().split("\n", 1)[0]), stop
    value = line.split(f"[/{head['name']}]", 1)[0]
    if stop < len(text) and not rest:
        value = _CLAUSE.split(value, maxsplit=1)[0]
    return tidy(value.strip(_SEPARATORS)), head.end() + len(value.rstrip(_SEPARATORS))


def _is_all_there_is(text: str, first: re.Match[str], last: re.Match[str]) -> bool:
    """Whether values under an unknown name of another script, such as 类别, open or close a text without another answer."""
    line, _, rest = text[last.end() :].partition("\n")
    if first["name"].isascii() or says_answer(first["name"]) is False or len(line) > FOREIGN:
        return False
    return not rest.strip() or (len(text[: first.start()].strip()) <= FOREIGN and _is_closed("\n" + rest))


def _is_closed(rest: str) -> bool:
    """Whether nothing but another paragraph follows, and that announces no answer."""
    return not rest.strip() or (rest.startswith("\n\n") and not announced(rest) and not chosen(rest))
