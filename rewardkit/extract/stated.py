"""Answers a completion states as such: a JSON field, `####`, "the answer is" in several languages, closing bold text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rewardkit.extract.boxes import boxed
from rewardkit.extract.denials import BEFORE
from rewardkit.extract.found import TAIL, Extraction, closing_lines, first_sentence, holds_any, tidy

__all__ = ["bold", "chinese", "hashed", "json_field", "phrase", "within"]

_JSON_KEY = re.compile(r'"(?:final[_ ])?answer"\s*:\s*', re.IGNORECASE)


_JSON_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)


_JSON_BARE = re.compile(r"[^,}\]\n]+")


_HASH = re.compile(r"(?:^|\n)[^\S\n]*(?:Step \d+:[^\S\n]*)?####(?!#)[^\S\n]*([^\n]*)")


_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")


# A statement of an answer is no longer than this; what follows is something else.
_STATEMENT = 4_096

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
        "الجواب(?: هو)?|الإجابة(?: الصحيحة)?(?: هي)?",
        "उत्तर(?: है)?",
        "đáp án(?: đúng)?(?: là)?",
        "jawaban(?:nya)?(?: yang benar)?(?: adalah)?",
        "คำตอบ(?:คือ)?",
    )
)


# "This is not the answer" states none.
_DENIED_CUE = re.compile(
    rf"(?:{BEFORE}|\b(?:not|isn['’]t))\s+(?:(?:the|an?|my|la|le|die|der|das|final|correct|right)\s+)*$", re.IGNORECASE
)


_BEFORE_REASON = re.compile(r",\s+(?:because|since|as)\s|\sbecause\s", re.IGNORECASE)


# A piece of each of them in small letters.
_STEMS = (
    *("respuesta", "réponse", "antwort", "risposta", "resposta", "antwoord", "svar", "odpowied", "ответ", "відповідь"),
    *("cevap", "javob", "답", "答え", "正解", "الجواب", "الإجابة", "उत्तर", "đáp án", "jawaban", "คำตอบ"),
)
_ENGLISH = re.compile(
    r"(?=a)(?<!incorrect )(?<!wrong )(?<!other )\b(?:answers?|ans)\b"
    r"[*_\"'’]{0,3}(?:[^\S\n]+(?:to|of|for|choice|option)\b[^.:\n]{0,80}?)?"
    r"[^\S\n]{0,3}"
    r"(?:(?:is|are|would be|should be|must be|will be|was)\b[^\S\n]*:?|[:：=])[*_]{0,3}"
    r"|(?:^|\n)[^\S\n]*(?:#{1,6}[^\S\n]*)?\**(?:final |the |correct )?answer\**[^\S\n]*(?=\n)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"ans(?:wers?)?(?![a-z])")
_LETTER_A = re.compile(r"(?:^|\n)[^\S\n]*A:(?=[^\S\n]*\S)")
_OTHER_LANGUAGES = re.compile(
    rf"(?<!\w)(?:{_FOREIGN})(?:[^\S\n]*[:：][*_]{{0,3}}|[^\S\n]+[—–-](?=[^\S\n])|(?=[^\S\n]+[*_]{{0,3}}[\$\\\d(A-Z]))",
    re.IGNORECASE,
)


_CHINESE = re.compile(
    r"(?:答案|答)(?:选择|选项|应)?(?:[是为選选】]|[:：])+[:：]?"
    r"|(?:故|因此|所以)?[，,]?(?:应|應)?"
    r"(?<![不别非没])(?<!不[能会应可该])(?:选|選)(?:择|擇)?(?:项)?[:：]?(?=\s*[A-ZＡ-Ｚ(（])"
)


def within(block: str, method: str) -> Extraction:
    """The answer inside an explicit block, which may itself hold a box or a phrase."""
    found = boxed(block)
    if found is None and len(block) > 40:
        found = phrase(block) or chinese(block)
    if found is None:
        return Extraction(block, method)
    return Extraction(found.text, f"{method}+{found.method}", found.reason, found.alternatives)


def json_field(text: str) -> Extraction | None:
    """The `"answer"` value of the last JSON object, however damaged."""
    if '"' not in text:
        return None
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
    return within(value, "json")


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


def hashed(text: str) -> Extraction | None:
    """What follows the last `####`."""
    if "####" not in text:
        return None
    found = None
    for match in _HASH.finditer(text):
        found = match[1]
    value = tidy(found or "")
    return within(value, "hash") if value else None


def phrase(text: str) -> Extraction | None:
    """What follows the last "the answer is"."""
    tail = text[-TAIL:]
    lowered = tail.lower()
    # Most texts hold none of the words; asking for those first keeps the expressions off them.
    patterns = []
    if _ANSWER.search(lowered):
        patterns.append(_ENGLISH)
    if "a:" in lowered:
        patterns.append(_LETTER_A)
    if holds_any(lowered, _STEMS):
        patterns.append(_OTHER_LANGUAGES)
    return _after_last(patterns, tail, "phrase")


def chinese(text: str) -> Extraction | None:
    """What follows the last 答案是 or 故选."""
    tail = text[-TAIL:]
    return _after_last([_CHINESE], tail, "chinese") if holds_any(tail, "答选選") else None


def _after_last(patterns: Sequence[re.Pattern[str]], tail: str, method: str) -> Extraction | None:
    """What follows the last match: the rest of its sentence, or the next line when nothing else stands on its own."""
    cues = sorted((match.end(), match.start()) for pattern in patterns for match in pattern.finditer(tail))
    for end, start in reversed(cues):
        if _DENIED_CUE.search(tail, max(0, start - 24), start):
            continue
        rest = tail[end : end + _STATEMENT].lstrip(" \t:：*_")
        if rest.startswith(("\n", "\r")):
            rest = rest.lstrip()
        line = rest.split("\n\n", 1)[0] if rest.startswith(("$$", "\\[", "\\begin")) else rest.split("\n", 1)[0]
        value = tidy(_BEFORE_REASON.split(first_sentence(line), maxsplit=1)[0])
        if value:
            return within(value, method)
    return None


def bold(text: str) -> Extraction | None:
    """The last bold text of the closing lines that is no heading."""
    found = None
    for match in _BOLD.finditer(closing_lines(text, 3)):
        if not match[1].rstrip().endswith((":", "：")):
            found = match[1]
    value = tidy(found or "")
    return within(value, "bold") if value else None
