"""Constraints on the form of the response that are read off its Markdown: lists, sections, emphasis, titles, JSON."""

from __future__ import annotations

import json
import re
from collections import Counter

from rewardkit.verifiers.instruct.arguments import Count, Phrase
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import Response

__all__ = ["OPTIONS"]

OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
"""The answers that `detectable_format:constrained_response` allows; they are part of the id."""

_BULLET = re.compile(r"^[ \t]*[*+-][ \t]+(?=\S)(?!(?:[*-][ \t]*)+$)", re.MULTILINE)
_HIGHLIGHT = re.compile(r"(?<![*\w\\])(\*{1,3})(?![*\s])[^*\n]+(?<!\s)\1(?!\*)")
_TITLE = re.compile(r"<<([^<>\n]+)>>")
_PLACEHOLDER = re.compile(r"\[([^\[\]\n]+)\](?!\()")
_FENCE = "```"
_DRESS = r"^[ \t]{0,12}[#>*_]{0,8}[ \t]{0,4}[*_]{0,3}"
_WORD = re.compile(r"[^\W_]")
_ITALIC = re.compile(r"\*[^*]*\*")


@constraint("detectable_format:number_bullet_lists")
def number_bullet_lists(response: Response, *, num_bullets: Count) -> bool:
    """Exactly so many bullet points: lines of a `*`, `-` or `+`, a space, and text; a rule across the page is none."""
    return len(_BULLET.findall(response.text)) == num_bullets


@constraint("detectable_format:number_highlighted_sections")
def number_highlighted_sections(response: Response, *, num_highlights: Count) -> bool:
    """At least so many stretches of text emphasised by one to three asterisks on either side."""
    return sum(1 for _ in _HIGHLIGHT.finditer(response.text)) >= num_highlights


@constraint("detectable_format:multiple_sections")
def multiple_sections(response: Response, *, section_spliter: Phrase, num_sections: Count) -> bool:
    """At least so many lines begin with the section's name and a number of its own, and say something before the next."""
    heading = re.compile(rf"{_DRESS}{re.escape(section_spliter)}[ \t]?(\d+)", re.MULTILINE)
    pieces = heading.split(response.text)[1:]
    return len({number for number, said in zip(pieces[::2], pieces[1::2], strict=True) if _WORD.search(said)}) >= num_sections


@constraint("detectable_format:constrained_response")
def constrained_response(response: Response) -> bool:
    """Exactly one of the three options stands there."""
    return sum(option in response.text for option in OPTIONS) == 1


@constraint("detectable_format:json_format")
def json_format(response: Response) -> bool:
    """The whole response is one JSON object or array, with or without a fence around it."""
    text = response.stripped
    if len(text) >= 2 * len(_FENCE) and text.startswith(_FENCE) and text.endswith(_FENCE):
        text = text[len(_FENCE) : -len(_FENCE)]
        text = text[4:] if text[:4].lower() == "json" else text
    try:
        return isinstance(json.loads(text, parse_constant=_refuse), (dict, list))
    except (ValueError, RecursionError):
        return False


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON"
    raise ValueError(message)


@constraint("detectable_format:title")
def title(response: Response) -> bool:
    """Somewhere a title stands in double angular brackets."""
    return any(any(map(str.isalnum, found)) for found in _TITLE.findall(response.text))


@constraint("detectable_content:number_placeholders")
def number_placeholders(response: Response, *, num_placeholders: Count) -> bool:
    """At least so many placeholders in square brackets; a link, a box to tick and a footnote's number are none."""
    found = (inside.strip() for inside in _PLACEHOLDER.findall(response.text))
    return sum(any(map(str.isalpha, inside)) and inside not in "xX" for inside in found) >= num_placeholders


@constraint("detectable_content:postscript")
def postscript(response: Response, *, postscript_marker: Phrase) -> bool:
    """The marker stands at the start of a line or behind the end of a sentence, with text before it and after it."""
    letters = re.escape(postscript_marker.rstrip(".")).replace(r"\.", r"\.\s?")
    marker = re.compile(rf"(?:{_DRESS}|(?<=[.!?…\"”)])[ \t]+[*_]*){letters}(?![^\W_])[.:]?", re.MULTILINE | re.IGNORECASE)
    found = list(marker.finditer(response.text))
    if not found:
        return False
    before, after = response.text[: found[-1].start()], response.text[found[-1].end() :]
    return Response(before).says_something and Response(after).says_something


@constraint("detectable_format:rephrase")
def rephrase(response: Response, *, original_message: Phrase) -> bool:
    """The message again, with nothing changed but what stands between asterisks."""
    kept = [_ITALIC.sub("", text) for text in (response.stripped, original_message)]
    return _ITALIC.search(response.text) is not None and kept[0] == kept[1]


@constraint("detectable_content:rephrase_paragraph")
def rephrase_paragraph(response: Response, *, original_paragraph: Phrase, low: Count, high: Count) -> bool:
    """The number of words that it shares with a paragraph lies in a range, its ends included."""
    there, here = (Counter(map(str.lower, one.words)) for one in (Response(original_paragraph), response))
    return low <= (there & here).total() <= high
