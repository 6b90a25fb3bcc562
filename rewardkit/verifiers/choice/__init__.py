"""Multiple choice: which option a completion settles on, and whether it is the reference's.

The answer is looked for only where a completion states its conclusion, and the first of these that chooses decides:

1. an answer tag, a box, `####`, a JSON "answer" or a name in brackets;
2. where several are asked for, options on lines of their own that end the text;
3. judgements, where the text is nothing else: "A: wrong. B: right.", "All but B.";
4. the last sentence that concludes ("the answer is B", "so (B)", "option B is correct"), read from the end;
5. an announcement whose answer stands on the lines behind it;
6. a sentence anywhere that says of one option what the question asks, in the question's words, or that is the question with
   an option's text put in;
7. the last line, the first line or closing bold text, when nothing but a letter or an option's text stands there, and the one
   line that is an option with its text, whatever reasons follow;
8. judgements among reasons, where they call options right and take none of it back;
9. a sentence that settles on a letter and says nothing else, in the words of the table of phrases;
10. the one option that a short text states by its words or by its place among the options, in any of its sentences.

Nothing is guessed: a letter in passing, denied, supposed or in a formula chooses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rewardkit.answers.notation.plain_number import is_whole
from rewardkit.errors import BadParameter
from rewardkit.extract import Method, Reason, Statement, extract, told
from rewardkit.question.ordered import letters_of
from rewardkit.question.references import references_of
from rewardkit.question.samples import question_of
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.choice.asked import asked
from rewardkit.verifiers.choice.conclusion import concluded, conclusion
from rewardkit.verifiers.choice.gainsaid import gainsaid
from rewardkit.verifiers.choice.judged import judged, reviewed
from rewardkit.verifiers.choice.labels import capitalised, relabelled
from rewardkit.verifiers.choice.lines import lone_line, option_lines
from rewardkit.verifiers.choice.options import LETTERS, NO_OPTIONS, Options, read_options
from rewardkit.verifiers.choice.reading import Found, Reading, read, reference_letters
from rewardkit.verifiers.choice.restated import restated
from rewardkit.verifiers.choice.rivalled import goes_on_to_a_rival
from rewardkit.verifiers.choice.sentences import WINDOW
from rewardkit.verifiers.choice.settled import settled
from rewardkit.verifiers.choice.stated import stated
from rewardkit.verifiers.choice.wronged import is_called_wrong

__all__ = ["option"]

MARKED = ("answer_tag", "correction", "boxed", "json", "label", "hash")


def _counts(*, index: int | None, **_: object) -> None:
    if index not in (None, 0, 1):
        message = f"choice.option: index={index!r} cannot be used; wanted 0 or 1, the number of the first option, or None"
        raise BadParameter(message)


@verifier("choice.option", requires=("answer",), validate=_counts)
def option(sample: Sample, *, index: int | None = None) -> Verdict:
    """Whether a completion settles on the option that the reference names.

    The reference may be a letter, several letters, the number of a numbered option or an option's text, and so may
    the completion's answer, or an option's place ("the second one"). With `index` a reference that is a whole number counts
    the options from 0 or 1, as MMLU (0) and HellaSwag (0) ship it; without it (None, the default) it is a label or a text.
    Options come from the column `choices` (or
    `options`), else from the prompt. Scores 1 `match` or 0 `mismatch`; 0 `no_answer` when nothing is chosen; 0
    `ambiguous` when several are chosen where one is asked for, or a letter contradicts the text beside it. Abstains with
    `needs_judge` when the sentence that chooses the right option goes on to another, with
    `gold_unparseable` when the reference is none of the options, with `out_of_scope` when there are neither options nor
    letters. `info` holds `extracted`, `expected`,
    `options` (how many) and `how`.
    """
    options = read_options(sample)
    references = references_of(sample)
    if index is not None:
        references = tuple(_at(reference, index, options) for reference in references)
    accepted, options = _accepted(references, options)
    if not accepted:
        return Verdict.abstained("gold_unparseable" if options.texts else "out_of_scope", options=len(options))
    several = max(len(letters) for letters in accepted) > 1
    text = capitalised(relabelled(sample.text, options.labels), sample.question)
    found = _choose(text, options, several, sample.question)
    expected = [", ".join(sorted(letters)) for letters in accepted]
    info = {"extracted": found.text, "expected": expected, "options": len(options), "how": found.how}
    reading = found.reading
    if reading is None:
        decided = found.text is not None and options.telling
        return Verdict.scored(0.0, "mismatch" if decided else "no_answer", **info)
    info["extracted"] = ", ".join(sorted(reading.letters))
    if reading.open:
        return Verdict.scored(0.0, "ambiguous", **info | {"extracted": found.text})
    if len(reading.letters) > 1 and not several:
        return Verdict.scored(0.0, "ambiguous", **info)
    if len(reading.letters) == 1 and found.how not in MARKED and is_called_wrong(text, min(reading.letters), options):
        return Verdict.scored(0.0, "no_answer", **info)
    if len(reading.letters) == 1 and gainsaid(text, min(reading.letters), options, sample.question):
        return Verdict.scored(0.0, "ambiguous", **info | {"extracted": told(text).strip()})
    right = reading.letters in accepted
    if right and len(reading.letters) == 1 and goes_on_to_a_rival(found, min(reading.letters), options, sample.question):
        return Verdict.abstained("needs_judge", **info)
    if several and right and _is_in_another_order(sample, found.text or "", references):
        return Verdict.scored(0.0, "mismatch", **info)
    return Verdict.scored(float(right), **info)


def _is_in_another_order(sample: Sample, text: str, references: Sequence[str]) -> bool:
    """Whether letters are not in the order of the reference, where the question asks for one or it is one of all options."""
    given, wanted = letters_of(text), [letters_of(reference) for reference in references]
    orders = [one for one in wanted if sorted(one) == sorted(given)]
    question = question_of(sample)
    asked = question is not None and question.order is not None
    return bool(orders) and given not in orders and (asked or any(map(_is_order_of_all, orders)))


def _is_order_of_all(letters: Sequence[str]) -> bool:
    """Whether letters are all options in an order that is not their own, as no choice of several is."""
    return len(letters) > 2 and sorted(letters) == list(LETTERS[: len(letters)]) != list(letters)


def _at(reference: str, first: int, options: Options) -> str:
    """The letter of the option that a whole number counts; any other reference as it is, and nothing for a number beyond them."""
    if not is_whole(reference):
        return reference
    place = int(reference) - first
    return list(options.texts)[place] if 0 <= place < len(options) else ""


def _accepted(references: tuple[str, ...], options: Options) -> tuple[list[frozenset[str]], Options]:
    """What each reference accepts, and the options to read the completion by.

    Options found in a prompt that do not hold the reference's letter are some other list of the prompt.
    """
    accepted = [letters for r in references if (letters := reference_letters(r, options))]
    if not accepted and options.texts and not options.stated:
        accepted = [letters for r in references if (letters := reference_letters(r, NO_OPTIONS))]
        if accepted:
            options = NO_OPTIONS
    return list(dict.fromkeys(accepted)), options


def _choose(text: str, options: Options, several: bool, prompt: str) -> Found:
    marked = extract(text, order=MARKED)
    found = _from_mark(marked, options, several)
    if found.reading is None and marked.method is Method.CORRECTION:
        marked = extract(text, order=MARKED[2:])
        found = _from_mark(marked, options, several)
    # What stands in an answer tag is the answer, whatever else the text says; a box may hold a value on the way.
    if found.reading is not None or marked.reason is Reason.AMBIGUOUS or marked.method is Method.ANSWER_TAG:
        return found
    if marked.method is Method.JSON and marked.reason is Reason.NO_ANSWER:
        return found
    visible = told(text)
    readers: tuple[Callable[[], Found | None], ...] = (
        lambda: option_lines(visible, options) if several else None,
        lambda: judged(visible, options, prompt),
        lambda: conclusion(visible, options),
        lambda: _announced(visible, options),
        lambda: asked(visible[-WINDOW:], options, prompt),
        lambda: restated(visible, options, prompt),
        lambda: lone_line(visible, options),
        lambda: reviewed(visible, options, prompt),
        lambda: settled(visible, options),
        lambda: stated(visible, options, prompt) if marked.text is None else None,
    )
    return next((later for reader in readers if (later := reader()) is not None), found)


def _from_mark(marked: Statement, options: Options, several: bool) -> Found:
    if marked.text is not None:
        reading = read(marked.text, options) or concluded(marked.text, options)
        how = f"{marked.how}/{reading.how}" if reading else marked.how
        return Found(reading, marked.text, how)
    readings = [read(text, options) for text in marked.alternatives]
    if marked.reason is not Reason.AMBIGUOUS:
        return Found(None, None, "none")
    shown = " | ".join(marked.alternatives)
    chosen = [r for r in readings if r is not None]
    letters = frozenset(letter for r in chosen for letter in r.letters)
    settled = len(chosen) == len(readings) and (several or len(letters) == 1)
    return Found(Reading(letters, "letters", open=not settled or any(r.open for r in chosen)), shown, marked.how)


def _announced(text: str, options: Options) -> Found | None:
    found = extract(text, order=("phrase",))
    reading = read(found.text, options) if found.text else None
    return Found(reading, found.text, f"{found.how}/{reading.how}") if reading else None
