"""How VLMEvalKit reads predictions, bugs included (snapshot e8e78f05): letters, options' texts, yes and no, empty cells.

The behaviour was read from its sources and is written anew here. Later and earlier snapshots read letters elsewhere in the
text than the last tokens; the documentation says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Setting, Step, right
from rewardkit.types import Sample

__all__ = ["LETTERS", "as_pandas_reads", "choices_of", "infer", "is_missing", "match_option", "polarity", "recorded"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What pandas takes for a missing value when it reads a sheet, which is how VLMEvalKit reads predictions.
MISSING = frozenset(
    [
        *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
        *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
    ]
)
_REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
_BLANKED = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_SAID = re.compile(r"(?:correct\s+)?answer\s+is\s+\**([ABCD])\**", re.IGNORECASE)
_LAST = 5


def is_missing(value: Any) -> bool:
    """Whether a cell is missing once pandas has read it: empty, or one of the words it takes for that."""
    return value is None or (isinstance(value, str) and value in MISSING) or value != value


def as_pandas_reads(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a sheet as VLMEvalKit gets it: a missing prediction is the text `nan`, a missing option is not there."""
    read = {name: None if name in LETTERS and is_missing(value) else value for name, value in row.items()}
    return {**read, "prediction": "nan" if is_missing(row.get("prediction")) else row["prediction"]}


def recorded(sample: Sample) -> float | None:
    """The row's verdict as VLMEvalKit's result files keep it, after its model was asked; None where the file has none."""
    for column in ("hit", "correct", "score"):
        value = sample.columns.get(column)
        spelled = {"true": 1.0, "false": 0.0}.get(str(value).lower())
        try:
            score = spelled if spelled is not None else float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
        if 0 <= score <= 1:
            return score
    return None


def choices_of(sample: Sample) -> dict[str, str]:
    """The options under their letters."""
    cells = {letter: sample.columns.get(letter) for letter in LETTERS}
    return {letter: str(value) for letter, value in cells.items() if value is not None}


def infer(text: str, choices: Mapping[str, str]) -> str | None:
    """The letter that VLMEvalKit infers, `Z` for a refusal, None when it would ask its model."""
    return _infer_letter(text, choices) or _infer_text(text, choices)


def _infer_letter(text: str, choices: Mapping[str, str]) -> str | None:
    if "Failed to obtain answer via API" in text:
        return None
    if any(refusal in text for refusal in _REFUSALS):
        return "Z"
    tokens = text.translate(_BLANKED).split()
    there = [letter for letter in choices if letter in tokens]
    # Where the letter stands first counts, also when it is said again at the end.
    if len(there) == 1 and tokens.index(there[0]) > len(tokens) - _LAST:
        return there[0]
    if not there and "Z" in tokens:
        return "Z"
    said = _SAID.search(text)
    return said[1].upper() if said and said[1].upper() in choices else None


def _infer_text(text: str, choices: Mapping[str, str]) -> str | None:
    lowered = text.lower()
    if len(lowered) > 2 * sum(map(len, choices.values())):
        return None
    there = [letter for letter, option in choices.items() if option.lower() in lowered]
    return there[0] if len(there) == 1 else None


def match_option(sample: Sample, setting: Setting, choices: Mapping[str, str], is_right: Callable[[str], bool]) -> Step:
    """Infer the letter, else ask which option is meant, at most 3 times; after that VLMEvalKit draws one, or `Z`."""
    text = sample.text
    letter = infer(text, choices)
    if letter is not None:
        return right(is_right(letter), letter, how="inferred")

    def read(reply: str) -> Step | None:
        letter = infer(reply, choices)
        return None if letter is None else right(is_right(letter), letter, how="asked")

    def draw() -> Any:
        # With an option under Z the original's list of options is empty and its draw raises; none has one.
        letter = setting.chance(sample, [*choices, "Z"])
        return right(is_right(letter), letter, how="random")

    listed = "\n".join(f"{letter}. {option}" for letter, option in choices.items())
    return ask("option", read, draw, tries=3, question=sample.question, options=listed, answer=text)


_PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
_GROUPED = re.compile(r"\d,\d")
_STOP = re.compile(r"\.(?!\d)")


def polarity(text: str) -> str | None:
    """Yes or No when exactly one of the words stands in the text by itself; None when VLMEvalKit says Unknown.

    Marks beside a space, and all marks of a text with a grouped number, vanish; others become spaces. Asterisks, colons and
    quotation marks stay, so that `**Yes**` is no Yes. Only the first 32 full stops vanish: a flag stands where a count belongs.
    """
    lowered = text.lower()
    grouped = _GROUPED.search(lowered) is not None
    bare = lowered
    for mark in _PUNCTUATION:
        vanishes = grouped or f"{mark} " in lowered or f" {mark}" in lowered
        bare = bare.replace(mark, "" if vanishes else " ")
    words = _STOP.sub("", bare, count=int(re.UNICODE)).split()
    yes, no = "yes" in words, "no" in words
    return None if yes == no else "Yes" if yes else "No"
