"""Puzzles of reasoning-gym, scored by that package's own scorers, behind gates where these evaluate text or pay what is wrong."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from rewardkit.errors import MissingExtra
from rewardkit.extract import Method, Reason, extract, told
from rewardkit.first_use import first_use
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.puzzle.gates import GATES, NO_ANSWER, REFERENCES, SPELLINGS, TUPLES, is_known

__all__ = ["names_puzzle", "reasoning_gym", "warm_up"]

LONGEST = 20_000  # characters of an answer
_NOT_FINITE = re.compile(r"\b(?:nan|inf|infinity)\b", re.IGNORECASE)

Entry = dict[str, Any]


@verifier("puzzle.reasoning_gym", requires=("metadata",), isolated=True, scores=(0.0, 1.0))
def reasoning_gym(sample: Sample, *, partial: bool = False) -> Verdict:
    """What reasoning-gym's own scorer says of an answer to one of its puzzles.

    The answer is that of the `<answer>` tag or of another mark, else the whole text outside of `<think>`. No text of a model
    reaches a scorer that evaluates it: these get the row's own answer, where the answer is that (four that take lists) or
    a closed grammar reads it and our own algebra finds it right (integrals, products and arithmetic of five puzzles), and else
    nothing. Some that pay what is wrong are held to more: the numbers of `puzzle24` and `countdown` must be the row's and come to
    the target exactly, `game_of_life_halting` takes its answer and not any text, a small probability is not 0, of several numbers
    none is read, and no answer is nan. Where a scorer raises for an answer, and not for the row's own, the answer is wrong.

    Args:
        sample: The sample. Its column `metadata` is that of the puzzle, an object or its JSON, with `source_dataset`; `answer` is
            the listed answer, which a few puzzles have not. A row whose own answer its scorer does not give 1 is
            `gold_unparseable`, and one of a puzzle that is not known, or whose scorer evaluates text unseen, `out_of_scope`.
        partial: Give the scorer's own number, which for many puzzles pays a wrong answer a little. Default False: 1 or 0.

    Raises:
        MissingExtra: When the package `reasoning-gym` is not installed.
    """
    entry = _entry(sample)
    if isinstance(entry, Verdict):
        return entry
    name = entry["metadata"]["source_dataset"]
    scorer = _scorer(name)
    if scorer is None:
        return Verdict.abstained("out_of_scope", problem=f"source_dataset={name!r:.80} is no puzzle that can be scored here")
    if not _scores_its_own(name, json.dumps([entry["answer"], entry["metadata"]], default=str, sort_keys=True)):
        return Verdict.abstained("gold_unparseable", problem=f"the scorer of {name} does not give the row's own answer 1")
    answer, problem = _answer(sample.text)
    if problem:
        return Verdict.scored(0.0, problem, puzzle=name)
    return _scored(name, scorer, answer, entry, partial=partial)


def names_puzzle(sample: Sample) -> bool:
    """Whether the column `metadata` is that of a puzzle of reasoning-gym: its name, and its place among the rows made."""
    metadata = sample.columns.get("metadata")
    if isinstance(metadata, str):
        if "source_dataset" not in metadata:
            return False
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            return False
    if not isinstance(metadata, Mapping) or metadata.get("source_index") is None:
        return False
    return metadata.get("source_dataset") in _names()


@functools.lru_cache(maxsize=1)
@first_use
def _names() -> tuple[str, ...]:
    return tuple(Path(__file__).with_name("names.txt").read_text(encoding="utf-8").split())


def warm_up() -> None:
    """Import the package, which takes seconds, before the clock of a first row runs."""
    _package()


def _package() -> Any:
    try:
        return import_module("reasoning_gym")
    except ImportError as cause:
        raise MissingExtra("reasoning-gym", "puzzles", "puzzle.reasoning_gym") from cause


def _scored(name: str, scorer: Callable[[str, Entry], float], answer: str, entry: Entry, *, partial: bool) -> Verdict:
    info = {"puzzle": name, "extracted": answer[:500]}
    if len(answer) > LONGEST:
        return Verdict.scored(0.0, "too_complex", **info)
    if _NOT_FINITE.search(answer) and not _NOT_FINITE.search(str(entry["answer"])):
        return Verdict.scored(0.0, "mismatch", **info, problem="no number")
    gate = GATES.get(name)
    try:
        passed = answer if gate is None else gate(answer, entry)
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError):  # a formula that algebra cannot take
        passed = None
    if passed is None:
        return Verdict.scored(0.0, "mismatch", **info, problem="not what the puzzle's gate lets through")
    try:
        score = float(scorer(passed, entry))
    except Exception as cause:  # the row's own answer was taken, so that it is this one that the scorer cannot take
        return Verdict.scored(0.0, "mismatch", **info, problem=f"{type(cause).__name__}: {cause}"[:300])
    score = min(max(score, 0.0), 1.0) if score == score else 0.0
    return Verdict.scored(score if partial else float(score == 1), **info, said=score)


def _entry(sample: Sample) -> Entry | Verdict:
    """The row as its scorer wants it, or why there is none."""
    metadata = sample.columns["metadata"]
    try:
        metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
        name = metadata["source_dataset"]
    except (ValueError, TypeError, KeyError, RecursionError) as cause:
        problem = f"metadata needs source_dataset, as reasoning-gym writes it: {type(cause).__name__}"
        return Verdict.abstained("gold_unparseable", problem=problem)
    if not isinstance(metadata, Mapping) or not isinstance(name, str):
        return Verdict.abstained("gold_unparseable", problem="metadata is no object with the name of a puzzle")
    answer = sample.columns.get("answer")
    if (answer is None or not str(answer).strip()) and name not in NO_ANSWER:
        return Verdict.abstained("no_reference")
    metadata = {**metadata, **{key: _tuples(metadata[key]) for key in TUPLES.get(name, ()) if key in metadata}}
    told = "" if answer is None else SPELLINGS.get(name, str)(str(answer))
    return {"question": sample.question, "answer": told if told.strip() else None, "metadata": metadata}


def _tuples(value: Any) -> Any:
    """Lists as the tuples that they were before JSON."""
    return tuple(map(_tuples, value)) if isinstance(value, (list, tuple)) else value


@functools.lru_cache(maxsize=256)
def _scorer(name: str) -> Callable[[str, Entry], float] | None:
    _package()
    factory = import_module("reasoning_gym.factory")
    if name not in factory.DATASETS or not is_known(name, factory.DATASETS[name][0]):
        return None
    try:
        scorer: Callable[[str, Entry], float] = factory.get_score_answer_fn(name)
    except AssertionError:  # a mixture, which is no puzzle itself
        return None
    return scorer


@functools.lru_cache(maxsize=2048)
def _scores_its_own(name: str, row: str) -> bool:
    """Whether the row's own answer is given 1; those that have none are not asked about."""
    answer, metadata = json.loads(row)
    if answer is None and name in NO_ANSWER:
        return True
    entry = {"question": "", "answer": answer, "metadata": {**metadata}}
    entry["metadata"].update({key: _tuples(metadata[key]) for key in TUPLES.get(name, ()) if key in metadata})
    scorer = _scorer(name)
    if scorer is None or (name in REFERENCES and not REFERENCES[name](entry)):
        return False
    try:
        return float(scorer(answer, entry)) == 1
    except Exception:  # whatever it is, the row cannot be scored
        return False


def _answer(text: str) -> tuple[str, str]:
    """The answer, or why there is none."""
    tagged = extract(text, order=("answer_tag",))
    if tagged.how is not Method.ANSWER_TAG:
        tagged = extract(text)
        if tagged.reason is not Reason.AMBIGUOUS and not tagged.marked:
            whole = told(text).strip()
            return whole, "" if whole else "no_answer"
    if tagged.text is None or not tagged.text.strip():
        return "", "no_answer" if tagged.text is not None or tagged.reason is Reason.FOUND else tagged.reason.value
    return tagged.text.strip(), ""
