"""Labelled rows as a judge ruled them: what they say about the judge, row by row and all together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit import dispatch
from rewardkit.bench.measure import Pair
from rewardkit.errors import UsageError
from rewardkit.judges.calibration.drift import Drift, drift
from rewardkit.judges.calibration.measures import ACCEPTED_FROM, Measure, Rated, estimates, words
from rewardkit.judges.judge import Judge
from rewardkit.types import Sample, Verdict

__all__ = ["Judged", "judged_by", "question_of", "read_run", "since"]

Record = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A suite's rows and what one judge said to them."""

    suite: str
    judge: str
    kind: str
    template: str
    pairs: Sequence[Pair]
    verdicts: Sequence[Verdict]

    def asked(self) -> Iterator[tuple[Pair, Verdict]]:
        """The rows that the model ruled on; the guard's verdicts say nothing about it."""
        for pair, verdict in zip(self.pairs, self.verdicts, strict=True):
            if verdict.score is not None and verdict.info.get("source") != "rule":
                yield pair, verdict

    def rated(self) -> list[Rated]:
        """Those of them that have a label."""
        return [
            Rated(verdict.score or 0.0, pair.label, question_of(pair.sample))
            for pair, verdict in self.asked()
            if pair.label is not None
        ]

    def summary(self) -> Record:
        """The measures with their intervals, over the rows that the model ruled on."""
        rated = self.rated()
        found = estimates(rated)
        record: Record = {"suite": self.suite, "judge": self.judge, "kind": self.kind, "template": self.template}
        record |= {"n": len(self.pairs), "rated": len(rated)}
        record["by the guard"] = sum(verdict.info.get("source") == "rule" for verdict in self.verdicts)
        record["no score"] = sum(verdict.score is None for verdict in self.verdicts)
        return record | {measure.value: found[measure] for measure in Measure} | {"note": words(found)}

    def wrong(self) -> list[Record]:
        """The rows on which it and the label differ, the surest of its errors first."""
        rows = [row for row in self.rows() if row["wrong"]]
        return sorted(rows, key=lambda row: -abs(row["score"] - ACCEPTED_FROM))

    def rows(self) -> Iterator[Record]:
        """Every row with its label, its score, and whether they differ; `wrong` is None where one of them is missing."""
        for pair, verdict in zip(self.pairs, self.verdicts, strict=True):
            known = pair.label is not None and verdict.score is not None
            yield {
                "suite": self.suite,
                "id": pair.sample.index,
                "prompt": pair.sample.question,
                "answer": list(pair.sample.references),
                "completion": pair.sample.text,
                "kind": pair.kind,
                "label": pair.label,
                "score": verdict.score,
                "reason": verdict.reason,
                "wrong": ((verdict.score or 0.0) >= ACCEPTED_FROM) != pair.label if known else None,
                **{name: verdict.info.get(name) for name in ("source", "rule", "raw", "calibration", "reply", "message")},
                "judge": self.judge,
                "template": self.template,
            }


def question_of(sample: Sample) -> str:
    """What rows about one question share: its text and its references. Such rows are no independent draws."""
    return json.dumps((sample.question, sample.references))


def judged_by(judge: Judge, suite: str, pairs: Sequence[Pair], verdicts: Sequence[Verdict] | None = None) -> Judged:
    """The rows of a suite as a judge rules them, asked now unless its `verdicts` are given."""
    found = dispatch.run(judge, [pair.sample for pair in pairs]) if verdicts is None else verdicts
    return Judged(suite, judge.client.name, judge.kind.name, judge.kind.version.split(" ", 1)[0], pairs, found)


def read_run(path: str) -> list[Record]:
    """The rows that an earlier run wrote. Raises `UsageError` for a file that holds none."""
    try:
        rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
        scores = [row["score"] for row in rows if row["suite"] is not None and row["id"] is not None]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        message = f"cannot read {path} as the rows of an earlier run, which bench-judge --rows writes: {cause}"
        raise UsageError(message) from None
    if not scores:
        message = f"{path} holds no rows of an earlier run; bench-judge --rows {path} writes them"
        raise UsageError(message)
    return rows


def since(before: Sequence[Mapping[str, Any]], after: Sequence[Judged]) -> Drift:
    """What changed between an earlier run and this one, over the rows that have a score in both."""
    now = [row for judged in after for row in judged.rows()]

    def scores(rows: Sequence[Mapping[str, Any]]) -> dict[Any, float]:
        # The texts belong to the key: a row that was changed in the file is another row.
        keyed = {(row["suite"], row["id"], row.get("prompt"), row.get("completion")): row["score"] for row in rows}
        return {key: score for key, score in keyed.items() if score is not None}

    keyed: dict[Any, Record] = {(row["suite"], row["id"], row["prompt"], row["completion"]): row for row in now}
    labels = {key: row["label"] for key, row in keyed.items() if row["label"] is not None}
    groups = {key: json.dumps((row["prompt"], row["answer"])) for key, row in keyed.items()}
    return drift(scores(before), scores(now), labels, groups)
