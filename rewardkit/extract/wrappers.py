"""What stands around an answer and says nothing: control tokens, fences, printed arrays, and what is struck out."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rewardkit.extract.keys import keys_in
from rewardkit.prose.names import says_answer

__all__ = ["has_names", "outside_think", "told", "unwrapped"]

PRINTED = 400  # characters at the end in which printed arrays are looked for
OBJECT = 8_192  # characters at the end in which keys are
KEPT = 4  # texts, as the stages of one verdict ask for the same
_THINK = re.compile(r"[<\[◁](/?)(?:think(?:ing)?|thought)[>\]▷]", re.IGNORECASE)
# What is struck out, in markdown and LaTeX.
_STRUCK = re.compile(r"~~[^~\n]{1,400}~~|\\(?:[bx]?cancel|sout)\s*\{[^{}]{0,400}\}", re.IGNORECASE)
# Where markup begins and ends to be a comment or struck out, and how many characters it may hold.
_MARKUP = re.compile(r"(?P<begin><!--|<(?:s|del|strike)>)|-->|</(?:s|del|strike)>", re.IGNORECASE)
MOST_STRUCK = {"--": 4_000, "s": 400, "del": 400, "strike": 400}
# Where a model begins or ends a turn; the bars may be wide and the gaps a block, as some families write them.
_ANGLED = (
    r"<(?:[|｜][A-Za-z][\w▁ ]{1,40}[|｜]|/?s|/?(?:eo[a-z]|bos|pad|unk|sep|cls)|</?SYS>|(?:start|begin|end)_?of_?[a-z_]{2,20})>"
)
_SQUARE = r"\[/?(?:INST|SYS|EO[A-Z]|BOS|SEP|CLS|PAD|UNK)\]"
_TOKEN_HEADS = re.compile(_ANGLED, re.IGNORECASE), re.compile(_SQUARE, re.IGNORECASE)
_TOKENS = re.compile(rf"(?:{_ANGLED}|{_SQUARE})+[。.]?", re.IGNORECASE)
# The next turn, which is another's.
_TURN = re.compile(rf"(?<=\S)\s{{0,8}}(?:{_ANGLED}|{_SQUARE})\s{{0,8}}(?:user|human|system)\b", re.IGNORECASE)
_OTHERS = re.compile(rf"(?:{_ANGLED}|\[INST\])\s{{0,8}}(?:user|human|system|analysis|commentary)\b|\[INST\]", re.IGNORECASE)
_OWN = re.compile(rf"{_ANGLED}\s{{0,8}}(?:assistant|model|final)\b|\[/INST\]", re.IGNORECASE)
_FENCE = re.compile(r"^[^\S\n]*```[\w+-]*[^\S\n]*$", re.MULTILINE)
_ARRAY = re.compile(
    r"(?:\b(?:np|numpy|torch|jnp)\s?\.\s?)?\b(?:array|tensor)\(\s*(\[[^()]{0,4000}?\]|[-+\d.e]{1,40})\s*(?:,\s*\w+=[\w.':]{1,40}\s*){0,3}\)"
)
_SCALAR = re.compile(r"\b(?:np|numpy)\.(?:float|u?int|str|bool)\d{0,3}_?\(([^()]{0,400})\)")
# Numbers with nothing but spaces between them, as arrays are printed.
_ROW = re.compile(r"\[\s{0,8}[-+]?\d[\d.eE+-]{0,30}(?:\s{1,8}[-+]?\d[\d.eE+-]{0,30}){1,60}\s{0,8}\]")
_POINT = re.compile(r"(?<=\d)\.(?=\s{0,8}[,\]])")
_NEXT_ROW = re.compile(r"\]\s{0,4}\n\s{0,8}\[(?=[-+\d])")
# What has a name: a block, a line, a key with its value.
_OPENED = re.compile(r"\[\s?[^\W\d_]")
_TAG = re.compile(r"<([^\W\d_][\w-]{1,24})(?:\s[^<>]{0,80})?>")
_BRACKETED = re.compile(r"[\[【［〔](?:(?<=^.)|(?<=\n.)|(?<=\n .))\s?([^\W\d_][\w -]{1,20}?)\s?[\]】］〕][^\n]*")
_NAME = re.compile(r"\s?(_?[^\W\d_][\w -]{0,40}?)\s?")
_YES = re.compile(r"[\"']?(?:true|yes|false|no)\b", re.IGNORECASE)  # said of what stands beside it
_VALUE = re.compile(r"(?:([\"'])(?:(?!\1)[^\\\n]|\\.){0,4000}\1|[^,{}\[\]\"'\n]{1,400})(?:\s?,)?")


def has_names(text: str) -> bool:
    """Whether words may stand in brackets that are no formula's."""
    return _OPENED.search(text) is not None or (not text.isascii() and ("【" in text or "［" in text or "〔" in text))


@lru_cache(maxsize=KEPT)
def outside_think(text: str) -> str:
    """The text without its `<think>` parts, as the table at the top of this package states."""
    low = text.lower()
    if ("think" not in low and "thought" not in low) or _THINK.search(text) is None:
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


@lru_cache(maxsize=KEPT)
def unwrapped(text: str) -> str:
    """The text without what is struck out, in whichever way, and without what only wraps it."""
    angled = "<" in text
    if angled or ("~" in text and "~~" in text) or ("\\" in text and ("cancel" in text or "\\sout" in text)):
        text = _STRUCK.sub(" ", _without_struck(text) if angled and ("-->" in text or "</" in text) else text)
    if (angled and _TOKEN_HEADS[0].search(text)) or ("[" in text and _TOKEN_HEADS[1].search(text)):
        text = _TOKENS.sub("\n\n", _TURN.split(_own(text), maxsplit=1)[0])
    if angled and "</" in text:
        text = _without(text, _refused_blocks(text))
    if "`" in text and "```" in text:
        text = _FENCE.sub("", text)
    if "]" in text or not text.isascii():
        text, rows = _ROW.subn(_with_commas, _BRACKETED.sub(_unless_refused, text) if has_names(text) else text)
        text = _NEXT_ROW.sub("], [", text) if rows else text
    if ('"' in text and ('":' in text or '" :' in text)) or ("'" in text and "':" in text):
        text = _without(text, _refused_keys(text))
    end = text[-PRINTED:]
    if "np." in end or "numpy." in end or "array(" in end or "tensor(" in end:
        text = _ARRAY.sub(lambda array: _POINT.sub("", array[1]), _SCALAR.sub(r"\1", text))
    return text


def _own(text: str) -> str:
    """What the model says itself, where the text holds another's turn or a channel of its own before it."""
    if _OTHERS.match(text.lstrip()):
        own = [turn.end() for turn in _OWN.finditer(text)]
        return text[own[-1] :] if own else ""
    return text


def told(text: str) -> str:
    """What a reader is told: the text outside its thoughts, without what is struck out or wraps it."""
    return outside_think(unwrapped(text))


def _refused_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where blocks stand whose tag says that what is in them is not the answer."""
    behind, unclosed, low = 0, set[str](), text.lower()
    low = low if len(low) == len(text) else text
    for tag in _TAG.finditer(text):
        if tag.start() < behind or tag[1] in unclosed or says_answer(tag[1]) is not False:
            continue
        closing = low.find(f"</{tag[1].lower()}>", tag.end())
        if closing < 0:
            unclosed.add(tag[1])
            continue
        behind = closing + len(tag[1]) + 3
        yield tag.start(), behind


def _refused_keys(text: str) -> Iterator[tuple[int, int]]:
    """Where keys stand, with their values, that say that the value is not the answer."""
    behind = 0
    for key in keys_in(text, max(0, len(text) - OBJECT), len(text)):
        name = _NAME.fullmatch(text, key.begin + 1, key.close)
        if name is None or key.begin < behind or says_answer(name[1]) is not False:
            continue
        at = key.end + text[key.end : key.end + 1].isspace()
        value = _VALUE.match(text, at)
        end = _closing(text, at) if text[at : at + 1] in ("{", "[") else value and value.end()
        if end and not _YES.match(text, at):
            behind = end
            yield key.begin, behind


def _closing(text: str, begin: int) -> int:
    """Where the brackets that open at a place are closed; the end of the text where they are not."""
    depth = 0
    for at in range(begin, len(text)):
        depth += (text[at] in "{[") - (text[at] in "}]")
        if not depth:
            return at + 1
    return len(text)


def _without_struck(text: str) -> str:
    """The text without comments and what markup strikes out; an expression would look for the end of each anew."""
    pieces, at = [], 0
    begun: dict[str, deque[int]] = {name: deque() for name in MOST_STRUCK}
    for found in _MARKUP.finditer(text):
        name = found[0].strip("<>/!").lower()
        if found["begin"]:
            begun[name].append(found.start())
            continue
        waiting = begun[name]
        while waiting and (waiting[0] < at or found.start() - waiting[0] > MOST_STRUCK[name]):
            waiting.popleft()
        if waiting:
            pieces += [text[at : waiting[0]], " "]
            at = found.end()
    return "".join([*pieces, text[at:]])


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    kept, at = "", 0
    for begin, end in spans:
        kept += text[at:begin] + " "
        at = end
    return kept + text[at:] if at else text


def _unless_refused(line: re.Match[str]) -> str:
    return " " if says_answer(line[1]) is False else line[0]


def _with_commas(row: re.Match[str]) -> str:
    return f"[{', '.join(number.rstrip('.') for number in row[0].strip('[] ').split())}]"
