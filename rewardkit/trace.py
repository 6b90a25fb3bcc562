"""What is written down about each verdict: one record a row, a JSON-lines sink, and a summary of a batch."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.types import Sample, Status, Verdict

__all__ = ["JsonlTrace", "encode", "record", "short_line", "summary"]

# A trace must not grow with the length of a generation.
MAX_TEXT = 20_000
MAX_EXTRACTED = 2_000

_PLAIN = frozenset([str, int, type(None)])
_SCORE = frozenset([float, type(None)])
_quoted = json.encoder.encode_basestring


def record(sample: Sample, verdict: Verdict, *, row_id: Any = None, full: bool = False) -> dict[str, Any]:
    """One verdict as a JSON object: `id, reward, status, reason, verifier, extracted, seconds`.

    With `full` also `route`, `prompt`, `completion`, `answer`, the completion's length in `characters` and, where the trainer
    gave its tokens, in `tokens`, and `info`; of a text over 20,000 characters the middle is left out.
    """
    row = _short(sample.index if row_id is None else row_id, verdict)
    if full:
        row |= {
            "route": verdict.info.get("route"),
            "prompt": _clipped(sample.question),
            "completion": _clipped(sample.text),
            "answer": sample.columns.get("answer"),
            "characters": len(sample.text),
            "tokens": None if sample.completion_ids is None else len(sample.completion_ids),
            "info": {key: value for key, value in verdict.info.items() if key not in ("extracted", "route")},
        }
    return row


def _short(row_id: Any, verdict: Verdict) -> dict[str, Any]:
    extracted = verdict.info.get("extracted")
    return {
        "id": row_id,
        "reward": verdict.score,
        "status": verdict.status.value,
        "reason": verdict.reason,
        "verifier": verdict.verifier,
        "extracted": _clipped(extracted, MAX_EXTRACTED) if isinstance(extracted, str) else extracted,
        "seconds": round(verdict.seconds, 6),
    }


def short_line(row_id: Any, verdict: Verdict) -> str:
    """The record that is not full as one line of JSON, which is what a file of millions of rows is written with."""
    extracted, score, seconds = verdict.info.get("extracted"), verdict.score, round(verdict.seconds, 6)
    if type(extracted) is str and len(extracted) > MAX_EXTRACTED:
        extracted = _clipped(extracted, MAX_EXTRACTED)
    usual = type(row_id) in _PLAIN and type(extracted) in _PLAIN and type(score) in _SCORE and type(verdict.reason) is str
    if not usual or type(verdict.verifier) is not str or type(seconds) is not float or not isfinite(seconds):
        return encode(_short(row_id, verdict))
    # With the exact types known this is what `encode` writes, three times as fast.
    reward = "null" if score is None else repr(score)
    head = f'{{"id": {_plain(row_id)}, "reward": {reward}, "status": {_quoted(verdict.status)}, '
    said = f'"reason": {_quoted(verdict.reason)}, "verifier": {_quoted(verdict.verifier)}, '
    return f'{head}{said}"extracted": {_plain(extracted)}, "seconds": {seconds!r}}}'


def _plain(value: str | int | None) -> str:
    return _quoted(value) if isinstance(value, str) else "null" if value is None else repr(value)


def _clipped(text: str, limit: int = MAX_TEXT) -> str:
    """Head and tail of a long text; the answer stands at the end."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half:,} characters left out …]\n{text[-half:]}"


def encode(row: Mapping[str, Any]) -> str:
    """One line of JSON, without a line break; what JSON cannot hold becomes its `repr`, and no NaN is ever written."""
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, default=repr)
    except ValueError:
        return json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=repr)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value


class JsonlTrace:
    """Appends one full record a verdict to a file, whose folder it makes.

    What cannot be written at all raises `BadParameter` here, before any generation is paid for. A disk that fills up or goes
    away later ends the trace with a warning, and not the run.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.step = 0
        self.ended = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.open("ab").close()
        except OSError as cause:
            message = f"trace={str(path)!r} cannot be written: {cause.strerror}; give the path of a file in a folder of yours"
            raise BadParameter(message) from None

    def write(self, samples: Sequence[Sample], verdicts: Sequence[Verdict]) -> None:
        """Append a batch; every record carries `step`, the number of batches written before it."""
        if self.ended:
            return
        lines = [encode({"step": self.step, **record(s, v, full=True)}) for s, v in zip(samples, verdicts, strict=True)]
        self.step += 1
        data = "".join(line + "\n" for line in lines).encode("utf-8", errors="backslashreplace")
        try:
            _append(self.path, data)
        except OSError as cause:
            self.ended = (
                f"the trace {self.path} ends after {self.step - 1} batches: {cause.strerror}; the rewards go on without it"
            )
            warnings.warn(self.ended, RuntimeWarning, stacklevel=2)


def _append(path: Path, data: bytes) -> None:
    """Add to a file all of it or nothing."""
    with path.open("ab", buffering=0) as sink:
        before = sink.tell()
        try:
            left = memoryview(data)
            while left:
                left = left[sink.write(left) :]
        except OSError:
            with suppress(OSError):
                sink.truncate(before)
            raise


def summary(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """Totals of a batch: rows, mean over scored rows (None when none is), counts a status, reason, verifier and route."""
    rows = list(verdicts)
    scores = [v.score for v in rows if v.score is not None]
    statuses = Counter(v.status for v in rows)
    return {
        "rows": len(rows),
        "mean_reward": sum(scores) / len(scores) if scores else None,
        **{status.value: statuses[status] for status in Status},
        "reasons": dict(Counter(v.reason for v in rows).most_common()),
        "verifiers": dict(Counter(v.verifier for v in rows).most_common()),
        "routes": dict(Counter(str(v.info.get("route") or "-") for v in rows).most_common()),
    }
