"""IFEval's constraints as the reference implementation decides them, where that is a bug."""

from __future__ import annotations

import json
import re

from rewardkit.prose.languages import language_of
from rewardkit.verifiers.instruct.arguments import Count, Phrase, Phrases, Position, Relation, compared
from rewardkit.verifiers.instruct.constraint import as_google
from rewardkit.verifiers.instruct.google.cutting import chain_sentences, punkt_sentences, treebank_tokens
from rewardkit.verifiers.instruct.language import Language
from rewardkit.verifiers.instruct.layout import OPTIONS
from rewardkit.verifiers.instruct.response import Response, without_marks

__all__: list[str] = []

_WORD = re.compile(r"\w+")
_STARRED = re.compile(r"\*[^\n*]*\*")
_TWICE_STARRED = re.compile(r"\*\*[^\n*]*\*\*")
_FENCES = ("```json", "```Json", "```JSON", "```")
_QUOTES_AND_STOPS = re.compile(r"[.,?!'\"]")
_POSTSCRIPTS = {"P.P.S": re.compile(r"p\.\s?p\.\s?s"), "P.S.": re.compile(r"p\.\s?s\.")}


def _substrings(response: Response, keyword: str) -> int:
    return response.lower.count(keyword.lower())


@as_google("keywords:existence")
def existence(response: Response, *, keywords: Phrases) -> bool:
    """A keyword counts inside another word."""
    return all(_substrings(response, keyword) for keyword in keywords)


@as_google("keywords:frequency")
def frequency(response: Response, *, keyword: Phrase, frequency: Count, relation: Relation) -> bool:
    """A keyword counts inside another word."""
    return compared(_substrings(response, keyword), relation, frequency)


@as_google("keywords:forbidden_words")
def forbidden_words(response: Response, *, forbidden_words: Phrases) -> bool:
    """An underscore or an invisible character beside a word hides it."""
    return not any(re.search(rf"\b{re.escape(word)}\b", response.text, re.IGNORECASE) for word in forbidden_words)


@as_google("keywords:key_sentences")
def key_sentences(response: Response, *, key_sentences: Phrases, num_sentences: Count) -> bool:
    """Sentences are cut by the chain of rewritings."""
    said = chain_sentences(response.text)
    return sum(sentence in said for sentence in key_sentences) == num_sentences


@as_google("language:response_language")
def response_language(response: Response, *, language: Language) -> bool:
    """A text without letters is in every language, and one in two languages in the one there is more of."""
    return not any(map(str.isalpha, response.text)) or language_of(response.text) == language


@as_google("length_constraints:number_words")
def number_words(response: Response, *, num_words: Count, relation: Relation) -> bool:
    """A sentence of Chinese or of Japanese is one word."""
    return compared(len(_WORD.findall(without_marks(response.text))), relation, num_words)


@as_google("length_constraints:number_sentences")
def number_sentences(response: Response, *, num_sentences: Count, relation: Relation) -> bool:
    """Sentences are cut by a learned model, to which the number of a list item is a sentence."""
    return compared(len(punkt_sentences(response.text)), relation, num_sentences)


@as_google("length_constraints:number_paragraphs")
def number_paragraphs(response: Response, *, num_paragraphs: Count) -> bool:
    """Any three asterisks part paragraphs."""
    pieces = [piece.strip() for piece in response.text.split("***")]
    return all(pieces[1:-1]) and len(pieces) - (not pieces[0]) - (len(pieces) > 1 and not pieces[-1]) == num_paragraphs


@as_google("length_constraints:nth_paragraph_first_word")
def nth_paragraph_first_word(response: Response, *, num_paragraphs: Count, nth_paragraph: Position, first_word: Phrase) -> bool:
    """Blank paragraphs are not counted, but are when the n-th is looked for."""
    pieces = response.text.split("\n\n")
    count = sum(bool(piece.strip()) for piece in pieces)
    if nth_paragraph > count or not pieces[nth_paragraph - 1].strip():
        return False
    opener = pieces[nth_paragraph - 1].split()[0].lstrip("'").lstrip('"')
    return count == num_paragraphs and _QUOTES_AND_STOPS.split(opener)[0].lower() == first_word.lower()


@as_google("detectable_content:number_placeholders")
def number_placeholders(response: Response, *, num_placeholders: Count) -> bool:
    """A link, a box to tick and an empty pair of brackets are placeholders."""
    return sum(map(_brackets, response.text.split("\n"))) >= num_placeholders


def _brackets(line: str) -> int:
    """Pairs of square brackets, each from an opening one to the next that closes."""
    count = begin = 0
    while (begin := line.find("[", begin)) >= 0 and (end := line.find("]", begin)) >= 0:
        count, begin = count + 1, end
    return count


@as_google("detectable_content:postscript")
def postscript(response: Response, *, postscript_marker: Phrase) -> bool:
    """The marker counts anywhere, with or without a text behind it."""
    marker = _POSTSCRIPTS.get(postscript_marker) or re.compile(re.escape(postscript_marker.lower()))
    return marker.search(response.lower) is not None


@as_google("detectable_format:number_bullet_lists")
def number_bullet_lists(response: Response, *, num_bullets: Count) -> bool:
    """A rule across the page, a line in italics and a negative number are bullet points."""
    lines = [line.lstrip() for line in response.text.split("\n")]
    dashes = sum(line.startswith("-") for line in lines)
    stars = sum(line.startswith("*") and line[1:2] not in ("", "*") for line in lines)
    return dashes + stars == num_bullets


@as_google("detectable_format:constrained_response")
def constrained_response(response: Response) -> bool:
    """Several options at once are an answer."""
    return any(option in response.text for option in OPTIONS)


@as_google("detectable_format:number_highlighted_sections")
def number_highlighted_sections(response: Response, *, num_highlights: Count) -> bool:
    """Three asterisks count twice, and a product of numbers or the sign of a list item once."""
    single = sum(bool(found.strip("*").strip()) for found in _STARRED.findall(response.text))
    double = sum(bool(found[2:-2].strip()) for found in _TWICE_STARRED.findall(response.text))
    return single + double >= num_highlights


@as_google("detectable_format:multiple_sections")
def multiple_sections(response: Response, *, section_spliter: Phrase, num_sections: Count) -> bool:
    """A mention within a sentence is a section, and so is one that stands there twice."""
    return len(re.findall(rf"{re.escape(section_spliter)}\s?\d+", response.text)) >= num_sections


@as_google("detectable_format:json_format")
def json_format(response: Response) -> bool:
    """A bare number or string, and NaN, are JSON."""
    text = response.stripped
    for fence in _FENCES:
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True


@as_google("detectable_format:title")
def title(response: Response) -> bool:
    """Signs alone are a title, and so are the shifts of a line of code."""
    return any(_has_title(line) for line in response.text.split("\n"))


def _has_title(line: str) -> bool:
    begin, end = line.find("<<"), line.rfind(">>")
    return 0 <= begin < end - 2 and bool(line[begin : end + 2].lstrip("<").rstrip(">").strip())


@as_google("combination:two_responses")
def two_responses(response: Response) -> bool:
    """A capital letter makes the second response another one."""
    pieces = [piece.strip() for piece in response.text.split("******")]
    said = list(filter(None, pieces))
    return all(pieces[1:-1]) and len(said) == 2 and said[0] != said[1]


@as_google("combination:repeat_prompt")
def repeat_prompt(response: Response, *, prompt_to_repeat: Phrase) -> bool:
    """Nothing need follow the request."""
    return response.stripped.lower().startswith(prompt_to_repeat.lower())


@as_google("startend:end_checker")
def end_checker(response: Response, *, end_phrase: Phrase) -> bool:
    """The phrase may be the end of a longer word."""
    return response.stripped.strip('"').lower().endswith(end_phrase.lower())


@as_google("startend:quotation")
def quotation(response: Response) -> bool:
    """Any two quotation marks at the ends will do, an empty pair too; curly ones are none."""
    return len(response.stripped) > 1 and response.stripped[0] == response.stripped[-1] == '"'


@as_google("multi-turn:constrained_start")
def constrained_start(response: Response, *, starter: Phrase) -> bool:
    """Any line may begin with the phrase."""
    return any(line.lstrip().startswith(starter) for line in response.text.split("\n"))


@as_google("change_case:capital_word_frequency")
def capital_word_frequency(response: Response, *, capital_frequency: Count, capital_relation: Relation) -> bool:
    """A contraction counts twice."""
    return compared(sum(map(str.isupper, treebank_tokens(response.text))), capital_relation, capital_frequency)


@as_google("change_case:english_capital")
def english_capital(response: Response) -> bool:
    """The language is that of most of the text."""
    return response.text.isupper() and language_of(response.text) == "en"


@as_google("change_case:english_lowercase")
def english_lowercase(response: Response) -> bool:
    """The language is that of most of the text."""
    return response.text.islower() and language_of(response.text) == "en"


@as_google("punctuation:no_comma")
def no_comma(response: Response) -> bool:
    """Only the comma of ASCII is one."""
    return "," not in response.text
