"""The callable a trainer gets: a batch of prompts and completions in, a list of rewards out."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit import dispatch
from rewardkit.columns import answer_problem, samples_of
from rewardkit.compose import as_verifier, part_scores
from rewardkit.errors import BadParameter, TooManyErrors
from rewardkit.lifted import Check
from rewardkit.trace import JsonlTrace
from rewardkit.types import Judge, Sample, Status, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.alarms import Log
    from rewardkit.time_limit import TimeLimit

__all__ = ["RewardFunction"]

SLOW_S = 1.0


class RewardFunction:
    """A verifier as trainers call it: `f(prompts, completions, completion_ids=None, **columns) -> list[float | None]`.

    None means "no reward for this row", which TRL takes out of the group's baseline. The function pickles when its verifier
    does. A row whose answer is neither text nor numbers gets the error verdict `bad_row`. A call, `acall`, `decide` and
    `adecide` may run in many threads at once.

    Args:
        verifier: A verifier, a judge, a registered name, or a function of one sample, async or not.
        name: Its `__name__`, the key that trainers log it by; by default the verifier's name.
        columns: Which of the batch's columns are ours, by our name: `{"answer": "reward_model.ground_truth"}`.
        trace: Path of a file to which each verdict is appended as a JSON line.
        max_error_share: Share of error verdicts, of the last `error_window` rows and at least 8 of them, beyond which a call
            raises `TooManyErrors`: one bad row never stops a run, a broken verifier does.
        error_window: How many rows back errors are counted.
        time_limit_s: Seconds that a rule has for a row. Rules then run in worker processes, and a row over the limit scores 0
            with `timeout`. None (the default) sets no limit.
        slow_s: Rows that took more seconds than this are told where the trainer logs.

    Raises:
        BadParameter: A value cannot be used.
    """

    def __init__(
        self,
        verifier: Verifier | Judge | Check | str,
        *,
        name: str | None = None,
        columns: Mapping[str, str] | None = None,
        trace: str | Path | None = None,
        max_error_share: float = 0.2,
        error_window: int = 1000,
        time_limit_s: float | None = None,
        slow_s: float = SLOW_S,
    ) -> None:
        if not 0 < max_error_share <= 1 or error_window < 1:
            message = f"max_error_share={max_error_share!r} must be in (0, 1] and error_window={error_window!r} at least 1"
            raise BadParameter(message)
        self.verifier = as_verifier(verifier)
        self.__name__ = (name or self.verifier.name).replace(".", "_")
        self.trace = None if trace is None else JsonlTrace(trace)
        self.columns = dict(columns or {})
        self.time_limit = None if time_limit_s is None else _limit(time_limit_s, self.verifier)
        self.slow_s = slow_s
        self.max_error_share = max_error_share
        self._window: deque[Verdict | None] = deque(maxlen=error_window)
        self._lock = threading.Lock()
        self._log: Log | None = None
        self.verdicts: list[Verdict] = []

    def __repr__(self) -> str:
        return f"RewardFunction({self.verifier!r}, name={self.__name__!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "verdicts": [], "_lock": None, "_log": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())

    def __call__(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] | None = None,
        completion_ids: Sequence[Sequence[int]] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Rewards of a batch, one a completion, None where nothing was decided. The verdicts are kept in `self.verdicts`.

        Args:
            prompts: (B,) texts or lists of chat messages.
            completions: (B,) the same.
            completion_ids: (B,) lists of token ids, for verifiers that count tokens.
            log_extra: TRL's callback `log_extra(column, values)`.
            log_metric: TRL's callback `log_metric(name, value)`; with it the run is also watched for the alarms of the report,
                which go to the logger `rewardkit` as warnings.
            **columns: (B,) the other columns of the rows, such as `answer`.

        Raises:
            MissingColumn: A column that the verifier needs is not there.
            WrongLength: A column is not as long as the batch.
            TooManyErrors: Too many of the last rows were errors.
        """
        samples = self._samples(prompts, completions, columns, completion_ids)
        return self._told(samples, self._decided(samples), log_extra, log_metric)

    async def acall(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] | None = None,
        completion_ids: Sequence[Sequence[int]] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """The same as a call, without blocking the running event loop."""
        samples = self._samples(prompts, completions, columns, completion_ids)
        return self._told(samples, await self._adecided(samples), log_extra, log_metric)

    def decide(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] | None = None,
        completion_ids: Sequence[Sequence[int]] | None = None,
        **columns: Any,
    ) -> list[Verdict]:
        """The verdicts of a batch, one a completion, traced and counted as in a call.

        Raises `MissingColumn`, `WrongLength` or `TooManyErrors`.
        """
        return self._decided(self._samples(prompts, completions, columns, completion_ids))

    async def adecide(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] | None = None,
        completion_ids: Sequence[Sequence[int]] | None = None,
        **columns: Any,
    ) -> list[Verdict]:
        """Like `decide`, without blocking the running event loop."""
        return await self._adecided(self._samples(prompts, completions, columns, completion_ids))

    def _samples(
        self,
        prompts: Sequence[Any] | None,
        completions: Sequence[Any] | None,
        columns: Mapping[str, Any],
        completion_ids: Sequence[Sequence[int]] | None,
    ) -> list[Sample]:
        if completions is None:
            message = "a reward function is called with completions=[…], one entry a row"
            raise BadParameter(message)
        return samples_of(prompts, completions, columns, completion_ids, mapping=self.columns)

    def _decided(self, samples: list[Sample]) -> list[Verdict]:
        rows = _Rows(samples)
        with self._limited():
            return self._settled(samples, rows.with_bad_rows(dispatch.run(self.verifier, rows.readable)))

    async def _adecided(self, samples: list[Sample]) -> list[Verdict]:
        rows = _Rows(samples)
        with self._limited():
            return self._settled(samples, rows.with_bad_rows(await dispatch.arun(self.verifier, rows.readable)))

    def _limited(self) -> AbstractContextManager[None]:
        return nullcontext() if self.time_limit is None else self.time_limit.held()

    def _settled(self, samples: Sequence[Sample], verdicts: list[Verdict]) -> list[Verdict]:
        with self._lock:
            if self.trace is not None:
                self.trace.write(samples, verdicts)
            self._watch_errors(verdicts)
        return verdicts

    def _told(
        self,
        samples: Sequence[Sample],
        verdicts: list[Verdict],
        log_extra: Callable[[str, list[Any]], None] | None,
        log_metric: Callable[[str, float], None] | None,
    ) -> list[float | None]:
        self.verdicts = verdicts
        parts = part_scores(self.verifier, verdicts) if log_extra is not None or log_metric is not None else {}
        if log_extra is not None:
            log_extra(f"{self.__name__}_reason", [v.reason for v in verdicts])
            log_extra(f"{self.__name__}_extracted", [_short(v.info.get("extracted")) for v in verdicts])
            for part, scores in parts.items():
                log_extra(f"{self.__name__}_{part}", scores)
            if any("steps" in v.info for v in verdicts):
                log_extra(f"{self.__name__}_steps", [_short(v.info.get("steps")) for v in verdicts])
        if log_metric is not None:
            rows = [(_counted(sample, verdict), verdict.score) for sample, verdict in zip(samples, verdicts, strict=True)]
            for number, value in self._logged().step(rows, parts).items():
                log_metric(number, value)
        return [verdict.score for verdict in verdicts]

    def _logged(self) -> Log:
        with self._lock:
            if self._log is None:
                from rewardkit.alarms import Log  # only where a trainer logs

                self._log = Log(self.__name__, slow_s=self.slow_s)
            return self._log

    def _watch_errors(self, verdicts: Sequence[Verdict]) -> None:
        self._window.extend(v if v.status is Status.ERROR else None for v in verdicts)
        if all(v.status is not Status.ERROR for v in verdicts):
            return
        errors = [v for v in self._window if v is not None]
        if len(errors) >= 8 and len(errors) > self.max_error_share * len(self._window):
            first = errors[0]
            cause = f"{first.info.get('error', first.reason)}: {first.info.get('message', '')}".rstrip(": ")
            message = (
                f"{self.__name__}: {len(errors)} of the last {len(self._window)} rows are errors, over the limit of "
                f"{self.max_error_share:.0%}. The first, from {first.verifier}: {cause}\n{first.info.get('traceback', '')}"
                "Mend the cause, or raise max_error_share if this share is expected."
            )
            raise TooManyErrors(message)


class _Rows:
    """The samples of a call, and those whose answer cannot be read, which no verifier sees."""

    def __init__(self, samples: list[Sample]) -> None:
        self.samples = samples
        self.problems = {s.index: problem for s in samples if (problem := answer_problem(s.columns.get("answer")))}
        self.readable = [s for s in samples if s.index not in self.problems] if self.problems else samples

    def with_bad_rows(self, verdicts: list[Verdict]) -> list[Verdict]:
        """The verdicts of the readable rows, with an error verdict in the place of each other row."""
        if not self.problems:
            return verdicts
        rest = iter(verdicts)
        problems = self.problems
        return [Verdict.error("bad_row", message=problems[s.index]) if s.index in problems else next(rest) for s in self.samples]


def _limit(seconds: float, verifier: Verifier | Judge) -> TimeLimit:
    from rewardkit.time_limit import TimeLimit  # most rewards start no process

    return TimeLimit(seconds, verifier)


def _counted(sample: Sample, verdict: Verdict) -> dict[str, Any]:
    """What a trainer's log counts of a row."""
    return {
        "status": verdict.status.value,
        "reason": verdict.reason,
        "verifier": verdict.verifier,
        "route": verdict.info.get("route"),
        "extracted": verdict.info.get("extracted"),
        "answer": sample.columns.get("answer"),
        "characters": len(sample.text),
        "tokens": None if sample.completion_ids is None else len(sample.completion_ids),
        "seconds": verdict.seconds,
    }


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 200 else text[:199] + "…"
