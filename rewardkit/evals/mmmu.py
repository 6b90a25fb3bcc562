"""MMMU (arXiv 2311.16502): mostly letters, some open answers.

Official: `mmmu/utils/eval_utils.py`: letters by brackets, spaces or texts, the last one counting, a draw where there is none;
open answers by the short tails of sentences, as text it contains or as numbers to two decimals. VLMEvalKit:
`MMMU_preproc` in `dataset/utils/multiple_choice.py` makes an open row one of two options, its gold and "Other Answers".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rewardkit.evals.choices import lettered
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, percent, right
from rewardkit.evals.ours import choose, listed, same
from rewardkit.evals.vlmevalkit import choices_of, match_option
from rewardkit.types import Sample, Verdict

__all__ = ["BENCHMARKS"]

# What the original finds, but starting at the first digit of a run only, so that a long one takes no quadratic time.
_NUMBERS = (
    re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b"),
    re.compile(r"-?(?<!\d)\d+(?:\.\d+)?[eE][+-]?\d+"),
    re.compile(r"-?(?:(?<!\d)\d+\.\d+|\.\d+|(?<!\d)\d+\b)(?![eE][+-]?\d+)(?![,\d])"),
)
_CUES = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_MARKS = ":,.!?;'"
_STRIPPED = (",", ".", "!", "?", ";", ":", "'")


def _decide(sample: Sample, setting: Setting) -> Step:
    if setting.mode == "vlmevalkit":
        return _vlmevalkit(sample, setting)
    options = lettered(sample)
    answer = sample.columns["answer"]
    if options:
        if setting.mode == "fixed":
            return choose(sample, answer, options)
        letter, drawn = _letter(sample, options, setting)
        return right(letter == str(answer), letter, how="random" if drawn else "rule")
    accepted = _accepted(sample)
    if setting.mode == "fixed":
        return same(replace(sample, columns={**sample.columns, "answer": accepted}), accepted)
    return _open(sample.text, accepted)


def _accepted(sample: Sample) -> list[str]:
    answer = sample.columns["answer"]
    many = isinstance(answer, (list, tuple)) or str(answer).lstrip().startswith("[")
    return [str(one) for one in listed(answer, "MMMU's column answer")] if many else [str(answer)]


def _vlmevalkit(sample: Sample, setting: Setting) -> Step:
    answer, choices = str(sample.columns["answer"]), choices_of(sample)
    if "A" not in choices:
        # B of an open row is overwritten, other options stay; a gold that is no capital letter becomes A.
        choices = {"A": answer, "B": "Other Answers", **{k: v for k, v in choices.items() if k not in "AB"}}
    wanted = answer if len(answer) == 1 and answer.isascii() and answer.isupper() else "A"
    return match_option(sample, setting, choices, lambda letter: letter == wanted)


def _letter(sample: Sample, options: Mapping[str, str], setting: Setting) -> tuple[str, bool]:
    """The letter said last, and whether it was drawn."""
    text = sample.text
    for mark in _STRIPPED:
        text = text.strip(mark)
    text = f" {text} "
    places = {letter: text.rfind(f"({letter})") for letter in options}
    if max(places.values()) < 0:
        places = {letter: text.rfind(f" {letter} ") for letter in options}
    if max(places.values()) < 0 and len(text.split()) > 5:
        places = {letter: text.lower().rfind(option.lower()) for letter, option in options.items()}
    if max(places.values()) < 0:
        return setting.chance(sample, list(options)), True
    return max(places, key=lambda letter: places[letter]), False


def _open(text: str, accepted: Sequence[str]) -> Verdict:
    said = _tails(text)
    said += [number for tail in said for pattern in _NUMBERS for number in pattern.findall(tail)]
    found = {form for one in said for form in _forms(one)}
    wanted = [form for one in accepted for form in _forms(one)]
    hit = any(
        any(isinstance(form, str) and form in one for form in wanted) if isinstance(one, str) else one in wanted for one in found
    )
    return right(hit, " | ".join(str(one) for one in said)[:200])


def _tails(text: str) -> list[str]:
    """For each sentence the shortest text after a cue; the whole text when no sentence has one."""
    whole = text.strip().strip(".").lower()
    # The split looks for a capital after a full stop in a text that is all lower case, so that only line breaks split.
    lines = whole.split("\n")
    tails = []
    for place, line in enumerate(lines):
        cues = (*_CUES, "=") if place == len(lines) - 1 else _CUES
        after = [line.split(cue)[-1].strip() for cue in cues if cue in line]
        # The original starts anew whenever its shortest so far is empty.
        shortest = ""
        for tail in after:
            if not shortest or len(tail) < len(shortest):
                shortest = tail
        if shortest and shortest not in _MARKS:
            tails.append(shortest)
    return tails or [whole]


def _forms(text: str) -> list[str | float]:
    """A number to two decimals, else lower case; a single character with a space, so that it matches no inside of a word."""
    text = text.strip()
    try:
        return [round(float(text.replace(",", "")), 2)]
    except ValueError:
        lowered = text.lower()
    return [f" {lowered}", f"{lowered} "] if len(lowered) == 1 else [lowered]


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    """The validation split where the file holds several; the leaderboard shows no other."""
    there = {str(sample.columns.get("split")) for sample in samples}
    kept = [place for place, s in enumerate(samples) if len(there) == 1 or str(s.columns["split"]) == "validation"]
    shown = [samples[place] for place in kept], [scores[place] for place in kept]
    return {**percent(*shown), **percent(samples, scores, "split", "l2-category", title="accuracy over all rows")}


BENCHMARKS = {"MMMU": Benchmark("MMMU", ("question", "answer", "A", "B"), _decide, _total, "accuracy", items=900)}
