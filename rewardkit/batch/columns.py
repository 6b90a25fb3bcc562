"""Which column is what: rows of a file as samples, whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewardkit.columns import answer_problem
from rewardkit.data.raw import RawRow, kind
from rewardkit.types import Sample, Verdict

__all__ = ["ALIASES", "InputRow", "bad_row", "input_row", "to_row"]

HINT = ". Map yours with --columns completion=NAME"

ALIASES = {
    "completion": ("completion", "response"),
    "prompt": ("prompt", "problem", "question"),
    "answer": ("answer", "solution", "ground_truth", "gold"),
}
"""The names under which a file may hold a column, the first one that is not null counting."""


@dataclass(slots=True)
class InputRow:
    """One row of the input: its sample, or why there is none."""

    line: int
    id: Any
    sample: Sample
    problem: str = ""
    keys: tuple[str, ...] = ()
    size: int = 0

    @property
    def verdict(self) -> Verdict:
        """The error verdict of a row that could not be read."""
        return Verdict.error("bad_row", message=f"line {self.line}: {self.problem}")


def input_row(raw: RawRow, index: int, mapping: Mapping[str, str]) -> InputRow:
    """The row of what was read, as row `index` of the batch."""
    if raw.problem:
        return bad_row(raw.place, index, raw.problem)
    return to_row(raw.fields, mapping, number=raw.place, index=index, size=raw.size)


def bad_row(line: int, index: int, problem: str) -> InputRow:
    """A row that cannot be read, as row `index` of the batch."""
    return InputRow(line, line, Sample(index, None, ""), problem)


def to_row(
    fields: dict[str, Any], mapping: Mapping[str, str], *, number: int, index: int, size: int = 0, hint: str = HINT
) -> InputRow:
    """A row from the fields of one JSON object, with the file's column names mapped to ours; `hint` says how to map them."""
    row_id = fields.get(mapping.get("id", "id"))
    columns = dict(fields)
    for ours, theirs in mapping.items():
        columns[ours] = fields.get(theirs)
    completion = _value(columns, "completion", mapping)
    prompt = _value(columns, "prompt", mapping)
    answer = _value(columns, "answer", mapping)
    columns["answer"] = answer
    sample = Sample(index, prompt, "" if completion is None else completion, columns)
    problem = _completion_problem(completion, fields, mapping, hint)
    if not problem and not isinstance(answer, str):
        problem = answer_problem(answer)
    return InputRow(number, number if row_id is None else row_id, sample, problem, tuple(fields), size)


def _value(columns: Mapping[str, Any], name: str, mapping: Mapping[str, str]) -> Any:
    # A column that was mapped is the only source: falling back to another would score what nobody asked for.
    value = columns.get(name)
    if value is None and name not in mapping:
        return next((columns[alias] for alias in ALIASES[name] if columns.get(alias) is not None), None)
    return value


def _completion_problem(value: Any, fields: Mapping[str, Any], mapping: Mapping[str, str], hint: str) -> str:
    if isinstance(value, str):
        return ""
    if value is None:
        names = (mapping["completion"],) if "completion" in mapping else ALIASES["completion"]
        if null := next((name for name in names if name in fields), None):
            return f"the column {null!r} is null; wanted a string or a list of messages"
        return f"no completion; the row has {', '.join(fields) or 'no fields'}{hint}"
    if isinstance(value, list) and all(isinstance(message, dict) for message in value):
        return ""
    return f"the completion is {kind(value, 'a')}; wanted a string or a list of messages"
