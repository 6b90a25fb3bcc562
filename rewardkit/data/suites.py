"""Published suites of labelled answers by name: where each lies on the hub, which column is what, how its label is read.

One `Suite` a row of the table below. A suite without model outputs (MATH-500, GSM8K) is read with its own worked solutions as
completions: every one of them is right, so it measures false negatives and speed, not precision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rewardkit.data.raw import RawRow
from rewardkit.data.read import read_hub
from rewardkit.errors import UnknownName

__all__ = ["SUITES", "Suite", "suite"]

_YES_NO = {"true": True, "correct": True, "yes": True, "1": True, "false": False, "incorrect": False, "no": False, "0": False}


@dataclass(frozen=True)
class Suite:
    """How one suite is read.

    `completions` pairs each column of model outputs with its label: a bool for all rows, or the column that holds it. `labels`
    maps what that column holds, in lower case, to true or false; anything else is unlabelled. `answer_after` is a pattern in the
    answer column after whose last match the answer stands. `checked` says on what the columns were checked.
    """

    name: str
    hub: str
    prompt: str
    answer: str
    completions: tuple[tuple[str, bool | str], ...]
    config: str | None = None
    split: str = "test"
    id: tuple[str, ...] = ()
    kind: str = ""
    choices: str = ""
    labels: Mapping[str, bool] = field(default_factory=lambda: _YES_NO)
    answer_after: str = ""
    checked: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is read."""
        labels = [label for _, label in self.completions if isinstance(label, str)]
        names = (self.prompt, self.answer, self.kind, self.choices, *self.id, *labels, *(name for name, _ in self.completions))
        return frozenset(filter(None, names))

    def load(self, split: str | None = None) -> Iterator[RawRow]:
        """The pairs of the suite from the hub, as `pairs` gives them."""
        return self.pairs(read_hub(self.hub, wanted=self.columns, config=self.config, split=split or self.split))

    def pairs(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Rows of `id, prompt, answer, completion, label, kind` from rows with the columns of the suite."""
        for row in rows:
            if row.problem:
                yield row
                continue
            missing = sorted({self.answer} - set(row.fields))
            present = [column for column, _ in self.completions if row.fields.get(column) is not None]
            if missing or not present:
                problem = f"{self.name} wants the columns {', '.join(sorted(self.columns))}; the row has {', '.join(row.fields)}"
                yield RawRow(row.place, problem=problem)
                continue
            for column in present:
                yield self._pair(row, column)

    def _pair(self, row: RawRow, column: str) -> RawRow:
        fields = row.fields
        label = dict(self.completions)[column]
        parts = [str(fields[name]) for name in self.id if fields.get(name) is not None] or [str(row.place)]
        pair: dict[str, Any] = {
            "id": "-".join([*parts, column] if len(self.completions) > 1 else parts),
            "prompt": fields.get(self.prompt),
            "answer": self._answer(fields[self.answer]),
            "completion": fields[column],
            "label": label if isinstance(label, bool) else self.labels.get(str(fields.get(label)).strip().lower()),
            "kind": fields.get(self.kind) if self.kind else self.name,
        }
        if self.choices and fields.get(self.choices) is not None:
            pair["choices"] = fields[self.choices]
        return RawRow(row.place, pair)

    def _answer(self, value: Any) -> Any:
        if self.answer_after and isinstance(value, str):
            return re.split(self.answer_after, value)[-1].strip()
        return value


SUITES: dict[str, Suite] = {
    entry.name: entry
    for entry in (
        Suite(
            "hardverify-math",
            "zhangchenxu/HardVerify-Math",
            prompt="question",
            answer="ground_truth",
            completions=(("fn_output", True), ("tn_output", False)),
            split="train",
            id=("id",),
            kind="source",
            checked="the authors' benchmark and preprocessing scripts (uw-nsl/TinyV); fn_output and tn_output are in their JSON "
            "file, tn_output perhaps not in the copy on the hub",
        ),
        Suite(
            "verifybench",
            "ZJU-REAL/VerifyBench",
            prompt="question",
            answer="answer",
            completions=(("completion", "gold_correct"),),
            split="VerifyBench",
            id=("question_id", "completion_id"),
            kind="answer_type",
            checked="the authors' evaluation script and two public users of the data",
        ),
        Suite(
            "verifybench-hard",
            "ZJU-REAL/VerifyBench",
            prompt="question",
            answer="answer",
            completions=(("completion", "gold_correct"),),
            split="VerifyBenchHard",
            id=("question_id", "completion_id"),
            kind="answer_type",
            checked="the authors' evaluation script and two public users of the data",
        ),
        Suite(
            "verifierbench",
            "opencompass/VerifierBench",
            prompt="question",
            answer="gold_answer",
            completions=(("llm_response", "gold_judgment"),),
            kind="answer_type",
            labels={"a": True, "b": False, "c": False},
            checked="the data card; the authors count C (a flawed question or answer) as wrong",
        ),
        Suite(
            "var",
            "IAAR-Shanghai/VAR",
            prompt="question",
            answer="correct_answer",
            completions=(("llm_output", "human_judgment_result"),),
            kind="dataset",
            checked="question, correct_answer and llm_output: the authors' evaluator; label, kind and split: not checked",
        ),
        Suite(
            "math-500",
            "HuggingFaceH4/MATH-500",
            prompt="problem",
            answer="answer",
            completions=(("solution", True),),
            id=("unique_id",),
            kind="subject",
            checked="data cards of copies on the hub",
        ),
        Suite(
            "gsm8k",
            "openai/gsm8k",
            prompt="question",
            answer="answer",
            completions=(("answer", True),),
            config="main",
            answer_after=r"####",
            checked="public users of the data (the answer stands after ####)",
        ),
    )
}


def suite(name: str) -> Suite:
    """The suite of that name. Raises `UnknownName` with near misses."""
    if name.lower() not in SUITES:
        hint = "Any other data set of the hub: download it and map its columns with --columns."
        raise UnknownName("suite", name, SUITES, hint)
    return SUITES[name.lower()]
