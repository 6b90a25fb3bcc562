"""From rows to a result: checks the file, decides every row, asks what must be asked, totals.

A row that needs a model and has none is undecided. Figures are then ranges: from all undecided rows wrong to all of them right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewardkit import dispatch
from rewardkit.errors import BadParameter, MissingColumn, UsageError
from rewardkit.evals.model import MODES, Ask, Benchmark, Figures, Mode, Refer, Setting, Step
from rewardkit.evals.vlmevalkit import as_pandas_reads, recorded
from rewardkit.judges import asking
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Client
from rewardkit.judges.judge import Judge, as_client
from rewardkit.types import Sample, Verdict

__all__ = ["Range", "Result", "evaluate", "samples_of"]

WARMER = 0.5


@dataclass(frozen=True)
class Range:
    """A figure, from undecided rows wrong to undecided rows right; both None when it has no such range."""

    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The figure, when undecided rows leave no doubt about it."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True)
class Result:
    """What a benchmark comes to in one mode.

    `figures` maps names to ranges, the headline first of all. `undecided` counts rows without a verdict by reason, `random`
    those that the original decides by a draw, which `seed` fixes. `notes` says what else the reader should know.
    """

    benchmark: str
    mode: Mode
    rows: int
    headline: str
    figures: dict[str, Range]
    undecided: dict[str, int]
    random: int
    seed: int
    judge: str | None
    notes: list[str]
    verdicts: list[Verdict] = field(repr=False)

    def record(self) -> dict[str, Any]:
        """Everything but the verdicts, as JSON takes it."""
        shown = {name: {"low": one.low, "high": one.high, "value": one.value} for name, one in self.figures.items()}
        names = ("benchmark", "mode", "rows", "headline", "undecided", "random", "seed", "judge", "notes")
        return {**{name: getattr(self, name) for name in names}, "figures": shown}


def samples_of(rows: Sequence[Mapping[str, Any]]) -> list[Sample]:
    """Rows with the columns `prediction` and `question` as samples."""
    made = []
    for place, row in enumerate(rows):
        prediction = row.get("prediction")
        text = "" if prediction is None else str(prediction)
        made.append(Sample(place, str(row.get("question") or ""), text, dict(row)))
    return made


def evaluate(
    benchmark: Benchmark,
    rows: Sequence[Mapping[str, Any]],
    mode: Mode = "fixed",
    *,
    judge: Client | str | None = None,
    cache: Cache | str | None = None,
    seed: int = 0,
    partial: bool = False,
    sheet: bool = True,
) -> Result:
    """Score a benchmark's predictions.

    Args:
        benchmark: From `rewardkit.evals.benchmark(name)`.
        rows: One mapping a prediction, with the benchmark's columns and `prediction`.
        mode: "official", "vlmevalkit" or "fixed" (default).
        judge: A client, or a spec such as "http://HOST/v1", for what the originals ask a model; None leaves such rows undecided.
        cache: A judge's cache or the path of one.
        seed: Fixes the draws that the originals make where they find no answer (default 0).
        partial: Score groups that lack rows instead of raising.
        sheet: Whether VLMEvalKit would have read the rows from a sheet, as it does by default (default True): pandas then takes
            words such as "None" and empty cells for missing. False for rows that it keeps as JSON.

    Raises:
        MissingColumn: When the file lacks a column.
        UsageError: For empty cells that must not be, rows given twice, and groups that lack rows.
    """
    if mode not in MODES:
        message = f"mode={mode!r} must be one of {', '.join(MODES)}"
        raise BadParameter(message)
    _check(benchmark, rows, mode)
    samples = samples_of([as_pandas_reads(row) for row in rows] if mode == "vlmevalkit" and sheet else rows)
    if not partial:
        benchmark.check(samples)
    client = as_client(judge) if judge is not None else None
    setting = Setting(mode, client is not None, seed)
    run = _Run(benchmark, setting, client, Cache(cache) if isinstance(cache, str) else cache)
    verdicts = dispatch.run(run, samples) if client is not None else [run.settle(sample) for sample in samples]
    undecided = Counter(verdict.reason for verdict in verdicts if verdict.score is None)
    return Result(
        benchmark.name,
        mode,
        len(rows),
        benchmark.headline,
        _ranges(benchmark, samples, verdicts, setting),
        dict(undecided),
        sum(verdict.info.get("how") == "random" for verdict in verdicts),
        seed,
        client.name if client is not None else None,
        _notes(benchmark, len(rows), partial),
        verdicts,
    )


def _check(benchmark: Benchmark, rows: Sequence[Mapping[str, Any]], mode: Mode) -> None:
    if not rows:
        message = f"{benchmark.name}: the file has no rows"
        raise UsageError(message)
    wanted = ("prediction", *benchmark.columns, *benchmark.needs.get(mode, ()))
    there = set().union(*(row.keys() for row in rows))
    for column in wanted:
        if column not in there:
            raise MissingColumn(column, f"{benchmark.name} in the mode {mode}", there)
    for column in benchmark.filled:
        empty = [place + 1 for place, row in enumerate(rows) if row.get(column) is None or str(row[column]).strip() == ""]
        if empty:
            message = (
                f"{benchmark.name}: the column {column!r} is empty in {len(empty)} of {len(rows)} rows, the first of them row "
                f"{empty[0]}. A split without public answers is scored by the benchmark's own server."
            )
            raise UsageError(message)
    twice = [index for index, count in Counter(str(row["index"]) for row in rows if "index" in row).items() if count > 1]
    if twice:
        message = f"{benchmark.name}: the index {twice[0]} stands in several rows ({len(twice)} such); give every row once"
        raise UsageError(message)


def _ranges(benchmark: Benchmark, samples: Sequence[Sample], verdicts: Sequence[Verdict], setting: Setting) -> dict[str, Range]:
    def total(undecided: float) -> Figures:
        scores = [undecided if verdict.score is None else verdict.score for verdict in verdicts]
        return benchmark.total(samples, scores, setting)

    lows = total(0.0)
    if all(verdict.score is not None for verdict in verdicts):
        return {name: Range(low, low) for name, low in lows.items()}
    highs = total(1.0)
    # A figure that may fall as well as rise has no range in these two ends.
    return {name: Range(None, None) if benchmark.falling(name) else Range(low, highs[name]) for name, low in lows.items()}


def _notes(benchmark: Benchmark, rows: int, partial: bool) -> list[str]:
    notes = []
    if benchmark.items is not None and rows != benchmark.items:
        notes.append(f"{rows:,} rows; the published set has {benchmark.items:,}")
    return [*notes, "groups that lack rows are scored as they are"] if partial else notes


@dataclass
class _Run:
    """The rows of one evaluation as a judge of rows: decides by rule, asks round after round for the rest."""

    benchmark: Benchmark
    setting: Setting
    client: Client | None
    cache: Cache | None

    @property
    def name(self) -> str:
        return f"evals.{self.benchmark.name}.{self.setting.mode}"

    def _decide(self, sample: Sample) -> Step:
        """The row's first step; where VLMEvalKit's own files hold what its model said, that is the reply."""
        step = self.benchmark.decide(sample, self.setting)
        if self.setting.mode != "vlmevalkit" or isinstance(step, Verdict):
            return step
        score = recorded(sample)
        if score is not None:
            return Verdict.scored(score, how="recorded")
        said = sample.columns.get("res")
        read = step.read(str(said)) if isinstance(step, Ask) and said is not None else None
        return read.noting(how="recorded") if isinstance(read, Verdict) else step

    def settle(self, sample: Sample) -> Verdict:
        """The verdict without a model."""
        step = self._decide(sample)
        verdict = step if isinstance(step, Verdict) else Verdict.abstained("needs_judge")
        return replace(verdict, verifier=self.name)

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order."""
        steps: list[Step] = [self._decide(sample) for sample in samples]
        tries: Counter[int] = Counter()
        assert self.client is not None
        await asking.settle_name(self.client)
        while places := [place for place, step in enumerate(steps) if isinstance(step, Ask)]:
            for place, step in zip(places, await self._round([(steps[p], tries[p]) for p in places]), strict=True):
                tries[place] = tries[place] + 1 if step is steps[place] else 0
                steps[place] = step
        await self._refer(steps)
        return [replace(step, verifier=self.name) for step in steps if isinstance(step, Verdict)]

    async def _round(self, asks: Sequence[tuple[Any, int]]) -> list[Step]:
        """The step that follows each ask; the ask itself when its reply could not be read and tries are left."""
        assert self.client is not None
        requests = [replace(ask.request, temperature=WARMER * tried, seed=tried or None) for ask, tried in asks]
        keyed = [
            asking.Ask(asking.key_of(self.client, ask.version, str(request.messages), request.temperature, request.seed), request)
            for (ask, _), request in zip(asks, requests, strict=True)
        ]

        def readable(place: int, reply: Any) -> bool:
            return reply.failure is None

        following: list[Step] = []
        for (ask, tried), answered in zip(asks, await asking.ask_all(self.client, keyed, self.cache, readable), strict=True):
            if answered.reply.failure is not None:
                # The originals take a model that is down for a wrong answer, or draw one; here nothing was decided.
                following.append(Verdict.error("judge_unavailable", message=answered.reply.failure[:2000]))
                continue
            step = ask.read(answered.reply.text)
            if step is None:
                step = ask if tried + 1 < ask.tries else ask.otherwise()
            following.append(step)
        return following

    async def _refer(self, steps: list[Step]) -> None:
        """Have our judges decide the rows that rules referred to them."""
        assert self.client is not None
        for kind in sorted({step.kind for step in steps if isinstance(step, Refer)}):
            rows = [(place, step.sample) for place, step in enumerate(steps) if isinstance(step, Refer) and step.kind == kind]
            judge = Judge(self.client, kind, cache=self.cache, canaries=0)  # the published judge's word, as it is
            for (place, _), verdict in zip(rows, await judge.averify([sample for _, sample in rows]), strict=True):
                steps[place] = verdict
