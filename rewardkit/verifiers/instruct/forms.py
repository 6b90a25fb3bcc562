"""IFBench's constraints on the form of the response: nesting, lists, options, templates."""

from __future__ import annotations

import re
import string
from itertools import pairwise

from rewardkit.verifiers.instruct.arguments import Phrase
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import EDGE, Response

__all__ = ["options_of"]

_PARTNER = {")": "(", "]": "[", "}": "{"}
_NESTING = 5
_QUOTE_NESTING = 3
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_OPTIONS = re.compile(r",\s*or\s+|\s+or\s+|,")
_LETTERED = re.compile(r"\W*[aA]\W*[bB]\W*[cC]\W*")
_ITALIC = re.compile("<(i|em)>", re.IGNORECASE)
_HEADINGS = ("My Answer:", "My Conclusion:", "Future Outlook:")
_BULLET = re.compile(r"\s*\*\s+\S")
_SUB_BULLET = re.compile(r"\s*-\s+\S")


@constraint("format:parentheses")
def parentheses(response: Response) -> bool:
    """Brackets of any kind stand in one another five deep, all five closed."""
    stack: list[tuple[str, int]] = []
    inside = 0  # how deep the brackets go that have just been closed
    for character in response.text:
        if character in "([{":
            stack.append((character, inside))
            inside = 0
        elif character in _PARTNER:
            if not stack or stack[-1][0] != _PARTNER[character]:
                stack, inside = [], 0
                continue
            beside = stack.pop()[1]
            if inside + 1 >= _NESTING:
                return True
            inside = max(beside, inside + 1)
    return False


@constraint("format:quotes")
def quotes(response: Response) -> bool:
    """Double and single quotes stand in one another by turns three deep, all closed; an apostrophe in a word is none."""
    text = f" {response.text.translate(_STRAIGHT)} "
    stack: list[tuple[str, int]] = []
    inside = 0
    for place, character in enumerate(text):
        if character not in "\"'" or (text[place - 1].isalnum() and text[place + 1].isalnum()):
            continue
        if stack and stack[-1][0] == character:
            beside = stack.pop()[1]
            if inside + 1 >= _QUOTE_NESTING:
                return True
            inside = max(beside, inside + 1)
        elif not text[place + 1].isspace():
            stack.append((character, inside))
            inside = 0
    return False


@constraint("format:options")
def options(response: Response, *, options: Phrase) -> bool:
    """One of the options and nothing else: lettered ones to the letter, others without regard to case and punctuation."""
    if _LETTERED.match(options):
        return response.stripped in options_of(options)
    said = response.lower.strip(EDGE)
    return said in (option.lower().strip(EDGE) for option in options_of(options))


def options_of(text: str) -> list[str]:
    """The options that a text lists, parted by slashes, or else by commas and the word "or"."""
    parts = text.split("/") if "/" in text else _OPTIONS.split(text)
    return [part.strip() for part in parts if part.strip()]


@constraint("format:newline")
def newline(response: Response) -> bool:
    """Every word stands on a line of its own."""
    bare = (Response(line).bare for line in response.lines)
    counts = [len(words) for words in bare if words]
    return bool(counts) and max(counts) == 1


@constraint("format:line_indent")
def line_indent(response: Response) -> bool:
    """Two lines or more, each indented further by spaces than the one before it."""
    indents = [len(line) - len(line.lstrip(" ")) for line in response.lines]
    return len(indents) > 1 and all(a < b for a, b in pairwise(indents))


@constraint("format:quote_unquote")
def quote_unquote(response: Response) -> bool:
    """No quote stands right behind another, and none ends the response."""
    text = "".join(response.text.replace("“", '"').replace("”", '"').replace("'\"'", "").split())
    return '""' not in text and not text.strip(string.digits + string.punctuation.replace('"', "")).endswith('"')


@constraint("format:list")
def separated_list(response: Response, *, sep: Phrase) -> bool:
    """At least two items begin with the separator: at the start of a line, or between spaces."""
    mark = re.escape(sep)
    return len(re.findall(rf"^[ \t]*{mark}|(?<=\s){mark}(?=\s)", response.text, re.MULTILINE)) >= 2


@constraint("format:thesis")
def thesis(response: Response) -> bool:
    """A text in HTML's italics, `<i>` or `<em>`, with a text behind it."""
    opener = _ITALIC.search(response.text)
    if opener is None:
        return False
    inside, _, behind = response.text[opener.end() :].partition(f"</{opener[1]}>")
    return Response(inside).says_something and Response(behind).says_something


@constraint("format:sub-bullets")
def sub_bullets(response: Response) -> bool:
    """Bullet points of `*`, each with a sub-bullet of `-` or more on the lines behind it."""
    counts: list[int] = []
    for line in response.lines:
        if _BULLET.match(line):
            counts.append(0)
        elif counts and _SUB_BULLET.match(line):
            counts[-1] += 1
    return bool(counts) and all(counts)


@constraint("format:no_bullets_bullets")
def no_bullets_bullets(response: Response) -> bool:
    """Two sentences or more that end with a point, then two bullet points of `*` or more, and nothing behind them."""
    bullets = [line.lstrip().startswith("*") for line in response.lines]
    first = bullets.index(True) if True in bullets else len(bullets)
    sentences = Response("\n".join(response.lines[:first])).sentences
    return sum(sentence.rstrip(EDGE.replace(".", "")).endswith(".") for sentence in sentences) >= 2 and (
        all(bullets[first:]) and len(bullets) - first >= 2
    )


@constraint("format:output_template")
def output_template(response: Response) -> bool:
    """The three headings of the template in their order, each once, with a text behind each."""
    if any(response.text.count(heading) != 1 for heading in _HEADINGS):
        return False
    places = [response.text.index(heading) for heading in _HEADINGS]
    parts = [response.text[begin + len(h) : end] for h, begin, end in zip(_HEADINGS, places, [*places[1:], None], strict=True)]
    return places == sorted(places) and all(Response(part).says_something for part in parts)


@constraint("count:punctuation")
def punctuation(response: Response) -> bool:
    """Every standard mark: point, comma, colon, semicolon, question and exclamation mark, and an interrobang beside them."""
    text = response.text
    pair = next((sign for sign in ("?!", "!?", "‽") if sign in text), "")
    return bool(pair) and all(mark in text.replace(pair, "", 1) for mark in ".,!?;:")
