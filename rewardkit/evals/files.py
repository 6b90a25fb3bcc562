"""Prediction files: VLMEvalKit's tables (`MODEL_DATASET.xlsx`, tsv, csv, json) and lmms-eval's samples (jsonl).

A file must be whole: a line that cannot be read, a sheet without a heading or an unknown layout stops with a `UsageError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.data.read import read
from rewardkit.errors import MissingExtra, UsageError
from rewardkit.evals import BENCHMARKS
from rewardkit.evals.ours import listed

__all__ = ["benchmark_of", "model_of", "read_predictions"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALIASES = {"hallusion_bench": "HallusionBench", "mm_vet": "MMVet", "mm-vet": "MMVet", "we_math": "WeMath"}
# lmms-eval's columns under other names than VLMEvalKit's: ours from theirs.
RENAMED: dict[str, dict[str, str]] = {
    "MathVision": {"choices": "options", "category": "subject"},
    "OCRBench": {"category": "question_type"},
    "MMVet": {"category": "capability"},
    "MME": {"image_path": "question_id"},
    "HallusionBench": {"answer": "gt_answer", "l2-category": "subcategory"},
}
LETTERED = ("MMMU", "AI2D", "MMStar", "MMBench")
_OPTION = re.compile(r"(?:^|[\s,])([A-D])\s*[:.]\s*(.*?)(?=[\s,]+[B-E]\s*[:.]|$)", re.DOTALL)


def benchmark_of(path: str) -> str | None:
    """The benchmark a file is named after, None when its name holds none: the last one counts, as the model stands first."""
    stem = Path(path).stem.casefold()
    names = {name.casefold(): name for name in BENCHMARKS} | ALIASES
    found = [(m.start(), m.end() - m.start(), names[name]) for name in names for m in re.finditer(_word(name), stem)]
    return max(found)[2] if found else None


def model_of(path: str) -> str:
    """What stands before the benchmark's name, the file's name when nothing does."""
    stem = Path(path).stem
    names = {name.casefold() for name in BENCHMARKS} | set(ALIASES)
    starts = [m.start() for name in names for m in re.finditer(_word(name), stem.casefold())]
    return stem[: max(starts)].removesuffix("_samples_").strip("_-") or stem if starts else stem


def _word(name: str) -> str:
    return rf"(?:(?<=[_\-.])|^){re.escape(name)}(?=[_\-.]|$)"


def read_predictions(path: str, benchmark: str) -> list[dict[str, Any]]:
    """Every row of a file, with the benchmark's columns as VLMEvalKit names them. Raises `UsageError` or `MissingExtra`."""
    rows = _sheet(path) if path.lower().endswith(".xlsx") else _rows(path)
    if not rows:
        message = f"{path} has no rows"
        raise UsageError(message)
    if "doc" in rows[0] or "resps" in rows[0]:
        return [_from_lmms_eval(path, place, row, benchmark) for place, row in enumerate(rows, start=1)]
    if "prediction" not in rows[0]:
        message = (
            f"{path} has the columns {', '.join(map(str, rows[0]))}; wanted VLMEvalKit's table with a column 'prediction', or "
            "lmms-eval's samples with 'doc' and 'filtered_resps'"
        )
        raise UsageError(message)
    # VLMEvalKit's own evaluation puts this heading in lower case, and back.
    return (
        [{"ID" if name == "id" else name: value for name, value in row.items()} for row in rows]
        if benchmark == "WeMath"
        else rows
    )


def _rows(path: str) -> list[dict[str, Any]]:
    rows = []
    for row in read(path):
        if row.problem:
            message = f"{path}, row {row.place}: {row.problem}; every prediction must be there"
            raise UsageError(message)
        rows.append(row.fields)
    return rows


def _sheet(path: str) -> list[dict[str, Any]]:
    """The first sheet; its first row names the columns."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtra("openpyxl", "evals", f"Reading {path}") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as cause:  # openpyxl raises a zip's, an XML parser's and its own errors
        message = f"cannot read {path}: {cause}"
        raise UsageError(message) from None
    try:
        cells = book.worksheets[0].iter_rows(values_only=True)
        heading = [str(name) if name is not None else "" for name in next(cells, ())]
        table = [dict(zip(heading, row, strict=False)) for row in cells if any(value is not None for value in row)]
    finally:
        book.close()
    double = {name for name in heading if name and heading.count(name) > 1}
    if double:
        message = f"{path} has the column {sorted(double)[0]!r} twice"
        raise UsageError(message)
    return [{name: value for name, value in row.items() if name} for row in table]


def _from_lmms_eval(path: str, place: int, sample: Mapping[str, Any], benchmark: str) -> dict[str, Any]:
    doc = sample.get("doc")
    if not isinstance(doc, Mapping):
        message = f"{path}, line {place}: no 'doc'; run lmms-eval with --log_samples, which writes the question beside the reply"
        raise UsageError(message)
    row = {"index": sample.get("doc_id", place), **doc, "prediction": _reply(path, place, sample)}
    if row.get("answer") is None and benchmark != "HallusionBench":
        row["answer"] = sample.get("target")
    for ours, theirs in RENAMED.get(benchmark, {}).items():
        if theirs in doc:
            row[ours] = doc[theirs]
    if benchmark == "HallusionBench":
        row["index"] = sample.get("doc_id", place)
        row["answer"] = {"1": "Yes", "0": "No"}.get(str(row.get("answer")), row.get("answer"))
    if benchmark in LETTERED:
        _spread(row)
    if benchmark == "MathVista" and row.get("answer_option") is None and row.get("question_type") == "multi_choice":
        choices = [str(choice) for choice in listed(row.get("choices"), f"{path}, line {place}: choices")]
        row["answer_option"] = LETTERS[choices.index(str(row["answer"]))] if str(row["answer"]) in choices else None
    return row


def _reply(path: str, place: int, sample: Mapping[str, Any]) -> str:
    """The one reply to a sample, as the task's filter left it."""
    said = sample.get("filtered_resps", sample.get("resps"))
    while isinstance(said, list) and len(said) == 1:
        said = said[0]
    if not isinstance(said, str):
        message = f"{path}, line {place}: wanted one reply in 'filtered_resps'; saw {str(said)[:80]!r}"
        raise UsageError(message)
    return said


def _spread(row: dict[str, Any]) -> None:
    """Options of a list, or of the question's end, under their letters."""
    options: Sequence[Any] = listed(row.get("options"), "options") if row.get("options") is not None else ()
    if not options and "A" not in row:
        pairs = _OPTION.findall(str(row.get("question", "")).rpartition("Options:")[2])
        options = [text.strip(" ,\n") for _, text in pairs]
    row |= dict(zip(LETTERS, options, strict=False))
    row.setdefault("A", None)
    row.setdefault("B", None)
    answer = str(row.get("answer"))
    if options and answer.isdecimal() and int(answer) < len(options) and answer not in map(str, options):
        row["answer"] = LETTERS[int(answer)]
