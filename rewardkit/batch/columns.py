"""Which column is what: rows of a file as samples, whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rewardkit.columns import ABSENT, answer_problem, dotted, named
from rewardkit.conversation import split
from rewardkit.data.raw import RawRow, kind
from rewardkit.trace import encode
from rewardkit.types import Sample, Verdict

__all__ = ["ALIASES", "WHOLE", "InputRow", "bad_row", "has_column", "input_rows", "to_row", "to_rows"]

HINT = ". Map yours with --columns completion=NAME"

ALIASES = {
    "completion": ("completion", "response"),
    "prompt": ("prompt", "problem", "question"),
    "answer": ("answer", "solution", "ground_truth", "gold"),
}
"""The names under which a file may hold a column, the first one that is not null counting."""
WHOLE = "messages"
"""The column of a whole conversation, in the place of prompt and completion."""


@dataclass(slots=True)
class InputRow:
    """One row of the input: its sample, or why there is none; `last` of those that its line holds."""

    line: int
    id: Any
    sample: Sample
    problem: str = ""
    keys: tuple[str, ...] = ()
    size: int = 0
    last: bool = True

    @property
    def verdict(self) -> Verdict:
        """The error verdict of a row that could not be read."""
        return Verdict.error("bad_row", message=f"line {self.line}: {self.problem}")


def input_rows(raw: RawRow, index: int, mapping: Mapping[str, str], *, before: int = 0) -> list[InputRow]:
    """The rows of what was read, from row `index` of the batch on; `before` are the rows of the files before."""
    number = before + raw.place
    if raw.problem:
        return [bad_row(number, index, raw.problem)]
    return to_rows(raw.fields, mapping, number=number, index=index, size=raw.size)


def bad_row(line: int, index: int, problem: str) -> InputRow:
    """A row that cannot be read, as row `index` of the batch."""
    return InputRow(line, line, Sample(index, None, ""), problem)


def to_rows(fields: dict[str, Any], mapping: Mapping[str, str], *, number: int, index: int, size: int = 0) -> list[InputRow]:
    """The rows from the fields of one JSON object: of a list of completions one each, with the ids `id`, `id#1`, and so on."""
    row = to_row(fields, mapping, number=number, index=index, size=size)
    completions = row.sample.completion
    if (
        isinstance(completions, str)
        or not isinstance(completions, list)
        or not any(isinstance(c, (str, list)) for c in completions)
    ):
        return [row]
    answer = answer_problem(row.sample.columns["answer"])
    return [
        replace(
            row,
            id=row.id if place == 0 else f"{row.id if isinstance(row.id, str) else encode(row.id)}#{place}",
            sample=replace(row.sample, index=index + place, completion="" if completion is None else completion),
            problem=_completion_problem(completion, {"completion": None}, {}, HINT) or answer,
            last=place == len(completions) - 1,
        )
        for place, completion in enumerate(completions)
    ]


def to_row(
    fields: dict[str, Any], mapping: Mapping[str, str], *, number: int, index: int, size: int = 0, hint: str = HINT
) -> InputRow:
    """A row from the fields of one JSON object, with the file's column names mapped to ours; `hint` says how to map them."""
    row_id = named(fields, mapping.get("id", "id"))
    columns = dict(fields)
    for ours, theirs in mapping.items():
        columns[ours] = named(fields, theirs)
    completion = _value(columns, "completion", mapping)
    prompt = _value(columns, "prompt", mapping)
    if completion is None and isinstance(columns.get(WHOLE), list) and not _names_completion(columns, mapping):
        before, after = split(columns[WHOLE])
        prompt, completion = (before if prompt is None else prompt), after or None
    answer = _value(columns, "answer", mapping)
    columns["answer"] = answer
    sample = Sample(index, prompt, "" if completion is None else completion, columns)
    problem = _completion_problem(completion, fields, mapping, hint)
    if not problem and not isinstance(answer, str):
        problem = answer_problem(answer)
    return InputRow(number, number if row_id is None else row_id, sample, problem, tuple(fields), size)


def has_column(row: InputRow, name: str) -> bool:
    """Whether a row has a column of that name; a point leads into the objects of a column."""
    return name in row.keys or ("." in name and dotted(row.sample.columns, name) is not ABSENT)


def _value(columns: Mapping[str, Any], name: str, mapping: Mapping[str, str]) -> Any:
    # A column that was mapped is the only source: falling back to another would score what nobody asked for.
    value = columns.get(name)
    if value is None and name not in mapping:
        return next((columns[alias] for alias in ALIASES[name] if columns.get(alias) is not None), None)
    return value


def _names_completion(columns: Mapping[str, Any], mapping: Mapping[str, str]) -> bool:
    return "completion" in mapping or any(name in columns for name in ALIASES["completion"])


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
