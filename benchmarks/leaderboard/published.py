"""Published files of model outputs whose rows lie deeper than one object a row: each shape as one generator.

Suites whose rows are flat (VerifyBench, VerifierBench, VAR, HardVerify-Math, MATH-500, GSM8K) are in `rewardkit.data.suites`.
What a file holds of a label is taken as it is; where its authors label by comparing two fields of the file, so does the reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rewardkit.bench.measure import Pair
from rewardkit.errors import UsageError
from rewardkit.types import Sample

__all__ = ["SHAPES", "read_shape"]


class Row(NamedTuple):
    """One completion with its reference; label None where the file says nothing."""

    prompt: str | None
    answer: Any
    completion: str
    label: bool | None
    kind: str = "all"


def read_shape(name: str, path: Path) -> list[Pair]:
    """The pairs of a file in that shape. Raises `UsageError` when it has another one."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        data = [json.loads(line) for line in text.splitlines() if line.strip()] if path.suffix == ".jsonl" else json.loads(text)
        rows = [row for row in SHAPES[name](data) if row.completion and row.answer not in (None, "", [])]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as cause:
        message = f"{path} is not in the shape of {name}: {type(cause).__name__}: {cause}; wanted: {SHAPES[name].__doc__}"
        raise UsageError(message) from cause
    return [
        Pair(Sample(place, row.prompt, row.completion, {"answer": row.answer}), row.label, row.kind)
        for place, row in enumerate(rows)
    ]


def evouna(data: Any) -> Iterator[Row]:
    """A list of {question, golden_answer, improper} with answer_MODEL and judge_MODEL for each model; references parted by /."""
    for row in data:
        if row.get("improper"):
            continue
        for column in (name for name in row if name.startswith("answer_") and row[name] is not None):
            label = row.get(f"judge_{column.removeprefix('answer_')}")
            yield Row(row["question"], row["golden_answer"].split("/"), row[column], label, column.removeprefix("answer_"))


def financebench(data: Any) -> Iterator[Row]:
    """Lines of {question, gold_answer, model_answer, label}: "Correct Answer", "Incorrect Answer", or a refusal, a wrong one."""
    for row in data:
        verdict = str(row["label"]).strip().lower()
        label = {"correct answer": True, "incorrect answer": False, "refusal": False, "failed to answer": False}.get(verdict)
        yield Row(row["question"], str(row["gold_answer"]), row["model_answer"], label, row.get("eval_mode", "all"))


def jeebench(data: Any) -> Iterator[Row]:
    """A list of {question, gold, type, extract} with MODEL_response, a text or the reply of a chat; labelled by `extract`."""
    for row in data:
        (response, *_) = [row[name] for name in row if name.endswith("_response")]
        text = response if isinstance(response, str) else response["choices"][0]["message"]["content"]
        yield Row(row["question"], row["gold"], text, _same_jee(row["type"], row["gold"], row["extract"]), row["type"])


def _same_jee(kind: str, gold: str, said: str) -> bool:
    """The authors' full mark: the same letters, or numbers at most a hundredth apart."""
    if kind.startswith("MCQ"):
        return set(gold) & set("ABCD") == set(said) & set("ABCD")
    return said != "None" and abs(float(gold) - float(said)) <= 0.01


def gaokao(data: Any) -> Iterator[Row]:
    """{example: [{question, standard_answer: [one], model_answer: [one], model_output}]}; several in one are left out."""
    for row in data["example"]:
        standard, said = row["standard_answer"], row["model_answer"]
        if len(standard) == 1:
            yield Row(row["question"], standard[0], row["model_output"], list(said) == list(standard), data.get("keyword", "all"))


def lawbench(data: Any) -> Iterator[Row]:
    """{number: {origin_prompt, prediction, refr}}: no labels of its own; choices are labelled as its scorer reads them."""
    for row in data.values():
        prompt = row["origin_prompt"]
        question = prompt if isinstance(prompt, str) else prompt[0]["prompt"]
        reference = row["refr"].partition("正确答案：")[2].strip().rstrip("。") or row["refr"]
        letters = [letter for letter in "ABCD" if letter in row["prediction"]]
        yield Row(question, reference, row["prediction"], letters == [reference] if reference in list("ABCD") else None)


def blink(data: Any) -> Iterator[Row]:
    """{split: [{idx, answer, full_prediction, prediction}]}, answers in brackets; the hidden answers of `test` are left out."""
    for rows in data.values():
        for row in rows:
            if row["answer"] not in ("hidden", "(hidden)"):
                answer = row["answer"].strip("()")
                yield Row(None, answer, row["full_prediction"], row["prediction"] == row["answer"], row["idx"].rpartition("_")[0])


SHAPES: dict[str, Callable[[Any], Iterator[Row]]] = {
    "evouna": evouna,
    "financebench": financebench,
    "jeebench": jeebench,
    "gaokao": gaokao,
    "lawbench": lawbench,
    "blink": blink,
}
