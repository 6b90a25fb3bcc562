r"""Text to final answer: pure, linear in the text's length, and the same for every verifier.

The steps, in their default order; the first that finds something decides, and a caller may choose another order:

| step | finds |
|---|---|
| `answer_tag` | the `<answer>…</answer>` block outside `<think>` |
| `json` | the `"answer"` (or `"final_answer"`) value of a JSON object |
| `boxed` | the last balanced `\boxed{…}` or `\fbox{…}`, or a "final answer is" with a value of its own after it |
| `hash` | what follows the last `####` at the start of a line |
| `phrase` | what follows the last "the answer is", "Final answer:", "Answer:", or its like in other languages |
| `chinese` | what follows the last 答案是, 答案为, 故选 or their like |
| `bold` | the last `**bold**` text of the closing lines |
| `last_math` | the last `$…$`, `\(…\)` or `\[…\]` of the closing lines |
| `last_number` | the last number of the text |
| `last_line` | the last line that is not empty |

Within a step the last find wins, because earlier ones are steps on the way. What is offered *together* is one
answer: boxes side by side, and `<answer>` blocks with different texts, are `ambiguous` and hold the alternatives.

Stated results for odd tags. Text inside `<think>` is never an answer; a `</think>` without an opening hides all
before it; a `<think>` that is never closed hides all after it but a complete `<answer>` block. Nested blocks: the innermost
counts. Repeated blocks with one text are one answer. An empty block is `no_answer`, and nothing else is looked at, because the
completion said what its answer is. An `<answer>` never closed counts up to the end of the text when no block is complete
(servers cut the text at a stop string). A box never closed counts up to the end of its line when no box is complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rewardkit.errors import BadParameter

__all__ = ["DEFAULT_ORDER", "STEPS", "Extraction", "extract", "is_operator", "outside_think"]

DEFAULT_ORDER = ("answer_tag", "json", "boxed", "hash", "phrase", "chinese", "bold", "last_line")

# A conclusion stands near the end: the soft steps read no more than this many characters of it.
TAIL = 32_768

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_ANSWER = re.compile(r"<(/?)answer>", re.IGNORECASE)
_BOX_OR_BRACE = re.compile(
    r"(?P<box>\\f?box(?:ed)?\s*\{)|\\f?box(?:ed)?\s*(?P<bare>[^\s$\\{}]+)|\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL
)
_BETWEEN_BOXES = re.compile(
    r"(?:[\s,;.$&、，；]|\\[()\[\],;!]|\\(?:quad|qquad)\b|\\text\s*\{\s*(?:and|or)\s*\}|\band\b|\bor\b|和|或|与)*"
    r"(?:[A-Za-z](?:_\{?\w{1,4}\}?)?\s*=\s*)?"
)
_JSON_KEY = re.compile(r'"(?:final[_ ])?answer"\s*:\s*', re.IGNORECASE)
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_JSON_BARE = re.compile(r"[^,}\]\n]+")
_HASH = re.compile(r"(?:^|\n)[^\S\n]*(?:Step \d+:[^\S\n]*)?####(?!#)[^\S\n]*([^\n]*)")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_NUMBER = re.compile(
    r"[-+−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s*/\s*\d+(?![\d.]))?\s?%?|[-+−]?\.\d+"
)

# "answer is" as other languages say it; each is followed by a colon or nothing.
_FOREIGN = "|".join(
    (
        "respuesta(?: correcta| final)?(?: es)?",
        "réponse(?: correcte| finale)?(?: est)?",
        "antwort(?: ist| lautet)?",
        "risposta(?: è)?",
        "resposta(?: é)?",
        "antwoord(?: is)?",
        "svar(?:et)?(?: är| er)?",
        "odpowiedź(?: to)?",
        "ответ",
        "відповідь",
        "cevap",
        "javob",
        "정답은?|답은?",
        "答え[はが]?|正解は?",
        "الجواب(?: هو)?|الإجابة(?: هي)?",
        "उत्तर(?: है)?",
        "đáp án(?: là)?",
        "jawaban(?:nya)?(?: adalah)?",
        "คำตอบ(?:คือ)?",
    )
)
_PHRASE = re.compile(
    r"\banswers?\b[*_\"'’]{0,3}(?:[^\S\n]+(?:to|of|for|choice|option)\b[^.:\n]{0,80}?)?[^\S\n]{0,3}"
    r"(?:(?:is|are|would be|should be|must be|will be|was)\b[^\S\n]*:?|[:：=])[*_]{0,3}"
    r"|(?:^|\n)[^\S\n]*(?:#{1,6}[^\S\n]*)?\**(?:final |the |correct )?answer\**[^\S\n]*(?=\n)"
    r"|(?:^|\n)[^\S\n]*A:(?=[^\S\n]*\S)"
    rf"|(?<!\w)(?:{_FOREIGN})(?:[^\S\n]*[:：][*_]{{0,3}}|(?=[^\S\n]+[\$\\\d(A-Z]))",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:答案|答)(?:选择|选项|应)?(?:[是为選选]|[:：])+[:：]?|(?:故|因此|所以)?[，,]?(?:应|應)?(?:选|選)(?:择|擇)?(?:项)?[:：]?(?=\s*[A-ZＡ-Ｚ(（])"
)
_FINAL = re.compile(r"\bfinal answer\b[*_]{0,3}[^\S\n]*(?:is|:)[*_]{0,3}[^\S\n]*:?", re.IGNORECASE)
_VALUE = re.compile(r"[$\\(\[]*\s*[-−+]?\s*(?:\\?[$€£¥])?\d|\$|\\\(|\([A-Z]\)|[A-Z]$")
_SENTENCE_END = re.compile(r"(?<=[^\d\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[^\d\s]|\s*$)|[。！!？?](?=\s|$|[一-鿿])")
_DRESS = " \t\r\n*_`\"'“”"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer of a text, or why there is none.

    `text` is None unless `reason` is "found"; otherwise `reason` is "no_answer" or "ambiguous". `method` names
    the step that decided. `alternatives` lists the answers offered when they are several.
    """

    text: str | None
    method: str
    reason: str = "found"
    alternatives: tuple[str, ...] = ()


def extract(text: str, *, order: Sequence[str] = DEFAULT_ORDER) -> Extraction:
    """Find the final answer of a completion.

    `order` lists steps by name (`STEPS`); the default is `DEFAULT_ORDER`. Raises `BadParameter` for an unknown step.
    """
    for name in order:
        if name not in STEPS:
            message = f"no extraction step is named {name!r}; the steps are {', '.join(STEPS)}"
            raise BadParameter(message)
    visible = outside_think(text)
    for name in order:
        found = STEPS[name](text if name == "answer_tag" else visible)
        if found is not None:
            return found
    return Extraction(None, "none", "no_answer")


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


def _answer_tag(text: str) -> Extraction | None:
    if "answer>" not in text.lower():
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
    filled = [b for b in blocks if b.strip(_DRESS)]
    if not filled:
        return Extraction(None, "answer_tag", "no_answer")
    if len({_fold(b) for b in filled}) > 1:
        return Extraction(None, "answer_tag", "ambiguous", tuple(b.strip() for b in filled[:16]))
    return _within(filled[-1].strip(), "answer_tag")


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


def _within(block: str, method: str) -> Extraction:
    """The answer inside an explicit block, which may itself hold a box or a phrase."""
    found = _boxed(block)
    if found is None and len(block) > 40:
        found = _phrase(block) or _chinese(block)
    if found is None:
        return Extraction(block, method)
    return Extraction(found.text, f"{method}+{found.method}", found.reason, found.alternatives)


def _boxed(text: str) -> Extraction | None:
    if "boxed" not in text and "fbox" not in text:
        return None
    boxes, opened = _boxes(text)
    if not boxes:
        line = "" if opened is None else text[opened:].split("\n", 1)[0].strip().rstrip("$.").strip()
        return Extraction(line, "boxed") if line else None
    group = [boxes[-1]]
    for box in reversed(boxes[:-1]):
        if group[-1][0] - box[1] > 200 or not _BETWEEN_BOXES.fullmatch(text, box[1], group[-1][0]):
            break
        group.append(box)
    corrected = _final_after(text, boxes[-1][1])
    if corrected is not None:
        return corrected
    contents = [_unbox(content) for _, _, content in reversed(group)]
    distinct = {_fold(c): c for c in contents if c}
    if not distinct:
        return Extraction(None, "boxed", "no_answer")
    if len(distinct) > 1:
        return Extraction(None, "boxed", "ambiguous", tuple(distinct.values())[:16])
    return Extraction(next(iter(distinct.values())), "boxed")


def _final_after(text: str, end: int) -> Extraction | None:
    """A "final answer" with a value of its own after the last box: it is the later word."""
    found = None
    for found in _FINAL.finditer(text, max(end, len(text) - TAIL)):  # noqa: B007 - the last one is wanted
        pass
    value = found and _tidy(_first_sentence(text[found.end() :].split("\n", 1)[0]))
    return Extraction(value, "phrase") if value and _VALUE.match(value) else None


def _boxes(text: str) -> tuple[list[tuple[int, int, str]], int | None]:
    """Outermost boxes as (start, end, content) in one pass, and where the last unclosed one's content starts."""
    boxes: list[tuple[int, int, str]] = []
    stack: list[tuple[int, int] | None] = []
    for token in _BOX_OR_BRACE.finditer(text):
        kind = token.lastgroup
        if kind == "box":
            stack.append((token.start(), token.end()))
        elif kind == "open":
            stack.append(None)
        elif kind == "bare":
            boxes.append((token.start(), token.end(), token["bare"].rstrip(".,;")))
        elif kind == "close" and stack:
            opening = stack.pop()
            if opening:
                while boxes and boxes[-1][0] > opening[0]:
                    boxes.pop()
                boxes.append((opening[0], token.end(), text[opening[1] : token.start()]))
    return boxes, next((opening[1] for opening in reversed(stack) if opening), None)


def _unbox(content: str) -> str:
    """The content of a box, or of the only box inside it."""
    content = content.strip()
    if "box" not in content:
        return content
    inner, _ = _boxes(content)
    if len(inner) == 1 and inner[0][0] == 0 and inner[0][1] == len(content):
        return inner[0][2].strip()
    return content


def _json(text: str) -> Extraction | None:
    key = None
    for key in _JSON_KEY.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if key is None:
        return None
    string = _JSON_STRING.match(text, key.end())
    if string:
        value = _unescape(string[1])
    else:
        try:
            decoded, _ = json.JSONDecoder().raw_decode(text[key.end() : key.end() + TAIL])
            value = json.dumps(decoded, ensure_ascii=False) if isinstance(decoded, (list, dict, bool)) else str(decoded)
        except (ValueError, RecursionError):
            bare = _JSON_BARE.match(text, key.end())
            value = bare[0] if bare else ""
    value = value.strip()
    if not value or value == "None":
        return Extraction(None, "json", "no_answer")
    return _within(value, "json")


def _unescape(body: str) -> str:
    r"""A JSON string's text; where a model forgot to double a backslash (`\frac` reads as a form feed), it is kept."""
    if "\\" not in body:
        return body
    try:
        value = json.loads(f'"{body}"', strict=False)
    except ValueError:
        return body.replace("\\\\", "\\").replace('\\"', '"')
    if isinstance(value, str) and not re.search(r"[\x08\x0c]|[\t\r](?=[a-z])", value):
        return value
    return body.replace("\\\\", "\\").replace('\\"', '"')


def _hash(text: str) -> Extraction | None:
    if "####" not in text:
        return None
    found = None
    for match in _HASH.finditer(text):
        found = match[1]
    value = _tidy(found or "")
    return _within(value, "hash") if value else None


def _phrase(text: str) -> Extraction | None:
    return _after_last(_PHRASE, text, "phrase")


def _chinese(text: str) -> Extraction | None:
    return _after_last(_CHINESE, text, "chinese")


def _after_last(pattern: re.Pattern[str], text: str, method: str) -> Extraction | None:
    """What follows the last match: the rest of its sentence, or the next line when nothing else stands on its own."""
    tail = text[-TAIL:]
    for match in reversed(list(pattern.finditer(tail))):
        rest = tail[match.end() :].lstrip(" \t:：*_")
        if rest.startswith(("\n", "\r")):
            rest = rest.lstrip()
        line = rest.split("\n\n", 1)[0] if rest.startswith(("$$", "\\[", "\\begin")) else rest.split("\n", 1)[0]
        value = _tidy(_first_sentence(line))
        if value:
            return _within(value, method)
    return None


def _first_sentence(line: str) -> str:
    for end in _SENTENCE_END.finditer(line):
        head = line[: end.start()]
        # A stop inside mathematics or a bracket ends no sentence.
        if head.count("$") % 2 == 0 and head.count("{") <= head.count("}") and head.strip():
            return head
    return line


def _bold(text: str) -> Extraction | None:
    found = None
    for match in _BOLD.finditer(_closing_lines(text, 3)):
        if not match[1].rstrip().endswith((":", "：")):
            found = match[1]
    value = _tidy(found or "")
    return _within(value, "bold") if value else None


def _last_math(text: str) -> Extraction | None:
    """The last delimited formula, found from its end backwards so that the cost stays linear."""
    lines = _closing_lines(text, 6)
    best = (-1, "")
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        end = lines.rfind(closing)
        start = lines.rfind(opening, 0, max(end, 0))
        if 0 <= start < end and end + len(closing) > best[0]:
            content = lines[start + len(opening) : end].strip(" $\n")
            best = (end + len(closing), content) if content else best
    return Extraction(best[1], "last_math") if best[1] else None


def _last_number(text: str) -> Extraction | None:
    found = None
    for match in _NUMBER.finditer(text[-TAIL:]):
        found = match
    if found is None:
        return None
    value = found[0].strip()
    if value[0] in "-−+" and is_operator(text[-TAIL:][: found.start()]):
        value = value[1:]
    return Extraction(value, "last_number")


def is_operator(before: str) -> bool:
    """Whether a minus or plus that follows this text is an operator or a hyphen, not the sign of a number."""
    if not before:
        return False
    last = before.rstrip()[-1:]
    if before[-1].isspace():
        return last.isdigit() or last in (")", "]", "}")
    return last.isalnum() or last in (")", "]", "}")


def _last_line(text: str) -> Extraction | None:
    value = _tidy(_closing_lines(text, 1))
    return Extraction(value, "last_line") if value else None


def _closing_lines(text: str, count: int) -> str:
    tail = text[-TAIL:].rstrip()
    start = len(tail)
    for _ in range(count):
        start = tail.rfind("\n", 0, max(0, start))
        while start > 0 and not tail[tail.rfind("\n", 0, start) + 1 : start].strip() and count > 1:
            start = tail.rfind("\n", 0, start)
        if start < 0:
            return tail
    return tail[start + 1 :]


def _tidy(value: str) -> str:
    value = value.strip(_DRESS)
    if value.endswith(".") and not value.endswith(".."):
        value = value[:-1]
    return value.strip(_DRESS)


def _fold(value: str) -> str:
    return "".join(value.split()).strip("$.").casefold()


STEPS: dict[str, Callable[[str], Extraction | None]] = {
    "answer_tag": _answer_tag,
    "json": _json,
    "boxed": _boxed,
    "hash": _hash,
    "phrase": _phrase,
    "chinese": _chinese,
    "bold": _bold,
    "last_math": _last_math,
    "last_number": _last_number,
    "last_line": _last_line,
}
