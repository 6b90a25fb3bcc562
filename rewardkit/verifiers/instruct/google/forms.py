"""IFBench's constraints on form as the reference implementation decides them, where that is a bug."""

from __future__ import annotations

import re
import string
from itertools import pairwise

from rewardkit.verifiers.instruct.arguments import Count, Phrase
from rewardkit.verifiers.instruct.constraint import as_google
from rewardkit.verifiers.instruct.custom import ascii_letters, special_in_quotes, tripled
from rewardkit.verifiers.instruct.emoji import is_emoji
from rewardkit.verifiers.instruct.google.cutting import chain_sentences, treebank_tokens
from rewardkit.verifiers.instruct.response import Response
from rewardkit.verifiers.instruct.tables import lines

__all__: list[str] = []

_MOST_LINES = 2000  # taking lines out one by one takes time that grows with their square

# ASCII's punctuation and the space, but no other white space.
_EDGE = string.punctuation + " "
_DROP_PUNCTUATION = str.maketrans("", "", string.punctuation)


@as_google("format:parentheses")
def parentheses(response: Response) -> bool:
    """Five brackets opened and one closed are a nest five deep."""
    stack: list[str] = []
    deepest = 0
    for character in response.text:
        if character in "([{":
            stack.append(character)
            deepest = max(deepest, len(stack))
        elif character in ")]}":
            if not stack or stack[-1] + character not in ("()", "[]", "{}"):
                stack, deepest = [], 0
                continue
            stack.pop()
            if deepest >= 5:
                return True
    return False


@as_google("format:quotes")
def quotes(response: Response) -> bool:
    """An apostrophe opens a quote."""
    stack: list[str] = []
    deepest = 0
    for character in response.text:
        if stack and character == stack[-1]:
            stack.pop()
            if deepest - len(stack) >= 3:
                return True
        elif character in "\"'":
            stack.append(character)
            deepest = max(deepest, len(stack))
    return False


@as_google("format:options")
def options(response: Response, *, options: Phrase) -> bool:
    """The letters "or" part options inside a word, and a comma no longer does."""
    separator = "/" if "/" in options else "or" if "or" in options else ","
    listed = [option.strip() for option in options.split(separator)]
    if re.match(r"\W*[aA]\W*[bB]\W*[cC]\W*", options):
        return response.text in listed
    return response.text.strip(_EDGE).lower() in [option.strip(_EDGE).lower() for option in listed]


@as_google("format:newline")
def newline(response: Response) -> bool:
    """A line of spaces makes up for one of two words."""
    text = response.text.translate(_DROP_PUNCTUATION).strip()
    return sum(map(bool, text.split("\n"))) == len(text.split())


@as_google("format:emoji")
def emoji(response: Response) -> bool:
    """Sentences end within a word or a number of a list item, where no emoji can stand."""
    sentences = [sentence.translate(_DROP_PUNCTUATION).strip() for sentence in chain_sentences(response.text)]
    for here, after in zip(sentences, [*sentences[1:], None], strict=True):
        if not here or not (is_emoji(here[-1]) or is_emoji(here[-2:-1]) or (after and is_emoji(after[0]))):
            return False
    return True


@as_google("format:line_indent")
def line_indent(response: Response) -> bool:
    """One line is a staircase, and of two blank lines together the second is a step."""
    lines_left = response.text.split("\n")
    if len(lines_left) > _MOST_LINES:
        return False
    for line in lines_left:
        if not line.strip():
            lines_left.remove(line)
    indents = [len(line) - len(line.lstrip(" ")) for line in lines_left]
    return all(a < b for a, b in pairwise(indents))


@as_google("format:list")
def separated_list(response: Response, *, sep: Phrase) -> bool:
    """The separator counts within a word."""
    return response.text.count(sep) >= 2


@as_google("format:thesis")
def thesis(response: Response) -> bool:
    """Any closing tag ends any opening one, and signs are a thesis."""
    begin = next((place for tag in ("<i>", "<em>") if (place := response.text.find(tag)) >= 0), -1)
    behind = response.text[begin:]
    end = next((place for tag in ("</i>", "</em>") if (place := behind.find(tag)) >= 0), -1)
    return begin >= 0 and end >= 0 and bool(behind[3:end].strip()) and bool(behind[end + 4 :].strip())


@as_google("format:sub-bullets")
def sub_bullets(response: Response) -> bool:
    """A hyphen is a sub-bullet, and a text without bullet points keeps to all of it."""
    return all("-" in bullet for bullet in response.text.split("*")[1:])


@as_google("format:no_bullets_bullets")
def no_bullets_bullets(response: Response) -> bool:
    """Sentences need no point, and a blank line among the bullet points ends them."""
    sentences = bullets = 0
    counting = True
    for line in (line.strip() for line in response.text.split("\n")):
        if line.startswith("*"):
            counting, bullets = False, bullets + 1
            if sentences < 2:
                return False
        elif not counting:
            return False
        else:
            found = chain_sentences(line)
            counting, sentences = bool(found), sentences + len(found)
    return bullets >= 2


@as_google("format:title_case")
def title_case(response: Response) -> bool:
    """A small word must be capital too."""
    return not any(
        token[0].islower() and (token[1:].isupper() or token[1:].islower()) for token in treebank_tokens(response.text)
    )


@as_google("format:output_template")
def output_template(response: Response) -> bool:
    """The headings alone will do, in any order."""
    return all(heading in response.text for heading in ("My Answer:", "My Conclusion:", "Future Outlook:"))


@as_google("repeat:repeat_change")
def repeat_change(response: Response, *, prompt_to_repeat: Phrase) -> bool:
    """A space more is a change."""
    return prompt_to_repeat != response.text and prompt_to_repeat.split()[1:] == response.text.split()[1:]


@as_google("repeat:repeat_span")
def repeat_span(response: Response, *, prompt_to_repeat: Phrase, n_start: Count, n_end: Count) -> bool:
    """The indices are those of words, and the last is left out."""
    return response.lower.split() == prompt_to_repeat.lower().split()[n_start:n_end]


@as_google("custom:sentence_alphabet")
def sentence_alphabet(response: Response) -> bool:
    """A quote before the first word hides it."""
    firsts = [sentence[0].lower() if sentence else "" for sentence in chain_sentences(response.text)]
    return "".join(firsts) == string.ascii_lowercase and len(firsts) == 26


@as_google("custom:reverse_newline")
def reverse_newline(response: Response) -> bool:
    """Any fifty-one lines behind Zimbabwe are countries when they are in order."""
    listed = [line for line in (line.strip(_EDGE) for line in response.text.split("\n")) if line]
    begin = next((place for place, line in enumerate(listed) if "Zimbabwe" in line), len(listed))
    names = [ascii_letters(line) for line in listed[begin:]]
    return len(names) >= 52 and names == sorted(names, reverse=True)


@as_google("custom:european_capitals_sort")
def european_capitals_sort(response: Response) -> bool:
    """Kyiv is not in Europe."""
    names = [name.strip() for name in ascii_letters(response.text).split(",")]
    return [name for name in names if name] == [name for name in lines("capitals") if name != "Kyiv"]


@as_google("custom:csv_special_character")
def csv_special_character(response: Response) -> bool:
    """Behind the first row with a special sign no row is looked at."""
    header = [name.strip(' \t"') for name in response.text.split("\n")[0].strip().split(",")]
    rows = tripled(response.text)
    if header != ["ProductID", "Category", "Brand", "Price", "Stock"] or len(rows) != 15:
        return False
    for row in rows[1:]:
        if len(row) != 5:
            return False
        if any(map(special_in_quotes, row)):
            return True
    return False


@as_google("custom:date_format_list")
def date_format_list(response: Response) -> bool:
    """Every year has a 29 February, and every month a zeroth day."""
    return all(_is_any_day(piece.strip()) for piece in response.stripped.split(","))


def _is_any_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    year, month, day = map(int, text.split("-"))
    longest = 31 if month in (0, 1, 3, 5, 7, 8, 10, 12) else 29 if month == 2 else 30
    return 1769 <= year <= 1821 and month <= 12 and (day <= longest or month == 0)
