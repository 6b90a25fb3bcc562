"""The suites: read, sampled and made ready, and what is known of those that were measured here."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.leaderboard.published import SHAPES, read_shape
from rewardkit.bench.labelled import read_labelled
from rewardkit.bench.measure import Pair
from rewardkit.data.suites import SUITES
from rewardkit.errors import UsageError
from rewardkit.extract import Method, extract
from rewardkit.types import Sample
from rewardkit.verifiers.choice.options import read_options

__all__ = ["KNOWN", "Known", "Suite", "known", "read_suite"]

LONGEST_BARE = 400

Sight = Literal["written with", "run at every change", "not seen"]


@dataclass(frozen=True)
class Suite:
    """What is measured of a suite: `rows` of the `whole` labelled ones that it has."""

    name: str
    rows: tuple[Pair, ...]
    whole: int


@dataclass(frozen=True)
class Known:
    """What a reader should know of a suite before its numbers: what it is, who labelled it, what was in sight of our rules."""

    what: str
    labels: str
    sight: Sight


def read_suite(source: str, size: int, seed: int) -> Suite:
    """The labelled rows of a file, at most `size` of them drawn by `seed`, in the file's order; `size` 0 takes all.

    `source` is a file with our columns, `NAME=FILE` for one in the shape of a published suite, or `hub:NAME`, which downloads it.
    Raises `UsageError` when nothing in it is labelled.
    """
    name, _, path = source.rpartition("=")
    if name in SHAPES:
        pairs = read_shape(name, Path(path))
    elif name and name not in SUITES:
        message = f"{source!r}: no suite has the shape {name!r}; known are {', '.join(sorted({*SHAPES, *SUITES}))}"
        raise UsageError(message)
    else:
        read = read_labelled(path, {}, columns_of=name or None)
        name, pairs = name or read.title, read.pairs
    labelled = [pair for pair in pairs if pair.label is not None]
    if not labelled:
        message = f"{source!r} has {len(pairs)} rows and none with a label: there is nothing to be right about"
        raise UsageError(message)
    drawn = range(len(labelled)) if not 0 < size < len(labelled) else sorted(_drawn(name, len(labelled), size, seed))
    return Suite(name, tuple(_ready(labelled[place], row) for row, place in enumerate(drawn)), len(labelled))


def _drawn(name: str, rows: int, size: int, seed: int) -> list[int]:
    return random.Random(f"{seed} {name}").sample(range(rows), size)


def _ready(pair: Pair, row: int) -> Pair:
    """The row with what systems are told of it: whether its completion is a bare answer, and the options of a choice."""
    sample = pair.sample
    told: dict[str, Any] = {"bare": is_bare(sample.text), "options": dict(read_options(sample).texts)}
    columns = {name: sample.columns[name] for name in ("answer", "choices") if name in sample.columns}
    return Pair(Sample(row, sample.prompt, sample.completion, columns | told), pair.label, pair.kind)


def is_bare(text: str) -> bool:
    r"""Whether a completion is an answer and nothing else: one line, without `\boxed`, a tag or "the answer is"."""
    return "\n" not in text.strip() and len(text) <= LONGEST_BARE and extract(text).method is Method.LAST_LINE


def known(name: str) -> Known:
    """What is known of the suite; one that nobody wrote about counts as not seen."""
    return KNOWN.get(name, Known("", "", "not seen"))


KNOWN: dict[str, Known] = {
    "notation": Known("one pair a notation", "ours", "written with"),
    "public_faults_a": Known("small cases after public bug reports", "ours", "written with"),
    "core_cases_a": Known("wrong verdicts from issues and tests of others", "stated, or plain mathematics", "written with"),
    "hardverify_math_a": Known(
        "right answers that rules tend to refuse, and wrong ones (TinyV)", "its authors', lenient on rounding", "written with"
    ),
    "grader_unit_tests": Known(
        "verdicts that sixteen verifiers' own tests expect", "their maintainers'; some are a policy, not a truth", "written with"
    ),
    "latex2sympy_parser_pairs": Known("what LaTeX parsers' tests hold equal; no wrong answers", "their tests", "written with"),
    "mathv_results": Known("outputs on MATH-V, choices and numbers", "its authors' rule", "written with"),
    "logicvista_mcq": Known("multiple choice over pictures", "an extraction by GPT-4, noisy", "written with"),
    "evouna_nq": Known("open questions with short references", "people", "written with"),
    "physics_formulas": Known("university physics, formulas and quantities", "sympy and GPT-4o, mended by hand", "written with"),
    "lawbench_zh": Known("Chinese law: choices, terms, fines, articles", "an exact rule, two readings agree", "written with"),
    "blink_vision": Known("visual multiple choice, long outputs", "an exact rule, two readings agree", "written with"),
    "zeroeval_gsm": Known("long outputs that end in JSON, GSM8K", "a rule, weak", "written with"),
    "zeroeval_math5": Known("long outputs that end in JSON, MATH; no wrong answers", "a rule, weak", "written with"),
    "bigbench_mistake": Known("chains of thought: lists, brackets, yes or no", "exact", "run at every change"),
    "gsm8k_example_solutions": Known("samples on GSM8K that end in ####", "a rule", "run at every change"),
    "qwen_math_cot100": Known("Qwen2.5-Math's outputs", "its authors' rule", "run at every change"),
    "mr_gsm8k": Known("solutions of GSM8K, nearly all wrong", "people and a rule", "run at every change"),
}
